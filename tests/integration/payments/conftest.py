from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import requests

from caresmith.events import EVENT_TYPES
from caresmith.ids import PatientId, PayerId, PracticeId, RemittanceId
from caresmith.later import group
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.account import JournalItem, get_account, journal_of, journals_of
from caresmith.records.revenue.layout import JOURNAL, remittance_key
from caresmith.records.revenue.ledger import Book, totals
from caresmith.records.revenue.payer import PayerFacts, PayerItem, payers_key
from infra.manifest import function_named
from scripts.localstack.records import sqs_event
from tests.support.client import Caller, Reply, call, invoke
from tests.support.delivery import event_message
from tests.support.practices import SmallPractice, small_practice
from tests.support.remittances import Billed, billed

PAYMENTS = function_named("payments")


@dataclass
class Office:
    """A biller of a small practice that gets remittances."""

    practice: PracticeId
    small: SmallPractice
    caller: Caller

    def as_role(self, *roles: Role) -> Office:
        return Office(self.practice, self.small, Caller(self.practice, roles=roles))

    def send(self, method: str, path: str, body: Any = None, version: int | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        given = {} if body is None else {"json_body": body}
        return call(method, path, caller=self.caller, headers=headers, **given)

    def get(self, path: str, **query: str) -> Any:
        reply = call("GET", path, caller=self.caller, query=query)
        assert reply.status == 200, reply.text
        return reply.json

    def post(self, path: str, body: Any = None, version: int | None = None) -> Reply:
        return self.send("POST", path, {} if body is None else body, version)

    def add_payer(
        self, name: str, wire_id: str = "WIRE1", payer: str | None = None, **facts: Any
    ) -> PayerId:
        """An entry of the directory."""
        key = PayerId(payer) if payer else PayerId.new()
        told = PayerFacts.model_validate({"name": name, "wire_id": wire_id, **facts})
        PayerItem(payers_key(self.practice), key, payer_id=key, body=told.model_dump_json()).save()
        return key

    def billed(self, *charges: tuple[str, int], number: str = "1000017", **more: Any) -> Billed:
        return billed(self.practice, *charges, number=number, **more)

    def uploaded(self, raw: bytes) -> str:
        """A file that a browser has posted, and that nobody has looked at."""
        begun = self.post("/payments/files", {"name": "era.835", "bytes": len(raw)})
        assert begun.status == 201, begun.text
        form = begun.json
        sent = requests.post(
            form["url"], data=form["fields"], files={"file": ("f", raw)}, timeout=10
        )
        assert sent.status_code in {200, 204}, sent.text
        completed = self.post(f"/payments/files/{form['file_id']}/complete")
        assert completed.status == 202, completed.text
        return str(form["file_id"])

    def take(self, raw: bytes) -> Any:
        """A file through all of it: uploaded, checked, filed, posted. What is told of it."""
        file = self.uploaded(raw)
        self.run()
        return self.get(f"/payments/files/{file}")

    def run(self, rounds: int = 20) -> None:
        """What is planned happens, and what is told reaches this feature."""
        for _ in range(rounds):
            planned = self._planned()
            for payload in planned:
                invoke(PAYMENTS, payload)
            told = self._told()
            for kind, detail in told:
                self.tell(kind, detail)
            if not planned and not told:
                return

    def tell(self, kind: str, detail: dict[str, Any]) -> None:
        message = event_message(kind, detail)
        result = invoke(PAYMENTS, sqs_event([message], "queue"))
        assert result["batchItemFailures"] == [], result

    def _planned(self) -> list[dict[str, Any]]:
        client = boto3.client("scheduler")
        found = []
        for page in client.get_paginator("list_schedules").paginate(GroupName=group()):
            for one in page["Schedules"]:
                schedule = client.get_schedule(Name=one["Name"], GroupName=group())
                payload = json.loads(schedule["Target"]["Input"])
                if payload["practice_id"] == self.practice:
                    found.append(payload)
                    client.delete_schedule(Name=one["Name"], GroupName=group())
        return found

    def _told(self) -> list[tuple[str, dict[str, Any]]]:
        fresh = [one for one in self.events("RemittanceFiled") if one[2] not in _SEEN]
        _SEEN.update(key for _, _, key in fresh)
        return [(kind, detail) for kind, detail, _ in fresh]

    def events(self, kind: str) -> list[tuple[str, dict[str, Any], str]]:
        """What this practice's revenue side has told, of one kind."""
        from caresmith.events import RevenueOutbox

        assert kind in EVENT_TYPES
        return [
            (one.detail_type, json.loads(one.detail), one.pk)
            for one in RevenueOutbox.scan(RevenueOutbox.pk.startswith(f"{self.practice}#event#"))
            if one.detail_type == kind
        ]

    # -- what it came to --------------------------------------------------

    def only_remittance(self, **query: str) -> Any:
        [row] = self.get("/payments/remittances", **query)["remittances"]
        return self.get(f"/payments/remittances/{row['remittance_id']}")

    def claim(self, remittance: str, position: int = 1) -> Any:
        return self.get(f"/payments/remittances/{remittance}/claims/{position}")

    def books(self, remittance: str) -> dict[Book, Money]:
        """What stands in each book for a remittance: its own journals and the claims'."""
        own = list(
            JournalItem.query(
                remittance_key(self.practice, RemittanceId(remittance)),
                JournalItem.sk.startswith(JOURNAL),
            )
        )
        return {book: amount for book, amount in totals(map(journal_of, own)).items() if amount}

    def ledger(self, patient: PatientId) -> dict[Book, int]:
        """The books of an account; what stands in its head is what its journals say."""
        found = totals(journal_of(one) for one in journals_of(self.practice, patient))
        head = get_account(self.practice, patient)
        assert int(head.insurance_cents) == found.get(Book.INSURANCE, Money(0)).cents
        assert int(head.patient_cents) == found.get(Book.PATIENT, Money(0)).cents
        return {book: amount.cents for book, amount in found.items() if amount}


_SEEN: set[str] = set()


@pytest.fixture
def office(practice: PracticeId) -> Office:
    small = small_practice(practice)
    return Office(practice, small, Caller(practice, roles=(Role.BILLER,)))
