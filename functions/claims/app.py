"""The feature's app: its API is declared in ``handler``, its pages in ``screens``."""

from __future__ import annotations

from typing import Final

from caresmith.errors import BodyTooLarge
from caresmith.http import FeatureApp

FILES_PATH: Final = "/claims/files"
CONSOLE_FILES: Final = "/console/claims/files"
MOST_FILE_BYTES: Final = 4 * 1024 * 1024
"""Of a file that is handed in here. Lambda takes six megabytes, in which it stands as Base64."""
_RAW: Final = frozenset({FILES_PATH, CONSOLE_FILES})


class ClaimsApp(FeatureApp):
    """As every feature's, but a file of the wire comes whole in its body."""

    def _check_body(self) -> None:
        event = self.current_event
        if event.http_method != "POST" or event.path not in _RAW:
            super()._check_body()
        elif len(self.raw_body()) > MOST_FILE_BYTES:
            raise BodyTooLarge(f"At most {MOST_FILE_BYTES} bytes are taken here.")


app: Final = ClaimsApp("claims")
