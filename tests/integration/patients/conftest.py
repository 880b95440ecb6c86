from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from tests.support.client import Caller, Reply, call
from tests.support.practices import small_practice


def person(given: str = "Ana", family: str = "Example", **facts: Any) -> dict[str, Any]:
    """Demographics with defaults for all that a test does not care about."""
    return {
        "names": [{"given": [given], "family": family}],
        "birth_date": "1985-03-14",
        "gender": "female",
        **facts,
    }


def phone(value: str, **facts: Any) -> dict[str, Any]:
    return {"system": "phone", "value": value, "use": "mobile", **facts}


@dataclass
class Office:
    """Somebody who keeps the charts of a small practice."""

    practice: PracticeId
    caller: Caller

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return call("POST", path, caller=self.caller, json_body=body or {}, headers=headers)

    def patch(self, path: str, body: Any, *, version: int | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return call("PATCH", path, caller=self.caller, json_body=body, headers=headers)

    def put(self, path: str, body: Any, *, version: int | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return call("PUT", path, caller=self.caller, json_body=body, headers=headers)

    def get(self, path: str, **query: str) -> Reply:
        return call("GET", path, caller=self.caller, query=query)

    def register(self, demographics: dict[str, Any] | None = None, **more: Any) -> Any:
        """A new chart, whoever else looks alike."""
        body = {
            "demographics": demographics or person(),
            "confirmed_not_duplicate": True,
            **more,
        }
        reply = self.post("/patients", body)
        assert reply.status == 201, reply.text
        return reply.json

    def found(self, text: str, **more: Any) -> list[str]:
        """The ids that a search shows."""
        reply = self.post("/patients/search", {"text": text, **more})
        assert reply.status == 200, reply.text
        return [card["patient_id"] for card in reply.json["patients"]]


@pytest.fixture
def office(practice: PracticeId) -> Office:
    small_practice(practice)
    return Office(practice, Caller(practice, roles=(Role.MANAGER,)))
