"""Money is a whole number of US cents. It is never a float and never rounds by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_DOLLARS = re.compile(r"(-)?\$?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in integer cents; negative amounts are legal (credits)."""

    cents: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``12``, ``12.5``, ``1,234.56`` or ``-$3.00``. Raises ValueError otherwise."""
        match = _DOLLARS.fullmatch(text.strip())
        if match is None:
            raise ValueError("expected dollars and cents, like 1,234.56")
        sign, whole, fraction = match.groups()
        cents = int(whole.replace(",", "")) * 100 + int((fraction or "").ljust(2, "0"))
        return cls(-cents if sign else cents)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __mul__(self, count: int) -> Money:
        return Money(self.cents * count)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        dollars, cents = divmod(abs(self.cents), 100)
        return f"{sign}${dollars:,}.{cents:02d}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """On the wire an amount is its cents, as an integer."""
        from_cents = core_schema.no_info_after_validator_function(
            cls, core_schema.int_schema(strict=True)
        )
        return core_schema.json_or_python_schema(
            json_schema=from_cents,
            # Not a union of both: its error would name the members and not the field.
            python_schema=core_schema.no_info_wrap_validator_function(
                lambda given, cents: given if isinstance(given, cls) else cls(cents(given)),
                core_schema.int_schema(strict=True),
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda money: money.cents, return_schema=core_schema.int_schema()
            ),
        )
