"""The console's pages of note templates: changed, added, put in order, retired."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from caresmith.permissions import Role
from tests.integration.encounters.conftest import Clinic
from tests.integration.encounters.test_drawers import fields_of
from tests.integration.encounters.test_wording import templates
from tests.support.client import Caller, Reply, call

TEMPLATES = "/console/encounters/templates"
HOME_VISIT: dict[str, Any] = {
    "version": "0",
    "name": "Home visit",
    "specialties": "Family Medicine, Geriatrics",
    "sections.0.title": "Plan",
    "sections.0.part": "plan",
    "sections.0.place": "2",
    "sections.1.title": "At home",
    "sections.1.part": "objective",
    "sections.1.place": "1",
    "sections.1.text": "Stairs: \r\nRugs: ",
    "sections.2.title": "",
    "sections.2.part": "other",
}


def seen(clinic: Clinic, path: str = "", **query: str) -> str:
    reply = clinic.get(f"{TEMPLATES}{path}", **query)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def sent(
    clinic: Clinic, fields: dict[str, Any], path: str = "", caller: Caller | None = None
) -> Reply:
    form = [(name, str(value)) for name, value in fields.items()]
    return call("POST", f"{TEMPLATES}{path}", caller=caller or clinic.ana, form=form)


def test_a_template_is_added_with_its_sections_in_the_order_of_their_places(
    clinic: Clinic,
) -> None:
    done = sent(clinic, HOME_VISIT)
    assert (done.status, done.headers["location"]) == (303, f"{TEMPLATES}#saved")
    made = templates(clinic)["home-visit"]
    assert made["specialties"] == ["Family Medicine", "Geriatrics"]
    assert [(s["key"], s["title"], s["text"]) for s in made["sections"]] == [
        ("at-home", "At home", "Stairs: \nRugs: "),
        ("plan", "Plan", ""),
    ]
    text = seen(clinic)
    assert "Home visit" in text
    assert "Family Medicine, Geriatrics" in text
    assert sent(clinic, HOME_VISIT).status == 303, "another of the same name"
    assert {"home-visit", "home-visit-2"} <= set(templates(clinic))


def test_one_of_the_systems_is_changed_and_its_sections_keep_their_keys(clinic: Clinic) -> None:
    before = templates(clinic)["soap"]
    form = fields_of(clinic.get(f"{TEMPLATES}/edit/soap").text)
    assert (form["version"], form["sections.0.title"]) == ("0", "Chief complaint")
    assert sent(clinic, form, "/edit/soap").status == 303, "as it was shown"
    same = templates(clinic)["soap"]
    assert (same["sections"], same["version"]) == (before["sections"], 1)
    changed = {**form, "version": "1", "sections.0.title": "In the patient's own words"}
    assert sent(clinic, changed, "/edit/soap").status == 303
    first = templates(clinic)["soap"]["sections"][0]
    assert (first["key"], first["title"]) == ("chief-complaint", "In the patient's own words")
    late = sent(clinic, {**changed, "name": "Late"}, "/edit/soap")
    assert (late.status, "Late" in late.text) == (412, True)
    assert templates(clinic)["soap"]["name"] == "SOAP note"


def test_another_begins_like_one_that_is_there(clinic: Clinic) -> None:
    form = fields_of(clinic.get(f"{TEMPLATES}/new", like="nurse").text)
    assert (form["name"], form["version"], form["sections.1.title"]) == ("", "0", "Done")
    assert sent(clinic, {**form, "name": "Injection"}).status == 303
    made = templates(clinic)
    assert made["injection"]["sections"] == made["nurse"]["sections"]


def test_a_retired_one_is_offered_no_more_and_can_be_taken_up_again(clinic: Clinic) -> None:
    form = fields_of(clinic.get(f"{TEMPLATES}/edit/nurse").text)
    assert sent(clinic, {**form, "retired": "true"}, "/edit/nurse").status == 303
    assert "nurse" not in templates(clinic)
    assert "Not in use" in seen(clinic)
    again = fields_of(clinic.get(f"{TEMPLATES}/edit/nurse").text)
    assert again.pop("retired") == "true"
    assert sent(clinic, again, "/edit/nurse").status == 303
    assert "nurse" in templates(clinic)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This is needed."),
        ({"sections.0.title": "", "sections.0.text": "Words"}, "This is needed."),
        ({"sections.0.part": "elsewhere"}, "subjective"),
        ({"sections.0.place": "first"}, "Write a number."),
        ({"sections.0.key": "same", "sections.1.key": "same"}, "A section is there twice."),
        (
            {"sections.0.title": "", "sections.1.title": "", "sections.1.text": ""},
            "A template has one section at the least.",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    clinic: Clinic, wrong: dict[str, str], said: str
) -> None:
    before = templates(clinic)
    refused = sent(clinic, {**HOME_VISIT, **wrong})
    text = unescape(refused.text)
    assert (refused.status, said in text, "Geriatrics" in text) == (422, True, True)
    assert templates(clinic) == before


def test_a_template_may_be_named_like_a_page_of_a_visit(clinic: Clinic) -> None:
    assert sent(clinic, {**HOME_VISIT, "name": "Coding"}).status == 303
    form = fields_of(clinic.get(f"{TEMPLATES}/edit/coding").text)
    assert sent(clinic, {**form, "name": "Coding visit"}, "/edit/coding").status == 303
    assert templates(clinic)["coding"]["name"] == "Coding visit"


def test_an_unknown_template_is_not_found(clinic: Clinic) -> None:
    assert clinic.get(f"{TEMPLATES}/edit/none-such").status == 404
    assert sent(clinic, HOME_VISIT, "/edit/none-such").status == 404


def test_who_writes_no_notes_changes_no_templates(clinic: Clinic) -> None:
    for role in (Role.FRONT_DESK, Role.BILLER, Role.MANAGER, Role.ADMIN):
        caller = Caller(clinic.small.practice, roles=(role,))
        assert clinic.get(TEMPLATES, caller=caller).status == 403
        assert sent(clinic, HOME_VISIT, caller=caller).status == 403
