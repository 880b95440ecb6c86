"""What carriers report of a message after it has left: receipts, bounces, complaints.

Reports come late, twice and out of order, even before the carrier's own answer to
our call. Each moves the message one way only (:data:`TAKEN`): what does not fit
its present state changes nothing. A dead number or address is told to the charts
of everybody who was written to there, and to the front desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

from caresmith.audit import audit_or_none
from caresmith.clock import Instant, to_text
from caresmith.events import (
    ConsentReplied,
    ContactPointFailed,
    MessageOutcome,
    MessagesOutbox,
    StaffTaskRaised,
    tell,
)
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId
from caresmith.messages.failures import DEAD, FILTERED
from caresmith.messages.records import (
    OPT_OUT,
    MessageRecord,
    OptOutRecord,
    ReachRecord,
    Status,
    patient_of_party,
    read_message,
    thread_key,
)
from caresmith.tables import MessagesItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

Report = Literal["sent", "delivered", "failed", "blocked", "bounced", "complaint"]
Outcome = Literal["sent", "delivered", "failed", "blocked", "suppressed", "bounced", "complaint"]

_ANY: Final[frozenset[Report]] = frozenset(
    {"sent", "delivered", "failed", "blocked", "bounced", "complaint"}
)
TAKEN: Final[Mapping[Status, frozenset[Report]]] = {
    Status.SENDING: _ANY,
    Status.UNCERTAIN: _ANY,
    Status.SENT: _ANY - {"sent"},
    # A mail server may accept an e-mail and return it an hour later (RFC 3464).
    Status.DELIVERED: frozenset({"bounced", "complaint"}),
}
"""Which reports a message in that state takes."""
_BECOMES: Final[Mapping[Report, Status]] = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "failed": Status.FAILED,
    "blocked": Status.BLOCKED,
    "bounced": Status.FAILED,
    "complaint": Status.DELIVERED,
}
_ATTEMPTS: Final = 8


def settle_receipt(
    practice: PracticeId,
    party_id: str,
    message_id: MessageId,
    report: Report,
    *,
    reason: str = "",
    now: Instant,
    actor_id: str,
) -> bool:
    """Take a carrier's report; whether it changed anything.

    ``reason`` is a code of :mod:`caresmith.messages.failures`. An unknown message
    changes nothing.
    """
    if report in {"bounced", "complaint"}:
        reason = report
    elif report == "failed" and reason in FILTERED:
        report = "blocked"
    for _ in range(_ATTEMPTS):
        record = read_message(practice, party_id, message_id)
        if record is None or not _takes(record, report):
            return False
        try:
            _settle(practice, record, report, reason, now, actor_id)
        except TransactionCancelled:
            continue
        return True
    raise TimeoutError("a message kept changing while its receipt was taken")


def _takes(record: MessageRecord, report: Report) -> bool:
    if report == "complaint" and record.reason == "complaint":
        return False
    return report in TAKEN.get(Status(record.status), frozenset())


def _settle(
    practice: PracticeId,
    record: MessageRecord,
    report: Report,
    reason: str,
    now: Instant,
    actor_id: str,
) -> None:
    before = Status(record.status)
    record.status = _BECOMES[report]
    record.reason = reason or None
    record.settled_at = to_text(now)
    told: list[Outcome] = [report]
    if before in {Status.SENDING, Status.UNCERTAIN} and report != "sent":
        # The report overtook the answer to our call: it did leave.
        told.insert(0, "sent")
    follow = Consequences(practice, record, reason, now, actor_id)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(record)
            for outcome in told:
                tell_outcome(practice, record, outcome, reason, now, actor_id, writes)
            follow.write(writes)
            name_to_trail(record, follow.patients, writes)

    when_not_busy(attempt)


class Consequences:
    """What follows for the contact point from the reason why a message failed.

    Reads who was written to there (one query) only where something follows.
    """

    def __init__(
        self, practice: PracticeId, record: MessageRecord, reason: str, now: Instant, actor_id: str
    ) -> None:
        self._practice, self._record, self._reason = practice, record, reason
        self._now, self._actor_id = now, actor_id
        self.patients: list[PatientId] = []
        self._opted_out = True
        if reason in DEAD or reason == "opted-out":
            self._read()

    def _read(self) -> None:
        own = patient_of_party(self._record.party_id)
        found = [own] if own else []
        items = list(
            MessagesItem.query(
                thread_key(self._practice, self._record.thread),
                MessagesItem.sk.between(OPT_OUT, "reach#~"),
                consistent_read=True,
            )
        )
        found += [PatientId(i.patient_id) for i in items if isinstance(i, ReachRecord)]
        self.patients = list(dict.fromkeys(found))
        self._opted_out = any(isinstance(item, OptOutRecord) for item in items)

    def write(self, writes: TransactWrite) -> None:
        """Add the events and the opt-out to the transaction that settles the message."""
        if self._reason in DEAD:
            for patient in self.patients:
                tell(self._failed(patient), MessagesOutbox, writes)
            tell(self._task(), MessagesOutbox, writes)
        if self._reason == "opted-out" and self.patients:
            tell(self._stopped(), MessagesOutbox, writes)
        if self._reason in {"opted-out", "complaint"} and not self._opted_out:
            writes.save(
                OptOutRecord(
                    thread_key(self._practice, self._record.thread),
                    OPT_OUT,
                    since=to_text(self._now),
                    by_message_id=self._record.message_id,
                )
            )

    def _failed(self, patient: PatientId) -> ContactPointFailed:
        return ContactPointFailed(
            practice_id=self._practice,
            occurred_at=self._now,
            actor_id=self._actor_id,
            party_id=self._record.party_id,
            message_id=MessageId(self._record.message_id),
            patient_id=patient,
            channel=self._record.channel,
            reason=DEAD[self._reason],
        )

    def _task(self) -> StaffTaskRaised:
        record = self._record
        return StaffTaskRaised(
            practice_id=self._practice,
            occurred_at=self._now,
            actor_id=self._actor_id,
            key=f"undeliverable#{record.party_id}#{record.thread}",
            task="undeliverable",
            party_id=record.party_id,
            patient_id=patient_of_party(record.party_id),
            appointment_id=AppointmentId(record.appointment_id) if record.appointment_id else None,
            message_id=MessageId(record.message_id),
        )

    def _stopped(self) -> ConsentReplied:
        return ConsentReplied(
            practice_id=self._practice,
            occurred_at=self._now,
            actor_id=self._actor_id,
            party_id=self._record.party_id,
            message_id=MessageId(self._record.message_id),
            patient_ids=tuple(self.patients),
            channel=self._record.channel,
            granted=False,
        )


def tell_outcome(
    practice: PracticeId,
    record: MessageRecord,
    outcome: Outcome,
    reason: str,
    now: Instant,
    actor_id: str,
    writes: TransactWrite,
) -> None:
    """Tell what became of the message, as part of the transaction that makes it so."""
    event = MessageOutcome(
        practice_id=practice,
        occurred_at=now,
        actor_id=actor_id,
        party_id=record.party_id,
        message_id=MessageId(record.message_id),
        outcome=outcome,
        reason=reason,
        channel=record.channel,
        kind=record.kind,
        appointment_id=AppointmentId(record.appointment_id) if record.appointment_id else None,
        step_id=record.step_id or "",
    )
    tell(event, MessagesOutbox, writes)


def name_to_trail(record: MessageRecord, patients: list[PatientId], writes: TransactWrite) -> None:
    """Put the message and its patients into the audit trail, with the change."""
    trail = audit_or_none()
    if trail is None:
        return
    own = patient_of_party(record.party_id)
    trail.about(*([own] if own else []), *patients)
    trail.record(record.message_id)
    trail.join(writes)
