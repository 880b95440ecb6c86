"""Loops 2100 and 2110 to values: the part that runs for each claim of a file."""

from __future__ import annotations

from datetime import date
from typing import Final

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, adjustments_of
from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.parts import (
    Contact,
    Name,
    Reference,
    contact_of,
    name_of,
    procedure_of,
    reference_of,
)
from caresmith.x12.remittance.model import (
    ClaimPayment,
    ClaimStatus,
    InpatientAdjudication,
    OutpatientAdjudication,
    ProviderSummary,
    QualifiedAmount,
    QualifiedQuantity,
    RemarkCode,
    ServicePayment,
)
from caresmith.x12.segment import Segment
from caresmith.x12.values import (
    Period,
    coded,
    day,
    day_or_none,
    decimal_or_none,
    money,
    money_or_none,
    quantity,
    quantity_or_none,
    required,
)
from caresmith.x12.walker import Node

_STATUSES: Final = {status.value: status for status in ClaimStatus}
_MIA_QUANTITIES: Final = (3, 15)
MIA_REMARKS: Final = (5, 20, 21, 22, 23)
_MIA_AMOUNTS: Final = tuple(
    at for at in range(2, 25) if at not in _MIA_QUANTITIES and at not in MIA_REMARKS
)
_TS3_COUNT: Final = 23
_TS3_AMOUNTS: Final = tuple(at for at in range(6, 25) if at != _TS3_COUNT)


def claim_of(
    node: Node, number: int, component: str, group: str, summary: ProviderSummary | None
) -> ClaimPayment:
    """Raises X12Refused at the first element that is not certain."""
    first = node.segments[0]
    status = _STATUSES.get(first[2])
    if status is None:
        raise refuse(FlawCode.BAD_CODE, first, "not a code for the status of a claim", 2)
    parts = _Parts()
    parts.read(node.segments[1:])
    return ClaimPayment(
        number=number,
        control_number=required(first, 1, "the claim's number"),
        status=status,
        charge=money(first, 3),
        paid=money(first, 4),
        patient_responsibility=money_or_none(first, 5),
        filing_indicator=first[6],
        payer_control_number=first[7],
        facility_type=first[8],
        frequency=first[9],
        drg=first[11],
        drg_weight=decimal_or_none(first, 12),
        discharge_fraction=decimal_or_none(first, 13),
        adjustments=tuple(parts.adjustments),
        names=tuple(parts.names),
        inpatient=parts.inpatient,
        outpatient=parts.outpatient,
        references=tuple(parts.references),
        statement=_period(parts.dates.get("232"), parts.dates.get("233")),
        coverage_expires=parts.dates.get("036"),
        received=parts.dates.get("050"),
        contacts=tuple(parts.contacts),
        amounts=tuple(parts.amounts),
        quantities=tuple(parts.quantities),
        lines=tuple(_line(child, component) for child in node.children if child.loop.id == "2110"),
        group=group,
        summary=summary,
        place=Place.of(first, loop="2100"),
        unknown=tuple(parts.unknown),
    )


class _Parts:
    """The segments of a claim or line behind its first, sorted by what they say."""

    __slots__ = (
        "adjustments",
        "amounts",
        "contacts",
        "dates",
        "inpatient",
        "names",
        "outpatient",
        "quantities",
        "references",
        "remarks",
        "unknown",
    )

    def __init__(self) -> None:
        self.adjustments: list[Adjustment] = []
        self.amounts: list[QualifiedAmount] = []
        self.contacts: list[Contact] = []
        self.dates: dict[str, date] = {}
        self.inpatient: InpatientAdjudication | None = None
        self.names: list[Name] = []
        self.outpatient: OutpatientAdjudication | None = None
        self.quantities: list[QualifiedQuantity] = []
        self.references: list[Reference] = []
        self.remarks: list[RemarkCode] = []
        self.unknown: list[Segment] = []

    def read(self, segments: list[Segment]) -> None:
        for segment in segments:
            _READERS.get(segment.elements[0], _Parts.keep)(self, segment)

    def cas(self, segment: Segment) -> None:
        self.adjustments += adjustments_of(segment)

    def dtm(self, segment: Segment) -> None:
        self.dates[segment[1]] = day(segment, 2)

    def ref(self, segment: Segment) -> None:
        self.references.append(reference_of(segment))

    def amt(self, segment: Segment) -> None:
        self.amounts.append(QualifiedAmount(segment[1], money(segment, 2)))

    def nm1(self, segment: Segment) -> None:
        self.names.append(name_of(segment))

    def lq(self, segment: Segment) -> None:
        list_ = coded(segment, 1, {"HE", "RX"}, "a list of remark codes")
        self.remarks.append(RemarkCode(list_, required(segment, 2, "the remark code")))

    def qty(self, segment: Segment) -> None:
        self.quantities.append(QualifiedQuantity(segment[1], quantity(segment, 2)))

    def moa(self, segment: Segment) -> None:
        self.outpatient = _outpatient(segment)

    def mia(self, segment: Segment) -> None:
        self.inpatient = _inpatient(segment)

    def per(self, segment: Segment) -> None:
        self.contacts.append(contact_of(segment))

    def keep(self, segment: Segment) -> None:
        self.unknown.append(segment)


_READERS: Final = {
    "AMT": _Parts.amt,
    "CAS": _Parts.cas,
    "DTM": _Parts.dtm,
    "LQ": _Parts.lq,
    "MIA": _Parts.mia,
    "MOA": _Parts.moa,
    "NM1": _Parts.nm1,
    "PER": _Parts.per,
    "QTY": _Parts.qty,
    "REF": _Parts.ref,
}


def _line(node: Node, component: str) -> ServicePayment:
    first = node.segments[0]
    parts = _Parts()
    parts.read(node.segments[1:])
    dates = parts.dates
    one_day = dates.get("472")
    return ServicePayment(
        procedure=procedure_of(first, 1, component),
        charge=money(first, 2),
        paid=money(first, 3),
        revenue_code=first[4],
        units_paid=quantity_or_none(first, 5),
        submitted=procedure_of(first, 6, component) if first[6] else None,
        units_submitted=quantity_or_none(first, 7),
        dates=Period(one_day, one_day) if one_day else _period(dates.get("150"), dates.get("151")),
        adjustments=tuple(parts.adjustments),
        references=tuple(parts.references),
        amounts=tuple(parts.amounts),
        quantities=tuple(parts.quantities),
        remarks=tuple(parts.remarks),
        place=Place.of(first, loop="2110"),
        unknown=tuple(parts.unknown),
    )


def _period(first: date | None, last: date | None) -> Period | None:
    """DTM 232/233 or 150/151; where one is missing the other is both."""
    begin, end = first or last, last or first
    return Period(begin, end) if begin and end else None


def _outpatient(segment: Segment) -> OutpatientAdjudication:
    return OutpatientAdjudication(
        reimbursement_rate=decimal_or_none(segment, 1),
        hcpcs_payable=money_or_none(segment, 2),
        remarks=tuple(segment[at] for at in range(3, 8) if segment[at]),
        esrd_payment=money_or_none(segment, 8),
        nonpayable_professional=money_or_none(segment, 9),
    )


def _inpatient(segment: Segment) -> InpatientAdjudication:
    return InpatientAdjudication(
        covered_days=quantity(segment, 1),
        amounts=_amounts(segment, _MIA_AMOUNTS),
        quantities=tuple((at, quantity(segment, at)) for at in _MIA_QUANTITIES if segment[at]),
        remarks=tuple(segment[at] for at in MIA_REMARKS if segment[at]),
    )


def _amounts(segment: Segment, elements: tuple[int, ...]) -> tuple[tuple[int, Money], ...]:
    return tuple((at, money(segment, at)) for at in elements if segment[at])


def summary_of(node: Node) -> ProviderSummary | None:
    """TS3 and TS2 of the loop 2000 that a claim stands in."""
    segment, more = node.get("TS3"), node.get("TS2")
    if segment is None:
        return None
    supplement = [(at, decimal_or_none(more, at)) for at in range(1, len(more) + 1)] if more else []
    return ProviderSummary(
        provider=required(segment, 1, "the provider"),
        facility_type=segment[2],
        fiscal_period=day_or_none(segment, 3),
        claims=quantity(segment, 4),
        charges=money(segment, 5),
        amounts=_amounts(segment, _TS3_AMOUNTS),
        interim_claims=quantity_or_none(segment, _TS3_COUNT),
        supplement=tuple((at, text) for at, text in supplement if text),
    )
