"""Entries become segments: each once, in order, whatever is delivered how often."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import PatientId
from caresmith.transactions import TransactionCancelled
from functions.audit import records, sealer, segments, store
from functions.audit.errors import Overtaken
from functions.audit.segments import GENESIS, digest_of, read_segment
from scripts.benchmark.meter import watched
from tests.integration.audit.conftest import Trail, batch
from tests.support.client import invoke


def sealed_ids(trail: Trail) -> list[str]:
    return [entry["entry_id"] for segment in trail.segments() for entry in segment]


def test_entries_are_sealed_in_the_order_of_time(trail: Trail) -> None:
    noon = datetime.now(UTC).replace(hour=12) - timedelta(days=1)
    later = trail.write(at=noon + timedelta(minutes=1))
    earlier = trail.write(at=noon)
    trail.streams.deliver()
    assert sealed_ids(trail) == earlier + later
    assert trail.verified() == []


def test_each_segment_names_the_hash_of_the_one_before(trail: Trail) -> None:
    for _ in range(3):
        trail.sealed(count=2)
    before = GENESIS
    for number, link in enumerate(trail.chain(), start=1):
        body = store.read(link.object_key) or b""
        header, entries = read_segment(body)
        assert (link.sequence, header["sequence"], header["count"]) == (number, number, 2)
        assert (link.previous, header["previous"]) == (before, before)
        assert header["first"] <= header["last"] == entries[-1]["occurred_at"]
        assert link.object_key.startswith(f"{trail.practice}/{header['first'][:4]}/")
        assert f"/{number:012d}-" in link.object_key
        before = digest_of(body)
        assert link.digest == before
    assert number == 3


def test_a_sealed_copy_is_the_entry_with_all_its_attributes(trail: Trail) -> None:
    patient = PatientId.new()
    trail.sealed(patient, reason="Overbooked – “urgent”\nsecond line")
    assert trail.segments() == [trail.entries()]


def test_a_request_through_the_front_door_is_sealed(trail: Trail) -> None:
    assert trail.get("/audit/chain").status == 200
    trail.streams.deliver()
    [[entry]] = trail.segments()
    assert (entry["action"], entry["actor_id"]) == ("audit.read-chain", trail.auditor.user_id)


def test_sealing_makes_no_entries_itself(trail: Trail) -> None:
    trail.sealed(count=3)
    assert trail.streams.deliver() > 0  # the sealer's own items
    assert trail.streams.deliver() == 0
    assert len(trail.entries()) == 3


def test_more_than_a_segment_takes_is_split(trail: Trail) -> None:
    ids = trail.sealed(count=segments.MAX_ENTRIES + 5)
    assert [len(segment) for segment in trail.segments()] == [segments.MAX_ENTRIES, 5]
    assert sorted(sealed_ids(trail)) == ids
    assert trail.verified() == []


def test_entries_of_two_practices_in_one_batch_make_two_chains(
    trail: Trail, another: Trail
) -> None:
    ours, theirs = trail.write(count=2), another.write(count=3)
    trail.streams.deliver()
    assert (sorted(sealed_ids(trail)), sorted(sealed_ids(another))) == (ours, theirs)
    assert [link.sequence for link in (*trail.chain(), *another.chain())] == [1, 1]


def test_what_comes_again_is_not_sealed_again(trail: Trail) -> None:
    ids = trail.sealed(count=4)
    assert invoke("audit", batch(trail.entries())) == {"batchItemFailures": []}
    assert (len(trail.chain()), sorted(sealed_ids(trail))) == (1, ids)


def test_of_a_batch_that_comes_again_only_the_new_entries_are_sealed(trail: Trail) -> None:
    trail.sealed(count=3)
    new = trail.write(count=2)
    event = batch(trail.entries())
    event["Records"] += event["Records"][:2]  # and some even twice in one batch
    assert invoke("audit", event) == {"batchItemFailures": []}
    assert sorted(entry["entry_id"] for entry in trail.segments()[1]) == new
    assert max(Counter(sealed_ids(trail)).values()) == 1


def test_two_sealers_at_once_share_one_chain(trail: Trail) -> None:
    ids = trail.write(count=24)
    entries = trail.entries()
    halves = [entries[:16], entries[8:]]  # eight of them reach both
    answers: list[Any] = []
    start = threading.Barrier(4)

    def run(half: list[Any]) -> None:
        event = batch(half)
        start.wait()
        answers.append(invoke("audit", event))

    threads = [threading.Thread(target=run, args=(half,)) for half in halves * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"batchItemFailures": []}] * 4
    assert sorted(sealed_ids(trail)) == ids
    assert [link.sequence for link in trail.chain()] == list(range(1, len(trail.chain()) + 1))
    assert [found for found in trail.verified() if not found.harmless] == []


def test_who_loses_a_number_to_another_sealer_takes_the_next(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = trail.write(), trail.write()
    by_id = {entry["entry_id"]: entry for entry in trail.entries()}
    write = store.write

    def be_overtaken(segment: segments.Segment) -> None:
        write(segment)
        monkeypatch.setattr(store, "write", write)
        assert sealer.seal(trail.practice, [by_id[second[0]]], app_clock()) == 1

    monkeypatch.setattr(store, "write", be_overtaken)
    assert sealer.seal(trail.practice, [by_id[first[0]]], app_clock()) == 1
    assert sealed_ids(trail) == second + first
    assert [fault for fault, _, _ in trail.faults()] == ["unlinked"]
    assert all(found.harmless for found in trail.verified())


def app_clock() -> Any:
    from functions.audit.handler import app

    return app.clock


def test_who_always_loses_hands_the_entries_back(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail.write(count=2)
    event = batch(trail.entries())

    def lose(_: segments.Segment) -> None:
        raise Overtaken

    monkeypatch.setattr(records, "append", lose)
    monkeypatch.setattr(sealer, "ATTEMPTS", 3)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    failures = [{"itemIdentifier": number} for number in numbers]
    assert invoke("audit", event) == {"batchItemFailures": failures}
    assert trail.chain() == []


def test_a_crash_between_object_and_link_loses_nothing(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = trail.write(PatientId.new(), count=3)
    event = batch(trail.entries())

    def crash(_: segments.Segment) -> None:
        raise TransactionCancelled(("InternalServerError",))

    with monkeypatch.context() as broken:
        broken.setattr(records, "append", crash)
        assert len(invoke("audit", event)["batchItemFailures"]) == 3
    assert (trail.chain(), len(list(store.keys(trail.practice)))) == ([], 1)
    assert {fault for fault, _, _ in trail.faults()} == {"unlinked", "entry-waiting"}
    assert all(found.harmless for found in trail.verified())

    assert invoke("audit", event) == {"batchItemFailures": []}
    assert sorted(sealed_ids(trail)) == ids
    assert len(list(store.keys(trail.practice))) == 2
    assert trail.faults() == [("unlinked", 1, None)]
    assert trail.verified()[0].harmless


def test_one_practices_trouble_is_not_the_others(
    trail: Trail, another: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail.write(count=2)
    theirs = another.write(count=2)
    event = batch([*another.entries()[:1], *trail.entries(), *another.entries()[1:]])
    write = store.write

    def fail_for_one(segment: segments.Segment) -> None:
        if segment.practice == trail.practice:
            raise ConnectionError
        write(segment)

    monkeypatch.setattr(store, "write", fail_for_one)
    failed = [each["itemIdentifier"] for each in invoke("audit", event)["batchItemFailures"]]
    assert failed == [record["dynamodb"]["SequenceNumber"] for record in event["Records"][1:3]]
    assert sorted(sealed_ids(another)) == theirs


@pytest.mark.parametrize("broken", ["entry_id", "practice_id", "occurred_at", "sk"])
def test_a_record_that_is_no_entry_fails_alone(trail: Trail, broken: str) -> None:
    trail.write(count=3)
    event = batch(trail.entries())
    del event["Records"][1]["dynamodb"]["NewImage"][broken]
    number = event["Records"][1]["dynamodb"]["SequenceNumber"]
    assert invoke("audit", event) == {"batchItemFailures": [{"itemIdentifier": number}]}
    assert len(sealed_ids(trail)) == 2


def test_each_patient_gets_a_reference_once(trail: Trail) -> None:
    patients = [PatientId.new() for _ in range(130)]  # more than one transaction takes
    trail.write(*patients)
    event = batch(trail.entries())
    for _ in range(2):
        assert invoke("audit", event) == {"batchItemFailures": []}
    [entry] = trail.entries()
    for patient in (patients[0], patients[-1]):
        [found] = records.ReferenceRecord.query(records.patient_key(trail.practice, patient))
        assert (found.sk, found.entry_pk) == (entry["sk"], entry["pk"])
    assert trail.verified() == []


def test_references_that_a_crash_left_half_filed_are_completed(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = [PatientId.new() for _ in range(130)]
    trail.write(*patients)
    event = batch(trail.entries())
    with monkeypatch.context() as broken:
        broken.setattr(store, "write", lambda _: 1 / 0)
        assert len(invoke("audit", event)["batchItemFailures"]) == 1
    place = trail.entries()[0]["sk"]
    trail.delete_item((records.patient_key(trail.practice, patients[3]), place))
    assert invoke("audit", event) == {"batchItemFailures": []}
    assert trail.verified() == []


def test_the_audit_function_only_ever_adds(trail: Trail) -> None:
    patient = PatientId.new()
    with watched() as usage:
        trail.sealed(patient, count=3)
        invoke("audit", batch(trail.entries()))
        for path in ("/audit/chain", f"/audit/patients/{patient}/entries", "/console/audit"):
            assert trail.get(path).status == 200
        assert trail.verify(1, 1).json["ok"]
    calls = {name.partition(":")[2] for name in usage.calls}
    assert {"TransactWriteItems", "PutObject", "PutItem"} <= calls
    assert not [name for name in calls if name.startswith(("Update", "Delete", "BatchWrite"))]


def test_every_write_of_the_sealer_demands_that_nothing_is_there(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pynamodb.connection import Connection

    written: list[Any] = []
    real = Connection.transact_write_items

    def watch(self: Connection, *args: Any, **given: Any) -> Any:
        written.append(given)
        return real(self, *args, **given)

    monkeypatch.setattr(Connection, "transact_write_items", watch)
    trail.sealed(PatientId.new(), count=2)
    assert written
    for transaction in written:
        kinds = ("condition_check_items", "delete_items", "update_items")
        assert not any(transaction[kind] for kind in kinds)
        for put in transaction["put_items"]:
            assert "attribute_not_exists" in put["ConditionExpression"]
