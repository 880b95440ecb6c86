"""The number by which every provider in the USA is known."""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Npi(str):
    """A National Provider Identifier: ten digits, the last of which checks the others.

    The check digit is Luhn's over the number with the prefix 80840 (45 CFR
    162.406; CMS, "Requirements for National Provider Identifier check digit").
    Raises ValueError otherwise.
    """

    def __new__(cls, value: str) -> Self:
        if not re.fullmatch(r"[12]\d{9}", value):
            raise ValueError("an NPI is ten digits and begins with 1 or 2")
        total = 0
        for position, digit in enumerate(reversed("80840" + value)):
            number = int(digit) * (2 if position % 2 else 1)
            total += number - 9 if number > 9 else number  # noqa: PLR2004 - Luhn
        if total % 10:
            raise ValueError("the NPI's check digit does not fit")
        return super().__new__(cls, value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(max_length=10)
        )
