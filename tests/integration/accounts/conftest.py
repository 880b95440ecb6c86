from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from caresmith.clock import FixedClock, time_runs_on
from caresmith.ids import PatientId, PracticeId, SheetId
from caresmith.permissions import Role
from functions.accounts.settings import forget_settings
from functions.accounts.verifying import Verified, verify_some
from scripts.localstack.engine import free_port
from scripts.localstack.programs import Program, launch_cards
from tests.integration.accounts.bank import Bank
from tests.support.client import Caller, Reply, call
from tests.support.practices import SmallPractice, add_patient, small_practice
from tests.support.revenue import Biller, noon

DAY = dt.date(2026, 3, 6)


@dataclass
class Office:
    """A practice with its billing: who works there, and what the clock says."""

    small: SmallPractice
    caller: Caller
    biller: Biller
    clock: FixedClock
    patients: list[PatientId] = field(default_factory=list)

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    @property
    def today(self) -> dt.date:
        return self.clock.at.date()

    def on(self, day: dt.date) -> None:
        self.clock.at = noon(day)

    def later(self, **time: int) -> None:
        self.clock.at += dt.timedelta(**time)

    def as_role(self, *roles: Role) -> Office:
        caller = Caller(self.practice, roles=roles)
        return Office(self.small, caller, self.biller, self.clock, self.patients)

    def patient(self, **about: Any) -> PatientId:
        patient = add_patient(self.practice, **about)
        self.patients.append(patient)
        return patient

    def owes(self, patient: PatientId, *cents: int, day: dt.date | None = None) -> SheetId:
        """A visit that the patient pays themselves."""
        return self.biller.charge(
            patient, *cents, day=day or self.today, self_pay=True, posted=self.today
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return call(
            "POST",
            path,
            caller=self.caller,
            json_body={} if body is None else body,
            headers=headers,
        )

    def get(self, path: str, **query: str) -> Any:
        reply = call("GET", path, caller=self.caller, query=query)
        assert reply.status == 200, reply.text
        return reply.json

    def account(self, patient: PatientId) -> Any:
        return self.get(f"/accounts/patients/{patient}")

    def pay(self, patient: PatientId, cents: int, method: str = "cash", **more: Any) -> Any:
        reply = self.post(
            f"/accounts/patients/{patient}/payments",
            {"amount": cents, "method": method, **more},
        )
        assert reply.status == 201, reply.text
        return reply.json

    def act(self, payment: Any, act: str, **body: Any) -> Reply:
        where = f"/accounts/patients/{payment['patient_id']}/payments/{payment['payment_id']}"
        return self.post(f"{where}/{act}", body)

    def verified(self) -> Verified:
        """All accounts, added up anew: they must differ in nothing."""
        found = verify_some(self.practice, self.patients)
        found.compare_payments()
        return found


@pytest.fixture
def office(practice: PracticeId) -> Iterator[Office]:
    """A manager's office on a Friday at noon."""
    small = small_practice(practice)
    forget_settings(practice)
    clock = FixedClock(noon(DAY))
    with time_runs_on(clock):
        caller = Caller(practice, roles=(Role.MANAGER,))
        yield Office(small, caller, Biller(practice), clock)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("cards")
    program = Program("scripts.cardprocessor", folder / "log", free_port())
    # Nobody listens there: the test itself carries what is told.
    launch_cards(program, folder, f"http://127.0.0.1:{free_port()}")
    for _ in range(100):
        try:
            requests.get(program.url, timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    yield program.url, folder
    program.stop()


@pytest.fixture
def bank(running: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.setenv("CARESMITH_STRIPE_URL", running[0])
    found = Bank(*running)
    if (found.data / "cards.json").exists():
        found.events()
    return found
