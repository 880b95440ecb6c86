from datetime import UTC, datetime

import pytest

from caresmith.settings import Domain
from infra.manifest import EventTrigger, StreamTrigger
from infra.patterns import event_pattern, matches, stream_pattern
from scripts.localstack.records import failed_items, stream_event


def test_stream_record_looks_as_lambda_gets_it():
    record = {
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 1, 1, tzinfo=UTC),
            "NewImage": {"sealed": {"B": b"\x00\xff"}, "n": {"L": [{"B": b"x"}]}},
        },
    }
    (made,) = stream_event([record], "arn:stream")["Records"]
    assert made["eventSourceARN"] == "arn:stream"
    assert made["dynamodb"]["ApproximateCreationDateTime"] == 1767225600.0
    assert made["dynamodb"]["NewImage"] == {"sealed": {"B": "AP8="}, "n": {"L": [{"B": "eA=="}]}}


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}]
)
def test_answer_without_failures_takes_the_whole_batch(answer):
    assert failed_items(answer) == set()


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        {"batchItemFailures": [{}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
    ],
)
def test_answer_that_names_no_item_fails_the_whole_batch(answer):
    with pytest.raises(ValueError, match=r".+"):
        failed_items(answer)


def put(entity: str) -> dict:
    return {"eventName": "INSERT", "dynamodb": {"NewImage": {"entity": {"S": entity}}}}


def test_trigger_on_an_entity_wants_it_only_when_it_is_put():
    pattern = stream_pattern(StreamTrigger(Domain.PATIENTS, entity="event"))
    assert matches(pattern, put("event"))
    assert not matches(pattern, put("patient"))
    assert not matches(pattern, {**put("event"), "eventName": "MODIFY"})
    assert not matches(pattern, {"eventName": "REMOVE", "dynamodb": {}})


def test_trigger_without_an_entity_wants_every_record():
    assert matches(stream_pattern(StreamTrigger(Domain.PATIENTS)), {"eventName": "REMOVE"})


def test_rule_names_each_detail_type_once():
    pattern = event_pattern((EventTrigger(("B", "A")), EventTrigger(("A",))))
    assert pattern["detail-type"] == ["A", "B"]
