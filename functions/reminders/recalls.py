"""Inviting who is due again: by the practice's rules, a few a day, never twice for one reason.

A rule names kinds of visits and how long after the last one a patient is due. The
months in which such last visits can lie are read, one query each; who has been
here since, has a visit to come, or was invited as often as the rule allows is
passed over. The day's limit, the patient's count and the message are one
transaction, so an event that comes twice invites nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from caresmith.actor import current_actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.events import MessagesOutbox, RecallsDue, RecallSent, tell
from caresmith.ids import AppointmentTypeId, LocationId, MessageId, PatientId, PracticeId, RecallId
from caresmith.messages.filling import practice_values
from caresmith.messages.outgoing import Draft, queue
from caresmith.messages.reach import ContactPoint, Reachable, contact_points, reachable
from caresmith.messages.records import Kind
from caresmith.messages.settings import MessagingSettings, Recall, messaging_settings
from caresmith.messages.wording import render
from caresmith.records.appointment import visits_between
from caresmith.records.patient import merged_charts
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.app import app
from functions.reminders.last_visits import last_visits, month_key
from functions.reminders.records import LastVisitRecord, RecallDayRecord
from functions.reminders.zones import zone_at

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

_AHEAD: Final = timedelta(days=730)
"""Visits may be booked this far ahead."""
_LONG_OVERDUE: Final = timedelta(days=180)
"""So long after they were due, patients are still looked for: the day's limit may hold them up."""
_USEFUL: Final = timedelta(days=2)


@dataclass(frozen=True)
class _Day:
    """What one run works with."""

    practice: PracticeId
    settings: MessagingSettings
    today: date
    now: Instant

    @property
    def record(self) -> RecallDayRecord:
        return RecallDayRecord(f"{self.practice}#recalls#{self.today}", "recalls")

    def left(self) -> int:
        """How many invitations the day has left."""
        try:
            sent = int(
                RecallDayRecord.get(self.record.pk, self.record.sk, consistent_read=True).sent
            )
        except RecallDayRecord.DoesNotExist:
            sent = 0
        return self.settings.recalls_per_day - sent


def on_recalls_due(event: RecallsDue) -> None:
    """Invite who is due, as many as the day allows."""
    practice = event.practice_id
    day = _Day(practice, messaging_settings(practice, fresh=True), event.day, app.clock.now())
    for recall in day.settings.recalls:
        if not recall.active:
            continue
        for last in _due(day, recall):
            if day.left() <= 0:
                return
            _invite(day, recall, last)


def _due(day: _Day, recall: Recall) -> Iterator[LastVisitRecord]:
    """Last visits that are so long ago, the oldest first, not invited for too recently or often."""
    latest = day.today - timedelta(days=recall.after_days)
    earliest = latest - _LONG_OVERDUE - timedelta(days=recall.repeat_days * (recall.most - 1))
    for month in _months(earliest, latest):
        found = [
            last
            for last in LastVisitRecord.query(month_key(day.practice, month))
            if earliest.isoformat() <= last.day <= latest.isoformat()
            and (not recall.type_ids or last.type_id in recall.type_ids)
            and _may_be_asked(last, recall, day.today)
        ]
        yield from sorted(found, key=lambda last: (last.day, last.patient_id))


def _months(first: date, last: date) -> Iterator[str]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - December


def _may_be_asked(last: LastVisitRecord, recall: Recall, today: date) -> bool:
    count, when = last.asked.get(recall.key, (0, ""))
    if count >= recall.most:
        return False
    return not when or date.fromisoformat(when) + timedelta(days=recall.repeat_days) <= today


def _invite(day: _Day, recall: Recall, last: LastVisitRecord) -> None:
    """Invite one patient, or note that there is no reason or no way to."""
    patient = reachable(day.practice, PatientId(last.patient_id))
    if patient is None or not patient.wanted:
        _note(day, recall, last, invited=False)
        return
    audit().about(patient.patient_id, PatientId(last.patient_id))
    everyone = {
        PatientId(last.patient_id),
        patient.patient_id,
        *merged_charts(day.practice, patient.patient_id),
    }
    if _was_here_since(day, recall, last, everyone) or _comes_anyway(day, everyone):
        # Looked at again when the rule's time has passed once more.
        _note(day, recall, last, invited=False)
        return
    to = next(contact_points(day.practice, patient, day.settings), None)
    if to is None:
        _note(day, recall, last, invited=False)
        return
    _send(day, recall, last, patient, to)


def _was_here_since(
    day: _Day, recall: Recall, last: LastVisitRecord, everyone: set[PatientId]
) -> bool:
    """Whether another of the rule's kinds of visits, or another chart's, is newer."""
    for patient in everyone:
        for kind, (when, _) in last_visits(day.practice, patient).visits.items():
            fits = not recall.type_ids or AppointmentTypeId(kind) in recall.type_ids
            if fits and when > last.day:
                return True
    return False


def _comes_anyway(day: _Day, everyone: set[PatientId]) -> bool:
    return any(
        visit.awaited
        for patient in everyone
        for visit in visits_between(day.practice, patient, day.now, day.now + _AHEAD)
    )


def _note(day: _Day, recall: Recall, last: LastVisitRecord, *, invited: bool) -> None:
    """Remember when this was looked at, on condition that nobody else did meanwhile."""

    def attempt() -> None:
        with transaction() as writes:
            _mark(day, recall, last, writes, invited=invited)
            join_audit(writes)

    _unless_done(attempt)


def _mark(
    day: _Day, recall: Recall, last: LastVisitRecord, writes: TransactWrite, *, invited: bool
) -> None:
    count, _ = last.asked.get(recall.key, (0, ""))
    asked = {**last.asked, recall.key: [count + int(invited), day.today.isoformat()]}
    unchanged = (LastVisitRecord.asked == last.asked) & (LastVisitRecord.day == last.day)
    writes.update(last, actions=[LastVisitRecord.asked.set(asked)], condition=unchanged)


def _send(
    day: _Day, recall: Recall, last: LastVisitRecord, patient: Reachable, to: ContactPoint
) -> None:
    count, _ = last.asked.get(recall.key, (0, ""))
    reason = (recall.key, last.patient_id, last.appointment_id, str(count))
    setup = practice_setup(day.practice)
    values = {
        **practice_values(setup, day.settings, LocationId(last.location_id)),
        "first_name": patient.first_name,
    }
    draft = Draft(
        message_id=MessageId.derived_at(day.now, "recall", day.practice, *reason),
        party_id=patient.patient_id,
        to=to,
        kind=Kind.RECALL,
        rendered=render(day.settings, "recall", to.channel, patient.language, values),
        language=patient.language,
        zone=str(zone_at(setup, LocationId(last.location_id))),
        useless_after=day.now + _USEFUL,
    )
    event = RecallSent(
        practice_id=day.practice,
        occurred_at=day.now,
        actor_id=current_actor().user_id,
        recall_id=RecallId.derived(day.practice, *reason),
        patient_id=patient.patient_id,
    )
    limit: Any = Path("sent").does_not_exist() | (Path("sent") < day.settings.recalls_per_day)

    def attempt() -> None:
        with transaction() as writes:
            _mark(day, recall, last, writes, invited=True)
            queue(
                draft,
                practice=day.practice,
                actor_id=event.actor_id,
                now=day.now,
                writes=writes,
            )
            tell(event, MessagesOutbox, writes)
            counting: list[Action] = [Path("entity").set("recall-day"), Path("sent").add(1)]
            writes.update(day.record, actions=counting, condition=limit)
            join_audit(writes)

    _unless_done(attempt)


def _unless_done(attempt: Callable[[], None]) -> None:
    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        # Another delivery of the event has invited the patient, or used up the day.
        return
