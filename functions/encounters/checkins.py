"""What happens elsewhere and matters here: check-ins on the calendar, merges of charts.

Events come at least once and in any order. So each consumer looks at how
things are now, and an appointment's encounter has an id made from both ids.
"""

from __future__ import annotations

from typing import Final

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import SystemClock
from caresmith.errors import NotFound
from caresmith.events import AppointmentStatusChanged, PatientsMerged, PatientsUnmerged
from caresmith.ids import EncounterId, PatientId, PracticeId
from caresmith.records.appointment import VisitView, read_visit
from caresmith.records.clinical.encounter import EncounterClass, EncounterStatus, VisitPart
from caresmith.records.clinical.layout import MERGED, MergedItem, chart_key
from caresmith.records.clinical.writing import ChartNotOpen
from caresmith.records.patient import CHART, Patient, merged_charts
from caresmith.records.patient import chart_key as head_key
from caresmith.records.practice import practice_setup
from functions.encounters import visits
from functions.encounters.visit_change import OpenVisit, VisitChange, load
from functions.encounters.visits import Opening

_HERE: Final = frozenset({"checked-in", "fulfilled"})
"""FHIR Appointment statuses in which the patient is, or was, here."""
_HOPS: Final = 5  # merges of merges that are followed


def encounter_for(visit: VisitView, patient: PatientId) -> EncounterId:
    """The encounter of that patient at that appointment: always the same id."""
    return EncounterId.derived_at(visit.start, visit.appointment_id, patient)


def on_appointment(event: AppointmentStatusChanged) -> None:
    """Consumer: open an encounter for whoever is here; take back one that nobody needs."""
    visit = read_visit(event.practice_id, event.appointment_id)
    if visit is None:
        return
    audit().record(visit.appointment_id)
    for patient in visit.patient_ids:
        audit().about(patient)
        _follow(event.practice_id, visit, patient)


def _follow(practice: PracticeId, visit: VisitView, patient: PatientId) -> None:
    try:
        opened = load(practice, encounter_for(visit, patient))
    except NotFound:
        if visit.status in _HERE:
            _open(practice, visit, patient)
        return
    wanted = _wanted(visit, opened)
    if wanted:
        change = VisitChange(opened, current_actor(), SystemClock().now())
        change.move(wanted)
        change.commit()


def _wanted(visit: VisitView, opened: OpenVisit) -> EncounterStatus | None:
    """The move that the calendar asks for; None where somebody worked on the encounter already."""
    here = visit.status in _HERE
    if here and opened.status is EncounterStatus.CANCELLED and opened.note is None:
        return EncounterStatus.ARRIVED
    if not here and opened.status is EncounterStatus.ARRIVED:
        return EncounterStatus.CANCELLED
    return None


def _open(practice: PracticeId, visit: VisitView, patient: PatientId) -> None:
    chart = standing_chart(practice, patient)
    kind = practice_setup(practice).types.get(visit.type_id)
    opening = Opening(
        encounter_id=encounter_for(visit, patient),
        patient_id=chart,
        provider_id=visit.provider_id,
        location_id=visit.location_id,
        class_code=(
            EncounterClass.VIRTUAL if kind and kind.telehealth else EncounterClass.AMBULATORY
        ),
        start=visit.start,
        visit=VisitPart(),
        appointment_id=visit.appointment_id,
    )
    try:
        visits.open_encounter(opening, actor=current_actor(), now=SystemClock().now())
    except ChartNotOpen:
        # Archived since: there is no visit to write about.
        return


def standing_chart(practice: PracticeId, patient: PatientId) -> PatientId:
    """The chart that stands for this person today: a merged one leads to it."""
    for _ in range(_HOPS):
        head = next(
            iter(
                Patient.batch_get(
                    [(head_key(practice, patient), CHART)],
                    consistent_read=True,
                    attributes_to_get=["merged_into", "entity"],
                )
            ),
            None,
        )
        if head is None or not head.merged_into:
            return patient
        patient = PatientId(head.merged_into)
    return patient


def on_merge(event: PatientsMerged | PatientsUnmerged) -> None:
    """Consumer: the surviving chart shows what stands in those merged into it, or no longer."""
    audit().about(event.patient_id)
    try:
        merged = merged_charts(event.practice_id, event.patient_id)
    except NotFound:
        return
    item = MergedItem(chart_key(event.practice_id, event.patient_id), MERGED, merged_ids=merged)
    if merged:
        item.save()
    else:
        item.delete()
