"""A patient's chart with those that were merged into it."""

from __future__ import annotations

from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.ids import EntityId, PatientId, PracticeId
from caresmith.records.clinical.entries import find_entry
from caresmith.records.clinical.layout import MERGED, ChartEntry, Kind, MergedItem, chart_key
from caresmith.records.patient import CHART, Patient
from caresmith.records.patient import chart_key as head_key


def must_exist(practice: PracticeId, patient: PatientId) -> None:
    """Raises NotFound for a patient whom the practice does not have."""
    found = Patient.batch_get(
        [(head_key(practice, patient), CHART)], attributes_to_get=["patient_id", "entity"]
    )
    if not list(found):
        raise NotFound


def charts_of(practice: PracticeId, patient: PatientId) -> list[PatientId]:
    """The chart and those merged into it."""
    for item in MergedItem.query(
        chart_key(practice, patient), MergedItem.sk == MERGED, consistent_read=True, limit=1
    ):
        return [patient, *(PatientId(str(one)) for one in item.merged_ids)]
    return [patient]


def find(practice: PracticeId, patient: PatientId, kind: Kind, entry: EntityId) -> ChartEntry:
    """An entry of the chart, or of one merged into it; audited. Raises NotFound."""
    audit().about(patient)
    audit().record(entry)
    found = find_entry(practice, [patient], kind, entry)
    if found is None:
        merged = charts_of(practice, patient)[1:]
        audit().about(*merged)
        found = find_entry(practice, merged, kind, entry) if merged else None
    if found is None:
        raise NotFound
    return found
