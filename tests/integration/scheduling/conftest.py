from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import PatientId, PracticeId
from caresmith.permissions import Role
from tests.support.client import Caller, Reply, call
from tests.support.practices import SmallPractice, add_patient, small_practice
from tests.support.settings import put_settings


def next_weekday(weekday: int, hour: int, minute: int = 0) -> datetime:
    """That weekday (0 is Monday) at least a week ahead, at a New York wall-clock time."""
    from zoneinfo import ZoneInfo

    now = datetime.now(ZoneInfo("America/New_York"))
    day = now + timedelta(days=7 + (weekday - now.weekday()) % 7)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


@dataclass
class Desk:
    """Somebody at the front desk of a small practice."""

    small: SmallPractice
    caller: Caller
    patient: PatientId

    def post(self, path: str, body: Any = None, **given: Any) -> Reply:
        caller = given.pop("caller", self.caller)
        return call("POST", path, caller=caller, json_body=body or {}, **given)

    def get(self, path: str, **query: str) -> Reply:
        return call("GET", path, caller=self.caller, query=query)

    def booking(self, start: datetime, **given: Any) -> dict[str, Any]:
        return {
            "type_id": self.small.visit,
            "provider_id": self.small.ana,
            "location_id": self.small.east,
            "patient_id": self.patient,
            "start": start.astimezone(UTC).isoformat(),
            **given,
        }

    def book(self, start: datetime, **given: Any) -> Reply:
        return self.post("/appointments", self.booking(start, **given))

    def free(self, first: datetime, **given: Any) -> list[str]:
        """Free starts on a New York date, as wall-clock hh:mm."""
        query = {
            "type_id": self.small.visit,
            "provider_ids": [self.small.ana],
            "location_ids": [self.small.east],
            "first": first.date().isoformat(),
            "days": 1,
            "every_minutes": 30,
            **given,
        }
        reply = self.post("/slots/search", query)
        assert reply.status == 200, reply.text
        return [slot["start"][11:16] for slot in reply.json["slots"]]


@pytest.fixture
def desk(practice: PracticeId) -> Desk:
    put_settings(practice)
    return Desk(small_practice(practice), Caller(practice), add_patient(practice))


@pytest.fixture
def manager(desk: Desk) -> Caller:
    return Caller(desk.small.practice, roles=(Role.MANAGER,))


@pytest.fixture
def as_role(desk: Desk) -> Callable[[Role], Caller]:
    return lambda role: Caller(desk.small.practice, roles=(role,))
