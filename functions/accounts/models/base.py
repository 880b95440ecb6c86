"""What the models of accounts stand on: amounts, and that nothing else is said."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
)

from caresmith.money import Money

MOST_CENTS: Final = 1_000_000_00


def _positive(amount: Money) -> Money:
    if amount.cents <= 0:
        raise ValueError("an amount is more than nothing")
    if amount.cents > MOST_CENTS:
        raise ValueError("an amount is at most $1,000,000.00")
    return amount


Amount = Annotated[Money, AfterValidator(_positive)]
"""More than nothing, in cents."""


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
