"""Two charts of one person become one, and can be taken apart again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest

from tests.integration.patients.conftest import Office, person, phone
from tests.support.client import Reply

COVERAGE = {"payer_name": "Example Health", "member_id": "KEEP"}
OTHER = {"payer_name": "Second Health", "member_id": "COMES-ALONG"}


@pytest.fixture
def keep(office: Office) -> Any:
    return office.register(
        person("Ana", "Roe"),
        contact={"telecoms": [phone("3125550101")]},
        coverages=[COVERAGE],
    )


@pytest.fixture
def gone(office: Office) -> Any:
    return office.register(
        person("Anna", "Roe-Smith", language="es"),
        contact={"telecoms": [phone("3125550102")]},
        coverages=[OTHER],
    )


def merge(office: Office, keep: Any, gone: Any, **given: Any) -> Reply:
    body = {
        "merged_id": gone["patient_id"],
        "merged_version": gone["version"],
        "reason": "Entered twice",
        **given,
    }
    return office.post(f"/patients/{keep['patient_id']}/merge", body, version=keep["version"])


def undo(office: Office, keep: Any, gone: Any, version: int) -> Reply:
    path = f"/patients/{keep['patient_id']}/merges/{gone['patient_id']}/undo"
    return office.post(path, {"reason": "Two people after all"}, version=version)


def chart(office: Office, made: Any) -> Any:
    return office.get(f"/patients/{made['patient_id']}").json


def without_times(read: Any) -> Any:
    return {k: v for k, v in read.items() if k not in ("version", "changed_at", "coverages")}


def test_the_survivor_gets_number_policies_and_the_chosen_fields(
    office: Office, keep: Any, gone: Any
) -> None:
    merged = merge(office, keep, gone, take=["demographics.language", "contact.telecoms"]).json
    assert merged["other_mrns"] == [gone["mrn"]]
    assert merged["merged_ids"] == [gone["patient_id"]]
    assert merged["demographics"]["language"] == "es"
    assert merged["demographics"]["names"] == keep["demographics"]["names"]
    assert merged["contact"] == gone["contact"]
    assert [c["member_id"] for c in merged["coverages"]] == ["KEEP", "COMES-ALONG"]
    assert [c["order"] for c in merged["coverages"]] == [1, 2]
    old = chart(office, gone)
    assert (old["status"], old["merged_into"]) == ("merged", keep["patient_id"])


def test_whatever_found_the_merged_chart_now_finds_the_survivor(
    office: Office, keep: Any, gone: Any
) -> None:
    merge(office, keep, gone)
    assert office.found(gone["mrn"]) == [keep["patient_id"]]
    assert office.found("ana roe") == [keep["patient_id"]]


def test_undoing_a_merge_gives_both_charts_back(office: Office, keep: Any, gone: Any) -> None:
    merged = merge(office, keep, gone, take=["demographics.names", "contact.telecoms"]).json
    assert office.found("anna roe-smith") == [keep["patient_id"]]
    back = undo(office, keep, gone, merged["version"])
    assert back.status == 200, back.text
    assert without_times(back.json) == without_times(keep)
    assert without_times(chart(office, gone)) == without_times(gone)
    assert [c["member_id"] for c in back.json["coverages"]] == ["KEEP"]
    assert [c["member_id"] for c in chart(office, gone)["coverages"]] == ["COMES-ALONG"]
    assert office.found("anna roe-smith") == [gone["patient_id"]]
    assert office.found(gone["mrn"]) == [gone["patient_id"]]


def test_what_changed_since_the_merge_outlasts_its_undoing(
    office: Office, keep: Any, gone: Any
) -> None:
    merged = merge(office, keep, gone, take=["demographics.language"]).json
    path = f"/patients/{keep['patient_id']}"
    office.patch(path, {"contact": {"telecoms": [phone("3125550177")]}}, version=merged["version"])
    now = chart(office, keep)
    came = next(c for c in now["coverages"] if c["member_id"] == "COMES-ALONG")
    changed = {**OTHER, "member_id": "CHANGED", "order": 2}
    put = office.put(f"{path}/coverages/{came['coverage_id']}", changed, version=came["version"])
    assert put.status == 200, put.text
    back = undo(office, keep, gone, put.json["version"]).json
    assert back["contact"]["telecoms"][0]["value"] == "+13125550177"
    assert back["demographics"]["language"] is None
    [returned] = chart(office, gone)["coverages"]
    assert (returned["member_id"], returned["order"]) == ("CHANGED", 1)


def test_a_chain_of_merges_leads_to_the_last_survivor_and_back(
    office: Office, keep: Any, gone: Any
) -> None:
    third = office.register(person("Annie", "Rowe"))
    first = merge(office, gone, third).json
    second = merge(office, keep, {**gone, "version": first["version"]}).json
    assert second["merged_ids"] == [gone["patient_id"], third["patient_id"]]
    assert office.found(third["mrn"]) == [keep["patient_id"]]
    assert undo(office, gone, third, 3).status == 409
    assert undo(office, keep, gone, second["version"]).json["merged_ids"] == []
    assert office.found(third["mrn"]) == [gone["patient_id"]]


def test_a_merge_of_versions_that_nobody_saw_is_refused(
    office: Office, keep: Any, gone: Any
) -> None:
    assert merge(office, {**keep, "version": 7}, gone).status == 412
    assert merge(office, keep, {**gone, "version": 7}).status == 412
    assert chart(office, gone)["status"] == "active"


def test_nonsense_merges_are_refused(office: Office, keep: Any, gone: Any) -> None:
    assert merge(office, keep, keep).status == 409
    stranger = {"patient_id": "pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z", "version": 1}
    assert merge(office, keep, stranger).status == 404
    assert merge(office, keep, gone, take=["demographics.alerts"]).status == 422
    assert undo(office, keep, gone, keep["version"]).status == 409
    merge(office, keep, gone)
    assert merge(office, {**keep, "version": 2}, {**gone, "version": 2}).status == 409


def test_of_two_merges_at_once_into_each_other_one_wins(
    office: Office, keep: Any, gone: Any
) -> None:
    with ThreadPoolExecutor(2) as pool:
        tasks = [
            pool.submit(copy_context().run, merge, office, one, other)
            for one, other in ((keep, gone), (gone, keep))
        ]
        statuses = sorted(task.result().status for task in tasks)
    assert statuses[0] == 200
    assert statuses[1] in (409, 412)
    states = sorted((chart(office, keep)["status"], chart(office, gone)["status"]))
    assert states == ["active", "merged"]


def test_the_timeline_of_the_survivor_tells_both_stories(
    office: Office, keep: Any, gone: Any
) -> None:
    merge(office, keep, gone)
    entries = office.get(f"/patients/{keep['patient_id']}/timeline").json["entries"]
    told = [(e["kind"], e["patient_id"]) for e in entries]
    assert set(told) == {
        ("PatientsMerged", keep["patient_id"]),
        ("PatientsMerged", gone["patient_id"]),
        ("PatientRegistered", keep["patient_id"]),
        ("PatientRegistered", gone["patient_id"]),
    }
    times = [e["occurred_at"] for e in entries]
    assert times == sorted(times, reverse=True)


def test_a_number_that_came_with_a_merge_goes_back_with_it(
    office: Office, keep: Any, gone: Any
) -> None:
    merged = merge(office, keep, gone).json
    path = f"/patients/{keep['patient_id']}"
    taken = office.patch(path, {"mrn": gone["mrn"]}, version=merged["version"]).json
    assert (taken["mrn"], taken["other_mrns"]) == (gone["mrn"], [keep["mrn"]])
    back = undo(office, keep, gone, taken["version"]).json
    assert (back["mrn"], back["other_mrns"]) == (keep["mrn"], [])
    assert chart(office, gone)["mrn"] == gone["mrn"]
    assert office.found(gone["mrn"]) == [gone["patient_id"]]
    assert office.found(keep["mrn"]) == [keep["patient_id"]]


def test_charts_with_very_many_names_and_policies_merge_and_part_again(office: Office) -> None:
    """More index items and policies than one transaction of DynamoDB takes."""

    def names(kind: str) -> list[dict[str, Any]]:
        parts = [f"{kind}{letter}" for letter in ("alpha", "beta", "gamma", "delta", "omega")]
        return [{"given": [part + "a", part + "b"], "family": part + "c"} for part in parts]

    def policies(kind: str) -> list[dict[str, Any]]:
        return [{"payer_name": "Payer", "member_id": f"{kind}{n}", "order": n} for n in (1, 2, 3)]

    keep = office.register(person(names=names("x")), coverages=policies("k"))
    gone = office.register(person(names=names("y")), coverages=policies("g"))
    for number in range(16):
        year = 1990 + number
        policy = {
            "payer_name": "Former",
            "member_id": f"F{number}",
            "order": 4,
            "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
        }
        added = office.post(f"/patients/{gone['patient_id']}/coverages", policy)
        assert added.status == 201, added.text
    gone = {**gone, "version": added.json["version"]}
    merged = merge(office, keep, gone, take=["demographics.names"])
    assert merged.status == 200, merged.text
    assert len(merged.json["coverages"]) == 22
    assert office.found("yalphaa yalphac") == [keep["patient_id"]]
    back = undo(office, keep, gone, merged.json["version"])
    assert back.status == 200, back.text
    assert office.found("xalphaa xalphac") == [keep["patient_id"]]
    assert office.found("yomegab yomegac") == [gone["patient_id"]]
    assert len(back.json["coverages"]) == 3
    assert len(chart(office, gone)["coverages"]) == 19
