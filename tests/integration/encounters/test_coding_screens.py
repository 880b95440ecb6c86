"""The coding of a visit: written by whoever treated, read by whoever bills, without the note."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from caresmith.permissions import Role
from tests.integration.encounters.conftest import CPT, Clinic, concept
from tests.integration.encounters.test_chart import ASTHMA, a1c
from tests.support.client import Caller, Reply, call

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
FIELDS = {
    "diagnoses.0.code.code": "j45.909",
    "diagnoses.1.code.code": "",
    "diagnoses.2.code.code": "E11.9",
    "services.0.code.code": "99213",
    "services.0.modifiers": "25 gt",
    "services.0.units": "1",
    "services.0.diagnoses": "1, 2",
    "services.1.code.code": "g0439",
}


@pytest.fixture
def biller(clinic: Clinic) -> Caller:
    return Caller(clinic.small.practice, roles=(Role.BILLER,))


def save(clinic: Clinic, key: str, caller: Caller | None = None, **fields: Any) -> Reply:
    given = {"version": clinic.encounter(key)["version"], **FIELDS, **fields}
    return call(
        "POST",
        f"/console/encounters/{key}/coding",
        caller=caller or clinic.ana,
        form=[(name, str(value)) for name, value in given.items()],
    )


def look(clinic: Clinic, key: str, caller: Caller | None = None) -> Reply:
    return clinic.get(f"/console/encounters/{key}/coding", caller=caller)


def complaint(page: str, field: str) -> str:
    told = re.search(rf'id="f-{re.escape(field)}-error">([^<]*)<', page)
    assert told, page
    return unescape(told[1])


def test_a_provider_codes_and_the_visit_closes_once_it_is_signed(clinic: Clinic) -> None:
    problem = clinic.chart("conditions", ASTHMA).json["id"]
    key = clinic.open()["encounter_id"]
    assert "J45.909 Asthma" in look(clinic, key).text
    saved = save(clinic, key)
    assert saved.status == 303, saved.text
    billing = clinic.get(f"/encounters/{key}/billing").json["billing"]
    first, second = billing["diagnoses"]
    assert (first["code"]["display"], first["condition_id"]) == ("Asthma", problem)
    assert second["code"]["code"] == "E11.9"
    visit, screening = billing["services"]
    assert (visit["code"]["system"], visit["modifiers"]) == (CPT, ["25", "GT"])
    assert (visit["diagnoses"], screening["diagnoses"]) == ([1, 2], [1])
    assert screening["code"] == {"system": HCPCS, "code": "G0439", "display": None}
    clinic.editor(key).save("Seen.")
    clinic.sign(key, 1)
    assert clinic.encounter(key)["status"] == "finished"
    assert '<form class="card"' not in look(clinic, key).text


def test_saved_again_as_it_is_shown_it_says_the_same(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    save(clinic, key)
    before = clinic.get(f"/encounters/{key}/billing").json["billing"]
    page = look(clinic, key).text
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'name="((?:diagnoses|services)[^"]*)" value="([^"]*)"', page)
    }
    assert fields["services.0.modifiers"] == "25 GT"
    call(
        "POST",
        f"/console/encounters/{key}/coding",
        caller=clinic.ana,
        form=[("version", f"{clinic.encounter(key)['version']}"), *fields.items()],
    )
    assert clinic.get(f"/encounters/{key}/billing").json["billing"] == before


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"diagnoses.0.code.code": "J45909"}, "diagnoses-0-code-code", "ICD-10-CM"),
        ({"services.0.code.code": "992"}, "services-0-code-code", "five characters"),
        ({"services.0.modifiers": "255"}, "services-0-modifiers", "two characters"),
        ({"services.0.units": "0"}, "services-0-units", "greater"),
        ({"services.0.diagnoses": "x"}, "services-0-diagnoses", "numbers"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    clinic: Clinic, wrong: dict[str, str], field: str, words: str
) -> None:
    key = clinic.open()["encounter_id"]
    refused = save(clinic, key, **wrong)
    assert refused.status == 422
    assert words in complaint(refused.text, field)
    assert "G0439" in refused.text
    assert clinic.get(f"/encounters/{key}/billing").json["billing"]["diagnoses"] == []


def test_a_service_for_a_diagnosis_that_is_not_there_is_refused_in_words(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    refused = save(clinic, key, **{"services.0.diagnoses": "3"})
    assert refused.status == 422
    assert "points at a diagnosis that is not listed" in refused.text


def test_two_who_code_at_once(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    stale = clinic.encounter(key)["version"]
    save(clinic, key)
    late = save(clinic, key, version=stale, **{"services.0.code.code": "99214"})
    assert late.status == 412
    assert "Somebody changed this visit meanwhile." in late.text
    assert "99214" in late.text
    billing = clinic.get(f"/encounters/{key}/billing").json["billing"]
    assert billing["services"][0]["code"]["code"] == "99213"


def test_the_biller_reads_codes_orders_and_times_and_no_note_and_no_reason(
    clinic: Clinic, biller: Caller
) -> None:
    key = clinic.open(reason="Secret reason")["encounter_id"]
    clinic.editor(key).save("Secret words.")
    clinic.chart("orders", {**a1c(clinic), "note": "Secret remark"}, encounter_id=key)
    done = {"code": concept(CPT, "94640", "Nebulizer"), "performed": "2999"}
    save(clinic, key)
    today = f"{datetime.now(UTC).date()}"
    clinic.chart("procedures", {**done, "performed": today, "note": "Secret"}, encounter_id=key)
    clinic.chart("procedures", {**done, "performed": today, "code": {"text": "Elsewhere"}})
    page = look(clinic, key, biller)
    assert page.status == 200
    for shown in ("J45.909", "99213", "25 GT", "4548-4", "Nebulizer", "Not signed", "1234567893"):
        assert shown in page.text
    for hidden in (
        "Secret",
        "Elsewhere",
        "<textarea",
        "/console/charts/",
        f'console/encounters/{key}"',
    ):
        assert hidden not in page.text
    assert save(clinic, key, biller).status == 403


def test_the_way_there_is_on_the_patients_page(clinic: Clinic, biller: Caller) -> None:
    key = clinic.open(reason="Secret reason")["encounter_id"]
    patient = f"/console/patients/{clinic.patient}"
    assert f"/console/encounters/of/{clinic.patient}" in clinic.get(patient, caller=biller).text
    card = clinic.get(f"/console/encounters/of/{clinic.patient}", caller=biller).text
    assert f"/console/encounters/{key}/coding" in card
    assert "Secret" not in card
    desk = Caller(clinic.small.practice, roles=(Role.FRONT_DESK,))
    assert "/console/encounters/of/" not in clinic.get(patient, caller=desk).text


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMIN, Role.AUDITOR])
def test_nobody_else_reads_the_coding(clinic: Clinic, role: Role) -> None:
    key = clinic.open()["encounter_id"]
    stranger = Caller(clinic.small.practice, roles=(role,))
    assert look(clinic, key, stranger).status == 403
    assert clinic.get(f"/console/encounters/of/{clinic.patient}", caller=stranger).status == 403
