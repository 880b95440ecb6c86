"""A practice with something of everything in it, marked so that no leak goes unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.settings import table_name
from infra.manifest import TABLES
from tests.integration.scheduling.conftest import next_weekday
from tests.integration.security import accounts, charges, clinical, documents, insured, payments
from tests.support.client import Caller, Reply, call
from tests.support.practices import SmallPractice, small_practice

EVERYONE = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PATIENT, Role.EMERGENCY))

MARKS = (
    "Zebedee",
    "Quillfeather",
    "Oldquill",
    "1961-07-23",
    "07/23/1961",
    "3125550177",
    "555-0177",
    "Marzipan Lane",
    "zebedee.q@example.org",
    "MEMBER-9Q7",
    "PAYER-NAME-ZQ",
    "MRN-ZQ-77",
    "Hears-poorly-ZQ",
    "Bertha-Contact-ZQ",
    "note-about-visit-ZQ",
    "wait-note-ZQ",
    *clinical.MARKS,
    *documents.DOCUMENT_MARKS,
    *charges.CHARGE_MARKS,
    *accounts.ACCOUNT_MARKS,
    *insured.COVERAGE_MARKS,
    *payments.PAYMENT_MARKS,
)
"""Values that must stand nowhere but in answers to who may read them."""

REGISTRATION: dict[str, Any] = {
    "mrn": "MRN-ZQ-77",
    "demographics": {
        "names": [
            {"given": ["Zebedee"], "family": "Quillfeather"},
            {"family": "Oldquill", "use": "old"},
        ],
        "birth_date": "1961-07-23",
        "gender": "male",
        "alerts": ["Hears-poorly-ZQ"],
    },
    "contact": {
        "telecoms": [
            {"system": "phone", "value": "+13125550177", "use": "mobile"},
            {"system": "email", "value": "zebedee.q@example.org"},
        ],
        "addresses": [
            {
                "lines": ["9 Marzipan Lane"],
                "city": "Chicago",
                "state": "IL",
                "postal_code": "60601",
            }
        ],
    },
    "relations": {"emergency_contacts": [{"name": "Bertha-Contact-ZQ", "relationship": "spouse"}]},
    "coverages": [{"payer_name": "PAYER-NAME-ZQ", "member_id": "MEMBER-9Q7"}],
    "confirmed_not_duplicate": True,
}


@dataclass
class Full:
    """The practice, who works there, and the ids of what is in it."""

    small: SmallPractice
    caller: Caller
    ids: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def post(self, path: str, body: Any, **given: Any) -> Reply:
        return call("POST", path, caller=self.caller, json_body=body, **given)

    def put(self, path: str, body: Any, version: int) -> Reply:
        headers = {"If-Match": f'"{version}"'}
        return call("PUT", path, caller=self.caller, json_body=body, headers=headers)

    def made(self, path: str, body: Any) -> Any:
        reply = self.post(path, body)
        assert reply.status == 201, reply.text
        return reply.json


def fill(practice: PracticeId) -> Full:
    """Put a chart, visits, a hold, somebody waiting and a feed into the practice."""
    full = Full(small_practice(practice), Caller(practice, roles=EVERYONE))
    chart = full.made("/patients", REGISTRATION)
    other = full.made(
        "/patients",
        {
            "demographics": {"names": [{"family": "Oldquill"}], "birth_date": "1961-07-23"},
            "confirmed_not_duplicate": True,
        },
    )
    start = next_weekday(1, 10)
    where = {
        "type_id": full.small.visit,
        "provider_id": full.small.ana,
        "location_id": full.small.east,
    }
    visit = full.made(
        "/appointments",
        {
            **where,
            "start": start.isoformat(),
            "patient_id": chart["patient_id"],
            "note": "note-about-visit-ZQ",
        },
    )
    hold = full.made("/holds", {**where, "start": next_weekday(1, 14).isoformat()})
    entry = full.made(
        "/waitlist",
        {
            "patient_id": chart["patient_id"],
            "type_id": full.small.visit,
            "note": "wait-note-ZQ",
        },
    )
    feed = full.made(f"/calendar/providers/{full.small.ana}/feeds", {})
    full.ids = {
        "patient_id": chart["patient_id"],
        "merged_id": other["patient_id"],
        "coverage_id": chart["coverages"][0]["coverage_id"],
        "appointment_id": visit["appointment_id"],
        "hold_id": hold["hold_id"],
        "entry_id": entry["entry_id"],
        "provider_id": full.small.ana,
        "location_id": full.small.east,
        "room_id": full.small.room,
        "type_id": full.small.visit,
        "feed_id": feed["feed_id"],
        **clinical.fill_chart(full, chart["patient_id"]),
        **documents.fill_documents(full, chart["patient_id"]),
        **charges.fill_charges(full, chart["patient_id"]),
        **accounts.fill_accounts(full, chart["patient_id"]),
        **insured.fill_coverage(full, chart["patient_id"], chart["coverages"][0]["coverage_id"]),
        **payments.fill_payments(full, chart["patient_id"]),
    }
    return full


@pytest.fixture
def full(practice: PracticeId) -> Full:
    return fill(practice)


@pytest.fixture
def everyone(practice: PracticeId) -> Caller:
    """Who has every right in a practice in which nobody has done anything yet."""
    small_practice(practice)
    return Caller(practice, roles=EVERYONE)


def dump(*, of: PracticeId | None = None, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """All items of all tables as the engine stores them; of one practice, where it is named."""
    client = boto3.client("dynamodb")
    found: dict[str, list[Any]] = {}
    for spec in TABLES:
        if spec.domain in without:
            continue
        items = [
            item
            for page in client.get_paginator("scan").paginate(TableName=table_name(spec.domain))
            for item in page["Items"]
            if of is None or str(of) in str(item.get("pk") or item.get("id"))
        ]
        found[spec.domain] = sorted(items, key=str)
    return found
