"""Values of a file into parts of a claim: what does not fit is refused at its segment."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from caresmith.x12.claims.texts import ClaimPart
from caresmith.x12.flaws import FlawCode, Place, X12Refused, refuse
from caresmith.x12.segment import Segment
from caresmith.x12.values import day

Part = TypeVar("Part", bound=ClaimPart)


_SENTENCES: Final = {
    "string_pattern_mismatch": "not of the form that it must have",
    "string_too_short": "missing, or too short",
    "string_too_long": "longer than it may be",
    "literal_error": "not a code that may stand here",
    "too_long": "more of these than there may be",
    "too_short": "less of these than there must be",
}
"""What the model says, for who has to do with the file and not with the program."""


def made(kind: type[Part], segment: Segment, loop: str, /, **fields: Any) -> Part:
    """The part. Raises X12Refused, without the value, where the model refuses it."""
    try:
        return kind(**fields)
    except ValidationError as error:
        raise _refused(error, segment, loop) from None


def _refused(error: ValidationError, segment: Segment, loop: str) -> X12Refused:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(one) for one in first["loc"])
    reason = _SENTENCES.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    text = f"{where.replace('_', ' ')}: {reason}" if where else reason
    return refuse(FlawCode.BAD_ELEMENT, Place.of(segment, loop=loop), text)


def dates(segments: list[Segment], names: dict[str, str]) -> dict[str, date]:
    """DTP of one day each, by the field that ``names`` gives their qualifier."""
    by_code = {code: field for field, code in names.items()}
    return {
        by_code[one[1]]: day(one, 3) for one in segments if one[1] in by_code and one[2] == "D8"
    }


def numbers(segments: list[Segment], names: dict[str, str]) -> dict[str, str]:
    """REF by the field that ``names`` gives their qualifier."""
    by_code = {code: field for field, code in names.items()}
    return {by_code[one[1]]: one[2] for one in segments if one[1] in by_code}
