"""Carries stream records and bus events to the functions, as the triggers do."""

from __future__ import annotations

import json
from typing import Any, Self

import boto3

from caresmith.settings import Domain, prefix, table_name
from infra.manifest import FUNCTIONS
from infra.patterns import matches, stream_pattern
from scripts.localstack.records import sqs_event, stream_event
from tests.support.client import invoke


class Streams:
    """The tables' streams while the block is open; what was read is not read again.

    Tests' tables have none otherwise: the engine keeps all records, and writes more
    slowly the more there are.
    """

    def __init__(self) -> None:
        self._client = boto3.client("dynamodbstreams")
        self._domains = {trigger.domain for function in FUNCTIONS for trigger in function.streams}
        self._shards: dict[Domain, tuple[str, str]] = {}
        self._seen: dict[Domain, str] = {}

    def __enter__(self) -> Self:
        self._switch(StreamEnabled=True, StreamViewType="NEW_AND_OLD_IMAGES")
        self._shards = {domain: self._shard(domain) for domain in self._domains}
        return self

    def __exit__(self, *_: object) -> None:
        self._switch(StreamEnabled=False)

    def _switch(self, **to: Any) -> None:
        client = boto3.client("dynamodb")
        for domain in self._domains:
            client.update_table(TableName=table_name(domain), StreamSpecification=to)

    def _shard(self, domain: Domain) -> tuple[str, str]:
        table = boto3.client("dynamodb").describe_table(TableName=table_name(domain))["Table"]
        arn = table["LatestStreamArn"]
        shards = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        return arn, shards[-1]["ShardId"]

    def _new_records(self, domain: Domain) -> list[Any]:
        """All records since the last call. By sequence number: the engine forgets iterators."""
        arn, shard = self._shards[domain]
        found: list[Any] = []
        while True:
            start: Any = {"ShardIteratorType": "TRIM_HORIZON"}
            if domain in self._seen:
                start = {
                    "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                    "SequenceNumber": self._seen[domain],
                }
            iterator = self._client.get_shard_iterator(StreamArn=arn, ShardId=shard, **start)
            records = self._client.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
            if not records:
                return found
            found += records
            self._seen[domain] = records[-1]["dynamodb"]["SequenceNumber"]

    def deliver(self) -> int:
        """Hand all new records to their functions; returns how many there were."""
        count = 0
        for domain in self._shards:
            records = self._new_records(domain)
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
