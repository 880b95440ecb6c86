"""A prescription's way to the pharmacy: queued with the change, sent from the queue, settled.

The state lies in one item beside the entry. An event takes it to the sender; a
pharmacy that does not answer is asked again, less and less often; what does not
arrive waits on the work list for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import ClinicalOutbox, PrescriptionQueued, PrescriptionSettled, tell
from caresmith.ids import MedicationId, PatientId, PharmacyId, PracticeId
from caresmith.records.clinical.layout import chart_key
from caresmith.records.clinical.medication import MedicationStatus
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.medications import chart, package, pharmacies
from functions.medications.chart import Entry
from functions.medications.endpoint import (
    EndpointDown,
    EndpointRefused,
    Outgoing,
    PharmacyEndpoint,
    endpoint,
)
from functions.medications.errors import AlreadySent, NeedsEpcs, NotSendable
from functions.medications.fhir_out import as_json, medication_request
from functions.medications.models import ConfirmRequest, SendRequest
from functions.medications.records import (
    SendingItem,
    SendingState,
    WorkItem,
    pharmacy_of,
    sent_key,
    work_key,
    work_sort_key,
)

MOST_ATTEMPTS: Final = 6
WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
"""Between one attempt and the next."""
SHOWN: Final = "shown"
FAILED: Final = "failed"
_GOES: Final = frozenset({MedicationStatus.ACTIVE})


def sending_of(practice: PracticeId, entry: Entry) -> SendingItem | None:
    """Where the prescription is on its way, if it was ever sent."""
    try:
        return SendingItem.get(
            chart_key(practice, entry.read.patient_id), sent_key(entry.id), consistent_read=True
        )
    except SendingItem.DoesNotExist:
        return None


def send(
    patient: PatientId,
    key: MedicationId,
    request: SendRequest,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> SendingItem:
    """Queue the prescription for its pharmacy.

    Raises NotFound, VersionConflict, NeedsEpcs for a controlled substance, NotSendable,
    AlreadySent, InvalidRequest, ChartNotOpen.
    """
    practice = actor.practice_id
    entry = chart.find(practice, patient, key)
    chart.expect(entry, expected)
    medication = entry.medication
    if medication.schedule is not None:
        raise NeedsEpcs
    if medication.status not in _GOES or medication.reported:
        raise NotSendable("Only an active prescription of this practice is sent.")
    pharmacies.check_pharmacy(practice, request.pharmacy_id)
    where = request.pharmacy_id or medication.pharmacy_id
    if where is None:
        raise NotSendable("Name the pharmacy first.")
    if pharmacies.find(practice, where).facts.fhir_endpoint is None:
        raise NotSendable("This pharmacy takes no electronic prescriptions: print it.")
    before = sending_of(practice, entry)
    if before is not None and before.state != SendingState.FAILED:
        raise AlreadySent
    writes = ChartWrites(actor, patient, now)
    if where != medication.pharmacy_id:
        writes.replace(entry.item, medication.model_copy(update={"pharmacy_id": where}))
    item = _place(writes, entry, before, where, "new", now)
    writes.commit()
    return item


def place_stop(writes: ChartWrites, entry: Entry, *, actor: Actor, now: Instant) -> None:
    """The pharmacy that has it is to be told that it no longer stands."""
    item = sending_of(actor.practice_id, entry)
    if item is None or (item.message == "new" and item.state == SendingState.FAILED):
        if item is not None:
            # Nobody has to see to it any more.
            writes.delete(_work(actor.practice_id, entry.id))
        return
    if item.message == "new":
        _place(writes, entry, item, pharmacy_of(item), "stopped", now)


def confirm(
    patient: PatientId, key: MedicationId, request: ConfirmRequest, *, actor: Actor, now: Instant
) -> SendingItem:
    """Write down what the pharmacy said by telephone. Raises NotFound, NotSendable."""
    entry = chart.find(actor.practice_id, patient, key)
    item = sending_of(actor.practice_id, entry)
    if item is None:
        raise NotFound
    if item.state == SendingState.QUEUED:
        raise NotSendable("It is still on its way.")
    outcome: Literal["accepted", "failed"] = request.outcome
    if request.note:
        audit().reason = "said by telephone"
    _settle(actor, item, outcome, now, failure="telephone" if outcome == FAILED else None)
    return item


def _place(
    writes: ChartWrites,
    entry: Entry,
    before: SendingItem | None,
    pharmacy: PharmacyId,
    message: Literal["new", "stopped"],
    now: Instant,
) -> SendingItem:
    """The writes that queue a message to the pharmacy."""
    practice = writes.actor.practice_id
    item = before or SendingItem(
        chart_key(practice, entry.read.patient_id),
        sent_key(entry.id),
        medication_id=entry.id,
        patient_id=entry.read.patient_id,
        shown=Sealer(practice, Domain.CLINICAL).seal_bytes(
            entry.id, SHOWN, entry.medication.drug.words.encode()
        ),
    )
    item.pharmacy_id, item.message = pharmacy, message
    item.state, item.attempts, item.failure = SendingState.QUEUED, 0, None
    item.queued_at = item.changed_at = to_text(now)
    item.queued_by = writes.actor.user_id
    writes.put(item)
    if before is not None:
        writes.delete(_work(practice, entry.id))
    writes.tell(
        PrescriptionQueued(
            practice_id=practice,
            occurred_at=now,
            actor_id=writes.actor.user_id,
            patient_id=entry.read.patient_id,
            medication_id=entry.id,
            message=message,
        )
    )
    return item


# -- out of the queue -----------------------------------------------------------------


class Sender:
    """Takes queued prescriptions to their pharmacies."""

    def __init__(self, clock: Clock, out: PharmacyEndpoint | None = None) -> None:
        self._clock, self._out = clock, out

    def on_queued(self, event: PrescriptionQueued) -> None:
        """Consumer of the event that queued it."""
        self._try(event.patient_id, event.medication_id)

    def again(self, payload: Mapping[str, Any]) -> None:
        """Task: one more attempt."""
        self._try(PatientId(payload["patient_id"]), MedicationId(payload["medication_id"]))

    def _try(self, patient: PatientId, key: MedicationId) -> None:
        actor, now = current_actor(), self._clock.now()
        try:
            entry = chart.find(actor.practice_id, patient, key)
        except NotFound:
            return
        item = sending_of(actor.practice_id, entry)
        if item is None or item.state != SendingState.QUEUED:
            # Delivered twice: it is settled already.
            return
        try:
            outcome = self._deliver(actor.practice_id, entry, item)
        except EndpointDown:
            self._wait(actor, item, now)
            return
        except EndpointRefused as refused:
            _settle(actor, item, "failed", now, failure=refused.code)
            return
        except (NotSendable, NotFound):
            _settle(actor, item, "failed", now, failure="incomplete")
            return
        _settle(actor, item, outcome, now)

    def _deliver(
        self, practice: PracticeId, entry: Entry, item: SendingItem
    ) -> Literal["sent", "accepted"]:
        pharmacy = pharmacies.find(practice, pharmacy_of(item))
        if pharmacy.facts.fhir_endpoint is None:
            raise EndpointRefused("no-endpoint")
        resource = medication_request(package.gather(practice, entry))
        out = self._out or endpoint()
        return out.deliver(
            Outgoing(
                base=pharmacy.facts.fhir_endpoint,
                prescription=entry.id,
                message="stopped" if item.message == "stopped" else "new",
                resource=as_json(resource),
            )
        )

    def _wait(self, actor: Actor, item: SendingItem, now: Instant) -> None:
        """Ask again later; give up after the last attempt."""
        attempts = int(item.attempts) + 1
        if attempts >= MOST_ATTEMPTS:
            _settle(actor, item, "failed", now, failure="no-answer")
            return
        # The schedule first: an attempt too many changes nothing, a lost one would be forgotten.
        later.at(
            now + WAITS[attempts - 1],
            name=f"rx-{item.medication_id}-{attempts}",
            target="medications",
            payload={
                "task": "send",
                "practice_id": actor.practice_id,
                "patient_id": item.patient_id,
                "medication_id": item.medication_id,
            },
        )
        item.attempts, item.changed_at = attempts, to_text(now)
        _save(item)


def _settle(
    actor: Actor,
    item: SendingItem,
    outcome: Literal["sent", "accepted", "failed"],
    now: Instant,
    *,
    failure: str | None = None,
) -> None:
    """How it ended, with its event and what waits for a person, in one transaction."""
    item.state, item.failure = SendingState(outcome), failure
    item.attempts, item.changed_at = int(item.attempts) + 1, to_text(now)
    key, patient = MedicationId(item.medication_id), PatientId(item.patient_id)
    work = _work(actor.practice_id, key)
    work.patient_id, work.record_id = patient, key
    work.what, work.since = FAILED, to_text(now)
    event = PrescriptionSettled(
        practice_id=actor.practice_id,
        occurred_at=now,
        actor_id=actor.user_id,
        patient_id=patient,
        medication_id=key,
        outcome=outcome,
    )
    audit().about(patient)
    audit().record(key)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            if outcome == FAILED:
                writes.save(work)
            else:
                writes.delete(work)
            tell(event, ClinicalOutbox, writes)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _save(item: SendingItem) -> None:
    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise WriteLost from None


def _work(practice: PracticeId, key: MedicationId) -> WorkItem:
    return WorkItem(work_key(practice), work_sort_key(FAILED, key))
