"""A patient's list of medications, and one of them with what it said before."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.ids import MedicationId, PatientId, PracticeId
from caresmith.records.clinical import entries
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.layout import chart_key
from caresmith.records.clinical.medication import Medication
from functions.medications import chart
from functions.medications.chart import Entry
from functions.medications.models import (
    FormerMedications,
    MedicationLine,
    MedicationList,
    SendingRead,
)
from functions.medications.records import SENT, SendingItem, SendingState, pharmacy_of, sent_key


def medication_list(patient: PatientId, *, actor: Actor) -> MedicationList:
    """What is taken, held, reported, and what was: three queries for each chart.

    Raises NotFound.
    """
    practice = actor.practice_id
    charts = charts_of(practice, patient)
    audit().about(*charts)
    present, past = chart.present(practice, charts), chart.past(practice, charts)
    if not present and not past:
        chart.must_exist(practice, patient)
    sent = _sent(practice, charts) if present or past else {}
    lines = [line(entry, sent.get(entry.id)) for entry in present]
    lines.sort(key=lambda one: (one.content.drug.words.casefold(), one.id))
    return MedicationList(
        patient_id=patient,
        active=[one for one in lines if not one.content.reported],
        reported=[one for one in lines if one.content.reported],
        past=[line(entry, sent.get(entry.id)) for entry in past],
    )


def _sent(practice: PracticeId, charts: list[PatientId]) -> dict[MedicationId, SendingItem]:
    return {
        MedicationId(item.medication_id): item
        for patient in charts
        for item in SendingItem.query(
            chart_key(practice, patient), SendingItem.sk.startswith(SENT), consistent_read=True
        )
    }


def one(entry: Entry) -> MedicationLine:
    """An entry with where it is on its way to the pharmacy."""
    if entry.medication.reported:
        return line(entry, None)
    try:
        item = SendingItem.get(entry.item.pk, sent_key(entry.id), consistent_read=True)
    except SendingItem.DoesNotExist:
        item = None
    return line(entry, item)


def former(patient: PatientId, key: MedicationId, *, actor: Actor) -> FormerMedications:
    """Raises NotFound."""
    entry = chart.find(actor.practice_id, patient, key)
    return FormerMedications(
        versions=[
            entries.open_entry(actor.practice_id, was, Medication)
            for was in entries.former_versions(entry.item)
        ]
    )


def line(entry: Entry, item: SendingItem | None) -> MedicationLine:
    return MedicationLine(**dict(entry.read), sending=sending_read(item) if item else None)


def sending_read(item: SendingItem) -> SendingRead:
    return SendingRead(
        message="stopped" if item.message == "stopped" else "new",
        state=SendingState(item.state),
        pharmacy_id=pharmacy_of(item),
        attempts=int(item.attempts),
        failure=item.failure,
        changed_at=from_text(item.changed_at),
    )
