"""Reading a payer rule that somebody wrote: what is wrong with it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from functions.claims.scrubbing.payer_rules.model import PayerRule


@dataclass(frozen=True, slots=True)
class RuleFault:
    field: str
    """Like ``when.codes.0``."""
    message: str


class NotARule(Exception):
    """What was written is no rule. ``faults`` has all that is wrong."""

    def __init__(self, faults: tuple[RuleFault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{one.field or 'rule'}: {one.message}" for one in faults))


_SAID: Final = {
    "missing": "is missing",
    "extra_forbidden": "is nothing that a rule can have",
    "string_pattern_mismatch": "has not the form of what belongs here",
    "too_short": "needs more entries",
    "too_long": "has too many entries",
    "union_tag_not_found": "does not say its kind",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "date_from_datetime_parsing": "is not a date",
    "date_parsing": "is not a date",
    "int_parsing": "is not a whole number",
    "enum": "is not error, warning or info",
}


def read_rule(written: Any) -> PayerRule:
    """The rule. ``written`` is JSON as text, or already parsed. Raises NotARule."""
    try:
        if isinstance(written, str | bytes):
            return PayerRule.model_validate_json(written)
        return PayerRule.model_validate(written)
    except ValidationError as error:
        faults = tuple(
            RuleFault(".".join(map(str, one["loc"])), _said(one))
            for one in error.errors(include_url=False)
        )
        raise NotARule(faults) from None


def _said(error: Any) -> str:
    kind = error["type"]
    if kind == "union_tag_invalid":
        return f"no such kind; there are {error['ctx']['expected_tags']}"
    if kind in _SAID:
        return _SAID[kind]
    return str(error["msg"]).removeprefix("Value error, ")
