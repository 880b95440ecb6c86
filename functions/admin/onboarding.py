"""Opening a practice: its keys, its record and its first administrator.

An operator's work, done by a script: no route leads here.
"""

from __future__ import annotations

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audit, audited
from caresmith.clock import Clock
from caresmith.errors import NotFound, invalid
from caresmith.events import PracticeOutbox, tell
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.directory import listed
from caresmith.records.practice import Practice, forget_setup
from caresmith.transactions import transaction
from functions.admin import setup, users
from functions.admin.errors import AlreadyOpen
from functions.admin.records import SetupRevision, advance, deciding, read_revision
from functions.admin.staff import read_staff
from functions.admin.user_models import Access, UserDraft, UserRead


def open_practice(practice: Practice, first_admin: UserDraft, *, clock: Clock) -> Access:
    """Make the practice ready for its first administrator to log in. Safe to repeat.

    A repeat changes nothing that stands already. Raises AlreadyOpen where
    somebody else administers the practice, UsernameTaken, InvalidRequest.
    """
    if Role.ADMIN not in first_admin.roles:
        raise invalid("roles", "the first user is an administrator")
    actor = Actor.system(practice.id, "admin")
    create_keys(practice.id, clock)
    with acting_as(actor):
        with audited(AuditTrail(actor, "admin.open-practice", clock)) as trail:
            _put_practice(practice, actor, clock)
            trail.close(Outcome.SUCCESS, 200)
        with audited(AuditTrail(actor, "admin.add-first-user", clock)) as trail:
            access = _put_admin(first_admin, actor, clock)
            trail.close(Outcome.SUCCESS, 200)
    return access


def _put_practice(practice: Practice, actor: Actor, clock: Clock) -> None:
    def attempt() -> None:
        revision = read_revision(SetupRevision, practice.id)
        try:
            setup.read(Practice, practice.id, actor=actor)
        except NotFound:
            with transaction() as writes:
                writes.save(setup.record_of(practice.id, practice))
                writes.save(listed(practice.id))
                advance(SetupRevision, practice.id, revision, writes)
                tell(setup.changed(practice, actor, clock.now()), PracticeOutbox, writes)
                audit().join(writes)
        else:
            # A practice that was opened before there was a list of them.
            listed(practice.id).save()

    deciding(attempt)
    forget_setup(practice.id)


def _put_admin(draft: UserDraft, actor: Actor, clock: Clock) -> Access:
    staff = read_staff(actor.practice_id)
    known = staff.find(draft.username)
    if known is not None and known.user_id in staff.admins():
        return Access(user=UserRead.of(known))
    if staff.admins():
        raise AlreadyOpen
    return users.add(draft, actor=actor, now=clock.now())
