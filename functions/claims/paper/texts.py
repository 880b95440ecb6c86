"""How things are written in the boxes: capitals, no punctuation but hyphens, no points.

The NUCC 1500 reference manual (version 02/12): amounts without dollar signs and points,
dates as MM DD YYYY, but six digits (MM DD YY) in item 24A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from caresmith.claims.drafted_parties import AddressDraft
from caresmith.money import Money
from functions.claims.drafting.wire import wire

_PUNCTUATION: Final = re.compile(r"[^A-Z0-9 -]")
CROSS: Final = "X"


def plain(text: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", wire(text, 80)).split())


def name_of(last: str, first: str, middle: str, suffix: str) -> str:
    """LAST SUFFIX, FIRST, MIDDLE: commas part them, which is the one punctuation here."""
    family = " ".join(part for part in (plain(last), plain(suffix)) if part)
    return ", ".join(part for part in (family, plain(first), plain(middle)[:1]) if part)


def day_of(day: date | None) -> str:
    return f"{day:%m %d %Y}" if day else ""


def short_day(day: date) -> str:
    return f"{day:%m %d %y}"


def amount_of(amount: Money) -> str:
    """Dollars, a blank, cents: no sign and no point."""
    dollars, cents = divmod(abs(amount.cents), 100)
    return f"{dollars} {cents:02d}"


def sex_boxes(item: str, sex: str | None) -> Iterator[tuple[str, str]]:
    if sex in {"M", "F"}:
        yield f"{item}.{'male' if sex == 'M' else 'female'}", CROSS


def yes_no(item: str, *, yes: bool) -> Iterator[tuple[str, str]]:
    yield f"{item}.{'yes' if yes else 'no'}", CROSS


def address_boxes(item: str, address: AddressDraft | None) -> Iterator[tuple[str, str]]:
    if address is None:
        return
    yield f"{item}.street", street(address)
    yield f"{item}.city", plain(address.city)
    yield f"{item}.state", address.state
    yield f"{item}.zip", zip_code(address)


def street(address: AddressDraft) -> str:
    return plain(" ".join(part for part in (address.line1, address.line2) if part))


def city(address: AddressDraft) -> str:
    return " ".join(
        part for part in (plain(address.city), address.state, zip_code(address)) if part
    )


def address_lines(address: AddressDraft | None) -> list[str]:
    if address is None:
        return []
    return [text for text in (plain(address.line1), plain(address.line2), city(address)) if text]


def zip_code(address: AddressDraft) -> str:
    code = address.postal_code.replace("-", "")
    return f"{code[:5]}-{code[5:]}" if len(code) == 9 and not address.country else code  # noqa: PLR2004
