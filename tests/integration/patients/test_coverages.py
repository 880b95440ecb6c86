"""Policies in the chart: linked to payers, with what claims ask of them."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from caresmith.ids import CoverageId, PayerId, PracticeId
from caresmith.permissions import Role
from caresmith.records.coverage import Coverage, CoverageItem
from caresmith.records.patient import chart_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain, table_name
from tests.integration.patients.conftest import Office, person
from tests.support.client import Caller, Reply, call


def payer(office: Office, name: str = "Medicare Part B", **facts: Any) -> str:
    caller = Caller(office.practice, roles=(Role.BILLER,))
    body = {"name": name, "wire_id": "PAYER1", "filing": "MB", **facts}
    reply = call("POST", "/coverage/payers", caller=caller, json_body=body)
    assert reply.status == 201, reply.text
    return str(reply.json["payer_id"])


def add(office: Office, chart: Any, **facts: Any) -> Reply:
    body = {"payer_name": "Acme", "member_id": "M1", **facts}
    return office.post(f"/patients/{chart['patient_id']}/coverages", body)


def test_a_whole_policy_comes_back_as_it_was_entered(office: Office) -> None:
    facts = {
        "payer_id": payer(office, "Acme Health", filing="CI"),
        "payer_name": "Acme Health",
        "member_id": "XYZ1",
        "member_suffix": "02",
        "own_member_id": "KID1",
        "group_number": "G1",
        "group_name": "Acme Workers",
        "plan_name": "Gold",
        "plan_type": "ppo",
        "relationship": "child",
        "claim_relationship": "19",
        "subscriber_given": "Petra",
        "subscriber_family": "Example",
        "subscriber_birth_date": "1960-01-02",
        "subscriber_sex": "F",
        "subscriber_address": {
            "lines": ["9 Elm St"],
            "city": "Chicago",
            "state": "IL",
            "postal_code": "60601",
        },
        "filing": "12",
        "card_front_id": "doc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
        "period": {"start": "2026-01-01", "end": None},
        "order": 1,
    }
    chart = office.register(coverages=[facts])
    [read] = chart["coverages"]
    assert read["subscriber_name"] == "Petra Example"
    for name, value in facts.items():
        if name == "subscriber_address":
            assert read[name].items() >= value.items()  # type: ignore[attr-defined]
        else:
            assert read[name] == value, name


def test_a_linked_policy_goes_by_the_directory_s_name(office: Office) -> None:
    key = payer(office, "Acme Health", filing="CI")
    reply = add(office, office.register(), payer_id=key, payer_name="what the card says")
    assert reply.json["coverages"][0]["payer_name"] == "Acme Health"


def test_a_payer_that_the_practice_does_not_have_is_refused(office: Office) -> None:
    reply = add(office, office.register(), payer_id=PayerId.new())
    assert reply.status == 422
    assert reply.json["errors"] == [
        {"field": "payer_id", "message": "is no payer of this practice"}
    ]


@pytest.mark.parametrize(
    ("order", "reason", "status"),
    [(1, None, 201), (2, None, 422), (2, "12", 201), (1, "12", 422), (2, "99", 422)],
)
def test_medicare_says_why_it_does_not_pay_first(
    office: Office, order: int, reason: str | None, status: int
) -> None:
    key = payer(office)
    facts = {"payer_id": key, "order": order, **({"msp_reason": reason} if reason else {})}
    reply = add(office, office.register(), **facts)
    assert reply.status == status, reply.text
    if status == 422:
        assert reply.json["errors"][0]["field"] == "msp_reason"


def test_two_policies_do_not_pay_at_one_place_at_one_time(office: Office) -> None:
    chart = office.register(coverages=[{"payer_name": "Acme", "member_id": "1"}])
    assert add(office, chart).status == 422
    assert add(office, chart, order=2).status == 201


def test_a_policy_that_was_stored_before_there_was_a_directory_is_read(
    office: Office, practice: PracticeId
) -> None:
    chart = office.register()
    key, patient = CoverageId.new(), chart["patient_id"]
    old = {
        "payer_name": "Acme",
        "member_id": "M1",
        "relationship": "child",
        "subscriber_name": "Petra Example",
        "period": {},
        "order": 1,
    }
    sealer = Sealer(practice, Domain.PATIENTS)
    CoverageItem(
        chart_key(practice, patient),
        f"chart#coverage#{key}",
        coverage_id=key,
        patient_id=patient,
        coverage=sealer.seal_bytes(key, "coverage", json.dumps(old).encode()),
    ).save()
    [read] = office.get(f"/patients/{patient}").json["coverages"]
    assert (read["payer_id"], read["subscriber_name"]) == (None, "Petra Example")
    assert Coverage.model_validate(old).subscriber_parts() == ("Petra", "Example")


def test_nothing_of_a_policy_lies_in_clear(office: Office, practice: PracticeId) -> None:
    office.register(
        coverages=[
            {
                "payer_name": "Zq-Payer",
                "member_id": "ZQ-MEMBER",
                "group_name": "ZQ-GROUP",
                "relationship": "child",
                "subscriber_given": "Zqpetra",
                "subscriber_family": "Zqdoe",
            }
        ]
    )
    scan = boto3.client("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=table_name(Domain.PATIENTS))
    ours = str([one for page in pages for one in page["Items"] if practice in str(one["pk"])])
    assert "coverage" in ours
    for mark in ("Zq-Payer", "ZQ-MEMBER", "ZQ-GROUP", "Zqpetra", "Zqdoe"):
        assert mark not in ours


def test_only_the_payer_s_own_words_are_taken_over_and_only_under_their_version(
    office: Office,
) -> None:
    chart = office.register(coverages=[{"payer_name": "Acme", "member_id": "M1"}])
    [policy] = chart["coverages"]
    path = f"/patients/{chart['patient_id']}/coverages/{policy['coverage_id']}"
    assert office.patch(path, {"member_id": "M2"}).status == 428
    assert office.patch(path, {"member_id": "M2"}, version=9).status == 412
    assert office.patch(path, {}, version=1).status == 422
    assert office.patch(path, {"order": 2}, version=1).status == 422
    taken = office.patch(path, {"member_id": "M2", "group_name": "Workers"}, version=1)
    assert taken.status == 200, taken.text
    [now] = taken.json["coverages"]
    assert (now["member_id"], now["group_name"], now["payer_name"]) == ("M2", "Workers", "Acme")


def form(**given: str) -> list[tuple[str, str]]:
    return list({"payer_name": "acme health", "member_id": "M1", "order": "1", **given}.items())


def test_on_the_page_a_typed_name_links_the_payer(office: Office) -> None:
    key = payer(office, "Acme Health", filing="CI", aliases=["Acme"])
    chart = office.register(person("Ana"))
    path = f"/console/patients/{chart['patient_id']}/coverages"
    page = office.get(f"{path}/new").text
    assert '<option value="Acme Health">' in page
    sent = call("POST", f"{path}/new", caller=office.caller, form=form())
    assert sent.status == 303, sent.text
    [policy] = office.get(f"/patients/{chart['patient_id']}").json["coverages"]
    assert (policy["payer_id"], policy["payer_name"]) == (key, "Acme Health")
    free = form(payer_name="Somebody else", payer_id=key, version="1")
    one = f"{path}/{policy['coverage_id']}"
    assert call("POST", one, caller=office.caller, form=free).status == 303
    [policy] = office.get(f"/patients/{chart['patient_id']}").json["coverages"]
    assert (policy["payer_id"], policy["payer_name"]) == (None, "Somebody else")


def test_the_page_keeps_what_it_does_not_show_and_names_the_field_that_is_wrong(
    office: Office,
) -> None:
    card = "doc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"
    given = {
        "payer_name": "Acme",
        "member_id": "M1",
        "relationship": "child",
        "subscriber_name": "Petra Maria Example",
        "card_front_id": card,
    }
    chart = office.register(coverages=[given])
    [policy] = chart["coverages"]
    path = f"/console/patients/{chart['patient_id']}/coverages/{policy['coverage_id']}"
    page = office.get(path).text
    assert 'value="Petra Maria"' in page
    assert f'name="card_front_id" value="{card}"' in page
    wrong = form(relationship="child", subscriber_sex="X", version="1")
    refused = call("POST", path, caller=office.caller, form=wrong)
    assert refused.status == 422
    assert "Please look at the marked fields" in refused.text


def test_a_biller_mends_a_policy_and_changes_nothing_else_of_the_chart(office: Office) -> None:
    chart = office.register(coverages=[{"payer_name": "Acme", "member_id": "M1"}])
    [policy] = chart["coverages"]
    patient = f"/patients/{chart['patient_id']}"
    biller = Caller(office.practice, roles=(Role.BILLER,))
    registration = call("GET", f"/console{patient}", caller=biller).text
    path = f"/console{patient}/coverages/{policy['coverage_id']}"
    assert f'href="{path}"' in registration
    assert f'href="/console{patient}/edit"' not in registration
    assert call("GET", path, caller=biller).status == 200
    mended = form(payer_name="Acme", member_id="M2", msp_reason="12", version="1")
    assert call("POST", path, caller=biller, form=mended).status == 303
    [now] = office.get(patient).json["coverages"]
    assert (now["member_id"], now["msp_reason"]) == ("M2", "12")
    assert call("POST", f"/console{patient}/edit", caller=biller, form=[]).status == 403
    moved = {"contact": {"addresses": []}}
    version = {"If-Match": '"1"'}
    refused = call("PATCH", patient, caller=biller, json_body=moved, headers=version)
    assert refused.status == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.EMERGENCY])
def test_who_neither_registers_nor_bills_changes_no_policy(office: Office, role: Role) -> None:
    chart = office.register(coverages=[{"payer_name": "Acme", "member_id": "M1"}])
    [policy] = chart["coverages"]
    path = f"/console/patients/{chart['patient_id']}/coverages/{policy['coverage_id']}"
    caller = Caller(office.practice, roles=(role,))
    assert call("GET", path, caller=caller).status == 403
    assert call("POST", path, caller=caller, form=form(version="1")).status == 403
