"""Carries stream records and bus events to the functions, as the triggers do."""

from __future__ import annotations

import json
from typing import Any

import boto3

from caresmith.settings import prefix, table_name
from infra.manifest import FUNCTIONS, StreamTrigger
from infra.patterns import matches, stream_pattern
from scripts.localstack.records import sqs_event, stream_event
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
        iterator = self._client.get_shard_iterator(
            StreamArn=arn, ShardId=shards[-1]["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        # The engine loses an iterator of type LATEST that was never moved: read up to the end.
        while (answer := self._client.get_records(ShardIterator=iterator))["Records"]:
            iterator = answer["NextShardIterator"]
        return answer["NextShardIterator"]

    def deliver(self) -> int:
        """Hand all new records to their functions; returns how many there were."""
        count = 0
        for domain, iterator in list(self._iterators.items()):
            answer = self._client.get_records(ShardIterator=iterator, Limit=1000)
            self._iterators[domain] = answer["NextShardIterator"]
            records = answer["Records"]
            count += len(records)
            for function in FUNCTIONS:
                for trigger in function.streams:
                    if trigger.domain != domain:
                        continue
                    wanted = [r for r in records if matches(stream_pattern(trigger), r)]
                    for start in range(0, len(wanted), trigger.batch_size):
                        batch = wanted[start : start + trigger.batch_size]
                        result = invoke(function, stream_event(batch, domain))
                        assert result["batchItemFailures"] == [], result
        return count


def deliver_events(*, rounds: int = 10) -> int:
    """Hand all queued bus events to their consumers; returns how many there were."""
    sqs, count = boto3.client("sqs"), 0
    for function in FUNCTIONS:
        if not function.events:
            continue
        url = sqs.get_queue_url(QueueName=f"{prefix()}{function.name}-events")["QueueUrl"]
        for _ in range(rounds):
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                break
            count += len(messages)
            result = invoke(function, sqs_event(messages, url))
            assert result["batchItemFailures"] == [], result
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return count


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
