"""A good-faith estimate from the booking to the patient's hand, and a plan that a card pays."""

from __future__ import annotations

import random
from datetime import date, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from scripts.sample_practice.offerings import TYPES
from tests.e2e.conftest import practice_morning
from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient, send
from tests.support.insurance_paid import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.refused(422)

BASE = "/console/accounts"
ESTIMATES = f"{BASE}/estimates"


def somebody(page: Page, name: str) -> tuple[str, str]:
    """Registered and without insurance: the id, and a family name that nobody else has."""
    family = name + "".join(random.choices(ascii_lowercase, k=8))
    return add_patient(page, "Ida", family, "1980-01-15"), family


def book_physical(page: Page, patient: str) -> None:
    """In three weeks, at a free time of anybody who does it."""
    asked = {
        "type_id": TYPES["physical"].id,
        "first": str(date.fromisoformat(practice_morning()[:10]) + timedelta(days=21)),
        "days": 7,
        "limit": 5,
    }
    slot = send(page, "POST", "/slots/search", asked)["slots"][-1]
    where = {name: slot[name] for name in ("provider_id", "location_id", "start")}
    visit = {"type_id": asked["type_id"], "patient_id": patient, **where}
    send(page, "POST", "/appointments", visit)


def test_who_pays_alone_gets_an_estimate_with_the_usual_services_before_the_visit(
    open_as: OpenAs,
) -> None:
    page = open_as("Front desk")
    patient, family = somebody(page, "Alone")
    book_physical(page, patient)
    row = page.locator("tr", has_text=family)

    def owed() -> bool:
        page.goto(ESTIMATES)
        return row.get_by_role("link", name="Make it").count() == 1

    until(page, owed)
    assert_accessible(page)
    row.get_by_role("link", name="Make it").click()
    expect(page.get_by_label("Main service in plain words")).to_have_value("Annual physical")
    expect(page.get_by_label("Charge in all").first).to_have_value("215.00")
    assert_accessible(page)

    page.get_by_label("People in the household").fill("1")
    page.get_by_label("Income in a year").fill("20,000")
    page.get_by_role("button", name="Reckon the discount").click()
    expect(page.locator("main")).to_contain_text("The sliding scale gives off 75%.")
    expect(page.get_by_label("Charge in all").first).to_have_value("53.75")
    page.get_by_label("Code", exact=True).nth(3).fill("99999")
    page.get_by_role("button", name="Make the estimate").click()
    expect(page.locator("main")).to_contain_text("No fee schedule has a price of this code")
    assert_accessible(page)
    page.get_by_label("Code", exact=True).nth(3).fill("")
    page.get_by_label("Charge in all").first.fill("50.00")
    page.get_by_role("button", name="Make the estimate").click()

    card = page.locator("#estimates")
    expect(card).to_contain_text("The patient does not have it yet.")
    assert_accessible(page)
    with page.expect_download() as paper:
        card.get_by_role("link", name="Annual physical").click()
    assert paper.value.suggested_filename.startswith("estimate-")
    page.goto(ESTIMATES)
    row.get_by_role("link", name="Give it").click()
    card.get_by_text("Given to the patient", exact=True).click()
    card.get_by_label("How", exact=True).select_option("By mail")
    card.get_by_role("button", name="Write it down").click()
    expect(card).to_contain_text("Given by mail on")
    page.goto(ESTIMATES)
    expect(row).to_have_count(0)

    manager = open_as("Manager", f"{BASE}/rules/services")
    assert_accessible(manager)
    manager.get_by_role("link", name="Change those of Annual physical").click()
    manager.get_by_label("Code", exact=True).first.fill("1")
    manager.get_by_role("button", name="Save").click()
    expect(manager.locator("[aria-invalid=true]")).to_have_count(1)
    assert_accessible(manager)


def test_a_card_is_left_for_a_plan_and_taken_back(open_as: OpenAs) -> None:
    page = open_as("Manager")
    patient, _ = somebody(page, "Plan")
    account = f"{BASE}/patients/{patient}"
    page.goto(account)
    # A check that bounces leaves something to be paid.
    page.get_by_label("Amount in dollars").first.fill("30.00")
    page.get_by_label("How", exact=True).first.select_option("Check")
    page.get_by_label("Check or slip number").fill("1044")
    page.get_by_role("button", name="Take the payment").click()
    page.get_by_text("The bank returned it").click()
    page.locator("form[action$='/returned']").get_by_label("Why").fill("Insufficient funds")
    page.get_by_role("button", name="It came back").click()
    page.goto(account)
    page.get_by_text("Agree on a plan").click()
    page.get_by_label("Instalments", exact=True).fill("2")
    page.get_by_role("button", name="Agree on it").click()
    page.get_by_text("Pay it by card", exact=True).click()
    page.get_by_label("The patient agrees to this").check()
    page.get_by_role("button", name="Open the page for the card").click()
    link = page.get_by_label("The link").input_value()
    assert_accessible(page)
    assert httpx.post(link, data={"act": "keep"}, timeout=20).status_code == 303

    def kept() -> bool:
        page.goto(account)
        return page.get_by_text("Visa ending 4242").count() == 1

    until(page, kept)
    assert_accessible(page)
    page.get_by_role("button", name="Charge no card any more").click()
    expect(page.get_by_text("No card is charged any more.")).to_be_visible()
    assert_accessible(page)
