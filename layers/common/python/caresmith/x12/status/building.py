"""Writes 277 and 277CA."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from caresmith.x12.building import amount, contacts, count, dated, name, procedure, references
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.numbering import Levels
from caresmith.x12.parts import Name
from caresmith.x12.segment import Segment
from caresmith.x12.status.grammar import ACKNOWLEDGEMENT_VERSION, STATUS_VERSION
from caresmith.x12.status.model import (
    ClaimStatus,
    GeneralStatus,
    LineStatus,
    Receipt,
    Status,
    StatusCode,
    StatusReport,
)
from caresmith.x12.values import Period
from caresmith.x12.writer import (
    Addressing,
    Composite,
    ControlNumbers,
    SegmentMaker,
    interchange,
)


def report_file(
    reports: Sequence[StatusReport],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    delimiters: Delimiters | None = None,
) -> Iterator[Segment]:
    """An interchange of 277CA or of 277: one transaction set for each report.

    Raises:
        ValueError: reports of both kinds, or one of more than one source and
            receiver: X214 has one of each, and X212 is answered set by set.
    """
    if len({one.acknowledgement for one in reports}) > 1:
        raise ValueError("a group holds 277 or 277CA, not both")
    make = SegmentMaker(delimiters)
    acknowledging = bool(reports) and reports[0].acknowledgement
    version = ACKNOWLEDGEMENT_VERSION if acknowledging else STATUS_VERSION
    sets = (report_segments(make, one) for one in reports)
    return interchange("277", version, sets, addressing, numbers, at, delimiters)


def report_segments(make: SegmentMaker, one: StatusReport) -> Iterator[Segment]:
    """What stands between ST and SE."""
    if len(one.sources) != 1 or len(one.receivers) != 1:
        raise ValueError("a report is of one source for one receiver")
    made = (f"{one.at:%Y%m%d}", f"{one.at:%H%M}")
    kind, sort = ("0085", "TH") if one.acknowledgement else ("0010", "DG")
    yield make("BHT", kind, "08", one.reference, *made, sort)
    levels = Levels(make)
    yield levels.open("20", parent=None, child=True)
    yield name(make, one.sources[0])
    yield from contacts(make, one.contacts)
    for receipt in one.receipts:
        yield from _receipt(make, receipt)
    yield levels.open("21", parent=1, child=bool(one.providers or one.claims))
    yield name(make, one.receivers[0])
    for whole in one.files:
        yield from _general(make, whole, "2", "90", "AA")
    for provider, general, claims in _by_provider(one):
        yield levels.open("19", parent=2, child=bool(claims))
        above = levels.last
        yield name(make, provider)
        for whole in general:
            yield from _general(make, whole, "1", "QA", "QC")
        people = _patients if one.acknowledgement else _subscribers
        yield from people(make, levels, above, claims)


def _by_provider(
    one: StatusReport,
) -> Iterator[tuple[Name, list[GeneralStatus], list[ClaimStatus]]]:
    """Each provider with what is said of all its claims, and of each."""
    general = list(one.providers)
    for provider, claims in groupby(one.claims, key=lambda claim: claim.provider):
        theirs = [whole for whole in general if whole.about == provider]
        general = [whole for whole in general if whole.about != provider]
        yield provider, theirs, list(claims)
    for provider, some in groupby(general, key=lambda whole: whole.about):
        yield provider, list(some), []


def _patients(
    make: SegmentMaker, levels: Levels, above: int, claims: list[ClaimStatus]
) -> Iterator[Segment]:
    """Loops 2000D of a 277CA, which knows no subscribers."""
    for person, theirs in groupby(claims, key=lambda claim: claim.patient):
        yield levels.open("PT", parent=above, child=None)
        yield name(make, person)
        for claim in theirs:
            yield from _claim(make, claim)


def _subscribers(
    make: SegmentMaker, levels: Levels, above: int, claims: list[ClaimStatus]
) -> Iterator[Segment]:
    """Loops 2000D and 2000E of a 277."""
    for person, theirs in groupby(claims, key=lambda claim: claim.subscriber or claim.patient):
        every = list(theirs)
        own = [claim for claim in every if claim.subscriber is None]
        others = [claim for claim in every if claim.subscriber is not None]
        yield levels.open("22", parent=above, child=bool(others))
        subscriber = levels.last
        yield name(make, person)
        for claim in own:
            yield from _claim(make, claim)
        for patient, some in groupby(others, key=lambda claim: claim.patient):
            yield levels.open("23", parent=subscriber, child=None)
            yield name(make, patient)
            for claim in some:
                yield from _claim(make, claim)


def _receipt(make: SegmentMaker, one: Receipt) -> Iterator[Segment]:
    yield make("TRN", "1", one.trace)
    for qualifier, on in (("050", one.received), ("009", one.processed)):
        if on:
            yield dated(make, qualifier, Period(on, on))


def _general(
    make: SegmentMaker, one: GeneralStatus, kind: str, accepted: str, rejected: str
) -> Iterator[Segment]:
    """Loops 2200B and 2200C: X214 counts with 90 and AA there, with QA and QC here."""
    yield make("TRN", kind, one.trace)
    yield from _statuses(make, one.statuses)
    yield from references(make, one.references)
    totals = one.totals
    for qualifier, number in ((accepted, totals.accepted), (rejected, totals.rejected)):
        if number is not None:
            yield make("QTY", qualifier, str(number))
    for qualifier, money in (("YU", totals.accepted_charge), ("YY", totals.rejected_charge)):
        if money is not None:
            yield make("AMT", qualifier, amount(money))


def _claim(make: SegmentMaker, one: ClaimStatus) -> Iterator[Segment]:
    yield make("TRN", "2", one.trace)
    yield from _statuses(make, one.statuses)
    yield from references(make, one.references)
    if one.dates:
        yield dated(make, "472", one.dates)
    for line in one.lines:
        yield from _line(make, line)


def _line(make: SegmentMaker, one: LineStatus) -> Iterator[Segment]:
    paid = (amount(one.charge), amount(one.paid), one.revenue_code)
    yield make("SVC", procedure(one.procedure), *paid, "", "", count(one.units))
    yield from _statuses(make, one.statuses)
    yield from references(make, one.references)
    if one.dates:
        yield dated(make, "472", one.dates)


def _statuses(make: SegmentMaker, every: Iterable[Status]) -> Iterator[Segment]:
    for one in every:
        first, second, third = [*map(_code, one.codes), (), ()][:3]
        yield make(
            "STC",
            first,
            f"{one.on:%Y%m%d}" if one.on else "",
            one.action,
            amount(one.charge),
            amount(one.paid),
            f"{one.decided:%Y%m%d}" if one.decided else "",
            "",
            f"{one.paid_on:%Y%m%d}" if one.paid_on else "",
            one.check,
            second,
            third,
            one.message,
        )


def _code(one: StatusCode) -> Composite:
    return (one.category, one.code, one.entity, one.list)
