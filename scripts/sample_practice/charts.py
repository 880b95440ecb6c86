"""Writes the sample's charts, item for item as the patients feature does.

The feature's own change of a chart makes the items; only the commit is another:
they are collected and written in bulk, under ids that do not change from load
to load, and as of the day on which each chart was opened. No event is told:
the past that a sample has is nothing that happened today.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from caresmith.actor import Actor
from caresmith.clock import to_text
from caresmith.events import PatientArchived, PatientEvent, PatientRegistered
from caresmith.ids import CoverageId, EventId, PatientId, PracticeId
from caresmith.records.patient import (
    CHART,
    ChartStatus,
    FindItem,
    Identifiers,
    MrnItem,
    Patient,
    chart_key,
)
from functions.patients import service
from functions.patients.chart import ChartChange, Groups
from functions.patients.coverages import check_orders
from functions.patients.records import CounterItem
from functions.patients.timeline import event_item
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.people import SamplePatient


class CollectedChart(ChartChange):
    """A new chart whose items go to ``bulk``."""

    def __init__(self, actor: Actor, patient: SamplePatient, item: Patient, bulk: Bulk) -> None:
        super().__init__(actor, patient.registered_at, None, item)
        self._bulk = bulk

    def save(self, item: Any, condition: Any = None) -> None:
        self._bulk.add(item)

    def find_by(self, item: FindItem) -> None:
        self._bulk.add(item)

    def commit(self, event: PatientEvent) -> None:
        self.item.changed_at = to_text(self.now)
        self._bulk.add(event_item(event, event.patient_id))
        self._bulk.add(self.item)


def write_charts(bulk: Bulk, patients: list[SamplePatient], actor: Actor) -> None:
    """All charts, with medical record numbers in the order in which they were opened."""
    dice = Dice("charts")
    by_day = sorted(patients, key=lambda patient: (patient.registered_at, patient.patient_id))
    for mrn, patient in enumerate(by_day, start=service.FIRST_MRN):
        _write_chart(bulk, patient, str(mrn), actor, dice)
    last = service.FIRST_MRN + len(by_day) - 1
    bulk.add(CounterItem(f"{actor.practice_id}#counter", "mrn", value=last))


def _write_chart(bulk: Bulk, patient: SamplePatient, mrn: str, actor: Actor, dice: Dice) -> None:
    registration, practice, at = patient.registration, actor.practice_id, patient.registered_at
    service.check_dates(registration.demographics, actor, at)
    service.check_preferences(registration, practice)
    check_orders(registration.coverages)
    item = Patient(
        chart_key(practice, patient.patient_id),
        CHART,
        patient_id=patient.patient_id,
        status=ChartStatus.ACTIVE,
        preferred_provider_id=registration.preferred_provider_id,
        preferred_location_id=registration.preferred_location_id,
        registered_at=to_text(at),
    )
    chart = CollectedChart(actor, patient, item, bulk)
    chart.save(service.mrn_item(practice, mrn, patient.patient_id), MrnItem.pk.does_not_exist())
    chart.set_groups(
        Groups(
            Identifiers(mrn=mrn),
            registration.demographics,
            registration.contact,
            registration.relations,
        )
    )
    for place, coverage in enumerate(registration.coverages):
        chart.put_coverage(coverage_id(patient.patient_id, place), coverage)
    if patient.archived_at:
        item.status, item.version = ChartStatus.ARCHIVED, 1
        archived = _event(PatientArchived, dice, practice, actor, patient, patient.archived_at)
        bulk.add(event_item(archived, patient.patient_id))
        chart.now = patient.archived_at
    chart.commit(_event(PatientRegistered, dice, practice, actor, patient, at))


def coverage_id(patient: PatientId, place: int) -> CoverageId:
    """Of the policy at that place in the patient's registration."""
    return CoverageId.derived("sample", patient, str(place))


def _event(
    kind: type[PatientEvent],
    dice: Dice,
    practice: PracticeId,
    actor: Actor,
    patient: SamplePatient,
    at: datetime,
) -> PatientEvent:
    return kind(
        event_id=dice.id(EventId),
        practice_id=practice,
        occurred_at=at,
        actor_id=actor.user_id,
        patient_id=patient.patient_id,
    )
