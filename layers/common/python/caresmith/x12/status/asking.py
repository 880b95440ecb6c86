"""Writes the 276: what became of this claim?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from caresmith.money import Money
from caresmith.x12.numbering import Levels
from caresmith.x12.segment import Segment
from caresmith.x12.status.grammar import STATUS_VERSION
from caresmith.x12.values import Period, dollars
from caresmith.x12.writer import Addressing, ControlNumbers, SegmentMaker, interchange


@dataclass(frozen=True, slots=True)
class Member:
    """The subscriber, or a dependent (who has no member id)."""

    last: str
    first: str
    birth_date: date | None = None
    """Needed of the patient; of a subscriber who is not the patient it is not sent."""
    sex: str = ""
    member_id: str = ""

    def __post_init__(self) -> None:
        if self.sex not in ("", "M", "F"):
            raise ValueError("the sex is M, F or not sent")


@dataclass(frozen=True, slots=True)
class StatusInquiry:
    """One claim of one payer."""

    payer_name: str
    payer_id: str
    receiver_name: str
    """Who asks (loop 2100B): the practice, or its clearinghouse."""
    receiver_id: str
    provider_name: str
    provider_npi: str
    trace: str
    """TRN02, which comes back in the answer: unique for each inquiry."""
    subscriber: Member
    dates: Period
    charge: Money
    dependent: Member | None = None
    payer_control_number: str = ""
    """REF 1K, if the payer has given the claim one."""
    control_number: str = ""
    """REF EJ: CLM01 of the claim."""
    payer_qualifier: str = "PI"

    def __post_init__(self) -> None:
        if not self.subscriber.member_id:
            raise ValueError("a payer finds a claim by the subscriber's member id")
        if (self.dependent or self.subscriber).birth_date is None:
            raise ValueError("a payer finds a claim by the patient's birth date")


def status_file(
    inquiries: Iterable[StatusInquiry],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    reference: str,
) -> Iterator[Segment]:
    """A 276 with one transaction set for each inquiry; ``reference`` is BHT03 of the first."""
    make = SegmentMaker()
    sets = (
        _body(make, one, at, reference if number == 1 else f"{reference}-{number}")
        for number, one in enumerate(inquiries, 1)
    )
    return interchange("276", STATUS_VERSION, sets, addressing, numbers, at)


def _body(
    make: SegmentMaker, one: StatusInquiry, at: datetime, reference: str
) -> Iterator[Segment]:
    yield make("BHT", "0010", "13", reference, f"{at:%Y%m%d}", f"{at:%H%M}")
    levels = Levels(make)
    yield levels.open("20", parent=None, child=True)
    yield make("NM1", "PR", "2", one.payer_name, "", "", "", "", one.payer_qualifier, one.payer_id)
    yield levels.open("21", parent=1, child=True)
    yield make("NM1", "41", "2", one.receiver_name, "", "", "", "", "46", one.receiver_id)
    yield levels.open("19", parent=2, child=True)
    yield make("NM1", "1P", "2", one.provider_name, "", "", "", "", "XX", one.provider_npi)
    yield levels.open("22", parent=3, child=one.dependent is not None)
    if one.dependent is None:
        yield from _person(make, "IL", one.subscriber)
    else:
        # X212 2000D: the birth date of a subscriber who is not the patient is not sent.
        yield _name(make, "IL", one.subscriber)
        yield levels.open("23", parent=4, child=False)
        yield from _person(make, "QC", one.dependent)
    yield make("TRN", "1", one.trace)
    if one.payer_control_number:
        yield make("REF", "1K", one.payer_control_number)
    if one.control_number:
        yield make("REF", "EJ", one.control_number)
    yield make("AMT", "T3", dollars(one.charge))
    form = "D8" if one.dates.first == one.dates.last else "RD8"
    yield make("DTP", "472", form, str(one.dates))


def _person(make: SegmentMaker, entity: str, one: Member) -> Iterator[Segment]:
    assert one.birth_date is not None  # noqa: S101 - an inquiry has its patient's
    yield make("DMG", "D8", f"{one.birth_date:%Y%m%d}", one.sex)
    yield _name(make, entity, one)


def _name(make: SegmentMaker, entity: str, one: Member) -> Segment:
    member = ("", "", "", "MI", one.member_id) if entity == "IL" else ()
    return make("NM1", entity, "1", one.last, one.first, *member)
