"""Patient money at the console: a check that bounces, a statement, a card online, the day's end."""

from __future__ import annotations

import random
import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.refused(422)

BASE = "/console/accounts"


def account_of_somebody(page: Page) -> str:
    """Register somebody and open their account; returns its path."""
    family = "Owes" + "".join(random.choices(ascii_lowercase, k=8))
    patient = add_patient(page, "Ida", family, "1980-01-15")
    page.goto(f"{BASE}/patients/{patient}")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    page.wait_for_load_state()
    return f"{BASE}/patients/{patient}"


def pay(page: Page, amount: str, how: str, number: str = "") -> None:
    page.get_by_label("Amount in dollars").first.fill(amount)
    page.get_by_label("How", exact=True).select_option(how)
    page.get_by_label("Check or slip number").fill(number)
    page.get_by_role("button", name="Take the payment").click()


def test_a_check_bounces_and_its_fee_is_asked_for_and_paid_by_card(open_as: OpenAs) -> None:
    page = open_as("Manager")
    account = account_of_somebody(page)
    assert_accessible(page)
    pay(page, "fifty", "Cash")
    expect(page.get_by_text("Write dollars and cents, like 25.00.", exact=True)).to_be_visible()
    assert_accessible(page)
    pay(page, "30.00", "Check", "1044")
    expect(page.get_by_role("heading", name="Payment of $30.00")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Receipt").click()
    assert receipt.value.suggested_filename.endswith(".pdf")
    page.get_by_text("The bank returned it").click()
    page.locator("form[action$='/returned']").get_by_label("Why").fill("Insufficient funds")
    page.get_by_role("button", name="It came back").click()
    expect(page.get_by_text("Returned", exact=True).first).to_be_visible()

    page.goto(account)
    expect(page.get_by_text("Fee for a returned check").first).to_be_visible()
    page.get_by_role("button", name="Make one now").click()
    with page.expect_download() as statement:
        page.locator(f"a[href^='{account}/statements/stm']").first.click()
    assert statement.value.suggested_filename.startswith("statement-")
    assert_accessible(page)

    page.get_by_text("Let the patient pay by card online").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The link").input_value()
    assert httpx.post(link, data={"act": "pay"}, timeout=20).status_code == 303
    shows = "async (path) => (await (await fetch(path)).text()).includes('Card online</td>')"
    until(page, shows, account)
    page.goto(account)
    expect(page.get_by_text("Due from the patient").locator("..")).to_contain_text("$0.00")


def test_a_day_is_closed_with_its_difference_explained_and_opened_again(open_as: OpenAs) -> None:
    page = open_as("Manager")
    for path in ("", "/statements", "/approvals", "/collections", "/days", "/rules"):
        page.goto(BASE + path)
        assert_accessible(page)
    # A day long past: nothing was posted to it, and no other test posts to it.
    page.goto(f"{BASE}/days/2020-02-03")
    assert_accessible(page)
    page.get_by_label(re.compile("^Cash in the drawer")).fill("99.00")
    page.get_by_label(re.compile("^Checks")).fill("0")
    page.get_by_label(re.compile("^Card terminal")).fill("0")
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_text("say why it differs: cash -$1.00", exact=False).first).to_be_visible()
    page.get_by_label(re.compile("^Why it differs")).fill("A dollar rolled away")
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_text("A dollar rolled away")).to_be_visible()
    page.get_by_label("Why it is opened again").fill("Found it")
    page.get_by_role("button", name="Open the day again").click()
    expect(page.get_by_role("button", name="Close the day")).to_be_visible()
