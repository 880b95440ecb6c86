"""A claim that a payer sends on to the next one: as the practice would have billed it."""

from __future__ import annotations

from datetime import date

from caresmith.x12.claims.codes import SELF
from caresmith.x12.claims.coverage import (
    OtherCoverage,
    OtherPayer,
    OtherSubscriber,
    Payer,
    Subscriber,
)
from caresmith.x12.claims.line import Adjudication, ServiceLine
from caresmith.x12.claims.model import ClaimNumbers, ProfessionalClaim
from caresmith.x12.claims.parties import Patient, PersonName
from scripts.payer.coordinating import next_of
from scripts.payer.decision import Decision, LineDecision, merged


def crossed(claim: ProfessionalClaim, decision: Decision, day: date) -> ProfessionalClaim | None:
    """The claim that the next payer gets; None where the claim names none, or it can't be made."""
    to = next_of(claim)
    if to is None or decision.forwarded is None or decision.forwarded[1] != to.payer.id:
        return None
    in_lines = _alike(claim, decision)
    before = OtherCoverage(
        responsibility=claim.subscriber.responsibility,
        relationship=claim.patient.relationship if claim.patient else SELF,
        group_number=claim.subscriber.group_number,
        filing=claim.subscriber.filing,
        adjustments=() if in_lines else merged(decision.every_adjustment),
        paid=decision.paid,
        subscriber=OtherSubscriber(
            last=claim.subscriber.last,
            first=claim.subscriber.first,
            organisation=claim.subscriber.organisation,
            member_id=claim.subscriber.member_id,
            id_kind=claim.subscriber.id_kind,
        ),
        payer=OtherPayer(
            name=claim.payer.name,
            id=claim.payer.id,
            adjudicated_on=None if in_lines else day,
            control_number=decision.icn,
        ),
    )
    others = (before, *(one for one in claim.others if one is not to))
    lines = claim.lines
    if in_lines:
        lines = tuple(
            _line(claim.payer.id, line, found, day)
            for line, found in zip(claim.lines, decision.lines, strict=True)
        )
    try:
        return ProfessionalClaim(
            **{
                **{name: getattr(claim, name) for name in ProfessionalClaim.model_fields},
                **_insured(claim, to),
                "payer": Payer(name=to.payer.name, id=to.payer.id, qualifier=to.payer.qualifier),
                "others": others,
                "lines": lines,
                "frequency": "1",
                "numbers": ClaimNumbers(medical_record=claim.numbers.medical_record),
            }
        )
    except ValueError:
        return None


def _alike(claim: ProfessionalClaim, decision: Decision) -> bool:
    """Whether lines were told one for one as they were billed."""
    billed = [(line.procedure, line.charge) for line in claim.lines]
    return billed == [(one.submitted or one.procedure, one.charge) for one in decision.lines]


def _line(payer: str, line: ServiceLine, found: LineDecision, day: date) -> ServiceLine:
    told = Adjudication(
        payer_id=payer,
        paid=found.paid,
        procedure=found.procedure,
        units=found.units,
        adjustments=found.adjustments,
        adjudicated_on=day,
    )
    return line.model_copy(update={"adjudications": (*line.adjudications, told)})


def _insured(claim: ProfessionalClaim, to: OtherCoverage) -> dict[str, object]:
    """Subscriber and patient as the next payer knows them."""
    one, patient = claim.subscriber, claim.patient
    person = to.subscriber
    named = PersonName(last=one.last, first=one.first, middle=one.middle, suffix=one.suffix)
    address = patient.address if patient else one.address
    born = patient.birth_date if patient else one.birth_date
    sex = patient.sex if patient else one.sex
    himself = to.relationship == SELF
    subscriber = Subscriber(
        responsibility=to.responsibility,
        group_number=to.group_number,
        insurance_type=to.insurance_type,
        filing=to.filing,
        last=person.last,
        first=person.first,
        middle=person.middle,
        suffix=person.suffix,
        organisation=person.organisation,
        member_id=person.member_id,
        id_kind=person.id_kind,
        address=address if himself else None,
        birth_date=born if himself else None,
        sex=sex if himself else None,
    )
    if himself or address is None or born is None or sex is None:
        return {"subscriber": subscriber, "patient": None}
    other = Patient(
        relationship=to.relationship,
        name=patient.name if patient else named,
        address=address,
        birth_date=born,
        sex=sex,
    )
    return {"subscriber": subscriber, "patient": other}
