"""What billing needs of a visit, and nothing else: who, when, codes, what was ordered and done.

Neither the note nor the reason of the visit is opened here (minimum necessary,
45 CFR 164.502(b)): a biller reads this without the right to read notes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import EncounterId, PatientId, PracticeId
from caresmith.records.clinical import entries
from caresmith.records.clinical.coding import ICD10CM, Concept
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import ENTERED_IN_ERROR, ContentT, Read
from caresmith.records.clinical.encounter import (
    BillingPart,
    Encounter,
    VisitLine,
    encounter_of,
    open_billing,
)
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.order import Order
from caresmith.records.clinical.procedure import Procedure
from functions.encounters import chart
from functions.encounters.status import missing
from functions.encounters.visit_change import OpenVisit, load

_AFTER: Final = dt.timedelta(days=31)
"""What belongs to a visit is ordered or done within so many days of it."""


@dataclass(frozen=True)
class Done:
    """Something that was ordered or done at the visit: its code and what became of it."""

    what: Concept
    status: str
    day: dt.date | None


@dataclass(frozen=True)
class Coding:
    """What a charge is made from."""

    visit: Encounter
    patient_id: PatientId
    billing: BillingPart
    missing: list[str]
    signed: bool
    awaits_cosigner: bool
    orders: list[Done]
    procedures: list[Done]
    history: list[tuple[str, Instant]]

    @property
    def minutes(self) -> int | None:
        """From the moment in which the patient was being seen to the end of the visit."""
        begun = next((at for status, at in self.history if status == "in-progress"), None)
        if begun is None or self.visit.end is None:
            return None
        return int((self.visit.end - begun).total_seconds() // 60)


def read(encounter: EncounterId, *, actor: Actor) -> Coding:
    """Raises NotFound."""
    visit = load(actor.practice_id, encounter)
    billing = open_billing(actor.practice_id, visit.item)
    waits = visit.cosigner is not None
    return Coding(
        visit=encounter_of(visit.item),
        patient_id=visit.patient_id,
        billing=billing,
        missing=missing(billing, signed=visit.signed, awaits_cosigner=waits),
        signed=visit.signed,
        awaits_cosigner=waits,
        orders=[
            Done(one.content.code, one.content.status, one.content.day)
            for one in _at_visit(actor.practice_id, visit, Order)
        ],
        procedures=[
            Done(one.content.code, one.content.status, one.content.day)
            for one in _at_visit(actor.practice_id, visit, Procedure)
        ],
        history=[
            (str(entry["status"]), dt.datetime.fromisoformat(entry["at"]))
            for entry in visit.item.history
        ],
    )


def _at_visit(
    practice: PracticeId, visit: OpenVisit, content: type[ContentT]
) -> list[Read[ContentT]]:
    """Entries of the kind that name this visit, but for those entered in error."""
    start = encounter_of(visit.item).start.date()
    first, last = start - dt.timedelta(days=1), start + _AFTER
    kind, patient = content.kind, visit.patient_id
    found: list[ChartEntry] = [
        *entries.read_now(practice, patient, kind),
        *entries.read_past(practice, patient, kind, first=first, last=last),
    ]
    return [
        entries.open_entry(practice, item, content)
        for item in found
        if item.encounter_id == visit.encounter_id and item.status != ENTERED_IN_ERROR
    ]


def visits_of(
    patient: PatientId, cursor: str, *, actor: Actor
) -> tuple[list[Read[VisitLine]], str | None]:
    """A patient's visits for whoever bills them, the open ones first. Raises NotFound."""
    practice = actor.practice_id
    found, after = chart.history(
        practice, patient, Kind.ENCOUNTER, first=None, last=None, cursor=cursor
    )
    return [entries.open_entry(practice, item, VisitLine) for item in found], after


def problem_codes(patient: PatientId, *, actor: Actor) -> dict[str, Read[Condition]]:
    """The problem list by ICD-10-CM code: what is treated is usually on it."""
    audit().about(patient)
    found: dict[str, Read[Condition]] = {}
    for item in entries.read_now(actor.practice_id, patient, Kind.CONDITION):
        read_ = entries.open_entry(actor.practice_id, item, Condition)
        code = read_.content.code.code_in(ICD10CM)
        if code:
            found[code] = read_
    return found
