from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.records.practice import Practice
from functions.admin.onboarding import open_practice
from functions.admin.user_models import UserDraft
from functions.relay import handler as relay
from tests.support.client import Caller, Reply, call
from tests.support.delivery import Streams
from tests.support.practices import NEW_YORK, WEEKDAYS

Body = dict[str, Any]


def npi(number: int) -> str:
    """An NPI of nine digits that begin with 1 and end with ``number``, and its check digit."""
    first = f"1{number:08d}"
    total = 0
    for position, digit in enumerate(reversed("80840" + first)):
        doubled = int(digit) * (1 if position % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return first + str(-total % 10)


@dataclass
class Office:
    """An administrator at work on a practice that was just opened."""

    practice: PracticeId
    caller: Caller
    _npis: int = field(default=0)

    @property
    def suffix(self) -> str:
        """Makes usernames unique in the pool, which all tests share."""
        return self.practice[-8:].lower()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        caller: Caller | None = None,
    ) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        who = caller or self.caller
        return call(method, f"/admin{path}", caller=who, json_body=body, headers=headers)

    def get(self, path: str, *, caller: Caller | None = None) -> Reply:
        return self.call("GET", path, caller=caller)

    def post(self, path: str, body: Any = None, *, caller: Caller | None = None) -> Reply:
        return self.call("POST", path, {} if body is None else body, caller=caller)

    def put(self, path: str, body: Any, version: int, *, caller: Caller | None = None) -> Reply:
        return self.call("PUT", path, body, version=version, caller=caller)

    def delete(self, path: str, version: int) -> Reply:
        return self.call("DELETE", path, version=version)

    def made(self, path: str, body: Body) -> Any:
        reply = self.post(path, body)
        assert reply.status == 201, reply.text
        return reply.json

    def location(self, name: str = "East", **more: Any) -> Any:
        return self.made("/locations", location(name, **more))

    def room(self, place: Any, name: str = "Exam 1", **more: Any) -> Any:
        return self.made("/rooms", {"location_id": place["id"], "name": name, **more})

    def provider(self, *places: Any, **more: Any) -> Any:
        return self.made("/providers", self.provider_body(*places, **more))

    def provider_body(self, *places: Any, **more: Any) -> Body:
        self._npis += 1
        return {
            "given": "Ana",
            "family": "Example",
            "npi": npi(self._npis),
            "taxonomy": "207Q00000X",
            "specialty": "Family Medicine",
            "location_ids": [place["id"] for place in places],
            **more,
        }

    def visit_type(self, name: str = "Visit", **more: Any) -> Any:
        return self.made("/appointment-types", {"name": name, "minutes": 30, **more})

    def hours(self, provider: Any, place: Any, **more: Any) -> Any:
        return self.made("/availability-rules", hours(provider, place, **more))

    def new_user(self, name: str = "ben", **more: Any) -> Body:
        return {
            "username": f"{name}.{self.suffix}",
            "display_name": "Ben Example",
            "email": f"{name}@example.org",
            "roles": ["front_desk"],
            "send_invitation": False,
            **more,
        }

    def user(self, name: str = "ben", **more: Any) -> Any:
        return self.made("/users", self.new_user(name, **more))["user"]

    def as_role(self, *roles: Role) -> Caller:
        return Caller(self.practice, roles=roles)

    def as_user(self, user: Any) -> Caller:
        return Caller(self.practice, user["user_id"], tuple(Role(r) for r in user["roles"]))


def location(name: str = "East", **more: Any) -> Body:
    return {"name": name, "zone": NEW_YORK, **more}


def hours(provider: Any, place: Any, **more: Any) -> Body:
    return {
        "provider_id": provider["id"],
        "location_id": place["id"],
        "rrule": WEEKDAYS,
        "starts_on": "2026-01-01",
        "start": "09:00",
        "end": "17:00",
        **more,
    }


def fields(reply: Reply) -> list[str]:
    """Which fields a refusal names."""
    return [error["field"] for error in reply.json["errors"]]


def refused(reply: Reply, *names: str) -> None:
    assert reply.status == 422, reply.text
    assert fields(reply) == list(names)


def opened(practice: PracticeId, name: str = "Small") -> Office:
    """A practice as the operator opens it, and its first administrator."""
    draft = UserDraft(
        username=f"admin.{practice[-8:].lower()}",
        display_name="Ada Admin",
        email="ada@example.org",
        roles=frozenset({Role.ADMIN}),
        send_invitation=False,
    )
    access = open_practice(
        Practice(id=practice, name=name, zone=NEW_YORK), draft, clock=SystemClock()
    )
    admin = access.user
    return Office(practice, Caller(practice, admin.user_id, (Role.ADMIN,)))


@pytest.fixture
def office(practice: PracticeId) -> Office:
    return opened(practice)


@pytest.fixture
def elsewhere(aws: str) -> Office:
    """Another practice of the same deployment."""
    return opened(PracticeId.new(), "Other")


@pytest.fixture
def place(office: Office) -> Any:
    return office.location()


@pytest.fixture
def doctor(office: Office, place: Any) -> Any:
    return office.provider(place)


@pytest.fixture
def ben(office: Office) -> Any:
    """A user at the front desk."""
    return office.user("ben")


@dataclass
class Pool:
    """The staff pool, looked at past the routes."""

    client: Any
    pool_id: str
    client_id: str

    def user(self, username: str) -> Any:
        return self.client.admin_get_user(UserPoolId=self.pool_id, Username=username)

    def attributes(self, username: str) -> dict[str, str]:
        return {a["Name"]: a["Value"] for a in self.user(username)["UserAttributes"]}

    def log_in(self, username: str, password: str) -> Any:
        return self.client.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )

    def choose_password(self, username: str, password: str) -> None:
        self.client.admin_set_user_password(
            UserPoolId=self.pool_id, Username=username, Password=password, Permanent=True
        )

    def forget(self, username: str) -> None:
        self.client.admin_delete_user(UserPoolId=self.pool_id, Username=username)


@pytest.fixture
def pool(aws: str) -> Pool:
    return Pool(
        boto3.client("cognito-idp"),
        os.environ["CARESMITH_STAFF_POOL_ID"],
        os.environ["CARESMITH_STAFF_CLIENT_ID"],
    )


class Bus:
    """Takes what the relay puts on the bus."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def put_events(self, Entries: list[Any]) -> Any:  # noqa: N803 - boto3's name
        self.entries += Entries
        return {"Entries": [{"EventId": "x"} for _ in Entries]}


@pytest.fixture
def told(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Any]]:
    """The events that left the practice table since the last look."""
    import json

    bus = Bus()
    monkeypatch.setattr(relay, "_events", lambda: bus)

    def look() -> list[Any]:
        bus.entries.clear()
        streams.deliver()
        return [(e["DetailType"], json.loads(e["Detail"])) for e in bus.entries]

    return look
