"""An outside clinical document: proposed, compared, taken entry by entry; and the chart as one."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.audit import AuditEntry
from caresmith.permissions import Role
from functions.documents.ccda.incoming import entries, reading
from functions.documents.ccda.outgoing.ccd import ccd
from tests.integration.documents.test_uploading import audited
from tests.support.clinical import full_chart
from tests.support.filing import PDF, Files
from tests.support.practices import small_practice
from tests.unit.documents.test_ccd import chart, summary

ANA = {
    "names": [{"given": ["Ana"], "family": "Example"}],
    "birth_date": "1985-03-14",
    "gender": "female",
}


def outside(**facts: Any) -> bytes:
    """What another practice sends of the same person, unless facts say another."""
    return ccd(summary(full_chart(), chart(**(ANA | facts)))).encode()


def filed(files: Files, body: bytes) -> str:
    document = files.filed(body, "text/xml", title="Summary of care", filename="summary.xml")
    return str(document["document_id"])


def proposal(files: Files, document: str) -> Any:
    reply = files.get(files.chart(f"/{document}/proposal"))
    assert reply.status == 200, reply.text
    return reply.json


def accept(files: Files, document: str, *keys: str, **more: Any) -> Any:
    return files.post(files.chart(f"/{document}/proposal/accept"), {"keys": list(keys), **more})


def states(files: Files, document: str) -> dict[str, str]:
    return {one["key"]: one["state"] for one in proposal(files, document)["entries"]}


def test_an_outside_document_is_proposed_and_nothing_is_taken_by_itself(files: Files) -> None:
    document = filed(files, outside())
    shown = proposal(files, document)
    assert shown["same_person"] is True
    assert shown["author"] == "Lakeside Family"
    assert {one["state"] for one in shown["entries"]} == {"new"}
    assert len(shown["entries"]) == sum(len(v) for v in full_chart().values()) - 1
    assert b"Metformin" not in exported(files)


def test_what_a_clinician_takes_stands_in_the_chart_with_its_source(files: Files) -> None:
    document = filed(files, outside())
    reply = accept(files, document, "condition.0", "allergy.0", "medication.0", "report.0")
    assert reply.status == 200, reply.text
    assert [one["key"] for one in reply.json["taken"]] == [
        "condition.0", "allergy.0", "medication.0", "report.0",
    ]  # fmt: skip
    after = states(files, document)
    assert after["condition.0"] == "taken"
    assert after["condition.1"] == "new"
    told = exported(files)
    assert b"Metformin" in told
    assert b"Pneumonia" not in told
    assert document.encode() in told


def test_taking_it_twice_makes_one_entry(files: Files) -> None:
    document = filed(files, outside())
    first = accept(files, document, "condition.0")
    again = accept(files, document, "condition.0", "condition.1")
    assert first.json["taken"][0] == again.json["taken"][0]
    assert exported(files).count(b'code="44054006"') == 1


def test_the_same_document_sent_again_is_known_to_the_chart(files: Files) -> None:
    first = filed(files, outside())
    every = [one["key"] for one in proposal(files, first)["entries"]]
    assert accept(files, first, *every).status == 200
    second = filed(files, outside())
    assert set(states(files, second).values()) == {"known"}
    # Known by another's words: a clinician may still take it.
    assert accept(files, second, "condition.0").status == 200


@pytest.mark.parametrize(
    ("facts", "differs"),
    [
        ({"birth_date": "1985-03-15"}, ["birth_date"]),
        ({"names": [{"given": ["Ben"], "family": "Other"}], "gender": "male"}, ["name", "gender"]),
    ],
)
def test_a_document_about_somebody_else_is_taken_only_after_a_person_has_confirmed(
    files: Files, facts: dict[str, Any], differs: list[str]
) -> None:
    document = filed(files, outside(**facts))
    shown = proposal(files, document)
    assert (shown["same_person"], shown["differs"]) == (False, differs)
    refused = accept(files, document, "condition.0")
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "other-person")
    assert states(files, document)["condition.0"] == "new"
    assert accept(files, document, "condition.0", confirmed_same_person=True).status == 200


def test_accents_and_case_do_not_make_another_person(files: Files) -> None:
    document = filed(files, outside(names=[{"given": ["ÁNA", "Maria"], "family": "EXAMPLE"}]))
    assert proposal(files, document)["same_person"] is True


@pytest.mark.parametrize("keys", [["condition.99"], ["medication"], [], ["x.1"] * 31])
def test_an_entry_that_is_not_there_is_refused_and_nothing_is_taken(
    files: Files, keys: list[str]
) -> None:
    document = filed(files, outside())
    reply = accept(files, document, "condition.0", *keys) if keys else accept(files, document)
    assert reply.status == 422
    assert states(files, document)["condition.0"] == "new"


def test_a_scan_and_a_document_in_error_propose_nothing(files: Files) -> None:
    scan = files.filed(PDF)["document_id"]
    assert files.get(files.chart(f"/{scan}/proposal")).status == 409
    document = filed(files, outside())
    path = files.chart(f"/{document}")
    files.post(f"{path}/entered-in-error", {"reason": "another patient's"}, version=1)
    assert files.get(f"{path}/proposal").status == 409
    assert accept(files, document, "condition.0").status == 409


def test_only_who_may_change_the_chart_reads_and_takes_a_proposal(files: Files) -> None:
    document = filed(files, outside())
    for role in (Role.FRONT_DESK, Role.EMERGENCY, Role.BILLER):
        other = files.as_role(role)
        assert other.get(files.chart(f"/{document}/proposal")).status == 403
        assert accept(other, document, "condition.0").status == 403


def exported(files: Files) -> bytes:
    reply = files.get(f"/documents/ccd/{files.patient}")
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"].startswith("text/xml")
    return reply.text.encode()


def test_the_chart_goes_out_as_it_came_in(files: Files) -> None:
    document = filed(files, outside())
    every = [one["key"] for one in proposal(files, document)["entries"]]
    assert accept(files, document, *every).status == 200
    back = entries.found(reading.document(exported(files)))
    assert sorted(one.words for one in back) == sorted(
        one["words"] for one in proposal(files, document)["entries"]
    )
    entry: AuditEntry = next(e for e in audited(files) if e.action == "documents.export-ccd")
    assert entry.patient_ids == [files.patient]


def test_an_empty_chart_goes_out_and_an_unknown_one_does_not(files: Files) -> None:
    assert entries.found(reading.document(exported(files))) == []
    assert files.get("/documents/ccd/pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z").status == 404
    assert files.as_role(Role.FRONT_DESK).get(f"/documents/ccd/{files.patient}").status == 403


def test_another_practice_reads_no_chart_and_takes_nothing(files: Files) -> None:
    from caresmith.clock import SystemClock
    from caresmith.ids import PracticeId
    from caresmith.keystore import create_keys
    from tests.support.client import Caller

    document = filed(files, outside())
    elsewhere = PracticeId.new()
    create_keys(elsewhere, SystemClock())
    small_practice(elsewhere)
    stranger = Files(elsewhere, Caller(elsewhere, roles=(Role.CLINICIAN,)), files.patient)
    assert stranger.get(files.chart(f"/{document}/proposal")).status == 404
    assert stranger.get(f"/documents/ccd/{files.patient}").status == 404
