"""Note templates at the console: one is made, put in order, and offered when a note begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_results import a_name
from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs


def test_a_template_of_the_practices_own_is_made_and_offered(open_as: OpenAs) -> None:
    page, name = open_as("Clinician", "/console/encounters/work"), f"{a_name()} visit"
    page.get_by_role("link", name="Note templates").click()
    page.wait_for_url("**/encounters/templates")
    page.wait_for_load_state()
    assert_accessible(page)
    page.get_by_role("link", name="Add a template").click()
    page.wait_for_url("**/templates/new")
    page.wait_for_load_state()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Section", exact=True).fill("Plan at home")
    page.get_by_label("Part of the note").select_option("plan")
    page.get_by_label("Place").fill("2")
    page.get_by_role("button", name="Another section").click()
    page.get_by_label("Section", exact=True).nth(1).fill("At home")
    page.get_by_label("Place").nth(1).fill("1")
    page.get_by_label("Begins with").nth(1).fill("Stairs: ")
    page.get_by_role("button", name="Another section").click()
    page.get_by_role("button", name="Remove this section").nth(2).click()
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/encounters/templates*")
    row = page.locator("tr", has_text=name)
    expect(row).to_contain_text("At home, Plan at home")

    patient = add_patient(page, "Ivo", a_name())
    page.goto(f"/console/charts/{patient}")
    page.get_by_role("button", name="Start a visit").click()
    page.wait_for_url("**/console/encounters/enc_*")
    expect(page.locator("option", has_text=name)).to_have_count(1)
