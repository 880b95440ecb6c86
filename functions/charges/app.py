"""The feature's app: its routes are declared in ``handler`` and the screens."""

from __future__ import annotations

import re
from typing import Final

from caresmith.http import MAX_BODY_BYTES, FeatureApp

_FILE_ROUTES: Final = re.compile(
    r"(/console)?/charges/(code-lists/\w+|fees/[^/]+/rows|fees/[^/]+/import)"
)
"""Where a file comes whole in the body."""
MOST_FILE_BYTES: Final = 5 * 1024 * 1024
"""A Lambda function takes 6 MB; a code list of 20,000 lines has two."""


class ChargesApp(FeatureApp):
    """As every feature's, but a code list or a fee schedule comes as a file."""

    def _check_body(self) -> None:
        event = self.current_event
        takes_file = event.http_method == "POST" and _FILE_ROUTES.fullmatch(event.path)
        self.max_body_bytes = MOST_FILE_BYTES if takes_file else MAX_BODY_BYTES
        super()._check_body()


app: Final = ChargesApp("charges")
