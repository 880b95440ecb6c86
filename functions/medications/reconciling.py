"""Reconciliation: the whole list against what the patient takes, at one visit.

Each entry of the list is kept, changed or stopped, and what the list lacks is
added; who did so, when and by whose word is kept with it. All of it is one
transaction. A prescription's text is never changed by what a patient says of
it: that is noted beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import VersionConflict, invalid
from caresmith.events import MedicationChanged, MedicationsReconciled
from caresmith.ids import EncounterId, MedicationId, PatientId, PracticeId, ReconciliationId
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.layout import chart_key
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.writing import ChartWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.medications import changing, chart
from functions.medications.chart import Entry
from functions.medications.models import (
    KnownLine,
    Reconciliation,
    ReconciliationContent,
    ReconciliationRequest,
    Reconciliations,
)
from functions.medications.prescribing import told
from functions.medications.records import RECONCILED, ReconciliationItem, reconciled_key

MOST_CHANGES: Final = 12
"""Of one reconciliation: each change is up to seven writes, and a transaction holds a hundred."""
_SHOWN: Final = 50
_CONTENT: Final = "reconciliation"


def reconcile(
    patient: PatientId,
    request: ReconciliationRequest,
    *,
    actor: Actor,
    now: Instant,
    key: ReconciliationId,
) -> Reconciliation:
    """Write down what becomes of each medication.

    Raises NotFound, InvalidRequest (a line lacks, or is one too many), VersionConflict,
    ChartNotOpen. Then nothing was changed.
    """
    practice = actor.practice_id
    chart.must_exist(practice, patient)
    chart.check_encounter(practice, patient, request.encounter_id)
    charts = charts_of(practice, patient)
    present = {entry.id: entry for entry in chart.present(practice, charts)}
    _check(request, present)
    writes = ChartWrites(actor, patient, now)
    for line in request.known:
        _take(writes, present[line.medication_id], line, actor=actor, now=now)
    added = tuple(MedicationId.new() for _ in request.added)
    for medication_id, new in zip(added, request.added, strict=True):
        writes.add(changing.added(new), encounter=request.encounter_id, entry=medication_id)
    content = ReconciliationContent(
        source=request.source,
        document_id=request.document_id,
        known=request.known,
        added_ids=added,
        note=request.note,
    )
    item = ReconciliationItem(
        chart_key(practice, patient),
        reconciled_key(key),
        reconciliation_id=key,
        patient_id=patient,
        encounter_id=request.encounter_id,
        done_at=to_text(now),
        done_by=actor.user_id,
        content=Sealer(practice, Domain.CLINICAL).seal(key, _CONTENT, content),
    )
    audit().record(key)
    writes.put(item, ReconciliationItem.pk.does_not_exist())
    writes.tell(
        MedicationsReconciled(
            practice_id=practice,
            occurred_at=now,
            actor_id=actor.user_id,
            patient_id=patient,
            reconciliation_id=key,
            encounter_id=request.encounter_id,
        )
    )
    writes.commit()
    return _shown(practice, item)


def _check(request: ReconciliationRequest, present: Mapping[MedicationId, Entry]) -> None:
    """Every medication of the list has its line, once, in the version that was seen."""
    given = [line.medication_id for line in request.known]
    if len(set(given)) < len(given):
        raise invalid("known", "names the same medication twice")
    for place, line in enumerate(request.known):
        if line.medication_id not in present:
            raise invalid(f"known.{place}.medication_id", "is not on the list any more")
        chart.expect(present[line.medication_id], line.version)
    if set(present) - set(given):
        # Somebody added to the list meanwhile: what was not seen was not reconciled.
        raise VersionConflict("The list has more medications than were reconciled.")
    changes = sum(line.action != "keep" for line in request.known) + len(request.added)
    if changes > MOST_CHANGES:
        raise invalid("known", f"at most {MOST_CHANGES} changes at once; keep the rest first")


def _take(
    writes: ChartWrites, entry: Entry, line: KnownLine, *, actor: Actor, now: Instant
) -> None:
    if line.action == "stop":
        changing.place_move(
            writes, entry, MedicationStatus.STOPPED, line.reason, actor=actor, now=now
        )
    elif line.action == "change":
        writes.replace(entry.item, _changed(entry.medication, line.taken or ""))
        writes.tell(
            MedicationChanged(
                **told(writes.patient, entry.id, actor, now), status=entry.medication.status
            )
        )


def _changed(medication: Medication, taken: str) -> Medication:
    """A reported one is taken otherwise; beside a prescription it is noted."""
    if not medication.reported:
        return medication.model_copy(update={"note": f"Patient takes it: {taken}"[:2000]})
    plain = {
        "dose": None,
        "dose_high": None,
        "timing": None,
        "duration": None,
        "most_per_day": None,
        "instructions": None,
    }
    return medication.model_copy(update={**plain, "sig": taken})


def of_patient(practice: PracticeId, patient: PatientId) -> Reconciliations:
    """The latest first: a query for each chart. Raises NotFound."""
    charts = charts_of(practice, patient)
    audit().about(*charts)
    items = [
        item
        for one in charts
        for item in ReconciliationItem.query(
            chart_key(practice, one),
            ReconciliationItem.sk.startswith(RECONCILED),
            scan_index_forward=False,
            limit=_SHOWN,
        )
    ]
    if not items:
        chart.must_exist(practice, patient)
    items.sort(key=lambda item: str(item.reconciliation_id), reverse=True)
    return Reconciliations(reconciliations=[_shown(practice, item) for item in items])


def _shown(practice: PracticeId, item: ReconciliationItem) -> Reconciliation:
    sealer = Sealer(practice, Domain.CLINICAL)
    return Reconciliation(
        reconciliation_id=ReconciliationId(item.reconciliation_id),
        patient_id=PatientId(item.patient_id),
        encounter_id=EncounterId(item.encounter_id),
        done_at=from_text(item.done_at),
        done_by=item.done_by,
        content=sealer.unseal(
            item.reconciliation_id, _CONTENT, item.content, ReconciliationContent
        ),
    )
