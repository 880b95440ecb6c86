"""A statement's link on a patient's phone: from the text to the receipt, and what the desk sees."""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.browsing import PATIENCE_MS, Watch, assert_accessible
from tests.support.calendar_page import send

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import OpenAs
    from tests.support.browsing import Console

pytestmark = pytest.mark.refused(422)

BASE = "/console/accounts"
NUMBER = f"+131255501{random.randrange(50, 100)}"
"""Of each run another one: a stack may have seen this journey before."""
NARROW = {"width": 320, "height": 640}
"""WCAG 2.2, 1.4.10: everything can be read here without scrolling sideways."""


def owing(page: Page, family: str) -> str:
    """Somebody who has agreed to texts and e-mails, and owes the fee of a bounced check."""
    agreed = {"status": "granted", "source": "verbal"}
    made = send(
        page,
        "POST",
        "/patients",
        {
            "demographics": {
                "names": [{"given": ["Ida"], "family": family}],
                "birth_date": "1980-01-15",
            },
            "contact": {
                "telecoms": [
                    {
                        "system": "phone",
                        "value": NUMBER,
                        "use": "mobile",
                        "rank": 1,
                        "consents": {"sms": agreed},
                    },
                    {"system": "email", "value": f"{family.lower()}@example.org", "rank": 2},
                ]
            },
            "confirmed_not_duplicate": True,
        },
    )
    patient = str(made["patient_id"])
    at = f"/accounts/patients/{patient}"
    check = {"amount": 30_00, "method": "check", "reference": "1044"}
    paid = send(page, "POST", f"{at}/payments", check)
    back = {"reason": "Insufficient funds", "charge_fee": True}
    send(page, "POST", f"{at}/payments/{paid['payment_id']}/returned", back)
    return patient


def carrier_of(console: Console) -> str:
    context = console.visitor()
    page = context.new_page()
    page.goto("/_local/")
    row = page.get_by_role("row", name="Carrier and mailbox")
    address = row.get_by_role("link").get_attribute("href") or ""
    context.close()
    return address.rstrip("/")


def waited(url: str, wanted: str) -> Any:
    """The newest of what the carrier has carried that says so."""
    patience = time.monotonic() + PATIENCE_MS / 1000 * 3
    while time.monotonic() < patience:
        for one in sorted(httpx.get(url, timeout=20).json(), key=str, reverse=True):
            if re.search(wanted, str(one)):
                return one
        time.sleep(0.5)
    raise AssertionError(f"nobody was written to of {wanted}")


def seen(page: Page, name: str) -> None:
    """The page is accessible and fits a narrow phone; kept as a picture where that is asked for."""
    assert_accessible(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"], f"{name} is {wide} pixels wide"
    if folder := os.environ.get("CARESMITH_E2E_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def answer(page: Page, year: str, other: str) -> None:
    page.get_by_label("Month").fill("1")
    page.get_by_label("Day").fill("15")
    page.get_by_label("Year").fill(year)
    page.get_by_label("Last name or ZIP code").fill(other)
    page.get_by_role("button", name="Show the statement").click()


def opens(phone: Page, watch: Watch, link: str, family: str) -> None:
    """Answered wrongly, then rightly; the statement and its file are there."""
    phone.set_viewport_size(NARROW)
    phone.goto(link)
    seen(phone, "1-ask")
    with watch.refusals(422):
        answer(phone, "1981", family)
        expect(phone.get_by_role("alert")).to_contain_text("That does not fit")
        seen(phone, "2-wrong")
    answer(phone, "1980", family)
    expect(phone.get_by_role("heading", name=re.compile("^Statement of"))).to_be_visible()
    expect(phone.locator("#due")).to_have_text("$25.00")
    seen(phone, "3-statement")
    with phone.expect_download() as file:
        phone.get_by_role("link", name=re.compile("The whole statement")).click()
    assert file.value.suggested_filename.startswith("statement-")


def pays(phone: Page, watch: Watch) -> None:
    """Too much is refused; all of it is paid on the processor's page, which leads back."""
    with watch.refusals(422):
        phone.get_by_label("Amount in dollars").fill("26")
        phone.get_by_role("button", name="Go to the card page").click()
        expect(phone.get_by_role("alert")).to_contain_text("more than is owed")
        seen(phone, "4-too-much")
    phone.get_by_label("Amount in dollars").fill("25.00")
    phone.get_by_role("button", name="Go to the card page").click()
    phone.get_by_role("button", name="Pay $25.00").click()
    expect(phone.get_by_text("We have received $25.00.")).to_be_visible()
    seen(phone, "5-paid")
    phone.get_by_role("link", name="Back to the statement").click()
    expect(phone.get_by_text("Nothing is owed. Thank you.")).to_be_visible()
    seen(phone, "6-nothing-owed")
    phone.get_by_role("button", name=re.compile("^Done")).click()
    expect(phone.get_by_text("This page is closed.")).to_be_visible()
    seen(phone, "7-left")


@pytest.mark.timeout(600)
def test_a_statement_is_seen_and_paid_on_the_phone_that_got_its_link(
    console: Console, open_as: OpenAs
) -> None:
    desk = open_as("Manager")
    family = "Link" + "".join(random.choices(ascii_lowercase, k=8))
    account = f"{BASE}/patients/{owing(desk, family)}"
    desk.goto(account)
    desk.get_by_role("button", name="Make one now").click()
    expect(desk.locator("#pay-links")).to_contain_text("not opened yet")
    assert_accessible(desk)

    carrier = carrier_of(console)
    text = waited(f"{carrier}/api/messages?number={NUMBER.replace('+', '%2B')}", "/pay/")
    link = re.search(r"https?://\S+?/pay/[A-Za-z0-9_-]{22}", str(text))
    assert link, text
    context = console.visitor()
    phone, watch = context.new_page(), Watch()
    watch.follow(phone)
    opens(phone, watch, link[0], family)
    pays(phone, watch)
    assert waited(f"{carrier}/api/mails", rf"{family.lower()}@.*25\.00")
    with watch.refusals(404):
        phone.goto(link[0])
        expect(phone.get_by_text("This link can't be used", exact=False).first).to_be_visible()
        seen(phone, "8-over")
    assert watch.problems == []
    context.close()

    desk.goto(account)
    expect(desk.locator("#pay-links")).to_contain_text("paid")
    expect(desk.get_by_text("Due from the patient").locator("..")).to_contain_text("$0.00")
    assert_accessible(desk)
