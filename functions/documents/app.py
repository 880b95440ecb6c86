"""The feature's app: its routes are declared in ``handler``."""

from __future__ import annotations

from typing import Final

from caresmith.http import FeatureApp

MOST_FAX_BYTES: Final = 4 * 1024 * 1024
"""Of one fax. A Lambda function takes a body of 6 MB at most, and base64 adds a third."""

app: Final = FeatureApp("documents", max_body_bytes=MOST_FAX_BYTES * 4 // 3 + 16 * 1024)
