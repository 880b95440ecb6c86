"""Certificates without which a practice may not do what it bills, as its set-up has them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints


def _clia(text: str) -> str:
    if text and not re.fullmatch(r"\d{2}D\d{7}", text):
        raise ValueError("a CLIA number looks like 05D1234567")
    return text


def _mammography(text: str) -> str:
    if text and not re.fullmatch(r"\d{6}", text):
        raise ValueError("a facility's certification number of the FDA has six digits")
    return text


CliaNumber = Annotated[
    str,
    StringConstraints(max_length=20, strip_whitespace=True, to_upper=True),
    AfterValidator(_clia),
]
CliaKind = Literal["", "waiver", "microscopy", "compliance", "accreditation"]
"""Of a laboratory's certificate (42 CFR 493.35, 493.43 to 493.49, 493.55 to 493.63); "" is not
known. Under one of waiver only waived tests are done."""
Mammography = Annotated[
    str, StringConstraints(max_length=20, strip_whitespace=True), AfterValidator(_mammography)
]
"""A facility's number under the Mammography Quality Standards Act (21 CFR 900.11)."""
