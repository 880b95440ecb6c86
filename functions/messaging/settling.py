"""The transactions that move an outgoing message from state to state.

A message is *claimed* by one transaction that holds everything on which sending
depends: it is still queued, nobody has answered STOP at its number, its visit is
still what it was. Whoever commits first wins, so a STOP or a cancellation that
commits before the claim always keeps the message back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from caresmith.clock import Instant, to_text
from caresmith.events import DomainEvent, MessagesOutbox, StaffTaskRaised, tell
from caresmith.ids import AppointmentId, MessageId, PracticeId
from caresmith.messages.receipts import Consequences, Outcome, name_to_trail, tell_outcome
from caresmith.messages.records import (
    OPT_OUT,
    MessageRecord,
    OptOutRecord,
    ReachRecord,
    Status,
    patient_of_party,
    thread_key,
)
from caresmith.records.appointment import VISIT, VisitRecord, visit_is_still, visit_key
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.messaging.carriers.port import Accepted

_REFUSED: Final[Mapping[str, tuple[Status, Outcome]]] = {
    "blocked": (Status.BLOCKED, "blocked"),
    "content": (Status.BLOCKED, "blocked"),
    # As if we had known ourselves.
    "opted-out": (Status.SUPPRESSED, "suppressed"),
}
"""What becomes of a refused message; all others have failed."""

Claim = Literal["claimed", "opted-out", "stale", "changed"]


def claim(practice: PracticeId, record: MessageRecord, now: Instant) -> Claim:
    """Take the message for sending, unless something has come before.

    ``changed``: somebody else moved it meanwhile; read it again.
    """
    record.status = Status.SENDING
    record.settled_at = to_text(now)
    patient = patient_of_party(record.party_id)
    thread = thread_key(practice, record.thread)
    for_visit = record.appointment_id is not None and record.visit_version is not None

    def attempt() -> None:
        with transaction() as writes:
            writes.condition_check(
                OptOutRecord, thread, OPT_OUT, condition=OptOutRecord.pk.does_not_exist()
            )
            if for_visit:
                writes.condition_check(
                    VisitRecord,
                    visit_key(practice, AppointmentId(str(record.appointment_id))),
                    VISIT,
                    condition=visit_is_still(int(record.visit_version or 0)),
                )
            writes.save(record)
            if patient:
                # Before the message leaves: its answer may be quicker than our bookkeeping.
                reached = ReachRecord(
                    thread,
                    f"reach#{patient}",
                    patient_id=patient,
                    last_message_at=to_text(now),
                    language=record.language,
                )
                writes.save(reached)
            name_to_trail(record, [], writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled as error:
        if error.failed(0):
            return "opted-out"
        if for_visit and error.failed(1):
            return "stale"
        return "changed"
    return "claimed"


def put_back(practice: PracticeId, record: MessageRecord, now: Instant) -> bool:
    """Nobody took the message: it is queued again."""
    record.attempts = int(record.attempts or 0) + 1
    return _move(practice, record, Status.QUEUED, now=now)


def suppress(
    practice: PracticeId, record: MessageRecord, reason: str, now: Instant, actor_id: str
) -> bool:
    """Keep the message back for good."""
    told = _Told("suppressed", reason, actor_id)
    return _move(practice, record, Status.SUPPRESSED, told, now=now)


def sent(
    practice: PracticeId, record: MessageRecord, accepted: Accepted, now: Instant, actor_id: str
) -> bool:
    """The carrier has it."""
    _note_carrier(record, accepted)
    return _move(practice, record, Status.SENT, _Told("sent", "", actor_id), now=now)


def overtaken(practice: PracticeId, record: MessageRecord, accepted: Accepted) -> bool:
    """The carrier has it, and its receipt was here before its answer: keep what that said."""
    _note_carrier(record, accepted)
    return _commit(practice, record)


def refused(
    practice: PracticeId, record: MessageRecord, reason: str, now: Instant, actor_id: str
) -> bool:
    """The carrier will not send it; what that says of the contact point is told."""
    status, outcome = _REFUSED.get(reason, (Status.FAILED, "failed"))
    return _move(practice, record, status, _Told(outcome, reason, actor_id), now=now)


def lost(practice: PracticeId, record: MessageRecord, now: Instant, actor_id: str) -> bool:
    """Nobody knows whether it left: it is not sent again, and a person looks at it."""
    task = _send_failed(practice, record, now, actor_id)
    return _move(practice, record, Status.UNCERTAIN, task=task, now=now)


def gave_up(practice: PracticeId, record: MessageRecord, now: Instant, actor_id: str) -> bool:
    """No carrier took it for so long that it is of no use any more: a person looks at it."""
    task = _send_failed(practice, record, now, actor_id)
    told = _Told("failed", "carrier-down", actor_id)
    return _move(practice, record, Status.FAILED, told, task=task, now=now)


@dataclass(frozen=True)
class _Told:
    """What the event of a step says."""

    outcome: Outcome
    reason: str
    actor_id: str


def _move(
    practice: PracticeId,
    record: MessageRecord,
    to: Status,
    told: _Told | None = None,
    *,
    task: StaffTaskRaised | None = None,
    now: Instant,
) -> bool:
    """One step with its events. False, with nothing written, where somebody moved it meanwhile."""
    record.status, record.settled_at = to, to_text(now)
    record.reason = (told.reason or None) if told else None
    events: list[DomainEvent] = [task] if task else []
    return _commit(practice, record, told, events, now)


def _commit(
    practice: PracticeId,
    record: MessageRecord,
    told: _Told | None = None,
    events: Sequence[DomainEvent] = (),
    now: Instant | None = None,
) -> bool:
    follow = (
        Consequences(practice, record, told.reason, now, told.actor_id) if told and now else None
    )

    def attempt() -> None:
        with transaction() as writes:
            writes.save(record)
            if told and now:
                tell_outcome(
                    practice, record, told.outcome, told.reason, now, told.actor_id, writes
                )
            for event in events:
                tell(event, MessagesOutbox, writes)
            if follow:
                follow.write(writes)
                if follow.patients:
                    name_to_trail(record, follow.patients, writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        return False
    return True


def _note_carrier(record: MessageRecord, accepted: Accepted) -> None:
    record.carrier, record.carrier_ref = accepted.carrier, accepted.ref
    record.segments = accepted.segments


def _send_failed(
    practice: PracticeId, record: MessageRecord, now: Instant, actor_id: str
) -> StaffTaskRaised:
    return StaffTaskRaised(
        practice_id=practice,
        occurred_at=now,
        actor_id=actor_id,
        key=f"send-failed#{record.message_id}",
        task="send-failed",
        party_id=record.party_id,
        patient_id=patient_of_party(record.party_id),
        appointment_id=AppointmentId(record.appointment_id) if record.appointment_id else None,
        message_id=MessageId(record.message_id),
    )
