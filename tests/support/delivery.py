"""Carries stream records and bus events to the functions, as the triggers do."""

from __future__ import annotations

import json
from typing import Any

import boto3

from caresmith.settings import table_name
from infra.manifest import FUNCTIONS, StreamTrigger
from scripts.localstack.resources import events_queue
from tests.support.client import invoke


class Streams:
    """Reads the tables' streams from where it last stopped."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodbstreams")
        self._iterators: dict[str, str] = {}
        for function in FUNCTIONS:
            for trigger in function.streams:
                self._iterators.setdefault(trigger.domain, self._end_of(trigger))

    def _end_of(self, trigger: StreamTrigger) -> str:
        arn = boto3.client("dynamodb").describe_table(TableName=table_name(trigger.domain))[
            "Table"
        ]["LatestStreamArn"]
        shards = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        return self._client.get_shard_iterator(
            StreamArn=arn, ShardId=shards[-1]["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]

    def deliver(self) -> int:
        """Hand all new records to their functions; returns how many there were."""
        count = 0
        for domain, iterator in list(self._iterators.items()):
            answer = self._client.get_records(ShardIterator=iterator, Limit=1000)
            self._iterators[domain] = answer["NextShardIterator"]
            records = [_as_lambda_sees(record) for record in answer["Records"]]
            count += len(records)
            for function in FUNCTIONS:
                for trigger in function.streams:
                    wanted = [r for r in records if _passes(trigger, domain, r)]
                    for start in range(0, len(wanted), trigger.batch_size):
                        batch = wanted[start : start + trigger.batch_size]
                        result = invoke(function, {"Records": batch})
                        assert result["batchItemFailures"] == [], result
        return count


def _passes(trigger: StreamTrigger, domain: str, record: dict[str, Any]) -> bool:
    if trigger.domain != domain:
        return False
    image = record["dynamodb"].get("NewImage", {})
    return trigger.entity is None or (
        record["eventName"] == "INSERT" and image.get("entity", {}).get("S") == trigger.entity
    )


def _as_lambda_sees(record: Any) -> dict[str, Any]:
    """boto3 gives bytes and datetimes where Lambda's event has base64 and epoch seconds."""
    import base64

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list):
            return [plain(v) for v in value]
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        return value.timestamp() if hasattr(value, "timestamp") else value

    shaped: dict[str, Any] = plain(record)
    return {**shaped, "eventSource": "aws:dynamodb", "awsRegion": "us-east-1"}


def deliver_events(*, rounds: int = 10) -> int:
    """Hand all queued bus events to their consumers; returns how many there were."""
    sqs, count = boto3.client("sqs"), 0
    for function in FUNCTIONS:
        if not function.events:
            continue
        url = sqs.get_queue_url(QueueName=events_queue(function.name))["QueueUrl"]
        for _ in range(rounds):
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                break
            count += len(messages)
            result = invoke(function, sqs_event(messages))
            assert result["batchItemFailures"] == [], result
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return count


def sqs_event(messages: list[Any]) -> dict[str, Any]:
    """SQS messages as Lambda's event source mapping shapes them."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:events",
                "awsRegion": "us-east-1",
            }
            for message in messages
        ]
    }


def event_message(detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    """An SQS message that carries one bus event."""
    envelope = {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000001",
        "source": "caresmith.test",
        "detail-type": detail_type,
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }
    return {"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": json.dumps(envelope)}
