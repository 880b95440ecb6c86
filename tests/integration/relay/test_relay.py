"""From a committed change to the consumer's queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from caresmith.events import AppointmentCancelled, PatientRegistered, PatientsOutbox, tell
from caresmith.ids import PatientId, PracticeId
from caresmith.transactions import TransactionCancelled, transaction
from functions.relay import handler as relay
from infra.manifest import function_named
from tests.support.client import invoke
from tests.support.delivery import Streams


def event(practice: PracticeId) -> PatientRegistered:
    return PatientRegistered(
        practice_id=practice,
        occurred_at=datetime.now(UTC),
        actor_id="usr_x",
        patient_id=PatientId.new(),
    )


class Bus:
    """EventBridge as far as the relay sees it; refuses what it is told to."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.refuse: set[int] = set()

    def put_events(self, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803 - boto3's name
        assert len(Entries) <= 10
        answers = []
        for entry in Entries:
            refused = len(self.taken) in self.refuse
            answers.append({"ErrorCode": "InternalFailure"} if refused else {"EventId": "x"})
            self.taken.append(entry)
        return {"Entries": answers}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    the_bus = Bus()
    monkeypatch.setattr(relay, "_events", lambda: the_bus)
    return the_bus


def test_a_committed_change_tells_its_event_once(
    practice: PracticeId, streams: Streams, bus: Bus
) -> None:
    told = event(practice)
    with transaction() as writes:
        tell(told, PatientsOutbox, writes)
    streams.deliver()
    [entry] = [e for e in bus.taken if practice in e["Detail"]]
    assert (entry["Source"], entry["DetailType"]) == ("caresmith.patients", "PatientRegistered")
    assert PatientRegistered.model_validate_json(entry["Detail"]) == told


def test_an_uncommitted_change_tells_nothing(
    practice: PracticeId, streams: Streams, bus: Bus
) -> None:
    from caresmith.tables import KeystoreItem

    def change_what_somebody_else_made() -> None:
        with transaction() as writes:
            tell(event(practice), PatientsOutbox, writes)
            taken = KeystoreItem(practice, "patients#0001", version=1, wrapped=b"", created_at="")
            writes.save(taken, condition=KeystoreItem.pk.does_not_exist())

    with pytest.raises(TransactionCancelled) as cancelled:
        change_what_somebody_else_made()
    assert cancelled.value.failed(1)
    assert not cancelled.value.failed(0)
    streams.deliver()
    assert not [e for e in bus.taken if practice in e["Detail"]]


def record(number: int, practice: PracticeId) -> dict[str, Any]:
    told = event(practice)
    image = {
        "entity": {"S": "event"},
        "source": {"S": "caresmith.patients"},
        "detail_type": {"S": told.detail_type()},
        "detail": {"S": told.model_dump_json()},
        "occurred_at": {"S": "2026-11-23T12:00:00.000000Z"},
    }
    return {
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {"SequenceNumber": f"{number:021d}", "NewImage": image},
    }


@pytest.mark.parametrize("refused", [0, 7, 10, 24])
def test_from_the_first_refused_event_everything_comes_again(
    practice: PracticeId, bus: Bus, refused: int
) -> None:
    bus.refuse = {refused}
    records = [record(number, practice) for number in range(25)]
    answer = invoke(function_named("relay"), {"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"{refused:021d}"}]}


def test_twenty_five_events_keep_their_order(practice: PracticeId, bus: Bus) -> None:
    records = [record(number, practice) for number in range(25)]
    assert invoke("relay", {"Records": records}) == {"batchItemFailures": []}
    sent = [r["dynamodb"]["NewImage"]["detail"]["S"] for r in records]
    assert [entry["Detail"] for entry in bus.taken] == sent


def test_the_rules_let_each_consumers_events_through(aws: str) -> None:
    rules = boto3.client("events").list_rules(EventBusName="caresmith-test-bus")["Rules"]
    patterns = {rule["Name"]: json.loads(rule["EventPattern"]) for rule in rules}
    wanted = patterns["caresmith-test-patients-events"]["detail-type"]
    assert AppointmentCancelled.detail_type() in wanted
