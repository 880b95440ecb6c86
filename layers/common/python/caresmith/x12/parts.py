"""What many transaction sets share: names, addresses, contacts, references, procedures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.segment import Segment
from caresmith.x12.values import required


@dataclass(frozen=True, slots=True)
class Name:
    """NM1: a person or an organisation, with an id where it has one."""

    entity: str
    person: bool
    last: str
    """Family name, or the organisation's."""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    qualifier: str = ""
    id: str = ""


def name_of(segment: Segment) -> Name:
    kind = segment[2]
    if kind not in ("1", "2"):
        raise refuse(FlawCode.BAD_CODE, segment, "neither a person (1) nor an organisation (2)", 2)
    return Name(
        entity=segment[1],
        person=kind == "1",
        last=segment[3],
        first=segment[4],
        middle=segment[5],
        suffix=segment[7],
        qualifier=segment[8],
        id=segment[9],
    )


@dataclass(frozen=True, slots=True)
class Address:
    """N3 and N4."""

    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str = ""
    subdivision: str = ""


def address_of(street: Segment | None, city: Segment | None) -> Address | None:
    if street is None and city is None:
        return None
    empty = Segment([""])
    street, city = street or empty, city or empty
    return Address(street[1], street[2], city[1], city[2], city[3], city[4], city[7])


@dataclass(frozen=True, slots=True)
class Contact:
    """PER: whom to ask. ``numbers`` are pairs of TE, FX, EM, EX, UR or ED and the number."""

    function: str
    name: str
    numbers: tuple[tuple[str, str], ...]


def contact_of(segment: Segment) -> Contact:
    numbers = tuple(
        (segment[at], segment[at + 1]) for at in (3, 5, 7) if segment[at] and segment[at + 1]
    )
    return Contact(segment[1], segment[2], numbers)


@dataclass(frozen=True, slots=True)
class Reference:
    """REF: a number and what it is the number of."""

    qualifier: str
    value: str
    description: str = ""


def reference_of(segment: Segment) -> Reference:
    return Reference(required(segment, 1, "the qualifier"), segment[2] or segment[3], segment[3])


def reference(references: Iterable[Reference], *qualifiers: str) -> str:
    """The first number of one of these kinds, or ""."""
    return next((one.value for one in references if one.qualifier in qualifiers), "")


@dataclass(frozen=True, slots=True)
class Procedure:
    """A composite medical procedure: HC is HCPCS or CPT, NU a revenue code, N4 an NDC."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()
    description: str = ""


def procedure_of(segment: Segment, element: int, component: str) -> Procedure:
    """Read SVC01, SVC06, SV101 or SVD03; a missing code is refused, with the likely cause."""
    parts = required(segment, element, "the procedure").split(component)
    if len(parts) < 2 or not parts[1]:  # noqa: PLR2004 - qualifier and code
        raise refuse(
            FlawCode.MISSING_ELEMENT,
            segment,
            f"the procedure code is missing (components are separated by {component} here)",
            element,
            2,
        )
    return Procedure(
        qualifier=parts[0],
        code=parts[1],
        modifiers=tuple(modifier for modifier in parts[2:6] if modifier),
        description=parts[6] if len(parts) > 6 else "",  # noqa: PLR2004 - the seventh
    )
