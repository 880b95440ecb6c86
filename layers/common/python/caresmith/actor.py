"""Who acts: the person or function on whose behalf this request runs.

The authorizer has proven it before the handler starts; nothing in a request's
body or path can change it. Every key that the request builds begins with the
actor's practice, which is what keeps practices apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from caresmith.errors import NotSignedIn
from caresmith.ids import PatientId, PracticeId, ProviderId
from caresmith.permissions import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Actor:
    practice_id: PracticeId
    user_id: str
    """A UserId, or ``system:<function>`` for a function acting by itself."""
    roles: frozenset[Role]
    session_id: str = ""
    csrf_token: str = ""
    """What a form posted under this cookie session must carry; empty for bearer tokens."""
    display_name: str = ""
    provider_id: ProviderId | None = None
    patient_id: PatientId | None = None

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(self.roles)

    @classmethod
    def from_authorizer(cls, context: Mapping[str, Any]) -> Actor | None:
        """Read the authorizer's context (all strings); None for an anonymous caller."""
        if not context.get("user_id"):
            return None
        provider, patient = context.get("provider_id"), context.get("patient_id")
        return cls(
            practice_id=PracticeId(context["practice_id"]),
            user_id=context["user_id"],
            roles=frozenset(Role(role) for role in context.get("roles", "").split(",") if role),
            session_id=context.get("session_id", ""),
            csrf_token=context.get("csrf_token", ""),
            display_name=context.get("display_name", ""),
            provider_id=ProviderId(provider) if provider else None,
            patient_id=PatientId(patient) if patient else None,
        )

    @classmethod
    def system(cls, practice_id: PracticeId, function: str) -> Actor:
        """The function itself, acting on an event or a clock."""
        return cls(practice_id, f"system:{function}", frozenset({Role.SYSTEM}))


_current: Final[ContextVar[Actor | None]] = ContextVar("actor", default=None)


def current_actor() -> Actor:
    """The actor of this request. Raises NotSignedIn for an anonymous caller."""
    actor = _current.get()
    if actor is None:
        raise NotSignedIn
    return actor


def current_actor_or_none() -> Actor | None:
    return _current.get()


@contextmanager
def acting_as(actor: Actor | None) -> Iterator[None]:
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
