"""The key under which a practice's fax service hands in faxes. There is one at a time."""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clients import ClientKey, issue_key, read_key, user_name
from caresmith.clock import Instant, from_text
from caresmith.permissions import Role
from caresmith.transactions import transaction, when_not_busy
from functions.documents.models import FaxKey, FaxKeyState

_CLIENT: Final = "fax"


def state(*, actor: Actor) -> FaxKeyState:
    """Whether there is a key that opens, since when, and when it was used last."""
    key = read_key(actor.practice_id, _CLIENT)
    if key is None or key.revoked:
        return FaxKeyState(user=None, issued_at=None, used_at=None)
    return FaxKeyState(
        user=user_name(actor.practice_id, _CLIENT),
        issued_at=from_text(key.created_at),
        used_at=from_text(key.used_at) if key.used_at else None,
    )


def issue(*, actor: Actor, now: Instant) -> FaxKey:
    """A new key, told this once; the one before opens nothing from now on."""
    key, secret = issue_key(actor.practice_id, _CLIENT, Role.FAX, by=actor.user_id, now=now)
    _write(key)
    return FaxKey(user=user_name(actor.practice_id, _CLIENT), secret=secret)


def revoke(*, actor: Actor, now: Instant) -> None:
    """No fax service may hand in anything. Safe to repeat."""
    key, _ = issue_key(actor.practice_id, _CLIENT, Role.FAX, by=actor.user_id, now=now)
    key.revoked = True
    _write(key)


def _write(key: ClientKey) -> None:
    audit().record(_CLIENT)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(key)
            audit().join(writes)

    when_not_busy(attempt)
