"""Changing the practice's rules of patients' money."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.errors import VersionConflict, invalid
from caresmith.records.revenue.paylink import SettingsItem, settings_key
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts.settings import (
    AccountSettings,
    forget_settings,
    settings_with_version,
)


def read(*, actor: Actor) -> tuple[AccountSettings, int]:
    return settings_with_version(actor.practice_id, fresh=True)


def change(
    settings: AccountSettings, expected: int, *, actor: Actor
) -> tuple[AccountSettings, int]:
    """Replace the rules of that version. Raises VersionConflict, InvalidRequest."""
    practice = actor.practice_id
    _keeps_what_is_in_the_books(settings_with_version(practice, fresh=True)[0], settings)
    item = SettingsItem(*settings_key(practice), body=settings.model_dump_json())
    # The version attribute makes the write conditional on it.
    if expected:
        item.version = expected
    audit().record("billing-rules")

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    forget_settings(practice)
    return settings_with_version(practice, fresh=True)


def _keeps_what_is_in_the_books(before: AccountSettings, after: AccountSettings) -> None:
    """Journals name reasons, and are taken back by what these mean. Raises InvalidRequest."""
    for reason in before.reasons:
        kept = after.reason(reason.code)
        if kept is None:
            raise invalid("reasons", f"{reason.code} is not taken out, it is put out of use")
        if kept.meaning is not reason.meaning:
            raise invalid("reasons", f"what {reason.code} means stays; make another reason")
