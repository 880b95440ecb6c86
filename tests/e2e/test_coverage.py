"""Coverage at the console: a policy is entered, verified at the payers', seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_results import a_name
from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient, send
from tests.support.visits import book_free, calendar_of

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs


def test_a_policy_is_entered_verified_and_shown_at_the_visit(open_as: OpenAs) -> None:
    desk, family = open_as("Front desk", "/console"), a_name()
    patient = add_patient(desk, "Iris", family)
    desk.goto(f"/console/patients/{patient}")
    desk.locator("#insurance").get_by_role("link", name="Add").click()
    desk.wait_for_url("**/coverages/new")
    desk.wait_for_load_state()
    desk.get_by_label("Payer").fill("great lakes mutual")
    desk.get_by_label("Member ID").fill("GLM 100 200")
    expect(desk.get_by_label("Front of the card")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="Save").click()
    insurance = desk.locator("#insurance")
    expect(insurance).to_contain_text("Great Lakes Mutual Health")
    expect(insurance).to_contain_text("Never verified")
    assert_accessible(desk)

    insurance.get_by_role("button", name="Verify now").click()
    desk.wait_for_url("**/console/coverage/patients/**")
    expect(desk.get_by_role("heading", name="Copays")).to_be_visible()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Active")
    expect(desk.get_by_role("heading", name="What was checked when")).to_be_visible()
    assert_accessible(desk)

    desk.goto("/console/scheduling")
    visit = book_free(desk, patient, days_ahead=1)
    drawer = calendar_of(desk, visit).open(family)
    expect(drawer).to_contain_text("Great Lakes Mutual Health")
    expect(drawer).to_contain_text("Active")
    assert_accessible(desk)


def test_what_the_payer_does_not_find_waits_until_somebody_has_called(open_as: OpenAs) -> None:
    desk, family = open_as("Front desk", "/console"), a_name()
    patient = add_patient(desk, "Omar", family)
    policy = {"payer_name": "Prairie State Health Plan", "member_id": "UNKNOWN77"}
    chart = send(desk, "POST", f"/patients/{patient}/coverages", policy)
    coverage = chart["coverages"][0]["coverage_id"]
    desk.goto(f"/console/coverage/patients/{patient}/coverages/{coverage}")
    expect(desk.get_by_text("never asked")).to_be_visible()
    desk.get_by_role("button", name="Verify now").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Could not be verified")

    desk.goto("/console/coverage")
    line = desk.locator("tr", has_text=family)
    expect(line).to_contain_text("Compare the member ID with the card")
    assert_accessible(desk)
    line.get_by_role("button", name="Take it on").click()
    expect(line).to_contain_text("Give it back")
    line.get_by_role("link", name="By telephone").click()
    desk.wait_for_url("**/coverages/**")
    desk.wait_for_load_state()
    desk.get_by_label("Number of the call").fill("C-1234")
    desk.get_by_role("button", name="Write it down").click()
    expect(desk.get_by_text("Call C-1234")).to_be_visible()
    desk.goto("/console/coverage")
    expect(desk.get_by_role("heading", name="Coverage to see to")).to_be_visible()
    expect(desk.locator("tr", has_text=family)).to_have_count(0)


def test_a_manager_keeps_the_directory_and_says_how_coverage_is_verified(open_as: OpenAs) -> None:
    manager, name = open_as("Manager", "/console/coverage/payers"), f"{a_name()} Health"
    expect(manager.get_by_role("heading", name="Payers")).to_be_visible()
    assert_accessible(manager)
    manager.get_by_role("link", name="Add a payer").click()
    manager.wait_for_url("**/payers/new")
    manager.wait_for_load_state()
    manager.get_by_label("Name", exact=True).fill(name)
    manager.get_by_label("Payer ID").fill("E2E01")
    assert_accessible(manager)
    manager.get_by_role("button", name="Save").click()
    expect(manager.get_by_role("link", name=name)).to_be_visible()
    manager.goto("/console/coverage/settings")
    expect(manager.get_by_label("Days before a visit")).to_have_value("3")
    assert_accessible(manager)
