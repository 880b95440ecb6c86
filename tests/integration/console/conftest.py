from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pyotp
import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.sessions import COOKIE
from caresmith.users import NewUser, new_record
from tests.support.client import Caller, Reply, call
from tests.support.practices import small_practice

TEMPORARY, PASSWORD = "Temporary-1-Word!", "Correct-Horse-7-Battery"


@dataclass
class Person:
    """A member of the staff with a browser in front of them."""

    username: str
    cookie: str = ""
    authenticator: pyotp.TOTP | None = None
    _used: set[str] = field(default_factory=set)

    def post(self, path: str, *, caller: Caller | None = None, **fields: str) -> Reply:
        headers = {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        reply = call("POST", path, form=fields.items(), headers=headers, caller=caller)
        found = re.search(rf"{COOKIE}=([^;]*)", reply.headers.get("set-cookie", ""))
        if found:
            self.cookie = found.group(1)
        return reply

    def get(self, path: str, *, caller: Caller | None = None, **query: str) -> Reply:
        headers = {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        return call("GET", path, headers=headers, query=query, caller=caller)

    def password(self, password: str = PASSWORD, **more: str) -> Reply:
        return self.post("/console/login", username=self.username, password=password, **more)

    def code(self, step: int = 0) -> str:
        """A code that was not used yet: each is good once."""
        assert self.authenticator is not None
        return self.authenticator.at(int(time.time()) + 30 * step)


def hidden(reply: Reply) -> dict[str, Any]:
    """The hidden fields of the page's form."""
    import html

    pairs = re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', reply.text)
    return {name: html.unescape(value) for name, value in pairs}


@pytest.fixture
def person(practice: PracticeId) -> Iterator[Person]:
    """A clinician with a temporary password and no authenticator yet."""
    small_practice(practice, idle_minutes=10)
    username = f"ana.{practice[-8:].lower()}"
    new_record(practice, NewUser(username, "Ana", frozenset({Role.CLINICIAN}))).save()
    client: Any = boto3.client("cognito-idp")
    pool = os.environ["CARESMITH_STAFF_POOL_ID"]
    client.admin_create_user(
        UserPoolId=pool,
        Username=username,
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "custom:practice_id", "Value": practice}],
    )
    yield Person(username)
    client.admin_delete_user(UserPoolId=pool, Username=username)


@pytest.fixture
def set_up(person: Person) -> Person:
    """The same after the first log-in, logged off again."""
    first = person.password(TEMPORARY)
    chosen = person.post(
        "/console/login/password", **hidden(first), password=PASSWORD, password_again=PASSWORD
    )
    fields = hidden(chosen)
    person.authenticator = pyotp.TOTP(fields["secret"])
    done = person.post("/console/login/setup", **fields, code=person.code(-1))
    assert done.status == 303, done.text
    person.cookie = ""
    return person
