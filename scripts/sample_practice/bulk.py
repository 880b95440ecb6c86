"""Writes many new items fast: a hundred to a transaction, a few transactions at once.

For items that nobody else knows of yet, so that no condition is needed. One
transaction of a hundred puts costs the local engine less than four batches of
twenty-five.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from pynamodb.attributes import VersionAttribute

from caresmith.settings import Domain, table_name

_BATCH: Final = 100  # DynamoDB's limit of one transaction
_WRITERS: Final = 3
_WAITING: Final = 12

Item = dict[str, dict[str, Any]]


class Bulk:
    """``with Bulk() as bulk: bulk.add(record)``: all is written when the block ends."""

    def __init__(self) -> None:
        config = Config(max_pool_connections=_WRITERS, retries={"mode": "standard"})
        self._client = boto3.client("dynamodb", config=config)
        self._pool = ThreadPoolExecutor(_WRITERS)
        self._slots = BoundedSemaphore(_WAITING)
        self._operations: list[Any] = []
        self._writes: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        with self._pool:
            if kind is None:
                self._flush()
        if kind is None:
            for write in self._writes:
                write.result()

    def add(self, record: Any) -> None:
        """Write a PynamoDB record, as one version more than it has."""
        if isinstance(getattr(type(record), "version", None), VersionAttribute):
            record.version = int(record.version or 0) + 1
        self._do("Put", record.Meta.table_name, Item=record.serialize())

    def add_item(self, domain: Domain, item: Item) -> None:
        """Write an item whose attributes no record type names."""
        self._do("Put", table_name(domain), Item=item)

    def delete(self, domain: Domain, key: Item) -> None:
        self._do("Delete", table_name(domain), Key=key)

    def _do(self, operation: str, table: str, **what: Item) -> None:
        self._operations.append({operation: {"TableName": table, **what}})
        if len(self._operations) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        operations, self._operations = self._operations, []
        if operations:
            self._slots.acquire()
            self._writes.append(self._pool.submit(self._write, operations))

    def _write(self, operations: list[Any]) -> None:
        try:
            self._client.transact_write_items(TransactItems=operations)
        finally:
            self._slots.release()


def empty_tables(domains: tuple[Domain, ...]) -> None:
    """Drop these tables and make them anew, as they were made; the local engine's only.

    Deleting item by item costs the engine as much as writing did, and leaves each
    item once more in the table's stream, which somebody then has to read.
    """
    for domain in domains:
        empty_table(table_name(domain))


def empty_table(name: str) -> None:
    """Raises ValueError for a table that is not on this machine."""
    client = boto3.client("dynamodb")
    if urlsplit(client.meta.endpoint_url).hostname not in {"127.0.0.1", "localhost"}:
        raise ValueError("tables are emptied on this machine only")
    told = client.describe_table(TableName=name)["Table"]
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    made: dict[str, Any] = {
        "TableName": name,
        "KeySchema": told["KeySchema"],
        "AttributeDefinitions": told["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if told.get("StreamSpecification"):
        made["StreamSpecification"] = told["StreamSpecification"]
    client.delete_table(TableName=name)
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    client.create_table(**made)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    if ttl.get("TimeToLiveStatus") in {"ENABLING", "ENABLED"}:
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl["AttributeName"]},
        )


def keys_of_others(beginning: str, domain: Domain) -> bool:
    """Whether a table holds any item whose partition key begins otherwise."""
    pages = (
        boto3.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table_name(domain),
            ProjectionExpression="pk",
            FilterExpression="NOT begins_with(pk, :beginning)",
            ExpressionAttributeValues={":beginning": {"S": beginning}},
        )
    )
    return any(page["Items"] for page in pages)


def delete_where_key_begins(beginning: str, domains: tuple[Domain, ...]) -> int:
    """Delete every item whose partition key begins so; returns how many there were."""
    client = boto3.client("dynamodb")
    count = 0
    for domain in domains:
        pages = client.get_paginator("scan").paginate(
            TableName=table_name(domain),
            ProjectionExpression="pk, sk",
            FilterExpression="begins_with(pk, :beginning)",
            ExpressionAttributeValues={":beginning": {"S": beginning}},
        )
        # All keys before the first delete: the engine's scan slows down beside writes.
        keys: list[Any] = [key for page in pages for key in page["Items"]]
        with Bulk() as bulk:
            for key in keys:
                bulk.delete(domain, key)
        count += len(keys)
    return count
