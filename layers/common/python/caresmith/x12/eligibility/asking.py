"""Writes the 270: is this patient covered by this payer?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from caresmith.x12.eligibility.grammar import VERSION
from caresmith.x12.numbering import Levels
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period
from caresmith.x12.writer import Addressing, ControlNumbers, SegmentMaker, interchange

GENERAL: Final = ("30",)
"""EQ01: health benefit plan coverage, to which every payer must answer (45 CFR 162.1203)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about: what the payer needs to find one member (TR3 1.4.8)."""

    last: str
    first: str
    birth_date: date | None = None
    sex: str = ""
    """M or F; "" is not sent."""
    middle: str = ""
    suffix: str = ""
    member_id: str = ""

    def __post_init__(self) -> None:
        if self.sex not in ("", "M", "F"):
            raise ValueError("the sex is M, F or not sent")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One patient of one payer. With a ``dependent`` the question is about that one."""

    payer_name: str
    payer_id: str
    provider_name: str
    provider_npi: str
    trace: str
    """TRN02, which comes back in the answer: unique for each inquiry."""
    trace_originator: str
    """TRN03: ten characters, 1 and the tax id as a rule."""
    subscriber: Asked
    dependent: Asked | None = None
    relationship: str = ""
    """INS02 of a dependent: 01 spouse, 19 child, 34 other adult."""
    dates: Period | None = None
    service_types: tuple[str, ...] = GENERAL
    provider_first: str = ""
    """Of a person; "" where the provider is an organisation."""
    payer_qualifier: str = "PI"

    def __post_init__(self) -> None:
        if len(self.trace_originator) != 10:  # noqa: PLR2004 - X12 element 509
            raise ValueError("the originator of a trace has ten characters")
        if not self.service_types:
            raise ValueError("an inquiry asks for one type of service or more")


def inquiry_file(
    inquiries: Iterable[Inquiry],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    reference: str,
) -> Iterator[Segment]:
    """A 270 with one transaction set for each inquiry, as real-time payers want them.

    ``reference`` is BHT03 of the first; those behind it have ``-2``, ``-3`` behind it.
    """
    make = SegmentMaker()
    sets = (
        _body(make, one, at, reference if number == 1 else f"{reference}-{number}")
        for number, one in enumerate(inquiries, 1)
    )
    return interchange("270", VERSION, sets, addressing, numbers, at)


def _body(make: SegmentMaker, one: Inquiry, at: datetime, reference: str) -> Iterator[Segment]:
    yield make("BHT", "0022", "13", reference, f"{at:%Y%m%d}", f"{at:%H%M}")
    levels = Levels(make)
    yield levels.open("20", parent=None, child=True)
    yield make("NM1", "PR", "2", one.payer_name, "", "", "", "", one.payer_qualifier, one.payer_id)
    yield levels.open("21", parent=1, child=True)
    kind = "1" if one.provider_first else "2"
    provider = (one.provider_name, one.provider_first, "", "", "", "XX", one.provider_npi)
    yield make("NM1", "1P", kind, *provider)
    yield levels.open("22", parent=2, child=one.dependent is not None)
    trace = make("TRN", "1", one.trace, one.trace_originator)
    if one.dependent is None:
        yield trace
        yield from _person(make, "IL", one.subscriber)
        yield from _questions(make, one)
        return
    yield from _person(make, "IL", one.subscriber)
    yield levels.open("23", parent=3, child=False)
    yield trace
    yield from _person(make, "03", one.dependent)
    if one.relationship:
        yield make("INS", "N", one.relationship)
    yield from _questions(make, one)


def _person(make: SegmentMaker, entity: str, one: Asked) -> Iterator[Segment]:
    member = ("MI", one.member_id) if one.member_id and entity == "IL" else ()
    yield make("NM1", entity, "1", one.last, one.first, one.middle, "", one.suffix, *member)
    if one.birth_date:
        yield make("DMG", "D8", f"{one.birth_date:%Y%m%d}", one.sex)


def _questions(make: SegmentMaker, one: Inquiry) -> Iterator[Segment]:
    if one.dates:
        form = "D8" if one.dates.first == one.dates.last else "RD8"
        yield make("DTP", "291", form, str(one.dates))
    yield make("EQ", list(one.service_types))
