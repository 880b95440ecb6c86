"""The sample reminds and recalls: what is written is what the features leave."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import SystemClock
from caresmith.messages.records import SenderRecord, sender_key
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import read_visit
from caresmith.settings import Domain, table_name
from functions.reminders import changing, last_visits
from scripts.sample_practice import loading
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.messaging import SETTINGS
from tests.integration.sample_practice.conftest import this_minute

P = loading.PRACTICE_ID
SMALL = Size(
    patients=40, past_days=90, future_days=2, past_visits=120, future_visits=0, waiting=0, charts=0
)


def messages_items() -> list[dict[str, Any]]:
    """All of the practice's messages table but its outbox."""
    client = boto3.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=table_name(Domain.MESSAGES))
    found = [item for page in pages for item in page["Items"]]
    mine = [i for i in found if P in i["pk"]["S"] or i.get("practice_id") == {"S": P}]
    kept = [item for item in mine if item.get("entity") != {"S": "event"}]
    return sorted(kept, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@pytest.fixture(scope="module")
def loaded(aws: str) -> list[dict[str, Any]]:
    loading.remove()
    assert messages_items() == []
    loading.load(this_minute(), SMALL)
    return messages_items()


def test_the_practice_sends_from_its_number_and_address(loaded: list[dict[str, Any]]) -> None:
    settings = messaging_settings(P, fresh=True)
    assert settings == SETTINGS
    for address in (settings.sms_number, str(settings.email_from)):
        assert SenderRecord.get(sender_key(address), "sender").practice_id == P


def test_settings_and_last_visits_are_those_that_reminders_would_have_written(
    loaded: list[dict[str, Any]],
) -> None:
    actor = Actor.system(P, "test")
    tales = loading.make_sample(this_minute(), SMALL).tales
    loading.delete_where_key_begins(P, (Domain.MESSAGES,))
    loading.remove_messaging(P)
    with acting_as(actor), audited(AuditTrail(actor, "test", SystemClock())):
        changing.change_settings(SETTINGS, 0, actor=actor, now=SystemClock().now())
        for tale in sorted(tales, key=lambda tale: tale.visit.start):
            visit = read_visit(P, tale.visit.appointment_id)
            if visit is not None and visit.status == "fulfilled":
                last_visits.note_last_visits(P, visit)
    theirs = [_comparable(item) for item in messages_items()]
    assert theirs == [_comparable(item) for item in loaded]
    assert sum(item["entity"] == {"S": "last-visit"} for item in loaded) > 20


def _comparable(item: dict[str, Any]) -> dict[str, Any]:
    """How often an item was changed on the way, and the order within JSON, mean nothing."""
    plain = {key: value for key, value in item.items() if key != "version"}
    if "visits" in plain:
        plain["visits"] = json.loads(plain["visits"]["S"])
    return plain
