"""The feature's app: its API is declared in ``handler``, its pages in ``screens``."""

from __future__ import annotations

from typing import Final

from caresmith.errors import BodyTooLarge
from caresmith.http import FeatureApp

RAW_PATHS: Final = ("/results/deliveries", "/results/imports")
"""What takes messages as they are: no JSON of ours."""
LABS: Final = "/console/results/labs"
MOST_RAW_BYTES: Final = 4 * 1024 * 1024
"""Lambda takes six megabytes, in which the bytes stand as Base64."""


class ResultsApp(FeatureApp):
    """As every feature's, but for the routes that take other systems' messages."""

    def _check_body(self) -> None:
        path = self.current_event.path
        by_hand = path.startswith(f"{LABS}/") and path.endswith("/import")
        if path not in RAW_PATHS and not by_hand:
            super()._check_body()
        elif len(self.raw_body()) > MOST_RAW_BYTES:
            raise BodyTooLarge(f"At most {MOST_RAW_BYTES} bytes are taken here.")


app: Final = ResultsApp("results")
