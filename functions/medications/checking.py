"""Asking the safety checks about a draft, with what the chart has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import MedicationId, PatientId
from caresmith.records.clinical import entries
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.dosage import Directions
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.medication import Override, Schedule
from functions.medications import chart, controlled, supply
from functions.medications.errors import UnresolvedAlerts
from functions.medications.models import AlertReason, Checked, Draft
from functions.medications.safety.choosing import safety_check
from functions.medications.safety.port import Alert, Allergic, Findings, Question, Taken
from functions.medications.sig import sentence

_USUAL_DAYS: Final = 30


@dataclass(frozen=True)
class Asked:
    """A drug and how it is to be taken."""

    drug: Concept
    directions: Directions
    instead_of: tuple[MedicationId, ...] = ()


def check_draft(patient: PatientId, draft: Draft, *, actor: Actor, now: Instant) -> Checked:
    """The sig and the warnings. Raises NotFound for an unknown patient."""
    instead = (draft.instead_of,) if draft.instead_of else ()
    found = findings(patient, Asked(draft.drug, draft, instead), actor=actor, now=now)
    days = int(draft.duration.days) if draft.duration else _USUAL_DAYS
    return Checked(
        sig=sentence(draft),
        schedules=list(controlled.known_schedules(draft.drug)),
        suggested=supply.amount_for(draft, days),
        suggested_days=days,
        alerts=list(found.alerts),
        not_checked=list(found.not_checked),
        coverage=found.coverage,
    )


def findings(patient: PatientId, asked: Asked, *, actor: Actor, now: Instant) -> Findings:
    """What the checks say: the person, what they take and their allergies are read afresh."""
    practice = actor.practice_id
    who = chart.person(practice, patient)
    charts = charts_of(practice, patient)
    audit().about(*charts)
    taken = [
        Taken(entry.id, entry.medication.drug)
        for entry in chart.present(practice, charts)
        if entry.id not in asked.instead_of
    ]
    allergies = [
        Allergic(item.entry_id, entries.open_entry(practice, item, Allergy).content)
        for one in charts
        for item in entries.read_now(practice, one, Kind.ALLERGY)
    ]
    return safety_check().check(
        Question(
            drug=asked.drug,
            directions=asked.directions,
            birth_date=who.demographics.birth_date,
            today=chart.local_day(actor.practice_id, now),
            taken=tuple(taken),
            allergies=tuple(allergies),
        )
    )


def overrides(found: Findings, reasons: Sequence[AlertReason]) -> tuple[Override, ...]:
    """What was overridden and why. Raises UnresolvedAlerts where a reason lacks."""
    given = {one.alert: one.reason for one in reasons}
    lacking = [alert.key for alert in found.alerts if alert.needs_reason and alert.key not in given]
    if lacking:
        raise UnresolvedAlerts(alerts=lacking)
    return tuple(_override(alert, given[alert.key]) for alert in found.alerts if alert.key in given)


def _override(alert: Alert, reason: str) -> Override:
    return Override(alert=alert.key, severity=alert.severity, said=alert.text[:200], reason=reason)


def schedule(drug: Concept, stated: Schedule | None) -> Schedule | None:
    """See :func:`functions.medications.controlled.schedule_of`."""
    return controlled.schedule_of(drug, stated)
