"""Texts of people as X12 has them: capitals, plain letters, no delimiter, not too long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from caresmith.claims.drafted_parties import AddressDraft
from caresmith.records.contact import Address
from caresmith.records.practice import BillingAddress, Location
from caresmith.x12.charset import clean

LAST, FIRST, MIDDLE, SUFFIX = 60, 35, 25, 10
_STREET, _CITY, _POSTAL = 55, 30, 15
_NOTE: Final = 80
_PLACE: Final = re.compile(
    r"(?P<city>.+?),?\s+(?P<state>[A-Za-z]{2})\.?,?\s+(?P<zip>\d{5}(?:-?\d{4})?)"
)


def wire(text: str | None, most: int = LAST) -> str:
    """As it can be sent; "" for nothing."""
    return clean(text or "").upper()[:most].strip()


def sentence(text: str | None) -> str:
    """A note of a claim or line (NTE02)."""
    return wire(text, _NOTE)


def address_of(address: Address | None) -> AddressDraft | None:
    """N3 and N4 of a person's or payer's address."""
    if address is None:
        return None
    abroad = address.country != "US"
    code = wire(address.postal_code, _POSTAL)
    return AddressDraft(
        line1=wire(address.lines[0], _STREET),
        line2=wire(", ".join(address.lines[1:]), _STREET),
        city=wire(address.city, _CITY),
        state="" if abroad else wire(address.state, 2),
        postal_code=code if abroad else code.replace("-", ""),
        country=address.country if abroad else "",
    )


def billing_address(address: BillingAddress) -> AddressDraft:
    return AddressDraft(
        line1=wire(address.line1, _STREET),
        line2=wire(address.line2, _STREET),
        city=wire(address.city, _CITY),
        state=address.state,
        postal_code=address.postal_code.replace("-", ""),
    )


def place_of(location: Location) -> AddressDraft:
    """Where a location is, by its lines: the last names city, state and ZIP code.

    What does not read so is left out, for the scrubber to say.
    """
    *streets, last = location.address_lines or ("",)
    found = _PLACE.fullmatch(last.strip())
    if found is None:
        return AddressDraft(line1=wire(" ".join(location.address_lines), _STREET))
    return AddressDraft(
        line1=wire(streets[0] if streets else "", _STREET),
        line2=wire(", ".join(streets[1:]), _STREET),
        city=wire(found["city"], _CITY),
        state=found["state"].upper(),
        postal_code=found["zip"].replace("-", ""),
    )


def phone_digits(text: str) -> str:
    """Ten digits of a number in the USA, or ""."""
    digits = re.sub(r"\D", "", text.removeprefix("+1"))
    return digits if len(digits) == 10 else ""  # noqa: PLR2004 - PER04


def name_parts(names: Iterable[str]) -> tuple[str, str]:
    """First and middle name of what is given."""
    first, *others = [*names] or [""]
    return wire(first, FIRST), wire(" ".join(others), MIDDLE)
