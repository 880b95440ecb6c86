"""Elements to values: money, quantities, dates, codes. Each refuses what it can't read exactly."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final, Self

from caresmith.money import Money
from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.segment import Segment

# X12 type R: a sign, digits, a decimal point where it is needed; no exponent.
_NUMBER: Final = re.compile(r"(-)?(\d{0,15})(?:\.(\d*))?", re.ASCII)
_PLACES: Final = {"cents": 2, "thousandths": 3}


def _scaled(text: str, places: int) -> int | None:
    """The number times ten to ``places``, or None where it is none or has more places."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction = match.groups()
    if not whole and not fraction:
        return None
    fraction = (fraction or "").rstrip("0")
    if len(fraction) > places:
        return None
    number = int(whole or "0") * int("1" + "0" * places) + int(fraction.ljust(places, "0"))
    return -number if sign else number


# Payers' amounts repeat (allowed amounts, zero); remembering them is faster
# than reading them, and Money can't be changed.
@lru_cache(maxsize=4096)
def _money(text: str) -> Money | None:
    cents = _scaled(text, _PLACES["cents"])
    return None if cents is None else Money(cents)


def money(segment: Segment, element: int) -> Money:
    """An amount in US cents. Raises X12Refused where it is missing or finer than a cent."""
    text = segment[element]
    if not text:
        raise refuse(FlawCode.MISSING_ELEMENT, segment, "the amount is missing", element)
    amount = _money(text)
    if amount is None:
        raise refuse(
            FlawCode.BAD_NUMBER, segment, "not an amount in dollars and whole cents", element
        )
    return amount


def money_or_none(segment: Segment, element: int) -> Money | None:
    return money(segment, element) if segment[element] else None


def money_or_zero(segment: Segment, element: int) -> Money:
    return money(segment, element) if segment[element] else ZERO


ZERO: Final = Money(0)


def dollars(amount: Money) -> str:
    """As X12 writes type R: no leading zeros, no point without cents, no trailing zeros."""
    return _decimal(amount.cents, 2)


def _decimal(number: int, places: int) -> str:
    whole, fraction = divmod(abs(number), 10**places)
    digits = str(fraction).rjust(places, "0").rstrip("0")
    sign = "-" if number < 0 else ""
    if not digits:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{digits}"


@dataclass(frozen=True, order=True, slots=True)
class Quantity:
    """Units, minutes, days or millilitres in thousandths: never a float."""

    thousandths: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1``, ``2.5`` or ``.125``. Raises ValueError otherwise."""
        number = _scaled(text, _PLACES["thousandths"])
        if number is None:
            raise ValueError("expected a number of at most three decimal places")
        return cls(number)

    @classmethod
    def of(cls, whole: int) -> Self:
        return cls(whole * 1000)

    def __str__(self) -> str:
        return _decimal(self.thousandths, 3)


@lru_cache(maxsize=1024)
def _quantity(text: str) -> Quantity | None:
    number = _scaled(text, _PLACES["thousandths"])
    return None if number is None else Quantity(number)


def quantity(segment: Segment, element: int) -> Quantity:
    text = segment[element]
    if not text:
        raise refuse(FlawCode.MISSING_ELEMENT, segment, "the quantity is missing", element)
    number = _quantity(text)
    if number is None:
        raise refuse(
            FlawCode.BAD_NUMBER, segment, "not a number of at most three decimal places", element
        )
    return number


def quantity_or_none(segment: Segment, element: int) -> Quantity | None:
    return quantity(segment, element) if segment[element] else None


def decimal_or_none(segment: Segment, element: int) -> str | None:
    """A rate or weight as it was sent: it is shown, never reckoned with."""
    text = segment[element]
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise refuse(FlawCode.BAD_NUMBER, segment, "not a number", element)
    return text


def whole(segment: Segment, element: int) -> int:
    text = segment[element]
    if not text:
        raise refuse(FlawCode.MISSING_ELEMENT, segment, "the number is missing", element)
    if not text.isdecimal() or not text.isascii():
        raise refuse(FlawCode.BAD_NUMBER, segment, "not a whole number", element)
    return int(text)


@lru_cache(maxsize=4096)
def _date(text: str) -> date | None:
    if len(text) != 8 or not text.isdecimal() or not text.isascii():  # noqa: PLR2004 - CCYYMMDD
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def day(segment: Segment, element: int) -> date:
    """A date CCYYMMDD. Raises X12Refused where it is missing or no day of the calendar."""
    text = segment[element]
    if not text:
        raise refuse(FlawCode.MISSING_ELEMENT, segment, "the date is missing", element)
    found = _date(text)
    if found is None:
        raise refuse(
            FlawCode.BAD_DATE, segment, "not a date (year, month, day in eight digits)", element
        )
    return found


def day_or_none(segment: Segment, element: int) -> date | None:
    return day(segment, element) if segment[element] else None


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included; one day is its own last."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first:%Y%m%d}"
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"


def period(segment: Segment, form: int = 2, element: int = 3) -> Period:
    """DTP02/DTP03: D8 is one day, RD8 two with a hyphen between them; DT and such are a day."""
    text = segment[element]
    if segment[form] == "RD8":
        first, _, last = text.partition("-")
        begin, end = _date(first), _date(last)
    elif segment[form] == "D8":
        begin = end = _date(text)
    else:
        raise refuse(FlawCode.BAD_CODE, segment, "the form of the date is not D8 or RD8", form)
    if begin is None or end is None or end < begin:
        raise refuse(FlawCode.BAD_DATE, segment, "not a date, or a period that ends early", element)
    return Period(begin, end)


def moment(segment: Segment, day_at: int, time_at: int) -> datetime:
    """A date of six (ISA09) or eight digits and a time HHMM, HHMMSS or finer."""
    text = segment[day_at]
    # ISA09 has no century: these files are of the 21st.
    found = _date("20" + text if len(text) == 6 else text)  # noqa: PLR2004
    if found is None:
        raise refuse(FlawCode.BAD_DATE, segment, "not a day of the calendar", day_at)
    return datetime.combine(found, clock(segment, time_at))  # a wall clock, its zone unsaid


def clock(segment: Segment, element: int) -> time:
    text = segment[element]
    if text.isdecimal() and text.isascii() and len(text) in (4, 6, 7, 8):
        seconds = int(text[4:6] or "0")
        hundredths = int(text[6:].ljust(2, "0") or "0")
        try:
            return time(int(text[:2]), int(text[2:4]), seconds, hundredths * 10_000)
        except ValueError:
            pass
    raise refuse(FlawCode.BAD_TIME, segment, "not a time (HHMM or HHMMSS)", element)


def required(segment: Segment, element: int, what: str) -> str:
    text = segment[element]
    if not text.strip():
        raise refuse(FlawCode.MISSING_ELEMENT, segment, f"{what} is missing", element)
    return text


def coded(segment: Segment, element: int, codes: Container[str], what: str) -> str:
    """An element that must be one of ``codes``."""
    text = required(segment, element, what)
    if text not in codes:
        raise refuse(FlawCode.BAD_CODE, segment, f"not a code for {what}", element)
    return text
