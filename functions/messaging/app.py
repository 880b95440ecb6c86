"""The app that all routes of messaging are declared on."""

from __future__ import annotations

from typing import Final

from caresmith.http import FeatureApp

app: Final = FeatureApp("messaging")
