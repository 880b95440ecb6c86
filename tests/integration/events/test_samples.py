"""Each sample in events/ is taken by the function that it is for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from caresmith.clock import SystemClock
from caresmith.events import EVENT_TYPES
from caresmith.ids import MessageId, PracticeId
from caresmith.keystore import create_keys
from caresmith.messages.outgoing import Draft, message_record
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import Kind, MessageRecord, SenderRecord, sender_key
from caresmith.messages.wording import Rendered
from caresmith.records.appointment import VISIT, VisitRecord, VisitView, visit_key
from caresmith.records.contact import Channel
from infra.manifest import FUNCTIONS, Function, function_for_path
from infra.patterns import matches, stream_pattern
from scripts.eventcontracts import contracts, samples
from scripts.sample_practice.loading import PRACTICE_ID
from scripts.sample_practice.setup import sample_setup, things
from tests.support.client import invoke
from tests.support.practices import put

EVERY = [(function, kind) for function in FUNCTIONS for kind in samples.wanted(function)]
FOR_TESTS = [pytest.param(f, kind, id=f"{f.name}-{kind}") for f, kind in EVERY]


@pytest.fixture(scope="module")
def sample_practice(aws: str) -> PracticeId:
    """The practice that the samples are about, with its keys and a set-up."""
    create_keys(PRACTICE_ID, SystemClock())
    put(PRACTICE_ID, *things(sample_setup(samples.AT.date())))
    SenderRecord(
        sender_key(samples.PRACTICE_NUMBER), "sender", practice_id=PRACTICE_ID, channel="sms"
    ).save()
    _message(next(_told("messaging", "MessageQueued"))).save()
    _visit(next(_told("reminders", "AppointmentBooked"))).save()
    return PRACTICE_ID


def _visit(event: dict[str, Any]) -> VisitRecord:
    """The visit that the samples' events are about."""
    view = VisitView.model_validate({**event, "status": "booked"})
    key = visit_key(PRACTICE_ID, view.appointment_id)
    return VisitRecord(key, VISIT, body=view.model_dump_json(), sealed=b"unread")


def _told(function: str, detail_type: str) -> Iterator[dict[str, Any]]:
    for envelope in _envelopes(samples.read(function, "bus")):
        if envelope["detail-type"] == detail_type:
            yield envelope["detail"]


def _message(event: dict[str, Any]) -> MessageRecord:
    """The message that the samples' events are about, to a number without consent for more."""
    draft = Draft(
        message_id=MessageId(event["message_id"]),
        party_id=event["party_id"],
        to=ContactPoint(Channel.SMS, "+12065550142", "a-thread"),
        kind=Kind.ANSWER,
        rendered=Rendered("Thank you."),
        useless_after=datetime(2026, 3, 6, tzinfo=UTC),
    )
    return message_record(draft, PRACTICE_ID, datetime(2026, 3, 5, tzinfo=UTC))


def test_every_trigger_has_its_sample_and_no_sample_is_left_over() -> None:
    written = {path.relative_to(samples.SAMPLES) for path in samples.SAMPLES.rglob("*.json")}
    wanted = {samples.path_of(f.name, kind).relative_to(samples.SAMPLES) for f, kind in EVERY}
    assert written == wanted, "run scripts/contracts --samples"


@pytest.mark.parametrize(("function", "kind"), FOR_TESTS)
def test_the_function_takes_it(sample_practice: PracticeId, function: Function, kind: str) -> None:
    answer = invoke(function, samples.read(function.name, kind))
    match kind:
        case "http" if function.role_in_api == "authorizer":
            assert answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        case "http":
            assert answer["statusCode"] == 200, answer
        case "bus" | "stream":
            assert answer == {"batchItemFailures": []}


@pytest.mark.parametrize(("function", "kind"), FOR_TESTS)
def test_it_is_what_the_trigger_lets_through(function: Function, kind: str) -> None:
    sample = samples.read(function.name, kind)
    match kind:
        case "http" if function.role_in_api != "authorizer":
            assert function_for_path(sample["path"]) == function
        case "stream":
            patterns = [stream_pattern(trigger) for trigger in function.streams]
            for record in sample["Records"]:
                assert any(matches(pattern, record) for pattern in patterns)
        case "bus":
            listened = {name for trigger in function.events for name in trigger.detail_types}
            assert {envelope["detail-type"] for envelope in _envelopes(sample)} == listened
        case "schedule":
            assert sample["job"] in {schedule.name for schedule in function.schedules}


def test_the_events_in_samples_fit_their_contracts() -> None:
    told = [
        (envelope["detail-type"], envelope["detail"])
        for function, kind in EVERY
        if kind == "bus"
        for envelope in _envelopes(samples.read(function.name, kind))
    ]
    images = [r["dynamodb"]["NewImage"] for r in samples.read("relay", "stream")["Records"]]
    told += [(image["detail_type"]["S"], json.loads(image["detail"]["S"])) for image in images]
    assert len(told) > 5
    for name, detail in told:
        contract = contracts.read(EVENT_TYPES[name])
        assert contract is not None
        Draft202012Validator(contract).validate(detail)


def _envelopes(sample: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(record["body"]) for record in sample["Records"]]
