"""Inbox, sign-off, release to the patient, orders, trends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock
from caresmith.ids import OrderId, PatientId
from caresmith.records.clinical.coding import LOINC, Coding, Concept
from caresmith.records.clinical.order import Order, OrderCategory
from caresmith.records.clinical.writing import ChartWrites
from caresmith.settings import Domain, table_name
from scripts.mllpbridge.messages import Person, Result, Value, oru
from tests.integration.results.conftest import Laboratory, glucose, later, values_of
from tests.support.client import Caller, call
from tests.support.delivery import Streams, deliver_events

PANEL = Result("F-1", [glucose()])


@pytest.fixture
def jo(lab: Laboratory) -> Person:
    return lab.person()


def arrived(lab: Laboratory, jo: Person, result: Result = PANEL, control: str = "1") -> Any:
    assert lab.deliver(oru(jo, result, control=control)) == "AA"
    return next(
        lab.report(entry["report_id"])
        for entry in lab.inbox()
        if lab.report(entry["report_id"])["report"]["filler_number"] == result.filler
    )


def test_what_is_signed_off_leaves_the_inbox_and_says_who_saw_it(
    lab: Laboratory, jo: Person
) -> None:
    read = arrived(lab, jo)
    path = f"/results/reports/{read['report_id']}/review"
    signed = lab.post(path, {"note": "Looks fine."}, version=1)
    assert signed.status == 200, signed.text
    report = signed.json["report"]
    assert (report["reviewed_by"], report["note"]) == (lab.clinician.user_id, "Looks fine.")
    assert lab.inbox() == []
    assert lab.post(path, {}, version=1).status == 412
    again = lab.post(path, {}, version=2)
    assert (again.status, again.json["type"].rpartition("/")[2]) == (409, "reviewed")


def test_it_is_forwarded_to_another_provider(lab: Laboratory, jo: Person) -> None:
    read = arrived(lab, jo)
    path = f"/results/reports/{read['report_id']}/forward"
    assert lab.post(path, {"provider_id": lab.small.ben}, version=1).status == 200
    assert lab.inbox() == []
    [entry] = lab.inbox(lab.small.ben)
    assert entry["report_id"] == read["report_id"]
    # A correction comes to whom it was forwarded.
    fixed = later(PANEL, 1, status="C", values=[glucose("400", flag="HH", status="C")])
    lab.deliver(oru(jo, fixed, control="2"))
    [entry] = lab.inbox(lab.small.ben)
    assert (entry["flag"], entry["status"]) == ("critical", "corrected")


def test_the_patient_sees_it_at_once_unless_somebody_says_why_not(
    lab: Laboratory, jo: Person
) -> None:
    read = arrived(lab, jo)
    assert read["shown_to_patient"]
    path = f"/results/reports/{read['report_id']}"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    body = {
        "ground": "171.201",
        "reason": "Told in person first: risk of harm.",
        "until": tomorrow.isoformat(),
    }
    for wrong in (
        {"ground": "because"},
        {"reason": ""},
        {"until": "2020-01-01T00:00:00Z"},
        {"until": (tomorrow + timedelta(days=500)).isoformat()},
    ):
        assert lab.post(f"{path}/withhold", {**body, **wrong}, version=1).status == 422
    held = lab.post(f"{path}/withhold", body, version=1)
    assert held.status == 200, held.text
    assert not held.json["shown_to_patient"]
    assert held.json["report"]["withheld"]["by"] == lab.clinician.user_id
    # It ends by itself.
    from functions.results.app import app

    clock, app.clock = app.clock, FixedClock(tomorrow + timedelta(seconds=1))
    try:
        assert lab.report(read["report_id"])["shown_to_patient"]
    finally:
        app.clock = clock
    freed = lab.post(f"{path}/release", version=2)
    assert freed.json["shown_to_patient"]


def placed(lab: Laboratory, patient: str, **given: Any) -> OrderId:
    """An order in that chart, as the encounters feature writes it."""
    practice, order = lab.small.practice, OrderId.new()
    content = Order(
        code=Concept(codings=(Coding(system=LOINC, code="24323-8"),)),
        category=OrderCategory.LAB,
        ordered_at=datetime(2026, 3, 1, tzinfo=UTC),
        requester_id=lab.small.ben,
        **given,
    )
    actor = Actor.system(practice, "test")
    now = datetime.now(UTC)
    with acting_as(actor), audited(AuditTrail(actor, "test", FixedClock(now))):
        writes = ChartWrites(actor, PatientId(patient), now)
        writes.add(content, entry=order)
        writes.commit()
    return order


@pytest.mark.parametrize("form", ["whole", "without prefix", "number"])
def test_a_final_result_completes_its_order_and_goes_to_who_ordered_it(
    lab: Laboratory, jo: Person, form: str
) -> None:
    order = placed(lab, lab.people["MRN-1"], placer_number="REQ 77")
    number = {"whole": order, "without prefix": order[4:], "number": "REQ 77"}[form]
    early = Result("F-1", [glucose(status="P")], status="P", placer=number)
    lab.deliver(oru(jo, early, control="1"))
    [entry] = lab.inbox(lab.small.ben)
    assert lab.report(entry["report_id"])["report"]["order_id"] == order
    status = {item["entry_id"]: item["status"] for item in clinical(lab, "chart-entry")}
    assert status[order] == "active", "a preliminary result completes nothing"
    lab.deliver(oru(jo, later(early, 1, status="F", values=[glucose()]), control="2"))
    [entry] = lab.inbox(lab.small.ben)
    read = lab.report(entry["report_id"])
    assert (read["version"], read["report"]["order_id"]) == (2, order)
    now = {i["entry_id"]: i["status"] for i in clinical(lab, "chart-entry", begins="past#")}
    assert now[order] == "completed"


def test_the_order_of_one_patient_is_never_answered_by_the_result_of_another(
    lab: Laboratory, jo: Person
) -> None:
    al = lab.person("MRN-2", family="Roe", given="Al")
    order = placed(lab, lab.people["MRN-1"])
    lab.deliver(oru(al, Result("F-1", [glucose()], placer=order), control="1"))
    [item] = lab.unfiled()
    assert item["reason"] == "order-of-another"
    # A person may file it all the same: it stands without the order.
    path = f"/results/unfiled/{item['message_id']}/0/assign"
    body = {"patient_id": lab.people["MRN-2"], "reason": "Wrong requisition, right patient."}
    assert lab.post(path, body, version=item["version"]).status == 200
    assert lab.only_report()["report"]["order_id"] is None


def clinical(lab: Laboratory, entity: str, begins: str = "") -> list[dict[str, str]]:
    """The practice's items of that kind as they lie in the table, their clear strings."""
    pages = boto3.client("dynamodb").get_paginator("scan")
    return [
        {name: value["S"] for name, value in item.items() if "S" in value}
        for page in pages.paginate(TableName=table_name(Domain.CLINICAL))
        for item in page["Items"]
        if item["pk"]["S"].startswith(lab.small.practice)
        and item["entity"]["S"] == entity
        and item["sk"]["S"].startswith(begins)
    ]


def test_each_result_is_told_once_with_ids_and_nothing_else(
    lab: Laboratory, jo: Person, streams: Streams
) -> None:
    read = arrived(lab, jo, Result("F-1", [glucose("620", flag="HH")]))
    lab.deliver(oru(jo, Result("F-1", [glucose("620", flag="HH")]), control="1"))
    told = clinical(lab, "event")
    assert [one["detail_type"] for one in told] == ["ResultArrived"]
    assert read["report_id"] in told[0]["detail"]
    assert '"flag":"critical"' in told[0]["detail"]
    for secret in ("Glucose", "2345-7", "620", "Doe", "F-1"):
        assert secret not in told[0]["detail"]
    streams.deliver()
    deliver_events()


def test_nothing_of_a_result_lies_in_clear(lab: Laboratory, jo: Person) -> None:
    arrived(lab, jo, Result("FILLER-XYZ", [glucose("123.4", note="note-xyz")]))
    lab.deliver(oru(Person("NOBODY-XYZ", "Quill", "Z", "19610723"), PANEL, control="2"))
    scanned = boto3.client("dynamodb").scan(TableName=table_name(Domain.CLINICAL))
    mine = [i for i in scanned["Items"] if i["pk"]["S"].startswith(lab.small.practice)]
    text = repr(mine)
    for secret in ("123.4", "note-xyz", "Glucose", "2345-7", "FILLER-XYZ", "Doe", "Quill", "1961"):
        assert secret not in text, secret
    for bucket in boto3.client("s3").list_buckets()["Buckets"]:
        if not bucket["Name"].endswith("results"):
            continue
        for held in boto3.client("s3").list_objects_v2(Bucket=bucket["Name"])["Contents"]:
            body = boto3.client("s3").get_object(Bucket=bucket["Name"], Key=held["Key"])
            assert b"123.4" not in body["Body"].read()


# -- trends -------------------------------------------------------------------


def trend(lab: Laboratory, code: str = "2345-7", **given: Any) -> Any:
    body = {"patient_id": lab.people["MRN-1"], "code": code, **given}
    reply = lab.post("/results/trends", body)
    assert reply.status == 200, reply.text
    return reply.json


def test_a_trend_brings_values_to_one_unit_and_never_mixes_what_it_can_t(
    lab: Laboratory, jo: Person
) -> None:
    day = datetime(2026, 1, 5, 13, tzinfo=UTC)
    told = [
        glucose("90"),
        Value("2345-7", "Glucose", "5.5", "mmol/L"),
        Value("2345-7", "Glucose", "1+", kind="ST"),
        Value("2345-7", "Glucose", "12", "furlongs"),
        glucose("110", flag="H"),
    ]
    for place, value in enumerate(told):
        at = day + timedelta(days=30 * place)
        result = Result(f"F-{place}", [value], collected=at, reported=at)
        lab.deliver(oru(jo, result, control=str(place)))
    found = trend(lab)
    assert found["name"] == "Glucose"
    by_unit = {one["unit"]: [point["value"] for point in one["points"]] for one in found["series"]}
    assert by_unit == {"mg/dL": [90.0, pytest.approx(99.1, abs=0.1), 110.0], "furlongs": [12.0]}
    [main] = [one for one in found["series"] if one["unit"] == "mg/dL"]
    assert [point["reported"] for point in main["points"]] == [
        "90 mg/dL",
        "5.5 mmol/L",
        "110 mg/dL",
    ]
    assert main["points"][-1]["flags"] == ["H"]
    moles = trend(lab, unit="mmol/L")
    [main] = [one for one in moles["series"] if one["unit"] == "mmol/L"]
    assert main["points"][0]["value"] == pytest.approx(4.996, abs=0.001)


def test_a_corrected_value_stands_in_the_trend_instead_of_the_wrong_one(
    lab: Laboratory, jo: Person
) -> None:
    arrived(lab, jo)
    fixed = later(PANEL, 1, status="C", values=[glucose("97", status="C")])
    lab.deliver(oru(jo, fixed, control="2"))
    [series] = trend(lab)["series"]
    assert [point["value"] for point in series["points"]] == [97.0]
    wrong = later(PANEL, 2, status="C", values=[glucose("", kind="", status="W")])
    lab.deliver(oru(jo, wrong, control="3"))
    assert values_of(lab.only_report())["Glucose"].endswith("entered-in-error")
    assert trend(lab)["series"] == []


def test_another_practice_sees_none_of_it(lab: Laboratory, jo: Person, aws: str) -> None:
    from caresmith.ids import PracticeId

    read = arrived(lab, jo)
    stranger = Caller(PracticeId.new(), roles=lab.clinician.roles)
    path = f"/results/reports/{read['report_id']}"
    assert call("GET", path, caller=stranger).status == 404
