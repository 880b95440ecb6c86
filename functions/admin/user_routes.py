"""The routes of the practice's users. Every one needs the permission to manage them."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.http import etag, reply, requires
from caresmith.permissions import Permission
from functions.admin import user_models as m
from functions.admin import users
from functions.admin.app import app

Name = Annotated[str, Path(max_length=64)]


def _user(user: m.UserRead) -> Response[m.UserRead]:
    return reply(user, headers=etag(user.version))


def _access(access: m.Access, *, status: int = 200) -> Response[m.Access]:
    return reply(access, status=status, headers=etag(access.user.version))


@app.get("/admin/users")
@requires(Permission.MANAGE_USERS, action="list-users")
def list_users() -> Response[list[m.UserRead]]:
    return reply(users.everyone(current_actor()))


@app.post("/admin/users", status_code=201)
@requires(Permission.MANAGE_USERS, action="add-user")
def add_user(draft: m.UserDraft) -> Response[m.Access]:
    access = users.add(draft, actor=current_actor(), now=app.clock.now())
    return _access(access, status=201)


@app.get("/admin/users/<username>")
@requires(Permission.MANAGE_USERS, action="read-user")
def read_user(username: Name) -> Response[m.UserRead]:
    return _user(users.read(username, actor=current_actor()))


@app.put("/admin/users/<username>")
@requires(Permission.MANAGE_USERS, action="change-user")
def change_user(username: Name, request: m.UserChange) -> Response[m.UserRead]:
    expected = app.if_match()
    actor, now = current_actor(), app.clock.now()
    return _user(users.change(username, request, expected, actor=actor, now=now))


@app.post("/admin/users/<username>/disable")
@requires(Permission.MANAGE_USERS, action="disable-user")
def disable(username: Name) -> Response[m.UserRead]:
    return _user(users.disable(username, actor=current_actor(), now=app.clock.now()))


@app.post("/admin/users/<username>/enable")
@requires(Permission.MANAGE_USERS, action="enable-user")
def enable(username: Name) -> Response[m.UserRead]:
    return _user(users.enable(username, actor=current_actor(), now=app.clock.now()))


@app.post("/admin/users/<username>/reset-mfa")
@requires(Permission.MANAGE_USERS, action="reset-mfa")
def reset_mfa(username: Name) -> Response[m.UserRead]:
    return _user(users.reset_mfa(username, actor=current_actor(), now=app.clock.now()))


@app.post("/admin/users/<username>/reset-password")
@requires(Permission.MANAGE_USERS, action="reset-password")
def reset_password(username: Name) -> Response[m.Access]:
    return _access(users.reset_password(username, actor=current_actor(), now=app.clock.now()))


@app.post("/admin/users/<username>/end-sessions")
@requires(Permission.MANAGE_USERS, action="end-sessions")
def end_sessions(username: Name) -> Response[m.UserRead]:
    return _user(users.end_sessions(username, actor=current_actor(), now=app.clock.now()))
