"""Loop 2320: the patient's other coverages, and what those before this one have paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from caresmith.claims.authorized import Kind
from caresmith.claims.drafted_lines import AdjudicationDraft, LineDraft, ProcedureDraft
from caresmith.claims.drafted_parties import (
    OtherCoverageDraft,
    OtherPayerDraft,
    OutpatientRemarksDraft,
)
from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.values import Quantity
from functions.claims.drafting.material import Material, Payee, PriorAnswer, PriorLine
from functions.claims.drafting.people import (
    assignment_of,
    bare_or_text,
    filing_of,
    msp_of,
    other_subscriber,
    release_of,
    responsibility,
)
from functions.claims.drafting.wire import LAST, address_of, wire


def others(material: Material, turn: int) -> tuple[OtherCoverageDraft, ...]:
    """Every coverage but the one whose turn it is, in the order in which they pay."""
    return tuple(
        _other(material, payee, place, material.answers.get(place) if place < turn else None)
        for place, payee in sorted(material.payees.items())
        if place != turn
    )


def _other(
    material: Material, payee: Payee, turn: int, answer: PriorAnswer | None
) -> OtherCoverageDraft:
    relationship, holder = other_subscriber(material.chart, payee)
    group = bare_or_text(payee.coverage.group_number)
    paid = Money(sum(line.paid.cents for line in answer.lines)) if answer else None
    return OtherCoverageDraft(
        responsibility=responsibility(turn),
        relationship=relationship,
        group_number=group,
        group_name="" if group else wire(payee.coverage.group_name, LAST),
        insurance_type=msp_of(payee, turn, material.payee(1)),
        filing=filing_of(payee),
        benefits_assigned=assignment_of(payee.coverage),
        release=release_of(payee.coverage),
        # TR3 2320 AMT D; what a payer took back on the whole is no payment.
        paid=Money(max(0, paid.cents)) if paid is not None else None,
        subscriber=holder,
        payer=OtherPayerDraft(
            name=wire(payee.payer.facts.name if payee.payer else payee.coverage.payer_name, LAST),
            id=other_payer_id(payee),
            address=address_of(payee.payer.facts.address) if payee.payer else None,
            # TR3 2330B REF G1, 9F: what this payer has agreed to, told to the one that is billed.
            prior_authorization=wire(material.number_at(turn, Kind.AUTHORIZATION), 50),
            referral=wire(material.number_at(turn, Kind.REFERRAL), 50),
            control_number=answer.payer_control_number if answer else "",
        ),
        remarks=(
            OutpatientRemarksDraft(remarks=answer.remarks) if answer and answer.remarks else None
        ),
    )


def other_payer_id(payee: Payee) -> str:
    """2330B NM109, by which the lines name the payer in SVD01."""
    return payee.payer.facts.wire_id if payee.payer else ""


def adjudicated(material: Material, lines: Iterable[LineDraft], turn: int) -> tuple[LineDraft, ...]:
    """The lines with what the payers before this turn said of each (loop 2430)."""
    before = [
        (payee, material.answers[place])
        for place, payee in sorted(material.payees.items())
        if place < turn and place in material.answers
    ]
    drafted = tuple(lines)
    places = {line.charge_id: place for place, line in enumerate(drafted, 1)}
    return tuple(
        line.model_copy(
            update={
                "adjudications": tuple(
                    one for payee, answer in before for one in _said(line, payee, answer, places)
                )
            }
        )
        for line in drafted
    )


def _said(
    line: LineDraft, payee: Payee, answer: PriorAnswer, places: Mapping[str, int]
) -> Iterable[AdjudicationDraft]:
    for one in answer.lines:
        if one.line == line.charge_id:
            yield AdjudicationDraft(
                payer_id=other_payer_id(payee),
                paid=one.paid,
                procedure=_paid_for(line, one),
                units=Quantity.parse(one.units) if one.units else line.quantity,
                # LX01 of the line into which it went.
                bundled_into=places.get(one.bundled_into),
                adjustments=summed(one.adjustments),
                adjudicated_on=answer.paid_on,
                patient_liability=left_to_patient(one.adjustments),
            )


def _paid_for(line: LineDraft, said: PriorLine) -> ProcedureDraft:
    """SVD03: the procedure that the payer paid, which may be another than was billed."""
    ours = line.procedure
    if not said.code or (said.code, said.modifiers) == (ours.code, ours.modifiers):
        return ours
    return ProcedureDraft(code=said.code, modifiers=said.modifiers)


def left_to_patient(adjustments: Iterable[Adjustment]) -> Money | None:
    """TR3 2430 AMT EAF: what the patient still owes, by this payer; None where it is nothing."""
    cents = sum(one.amount.cents for one in adjustments if one.group is AdjustmentGroup.PATIENT)
    return Money(cents) if cents > 0 else None


def summed(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Each group and reason once, with the sum; what sums to nothing is not sent (2430 CAS)."""
    found: dict[tuple[AdjustmentGroup, str], Adjustment] = {}
    for one in adjustments:
        # TR3 X222 CAS01: CR of version 4010 is no more.
        group = AdjustmentGroup.OTHER if one.group is AdjustmentGroup.CORRECTION else one.group
        before = found.get((group, one.reason))
        amount = one.amount + before.amount if before else one.amount
        found[group, one.reason] = replace(one, group=group, amount=amount, quantity=None)
    return tuple(
        sorted((one for one in found.values() if one.amount), key=lambda a: (a.group, a.reason))
    )


def answered_on(answers: Iterable[PriorAnswer]) -> dt.date | None:
    return max((one.paid_on for one in answers), default=None)
