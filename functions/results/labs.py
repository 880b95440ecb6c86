"""The laboratories that deliver results, and their keys."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clients import ClientKey, issue_key, user_name
from caresmith.clock import Instant, to_text
from caresmith.errors import VersionConflict
from caresmith.ids import LabId, PracticeId
from caresmith.permissions import Role
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.results.errors import LabClosed, UnknownLab
from functions.results.models import Lab, LabKey, LabSettings
from functions.results.records import LabItem, labs_key


def list_labs(practice: PracticeId) -> list[Lab]:
    found = [_lab(item) for item in LabItem.query(labs_key(practice))]
    return sorted(found, key=lambda lab: lab.settings.name.casefold())


def open_lab(practice: PracticeId, lab_id: LabId) -> Lab:
    """A laboratory whose interface is on. Raises UnknownLab, LabClosed."""
    lab = _lab(_item(practice, lab_id))
    if not lab.active:
        raise LabClosed
    return lab


def any_lab(practice: PracticeId, lab_id: LabId) -> Lab:
    """A laboratory, its interface on or off. Raises UnknownLab."""
    return _lab(_item(practice, lab_id))


def add_lab(settings: LabSettings, *, actor: Actor, now: Instant) -> LabKey:
    """A new interface with its key."""
    lab_id = LabId.new()
    item = LabItem(
        labs_key(actor.practice_id),
        lab_id,
        lab_id=lab_id,
        settings=settings.model_dump_json(),
        created_at=to_text(now),
    )
    key, secret = issue_key(actor.practice_id, lab_id, Role.LAB, by=actor.user_id, now=now)
    _commit(lab_id, item, key)
    return LabKey(lab=_lab(item), user=user_name(actor.practice_id, lab_id), secret=secret)


def change_lab(lab_id: LabId, settings: LabSettings, expected: int, *, actor: Actor) -> Lab:
    """Raises UnknownLab, VersionConflict."""
    item = _item(actor.practice_id, lab_id)
    if item.version != expected:
        raise VersionConflict
    item.settings = settings.model_dump_json()
    _commit(lab_id, item)
    return _lab(item)


def new_key(lab_id: LabId, *, actor: Actor, now: Instant) -> LabKey:
    """Another key; the one before opens nothing from now on. Raises UnknownLab."""
    item = _item(actor.practice_id, lab_id)
    key, secret = issue_key(actor.practice_id, lab_id, Role.LAB, by=actor.user_id, now=now)
    item.active = True
    _commit(lab_id, item, key)
    return LabKey(lab=_lab(item), user=user_name(actor.practice_id, lab_id), secret=secret)


def close_lab(lab_id: LabId, *, actor: Actor, now: Instant) -> Lab:
    """Switch the interface off and revoke its key. Raises UnknownLab."""
    item = _item(actor.practice_id, lab_id)
    item.active = False
    key, _ = issue_key(actor.practice_id, lab_id, Role.LAB, by=actor.user_id, now=now)
    key.revoked = True
    _commit(lab_id, item, key)
    return _lab(item)


def _commit(lab_id: LabId, item: LabItem, key: ClientKey | None = None) -> None:
    audit().record(lab_id)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            if key is not None:
                writes.save(key)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _item(practice: PracticeId, lab_id: LabId) -> LabItem:
    try:
        return LabItem.get(labs_key(practice), lab_id, consistent_read=True)
    except LabItem.DoesNotExist:
        raise UnknownLab from None


def _lab(item: LabItem) -> Lab:
    return Lab(
        lab_id=LabId(item.lab_id),
        active=bool(item.active),
        version=int(item.version or 0),
        settings=LabSettings.model_validate_json(item.settings),
    )
