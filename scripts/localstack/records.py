"""Stream records and queue messages in the shape in which Lambda's pollers hand them over."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scripts.localstack.system import REGION


def stream_event(records: Sequence[Mapping[str, Any]], stream_arn: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
    return {"Records": [{**_plain(record), "eventSourceARN": stream_arn} for record in records]}


def sqs_event(messages: Sequence[Mapping[str, Any]], queue_arn: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "md5OfBody": message.get("MD5OfBody", ""),
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def failed_items(result: Any) -> set[str]:
    """The identifiers that a partial batch response names. An empty one is a failure of all.

    Raises ValueError where the answer is not one: Lambda then retries the whole batch.
    """
    if result is None:
        return set()
    if not isinstance(result, Mapping):
        raise ValueError("not a batch response")  # noqa: TRY004 - documented
    failures = result.get("batchItemFailures") or []
    try:
        identifiers = {failure["itemIdentifier"] for failure in failures}
    except (KeyError, TypeError) as error:
        raise ValueError("not a batch response") from error
    if not all(isinstance(name, str) and name for name in identifiers):
        raise ValueError("a failure without its identifier")
    return identifiers


def _plain(value: Any) -> Any:
    """boto3 gives bytes and datetimes where Lambda's event has base64 and epoch seconds."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value
