"""Says who calls. What they may do is asked where it is done."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any

from caresmith import sessions
from caresmith.clients import find_client, note_use
from caresmith.clock import Instant
from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.users import StaffUser, find_user
from functions.authorizer.tokens import InvalidToken, verify

Context = dict[str, str]
"""What handlers learn of the caller; empty for an anonymous one."""


def identify(headers: dict[str, str], now: Instant) -> Context:
    """The caller behind a request's headers (names in lower case).

    Raises InvalidToken for a bearer token or a key that does not hold. A cookie whose
    session is over makes an anonymous caller, whom pages send to the log-in.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _from_token(token.strip())
    if scheme.lower() == "basic":
        return _from_key(token.strip(), now)
    if headers.get("authorization"):
        raise InvalidToken
    background = headers.get("x-background", "").lower() == "true"
    return _from_cookie(headers.get("cookie", ""), now, background=background)


def _from_key(basic: str, now: Instant) -> Context:
    """Another system, by its own key."""
    client = find_client(basic)
    if client is None:
        raise InvalidToken
    note_use(client, now)
    return {
        "practice_id": client.practice_id,
        "user_id": client.client_id,
        "roles": client.role,
    }


def _from_token(token: str) -> Context:
    pool, claims = verify(token)
    if pool.name != "staff":
        # Patients get their access with the portal; until then their tokens open nothing.
        raise InvalidToken
    user = _user_of(claims)
    if user is None or not user.is_active or claims["iat"] < user.sessions_from:
        raise InvalidToken
    return _context(user, str(claims.get("jti", ""))[:16], user.held_roles)


def _user_of(claims: dict[str, Any]) -> StaffUser | None:
    try:
        practice = PracticeId(claims.get("custom:practice_id", ""))
    except ValueError:
        return None
    return find_user(practice, str(claims.get("cognito:username", "")))


def _from_cookie(header: str, now: Instant, *, background: bool) -> Context:
    try:
        morsel = SimpleCookie(header).get(sessions.COOKIE)
    except CookieError:
        return {}
    live = sessions.resume(morsel.value, now, background=background) if morsel else None
    if live is None:
        return {}
    roles = live.user.held_roles
    if live.session.emergency_until > now.timestamp():
        roles |= {Role.EMERGENCY}
    return {
        **_context(live.user, live.session.session_id, roles),
        "csrf_token": live.session.csrf_token,
    }


def _context(user: StaffUser, session_id: str, roles: frozenset[Role]) -> Context:
    return {
        "practice_id": user.practice_id,
        "user_id": user.user_id,
        "roles": ",".join(sorted(roles)),
        "session_id": session_id,
        "display_name": user.display_name,
        **({"provider_id": user.provider_id} if user.provider_id else {}),
    }
