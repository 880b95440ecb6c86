"""What surrounds each page behind a link: whose it is, its audit entry, its errors, its cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http.cookies import SimpleCookie
from typing import Final, ParamSpec

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.errors import DomainError
from caresmith.ids import PracticeId
from caresmith.log import bind, describe, logger
from caresmith.permissions import Role
from caresmith.problems import InternalError
from caresmith.records.revenue.paylink import PayLinkItem
from functions.paylink import session
from functions.paylink.app import app
from functions.paylink.pages import Html, problem_page
from functions.paylink.session import Session

Given = ParamSpec("Given")

# A cookie of this name is taken over TLS alone, for this host alone (RFC 6265bis 4.1.3.2).
_COOKIE: Final = "__Host-caresmith_pay"
_PLAIN: Final = "caresmith_pay"


def _is_local() -> bool:
    """The local stack has no TLS."""
    return app.header("host").startswith(("127.0.0.1", "localhost"))


def _cookie_name() -> str:
    return _PLAIN if _is_local() else _COOKIE


def present_session() -> Session:
    """Raises SessionOver."""
    found = SimpleCookie(app.header("cookie")).get(_cookie_name())
    return session.resume(found.value if found else "", app.clock.now())


def kept(answer: Html, value: Session | None) -> Html:
    """With the session's cookie; None ends it."""
    answer.cookies = [
        Cookie(
            name=_cookie_name(),
            value=value.cookie if value else "",
            path="/",
            secure=not _is_local(),
            http_only=True,
            max_age=session.IDLE_SECONDS if value else 0,
            same_site=SameSite.STRICT_MODE,
        )
    ]
    return answer


def who(link: PayLinkItem) -> str:
    """Names the link in audit entries and records; it opens nothing."""
    return f"link:{link.digest[:16]}"


@contextmanager
def acting_by(practice: PracticeId, link: PayLinkItem, action: str) -> Iterator[AuditTrail]:
    """As who holds that link, on an audit entry of their own, refused ones included."""
    request = app.current_event.request_context
    bind(practice_id=practice)
    actor = Actor(practice, who(link), frozenset({Role.PATIENT}))
    trail = AuditTrail(
        actor,
        f"paylink.{action}",
        app.clock,
        source_ip=request.identity.source_ip or "",
        correlation_id=request.request_id or "",
    )
    with acting_as(actor), audited(trail):
        trail.record(who(link))
        try:
            yield trail
        except DomainError as error:
            trail.close(Outcome.REFUSED, error.status)
            raise
        if not trail.written:
            trail.close(Outcome.SUCCESS, 200)


def as_page(route: Callable[Given, Html]) -> Callable[Given, Html]:
    """Errors become a page for a person, in both languages. Stands below ``requires``."""

    @wraps(route)
    def answered(*given: Given.args, **named: Given.kwargs) -> Html:
        try:
            return route(*given, **named)
        except DomainError as error:
            return problem_page(error)
        except Exception as error:
            logger().error("unforeseen error", extra={"error": describe(error)})
            return problem_page(InternalError())

    return answered


def redirect(to: str) -> Html:
    return Response(303, headers={"Cache-Control": "no-store", "Location": to}, body="")
