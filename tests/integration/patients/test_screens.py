"""The chart's pages, as the front desk fills them in."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from caresmith.permissions import Role
from tests.integration.patients.conftest import Office, person, phone
from tests.support.client import Caller, Reply, call

FILLED = {
    "demographics.names.0.given.0": "María",
    "demographics.names.0.family": "García",
    "demographics.names.0.use": "official",
    "demographics.birth_date": "1985-03-14",
    "demographics.gender": "female",
    "contact.telecoms.20.system": "phone",
    "contact.telecoms.20.value": "312 555 0142",
    "contact.telecoms.20.use": "mobile",
    "contact.telecoms.20.consents.sms.status": "granted",
    "contact.telecoms.20.consents.voice.status": "unknown",
    "contact.telecoms.21.system": "email",
    "contact.telecoms.21.consents.email.status": "unknown",
    "contact.addresses.0.use": "home",
    "relations.guarantor.is_self": "true",
    "relations.guarantor.person.telecoms.0.system": "phone",
    "relations.emergency_contacts.0.telecoms.0.system": "phone",
    "relations.proxies.0.person.telecoms.0.system": "phone",
    "coverages.0.relationship": "self",
    "coverages.0.order": "1",
}


def submit(office: Office, path: str, fields: dict[str, Any]) -> Reply:
    pairs = [
        (name, one)
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return call("POST", path, caller=office.caller, form=pairs)


def filled(page: Reply) -> dict[str, Any]:
    """What a browser would post of the page's form, unchanged."""
    fields: dict[str, Any] = {}
    text = page.text[page.text.index('<form method="post" action="/console/patients/') :]
    text = text[: text.index("<template")]
    for tag in re.findall(r"<input[^>]*>", text):
        attributes = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox" and " checked" not in tag:
            continue
        if attributes.get("name", "").endswith("[]"):
            fields.setdefault(attributes["name"], []).append(attributes["value"])
        elif "name" in attributes:
            fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(
            r'value="([^"]*)"', options
        )
        assert chosen is not None
        fields[name] = html.unescape(chosen.group(1))
    return fields


def chart_of(office: Office, reply: Reply) -> Any:
    assert reply.status == 303, reply.text
    return office.get(reply.headers["location"].removeprefix("/console").partition("#")[0]).json


def test_a_patient_is_registered_from_the_form(office: Office) -> None:
    chart = chart_of(office, submit(office, "/console/patients/new", FILLED))
    assert chart["demographics"]["names"][0]["family"] == "García"
    [telephone] = chart["contact"]["telecoms"]
    assert telephone["value"] == "+13125550142"
    assert telephone["consents"]["sms"]["status"] == "granted"
    assert telephone["consents"]["sms"]["source"] == "verbal"
    assert "voice" not in telephone["consents"]
    assert chart["contact"]["addresses"] == []
    assert chart["coverages"] == []


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    wrong = {
        **FILLED,
        "demographics.birth_date": "2099-01-01",
        "contact.telecoms.20.value": "12345",
        "demographics.names.0.family": "<b>Bold & Brave</b>",
    }
    reply = submit(office, "/console/patients/new", wrong)
    assert reply.status == 422
    assert "&lt;b&gt;Bold &amp; Brave&lt;/b&gt;" in reply.text
    assert "<b>Bold" not in reply.text
    assert re.search(r'telecoms-\d+-value-error">Not a telephone number', reply.text)
    fixed = {**wrong, "contact.telecoms.20.value": "312 555 0142"}
    late = submit(office, "/console/patients/new", fixed)
    assert re.search(r'birth_date-error">lies in the future', late.text)
    assert office.found("bold") == []


def test_a_likely_duplicate_is_shown_before_a_second_chart_is_opened(office: Office) -> None:
    chart_of(office, submit(office, "/console/patients/new", FILLED))
    again = submit(office, "/console/patients/new", FILLED)
    assert again.status == 409
    assert "Is it one of these?" in again.text
    assert "García, María" in again.text
    sure = submit(office, "/console/patients/new", {**FILLED, "confirmed_not_duplicate": "true"})
    assert sure.status == 303


def test_saving_the_edit_form_unchanged_changes_nothing(office: Office) -> None:
    made = office.register(
        person(
            names=[
                {"given": ["María", "José"], "family": "García", "prefix": "Dr"},
                {"given": ["Majo"], "use": "nickname", "period": {"start": "2001-01-01"}},
            ],
            race=["1002-5", "2106-3"],
            race_details=["2108-9"],
            ethnicity="2135-2",
            interpreter_needed=True,
            alerts=["One", "Two"],
        ),
        contact={
            "telecoms": [
                phone("3125550142", consents={"sms": {"status": "granted", "source": "portal"}}),
                {"system": "email", "value": "m@example.org", "rank": 2},
                {"system": "fax", "value": "3125550143"},
            ],
            "addresses": [
                {
                    "lines": ["1 A St", "B", "C"],
                    "city": "X",
                    "state": "IL",
                    "postal_code": "60601-1234",
                }
            ],
        },
        relations={
            "emergency_contacts": [
                {
                    "name": "Pedro",
                    "relationship": "spouse",
                    "telecoms": [phone("3125550144"), phone("3125550145")],
                }
            ],
            "guarantor": {
                "is_self": False,
                "person": {"name": "Pedro", "relationship": "spouse"},
                "birth_date": "1980-01-01",
            },
            "proxies": [
                {
                    "person": {"name": "Rosa", "relationship": "mother"},
                    "scopes": ["scheduling", "billing"],
                    "note": "By court order",
                }
            ],
        },
    )
    path = f"/console/patients/{made['patient_id']}/edit"
    saved = chart_of(office, submit(office, path, filled(office.get(path))))
    changing = {"version", "changed_at"}
    assert {k: v for k, v in saved.items() if k not in changing} == {
        k: v for k, v in made.items() if k not in changing
    }


def test_an_edit_of_an_old_version_is_told_so_and_kept_on_the_page(office: Office) -> None:
    made = office.register()
    path = f"/console/patients/{made['patient_id']}/edit"
    fields = filled(office.get(path))
    submit(office, path, {**fields, "demographics.names.0.family": "First"})
    late = submit(office, path, {**fields, "demographics.names.0.family": "Second"})
    assert late.status == 412
    assert "Somebody changed this record" in late.text
    assert 'value="Second"' in late.text


def test_the_chart_shows_what_matters_first(office: Office) -> None:
    made = office.register(
        person(alerts=["Hearing impaired"], pronouns="she/her"),
        coverages=[{"payer_name": "Example Health", "member_id": "XH1"}],
    )
    page = office.get(f"/console/patients/{made['patient_id']}").text
    header = page[page.index("chart-header") : page.index("row-cards")]
    for fact in ("Ana Example", "03/14/1985", made["mrn"], "Hearing impaired", "she/her"):
        assert fact in header
    assert "Example Health" in page


def test_a_policy_is_added_changed_and_refused_beside_its_field(office: Office) -> None:
    made = office.register()
    path = f"/console/patients/{made['patient_id']}/coverages"
    first = {"payer_name": "Example Health", "member_id": "XH1", "relationship": "self"}
    chart = chart_of(office, submit(office, f"{path}/new", {**first, "order": "1"}))
    twice = submit(office, f"{path}/new", {**first, "order": "1"})
    assert (twice.status, "another coverage is number 1" in twice.text) == (422, True)
    [policy] = chart["coverages"]
    change = f"{path}/{policy['coverage_id']}"
    assert 'value="XH1"' in office.get(change).text
    fields = {**first, "order": "1", "member_id": "XH2", "version": "1"}
    assert chart_of(office, submit(office, change, fields))["coverages"][0]["member_id"] == "XH2"
    assert submit(office, change, fields).status == 412
    missing = submit(office, f"{path}/new", {"payer_name": "Only", "order": "2"})
    assert re.search(r'member_id-error">This is needed', missing.text)


def test_two_charts_are_compared_merged_and_taken_apart(office: Office) -> None:
    keep = office.register(person("Ana", "Roe"))
    gone = office.register(person("Anna", "Roe", language="es"))
    path = f"/console/patients/{keep['patient_id']}/merge"
    assert gone["patient_id"] in office.get(path).text
    compared = office.get(f"{path}/{gone['patient_id']}").text
    assert "Anna" in compared
    fields = {
        "version": "1",
        "merged_version": "1",
        "take.demographics.language": "other",
        "take.demographics.names": "own",
        "reason": "Entered twice",
    }
    merged = chart_of(office, submit(office, f"{path}/{gone['patient_id']}", fields))
    assert merged["demographics"]["language"] == "es"
    assert merged["merged_ids"] == [gone["patient_id"]]
    stale = submit(office, f"{path}/{gone['patient_id']}", fields)
    assert stale.status == 409
    undo = f"/console/patients/{keep['patient_id']}/merges/{gone['patient_id']}/undo"
    back = chart_of(office, submit(office, undo, {"version": "2", "reason": "No"}))
    assert back["merged_ids"] == []


def test_an_archived_chart_offers_to_be_restored(office: Office) -> None:
    made = office.register()
    path = f"/console/patients/{made['patient_id']}"
    submit(office, f"{path}/archive", {"version": "1", "reason": "Moved"})
    page = office.get(path).text
    assert "Restore the chart" in page
    assert f"{path}/edit" not in page


def test_results_show_up_to_pick_from_but_not_to_book_an_archived_chart(office: Office) -> None:
    made = office.register(person("Old", "Chart"))
    office.post(f"/patients/{made['patient_id']}/archive", {"reason": "x"}, version=1)
    rows = submit(office, "/console/patients/search", {"text": "chart old"})
    assert made["patient_id"] in rows.text
    picks = submit(office, "/console/patients/pick", {"text": "chart old"})
    assert made["patient_id"] not in picks.text
    assert submit(office, "/console/patients/quick", {"text": " "}).text.strip() == ""


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_may_not_see_patients_sees_no_page_of_theirs(office: Office, role: Role) -> None:
    made = office.register()
    caller = Caller(office.practice, roles=(role,))
    for path in ("", "/new", f"/{made['patient_id']}"):
        assert call("GET", f"/console/patients{path}", caller=caller).status == 403


def test_a_made_up_address_answers_with_a_page(office: Office) -> None:
    reply = office.get("/console/patients/pat_nonsense")
    assert reply.status == 422
    assert reply.headers["content-type"].startswith("text/html")
    assert "traceback" not in reply.text.lower()


def test_the_timeline_tells_what_happened_in_words(office: Office) -> None:
    made = office.register()
    office.patch(f"/patients/{made['patient_id']}", {"contact": {}}, version=1)
    told = office.get(f"/console/patients/{made['patient_id']}/timeline")
    assert told.status == 200
    assert told.text.index("Chart changed") < told.text.index("Chart opened")
