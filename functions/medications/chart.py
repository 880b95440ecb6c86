"""Reading a patient's chart for medications: entries, charts merged into it, whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import EncounterId, MedicationId, PatientId, PracticeId
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.encounter import ENCOUNTER_HEAD, EncounterItem
from caresmith.records.clinical.layout import (
    ChartEntry,
    Kind,
    encounter_key,
)
from caresmith.records.clinical.medication import Medication
from caresmith.records.patient import CHART, Chart, Patient, open_groups
from caresmith.records.patient import chart_key as head_key
from caresmith.records.practice import practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain

MOST_PAST: Final = 200
"""Former medications that the list shows."""


@dataclass(frozen=True)
class Entry:
    """A medication with the item that it was read from."""

    item: ChartEntry
    read: Read[Medication]

    @property
    def medication(self) -> Medication:
        return self.read.content

    @property
    def id(self) -> MedicationId:
        return MedicationId(self.item.entry_id)


def local_day(practice: PracticeId, now: Instant) -> date:
    """The day of the practice's own clock: what is prescribed in the evening is not tomorrow's."""
    return practice_setup(practice).practice.day_at(now)


def person(practice: PracticeId, patient: PatientId) -> Chart:
    """Whose chart it is. Raises NotFound."""
    audit().about(patient)
    for head in Patient.batch_get([(head_key(practice, patient), CHART)], consistent_read=True):
        return open_groups(Sealer(practice, Domain.PATIENTS), head)
    raise NotFound


def must_exist(practice: PracticeId, patient: PatientId) -> None:
    """Raises NotFound for a patient whom the practice does not have; audited."""
    audit().about(patient)
    charts.must_exist(practice, patient)


def find(practice: PracticeId, patient: PatientId, medication: MedicationId) -> Entry:
    """A medication of the chart, or of one merged into it; audited. Raises NotFound."""
    return opened(practice, charts.find(practice, patient, Kind.MEDICATION, medication))


def expect(entry: Entry, version: int) -> None:
    """Raises VersionConflict where the entry is of another version."""
    if entry.read.version != version:
        raise VersionConflict


def opened(practice: PracticeId, item: ChartEntry) -> Entry:
    return Entry(item, entries.open_entry(practice, item, Medication))


def present(practice: PracticeId, charts: list[PatientId]) -> list[Entry]:
    """What is taken or held now, in these charts: a query for each."""
    return [
        opened(practice, item)
        for patient in charts
        for item in entries.read_now(practice, patient, Kind.MEDICATION)
    ]


def past(practice: PracticeId, charts: list[PatientId]) -> list[Entry]:
    """What was stopped or used up, the latest first: a query for each chart."""
    found = [
        item
        for patient in charts
        for item in entries.read_past(practice, patient, Kind.MEDICATION, limit=MOST_PAST)
    ]
    found.sort(key=lambda item: (item.day, item.entry_id), reverse=True)
    return [opened(practice, item) for item in found[:MOST_PAST]]


def check_encounter(
    practice: PracticeId, patient: PatientId, encounter: EncounterId | None
) -> None:
    """Raises InvalidRequest for an encounter that there is not, or of somebody else."""
    if encounter is None:
        return
    try:
        item = EncounterItem.get(encounter_key(practice, encounter), ENCOUNTER_HEAD)
    except EncounterItem.DoesNotExist:
        raise invalid("encounter_id", "is no encounter of this practice") from None
    if item.patient_id != patient and item.patient_id not in charts_of(practice, patient):
        raise invalid("encounter_id", "is an encounter of another patient")
