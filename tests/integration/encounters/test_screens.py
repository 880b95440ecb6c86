"""The console's chart and note editor, as pages."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from caresmith.permissions import Role
from tests.integration.encounters.conftest import Clinic
from tests.integration.encounters.test_chart import ASTHMA, PEANUT, a1c, sitting
from tests.support.client import Caller, call


def begun(page: str) -> Any:
    """What the editor begins with, as the page hands it over."""
    found = re.search(r'data-note="([^"]*)"', page)
    assert found
    return json.loads(html.unescape(found.group(1)))


def test_the_chart_says_who_this_is_and_what_matters(clinic: Clinic) -> None:
    clinic.chart("conditions", ASTHMA)
    clinic.chart("allergies", PEANUT)
    clinic.chart("vitals", sitting())
    clinic.chart("orders", a1c(clinic))
    clinic.chart("tasks", {"what": "Call <b>her</b> sister"})
    clinic.open()
    page = clinic.get(f"/console/charts/{clinic.patient}")
    assert page.status == 200
    for shown in ("Jo Doe", "Asthma", "Peanut", "128/82 mmHg", "Ana Example", "4548-4"):
        assert shown in page.text
    assert "Call &lt;b&gt;her&lt;/b&gt; sister" in page.text


def test_an_empty_chart_says_what_was_never_asked(clinic: Clinic) -> None:
    page = clinic.get(f"/console/charts/{clinic.patient}")
    assert "Not asked yet" in page.text
    assert "None taken yet." in page.text


def test_seven_lines_are_shown_and_the_rest_opens_in_place(clinic: Clinic) -> None:
    for number in range(9):
        clinic.chart("tasks", {"what": f"Task {number}"})
    page = clinic.get(f"/console/charts/{clinic.patient}").text
    assert "<summary>2 more</summary>" in page


def test_a_provider_starts_a_visit_and_gets_the_editor(clinic: Clinic) -> None:
    start = f"/console/charts/{clinic.patient}/visit"
    started = call("POST", start, caller=clinic.ana, form=[])
    assert started.status == 303
    page = clinic.get(started.headers["location"])
    assert page.status == 200
    facts = begun(page.text)
    assert (facts["version"], facts["template"], facts["sections"]) == (0, "soap", [])
    other = call(
        "POST", f"/console/charts/{clinic.patient}/visit", caller=clinic.assistant, form=[]
    )
    assert other.status == 422


def test_the_editor_gets_what_was_written_and_what_waits(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save('Words with "quotes" & <tags>')
    clinic.editor(key, clinic.ben).save("Other words")
    page = clinic.get(f"/console/encounters/{key}")
    facts = begun(page.text)
    assert facts["version"] == 1
    assert facts["sections"][0]["text"] == 'Words with "quotes" & <tags>'
    [side] = facts["waiting"]
    assert side["body"]["sections"][0]["text"] == "Other words"
    assert "<tags>" not in page.text


def test_a_signed_note_is_shown_and_not_edited(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save("Signed words.")
    clinic.sign(key, 1)
    clinic.post(f"/encounters/{key}/note/addenda", {"text": "Later I learned"})
    page = clinic.get(f"/console/encounters/{key}").text
    assert "data-note" not in page
    for shown in ("Signed words.", "Later I learned", "by Ana Example"):
        assert shown in page


def test_in_an_emergency_a_note_is_read_and_not_written(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save("Words.")
    stranger = Caller(clinic.small.practice, roles=(Role.EMERGENCY,))
    page = clinic.get(f"/console/encounters/{key}", caller=stranger)
    assert page.status == 200
    assert "Words." in page.text
    assert "data-note" not in page.text
