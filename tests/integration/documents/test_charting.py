"""Documents of a chart: described, released, superseded, withdrawn; never deleted."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.permissions import Role
from tests.integration.documents.conftest import register
from tests.support.client import Caller, call
from tests.support.filing import PDF, Files


def test_what_is_said_of_a_document_changes_and_what_was_said_is_kept(files: Files) -> None:
    document = files.filed()
    path = files.chart(f"/{document['document_id']}")
    changed = files.send("PATCH", path, {"title": "Cardiology consult"}, version=1)
    assert changed.status == 200, changed.text
    assert changed.headers["etag"] == '"2"'
    read = files.get(path).json
    assert read["document"]["title"] == "Cardiology consult"
    assert [former["title"] for former in read["former"]] == ["Referral letter"]


def test_who_changes_an_older_version_is_told_so(files: Files) -> None:
    document = files.filed()
    path = files.chart(f"/{document['document_id']}")
    assert files.send("PATCH", path, {"title": "One"}, version=1).status == 200
    assert files.send("PATCH", path, {"title": "Two"}, version=1).status == 412
    assert files.send("PATCH", path, {"title": "Two"}).status == 428
    assert files.send("PATCH", path, {"title": None}, version=2).status == 422


def test_a_new_version_supersedes_the_old_one_in_one_step(files: Files) -> None:
    old = files.filed(title="Report, preliminary")
    new = files.filed(title="Report, final", replaces=old["document_id"])
    by_title = {d["title"]: d for d in files.listed()}
    assert by_title["Report, preliminary"]["status"] == "superseded"
    assert by_title["Report, final"]["status"] == "current"
    assert new["replaces"] == old["document_id"]
    refused = files.post(
        "/documents/uploads",
        {
            "patient_id": files.patient,
            "title": "Again",
            "media_type": "application/pdf",
            "bytes": len(PDF),
            "replaces": old["document_id"],
        },
    )
    assert refused.status == 422
    assert refused.json["errors"][0]["field"] == "replaces"


def test_a_document_in_error_is_marked_withdrawn_and_still_there(files: Files) -> None:
    document = files.filed()
    path = files.chart(f"/{document['document_id']}")
    assert files.post(f"{path}/release", {"released": True}, version=1).status == 200
    marked = files.post(f"{path}/entered-in-error", {"reason": "another patient's"}, version=2)
    assert marked.status == 200, marked.text
    assert marked.json["status"] == "entered-in-error"
    assert marked.json["released_at"] is None
    assert files.get(f"{path}/content").status == 200
    assert files.send("PATCH", path, {"title": "New"}, version=3).status == 422
    assert files.post(f"{path}/entered-in-error", {}, version=3).status == 422


def test_a_document_is_released_or_withheld_for_a_reason(files: Files) -> None:
    document = files.filed()
    path = files.chart(f"/{document['document_id']}/release")
    assert document["released_at"] is None
    released = files.post(path, {"released": True}, version=1).json
    assert released["released_at"]
    silent = files.post(path, {"released": False}, version=2)
    assert (silent.status, silent.json["errors"][0]["field"]) == (422, "withheld_because")
    withheld = files.post(
        path, {"released": False, "withheld_because": "45 CFR 171.201: harm"}, version=2
    ).json
    assert withheld["released_at"] is None
    assert withheld["withheld_because"].startswith("45 CFR")


def test_what_needs_review_stands_in_front_until_it_is_reviewed(files: Files) -> None:
    waiting = files.filed(title="Outside labs", needs_review=True, date="2020-01-01T00:00:00Z")
    files.filed(title="Later letter", date="2026-01-01T00:00:00Z")
    assert {d["title"]: d["needs_review"] for d in files.listed()}["Outside labs"] is True
    path = files.chart(f"/{waiting['document_id']}/reviewed")
    done = files.post(path, version=1)
    assert done.status == 200, done.text
    assert [d["title"] for d in files.listed()] == ["Later letter", "Outside labs"]


def test_a_list_is_bounded_by_days_and_the_latest_comes_first(files: Files) -> None:
    for year in (2019, 2023, 2021):
        files.filed(title=str(year), date=f"{year}-05-01T12:00:00Z")
    assert [d["title"] for d in files.listed()] == ["2023", "2021", "2019"]
    assert [d["title"] for d in files.listed(last="2022-01-01")] == ["2021", "2019"]
    assert [d["title"] for d in files.listed(first="2020-01-01", last="2022-01-01")] == ["2021"]


def test_documents_of_a_merged_chart_are_read_and_changed_with_the_survivors(
    files: Files,
) -> None:
    document = files.filed()
    survivor = register(files.practice)
    merged = call(
        "POST",
        f"/patients/{survivor}/merge",
        caller=Caller(files.practice, roles=(Role.MANAGER,)),
        json_body={"merged_id": files.patient, "merged_version": 1, "reason": "same person"},
        headers={"If-Match": '"1"'},
    )
    assert merged.status == 200, merged.text
    of_survivor = f"/documents/patients/{survivor}"
    [listed] = files.get(of_survivor).json["documents"]
    assert listed["document_id"] == document["document_id"]
    path = f"{of_survivor}/{document['document_id']}"
    changed = files.send("PATCH", path, {"title": "Found again"}, version=1)
    assert changed.status == 200, changed.text


@pytest.mark.parametrize("role", [Role.BILLER, Role.MANAGER, Role.ADMIN, Role.AUDITOR, Role.LAB])
def test_who_has_no_part_in_care_reads_no_document(files: Files, role: Role) -> None:
    document = files.filed()
    stranger = files.as_role(role)
    for path in ("", f"/{document['document_id']}", f"/{document['document_id']}/content"):
        assert stranger.get(files.chart(path)).status == 403


def test_another_patients_document_is_not_found_in_this_chart(files: Files) -> None:
    document = files.filed()
    other = register(files.practice)
    for path in (
        f"/documents/patients/{other}/{document['document_id']}",
        f"/documents/patients/{other}/{document['document_id']}/content",
        "/documents/patients/pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
    ):
        assert files.get(path).status == 404


def test_in_an_emergency_documents_are_read_and_nothing_is_changed(files: Files) -> None:
    document = files.filed()
    helper = files.as_role(Role.EMERGENCY)
    path = files.chart(f"/{document['document_id']}")
    assert helper.get(f"{path}/content").status == 200
    body: dict[str, Any] = {"title": "x"}
    assert helper.send("PATCH", path, body, version=1).status == 403


def test_days_the_wrong_way_round_have_no_document_between_them(files: Files) -> None:
    files.filed()
    assert files.listed(first="2026-12-31", last="2026-01-01") == []
