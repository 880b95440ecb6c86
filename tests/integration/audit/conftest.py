from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from caresmith.actor import Actor
from caresmith.audit import AuditEntry, AuditTrail, Outcome
from caresmith.clock import FixedClock, SystemClock
from caresmith.ids import PatientId, PracticeId, UserId
from caresmith.permissions import Role
from caresmith.settings import Domain, bucket_name, table_name
from functions.audit import records, store
from functions.audit.completeness import days_of, verify_day, verify_objects
from functions.audit.findings import Finding
from functions.audit.segments import Entry, plain, read_segment
from functions.audit.verifying import verify_links
from infra.manifest import FUNCTIONS
from infra.patterns import matches, stream_pattern
from scripts.localstack.records import stream_event
from tests.support.client import Caller, Reply, call
from tests.support.delivery import Streams


@dataclass
class Trail:
    """One practice's audit trail: entries are written as requests write them."""

    practice: PracticeId
    streams: Streams
    auditor: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.auditor = Caller(self.practice, roles=(Role.AUDITOR,))

    def write(self, *patients: PatientId, count: int = 1, **given: Any) -> list[str]:
        """Entries of somebody at the front desk; returns their ids."""
        at: datetime | None = given.pop("at", None)
        roles = given.pop("roles", (Role.FRONT_DESK,))
        action = given.pop("action", "patients.read")
        actor = Actor(self.practice, UserId.new(), frozenset(roles))
        clock = FixedClock(at) if at else SystemClock()
        before = self.ids()
        for _ in range(count):
            trail = AuditTrail(actor, action, clock, source_ip="192.0.2.1", **given)
            trail.about(*patients)
            trail.close(Outcome.SUCCESS, 200)
        return sorted(self.ids() - before)

    def sealed(self, *patients: PatientId, count: int = 1, **given: Any) -> list[str]:
        """As :meth:`write`, and the sealer has taken them."""
        ids = self.write(*patients, count=count, **given)
        self.streams.deliver()
        return ids

    def entries(self) -> list[Entry]:
        """All entries of the practice in the table."""
        client, found = boto3.client("dynamodb"), []
        pages = client.get_paginator("scan").paginate(
            TableName=table_name(Domain.AUDIT),
            FilterExpression="entity = :entry AND practice_id = :practice",
            ExpressionAttributeValues={
                ":entry": {"S": "entry"},
                ":practice": {"S": self.practice},
            },
            ConsistentRead=True,
        )
        for page in pages:
            found += [plain(item) for item in page["Items"]]
        return found

    def ids(self) -> set[str]:
        return {entry["entry_id"] for entry in self.entries()}

    def place(self, entry_id: str) -> tuple[str, str]:
        """Where an entry lies."""
        [entry] = [e for e in self.entries() if e["entry_id"] == entry_id]
        return entry["pk"], entry["sk"]

    def chain(self) -> list[records.LinkRecord]:
        return list(records.links(self.practice, 1, 10**9))

    def segments(self) -> list[list[Entry]]:
        """The entries of each linked segment, in order."""
        bodies = [store.read(link.object_key) for link in self.chain()]
        return [read_segment(body or b"")[1] for body in bodies]

    def verified(self) -> list[Finding]:
        """Everything that a whole verification finds, what is harmless included."""
        head, now = records.head(self.practice), datetime.now(UTC)
        end = int(head.sequence) if head else 0
        found = [each for _, some in verify_links(self.practice, 1, end) for each in some]
        for day in days_of(self.practice, next(iter(self.chain()), None), now.date()):
            found += verify_day(self.practice, day, now)
        linked = {int(link.sk): link.object_key for link in self.chain()}
        return found + list(verify_objects(self.practice, linked, now))

    def faults(self) -> list[tuple[str, int | None, str | None]]:
        """Fault, segment and entry of each finding, in that order, each once."""
        found = [(f.fault.value, f.sequence, f.entry_id) for f in self.verified()]
        return list(dict.fromkeys(found))

    # -- front door -------------------------------------------------------

    def get(self, path: str, **query: str) -> Reply:
        return call("GET", path, caller=self.auditor, query=query)

    def verify(self, first: int, last: int) -> Reply:
        return call(
            "POST",
            "/audit/verify",
            caller=self.auditor,
            json_body={"first": first, "last": last},
        )

    # -- tampering, as somebody with all rights could ------------------------

    def change_item(self, place: tuple[str, str], name: str, value: str) -> None:
        boto3.client("dynamodb").update_item(
            TableName=table_name(Domain.AUDIT),
            Key=_key(place),
            UpdateExpression="SET #n = :v",
            ExpressionAttributeNames={"#n": name},
            ExpressionAttributeValues={":v": {"S": value}},
        )

    def delete_item(self, place: tuple[str, str]) -> None:
        boto3.client("dynamodb").delete_item(TableName=table_name(Domain.AUDIT), Key=_key(place))

    def rewrite(self, sequence: int, lines: list[bytes]) -> None:
        """Put another object in the place of a segment."""
        [link] = records.links(self.practice, sequence, sequence)
        body = b"".join(line + b"\n" for line in lines)
        bucket = bucket_name("audit")
        boto3.client("s3").put_object(Bucket=bucket, Key=link.object_key, Body=body)

    def lines(self, sequence: int) -> list[bytes]:
        [link] = records.links(self.practice, sequence, sequence)
        return (store.read(link.object_key) or b"").splitlines()

    def delete_object(self, sequence: int) -> None:
        [link] = records.links(self.practice, sequence, sequence)
        boto3.client("s3").delete_object(Bucket=bucket_name("audit"), Key=link.object_key)

    def delete_link(self, sequence: int) -> None:
        self.delete_item((records.chain_key(self.practice), f"{sequence:012d}"))


def _key(place: tuple[str, str]) -> dict[str, Any]:
    return {"pk": {"S": place[0]}, "sk": {"S": place[1]}}


@pytest.fixture
def trail(practice: PracticeId, streams: Streams) -> Trail:
    return Trail(practice, streams)


@pytest.fixture
def another(aws: str, streams: Streams) -> Trail:
    """Another practice's trail."""
    from caresmith.keystore import create_keys

    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    return Trail(practice, streams)


def batch(entries: list[Entry]) -> dict[str, Any]:
    """The stream event that tells of these entries once more."""
    [function] = [f for f in FUNCTIONS if f.name == "audit"]
    told = []
    for number, entry in enumerate(entries, start=1):
        item = AuditEntry.get(entry["pk"], entry["sk"]).to_dynamodb_dict()
        image = {"SequenceNumber": f"{number:021d}", "NewImage": item}
        told.append({"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": image})
    assert all(matches(stream_pattern(function.streams[0]), record) for record in told)
    return stream_event(told, "arn:aws:dynamodb:us-east-1:123456789012:table/x/stream/y")
