"""Codes found by their words and picked by keyboard alone: diagnosis, drug, laboratory test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_chart import card, drawer, register, settle, wait_for_timeline
from tests.support.browsing import assert_accessible

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

MOST_TABS = 120


def tab_to(page: Page, wanted: Locator) -> None:
    """As somebody without a mouse gets there."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is out of the keyboard's reach")


def pick(page: Page, words: str, shown: str) -> None:
    """Type into the search that has the focus, and take the first that is found."""
    page.keyboard.type(words)
    first = page.locator(".code-results button[data-code]").first
    expect(first).to_contain_text(shown)
    settle(page)
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")


def test_a_diagnosis_a_test_and_a_drug_are_found_by_words_and_added_by_keyboard_alone(
    open_as: OpenAs,
) -> None:
    page = open_as("Clinician", "/console")
    path = register(page, "1961-04-02")
    page.goto(path)
    wait_for_timeline(page)

    # A diagnosis, onto the problem list.
    tab_to(page, page.get_by_role("button", name="Add: problems", exact=True))
    page.keyboard.press("Enter")
    form = drawer(page)
    expect(form.get_by_role("heading", level=2)).to_be_visible()
    settle(page)
    tab_to(page, form.get_by_label("Find a diagnosis"))
    page.keyboard.type("low back")
    expect(form.locator("button[data-code]").first).to_be_visible()
    assert_accessible(page)
    pick(page, " pain", "M54.50")
    expect(form.get_by_label("ICD-10-CM")).to_have_value("M54.50")
    problem = form.get_by_label("Problem", exact=True)
    expect(problem).to_have_value("Low back pain, unspecified")
    expect(problem).to_be_focused()
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()
    settle(page)
    wait_for_timeline(page)
    expect(card(page, "Problems")).to_contain_text("Low back pain, unspecified")

    # A laboratory test, into an order.
    tab_to(page, page.get_by_role("button", name="Add: open orders", exact=True))
    page.keyboard.press("Enter")
    expect(form.get_by_role("heading", level=2)).to_be_visible()
    settle(page)
    tab_to(page, form.get_by_label("Find a laboratory test"))
    pick(page, "a1c", "4548-4")
    expect(form.get_by_label("What", exact=True)).to_have_value("Hemoglobin A1c")
    expect(form.get_by_label("LOINC, CPT, HCPCS")).to_have_value("4548-4")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()

    # A drug, into a prescription.
    page.goto(path.replace("/charts/", "/medications/") + "/prescribe")
    expect(page.get_by_label("Find a medication")).to_be_focused()
    pick(page, "levothyroxine 50 mcg", "levothyroxine sodium 0.05 MG Oral Tablet")
    drug = page.get_by_label("Drug")
    expect(drug).to_have_value("levothyroxine sodium 0.05 MG Oral Tablet (966221)")
    expect(drug).to_be_focused()
    expect(page.locator("#preview")).to_contain_text("No warning by public data.")
    assert_accessible(page)
