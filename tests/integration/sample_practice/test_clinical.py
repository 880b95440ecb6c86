"""The clinical part of the sample, read through the front door by a clinician."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from caresmith.permissions import Role
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.encounter import EncounterStatus
from scripts.sample_practice import bulk, loading
from scripts.sample_practice.clinical.charted import Charted
from scripts.sample_practice.premises import PROVIDERS
from tests.integration.sample_practice.conftest import Loaded
from tests.support.client import Caller, call

OKAFOR = PROVIDERS["okafor"].id


@pytest.fixture
def clinician() -> Caller:
    return Caller(loading.PRACTICE_ID, roles=(Role.CLINICIAN,), extra={"provider_id": OKAFOR})


def get(path: str, caller: Caller, **given: Any) -> Any:
    reply = call("GET", path, caller=caller, **given)
    assert reply.status == 200, reply.text
    return reply.json


def active(chart: Charted) -> set[str]:
    return {
        entry.content.code.words
        for entry in chart.entries
        if isinstance(entry.content, Condition) and entry.content.matters_now
    }


def test_the_summary_shows_what_the_sample_tells(loaded: Loaded, clinician: Caller) -> None:
    charts = loaded.sample.charts
    assert len(charts) >= 5
    for chart in charts:
        shown = get(f"/charts/{chart.patient_id}/summary", clinician)
        problems = {one["content"]["code"]["text"] for one in shown["problems"]}
        assert problems == active(chart)
        waiting = [f for f in chart.results if f.report.reviewed_at is None]
        assert len(shown["reports"]) == len(waiting)
        assert len(shown["vitals"]) <= 1


def test_a_signed_note_reads_and_its_signature_holds(loaded: Loaded, clinician: Caller) -> None:
    signed = [
        told
        for chart in loaded.sample.charts
        for told in chart.visits
        if told.status is EncounterStatus.FINISHED
    ]
    assert signed
    for told in signed[:10]:
        encounter = get(f"/encounters/{told.encounter_id}", clinician)
        assert encounter["status"] == "finished"
        assert encounter["missing"] == []
        note = get(f"/encounters/{told.encounter_id}/note", clinician)
        assert note["state"] == "signed"
        assert note["intact"]
        assert [one["text"] for one in note["sections"]] == [
            section.text for section in (told.note.body.sections if told.note else ())
        ]


def test_results_wait_in_the_inbox_and_those_of_nobody_on_the_list(
    loaded: Loaded, clinician: Caller
) -> None:
    waiting = {
        filed.report_id
        for chart in loaded.sample.charts
        for filed in chart.results
        if filed.report.reviewed_at is None and filed.report.responsible_id == OKAFOR
    }
    inbox = get("/results/inbox", clinician, query={"provider_id": OKAFOR})
    assert {entry["report_id"] for entry in inbox["entries"]} == waiting
    unfiled = get("/results/unfiled", clinician)
    assert {item["reason"] for item in unfiled["items"]} >= {"unknown-number", "garbled"}


def test_an_emptied_table_is_the_same_table_with_nothing_in_it(aws: str) -> None:
    client = boto3.client("dynamodb")
    name = "sample-to-be-emptied"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    before = client.describe_table(TableName=name)["Table"]
    client.put_item(TableName=name, Item={"pk": {"S": "one"}})
    try:
        bulk.empty_table(name)
        after = client.describe_table(TableName=name)["Table"]
        assert client.scan(TableName=name)["Items"] == []
        for kept in ("KeySchema", "AttributeDefinitions", "StreamSpecification"):
            assert after[kept] == before[kept]  # type: ignore[literal-required]
        ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        assert ttl["AttributeName"] == "expires_at"
    finally:
        client.delete_table(TableName=name)
