"""What the pages behind a pay link refuse."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError


class LinkOver(DomainError):
    """One answer for all of it: unknown, too old, revoked, locked, replaced, paid."""

    kind, status = "pay-link-over", 404
    title = "This link can't be used, or not any more."


class SessionOver(DomainError):
    kind, status = "pay-session-over", 404
    title = "Fifteen minutes have passed without anything being done. Open your link again."


class PageElsewhere(Conflict):
    kind = "paid-elsewhere"
    title = "A card page was opened in another window just now. Go on there, or try again."
