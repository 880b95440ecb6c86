"""The pages of the practice's users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import Actor, current_actor
from caresmith.clock import Instant
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.permissions import Permission, Role
from caresmith.records.practice import practice_setup
from caresmith.users import STAFF_ROLES
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, posted
from functions.admin import user_models as m
from functions.admin import users
from functions.admin.app import app
from functions.admin.pages import page

Html = Response[str]

HERE: Final = "/console/admin/users"
ROLE_NAMES: Final = {
    Role.FRONT_DESK: "Front desk",
    Role.CLINICIAN: "Clinician",
    Role.BILLER: "Biller",
    Role.MANAGER: "Manager",
    Role.ADMIN: "Administrator",
    Role.AUDITOR: "Auditor",
}
ACTIONS: Final[dict[str, Callable[..., Any]]] = {
    "disable": users.disable,
    "enable": users.enable,
    "reset-mfa": users.reset_mfa,
    "reset-password": users.reset_password,
    "end-sessions": users.end_sessions,
}


def _page(template: str, *, status: int = 200, **values: Any) -> Html:
    known = practice_setup(current_actor().practice_id)
    providers = sorted(known.providers.values(), key=lambda p: (p.family, p.given))
    return page(
        template,
        here=HERE,
        status=status,
        roles=[(role, ROLE_NAMES[role]) for role in ROLE_NAMES if role in STAFF_ROLES],
        role_names=ROLE_NAMES,
        providers=[(p.id, p.display_name) for p in providers if p.active],
        **values,
    )


@app.get(HERE, include_in_schema=False)
@requires(Permission.MANAGE_USERS, action="list-users")
def users_page() -> Html:
    return _page("users.html", users=users.everyone(current_actor()), form=Form(), access=None)


@app.post(HERE, include_in_schema=False)
@requires(Permission.MANAGE_USERS, action="add-user")
def add() -> Html:
    form, actor = posted(app.form_lists()), current_actor()
    form.values = {"send_invitation": "false", **form.values}
    status, access = 201, None
    try:
        access = users.add(parse(form, m.UserDraft), actor=actor, now=app.clock.now())
        form = Form()
    except FormRefused:
        status = 422
    except DomainError as error:
        form, status = form.refused(error), error.status
    everyone = users.everyone(actor)
    return _page("users.html", users=everyone, form=form, access=access, status=status)


@app.get(f"{HERE}/<username>", include_in_schema=False)
@requires(Permission.MANAGE_USERS, action="read-user")
def user_page(username: str) -> Html:
    return _user(_known(username), Form())


def _known(username: str) -> m.UserRead:
    return users.read(username[:64], actor=current_actor())


def _user(
    user: m.UserRead, form: Form, *, status: int = 200, access: m.Access | None = None
) -> Html:
    shown = form
    if not form.values and not form.errors:
        values = {"display_name": user.display_name, "provider_id": user.provider_id or ""}
        shown = Form(values, {"roles": [str(role) for role in user.roles]})
    return _page("user.html", user=user, form=shown, access=access, status=status)


@app.post(f"{HERE}/<username>", include_in_schema=False)
@requires(Permission.MANAGE_USERS, action="change-user")
def change(username: str) -> Html:
    form, actor = posted(app.form_lists()), current_actor()
    user = _known(username)
    try:
        version = form.values.get("version", "")
        if not version.isdecimal():
            raise VersionConflict
        request = parse(form, m.UserChange, ignore=("version",))
        users.change(username, request, int(version), actor=actor, now=app.clock.now())
    except FormRefused:
        return _user(user, form, status=422)
    except DomainError as error:
        return _user(user, form.refused(error), status=error.status)
    return web.redirect(HERE, app.current_event)


@app.post(f"{HERE}/<username>/<action>", include_in_schema=False)
@requires(Permission.MANAGE_USERS, action="change-access")
def act(username: str, action: str) -> Html:
    """Disable, enable, reset the second factor or the password, end all sessions."""
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise NotFound
    try:
        result = _carried_out(chosen, username, current_actor(), app.clock.now())
    except DomainError as error:
        return _user(_known(username), Form().refused(error), status=error.status)
    access = result if isinstance(result, m.Access) else None
    return _user(_known(username), Form(), access=access)


def _carried_out(
    action: Callable[..., Any], username: str, actor: Actor, now: Instant
) -> m.Access | m.UserRead:
    done: m.Access | m.UserRead = action(username, actor=actor, now=now)
    return done
