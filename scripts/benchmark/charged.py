"""What opening the charge queue, opening a sheet and releasing it cost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from caresmith.clock import SystemClock
from caresmith.ids import LocationId, PracticeId, ProviderId, UserId
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.practice import (
    Location,
    Npi,
    Practice,
    Provider,
    SetupRecord,
    forget_setup,
    setup_key,
)
from scripts.benchmark.operations import Actions, Baseline, Caller, Measured, measure_in_turn
from scripts.bootstrap.progress import step
from scripts.localstack.inprocess import request

LINES: Final = (1, 100)
"""Sheets on the queues that are opened: the calls may not grow with them."""
_CODES: Final = ("99213", "83036", "36415", "80053")


class _Desk(Caller):
    """Who bills and registers."""

    def __init__(self, practice: PracticeId) -> None:
        super().__init__(practice)
        self._context = {
            "practice_id": practice,
            "user_id": UserId.new(),
            "roles": f"{Role.BILLER},{Role.MANAGER}",
        }

    def put_file(self, path: str, text: str, version: int) -> None:
        """Load a file. Raises RuntimeError where it is refused."""
        headers = {"content-type": "text/csv", "if-match": f'"{version}"'}
        self._checked(
            request("POST", path, headers=headers, body=text.encode(), caller=self.context())
        )

    def release(self, sheet: dict[str, Any]) -> bytes:
        path = f"/charges/sheets/{sheet['sheet_id']}/release"
        headers = {"content-type": "application/json", "if-match": f'"{sheet["version"]}"'}
        return self._checked(
            request("POST", path, headers=headers, body=b"{}", caller=self.context())
        )

    @staticmethod
    def _checked(answer: Any) -> bytes:
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
        body: bytes = answer.body
        return body


def charge_desk(repeats: int) -> list[Measured]:
    """A short and a long queue in turn, a sheet's page, and the release of insured sheets."""
    operations: dict[str, Actions] = {}
    total = repeats + 6
    for count in LINES:
        with step(f"Writing a charge queue of {count}"):
            desk, enter = _practice()
            for _ in range(count):
                sheet = enter()
        queue = partial(desk.send, "GET", "/console/charges", which="clean")
        operations[f"charge queue, {count} sheets"] = itertools.repeat(queue, total)
    page = partial(desk.send, "GET", f"/console/charges/sheets/{sheet['sheet_id']}")
    operations["a charge sheet's page"] = itertools.repeat(page, total)
    with step("Writing sheets to release"):
        made = [enter() for _ in range(total)]
    operations["release a charge sheet"] = _releases(desk, made)
    return measure_in_turn(operations, Baseline())


def _releases(desk: _Desk, made: list[dict[str, Any]]) -> Iterator[Any]:
    for sheet in made:
        yield partial(desk.release, sheet)


def _practice() -> tuple[_Desk, Any]:
    """A practice with fees, codes, a payer and an insured patient; and what enters a sheet."""
    practice, place, provider = PracticeId.new(), LocationId.new(), ProviderId.new()
    create_keys(practice, SystemClock())
    npi = Npi("1234567893")
    for thing in (
        Practice(id=practice, name="Bench", zone="America/New_York", npi=npi),
        Location(id=place, name="Bench", zone="America/New_York"),
        Provider(
            id=provider,
            given="Ana",
            family="Bench",
            npi=npi,
            taxonomy="207Q00000X",
            specialty="Family Medicine",
            location_ids=(place,),
        ),
    ):
        key = setup_key(thing.kind, thing.id)
        SetupRecord(practice, key, kind=thing.kind, body=thing.model_dump_json()).save()
    forget_setup(practice)
    desk = _Desk(practice)
    desk.send("POST", "/coverage/payers", {"name": "Bench Health", "wire_id": "BENCH"})
    fees = json.loads(
        desk.send("POST", "/charges/fees", {"name": "Charges", "starts": "2020-01-01"})
    )
    rows = "".join(f"{number:05},100.00\n" for number in range(100, 99_999, 10))
    rows += "".join(f"{code},100.00\n" for code in _CODES if not code.endswith("0"))
    desk.put_file(f"/charges/fees/{fees['schedule_id']}/rows", f"code,amount\n{rows}", 1)
    codes = "".join(f"{number:05},Service {number}\n" for number in range(30_000, 40_000))
    codes += "".join(f"{code},Service\n" for code in _CODES if not code.startswith("3"))
    desk.put_file("/charges/code-lists/cpt", f"code,description\n{codes}", 1)
    patient = json.loads(
        desk.send(
            "POST",
            "/patients",
            {
                "demographics": {
                    "names": [{"given": ["Bench"], "family": "Person"}],
                    "birth_date": "1980-01-15",
                },
                "coverages": [{"payer_name": "Bench Health", "member_id": "M1X"}],
            },
        )
    )["patient_id"]
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    body = {
        "patient_id": patient,
        "day": day,
        "location_id": place,
        "rendering_id": provider,
        "diagnoses": ["E119"],
        "lines": [{"code": code, "pointers": [1]} for code in _CODES],
    }

    def enter() -> dict[str, Any]:
        made = json.loads(desk.send("POST", "/charges/sheets", body))
        sheet: dict[str, Any] = made["sheets"][0]
        if sheet["missing"]:
            raise RuntimeError(f"the sheet lacks {sheet['missing']}")
        return sheet

    return desk, enter
