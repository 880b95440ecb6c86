"""From a proven identity to a session, with an audit entry for every try.

45 CFR 164.308(a)(5)(ii)(C): log-in attempts are monitored, refused ones too.
"""

from __future__ import annotations

from dataclasses import dataclass

from caresmith import sessions
from caresmith.actor import Actor
from caresmith.audit import AuditTrail, Outcome
from caresmith.clock import Clock
from caresmith.errors import DomainError
from caresmith.ids import PracticeId
from caresmith.log import logger
from caresmith.permissions import Role
from caresmith.records.practice import practice_setup
from caresmith.users import StaffUser, find_user
from functions.console.identity import Step, WrongCredentials, practice_of


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door: where from, under which request."""

    source_ip: str
    correlation_id: str
    clock: Clock


def admit(step: Step, visitor: Visitor) -> str:
    """Open a session for who has proven both factors; returns the cookie's value.

    Raises WrongCredentials for an account that is disabled or unknown here.
    """
    if step.practice_id is None:
        raise WrongCredentials
    user = find_user(step.practice_id, step.username)
    if user is None or not user.is_active:
        _record(step.practice_id, step.username, user, visitor, Outcome.REFUSED)
        raise WrongCredentials
    practice = practice_setup(step.practice_id).practice
    if not user.mfa_confirmed:
        user.update([StaffUser.mfa_confirmed.set(True)])
    cookie, session = sessions.start(
        user, visitor.clock.now(), idle_seconds=practice.idle_minutes * 60
    )
    _record(step.practice_id, step.username, user, visitor, Outcome.SUCCESS, session.session_id)
    return cookie


def refused(username: str, error: DomainError, visitor: Visitor) -> None:
    """Put a refused try on record with the practice whose user was named."""
    practice = practice_of(username)
    if practice is None:
        logger().info("log-in refused for an unknown user", extra={"error": error.kind})
        return
    user = find_user(practice, username)
    _record(practice, username, user, visitor, Outcome.REFUSED, reason=error.kind)


def _record(
    practice: PracticeId,
    username: str,
    user: StaffUser | None,
    visitor: Visitor,
    outcome: Outcome,
    session_id: str = "",
    reason: str = "",
) -> None:
    roles: frozenset[Role] = user.held_roles if user else frozenset()
    who = user.user_id if user else f"unknown:{username[:64]}"
    trail = AuditTrail(
        Actor(practice, who, roles, session_id),
        "console.log-in",
        visitor.clock,
        source_ip=visitor.source_ip,
        correlation_id=visitor.correlation_id,
        reason=reason,
    )
    trail.close(outcome, 200 if outcome is Outcome.SUCCESS else WrongCredentials.status)
