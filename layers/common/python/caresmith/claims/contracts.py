"""The kinds of contract between practice and payer (CN101), in words of our own."""

from __future__ import annotations

from typing import Final

CONTRACTS: Final = (
    ("01", "By diagnosis related group"),
    ("02", "By day"),
    ("03", "Variable by day"),
    ("04", "Flat"),
    ("05", "Capitated"),
    ("06", "By percentage"),
    ("09", "Other"),
)
