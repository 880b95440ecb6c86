"""An authorization at the console: missing on a claim, entered at the desk, taken."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.conftest import practice_morning
from tests.support.browsing import assert_accessible
from tests.support.calendar_page import send
from tests.support.claiming import charged, covered_patient, find_on_board
from tests.support.insurance_paid import until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import OpenAs

NEEDED, ALSO = "94010", "71046"
"""What the payer pays only with an authorization."""


def enter(desk: Page, patient: str, number: str, last: date) -> None:
    """The desk writes down what the payer has said, from the chart on."""
    desk.goto(f"/console/patients/{patient}")
    desk.locator("#insurance").get_by_role("link", name="Add an authorization").click()
    desk.wait_for_url("**/authorizations/new")
    desk.wait_for_load_state()
    assert_accessible(desk)
    desk.get_by_label("Number", exact=True).fill(number)
    desk.get_by_label("Last day").fill(last.isoformat())
    desk.get_by_label("Amount approved").fill("2")
    desk.get_by_label("Procedure codes").fill(f"{NEEDED} {ALSO}")
    desk.get_by_label("Who at the payer said so").fill("Kim")
    desk.get_by_label("Number of the call").fill("C-4711")
    desk.get_by_role("button", name="Save").click()
    desk.wait_for_url("**/authorizations#saved")
    expect(desk.locator("tr", has_text=number)).to_contain_text("2 of 2 units left")
    assert_accessible(desk)


def of_the_sheet(page: Page) -> Locator:
    """The field of the whole sheet: each line has one of its own besides."""
    return page.get_by_role("textbox", name="Prior authorization", exact=True)


def test_a_missing_authorization_is_entered_taken_and_offered_to_the_next_sheet(
    open_as: OpenAs,
) -> None:
    family = "Agreeing" + "".join(random.choices(ascii_lowercase, k=8))
    number = "PSH" + "".join(random.choices("0123456789", k=7))
    desk = open_as("Front desk", "/console")
    biller = open_as("Biller", "/console/charges")
    payer = {
        "name": f"{family} Health",
        "wire_id": number,
        "authorization_codes": [NEEDED, ALSO],
    }
    send(biller, "POST", "/coverage/payers", payer)
    patient = covered_patient(desk, family, payer["name"])
    day = practice_morning()[:10]
    sheet = charged(biller, patient, day, NEEDED)
    biller.goto(f"/console/charges/sheets/{sheet['sheet_id']}")
    biller.get_by_role("button", name=re.compile("release", re.IGNORECASE)).first.click()
    assert find_on_board(biller, family) == "held"
    biller.get_by_role("link", name=re.compile(family)).click()
    missing = biller.locator(".finding", has_text="only with an authorization, and none is given")
    expect(missing).to_be_visible()
    expect(missing.get_by_role("button")).to_have_count(0)
    assert_accessible(biller)

    enter(desk, patient, number, date.fromisoformat(day) + timedelta(days=9))

    # The claim that waits for it takes it.
    def taken() -> bool:
        biller.reload()
        return biller.locator("main").get_by_text(f"Authorization {number}").count() > 0

    until(biller, taken)
    expect(missing).to_have_count(0)

    # The next sheet is filled with it, and says what is left.
    following = charged(biller, patient, day, ALSO)
    biller.goto(f"/console/charges/sheets/{following['sheet_id']}")
    expect(of_the_sheet(biller)).to_have_value(number)
    expect(biller.locator("main")).to_contain_text("1 unit left")
    assert_accessible(biller)
    of_the_sheet(biller).fill("TYPED-WRONG")
    of_the_sheet(biller).blur()
    expect(biller.get_by_text("this number is not on file for the payer")).to_be_visible()
    biller.get_by_role("button", name=f"Take {number}").click()
    expect(biller.get_by_text("the number is on file, and fits")).to_be_visible()
    biller.get_by_role("button", name="Save", exact=True).click()
    biller.wait_for_url("**#saved")
    expect(of_the_sheet(biller)).to_have_value(number)

    desk.goto("/console/coverage/authorizations")
    expect(desk.locator("tr", has_text=family)).to_contain_text("of 2 units left")
    assert_accessible(desk)
    desk.locator("tr", has_text=family).get_by_role("link", name=number).click()
    expect(desk.get_by_role("heading", name="What became of it")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("Spoke with Kim")
    assert_accessible(desk)
