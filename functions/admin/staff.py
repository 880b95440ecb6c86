"""The staff of a practice at one revision, and the one way to write it.

Two rules hold of the staff as a whole, and are checked at every write: as long
as there was an active administrator there is one, and no two active users are
the same provider.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.events import PracticeOutbox, UserChanged, tell
from caresmith.ids import PracticeId, ProviderId, UserId
from caresmith.permissions import Role
from caresmith.records.practice import Provider
from caresmith.transactions import transaction
from caresmith.users import StaffUser
from functions.admin.errors import LastAdmin, ProviderTaken
from functions.admin.records import (
    SetupRevision,
    StaffRevision,
    advance,
    deciding,
    read_revision,
)
from functions.admin.snapshot import Snapshot, read_snapshot

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


@dataclass(frozen=True)
class Staff:
    """All of a practice's users, by username."""

    revision: int
    users: Sequence[StaffUser]

    def find(self, username: str) -> StaffUser | None:
        return next((user for user in self.users if user.username == username), None)

    def admins(self) -> set[str]:
        """The ids of those who can manage users now."""
        return {u.user_id for u in self.users if u.is_active and Role.ADMIN in u.held_roles}


def read_staff(practice: PracticeId) -> Staff:
    """The staff of this moment."""
    revision = read_revision(StaffRevision, practice)
    found = StaffUser.query(practice, StaffUser.sk.startswith("user#"), consistent_read=True)
    return Staff(revision, list(found))


def change_user(
    username: str,
    write: Callable[[StaffUser], None],
    *,
    actor: Actor,
    now: Instant,
    expected: int | None = None,
) -> StaffUser:
    """Let ``write`` change the user's record, and commit where the rules still hold.

    Nothing is written where nothing changed. Raises NotFound, VersionConflict,
    LastAdmin, ProviderTaken, InvalidRequest, TooBusy and what ``write`` raises.
    """

    def attempt() -> StaffUser:
        staff = read_staff(actor.practice_id)
        user = staff.find(username)
        if user is None:
            raise NotFound
        audit().record(user.user_id)
        if expected is not None and user.version != expected:
            raise VersionConflict
        before, admins, link = user.serialize(), staff.admins(), user.provider_id
        write(user)
        if user.serialize() == before:
            return user
        if admins and not staff.admins():
            raise LastAdmin
        refuse_shared_provider(user, staff)
        _commit(user, staff, actor, now, links=user.provider_id not in (None, link))
        return user

    return deciding(attempt)


def add_user(
    user: StaffUser, refuse: Callable[[Staff], None], *, actor: Actor, now: Instant
) -> None:
    """Save a new record unless ``refuse`` raises. Raises TooBusy and what ``refuse`` raises."""
    audit().record(user.user_id)

    def attempt() -> None:
        staff = read_staff(actor.practice_id)
        refuse(staff)
        _commit(user, staff, actor, now, links=user.provider_id is not None)

    deciding(attempt)


def refuse_shared_provider(user: StaffUser, staff: Staff) -> None:
    """Raises ProviderTaken where another active user is the same provider."""
    if user.provider_id is None or not user.is_active:
        return
    for other in staff.users:
        same = other.provider_id == user.provider_id
        if same and other.is_active and other.user_id != user.user_id:
            raise ProviderTaken


def refuse_unknown_provider(user: StaffUser, practice: PracticeId) -> Snapshot:
    """The set-up in which the user's provider exists. Raises InvalidRequest where it does not."""
    known = read_snapshot(practice)
    if user.provider_id and known.find(Provider, ProviderId(user.provider_id)) is None:
        raise invalid("provider_id", "there is no such provider")
    return known


def _commit(user: StaffUser, staff: Staff, actor: Actor, now: Instant, *, links: bool) -> None:
    with transaction() as writes:
        writes.save(user)
        advance(StaffRevision, actor.practice_id, staff.revision, writes)
        if links:
            _hold_provider(user, actor.practice_id, writes)
        told = UserChanged(
            practice_id=actor.practice_id,
            occurred_at=now,
            actor_id=actor.user_id,
            user_id=UserId(user.user_id),
        )
        tell(told, PracticeOutbox, writes)
        audit().join(writes)


def _hold_provider(user: StaffUser, practice: PracticeId, writes: TransactWrite) -> None:
    """Whoever deletes the provider at this very moment fails, or sees the user."""
    known = refuse_unknown_provider(user, practice)
    advance(SetupRevision, practice, known.revision, writes)
