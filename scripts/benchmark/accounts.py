"""What opening a patient's account costs, and taking a payment there."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from functools import partial
from typing import Final

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import SystemClock
from caresmith.ids import LocationId, PatientId, PracticeId, ProviderId, SheetId, UserId
from caresmith.keystore import create_keys
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.practice import Practice, SetupRecord, setup_key
from caresmith.records.revenue.layout import account_key, sheet_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    seal_sheet,
)
from caresmith.records.revenue.writing import RevenueWrites
from scripts.benchmark.operations import Actions, Baseline, Caller, Measured, measure_in_turn
from scripts.bootstrap.progress import step

VISITS: Final = (3, 40)
"""Visits of the accounts that are opened: the calls may not grow with them."""


class _Office(Caller):
    """Who bills, manages and registers."""

    def __init__(self, practice: PracticeId) -> None:
        super().__init__(practice)
        self._context = {
            "practice_id": practice,
            "user_id": UserId.new(),
            "roles": f"{Role.BILLER},{Role.MANAGER}",
        }


def account_operations(repeats: int) -> list[Measured]:
    """The account page of a small and a large account in turn, and a payment at the desk."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    setup = Practice(id=practice, name="Bench", zone="America/Chicago")
    key = setup_key(setup.kind, setup.id)
    SetupRecord(practice, key, kind=setup.kind, body=setup.model_dump_json()).save()
    caller, total = _Office(practice), repeats + 6
    operations: dict[str, Actions] = {}
    for count in VISITS:
        with step(f"Writing an account of {count} visits"):
            patient = _registered(caller, count)
            _charge(practice, patient, count)
        page = partial(caller.send, "GET", f"/console/accounts/patients/{patient}")
        operations[f"account page, {count} visits"] = itertools.repeat(page, total)
    pay = partial(
        caller.send,
        "POST",
        f"/accounts/patients/{patient}/payments",
        {"amount": 1_00, "method": "cash"},
    )
    operations["payment at the desk"] = itertools.repeat(pay, total)
    return measure_in_turn(operations, Baseline())


def _registered(caller: Caller, number: int) -> PatientId:
    body = {
        "demographics": {
            "names": [{"given": ["Bench"], "family": f"Payer{'abcdefghij'[number % 10]}"}],
            "birth_date": date(1950, 1, 1 + number % 28).isoformat(),
        },
        "confirmed_not_duplicate": True,
    }
    return PatientId(json.loads(caller.send("POST", "/patients", body))["patient_id"])


def _charge(practice: PracticeId, patient: PatientId, count: int) -> None:
    """So many visits that the patient pays themselves."""
    actor, clock, today = Actor.system(practice, "bench"), SystemClock(), date(2026, 3, 6)
    for number in range(count):
        sheet, day = SheetId.new(), today - timedelta(days=number)
        content = SheetContent(
            location_id=LocationId.new(),
            rendering_id=ProviderId.new(),
            place_of_service="11",
            diagnoses=("Z0000",),
            lines=(
                ChargeLine(line="1", code="99213", pointers=(1,), charge=Money(100_00), day=day),
            ),
            last_line=1,
        )
        item = SheetItem(
            account_key(practice, patient),
            sheet_sort_key(day, sheet),
            sheet_id=sheet,
            patient_id=patient,
            day=day.isoformat(),
            status=SheetStatus.BILLED,
            charge_cents=100_00,
            balances={},
            version=0,
            content=seal_sheet(practice, sheet, content),
        )
        journal = Journal(
            kind=JournalKind.CHARGES,
            postings=(
                Posting(book=Book.PATIENT, amount=Money(100_00), line="1"),
                Posting(book=Book.CHARGES, amount=Money(-100_00)),
            ),
        )
        with acting_as(actor), audited(AuditTrail(actor, "bench", clock)):
            writes = RevenueWrites(actor, clock.now(), day)
            writes.post(item, journal)
            writes.commit()
