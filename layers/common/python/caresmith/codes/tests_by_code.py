"""Which procedures are tests, by their codes' numbers: without the words of CPT.

Sections of CPT by number (radiology 70010-79999, pathology and laboratory 80047-89398
and the proprietary tests 0001U-0999U) and, of medicine, the families of tests of heart,
lungs and nerves. Medicare pays a diagnostic test only on an order (42 CFR 410.32(a)),
and the claim names who gave it (42 CFR 424.507).
"""

from __future__ import annotations

from typing import Final

from caresmith.codes.ranges import Codes

RADIOLOGY: Final = Codes("70010-79999")
LABORATORY: Final = Codes("80047-89398 0001U-0999U")
DIAGNOSTIC: Final = (
    RADIOLOGY | LABORATORY | Codes("93000-93278 93303-93356 94010-94799 95800-95999")
)
"""Needs an order."""
