"""The feature's app: its API is declared in ``handler`` and ``*_routes``."""

from __future__ import annotations

from typing import Final

from caresmith.http import FeatureApp

app: Final = FeatureApp("accounts")
