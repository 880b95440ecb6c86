"""The menu: what each role finds in it, at every width, by keys too, and its numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import assert_accessible
from tests.support.calendar_page import until

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

ONE_ROW = 60
"""Pixels: a head that is higher has its menu in two."""


def main_menu(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main")


def group(page: Page, name: str) -> Locator:
    return main_menu(page).get_by_role("button", name=name)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("label", ["Front desk", "Clinician", "Biller", "Manager"])
def test_the_menu_fits_a_small_window_a_tablet_and_a_phone(open_as: OpenAs, label: str):
    page = open_as(label)
    for width, height, rows in ((1280, 720, 1), (1024, 768, 2), (390, 844, 0)):
        page.keyboard.press("Escape")  # what was open in the window before
        page.set_viewport_size({"width": width, "height": height})
        if rows:
            head = page.locator("header").bounding_box()
            assert head is not None
            assert head["height"] < ONE_ROW * rows
            expect(page.get_by_role("button", name="Menu")).to_be_hidden()
        else:
            expect(main_menu(page)).to_be_hidden()
            page.get_by_role("button", name="Menu").click()
        expect(main_menu(page).get_by_role("link").first).to_have_text(re.compile("Home"))
        for opens in main_menu(page).get_by_role("button").all():
            opens.click()
            expect(opens).to_have_attribute("aria-expanded", "true")
            assert fits(page)
        if label == "Manager":
            assert_accessible(page)


@pytest.mark.parametrize(
    ("label", "bar", "groups"),
    [
        (
            "Front desk",
            [
                *("Home", "Calendar", "Check-in", "Patients", "Inbox", "Coverage", "Waitlist"),
                "Faxes",
            ],
            {"Billing": ["Authorizations", "Estimates", "Day close"]},
        ),
        (
            "Manager",
            ["Home", "Calendar", "Patients", "Inbox", "Settings"],
            {
                "Schedule": ["Check-in", "Waitlist", "Reminders"],
                "Billing": [
                    *("Charges", "Claims", "Payments", "Denials", "Coverage"),
                    *("Authorizations", "Accounts", "Estimates", "Day close"),
                ],
            },
        ),
        ("Auditor", ["Home", "Audit"], {}),
    ],
)
def test_each_role_sees_what_it_may_open(
    open_as: OpenAs, label: str, bar: list[str], groups: dict[str, list[str]]
):
    def named(labels: list[str]) -> list[re.Pattern[str]]:
        # Beside the inbox stands how much waits in it.
        return [re.compile(rf"^\s*{one}\b") for one in labels]

    page = open_as(label)
    expect(main_menu(page).get_by_role("link")).to_have_text(named(bar))
    expect(main_menu(page).get_by_role("button")).to_have_text(named([*groups]))
    for name, held in groups.items():
        group(page, name).click()
        entries = main_menu(page).locator(".dropdown-menu.show").get_by_role("link")
        expect(entries).to_have_text(named(held))


def test_keys_alone_lead_into_a_group_and_out_of_it(open_as: OpenAs):
    page = open_as("Manager")
    billing = group(page, "Billing")
    billing.focus()
    page.keyboard.press("Enter")
    expect(billing).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(main_menu(page).get_by_role("link", name="Charges")).to_be_focused()
    page.keyboard.press("Escape")
    expect(billing).to_have_attribute("aria-expanded", "false")
    expect(billing).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/claims")
    # The group says where one is, and so does the entry within.
    expect(billing).to_have_attribute("aria-current", "true")
    billing.click()
    here = main_menu(page).get_by_role("link", name="Claims")
    expect(here).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    # What is folded away still has its shortcut.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("z")
    page.wait_for_url("**/console/accounts/days")


_NUMBERS = """performance.getEntriesByType("resource")
    .map(one => ({path: new URL(one.name).pathname, bytes: one.transferSize}))
    .filter(one => one.path.endsWith("/count"))"""


def asked(page: Page) -> list[str]:
    """The numbers that the page asked the server for, once all are there.

    What the browser had kept came without a byte over the wire.
    """
    counted = "document.querySelectorAll('[data-count]').length"
    until(page, f"() => ({_NUMBERS}).length >= {counted}")
    return [one["path"] for one in page.evaluate(_NUMBERS) if one["bytes"]]


def test_a_number_is_asked_for_once_a_minute_whatever_pages_are_opened(open_as: OpenAs):
    page = open_as("Manager", "/console/admin")
    asked(page)  # None of this page's is still on its way.
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto("/console")
    first = asked(page)
    counted = main_menu(page).locator("[data-count]")
    assert sorted(first) == sorted(one.get_attribute("data-count") for one in counted.all())
    assert "/console/messages/count" in first
    for path in ("/console/patients", "/console/scheduling", "/console/charges"):
        page.goto(path)
        assert asked(page) == []


def test_what_somebody_changes_is_counted_anew_at_once(open_as: OpenAs):
    page = open_as("Manager", "/console/coverage/settings")
    asked(page)
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert asked(page) == ["/console/coverage/count"]
