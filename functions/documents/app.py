"""The feature's app: its routes are declared in ``handler``."""

from __future__ import annotations

from typing import Final

from caresmith.http import MAX_BODY_BYTES, FeatureApp

FAXES_PATH: Final = "/documents/faxes"
_MOST_FAX_BYTES: Final = 4 * 1024 * 1024
"""Of one fax. A Lambda function takes a body of 6 MB at most, and base64 adds a third."""
_MOST_FAX_BODY: Final = _MOST_FAX_BYTES * 4 // 3 + 16 * 1024


class DocumentsApp(FeatureApp):
    """As every feature's, but a fax comes whole in its body."""

    def _check_body(self) -> None:
        event = self.current_event
        takes_fax = event.http_method == "POST" and event.path == FAXES_PATH
        self.max_body_bytes = _MOST_FAX_BODY if takes_fax else MAX_BODY_BYTES
        super()._check_body()


app: Final = DocumentsApp("documents")
