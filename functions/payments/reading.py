"""A claim of an 835 as the values that are kept of it."""

from __future__ import annotations

from datetime import date

from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.remitted import Person, RemittedClaim, Service
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.parts import Name
from caresmith.x12.remittance.model import ClaimPayment, ServicePayment


def remitted(claim: ClaimPayment) -> RemittedClaim:
    provider = claim.name("82")
    crossover = claim.name("TT")
    first, last = _days(claim)
    interest = next((one.amount for one in claim.amounts if one.qualifier == "I"), None)
    return RemittedClaim(
        control_number=claim.control_number,
        status=claim.status,
        charge=claim.charge,
        paid=claim.paid,
        patient_responsibility=claim.patient_responsibility,
        filing=claim.filing_indicator,
        payer_control_number=claim.payer_control_number,
        patient=_person(claim.name("QC")) or Person(),
        insured=_person(claim.name("IL")),
        corrected=_person(claim.name("74")),
        crossover=crossover.last if crossover else "",
        provider_npi=provider.id if provider and provider.qualifier == "XX" else "",
        first=first,
        last=last,
        adjustments=_adjustments(claim.adjustments),
        remarks=_remarks(claim),
        interest=interest,
        services=tuple(_service(line) for line in claim.lines),
        line=claim.place.line,
    )


def _service(line: ServicePayment) -> Service:
    return Service(
        code=line.procedure.code,
        modifiers=line.procedure.modifiers,
        submitted=line.submitted.code if line.submitted else "",
        submitted_modifiers=line.submitted.modifiers if line.submitted else (),
        charge=line.charge,
        paid=line.paid,
        # TR3 SVC05: one where it is not sent.
        units=str(line.units_paid) if line.units_paid else "1",
        first=line.dates.first if line.dates else None,
        last=line.dates.last if line.dates else None,
        line_number=line.line_number,
        adjustments=_adjustments(line.adjustments),
        allowed=line.amount("B6"),
        remarks=tuple(one.code for one in line.remarks),
    )


def _adjustments(given: tuple[Adjustment, ...]) -> tuple[SaidAdjustment, ...]:
    return tuple(
        SaidAdjustment(group=one.group, reason=one.reason, amount=one.amount)
        for one in given
        if one.amount
    )


def _person(name: Name | None) -> Person | None:
    return Person(last=name.last, first=name.first, id=name.id) if name else None


def _days(claim: ClaimPayment) -> tuple[date | None, date | None]:
    """The statement's, or else those of the lines."""
    if claim.statement:
        return claim.statement.first, claim.statement.last
    dates = [line.dates for line in claim.lines if line.dates]
    if not dates:
        return None, None
    return min(one.first for one in dates), max(one.last for one in dates)


def _remarks(claim: ClaimPayment) -> tuple[str, ...]:
    found = list(claim.outpatient.remarks) if claim.outpatient else []
    return tuple(found + (list(claim.inpatient.remarks) if claim.inpatient else []))
