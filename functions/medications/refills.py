"""Requests to refill: taken down from patients and pharmacies, decided by a prescriber."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.events import RefillDecided, RefillRequested
from caresmith.ids import MedicationId, PatientId, PracticeId, RefillId
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.layout import chart_key
from caresmith.records.clinical.writing import ChartWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.medications import chart, pharmacies, prescribing
from functions.medications.errors import MedicationMove, RefillDecidedAlready
from functions.medications.models import (
    Refill,
    RefillContent,
    RefillDecision,
    RefillRequest,
    Refills,
    RenewalRequest,
)
from functions.medications.records import (
    REFILL,
    RefillItem,
    WorkItem,
    refill_key,
    work_key,
    work_sort_key,
)

_CONTENT = "refill"
RECEIVED, APPROVED, DENIED = "received", "approved", "denied"


def take(
    patient: PatientId, request: RefillRequest, *, actor: Actor, now: Instant, key: RefillId
) -> Refill:
    """Write a request down; it waits on the work list.

    Raises NotFound for no such prescription, InvalidRequest, ChartNotOpen.
    """
    practice = actor.practice_id
    pharmacies.check_pharmacy(practice, request.pharmacy_id)
    drug = request.drug
    if request.medication_id is not None:
        entry = chart.find(practice, patient, request.medication_id)
        if entry.medication.reported:
            raise invalid("medication_id", "was not prescribed here")
        drug = entry.medication.drug.words[:200]
    content = RefillContent(
        drug=drug or "",
        asked_by=request.asked_by,
        pharmacy_id=request.pharmacy_id,
        note=request.note,
    )
    item = RefillItem(
        chart_key(practice, patient),
        refill_key(key),
        refill_id=key,
        patient_id=patient,
        medication_id=request.medication_id,
        state=RECEIVED,
        received_at=to_text(now),
        received_by=actor.user_id,
        content=_seal(practice, key, content),
    )
    writes = ChartWrites(actor, patient, now)
    audit().record(key)
    writes.put(item, RefillItem.pk.does_not_exist())
    writes.put(
        WorkItem(
            work_key(practice),
            work_sort_key("refill", key),
            what="refill",
            patient_id=patient,
            record_id=key,
            since=to_text(now),
        )
    )
    writes.tell(
        RefillRequested(
            practice_id=practice,
            occurred_at=now,
            actor_id=actor.user_id,
            patient_id=patient,
            refill_id=key,
            medication_id=request.medication_id,
            asked_by=request.asked_by,
        )
    )
    writes.commit()
    return shown(practice, item)


def decide(
    patient: PatientId,
    key: RefillId,
    request: RefillDecision,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
    renewal: MedicationId,
) -> Refill:
    """Approve, which prescribes again, or deny. One transaction.

    Raises NotFound, RefillDecidedAlready, VersionConflict and what a renewal raises.
    """
    practice = actor.practice_id
    item = _item(practice, patient, key)
    if item.state != RECEIVED:
        raise RefillDecidedAlready
    if int(item.version or 0) != expected:
        raise VersionConflict
    prescribing.prescriber_of(actor)
    writes = ChartWrites(actor, patient, now)
    audit().record(key)
    if request.renewal is not None:
        _approve(writes, item, request.renewal, renewal, actor=actor, now=now)
    content = _open(practice, item).model_copy(update={"reason": request.reason})
    item.state = request.decision
    item.decided_at, item.decided_by = to_text(now), actor.user_id
    item.renewal_id = renewal if request.renewal else None
    item.content = _seal(practice, key, content)
    writes.put(item)
    writes.delete(WorkItem(work_key(practice), work_sort_key("refill", key)))
    writes.tell(
        RefillDecided(
            practice_id=practice,
            occurred_at=now,
            actor_id=actor.user_id,
            patient_id=patient,
            refill_id=key,
            decision=request.decision,
            renewal_id=renewal if request.renewal else None,
        )
    )
    writes.commit()
    return shown(practice, item)


def _approve(
    writes: ChartWrites,
    item: RefillItem,
    request: RenewalRequest,
    renewal: MedicationId,
    *,
    actor: Actor,
    now: Instant,
) -> None:
    if item.medication_id is None:
        raise MedicationMove(
            "The request names no prescription of this practice: prescribe, then deny the request."
        )
    before = chart.find(
        actor.practice_id, PatientId(item.patient_id), MedicationId(item.medication_id)
    )
    prescribing.place_renewal(writes, before, request, renewal, actor=actor, now=now)


def of_patient(practice: PracticeId, patient: PatientId) -> Refills:
    """All requests, the latest first: a query for each chart. Raises NotFound."""
    charts = charts_of(practice, patient)
    audit().about(*charts)
    items = [
        item
        for one in charts
        for item in RefillItem.query(
            chart_key(practice, one), RefillItem.sk.startswith(REFILL), consistent_read=True
        )
    ]
    if not items:
        chart.must_exist(practice, patient)
    items.sort(key=lambda item: str(item.refill_id), reverse=True)
    return Refills(refills=[shown(practice, item) for item in items])


def read(practice: PracticeId, patient: PatientId, key: RefillId) -> Refill:
    """Raises NotFound."""
    audit().about(patient)
    audit().record(key)
    return shown(practice, _item(practice, patient, key))


def shown(practice: PracticeId, item: RefillItem) -> Refill:
    return Refill(
        refill_id=RefillId(item.refill_id),
        patient_id=PatientId(item.patient_id),
        medication_id=MedicationId(item.medication_id) if item.medication_id else None,
        version=int(item.version or 0),
        state=item.state,
        content=_open(practice, item),
        received_at=from_text(item.received_at),
        received_by=item.received_by,
        decided_at=from_text(item.decided_at) if item.decided_at else None,
        decided_by=item.decided_by,
        renewal_id=MedicationId(item.renewal_id) if item.renewal_id else None,
    )


def _item(practice: PracticeId, patient: PatientId, key: RefillId) -> RefillItem:
    for one in charts_of(practice, patient):
        try:
            return RefillItem.get(chart_key(practice, one), refill_key(key), consistent_read=True)
        except RefillItem.DoesNotExist:
            continue
    raise NotFound


def _open(practice: PracticeId, item: RefillItem) -> RefillContent:
    sealer = Sealer(practice, Domain.CLINICAL)
    return sealer.unseal(item.refill_id, _CONTENT, item.content, RefillContent)


def _seal(practice: PracticeId, key: RefillId, content: RefillContent) -> bytes:
    return Sealer(practice, Domain.CLINICAL).seal(key, _CONTENT, content)
