"""What the admin feature refuses, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caresmith.errors import Conflict, DomainError, FieldError


@dataclass(frozen=True, slots=True)
class Referent:
    """Something that refers to a part of the set-up."""

    kind: str
    id: str


class InUse(Conflict):
    """It can't be deleted: ``referents`` still refer to it."""

    kind, title = "in-use", "Other records refer to it. Set active to false instead."

    def __init__(self, referents: Sequence[Referent]) -> None:
        super().__init__(referents=[{"kind": r.kind, "id": r.id} for r in referents])


class TooBusy(DomainError):
    kind, status = "too-busy", 503
    title = "Others are changing the same things just now. Nothing was changed; try again."


class UsernameTaken(DomainError):
    """Taken here or in another practice: the answer does not tell which."""

    kind, status, title = "username-taken", 409, "This username is taken."

    def __init__(self) -> None:
        super().__init__(fields=[FieldError("username", "is taken")])


class ProviderTaken(DomainError):
    kind, status = "provider-taken", 409
    title = "Another active user is this provider."

    def __init__(self) -> None:
        super().__init__(fields=[FieldError("provider_id", "is linked to another active user")])


class OwnAccount(Conflict):
    kind = "own-account"
    title = "Nobody does this to their own account. Ask another administrator."


class LastAdmin(Conflict):
    kind = "last-admin"
    title = "This is the last active administrator. Make somebody else one first."


class NoLogin(Conflict):
    kind = "no-login"
    title = "This user has no log-in in the user pool."


class AlreadyOpen(Conflict):
    kind, title = "already-open", "The practice has an administrator already."


class PoolUnavailable(DomainError):
    """The user pool failed after our own record may have changed; a repeat completes it."""

    kind, status = "user-pool-unavailable", 503
    title = "The log-in service does not answer. Repeat the request to complete it."
