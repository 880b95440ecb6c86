"""Telephone numbers as carriers name them."""

from __future__ import annotations

import re
from typing import Final

from caresmith.records.contact import phone_number

_E164: Final = re.compile(r"\+[1-9]\d{6,14}")


def telephone(text: str) -> str:
    """The E.164 number. Raises ValueError for short codes, names and other channels' addresses."""
    if not _E164.fullmatch(text):
        raise ValueError("not a telephone number")
    return phone_number(text)
