"""The feature's app: its routes are declared in ``handler``."""

from __future__ import annotations

from typing import Final

from caresmith.http import FeatureApp

app: Final = FeatureApp("paylink")
