"""The DEA's registration number of who may prescribe controlled substances."""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class DeaNumber(str):
    """A DEA registration number: two letters and seven digits, the last of which checks the others.

    The check digit is the last digit of (1st + 3rd + 5th) + 2 x (2nd + 4th + 6th).
    The first letter says what the registrant is (A, B, F, G: practitioners and
    institutions; M: mid-level practitioners; P, R and others: distributors), the
    second is the first of the family name, or 9 (DEA, Pharmacist's Manual, appendix).
    Raises ValueError otherwise.
    """

    def __new__(cls, value: str) -> Self:
        number = value.strip().upper()
        if not re.fullmatch(r"[ABFGMPR][A-Z9]\d{7}", number):
            raise ValueError("a DEA number is two letters and seven digits")
        digits = [int(digit) for digit in number[2:]]
        if (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 != digits[6]:
            raise ValueError("the DEA number's check digit does not fit")
        return super().__new__(cls, number)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(max_length=20)
        )
