"""Problems, allergies, vitals, tasks and orders through the front door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.events import OrderChanged, OrderPlaced
from caresmith.ids import UserId
from caresmith.records.patient import ChartStatus
from tests.integration.encounters.conftest import ICD10CM, LOINC, SNOMED, Clinic, concept
from tests.support.client import call
from tests.support.events import told
from tests.support.practices import add_patient

ASTHMA = {"code": concept(ICD10CM, "J45.909", "Asthma"), "onset": "2019-04"}
PEANUT: dict[str, Any] = {
    "substance": concept(SNOMED, "762952008", "Peanut"),
    "category": ["food"],
    "criticality": "high",
    "reactions": [{"manifestations": [concept(SNOMED, "39579001")], "severity": "severe"}],
}
CVX = "http://hl7.org/fhir/sid/cvx"
FLU = {"vaccine": concept(CVX, "140"), "given_on": "2025-10-02", "lot": "A77"}
PLAIN = {
    "conditions": ASTHMA,
    "allergies": PEANUT,
    "immunizations": FLU,
    "procedures": {"code": concept(SNOMED, "80146002"), "performed": "2011"},
    "family-history": {
        "relationship": {"text": "Mother"},
        "conditions": [{"code": concept(ICD10CM, "E11.9"), "onset_age": 51}],
    },
    "social-history": {
        "code": concept(LOINC, "72166-2"),
        "coded": concept(SNOMED, "266919005"),
        "on": "2026-01-10",
    },
    "care-plans": {"title": "Asthma", "text": "Peak flow daily.", "starts": "2026-01-10"},
}


def of(measure: str, value: float | str, unit: str) -> dict[str, Any]:
    return {"code": concept(LOINC, measure), "quantity": {"value": str(value), "unit": unit}}


def sitting(hours_ago: float = 1, **given: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    pressure = [of("8480-6", 128, "mm[Hg]"), of("8462-4", 82, "mm[Hg]")]
    return {"at": at.isoformat(), "measurements": pressure, **given}


@pytest.mark.parametrize("kind", PLAIN)
def test_each_kind_is_added_read_changed_and_keeps_what_it_said(clinic: Clinic, kind: str) -> None:
    added = clinic.chart(kind, PLAIN[kind])
    assert added.status == 201, added.text
    one = f"/charts/{clinic.patient}/{kind}/{added.json['id']}"
    assert clinic.get(one).json == added.json
    changed = {**added.json["content"], "note": "Asked again."}
    if kind == "care-plans":
        changed = {**added.json["content"], "text": "Asked again."}
    assert clinic.put(one, changed, 2).status == 412
    after = clinic.put(one, changed, 1)
    assert after.status == 200, after.text
    assert after.json["version"] == 2
    assert "Asked again." in clinic.get(one).text
    [former] = clinic.get(f"{one}/versions").json["versions"]
    assert former["content"] == added.json["content"]
    [listed] = clinic.get(f"/charts/{clinic.patient}/{kind}").json["entries"]
    assert (listed["id"], listed["version"]) == (added.json["id"], 2)


def test_the_summary_shows_what_matters_and_the_rest_lies_in_the_history(clinic: Clinic) -> None:
    problem = clinic.chart("conditions", ASTHMA).json
    clinic.chart("allergies", PEANUT)
    clinic.chart("immunizations", FLU)
    summary = clinic.summary()
    assert [p["content"]["code"]["text"] for p in summary["problems"]] == ["Asthma"]
    assert [a["content"]["criticality"] for a in summary["allergies"]] == ["high"]
    ended = {**ASTHMA, "clinical_status": "resolved", "abatement": "2024"}
    one = f"/charts/{clinic.patient}/conditions/{problem['id']}"
    assert clinic.put(one, ended, 1).status == 200
    assert clinic.summary()["problems"] == []
    assert clinic.get(one).json["content"]["clinical_status"] == "resolved"


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("conditions", {**ASTHMA, "code": concept(ICD10CM, "J4590")}, "content.code"),
        ("conditions", {**ASTHMA, "onset": "2999"}, "onset"),
        ("conditions", {**ASTHMA, "onset": "2020-13"}, "onset"),
        ("conditions", {**ASTHMA, "abatement": "2024"}, "content"),
        ("conditions", {**ASTHMA, "code": {}}, "content.code"),
        ("conditions", {**ASTHMA, "code": concept(SNOMED, "195967002")}, "content.code"),
        ("immunizations", {**FLU, "vaccine": {"text": "Flu"}}, "content"),
        ("immunizations", {**FLU, "status": "not-done"}, "content"),
        ("social-history", {**PLAIN["social-history"], "text": "Never"}, "content"),
        ("social-history", {**PLAIN["social-history"], "code": concept(LOINC, "72166-3")}, "code"),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(
    clinic: Clinic, kind: str, content: dict[str, Any], field: str
) -> None:
    refused = clinic.chart(kind, content)
    assert refused.status == 422, refused.text
    assert any(field in error["field"] for error in refused.json["errors"]), refused.text
    assert clinic.get(f"/charts/{clinic.patient}/{kind}").json["entries"] == []


def test_the_same_problem_is_not_listed_twice(clinic: Clinic) -> None:
    first = clinic.chart("conditions", ASTHMA).json
    again = clinic.chart("conditions", {**ASTHMA, "onset": "2018"})
    assert (again.status, again.json["entry_id"]) == (409, first["id"])


# -- vital signs ----------------------------------------------------------------


def test_the_latest_sitting_is_shown_whichever_was_written_last(clinic: Clinic) -> None:
    noon = clinic.chart("vitals", sitting(3)).json
    assert clinic.chart("vitals", sitting(48)).status == 201
    assert [v["id"] for v in clinic.summary()["vitals"]] == [noon["id"]]
    latest = clinic.chart("vitals", sitting(1)).json
    assert [v["id"] for v in clinic.summary()["vitals"]] == [latest["id"]]
    assert len(clinic.get(f"/charts/{clinic.patient}/vitals").json["entries"]) == 3

    one = f"/charts/{clinic.patient}/vitals/{latest['id']}"
    assert clinic.put(one, {**latest["content"], "entered_in_error": True}, 1).status == 200
    assert [v["id"] for v in clinic.summary()["vitals"]] == [noon["id"]]


@pytest.mark.parametrize(
    ("measurements", "why"),
    [
        ([of("8310-5", 98.6, "Cel")], "outside what a person can live with"),
        ([of("8310-5", 98.6, "mm[Hg]")], "is measured in"),
        ([of("29463-7", 4000, "kg")], "outside what a person can live with"),
        ([of("8480-6", 80, "mm[Hg]"), of("8462-4", 120, "mm[Hg]")], "the higher one"),
        ([of("8480-6", 80, "mm[Hg]"), of("8480-6", 81, "mm[Hg]")], "twice"),
        ([of("2345-7", 100, "mg/dL")], "not a vital sign"),
        ([{"code": concept(LOINC, "8480-6")}], "no value"),
        ([of("8480-6", "NaN", "mm[Hg]")], ""),
    ],
)
def test_vitals_that_no_living_person_has_are_refused(
    clinic: Clinic, measurements: list[Any], why: str
) -> None:
    refused = clinic.chart("vitals", sitting(measurements=measurements))
    assert refused.status == 422, refused.text
    assert why in refused.text
    assert clinic.get(f"/charts/{clinic.patient}/vitals").json["entries"] == []


def test_units_as_the_room_has_them_are_taken(clinic: Clinic) -> None:
    taken = [
        of("8310-5", 98.6, "[degF]"),
        of("29463-7", 171, "[lb_av]"),
        of("8302-2", 70, "[in_i]"),
    ]
    kept = clinic.chart("vitals", sitting(measurements=taken))
    assert kept.status == 201, kept.text
    assert kept.json["content"]["measurements"][0]["quantity"]["unit"] == "[degF]"


def test_vitals_of_tomorrow_are_refused(clinic: Clinic) -> None:
    assert clinic.chart("vitals", sitting(-30)).status == 422


# -- tasks ------------------------------------------------------------------------


def test_a_task_goes_from_nobody_to_somebody_to_done(clinic: Clinic) -> None:
    made = clinic.chart("tasks", {"what": "Call about the X-ray", "due": "2026-04-01"}).json
    one = f"/charts/{clinic.patient}/tasks/{made['id']}"
    unassigned = clinic.get("/charts/tasks/unassigned").json["tasks"]
    assert [t["id"] for t in unassigned] == [made["id"]]
    taken = {**made["content"], "owner_id": clinic.ana.user_id, "status": "accepted"}
    assert clinic.put(one, taken, 1).status == 200
    assert clinic.get("/charts/tasks/unassigned").json["tasks"] == []
    assert [t["id"] for t in clinic.get("/charts/tasks").json["tasks"]] == [made["id"]]
    assert clinic.get("/charts/tasks", until="2026-03-31").json["tasks"] == []
    assert [t["id"] for t in clinic.summary()["tasks"]] == [made["id"]]
    later = {**taken, "due": "2026-05-01"}
    assert clinic.put(one, later, 2).status == 200
    assert len(clinic.get("/charts/tasks").json["tasks"]) == 1
    done = {**later, "status": "completed", "outcome": "Told; no fracture."}
    assert clinic.put(one, done, 3).status == 200
    assert clinic.get("/charts/tasks").json["tasks"] == []
    assert clinic.summary()["tasks"] == []
    assert clinic.get(f"/charts/tasks/of/{UserId.new()}").json["tasks"] == []


# -- orders -----------------------------------------------------------------------


def a1c(clinic: Clinic, **given: Any) -> dict[str, Any]:
    return {
        "code": concept(LOINC, "4548-4"),
        "category": "108252007",
        "ordered_at": datetime.now(UTC).isoformat(),
        "requester_id": clinic.small.ana,
        **given,
    }


def test_an_order_is_placed_told_and_given_up(clinic: Clinic) -> None:
    encounter = clinic.open()["encounter_id"]
    placed = clinic.chart("orders", a1c(clinic), encounter_id=encounter)
    assert placed.status == 201, placed.text
    key = placed.json["id"]
    assert placed.json["content"]["placer_number"] == key.partition("_")[2]
    [event] = told(clinic.small.practice, OrderPlaced)
    assert (event.order_id, event.category, event.encounter_id) == (key, "lab", encounter)
    assert [o["id"] for o in clinic.summary()["orders"]] == [key]

    path = f"/charts/{clinic.patient}/orders/{key}/status"
    gone = clinic.post(
        path, {"status": "revoked", "reason": "Done elsewhere"}, headers={"If-Match": '"1"'}
    )
    assert gone.status == 200, gone.text
    assert clinic.summary()["orders"] == []
    assert [e.status for e in told(clinic.small.practice, OrderChanged)] == ["revoked"]
    back = clinic.post(path, {"status": "active"}, headers={"If-Match": '"2"'})
    assert (back.status, back.json["type"].rpartition("/")[2]) == (409, "illegal-move")


def test_a_draft_is_told_when_it_becomes_an_order(clinic: Clinic) -> None:
    draft = clinic.chart("orders", a1c(clinic, status="draft")).json
    assert told(clinic.small.practice, OrderPlaced) == []
    path = f"/charts/{clinic.patient}/orders/{draft['id']}/status"
    assert clinic.post(path, {"status": "active"}, headers={"If-Match": '"1"'}).status == 200
    assert len(told(clinic.small.practice, OrderPlaced)) == 1


@pytest.mark.parametrize("status", [ChartStatus.ARCHIVED, ChartStatus.MERGED])
def test_nothing_is_ordered_or_written_for_a_closed_chart(
    clinic: Clinic, status: ChartStatus
) -> None:
    clinic.patient = add_patient(clinic.small.practice, status=status)
    for kind, content in {"orders": a1c(clinic), "vitals": sitting(), **PLAIN}.items():
        refused = clinic.chart(kind, content)
        assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "chart-closed")
        assert clinic.get(f"/charts/{clinic.patient}/{kind}").json["entries"] == []
    assert told(clinic.small.practice, OrderPlaced) == []


def test_an_entry_of_another_patients_visit_is_refused(clinic: Clinic) -> None:
    other = clinic.open(patient_id=add_patient(clinic.small.practice, "Roe"))["encounter_id"]
    for kind, content in {"orders": a1c(clinic), "vitals": sitting(), "conditions": ASTHMA}.items():
        refused = clinic.chart(kind, content, encounter_id=other)
        assert refused.status == 422, kind
    assert clinic.summary()["orders"] == []


def test_a_chart_that_is_not_there_is_not_found(clinic: Clinic) -> None:
    from caresmith.ids import PatientId

    nobody = PatientId.new()
    for path in ("summary", "conditions", "vitals"):
        assert call("GET", f"/charts/{nobody}/{path}", caller=clinic.ana).status == 404
