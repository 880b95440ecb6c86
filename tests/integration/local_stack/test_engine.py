"""The engine on a folder: what it needs to stay quick as its streams grow."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from scripts.localstack.clients import Clients
from scripts.localstack.engine import DynamoDBLocal
from scripts.localstack.system import Deployment

_DRAWN = "SELECT * FROM us WHERE StreamID = ? AND ShardID = ? AND SequenceNumber >= ?"


def test_a_stream_is_read_without_the_records_of_others(tmp_path):
    with DynamoDBLocal(tmp_path) as engine:
        make(engine, "first")
        engine.index_streams()
        engine.index_streams()
        make(engine, "second")
        with closing(sqlite3.connect(tmp_path / "shared-local-instance.db")) as store:
            plan = store.execute(f"EXPLAIN QUERY PLAN {_DRAWN}", ("a", "b", 1)).fetchall()
        assert "SEARCH us USING INDEX caresmith*" in str(plan)
    with DynamoDBLocal(tmp_path) as engine:
        assert [read(engine, table) for table in ("first", "second")] == [["first"], ["second"]]


def clients(engine: DynamoDBLocal) -> Clients:
    return Clients(Deployment("engine", engine.endpoint, ""))


def make(engine: DynamoDBLocal, table: str) -> None:
    """A table with one item, named like the table."""
    dynamodb = clients(engine).dynamodb
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    dynamodb.put_item(TableName=table, Item={"pk": {"S": table}})


def read(engine: DynamoDBLocal, table: str) -> list[str]:
    """The keys in the table's stream."""
    streams = clients(engine).streams
    (told,) = streams.list_streams(TableName=table)["Streams"]
    arn = told["StreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in records]
