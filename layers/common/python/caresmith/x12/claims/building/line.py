"""Loop 2400, its drug, its providers, and what other payers made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from caresmith.x12.adjustments import adjustment_segments
from caresmith.x12.claims.building.parties import facility, provider, purchased
from caresmith.x12.claims.codes import LINE_DATES, LINE_NUMBERS, PROVIDER_ROLES
from caresmith.x12.claims.line import (
    Adjudication,
    Attachment,
    Contract,
    Drug,
    LineProcedure,
    LineProviders,
    ServiceLine,
)
from caresmith.x12.segment import Segment
from caresmith.x12.values import dollars
from caresmith.x12.writer import Composite, SegmentMaker


def _yes(applies: bool) -> str:
    return "Y" if applies else ""


def procedure(one: LineProcedure) -> Composite:
    modifiers = [*one.modifiers, *[""] * (4 - len(one.modifiers))]
    return (one.qualifier, one.code, *modifiers, one.description)


def attachments(make: SegmentMaker, every: Iterable[Attachment]) -> Iterator[Segment]:
    for one in every:
        number = ("AC", one.control_number) if one.control_number else ()
        yield make("PWK", one.kind, one.transmission, "", "", *number)


def contract(make: SegmentMaker, one: Contract | None) -> Iterator[Segment]:
    if one is None:
        return
    amount = "" if one.amount is None else dollars(one.amount)
    terms = (one.percent, one.code, one.discount_percent, one.version)
    yield make("CN1", one.kind, amount, *terms)


def line_segments(make: SegmentMaker, line: ServiceLine, number: int) -> Iterator[Segment]:
    yield make("LX", str(number))
    yield make(
        "SV1",
        procedure(line.procedure),
        dollars(line.charge),
        line.unit,
        str(line.quantity),
        line.place_of_service,
        "",
        tuple(str(one) for one in line.pointers),
        "",
        _yes(line.emergency),
        "",
        _yes(line.epsdt),
        _yes(line.family_planning),
        "",
        "",
        "0" if line.copay_exempt else "",
    )
    yield from attachments(make, line.attachments)
    if line.hospice_employee is not None:
        yield make("CRC", "70", "Y" if line.hospice_employee else "N", "65")
    yield from _dates(make, line)
    if line.obstetric_units is not None:
        yield make("QTY", "FL", str(line.obstetric_units))
    for test in line.tests:
        yield make("MEA", test.identification, test.measured, str(test.value))
    yield from contract(make, line.contract)
    yield from _numbers(make, line)
    yield from _amounts_and_notes(make, line)
    if line.drug:
        yield from _drug(make, line.drug)
    yield from _providers(make, line.providers)
    for one in line.adjudications:
        yield from _adjudication(make, one)


def _dates(make: SegmentMaker, line: ServiceLine) -> Iterator[Segment]:
    form = "D8" if line.service.first == line.service.last else "RD8"
    yield make("DTP", "472", form, str(line.service))
    for field, qualifier in LINE_DATES.items():
        if on := getattr(line.dates, field):
            yield make("DTP", qualifier, "D8", f"{on:%Y%m%d}")


def _numbers(make: SegmentMaker, line: ServiceLine) -> Iterator[Segment]:
    for field, qualifier in LINE_NUMBERS.items():
        if number := getattr(line.numbers, field):
            yield make("REF", qualifier, number)
    for qualifier, every in (("G1", line.prior_authorizations), ("9F", line.referrals)):
        for one in every:
            yield make("REF", qualifier, one.value, "", ("2U", one.payer) if one.payer else "")


def _amounts_and_notes(make: SegmentMaker, line: ServiceLine) -> Iterator[Segment]:
    for qualifier, amount in (("T", line.sales_tax), ("F4", line.postage)):
        if amount is not None:
            yield make("AMT", qualifier, dollars(amount))
    for text in line.fixed_format:
        yield make("K3", text)
    if line.note:
        yield make("NTE", line.note_kind, line.note)
    if line.repricer_note:
        yield make("NTE", "TPO", line.repricer_note)
    if line.purchased_charge is not None:
        yield make("PS1", line.purchased_from, dollars(line.purchased_charge))


def _drug(make: SegmentMaker, one: Drug) -> Iterator[Segment]:
    yield make("LIN", "", one.qualifier, one.code)
    yield make("CTP", "", "", "", str(one.quantity), one.unit)
    if one.prescription:
        yield make("REF", "XZ", one.prescription)
    if one.compound:
        yield make("REF", "VY", one.compound)


def _providers(make: SegmentMaker, every: LineProviders) -> Iterator[Segment]:
    """Loops 2420A to 2420F."""
    if every.rendering:
        yield from provider(make, PROVIDER_ROLES["rendering"], every.rendering)
    if every.purchased:
        yield from purchased(make, every.purchased)
    if every.facility:
        yield from facility(make, every.facility)
    for role in ("supervising", "ordering", "referring", "primary_care"):
        one = getattr(every, role)
        if one:
            yield from provider(make, PROVIDER_ROLES[role], one)


def _adjudication(make: SegmentMaker, one: Adjudication) -> Iterator[Segment]:
    """Loop 2430."""
    bundled = "" if one.bundled_into is None else str(one.bundled_into)
    paid = (dollars(one.paid), procedure(one.procedure), "", str(one.units), bundled)
    yield make("SVD", one.payer_id, *paid)
    yield from adjustment_segments(make, one.adjustments)
    yield make("DTP", "573", "D8", f"{one.adjudicated_on:%Y%m%d}")
    if one.patient_liability is not None:
        yield make("AMT", "EAF", dollars(one.patient_liability))
