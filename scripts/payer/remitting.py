"""835: decisions of a day become payments, each with what the provider gains or owes besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.envelope import Header
from caresmith.x12.parts import Address, Contact, Name, Procedure, Reference
from caresmith.x12.remittance.building import Remittance
from caresmith.x12.remittance.model import (
    Account,
    ClaimPayment,
    Organisation,
    OutpatientAdjudication,
    PaymentHeader,
    ProviderAdjustment,
    QualifiedAmount,
    RemarkCode,
    ServicePayment,
)
from scripts.payer.actions import Unbalance
from scripts.payer.bankdays import bank_day
from scripts.payer.decision import NOTHING, Decision, LineDecision
from scripts.payer.receipts import patient_name, period_of
from scripts.payer.rules import Plan

_ROUTING: Final = "999999992"
_FISCAL_YEAR_ENDS: Final = (12, 31)


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim of a payment: what was billed, and what was decided."""

    claim: ProfessionalClaim
    decision: Decision
    interest: Money = NOTHING
    unbalance: Unbalance | None = None


@dataclass(frozen=True, slots=True)
class Besides:
    """One pair of a PLB: positive is kept from the payment, negative is given with it."""

    reason: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Check:
    """All that a payment is made of."""

    payer_id: str
    plan: Plan
    trace: str
    produced: date
    entries: tuple[Entry, ...]
    besides: tuple[Besides, ...]
    carried: Money = NOTHING
    """What the payee still owes from the payment before (FB)."""
    payee: ProfessionalClaim | None = None
    """A claim of the payee, where the payment has none."""


def remittance(check: Check, header: Header) -> tuple[Remittance, Money]:
    """The transaction set, and what the payee owes after it: a payment is never below zero."""
    entries = check.entries
    payee = entries[0].claim if entries else check.payee
    if payee is None:
        raise ValueError("a payment has a payee")
    besides = list(check.besides)
    besides += [Besides("L6", e.decision.icn, -e.interest) for e in entries if e.interest]
    if check.carried:
        besides.append(Besides("FB", check.trace, check.carried))
    claims = tuple(_claim(entry, number, check.plan) for number, entry in enumerate(entries, 1))
    amount = sum(e.decision.paid.cents for e in entries) - sum(b.amount.cents for b in besides)
    owed = Money(max(-amount, 0))
    if owed:
        # X221A1 1.10.2.12: what is missing is carried forward.
        besides.append(Besides("FB", check.trace, -owed))
    paid = Money(max(amount, 0))
    broken = [e.unbalance for e in entries if e.unbalance and e.unbalance.level == "transaction"]
    told = paid + Money(sum(one.cents for one in broken))
    provider = _payee_id(payee)[1]
    year_end = date(check.produced.year, *_FISCAL_YEAR_ENDS)
    adjustments = tuple(
        ProviderAdjustment(provider, year_end, one.reason, one.reference, one.amount)
        for one in besides
    )
    return Remittance(_header(check, payee, header, told), claims, adjustments), owed


def _header(check: Check, payee: ProfessionalClaim, header: Header, amount: Money) -> PaymentHeader:
    plan, method = check.plan, check.plan.method if amount else "NON"
    by_bank = method == "ACH"
    payer = "1" + plan.tax_id
    # A transfer arrives on the bank day after, a check is dated when it is written.
    effective = bank_day(check.produced + timedelta(days=1)) if by_bank else check.produced
    qualifier, number = _payee_id(payee)
    billing = payee.billing
    address = billing.pay_to or billing.address
    name = f"{billing.last} {billing.first}"[:60].strip()
    where = (address.line1, address.line2, address.city, address.state, address.postal_code)
    return PaymentHeader(
        header=header,
        handling="I" if amount else "H",
        amount=amount,
        credit=True,
        method=method,
        format="CCP" if by_bank else "",
        payer_account=Account("01", _ROUTING, "DA", plan.tax_id) if by_bank else None,
        payee_account=Account("01", _ROUTING, "DA", number) if by_bank else None,
        originator=payer if by_bank else "",
        effective=effective,
        trace=check.trace,
        payer_id=payer,
        payer_division="",
        currency="USD",
        receiver="",
        version="",
        produced=check.produced,
        payer=Organisation(
            plan.name,
            "XV" if len(check.payer_id) == 10 else "",
            check.payer_id if len(check.payer_id) == 10 else "",
            Address("1 PAYER PLAZA", "", "HARTFORD", "CT", "061030000"),
            (Reference("2U", check.payer_id),),
            (Contact("BL", "PROVIDER SERVICES", (("TE", "8005550100"),)),),
        ),
        payee=Organisation(
            name,
            qualifier,
            number,
            Address(*where, address.country, address.subdivision),
            (Reference("TJ", billing.tax_id.replace("-", "")),) if qualifier == "XX" else (),
        ),
    )


def _payee_id(claim: ProfessionalClaim) -> tuple[Literal["XX", "FI"], str]:
    billing = claim.billing
    return ("XX", str(billing.npi)) if billing.npi else ("FI", billing.tax_id.replace("-", ""))


def _claim(entry: Entry, number: int, plan: Plan) -> ClaimPayment:
    claim, one = entry.claim, entry.decision
    of_claim = entry.unbalance is not None and entry.unbalance.level == "claim"
    of_line = entry.unbalance is not None and entry.unbalance.level == "service"
    off = Money(entry.unbalance.cents) if entry.unbalance else NOTHING
    lines = [_line(line) for line in one.lines]
    if of_line and lines:
        lines[0] = _unbalanced(lines[0], off)
    reversal = one.charge.cents < 0
    amounts = []
    if one.allowed.cents > 0:
        amounts.append(QualifiedAmount("AU", one.allowed))
    if entry.interest:
        amounts.append(QualifiedAmount("I", entry.interest))
    return ClaimPayment(
        number=number,
        control_number=one.control,
        status=one.status,
        charge=one.charge,
        paid=one.paid + off if of_claim else one.paid,
        # X221A1 2100 CLP05: what the patient owes stands in no reversal.
        patient_responsibility=one.patient if one.patient and not reversal else None,
        filing_indicator=plan.filing,
        payer_control_number=one.icn,
        facility_type=claim.place_of_service,
        frequency=one.frequency,
        adjustments=one.adjustments,
        names=tuple(_names(claim, one)),
        outpatient=OutpatientAdjudication(remarks=one.remarks) if one.remarks else None,
        references=tuple(_references(claim, one)),
        statement=period_of(claim),
        received=one.received,
        contacts=(Contact("CX", "CLAIMS", (("TE", "8005550100"),)),),
        amounts=tuple(amounts),
        lines=tuple(lines),
    )


def _names(claim: ProfessionalClaim, one: Decision) -> list[Name]:
    found = [patient_name("QC", claim)]
    person = claim.subscriber
    if claim.patient:
        called = (person.last, person.first, person.middle, person.suffix)
        kind = (person.id_kind, person.member_id)
        found.append(Name("IL", not person.organisation, *called, *kind))
    if one.corrected_id:
        found.append(Name("74", True, "", qualifier="C", id=one.corrected_id))
    rendering = claim.providers.rendering
    if rendering and rendering.npi:
        called = (rendering.last, rendering.first, rendering.middle, rendering.suffix)
        found.append(Name("82", not rendering.organisation, *called, "XX", str(rendering.npi)))
    if one.forwarded:
        found.append(Name("TT", False, one.forwarded[0], qualifier="PI", id=one.forwarded[1]))
    return found


def _references(claim: ProfessionalClaim, one: Decision) -> list[Reference]:
    every = (
        ("1L", claim.subscriber.group_number),
        ("EA", claim.numbers.medical_record),
        ("F8", one.replaces),
    )
    return [Reference(qualifier, number) for qualifier, number in every if number]


def _line(one: LineDecision) -> ServicePayment:
    amounts = (QualifiedAmount("B6", one.allowed),) if one.allowed.cents > 0 else ()
    submitted = one.submitted
    return ServicePayment(
        procedure=Procedure(one.procedure.qualifier, one.procedure.code, one.procedure.modifiers),
        charge=one.charge,
        paid=one.paid,
        units_paid=one.units,
        submitted=Procedure(submitted.qualifier, submitted.code, submitted.modifiers)
        if submitted
        else None,
        dates=one.service,
        adjustments=one.adjustments,
        references=(Reference("6R", one.number),) if one.number else (),
        amounts=amounts,
        remarks=tuple(RemarkCode("HE", code) for code in one.remarks),
    )


def _unbalanced(line: ServicePayment, off: Money) -> ServicePayment:
    more = Adjustment(AdjustmentGroup.CONTRACTUAL, "A1", off)
    return replace(line, adjustments=(*line.adjustments, more))


def interest_of(plan: Plan, decision: Decision, produced: date) -> Money:
    """Simple interest of what is paid after the days that prompt pay laws give."""
    late = (produced - decision.received).days - plan.interest_after
    if late <= 0 or decision.paid.cents <= 0:
        return NOTHING
    yearly = decision.paid.cents * plan.interest_percent * late
    return Money((yearly + 18_250) // 36_500)


def payee_key(claim: ProfessionalClaim) -> str:
    return "|".join(_payee_id(claim))


def in_checks(entries: Sequence[Entry], most: int) -> list[tuple[Entry, ...]]:
    """No more claims in one check than the plan has it; a reversal stays with its correction."""
    if not most:
        return [tuple(entries)]
    found: list[list[Entry]] = [[]]
    for at, entry in enumerate(entries):
        follows = at > 0 and entries[at - 1].decision.charge.cents < 0
        if len(found[-1]) >= most and not follows:
            found.append([])
        found[-1].append(entry)
    return [tuple(one) for one in found]
