"""Templates by specialty and dot-phrases: the system's, the practice's, one's own."""

from __future__ import annotations

from typing import Any

from caresmith.permissions import Role
from functions.encounters.starting import STARTING
from tests.integration.encounters.conftest import Clinic
from tests.support.client import Caller, call


def templates(clinic: Clinic, **query: str) -> dict[str, Any]:
    reply = clinic.get("/notes/templates", **query)
    assert reply.status == 200, reply.text
    return {template["template_id"]: template for template in reply.json["templates"]}


def phrases(clinic: Clinic, caller: Caller | None = None) -> dict[str, str]:
    found = clinic.get("/notes/phrases", caller=caller).json["phrases"]
    return {phrase["name"]: phrase["text"] for phrase in found}


def test_a_specialtys_own_templates_are_offered_first(clinic: Clinic) -> None:
    assert set(templates(clinic)) == set(STARTING)
    assert next(iter(templates(clinic, specialty="Cardiology"))) == "cardiology"
    assert next(iter(templates(clinic))) == "soap"


def test_a_practice_changes_a_template_adds_one_and_retires_one(clinic: Clinic) -> None:
    soap = templates(clinic)["soap"]
    own = {key: soap[key] for key in ("name", "specialties", "sections", "retired")}
    own["sections"][0]["text"] = "In the patient's own words: "
    changed = clinic.put("/notes/templates/soap", own, 0)
    assert (changed.status, changed.json["version"]) == (200, 1)
    assert clinic.put("/notes/templates/soap", own, 0).status == 412
    assert templates(clinic)["soap"]["sections"][0]["text"].startswith("In the patient's")
    assert clinic.put("/notes/templates/home-visit", {**own, "name": "Home visit"}, 0).status == 200
    assert clinic.put("/notes/templates/nurse", {**own, "retired": True}, 0).status == 200
    known = set(templates(clinic))
    assert "home-visit" in known
    assert "nurse" not in known


def test_ones_own_phrase_stands_before_the_practices_and_is_nobody_elses(clinic: Clinic) -> None:
    everybody, mine = "/notes/phrases/practice/lungs", "/notes/phrases/mine/lungs"
    assert clinic.put(everybody, {"text": "Lungs clear."}, 0).status == 200
    assert clinic.put(mine, {"text": "Clear to auscultation."}, 0).status == 200
    assert phrases(clinic)["lungs"] == "Clear to auscultation."
    assert phrases(clinic, clinic.ben)["lungs"] == "Lungs clear."
    assert clinic.put(mine, {"text": "CTA."}, 0).status == 412
    assert clinic.put(mine, {"text": "CTA."}, 1).status == 200
    assert call("DELETE", mine, caller=clinic.ana).status == 204
    assert phrases(clinic)["lungs"] == "Lungs clear."
    assert call("DELETE", mine, caller=clinic.ana).status == 404


def test_a_name_that_nobody_can_type_after_a_dot_is_refused(clinic: Clinic) -> None:
    assert clinic.put("/notes/phrases/mine/Two%20words", {"text": "x"}, 0).status == 422
    assert clinic.put("/notes/phrases/mine/ok", {"text": ""}, 0).status == 422


def test_who_writes_no_notes_sees_no_wording(clinic: Clinic) -> None:
    for role in (Role.FRONT_DESK, Role.BILLER, Role.MANAGER):
        caller = Caller(clinic.small.practice, roles=(role,))
        assert clinic.get("/notes/templates", caller=caller).status == 403


def test_a_biller_sees_what_is_charged_and_nothing_else(clinic: Clinic) -> None:
    key = clinic.open(reason="Cough")["encounter_id"]
    clinic.editor(key).save("Private words.")
    clinic.code(key)
    biller = Caller(clinic.small.practice, roles=(Role.BILLER,))
    billing = clinic.get(f"/encounters/{key}/billing", caller=biller)
    assert billing.json["billing"]["diagnoses"][0]["code"]["code"] == "J45.909"
    assert "Cough" not in billing.text
    assert "Private" not in billing.text
    for path in (
        f"/encounters/{key}",
        f"/encounters/{key}/note",
        f"/charts/{clinic.patient}/summary",
    ):
        assert clinic.get(path, caller=biller).status == 403
