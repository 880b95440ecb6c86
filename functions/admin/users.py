"""Members of the staff: adding them, what they may do, and locking them out.

Our record and the account in the pool are two stores. Who can get in needs both,
so whatever stops between them leaves somebody out and never in: an account is
opened before its record, and a record is disabled before its account. Repeating
the request completes it.
"""

from __future__ import annotations

from contextlib import suppress

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.users import NewUser, StaffUser, UserStatus, find_user, new_record
from functions.admin import pool
from functions.admin.errors import NoLogin, OwnAccount, UsernameTaken
from functions.admin.staff import (
    Staff,
    add_user,
    change_user,
    read_staff,
    refuse_shared_provider,
    refuse_unknown_provider,
)
from functions.admin.user_models import Access, UserChange, UserDraft, UserRead


def everyone(actor: Actor) -> list[UserRead]:
    """All users, by username."""
    return [UserRead.of(user) for user in read_staff(actor.practice_id).users]


def read(username: str, *, actor: Actor) -> UserRead:
    """One user. Raises NotFound."""
    user = find_user(actor.practice_id, username)
    if user is None:
        raise NotFound
    audit().record(user.user_id)
    return UserRead.of(user)


def add(draft: UserDraft, *, actor: Actor, now: Instant) -> Access:
    """Open an account and its record. Raises UsernameTaken, ProviderTaken, InvalidRequest."""
    user = new_record(
        actor.practice_id,
        NewUser(draft.username, draft.display_name, draft.roles, draft.provider_id),
    )

    def refuse(staff: Staff) -> None:
        if staff.find(draft.username) is not None:
            raise UsernameTaken
        refuse_shared_provider(user, staff)

    # Before the pool is touched, so that a refusal leaves no account behind.
    refuse(read_staff(actor.practice_id))
    refuse_unknown_provider(user, actor.practice_id)
    password = _open_account(draft, actor)
    add_user(user, refuse, actor=actor, now=now)
    return Access(user=UserRead.of(user), temporary_password=password)


def change(
    username: str, request: UserChange, expected: int, *, actor: Actor, now: Instant
) -> UserRead:
    """Replace name, roles and provider. Other roles end the user's sessions.

    Raises NotFound, VersionConflict, OwnAccount, LastAdmin, ProviderTaken, InvalidRequest.
    """

    def write(user: StaffUser) -> None:
        if user.held_roles != request.roles:
            _not_own(user, actor)
            user.roles = {str(role) for role in request.roles}
            _void_sessions(user, now)
        user.display_name = request.display_name
        user.provider_id = request.provider_id

    return UserRead.of(change_user(username, write, actor=actor, now=now, expected=expected))


def disable(username: str, *, actor: Actor, now: Instant) -> UserRead:
    """Lock the user out at once. Raises NotFound, OwnAccount, LastAdmin."""

    def write(user: StaffUser) -> None:
        _not_own(user, actor)
        if user.is_active:
            user.status = UserStatus.DISABLED
            _void_sessions(user, now)

    user = change_user(username, write, actor=actor, now=now)
    with suppress(NoLogin):
        pool.sign_out(username)
        pool.disable(username)
    return UserRead.of(user)


def enable(username: str, *, actor: Actor, now: Instant) -> UserRead:
    """Let the user in again. Raises NotFound, NoLogin, ProviderTaken."""
    if find_user(actor.practice_id, username) is None:
        raise NotFound

    def write(user: StaffUser) -> None:
        user.status = UserStatus.ACTIVE

    pool.enable(username)
    return UserRead.of(change_user(username, write, actor=actor, now=now))


def reset_mfa(username: str, *, actor: Actor, now: Instant) -> UserRead:
    """Forget the authenticator: the next log-in sets one up. Raises NotFound, OwnAccount."""

    def write(user: StaffUser) -> None:
        _not_own(user, actor)
        user.mfa_confirmed = False
        _void_sessions(user, now)

    user = change_user(username, write, actor=actor, now=now)
    pool.forget_authenticator(username)
    pool.sign_out(username)
    return UserRead.of(user)


def reset_password(username: str, *, actor: Actor, now: Instant) -> Access:
    """Replace the password by a temporary one. Raises NotFound, OwnAccount, NoLogin."""

    def write(user: StaffUser) -> None:
        _not_own(user, actor)
        _void_sessions(user, now)

    user = change_user(username, write, actor=actor, now=now)
    password = pool.new_password()
    pool.set_temporary_password(username, password)
    pool.sign_out(username)
    return Access(user=UserRead.of(user), temporary_password=password)


def end_sessions(username: str, *, actor: Actor, now: Instant) -> UserRead:
    """Log the user off everywhere. Raises NotFound."""
    user = change_user(username, lambda u: _void_sessions(u, now), actor=actor, now=now)
    with suppress(NoLogin):
        pool.sign_out(username)
    return UserRead.of(user)


def _void_sessions(user: StaffUser, now: Instant) -> None:
    # Sessions know the second in which they began: those of this one end as well.
    user.sessions_from = max(user.sessions_from, int(now.timestamp()) + 1)


def _not_own(user: StaffUser, actor: Actor) -> None:
    if user.user_id == actor.user_id:
        raise OwnAccount


def _open_account(draft: UserDraft, actor: Actor) -> str | None:
    """An account in the pool for the draft; returns its temporary password, unless mailed.

    One that an earlier try of this practice left without a record is taken over.
    """
    wanted = pool.Account(actor.practice_id, draft.email)
    password = None if draft.send_invitation else pool.new_password()
    try:
        pool.create(draft.username, wanted, password)
    except pool.AccountExists:
        found = pool.find(draft.username)
        if found.practice_id != actor.practice_id:
            raise UsernameTaken from None
        if found.email == draft.email and draft.send_invitation:
            return None
        # The invitation went elsewhere, or was never to be sent.
        if found.email != draft.email:
            pool.change_email(draft.username, draft.email)
        password = pool.new_password()
        pool.set_temporary_password(draft.username, password)
    return password
