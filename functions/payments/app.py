"""The feature's app: its API is declared in ``handler``, its pages in ``screens``."""

from __future__ import annotations

from typing import Final

from caresmith.http import FeatureApp

app: Final = FeatureApp("payments")
