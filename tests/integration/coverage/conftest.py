"""A practice with an NPI, a payer that answers over a socket, and who asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from caresmith.clock import FixedClock, to_text
from caresmith.events import CoverageVerified
from caresmith.ids import PracticeId
from caresmith.later import group
from caresmith.permissions import Role
from caresmith.settings import Domain
from functions.coverage import handler as coverage
from tests.support.client import Caller, Reply, call, invoke
from tests.support.events import told
from tests.support.forgetting import forget_secrets
from tests.support.payer_desk import PayerDesk, payer_desk
from tests.support.practices import SmallPractice, small_practice

NPI = "1234567893"
NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York."""


def policy(**facts: Any) -> dict[str, Any]:
    return {"payer_name": "Acme Health", "member_id": "XYZ 123-4", **facts}


@dataclass
class Practice:
    """The desk of a small practice, and the payer that it asks."""

    small: SmallPractice
    payer: PayerDesk
    clock: FixedClock
    desk: Caller
    biller: Caller
    payers: dict[str, str] = field(default_factory=dict)

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    def get(self, path: str, **given: Any) -> Any:
        given.setdefault("caller", self.desk)
        reply = call("GET", path, **given)
        assert reply.status == 200, reply.text
        return reply.json

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return call("POST", path, caller=self.desk, json_body=body or {}, headers=headers)

    def add_payer(self, name: str = "Acme Health", **facts: Any) -> str:
        body = {"name": name, "wire_id": "ACME1", **facts}
        reply = call("POST", "/coverage/payers", caller=self.biller, json_body=body)
        assert reply.status == 201, reply.text
        self.payers[name] = reply.json["payer_id"]
        return str(reply.json["payer_id"])

    def register(self, *policies: dict[str, Any], **who: Any) -> Any:
        """A chart of Ana Example with these policies."""
        names = who.pop("names", [{"given": ["Ana"], "family": "Example"}])
        body = {
            "demographics": {
                "names": names,
                "birth_date": "1985-03-14",
                "gender": "female",
                **who,
            },
            "coverages": list(policies),
            "confirmed_not_duplicate": True,
        }
        reply = self.post("/patients", body)
        assert reply.status == 201, reply.text
        return reply.json

    def covered(self, **facts: Any) -> Covered:
        """A chart with one policy."""
        return Covered(self, self.register(policy(**facts)))

    def run(self, payload: dict[str, Any]) -> Any:
        """A one-time schedule fires."""
        return invoke("coverage", payload)

    def scheduled(self) -> dict[str, dict[str, Any]]:
        """What is planned for this practice, by name."""
        import json

        client = boto3.client("scheduler")
        found = {}
        for page in client.get_paginator("list_schedules").paginate(GroupName=group()):
            for one in page["Schedules"]:
                entry = client.get_schedule(Name=one["Name"], GroupName=group())
                payload = json.loads(entry["Target"]["Input"])
                if payload["practice_id"] == self.practice:
                    found[one["Name"]] = {**payload, "at": entry["ScheduleExpression"]}
        return found

    def verified(self) -> list[CoverageVerified]:
        return told(self.practice, CoverageVerified, Domain.REVENUE)

    def work(self) -> list[Any]:
        items: list[Any] = self.get("/coverage/work")["items"]
        return items

    def later(self, **given: float) -> None:
        self.clock.at += timedelta(**given)

    @property
    def now(self) -> str:
        return to_text(self.clock.at)


@dataclass
class Covered:
    """A patient with a policy."""

    where: Practice
    chart: Any
    place: int = 0

    @property
    def patient_id(self) -> str:
        return str(self.chart["patient_id"])

    @property
    def coverage_id(self) -> str:
        return str(self.chart["coverages"][self.place]["coverage_id"])

    @property
    def path(self) -> str:
        return f"/coverage/patients/{self.patient_id}/coverages/{self.coverage_id}"

    def verify(self, **body: Any) -> Reply:
        return self.where.post(f"{self.path}/checks", body)

    def verified(self, **body: Any) -> Any:
        reply = self.verify(**body)
        assert reply.status in (200, 201), reply.text
        return reply.json

    def view(self) -> Any:
        return self.where.get(self.path)

    def standing(self) -> Any:
        return self.view()["standing"]


@pytest.fixture
def payer(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PayerDesk]:
    with payer_desk() as desk:
        monkeypatch.setenv("CARESMITH_LOCAL_PAYER", desk.url)
        forget_secrets()
        yield desk
    forget_secrets()


@pytest.fixture
def office(practice: PracticeId, payer: PayerDesk, monkeypatch: pytest.MonkeyPatch) -> Practice:
    clock = FixedClock(NOW)
    monkeypatch.setattr(coverage.app, "clock", clock)
    monkeypatch.setattr(coverage.verification, "_clock", clock)
    small = small_practice(practice, npi=NPI)
    office = Practice(
        small,
        payer,
        clock,
        Caller(practice, roles=(Role.FRONT_DESK,)),
        Caller(practice, roles=(Role.BILLER,)),
    )
    office.add_payer()
    return office
