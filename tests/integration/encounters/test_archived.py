"""An archived patient's chart: every kind of entry and order says so, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caresmith.ids import PatientId
from caresmith.permissions import Role
from functions.encounters.kinds import PLAIN, WITH_RULES
from tests.integration.encounters import test_drawers as drawers
from tests.integration.encounters.conftest import Clinic
from tests.integration.encounters.test_chart import ASTHMA, PEANUT, a1c, sitting
from tests.integration.security.conftest import dump
from tests.support.client import Caller, Reply, call
from tests.support.practices import NEW_YORK

_KEPT_APART = ("audit", "idempotency")
"""A refused request leaves an entry of its own there."""
_CVX = "http://hl7.org/fhir/sid/cvx"
KINDS = [kind.path for kind in (*PLAIN, *WITH_RULES)]
CATEGORIES = ("108252007", "363679005", "387713003", "409063005", "409073007", "3457005")
"""Laboratory, imaging, procedure, counselling, education, referral."""


def contents(clinic: Clinic) -> dict[str, dict[str, Any]]:
    """One entry of every kind, as the API takes it."""
    return {
        "conditions": ASTHMA,
        "allergies": PEANUT,
        "immunizations": {
            "vaccine": {"codings": [{"system": _CVX, "code": "140"}]},
            "given_on": "2025-10-02",
        },
        "procedures": {"code": {"text": "Appendectomy"}, "performed": "2011"},
        "family-history": {"relationship": {"text": "Mother"}},
        "social-history": {"code": {"text": "Tobacco"}, "text": "Never", "on": "2026-01-10"},
        "care-plans": {"title": "Plan", "text": "Peak flow daily.", "starts": "2026-01-10"},
        "vitals": sitting(),
        "tasks": {"what": "Call her sister"},
        "orders": a1c(clinic),
    }


def forms(clinic: Clinic) -> dict[str, dict[str, Any]]:
    """The same as the chart's drawers post them."""
    at = datetime.now(ZoneInfo(NEW_YORK)).strftime("%Y-%m-%dT%H:%M")
    vitals = {**drawers.TestVitals.TAKEN, "at": at}
    order = {**drawers.TestOrders.ORDER, "requester_id": clinic.small.ana}
    return {**drawers.FORMS, "vitals": vitals, "orders": order}


def archive(clinic: Clinic) -> None:
    reply = call(
        "POST",
        f"/patients/{clinic.patient}/archive",
        caller=Caller(clinic.small.practice, roles=(Role.MANAGER,)),
        json_body={"reason": "Moved away."},
        headers={"If-Match": '"1"'},
    )
    assert reply.status == 200, reply.text


def refused(clinic: Clinic, ask: Callable[[], Reply]) -> Reply:
    """The answer to what was asked, which wrote nothing anywhere."""
    before = dump(of=clinic.small.practice, without=_KEPT_APART)
    reply = ask()
    assert reply.status == 409, reply.text
    assert "archived" in reply.text
    assert dump(of=clinic.small.practice, without=_KEPT_APART) == before
    return reply


def problem(reply: Reply) -> str:
    assert reply.headers["content-type"] == "application/problem+json"
    return str(reply.json["type"]).rpartition("/")[2]


def test_these_are_all_the_kinds_of_entries(clinic: Clinic) -> None:
    assert set(contents(clinic)) == set(forms(clinic)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_entry_is_added(clinic: Clinic, kind: str) -> None:
    entry, form = contents(clinic)[kind], forms(clinic)[kind]
    assert clinic.chart(kind, entry).status == 201
    archive(clinic)
    reply = refused(clinic, lambda: clinic.chart(kind, entry))
    assert problem(reply) == "chart-closed"
    path = f"/console/charts/{clinic.patient}/{kind}"
    posted = [(name, str(value)) for name, value in form.items()]
    refused(clinic, lambda: call("POST", path, caller=clinic.ana, form=posted))


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "orders"])
def test_no_entry_is_changed_nor_taken_back(clinic: Clinic, kind: str) -> None:
    entry = contents(clinic)[kind]
    key = clinic.chart(kind, entry).json["id"]
    archive(clinic)
    path = f"/charts/{clinic.patient}/{kind}/{key}"
    assert problem(refused(clinic, lambda: clinic.put(path, entry, 1))) == "chart-closed"
    taken_back = [("version", "1")]
    page = f"/console{path}/in-error"
    refused(clinic, lambda: call("POST", page, caller=clinic.ana, form=taken_back))


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("status", ["active", "draft"])
def test_no_order_is_placed(clinic: Clinic, category: str, status: str) -> None:
    archive(clinic)
    order = {**a1c(clinic), "category": category, "status": status}
    assert problem(refused(clinic, lambda: clinic.chart("orders", order))) == "chart-closed"


@pytest.mark.parametrize("becomes", ["on-hold", "revoked", "completed", "entered-in-error"])
def test_no_order_is_moved(clinic: Clinic, becomes: str) -> None:
    key = clinic.chart("orders", a1c(clinic)).json["id"]
    archive(clinic)
    path = f"/charts/{clinic.patient}/orders/{key}"
    asked = {"status": becomes, "reason": "Moved away."}
    version = {"If-Match": '"1"'}
    reply = refused(clinic, lambda: clinic.post(f"{path}/status", asked, headers=version))
    assert problem(reply) == "chart-closed"
    posted = [*asked.items(), ("version", "1")]
    refused(clinic, lambda: call("POST", f"/console{path}", caller=clinic.ana, form=posted))


def test_no_visit_is_begun(clinic: Clinic) -> None:
    archive(clinic)
    visit = {
        "patient_id": clinic.patient,
        "provider_id": clinic.small.ana,
        "location_id": clinic.small.east,
    }
    assert problem(refused(clinic, lambda: clinic.post("/encounters", visit))) == "chart-closed"


def test_a_restored_chart_takes_orders_again(clinic: Clinic) -> None:
    archive(clinic)
    restored = call(
        "POST",
        f"/patients/{clinic.patient}/restore",
        caller=Caller(clinic.small.practice, roles=(Role.MANAGER,)),
        json_body={"reason": "Came back."},
        headers={"If-Match": '"2"'},
    )
    assert restored.status == 200, restored.text
    assert clinic.chart("orders", a1c(clinic)).status == 201


def rxnorm(code: str, name: str) -> dict[str, Any]:
    system = "http://www.nlm.nih.gov/research/umls/rxnorm"
    return {"codings": [{"system": system, "code": code, "display": name}], "text": name}


def test_nothing_is_prescribed_reported_renewed_asked_for_or_reconciled(clinic: Clinic) -> None:
    patient: PatientId = clinic.patient
    base = f"/medications/{patient}"
    drug = rxnorm("314076", "lisinopril 10 MG Oral Tablet")
    oral = {"codings": [{"system": "http://snomed.info/sct", "code": "26643006"}]}
    tablet = {"value": "1", "unit": "{tbl}"}
    supply = {"dispense": {"value": "30", "unit": "{tbl}"}, "refills": 1}
    prescribed = {"drug": drug, "dose": tablet, "route": oral, "timing": {}, **supply}
    visit = clinic.open()["encounter_id"]
    made = clinic.post(f"{base}/prescriptions", prescribed).json
    told = clinic.post(f"{base}/reported", {"drug": {"text": "Fish oil"}}).json
    archive(clinic)
    version = {"If-Match": '"1"'}
    entry = f"{base}/entries/{made['id']}"
    known = [
        {"medication_id": one["id"], "version": 1, "action": "stop", "reason": "Moved away."}
        for one in (made, told)
    ]
    asked: list[tuple[str, str, Any]] = [
        (
            "POST",
            f"{base}/prescriptions",
            {**prescribed, "drug": rxnorm("308191", "amoxicillin 500 MG Oral Capsule")},
        ),
        ("PUT", f"{base}/prescriptions/{made['id']}", prescribed),
        ("POST", f"{base}/reported", {"drug": {"text": "Zinc"}}),
        ("PUT", f"{base}/reported/{told['id']}", {"drug": {"text": "Fish oil"}}),
        ("POST", f"{entry}/renewal", supply),
        ("POST", f"{entry}/status", {"status": "stopped", "reason": "Moved away."}),
        ("POST", f"{base}/refills", {"medication_id": made["id"], "asked_by": "patient"}),
        (
            "POST",
            f"{base}/reconciliations",
            {"encounter_id": visit, "source": "patient", "known": known},
        ),
    ]
    for method, path, body in asked:

        def send(method: str = method, path: str = path, body: Any = body) -> Reply:
            return call(method, path, caller=clinic.ana, json_body=body, headers=version)

        assert problem(refused(clinic, send)) == "chart-closed", path
