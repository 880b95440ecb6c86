"""Writes 835 files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from caresmith.x12.adjustments import adjustment_segments
from caresmith.x12.building import address, amount, contacts, count, name, procedure, references
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.remittance.claims import MIA_REMARKS
from caresmith.x12.remittance.grammar import VERSION
from caresmith.x12.remittance.model import (
    Account,
    ClaimPayment,
    InpatientAdjudication,
    Organisation,
    OutpatientAdjudication,
    PaymentHeader,
    ProviderAdjustment,
    ProviderSummary,
    QualifiedAmount,
    QualifiedQuantity,
    ServicePayment,
)
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, dollars
from caresmith.x12.writer import Addressing, ControlNumbers, SegmentMaker, interchange

_PAIRS_IN_PLB: Final = 6


@dataclass(frozen=True, slots=True)
class Remittance:
    """One transaction set. Whether it adds up is not asked here: see ``balancing``."""

    header: PaymentHeader
    claims: tuple[ClaimPayment, ...] = ()
    adjustments: tuple[ProviderAdjustment, ...] = ()


def remittance_file(
    remittances: Iterable[Remittance],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    delimiters: Delimiters | None = None,
) -> Iterator[Segment]:
    """An interchange with one 835 for each payment.

    The envelope is that of ``addressing`` and ``numbers``, not that of the
    ``header`` of a payment, which says how it was received.
    """
    make = SegmentMaker(delimiters)
    sets = (remittance_segments(make, one) for one in remittances)
    return interchange("835", VERSION, sets, addressing, numbers, at, delimiters)


def remittance_segments(make: SegmentMaker, one: Remittance) -> Iterator[Segment]:
    """What stands between ST and SE."""
    yield from _head(make, one.header)
    for (group, summary), claims in groupby(one.claims, key=lambda c: (c.group, c.summary)):
        yield make("LX", group)
        if summary:
            yield from _summary(make, summary)
        for claim in claims:
            yield from _claim(make, claim)
    yield from _provider_adjustments(make, one.adjustments)


def _head(make: SegmentMaker, one: PaymentHeader) -> Iterator[Segment]:
    yield make(
        "BPR",
        one.handling,
        dollars(one.amount),
        "C" if one.credit else "D",
        one.method,
        one.format,
        *_account(one.payer_account),
        one.originator,
        one.originator_division,
        *_account(one.payee_account),
        _day(one.effective),
    )
    yield make("TRN", "1", one.trace, one.payer_id, one.payer_division)
    if one.currency != "USD" or one.exchange_rate:
        yield make("CUR", "PR", one.currency, one.exchange_rate or "")
    for qualifier, number in (("EV", one.receiver), ("F2", one.version)):
        if number:
            yield make("REF", qualifier, number)
    if one.produced:
        yield make("DTM", "405", _day(one.produced))
    yield from _organisation(make, "PR", one.payer)
    yield from _organisation(make, "PE", one.payee)


def _account(one: Account | None) -> tuple[str, str, str, str]:
    if one is None:
        return ("", "", "", "")
    return (one.bank_qualifier, one.bank, one.account_qualifier, one.account)


def _organisation(make: SegmentMaker, entity: str, one: Organisation) -> Iterator[Segment]:
    yield make("N1", entity, one.name, one.qualifier, one.id)
    yield from address(make, one.address)
    yield from references(make, one.references)
    yield from contacts(make, one.contacts)
    if one.delivery:
        yield make("RDM", one.delivery.method, one.delivery.name, one.delivery.number)


def _summary(make: SegmentMaker, one: ProviderSummary) -> Iterator[Segment]:
    """TS3 and TS2."""
    elements = ["TS3", one.provider, one.facility_type, _day(one.fiscal_period)]
    elements += [str(one.claims), dollars(one.charges), *[""] * 19]
    for at, money in one.amounts:
        elements[at] = dollars(money)
    elements[23] = count(one.interim_claims)
    yield make(*elements)
    if one.supplement:
        more = ["TS2", *[""] * 19]
        for at, text in one.supplement:
            more[at] = text
        yield make(*more)


def _claim(make: SegmentMaker, one: ClaimPayment) -> Iterator[Segment]:
    yield make(
        "CLP",
        one.control_number,
        one.status,
        dollars(one.charge),
        dollars(one.paid),
        amount(one.patient_responsibility),
        one.filing_indicator,
        one.payer_control_number,
        one.facility_type,
        one.frequency,
        "",
        one.drg,
        one.drg_weight or "",
        one.discharge_fraction or "",
    )
    yield from adjustment_segments(make, one.adjustments)
    for person in one.names:
        yield name(make, person)
    if one.inpatient:
        yield _inpatient(make, one.inpatient)
    if one.outpatient:
        yield _outpatient(make, one.outpatient)
    yield from references(make, one.references)
    yield from _period(make, "232", "233", one.statement)
    for qualifier, on in (("036", one.coverage_expires), ("050", one.received)):
        if on:
            yield make("DTM", qualifier, _day(on))
    yield from contacts(make, one.contacts)
    yield from _amounts(make, one.amounts, one.quantities)
    for line in one.lines:
        yield from _line(make, line)


def _line(make: SegmentMaker, one: ServicePayment) -> Iterator[Segment]:
    yield make(
        "SVC",
        procedure(one.procedure),
        dollars(one.charge),
        dollars(one.paid),
        one.revenue_code,
        count(one.units_paid),
        procedure(one.submitted) if one.submitted else "",
        count(one.units_submitted),
    )
    if one.dates and one.dates.first == one.dates.last:
        yield make("DTM", "472", _day(one.dates.first))
    else:
        yield from _period(make, "150", "151", one.dates)
    yield from adjustment_segments(make, one.adjustments)
    yield from references(make, one.references)
    yield from _amounts(make, one.amounts, one.quantities)
    for remark in one.remarks:
        yield make("LQ", remark.list, remark.code)


def _period(make: SegmentMaker, began: str, ended: str, one: Period | None) -> Iterator[Segment]:
    """DTM of its first day, and of its last where that is another."""
    if one:
        yield make("DTM", began, _day(one.first))
        if one.first != one.last:
            yield make("DTM", ended, _day(one.last))


def _amounts(
    make: SegmentMaker,
    amounts: Iterable[QualifiedAmount],
    quantities: Iterable[QualifiedQuantity],
) -> Iterator[Segment]:
    for money in amounts:
        yield make("AMT", money.qualifier, dollars(money.amount))
    for units in quantities:
        yield make("QTY", units.qualifier, str(units.quantity))


def _inpatient(make: SegmentMaker, one: InpatientAdjudication) -> Segment:
    elements = ["MIA", str(one.covered_days), *[""] * 23]
    for at, money in one.amounts:
        elements[at] = dollars(money)
    for at, units in one.quantities:
        elements[at] = str(units)
    for at, remark in zip(MIA_REMARKS, one.remarks, strict=False):
        elements[at] = remark
    return make(*elements)


def _outpatient(make: SegmentMaker, one: OutpatientAdjudication) -> Segment:
    remarks = [*one.remarks, *[""] * (5 - len(one.remarks))]
    ends = (amount(one.esrd_payment), amount(one.nonpayable_professional))
    return make("MOA", one.reimbursement_rate or "", amount(one.hcpcs_payable), *remarks, *ends)


def _provider_adjustments(
    make: SegmentMaker, every: Iterable[ProviderAdjustment]
) -> Iterator[Segment]:
    """PLB: up to six reasons of one provider and fiscal year."""
    for (provider, year), some in groupby(every, key=lambda a: (a.provider, a.fiscal_year_end)):
        members = list(some)
        for start in range(0, len(members), _PAIRS_IN_PLB):
            pairs: list[str | tuple[str, ...]] = []
            for one in members[start : start + _PAIRS_IN_PLB]:
                pairs += [(one.reason, one.reference), dollars(one.amount)]
            yield make("PLB", provider, _day(year), *pairs)


def _day(one: date | None) -> str:
    return f"{one:%Y%m%d}" if one else ""
