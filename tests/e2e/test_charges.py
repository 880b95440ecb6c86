"""The charge desk in a browser: from an empty sheet to the ledger, by keyboard and favourites."""

from __future__ import annotations

import random
import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import OpenAs
    from tests.support.browsing import Watch

BASE = "/console/charges"


def settled(page: Page) -> None:
    """No part of the page is under way: what is typed next is not swapped away."""
    page.wait_for_load_state("networkidle")


def test_charges_from_an_empty_sheet_to_what_the_front_desk_asks_for(
    open_as: OpenAs, watches: dict[Page, Watch]
) -> None:
    family = "Billing" + "".join(random.choices(ascii_lowercase, k=8))
    desk = open_as("Front desk", "/console/scheduling")
    patient = add_patient(desk, "Nora", family, "1980-01-15")
    page = open_as("Biller", BASE)
    expect(page.get_by_role("heading", name="Charges", exact=True)).to_be_visible()
    # The diabetes class has no fee: its sheets wait, and say why.
    expect(page.locator("main tbody")).to_contain_text("No fee")
    assert_accessible(page)

    page.get_by_role("link", name="Enter charges").click()
    settled(page)
    page.get_by_label("Patient", exact=True).fill(family)
    page.locator("[data-pick]").first.click()
    expect(page.locator("[data-picked] output")).to_contain_text(family)
    page.get_by_label("Rendered by").first.select_option(index=1)
    page.get_by_label("Find a service").fill("established low")
    page.locator("[data-code='99213']").click()
    expect(page.get_by_label("Code of service 1")).to_have_value("99213")
    settled(page)
    # One click adds the visit's other services with the diagnosis they are for.
    page.locator("#favourites").scroll_into_view_if_needed()
    page.get_by_role("button", name="Strep").click()
    expect(page.get_by_label("Code of service 2")).to_have_value("87880")
    expect(page.get_by_label("Charge of service 1")).to_have_value("150.00")
    expect(page.locator("[data-total]")).to_have_text("$195.00")
    settled(page)
    page.get_by_label("Diagnosis A").fill("J02.9")
    page.get_by_label("Diagnoses of service 2, as A B").fill("Q")
    page.get_by_label("Charge of service 2").fill("50")
    expect(page.locator("[data-total]")).to_have_text("$200.00")
    with watches[page].refusals(422):
        page.get_by_role("button", name="Save", exact=True).click()
        expect(
            page.locator(".invalid-feedback", has_text="No diagnosis stands at Q")
        ).to_be_visible()
    assert_accessible(page)
    # Nothing that was typed is gone.
    expect(page.get_by_label("Charge of service 2")).to_have_value("50")
    page.get_by_label("Diagnoses of service 2, as A B").fill("A")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(family))).to_be_visible()
    expect(page.locator("main")).to_contain_text("In review")
    assert_accessible(page)

    settled(page)
    page.get_by_label("Units of service 2").fill("2")
    page.get_by_role("button", name="Save and release").click()
    expect(page.locator("main")).to_contain_text("Patient owes")
    # 150.00, and twice 45.00: an amount left as it was follows the schedule with its units.
    expect(page.locator("dl.facts").first).to_contain_text("$240.00")
    expect(page.locator("main")).to_contain_text("Released")
    expect(page.locator("section[aria-labelledby=history]")).to_contain_text("Kevin Nowak")

    desk.goto(f"/console/patients/{patient}")
    expect(desk.locator("main")).to_contain_text("Due from the patient")
    expect(desk.locator("main")).to_contain_text("$240.00")


def test_fees_codes_and_favourites_are_pages_that_everybody_can_use(
    open_as: OpenAs, watches: dict[Page, Watch]
) -> None:
    page = open_as("Manager", f"{BASE}/fees")
    expect(page.get_by_role("link", name="Standard charges")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Standard charges").click()
    expect(page.locator("main tbody")).to_contain_text("99213")
    assert_accessible(page)
    page.goto(f"{BASE}/code-lists")
    assert_accessible(page)
    page.get_by_label("or its lines").last.fill("code\nX1\n")
    with watches[page].refusals(422):
        page.get_by_role("button", name="Load it").last.click()
        expect(page.locator(".invalid-feedback")).to_contain_text("Line 2: This is no HCPCS")
    page.goto(f"{BASE}/favourites")
    assert_accessible(page)
    page.get_by_role("link", name="Diabetes follow-up").click()
    expect(page.get_by_label("Code 1", exact=True)).to_have_value("99214")
    assert_accessible(page)
