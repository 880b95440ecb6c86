"""The console's shell: log-in and log-off, session, home, emergency access, static files."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from caresmith import sessions
from caresmith.actor import current_actor, current_actor_or_none
from caresmith.audit import audit
from caresmith.dispatch import make_handler
from caresmith.errors import DomainError, Forbidden, NotSignedIn
from caresmith.http import FeatureApp, reply, requires
from caresmith.permissions import Permission
from caresmith.web import pages
from functions.console import identity, login, static
from functions.console.identity import Step, StepKind
from functions.console.pages import (
    code_page,
    emergency_page,
    home_page,
    login_page,
    new_password_page,
    setup_page,
)

app = FeatureApp("console")

EMERGENCY_MINUTES: Final = 60
_MIN_REASON: Final = 10


def _visitor() -> login.Visitor:
    request = app.current_event.request_context
    return login.Visitor(request.identity.source_ip or "", request.request_id or "", app.clock)


def _cookie_value() -> str:
    found = SimpleCookie(app.header("cookie")).get(sessions.COOKIE)
    return found.value if found else ""


def _with_cookie(answer: Response[Any], value: str, *, lifetime: int) -> Response[Any]:
    answer.cookies = [
        Cookie(
            name=sessions.COOKIE,
            value=value,
            path="/",
            secure=not app.header("host").startswith(("127.0.0.1", "localhost")),
            http_only=True,
            max_age=lifetime,
            same_site=SameSite.LAX_MODE,
        )
    ]
    return answer


def _refuse_other_sites() -> None:
    """A log-in form on another site must not log its visitor in under another name."""
    if app.header("sec-fetch-site") == "cross-site":
        raise Forbidden


def _back() -> str:
    """Where to go after log-in: a page of the console, never another site."""
    asked = app.form().get("next") or app.current_event.get_query_string_value("next", "") or ""
    inside = asked == "/console" or asked.startswith(("/console/", "/console?"))
    return asked if inside and "\\" not in asked and "//" not in asked else "/console"


# -- log-in ---------------------------------------------------------------


@app.get("/console/login", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def show_login() -> Response[str]:
    if current_actor_or_none() is not None:
        return pages.redirect(_back(), app.current_event)
    reason = app.current_event.get_query_string_value("reason", "") or ""
    return login_page(_back(), reason=reason)


@app.post("/console/login", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def log_in() -> Response[str]:
    _refuse_other_sites()
    form = app.form()
    username, password = form.get("username", "").strip().lower()[:128], form.get("password", "")
    try:
        if not username or not password or len(password) > 256:  # noqa: PLR2004 - Cognito's limit
            raise identity.WrongCredentials
        return _go_on(identity.check_password(username, password))
    except DomainError as error:
        login.refused(username, error, _visitor())
        return login_page(_back(), username=username, error=error)


@app.post("/console/login/password", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def choose_password() -> Response[str]:
    _refuse_other_sites()
    form = app.form()
    step = _posted_step(StepKind.NEW_PASSWORD)
    if form.get("password") != form.get("password_again"):
        return new_password_page(step, _back(), problem="The two passwords differ.")
    try:
        return _go_on(identity.set_password(step, form.get("password", "")))
    except identity.WeakPassword as error:
        return new_password_page(step, _back(), problem=error.title)
    except DomainError as error:
        return login_page(_back(), username=step.username, error=error)


@app.post("/console/login/code", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def enter_code() -> Response[str]:
    _refuse_other_sites()
    step = _posted_step(StepKind.CODE)
    return _try_code(step, identity.check_code, code_page)


@app.post("/console/login/setup", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def set_up_authenticator() -> Response[str]:
    _refuse_other_sites()
    step = _posted_step(StepKind.SETUP)
    return _try_code(step, identity.finish_setup, setup_page)


def _try_code(step: Step, check: Any, page: Any) -> Response[str]:
    code = "".join(filter(str.isdecimal, app.form().get("code", "")))
    try:
        return _go_on(check(step, code.zfill(6)[:6]))
    except identity.WrongCode as error:
        login.refused(step.username, error, _visitor())
        answer: Response[str] = page(step, _back(), problem=error.title)
        return answer
    except DomainError as error:
        login.refused(step.username, error, _visitor())
        return login_page(_back(), username=step.username, error=error)


def _posted_step(kind: StepKind) -> Step:
    form = app.form()
    return Step(
        kind,
        form.get("username", "")[:128],
        form.get("session", "")[:4096],
        secret=form.get("secret", "")[:128],
    )


def _go_on(step: Step) -> Response[str]:
    """The page of the next step; when all is proven, the session's cookie."""
    match step.kind:
        case StepKind.NEW_PASSWORD:
            return new_password_page(step, _back())
        case StepKind.SETUP:
            return setup_page(step, _back())
        case StepKind.CODE:
            return code_page(step, _back())
        case _:
            cookie = login.admit(step, _visitor())
            answer = pages.redirect(_back(), app.current_event)
            return _with_cookie(answer, cookie, lifetime=sessions.LIFETIME_SECONDS)


@app.post("/console/logout", include_in_schema=False)
@requires(Permission.SIGNED_IN, action="log-off")
def log_off() -> Response[str]:
    sessions.end(_cookie_value())
    answer = pages.redirect("/console/login?reason=bye", app.current_event)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return _with_cookie(answer, "", lifetime=0)


# -- session --------------------------------------------------------------


def _session() -> sessions.Session:
    session = sessions.find(_cookie_value())
    if session is None:
        raise NotSignedIn
    return session


@app.get("/console/session", include_in_schema=False)
@requires(Permission.SIGNED_IN, audited=False)
def session_left() -> Response[dict[str, int]]:
    return reply({"seconds_left": _session().seconds_left(app.clock.now())})


# That the request arrives is what keeps the session: the authorizer has marked it.
@app.post("/console/session", include_in_schema=False)
@requires(Permission.SIGNED_IN, audited=False)
def keep_session() -> Response[dict[str, int]]:
    return reply({"seconds_left": _session().seconds_left(app.clock.now())})


# -- pages ----------------------------------------------------------------


@app.get("/console", include_in_schema=False)
@requires(Permission.SIGNED_IN, audited=False)
def home() -> Response[str]:
    current_actor()
    return home_page()


@app.get("/console/emergency", include_in_schema=False)
@requires(Permission.EMERGENCY_ACCESS, audited=False)
def show_emergency() -> Response[str]:
    return emergency_page(EMERGENCY_MINUTES)


@app.post("/console/emergency", include_in_schema=False)
@requires(Permission.EMERGENCY_ACCESS, action="break-glass")
def break_glass() -> Response[str]:
    """45 CFR 164.312(a)(2)(ii): a reason, a set time, and a record apart."""
    reason = " ".join(app.form().get("reason", "").split())[:500]
    if len(reason) < _MIN_REASON:
        return emergency_page(EMERGENCY_MINUTES, problem="Say why, in a sentence.")
    audit().reason = reason
    until = app.clock.now() + timedelta(minutes=EMERGENCY_MINUTES)
    sessions.break_glass(_session(), reason, until)
    return pages.redirect("/console/patients", app.current_event)


@app.get("/console/static/.+", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def static_file() -> Response[str]:
    path = app.current_event.path.removeprefix("/console/static/")
    return static.static_file(path, accepts_gzip="gzip" in app.header("accept-encoding"))


handler = make_handler(app)
