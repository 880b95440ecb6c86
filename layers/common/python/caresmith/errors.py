"""What can go wrong in the domain, apart from how HTTP says so.

A feature derives its own errors from :class:`DomainError` and gives each one
line in its problem table. Texts are for a person and carry no PHI: field names
and ids, never values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field: where (``addresses.0.postal_code``) and what."""

    field: str
    message: str


class DomainError(Exception):
    """Base of all errors that a caller is told about (RFC 9457 problem details).

    ``kind`` is the last part of the problem's type URI, ``status`` its HTTP
    status, ``title`` the sentence that a person reads.
    """

    kind: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be carried out."

    def __init__(
        self, detail: str = "", *, fields: Sequence[FieldError] = (), **extra: object
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.fields = tuple(fields)
        self.extra = extra
        """Further members of the problem document: ids and codes only."""


class NotSignedIn(DomainError):
    kind, status, title = "not-signed-in", 401, "Sign in first."


class Forbidden(DomainError):
    kind, status, title = "forbidden", 403, "Your role does not permit this."


class NotFound(DomainError):
    kind, status, title = "not-found", 404, "There is no such record."


class Conflict(DomainError):
    kind, status, title = "conflict", 409, "The record's present state does not allow this."


class VersionConflict(DomainError):
    kind, status = "version-conflict", 412
    title = "Somebody changed this record since you read it. Read it again, then repeat the change."


class PreconditionRequired(DomainError):
    kind, status = "precondition-required", 428
    title = "Say which version you change: send If-Match with the ETag that you read."


class InvalidRequest(DomainError):
    kind, status, title = "invalid-request", 422, "Some fields are not valid."


class MalformedBody(DomainError):
    kind, status, title = "malformed-body", 400, "The body could not be read."


class BodyTooLarge(DomainError):
    kind, status, title = "body-too-large", 413, "The body is too large."


class IdempotencyKeyReused(DomainError):
    kind, status = "idempotency-key-reused", 422
    title = "This Idempotency-Key was used before with another body."


class StillInProgress(DomainError):
    kind, status = "in-progress", 409
    title = "The first request with this Idempotency-Key is still in progress."


class Unavailable(DomainError):
    kind, status = "unavailable", 503
    title = "A service that this needs does not answer. Nothing was changed; try again."


def invalid(field: str, message: str) -> InvalidRequest:
    """One field is wrong, in a way that only the present data can tell."""
    return InvalidRequest(fields=[FieldError(field, message)])
