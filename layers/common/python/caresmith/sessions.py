"""Sessions of the staff console: opaque, revocable, and over after idle minutes.

The browser holds ``<practice>.<256 random bits>`` in a cookie that no script can
read; the table holds only a digest of it. A session ends after a quarter of an
hour without work (45 CFR 164.312(a)(2)(iii), the practice may shorten it), after
twelve hours in any case, at log-off, and when its user is disabled or changed.

A page that polls in the background sends ``X-Background: true``, and such a
request never counts as work: an abandoned screen must not keep itself alive.

===========  =========================================  ===========
 access       pk                                         sk
===========  =========================================  ===========
 by cookie    ``<practice>#session#<sha256 of token>``   ``session``
===========  =========================================  ===========
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from caresmith.clock import Instant
from caresmith.ids import PracticeId
from caresmith.tables import IdentityItem
from caresmith.users import StaffUser, find_user

COOKIE: Final = "caresmith_session"
IDLE_SECONDS: Final = 15 * 60
LIFETIME_SECONDS: Final = 12 * 60 * 60
# How stale last_seen may be: one write a minute and not one a request.
_TOUCH_SECONDS: Final = 60


class Session(IdentityItem, discriminator="session"):
    practice_id = UnicodeAttribute()
    username = UnicodeAttribute()
    csrf_token = UnicodeAttribute()
    idle_seconds = NumberAttribute()
    created_at = NumberAttribute()
    last_seen = NumberAttribute()
    emergency_until = NumberAttribute(default=0)
    """Epoch second until which the glass is broken (45 CFR 164.312(a)(2)(ii))."""
    emergency_reason = UnicodeAttribute(null=True)

    @property
    def session_id(self) -> str:
        """Names the session in logs and audit entries; it opens nothing."""
        return str(self.pk).rpartition("#")[2][:16]

    def seconds_left(self, now: Instant) -> int:
        """Until the session ends by itself if nothing more is done; 0 when it is over."""
        at = now.timestamp()
        idle = float(self.last_seen) + float(self.idle_seconds) - at
        whole = float(self.created_at) + LIFETIME_SECONDS - at
        return max(0, int(min(idle, whole)))


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that is good now, and whose it is."""

    session: Session
    user: StaffUser


def start(
    user: StaffUser, now: Instant, *, idle_seconds: int = IDLE_SECONDS
) -> tuple[str, Session]:
    """Open a session for a user who has proven both factors; returns the cookie's value."""
    token = secrets.token_urlsafe(32)
    at = int(now.timestamp())
    session = Session(
        _key(user.practice_id, token),
        "session",
        practice_id=user.practice_id,
        username=user.username,
        csrf_token=secrets.token_urlsafe(24),
        idle_seconds=idle_seconds,
        created_at=at,
        last_seen=at,
        expires_at=at + LIFETIME_SECONDS,
    )
    session.save(Session.pk.does_not_exist())
    return f"{user.practice_id}.{token}", session


def resume(cookie: str, now: Instant, *, background: bool = False) -> LiveSession | None:
    """The session behind a cookie, marked as in use; None where it is over or unknown."""
    session = find(cookie)
    if session is None or session.seconds_left(now) == 0:
        return None
    user = find_user(PracticeId(session.practice_id), session.username)
    if user is None or not user.is_active or session.created_at < user.sessions_from:
        return None
    if not background:
        _touch(session, now)
    return LiveSession(session, user)


def end(cookie: str) -> None:
    """Log off. Does nothing where the session is over or unknown."""
    session = find(cookie)
    if session is not None:
        session.delete()


def break_glass(session: Session, reason: str, until: Instant) -> None:
    """Give this session emergency access until then."""
    session.update(
        [
            Session.emergency_until.set(int(until.timestamp())),
            Session.emergency_reason.set(reason),
        ],
        condition=Session.pk.exists(),
    )


def find(cookie: str) -> Session | None:
    """The session's record, good or over, without marking it as used."""
    practice, _, token = cookie.partition(".")
    try:
        key = _key(PracticeId(practice), token)
    except ValueError:
        return None
    try:
        return Session.get(key, "session", consistent_read=True)
    except Session.DoesNotExist:
        return None


def _key(practice: str, token: str) -> str:
    return f"{practice}#session#{sha256(token.encode()).hexdigest()}"


def _touch(session: Session, now: Instant) -> None:
    at = int(now.timestamp())
    if at - session.last_seen < _TOUCH_SECONDS:
        return
    try:
        # Another tab may have moved it on already, or a log-off taken it away.
        session.update(
            [Session.last_seen.set(at)],
            condition=Session.pk.exists() & (Session.last_seen < at),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
