"""Carries committed domain events from the tables' streams to the bus.

Streams deliver at least once and in order per partition. Records are put in
their order; from the first that EventBridge refuses, everything is handed back
to the stream, which delivers it again. Consumers know events they have seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from caresmith.clock import SystemClock, from_text
from caresmith.dispatch import make_handler
from caresmith.log import logger
from caresmith.settings import bus_name

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# PutEvents takes ten entries and 256 KB; an event of ids is below 4 KB.
_BATCH: Final = 10
_clock = SystemClock()


@cache
def _events() -> EventBridgeClient:
    import boto3

    return boto3.client("events")


def relay(records: list[dict[str, Any]]) -> list[str]:
    """Put the outbox items of ``records`` on the bus; returns what must come again."""
    for batch in _batches(records):
        answer = _events().put_events(Entries=[_entry(record) for record in batch])
        for record, entry in zip(batch, answer["Entries"], strict=True):
            if "ErrorCode" in entry:
                logger().error("event refused by the bus", extra={"code": entry["ErrorCode"]})
                # Lambda retries a stream from the first failure that it is told.
                return [record["dynamodb"]["SequenceNumber"]]
    _measure_lag(records)
    return []


def _batches(records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(records), _BATCH):
        yield records[start : start + _BATCH]


def _entry(record: dict[str, Any]) -> PutEventsRequestEntryTypeDef:
    item = record["dynamodb"]["NewImage"]
    return {
        "EventBusName": bus_name(),
        "Source": item["source"]["S"],
        "DetailType": item["detail_type"]["S"],
        "Detail": item["detail"]["S"],
        "Time": from_text(item["occurred_at"]["S"]),
    }


def _measure_lag(records: list[dict[str, Any]]) -> None:
    oldest = from_text(records[0]["dynamodb"]["NewImage"]["occurred_at"]["S"])
    seconds = max(0.0, (_clock.now() - oldest).total_seconds())
    with single_metric(name="RelayLag", unit=MetricUnit.Seconds, value=seconds) as metric:
        metric.add_dimension(name="function", value="relay")


handler = make_handler(stream=relay)
