"""What carriers and readers of links are told when a call is not taken."""

from __future__ import annotations

from caresmith.errors import DomainError


class NotAuthentic(DomainError):
    kind, status = "not-authentic", 403
    title = "This call is not signed by who it says it is from."


class UnknownNumber(DomainError):
    kind, status = "unknown-number", 404
    title = "No practice of this deployment sends from that number."


class LinkUnknown(DomainError):
    kind, status, title = "link-unknown", 404, "This link is not known, or it has expired."


class MethodNotAllowed(DomainError):
    kind, status, title = "method-not-allowed", 405, "This path does not take that method."


class Unreadable(DomainError):
    kind, status, title = "unreadable", 422, "The call lacks what it should hold."
