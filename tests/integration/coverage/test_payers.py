"""The directory of payers, settings and the work list through the API."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import PayerId
from caresmith.permissions import Role
from tests.integration.coverage.conftest import Practice
from tests.support.client import Caller, Reply, call
from tests.support.payer_desk import INACTIVE, benefits


def change(office: Practice, key: str, body: dict[str, Any], version: int) -> Reply:
    return call(
        "PUT",
        f"/coverage/payers/{key}",
        caller=office.biller,
        json_body=body,
        headers={"If-Match": f'"{version}"'},
    )


def test_a_payer_is_added_read_changed_and_set_not_in_use(office: Practice) -> None:
    key = office.add_payer("Blue", wire_id="BLUE1", type="blue", filing="BL", timely_days=180)
    read = office.get(f"/coverage/payers/{key}")
    assert (read["version"], read["facts"]["timely_days"]) == (1, 180)
    gone = {**read["facts"], "active": False}
    changed = change(office, key, gone, 1)
    assert changed.status == 200, changed.text
    assert changed.headers["etag"] == '"2"'
    assert change(office, key, gone, 1).status == 412
    names = [one["facts"]["name"] for one in office.get("/coverage/payers")["payers"]]
    assert names == ["Acme Health", "Blue"]
    found = office.get("/coverage/payers/search", query={"text": "blu"})
    assert found["payers"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "acme  health", "wire_id": "X1"}, "name"),
        ({"name": "Other", "wire_id": "X1", "aliases": ["ACME HEALTH"]}, "aliases"),
        ({"name": "Other", "wire_id": "A:B"}, "wire_id"),
        ({"name": "Other", "wire_id": "X1", "filing": "??"}, "filing"),
        ({"name": "Other"}, "wire_id"),
    ],
)
def test_what_is_wrong_with_a_payer_is_said_beside_its_field(
    office: Practice, body: dict[str, Any], field: str
) -> None:
    reply = call("POST", "/coverage/payers", caller=office.biller, json_body=body)
    assert reply.status == 422
    assert field in [error["field"] for error in reply.json["errors"]]
    assert len(office.get("/coverage/payers")["payers"]) == 1


def test_the_name_of_a_payer_that_is_not_used_is_free_again(office: Practice) -> None:
    key = office.payers["Acme Health"]
    facts = office.get(f"/coverage/payers/{key}")["facts"]
    assert change(office, key, {**facts, "active": False}, 1).status == 200
    office.add_payer("Acme Health", wire_id="NEW1")
    # And the former one can't come back under it.
    assert change(office, key, facts, 2).status == 422


def test_who_may_change_the_directory(office: Practice) -> None:
    body = {"name": "Other", "wire_id": "X1"}
    for role, status in (
        (Role.FRONT_DESK, 403),
        (Role.CLINICIAN, 403),
        (Role.MANAGER, 201),
    ):
        caller = Caller(office.practice, roles=(role,))
        reply = call("POST", "/coverage/payers", caller=caller, json_body=body)
        assert reply.status == status, role
    assert call("GET", "/coverage/payers", caller=office.desk).status == 200


def test_settings_have_defaults_and_are_changed_under_their_version(office: Practice) -> None:
    found = office.get("/coverage/settings")
    assert (found["version"], found["settings"]["days_before"]) == (0, 3)
    wanted = {**found["settings"], "days_before": 1, "service_types": ["30", "MH"]}

    def put(version: int, body: dict[str, Any]) -> Reply:
        headers = {"If-Match": f'"{version}"'}
        path = "/coverage/settings"
        return call("PUT", path, caller=office.biller, json_body=body, headers=headers)

    assert put(0, wanted).status == 200
    assert put(0, wanted).status == 412
    assert put(1, {**wanted, "service_types": ["30", "30"]}).status == 422
    assert put(1, {**wanted, "days_before": 40}).status == 422
    assert office.get("/coverage/settings")["settings"] == wanted
    office.covered().verified()
    assert office.payer.asked[0].segments("EQ") == [["EQ", "30^MH"]]


def test_somebody_takes_a_line_on_and_it_stays_theirs_through_a_new_try(office: Practice) -> None:
    office.payer.answers_with(benefits(*INACTIVE))
    covered = office.covered()
    covered.verified()
    [item] = office.work()
    path = f"/coverage/work/{covered.coverage_id}"
    taken = office.post(f"{path}/assign", {"to_me": True}, version=item["version"])
    assert taken.status == 200, taken.text
    assert taken.json["assigned_to"] == office.desk.user_id
    assert office.post(f"{path}/assign", {"to_me": True}, version=item["version"]).status == 412
    covered.verified(force=True)
    [item] = office.work()
    assert item["assigned_to"] == office.desk.user_id
    back = office.post(f"{path}/assign", {"to_me": False}, version=item["version"])
    assert back.json["assigned_to"] is None


def test_what_is_seen_to_leaves_the_list_and_the_standing_stays(office: Practice) -> None:
    office.payer.answers_with(benefits(*INACTIVE))
    covered = office.covered()
    covered.verified()
    [item] = office.work()
    path = f"/coverage/work/{covered.coverage_id}/done"
    assert office.post(path, {"because": "whatever"}, version=item["version"]).status == 422
    assert office.post(path, {"because": "patient-pays"}, version=9).status == 412
    assert office.post(path, {"because": "patient-pays"}, version=item["version"]).status == 204
    assert office.work() == []
    assert office.post(path, {}, version=item["version"]).status == 404
    assert covered.standing()["badge"] == "inactive"


def test_a_payer_that_nobody_has_is_not_found(office: Practice) -> None:
    assert call("GET", f"/coverage/payers/{PayerId.new()}", caller=office.biller).status == 404
