"""Changing a practice's settings: one transaction with whose the sending numbers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.expressions.condition import Condition

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import VersionConflict
from caresmith.events import MessagesOutbox, ReminderRepairDue, tell
from caresmith.ids import PracticeId
from caresmith.messages.records import SenderRecord, sender_key
from caresmith.messages.settings import (
    MessagingSettings,
    SettingsRecord,
    forget_settings,
    settings_key,
    settings_with_version,
)
from caresmith.records.contact import Channel
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.checking import check_settings
from functions.reminders.errors import NumberTaken
from functions.reminders.repair import run_of

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


def read_settings(practice: PracticeId) -> tuple[MessagingSettings, int]:
    """The settings as they are now, with the version to change them; 0 for a new practice."""
    return settings_with_version(practice, fresh=True)


def change_settings(
    wanted: MessagingSettings, expected: int, *, actor: Actor, now: Instant
) -> tuple[MessagingSettings, int]:
    """Store the settings, if they are still of that version.

    Raises InvalidRequest, VersionConflict, and NumberTaken for a number that
    another practice sends from.
    """
    practice = actor.practice_id
    check_settings(wanted, practice_setup(practice))
    before, version = read_settings(practice)
    if version != expected:
        raise VersionConflict
    audit().record("messaging-settings")
    record = SettingsRecord(*settings_key(practice), body=wanted.model_dump_json())
    if version:
        record.version = version
    added = _senders(wanted) - _senders(before)
    gone = _senders(before) - _senders(wanted)

    def attempt() -> None:
        with transaction() as writes:
            for sender in sorted(gone):
                writes.delete(
                    SenderRecord(sender_key(sender[1]), "sender"), condition=_ours(practice)
                )
            writes.save(record)
            for channel, address in sorted(added):
                _take(practice, channel, address, writes)
            if _moves_reminders(before, wanted):
                # What is planned follows: the repair compares it with the new rules.
                tell(_repair(actor, now), MessagesOutbox, writes)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled as error:
        own = len(gone)
        raise (VersionConflict if error.failed(own) else NumberTaken) from None
    finally:
        forget_settings(practice)
    return wanted, version + 1


def _senders(settings: MessagingSettings) -> set[tuple[str, str]]:
    found = ((Channel.SMS, settings.sms_number), (Channel.EMAIL, settings.email_from or ""))
    return {(str(channel), str(address)) for channel, address in found if address}


def _ours(practice: PracticeId) -> Condition:
    free = SenderRecord.pk.does_not_exist()
    condition: Condition = free | (SenderRecord.practice_id == practice)
    return condition


def _take(practice: PracticeId, channel: str, address: str, writes: TransactWrite) -> None:
    record = SenderRecord(sender_key(address), "sender", practice_id=practice, channel=channel)
    writes.save(record, condition=_ours(practice))


def _moves_reminders(before: MessagingSettings, after: MessagingSettings) -> bool:
    return (before.cadence, before.quiet) != (after.cadence, after.quiet)


def _repair(actor: Actor, now: Instant) -> ReminderRepairDue:
    return ReminderRepairDue(
        practice_id=actor.practice_id, occurred_at=now, actor_id=actor.user_id, day=now.date()
    )


def ask_for_repair(*, actor: Actor, now: Instant) -> str:
    """Let the repair run now; returns the run under which its report appears."""
    event = _repair(actor, now)
    audit().record(event.event_id)
    with transaction() as writes:
        tell(event, MessagesOutbox, writes)
        audit().join(writes)
    return run_of(event)
