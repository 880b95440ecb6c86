"""Authorizations and referrals on file: entered, changed, counted, and told before they run out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caresmith.events import ChargesReleased
from caresmith.ids import PatientId
from caresmith.permissions import Role
from caresmith.settings import Domain
from tests.integration.coverage.conftest import NOW, Covered, Practice
from tests.integration.security.conftest import dump
from tests.support.client import Caller, Reply, call, invoke
from tests.support.delivery import event_message
from tests.support.events import told

TODAY = NOW.date()
HOME = "/console/coverage"


def authorization(covered: Covered, **facts: Any) -> dict[str, Any]:
    return {
        "coverage_id": covered.coverage_id,
        "status": "approved",
        "number": "AU-1",
        "codes": ["97110-97530"],
        "first": "2026-11-01",
        "last": "2026-12-31",
        "approved": 6,
        "agent": "Kim",
        "call_reference": "C-77",
        **facts,
    }


def at(covered: Covered) -> str:
    return f"/coverage/patients/{covered.patient_id}/authorizations"


def added(covered: Covered, **facts: Any) -> Any:
    reply = covered.where.post(at(covered), authorization(covered, **facts))
    assert reply.status == 201, reply.text
    return reply.json


def change(covered: Covered, one: Any, caller: Caller | None = None, **facts: Any) -> Reply:
    return call(
        "PUT",
        f"{at(covered)}/{one['authorization_id']}",
        caller=caller or covered.where.desk,
        json_body=authorization(covered, **facts),
        headers={"If-Match": f'"{one["version"]}"'},
    )


def on_file(covered: Covered) -> list[Any]:
    found: list[Any] = covered.where.get(at(covered))["authorizations"]
    return found


def charge(office: Practice, covered: Covered, units: int = 1, **about: Any) -> Any:
    """A sheet under the number, released, and what tells of it delivered."""
    body = {
        "patient_id": covered.patient_id,
        "day": TODAY.isoformat(),
        "location_id": office.small.east,
        "rendering_id": office.small.ana,
        "diagnoses": ["M5450"],
        "lines": [
            {"code": "97110", "pointers": [1], "charge": 50_00, "units": str(units), **about}
        ],
        "prior_authorization": "au-1",
    }
    made = call("POST", "/charges/sheets", caller=office.biller, json_body=body)
    assert made.status == 201, made.text
    [sheet] = made.json["sheets"]
    return act(office, sheet, "release", {})


def act(office: Practice, sheet: Any, what: str, body: Any) -> Any:
    reply = call(
        "POST",
        f"/charges/sheets/{sheet['sheet_id']}/{what}",
        caller=office.biller,
        json_body=body,
        headers={"If-Match": f'"{sheet["version"]}"'},
    )
    assert reply.status == 200, reply.text
    return reply.json


def deliver(kind: str, office: Practice, patient_id: str, **detail: Any) -> None:
    body = {
        "event_id": "evt_01M8G19BJVWAY7P90AP600YMRZ",
        "actor_id": "usr_x",
        "practice_id": office.practice,
        "occurred_at": NOW.isoformat(),
        "patient_id": patient_id,
        **detail,
    }
    message = event_message(kind, body)["Body"]
    record = {"messageId": "m", "receiptHandle": "r", "eventSource": "aws:sqs", "body": message}
    assert invoke("coverage", {"Records": [record]}) == {"batchItemFailures": []}


def running_out(office: Practice, **query: str) -> list[tuple[str, int | None]]:
    found = office.get("/coverage/authorizations", query=query)["items"]
    return [(one["number"], one["left"]) for one in found]


def test_an_authorization_is_entered_read_and_changed_and_each_version_is_kept(
    office: Practice,
) -> None:
    covered = office.covered()
    made = added(covered, status="requested", number=None, approved=None)
    assert (made["number"], made["version"], made["left"]) == (None, 1, None)
    assert made["payer_id"] == office.payers["Acme Health"]
    changed = change(covered, made, number="au 1")
    assert changed.status == 200, changed.text
    assert changed.headers["etag"] == '"2"'
    assert (changed.json["number"], changed.json["left"]) == ("AU 1", 6)
    assert change(covered, made).status == 412
    path = f"{at(covered)}/{made['authorization_id']}"
    assert office.get(path)["status"] == "approved"
    kept = office.get(f"{path}/versions")["versions"]
    assert [(one["version"], one["status"]) for one in kept] == [
        (2, "approved"),
        (1, "requested"),
    ]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"number": None}, "number"),
        ({"number": "A*1"}, "number"),
        ({"last": "2026-10-31"}, "last"),
        ({"codes": ["97530-97110"]}, "codes.0"),
        ({"codes": ["9711"]}, "codes.0"),
        ({"diagnoses": ["M54.50"]}, "diagnoses.0"),
        ({"approved": 0}, "approved"),
        ({"coverage_id": "cov_01KDVDNA01J1781NZ0JVCESZ1S"}, "coverage_id"),
        ({"rendering_id": "prv_01KDVDNA01J1781NZ0JVCESZ1S"}, "rendering_id"),
        ({"location_id": "loc_01KDVDNA01J1781NZ0JVCESZ1S"}, "location_id"),
        ({"status": "perhaps"}, "status"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    office: Practice, facts: dict[str, Any], field: str
) -> None:
    covered = office.covered()
    reply = office.post(at(covered), authorization(covered, **facts))
    assert reply.status == 422
    assert field in [error["field"] for error in reply.json["errors"]]
    assert on_file(covered) == []


def test_the_same_number_for_the_same_codes_is_on_file_once(office: Practice) -> None:
    covered = office.covered()
    added(covered)
    again = office.post(at(covered), authorization(covered))
    assert [error["field"] for error in again.json["errors"]] == ["number"]
    added(covered, codes=["98940"])
    assert len(on_file(covered)) == 2


def test_who_may_read_and_who_may_change(office: Practice) -> None:
    covered = office.covered()
    one = added(covered)
    for role, reads, changes in (
        (Role.FRONT_DESK, 200, 200),
        (Role.BILLER, 200, 200),
        (Role.MANAGER, 200, 200),
        (Role.CLINICIAN, 200, 403),
        (Role.ADMIN, 403, 403),
        (Role.AUDITOR, 403, 403),
    ):
        caller = Caller(office.practice, roles=(role,))
        assert call("GET", at(covered), caller=caller).status == reads, role
        sent = change(covered, one, caller)
        assert sent.status == changes, role
        one = sent.json if changes == 200 else one


def test_another_practice_and_another_patient_have_none_of_it(office: Practice) -> None:
    covered, other = office.covered(), office.covered(member_id="OTHER1")
    one = added(covered)
    assert on_file(other) == []
    path = f"{at(other)}/{one['authorization_id']}"
    assert call("GET", path, caller=office.desk).status == 404
    assert call("GET", f"{path}/versions", caller=office.desk).status == 404


def test_what_is_on_file_lies_sealed(office: Practice) -> None:
    covered = office.covered()
    added(covered, number="SECRET-77", agent="Secret-Agent", note="Secret-Note", diagnoses=["F329"])
    stored = str(dump(of=office.practice)["revenue"])
    for secret in ("SECRET-77", "Secret-Agent", "Secret-Note", "F329", "97110"):
        assert secret not in stored


def test_what_is_left_is_counted_from_charges_however_often_they_are_told(
    office: Practice,
) -> None:
    covered = office.covered()
    added(covered)
    sheet = charge(office, covered, units=4)
    assert on_file(covered)[0]["left"] == 2
    event = told(office.practice, ChargesReleased, Domain.REVENUE)[-1]
    for _ in range(3):
        deliver("ChargesReleased", office, covered.patient_id, **_told(event))
    assert on_file(covered)[0]["left"] == 2
    assert running_out(office, days="0", left="2") == [("AU-1", 2)]
    act(office, sheet, "void", {"reason": "Entered twice"})
    deliver("ChargesVoided", office, covered.patient_id, sheet_id=sheet["sheet_id"])
    assert on_file(covered)[0]["left"] == 6
    assert running_out(office, days="0", left="2") == []


def _told(event: ChargesReleased) -> dict[str, Any]:
    return {"sheet_id": event.sheet_id, "sheet_version": event.sheet_version}


def test_visits_are_days_and_other_codes_use_nothing(office: Practice) -> None:
    covered = office.covered()
    added(covered, counted="visits", approved=2)
    charge(office, covered, units=4)
    charge(office, covered, units=1)
    charge(office, covered, code="99213")
    assert on_file(covered)[0]["left"] == 1
    before = (TODAY - timedelta(days=3)).isoformat()
    charge(office, covered, day=before)
    assert on_file(covered)[0]["left"] == 0


def test_those_that_end_soon_are_listed_and_those_that_are_over_are_not(office: Practice) -> None:
    covered = office.covered()
    soon = added(covered, number="SOON", last=(TODAY + timedelta(days=10)).isoformat())
    added(covered, number="TODAY", last=TODAY.isoformat())
    added(covered, number="LATER", last=(TODAY + timedelta(days=11)).isoformat())
    added(covered, number="OVER", last=(TODAY - timedelta(days=1)).isoformat(), approved=1)
    added(covered, number="NEVER", last=None, approved=None)
    added(covered, number="NO", status="denied", last=TODAY.isoformat())
    listed = running_out(office, days="10", left="1")
    assert [number for number, _ in listed] == ["TODAY", "SOON"]
    # One that was given more days moves down, and one that is cancelled goes.
    longer = change(covered, soon, number="SOON", last="2027-06-30").json
    assert [number for number, _ in running_out(office, days="10", left="1")] == ["TODAY"]
    assert [n for n, _ in running_out(office, days="300", left="1")][-1] == "SOON"
    change(covered, longer, number="SOON", last="2027-06-30", status="cancelled")
    assert "SOON" not in [n for n, _ in running_out(office, days="300", left="1")]


def test_an_authorization_follows_its_chart_into_another(office: Practice) -> None:
    covered = office.covered()
    added(covered)
    other = office.register(names=[{"given": ["Anna"], "family": "Example"}])
    manager = Caller(office.practice, roles=(Role.MANAGER,))
    merged = call(
        "POST",
        f"/patients/{other['patient_id']}/merge",
        caller=manager,
        json_body={
            "merged_id": covered.patient_id,
            "merged_version": office.get(f"/patients/{covered.patient_id}")["version"],
            "reason": "The same person",
        },
        headers={"If-Match": f'"{other["version"]}"'},
    )
    assert merged.status == 200, merged.text
    path = f"/coverage/patients/{other['patient_id']}/authorizations"
    [one] = office.get(path)["authorizations"]
    assert one["number"] == "AU-1"
    assert PatientId(office.get(path)["patient_id"]) == other["patient_id"]
    again = Covered(office, office.get(f"/patients/{other['patient_id']}"))
    assert change(again, one, approved=9).json["left"] == 9


# -- the console ------------------------------------------------------------------------


def page(office: Practice, path: str, caller: Caller | None = None, **query: str) -> str:
    reply = call("GET", path, caller=caller or office.desk, query=query)
    assert reply.status == 200, reply.text
    return reply.text


def send(office: Practice, path: str, **fields: Any) -> Reply:
    form = [(name, str(value)) for name, value in fields.items()]
    return call("POST", path, caller=office.desk, form=form)


def test_the_desk_enters_one_on_its_page_and_sees_it_in_the_chart(office: Practice) -> None:
    covered = office.covered()
    path = f"{HOME}/patients/{covered.patient_id}/authorizations"
    assert "As the payer gave it" in page(office, f"{path}/new")
    typed = {
        "coverage_id": covered.coverage_id,
        "kind": "authorization",
        "status": "approved",
        "number": "AU-9",
        "codes": "97110, 97530-97542",
        "diagnoses": "m54.50",
        "approved": "6",
        "counted": "visits",
        "agent": "Kim",
        "form_key": "01M8G19BJVWAY7P90AP600YMRZ",
    }
    sent = send(office, f"{path}/new", **typed)
    assert (sent.status, sent.headers["location"]) == (303, f"{path}#saved")
    # Sent twice by an impatient hand, it is on file once.
    assert send(office, f"{path}/new", **typed).status == 303
    [one] = on_file(covered)
    assert (one["codes"], one["diagnoses"]) == (["97110", "97530-97542"], ["M5450"])
    assert "6 of 6 visits left" in page(office, path)
    assert "AU-9" in page(office, f"{path}/fragment")
    shown = page(office, f"{path}/{one['authorization_id']}")
    assert 'value="M54.50"' in shown
    assert "Spoke with Kim" in shown
    stale = send(office, f"{path}/{one['authorization_id']}", **typed, version="7")
    assert stale.status == 412
    assert "Somebody changed it meanwhile" in stale.text
    changed = send(
        office, f"{path}/{one['authorization_id']}", **{**typed, "status": "cancelled"}, version="1"
    )
    assert changed.status == 303, changed.text
    assert "Cancelled" in page(office, path)
    assert "AU-9" not in page(office, f"{path}/fragment")


def test_what_is_typed_wrong_stays_typed_with_a_sentence_beside_it(office: Practice) -> None:
    covered = office.covered()
    path = f"{HOME}/patients/{covered.patient_id}/authorizations/new"
    refused = send(
        office,
        path,
        coverage_id=covered.coverage_id,
        status="approved",
        codes="9711",
        diagnoses="nonsense",
        first="2026-11-02",
        last="2026-11-01",
        note="Keep this",
    )
    assert refused.status == 422
    for field in ("number", "codes", "diagnoses", "last"):
        assert f'id="f-{field}-error"' in refused.text, field
    assert "ICD-10-CM" in refused.text
    assert "Keep this</textarea>" in refused.text


def test_a_clinician_reads_and_is_offered_no_change(office: Practice) -> None:
    covered = office.covered()
    one = added(covered)
    clinician = Caller(office.practice, roles=(Role.CLINICIAN,))
    path = f"{HOME}/patients/{covered.patient_id}/authorizations"
    assert "Add an authorization" not in page(office, path, clinician)
    shown = page(office, f"{path}/{one['authorization_id']}", clinician)
    assert "disabled" in shown
    assert ">Save<" not in shown
    assert call("GET", f"{path}/new", caller=clinician).status == 403


def test_the_list_of_those_that_run_out_names_patient_and_payer(office: Practice) -> None:
    covered = office.covered()
    added(covered, last=(TODAY + timedelta(days=3)).isoformat())
    shown = page(office, f"{HOME}/authorizations")
    for text in ("Example, Ana", "AU-1", "Acme Health", "6 of 6 units left"):
        assert text in shown, text
    assert "None ends so soon" in page(office, f"{HOME}/authorizations", days="1", left="0")


def test_a_claim_that_moved_is_counted_anew_and_one_that_was_sent_is_not(office: Practice) -> None:
    covered = office.covered()
    added(covered, approved=5)
    sheet = charge(office, covered, units=4)
    moved = {"claim_id": "clm_01M8G19BJVWAY7P90AP600YMRZ", "sheet_id": sheet["sheet_id"]}
    deliver("ClaimMoved", office, covered.patient_id, **moved, state="sent")
    assert running_out(office, days="0", left="1") == []
    deliver("ClaimMoved", office, covered.patient_id, **moved, state="clean")
    assert running_out(office, days="0", left="1") == [("AU-1", 1)]
