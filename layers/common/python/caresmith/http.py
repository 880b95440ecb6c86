"""The edge of every feature: routes that each name their permission, and what surrounds them.

    app = FeatureApp("patients")

    @app.get("/patients/<patient_id>")
    @requires(Permission.READ_PATIENT)
    def read(patient_id: PatientId) -> Response[Patient]: ...

A route without ``@requires`` fails at import. For each request the edge, in
this order: takes the actor that the authorizer proved, checks permission and
CSRF token, reads and validates the body, answers a repeat from the idempotency
store, runs the handler, writes the audit entry, and turns any error into a
problem document (RFC 9457) or, for a page, into a page.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from caresmith import problems
from caresmith.actor import Actor, acting_as, current_actor, current_actor_or_none
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import Clock, SystemClock
from caresmith.errors import (
    BodyTooLarge,
    DomainError,
    FieldError,
    Forbidden,
    InvalidRequest,
    MalformedBody,
    NotFound,
    NotSignedIn,
    PreconditionRequired,
    Unavailable,
    VersionConflict,
)
from caresmith.log import bind, describe, logger
from caresmith.permissions import Permission

Handler = TypeVar("Handler", bound=Callable[..., Any])
Body = TypeVar("Body")

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES: Final = 256 * 1024
_MAX_IDEMPOTENCY_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What a route demands and what its audit entry is called."""

    permission: Permission
    action: str
    audited: bool


# Powertools answers an unknown path through a route of its own.
_NO_SUCH_ROUTE: Final = RouteRule(Permission.PUBLIC, "unknown-path", audited=False)


def requires(
    permission: Permission, *, action: str = "", audited: bool = True
) -> Callable[[Handler], Handler]:
    """Name the permission that a route needs. Stands below the route's decorator.

    ``audited=False`` is for answers that hold nobody's data (static files, a
    session ping); ``action`` defaults to ``<feature>.<function name>``.
    """

    def mark(handler: Handler) -> Handler:
        rule = RouteRule(permission, action or handler.__name__, audited)
        handler.__route_rule__ = rule  # type: ignore[attr-defined]
        return handler

    return mark


class FeatureApp(APIGatewayRestResolver):
    """Powertools' REST resolver with default-deny, audit and problem documents."""

    def __init__(
        self, feature: str, *, clock: Clock | None = None, max_body_bytes: int = MAX_BODY_BYTES
    ) -> None:
        super().__init__(enable_validation=True)
        self.feature = feature
        self.clock = clock or SystemClock()
        self.max_body_bytes = max_body_bytes
        self.rules: dict[tuple[str, str], RouteRule] = {}
        """(method, path) of every route with its rule, for the permission walk."""
        self.use(middlewares=[_answer_repeats])
        self.exception_handler(DomainError)(self._on_domain_error)
        self.exception_handler(RequestValidationError)(self._on_validation_error)
        self.exception_handler(RequestUnsupportedContentType)(self._on_content_type)
        self.exception_handler(Exception)(self._on_unforeseen)
        self.exception_handler(NotFoundError)(lambda _: self._on_domain_error(NotFound()))

    def route(self, rule: str, method: Any, *args: Any, **kwargs: Any) -> Any:
        """As Powertools', but refuses a handler that names no permission."""
        register = super().route(rule, method, *args, **kwargs)
        methods = (method,) if isinstance(method, str) else tuple(method)

        def checked(handler: Handler) -> Handler:
            route_rule: RouteRule | None = getattr(handler, "__route_rule__", None)
            if route_rule is None:
                raise TypeError(f"{methods} {rule}: {handler.__name__} names no permission")
            for name in methods:
                self.rules[(name, rule)] = route_rule
            registered: Handler = register(handler)
            return registered

        return checked

    def get_openapi_json_schema(self, **given: Any) -> str:
        """As Powertools', with what is answered where a request is refused."""
        described: dict[str, Any] = json.loads(super().get_openapi_json_schema(**given))
        return json.dumps(problems.described(described))

    def resolve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        request = event.get("requestContext") or {}
        actor = Actor.from_authorizer(request.get("authorizer") or {})
        bind(
            correlation_id=request.get("requestId", ""),
            practice_id=actor.practice_id if actor else None,
        )
        with acting_as(actor):
            return super().resolve(event, context)

    # -- one request ------------------------------------------------------

    def _call_route(self, route: Any, route_arguments: dict[str, str]) -> Any:
        rule: RouteRule = getattr(route.func, "__route_rule__", _NO_SUCH_ROUTE)
        actor = current_actor_or_none()
        if actor is None:
            return self._run(rule, route, route_arguments)
        trail = AuditTrail(
            actor,
            f"{self.feature}.{rule.action}",
            self.clock,
            source_ip=self.current_event.request_context.identity.source_ip or "",
            correlation_id=self.current_event.request_context.request_id or "",
        )
        with audited(trail):
            built = self._run(rule, route, route_arguments)
            status = built.response.status_code
            if not rule.audited and status < 400:  # noqa: PLR2004 - HTTP's own boundary
                return built
            try:
                trail.close(_outcome(status), status)
            except Exception as error:
                logger().error("audit entry not written", extra={"error": describe(error)})
                return self._call_exception_handler(Unavailable(), route)
        return built

    def _run(self, rule: RouteRule, route: Any, route_arguments: dict[str, str]) -> Any:
        try:
            self._admit(rule)
            self._check_body()
        except DomainError as error:
            return self._call_exception_handler(error, route)
        return super()._call_route(route, route_arguments)

    def _admit(self, rule: RouteRule) -> None:
        if rule.permission is Permission.PUBLIC:
            return
        actor = current_actor()
        if not actor.may(rule.permission):
            raise Forbidden
        if actor.csrf_token and self.current_event.http_method not in SAFE_METHODS:
            given = self.header("x-csrf-token") or self.form().get("csrf_token", "")
            if not hmac.compare_digest(given.encode(), actor.csrf_token.encode()):
                raise Forbidden("The form is out of date. Load the page again.")

    def raw_body(self) -> bytes:
        """The body's bytes, in whatever character set they are. Raises MalformedBody."""
        body = self.current_event.body or ""
        if not self.current_event.is_base64_encoded:
            return body.encode()
        try:
            return b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise MalformedBody from None

    def _check_body(self) -> None:
        body = self.current_event.body or ""
        if len(body) > self.max_body_bytes:
            raise BodyTooLarge(f"At most {self.max_body_bytes} bytes are taken here.")
        if not body:
            return
        text = self.body_text()
        if "json" in (self.header("content-type") or "application/json"):
            try:
                json.loads(text)
            except (ValueError, RecursionError):
                raise MalformedBody("The body is not valid JSON.") from None

    # -- reading the request ----------------------------------------------

    def header(self, name: str) -> str:
        """A request header by its name in any case; empty where it is absent."""
        return self.current_event.headers.get(name) or ""

    def body_text(self) -> str:
        """The body as text. Raises MalformedBody where it is not UTF-8."""
        try:
            return self.current_event.decoded_body or ""
        except (UnicodeDecodeError, ValueError):
            raise MalformedBody("The body is not valid UTF-8.") from None

    def form(self) -> dict[str, str]:
        """The fields of a form body; of a repeated field, the last."""
        if "application/x-www-form-urlencoded" not in self.header("content-type"):
            return {}
        fields = parse_qs(self.body_text(), keep_blank_values=True, max_num_fields=500)
        return {name: values[-1] for name, values in fields.items()}

    def form_lists(self) -> dict[str, list[str]]:
        """The fields of a form body with all values of each."""
        return parse_qs(self.body_text(), keep_blank_values=True, max_num_fields=500)

    def if_match(self) -> int:
        """The version named by If-Match. Raises PreconditionRequired or VersionConflict."""
        given = self.header("if-match").strip()
        if not given:
            raise PreconditionRequired
        number = given.removeprefix("W/").strip('"')
        if not number.isdecimal():
            raise VersionConflict
        return int(number)

    # -- errors -----------------------------------------------------------

    def _on_domain_error(self, error: DomainError) -> Response[str]:
        return problems.answer(error, self.current_event)

    def _on_validation_error(self, error: RequestValidationError) -> Response[str]:
        fields = [
            FieldError(problems.field_name(e["loc"]), problems.sentence(e["msg"]))
            for e in error.errors()
        ]
        return self._on_domain_error(InvalidRequest(fields=fields))

    def _on_content_type(self, error: RequestUnsupportedContentType) -> Response[str]:
        return self._on_domain_error(problems.UnsupportedMediaType())

    def _on_unforeseen(self, error: Exception) -> Response[str]:
        logger().error("unforeseen error", extra={"error": describe(error)})
        return self._on_domain_error(problems.InternalError())


def reply(
    body: Body, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response[Body]:
    """A JSON answer of the declared type, or 204 without a body. Never cached: it may hold PHI."""
    return Response(
        status_code=status,
        content_type=None if status == HTTPStatus.NO_CONTENT else "application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
        body=body,
    )


def etag(version: int) -> dict[str, str]:
    """The header that names a record's version."""
    return {"ETag": f'"{version}"'}


def _outcome(status: int) -> Outcome:
    if status in (NotSignedIn.status, Forbidden.status):
        return Outcome.REFUSED
    return Outcome.SUCCESS if status < 400 else Outcome.FAILED  # noqa: PLR2004


def _answer_repeats(app: FeatureApp, next_middleware: Callable[..., Any]) -> Any:
    """Middleware: an unsafe request with an Idempotency-Key is carried out once."""
    event, key = app.current_event, app.header("idempotency-key")
    actor = current_actor_or_none()
    if not key or actor is None or event.http_method in SAFE_METHODS:
        return next_middleware(app)
    if len(key) > _MAX_IDEMPOTENCY_KEY:
        raise InvalidRequest(fields=[FieldError("Idempotency-Key", "at most 255 characters")])
    from caresmith.idempotency import answer_once

    return answer_once(
        practice=actor.practice_id,
        key=f"{actor.user_id}|{event.http_method}|{event.path}|{key}",
        fingerprint=sha256((event.body or "").encode()).hexdigest(),
        context=app.lambda_context,
        answer=lambda: next_middleware(app),
    )
