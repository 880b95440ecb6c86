"""Remittances at the console: from the file to the last cent, denials, deposits, paper."""

from __future__ import annotations

import random
import re
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import practice_morning
from tests.support.browsing import assert_accessible
from tests.support.claiming import PAYER, charged, covered_patient, find_on_board
from tests.support.insurance_paid import PAYEE, bill, until, upload
from tests.support.remittances import clp, file_835, svc

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from scripts.localstack.harness import Stack
    from tests.e2e.conftest import OpenAs


pytestmark = pytest.mark.refused(422)

BASE = "/console/payments"


def open_remittance(page: Page, state: str) -> None:
    """The remittance of the file that was uploaded, once it is in that state."""
    page.locator("form.upload-row").get_by_role("link", name="Open the remittance").click()

    def there() -> bool:
        page.reload()
        return page.locator(".page-title + .badge").inner_text() == state

    until(page, there)


def test_a_file_is_posted_and_what_is_not_certain_is_matched_by_a_biller(
    open_as: OpenAs, stack: Stack
) -> None:
    number = str(random.randrange(10**8, 10**9))
    family = f"Remitted{number}"
    bill(stack, family, number, f"{number}B")
    page = open_as("Biller", BASE)
    assert_accessible(page)
    paid = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
    upload(
        page,
        "payer.835",
        file_835(
            clp(number, paid, icn=f"I{number}"),
            clp("0", paid, icn=f"J{number}", patient=f"{family.upper()}*IDA"),
            trace=f"EFT{number}",
            payee=PAYEE,
        ),
    )
    expect(page.locator("form.upload-row")).to_contain_text("Checked and taken")
    assert_accessible(page)
    open_remittance(page, "Needs a biller")
    expect(page.locator(".facts")).to_contain_text("$80.00")
    assert_accessible(page)

    page.get_by_role("link", name="No. 1", exact=True).click()
    expect(page.get_by_role("heading", name=f"Ida {family}")).to_be_visible()
    expect(page.locator("main")).to_contain_text(
        "$50.00 borne by the practice: above the fee that contract or law allows (CO-45)"
    )
    assert_accessible(page)
    page.go_back()

    page.get_by_role("link", name="No. 2", exact=True).click()
    expect(page.locator("main")).to_contain_text("No claim of ours has these numbers.")
    assert_accessible(page)
    page.get_by_label("Our claim number").fill("nothing")
    page.get_by_role("button", name="Post it").click()
    expect(page.locator("#f-control_number-error")).to_have_text("No claim has this number.")
    page.get_by_label("Our claim number").fill(f"{number}B")
    page.get_by_role("button", name="Post it").click()
    expect(page.locator("main")).to_contain_text("How our lines stand")
    page.get_by_role("link", name=f"EFT{number}").click()
    expect(page.locator(".page-title + .badge")).to_have_text("Posted")
    assert_accessible(page)

    page.get_by_role("link", name="Not seen at the bank yet").click()
    page.get_by_label("Paste it here").fill(
        f"Date,Amount,Description\n03/20/2026,160.00,HCCLAIMPMT EFT{number}\n"
    )
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("main")).to_contain_text("Explained deposits")
    assert_accessible(page)


def test_a_refused_file_says_why_and_changes_nothing(open_as: OpenAs) -> None:
    page = open_as("Biller", BASE)
    upload(page, "foreign.835", file_835(clp("1", svc("99213", 1_00)), payee="XX*1999999984"))
    expect(page.locator("form.upload-row")).to_contain_text("It pays another practice")
    assert_accessible(page)


def test_a_denial_is_worked_and_a_paper_remittance_typed_in(open_as: OpenAs, stack: Stack) -> None:
    number = str(random.randrange(10**8, 10**9))
    family = f"Denied{number}"
    [claim] = bill(stack, family, number)
    page = open_as("Biller", f"{BASE}/paper")
    assert_accessible(page)
    page.get_by_label("Our claim numbers").fill(number)
    page.get_by_role("button", name="Show their lines").click()
    page.get_by_label("Payer", exact=True).fill("Lakeside Health")
    page.get_by_label("Number", exact=True).fill(f"CHK{number}")
    page.get_by_label("Paid on").fill("2026-03-20")
    page.get_by_label("Amount", exact=True).fill("0")
    page.get_by_label(f"Other reason, line 1 of claim {number}", exact=True).fill("CO-197")
    page.get_by_label(f"Amount of the other reason, line 1 of claim {number}").fill("149.00")
    page.get_by_role("button", name="Post it").click()
    expect(page.locator("main")).to_contain_text("$1.00 of $150.00 are not accounted for.")
    assert_accessible(page)
    page.get_by_label(f"Amount of the other reason, line 1 of claim {number}").fill("150")
    page.get_by_role("button", name="Post it").click()
    expect(page.get_by_role("heading", name="Lakeside Health")).to_be_visible()

    def denied() -> bool:
        page.goto(f"{BASE}/denials")
        return page.get_by_text(family).count() > 0

    until(page, denied)
    assert_accessible(page)
    page.goto(f"{BASE}/denials/{claim}/1")
    expect(page.locator("main")).to_contain_text("CO-197: No prior authorization")
    page.get_by_label("It is now").select_option("Appealed")
    page.get_by_label("Note").fill("Faxed the approval")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Appealed. Faxed the approval")
    assert_accessible(page)
    if find_spec("fpdf"):
        letter = page.request.get(f"/payments/denials/{claim}/1/letter")
        assert letter.body().startswith(b"%PDF-")
    page.get_by_role("link", name="Bill the patient, or give it up").click()
    expect(page.locator("main")).to_contain_text("the patient may not be billed")
    assert_accessible(page)
    for path in ("/causes", "/unposted", "/deposits", "/settings", "/credits", "/approvals"):
        page.goto(BASE + path)
        assert_accessible(page)
    for path in ("/denials?list=lost", "/paper?alone=1"):
        page.goto(BASE + path)
        assert_accessible(page)


def test_a_manager_changes_how_remittances_are_taken(open_as: OpenAs) -> None:
    page = open_as("Manager", f"{BASE}/settings")
    days = page.get_by_label("Days for an appeal", exact=True)
    before = days.input_value()
    days.fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#f-appeal_days-error")).to_contain_text("from 1 to 3650")
    assert_accessible(page)
    days.fill("75")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts, .toast").first).to_contain_text("Saved.")
    expect(days).to_have_value("75")
    assert_accessible(page)
    days.fill(before)
    page.get_by_role("button", name="Save").click()
    expect(days).to_have_value(before)


def test_what_keeps_being_denied_is_held_from_the_next_claim_on(
    open_as: OpenAs, stack: Stack
) -> None:
    number = str(random.randrange(10**8, 10**9))
    day = practice_morning()[:10]
    code = "94010"
    numbers = [f"{number}{place}" for place in range(3)]
    bill(stack, f"Refused{number}", *numbers, payer=PAYER, code=code)
    page = open_as("Biller", BASE)
    line = svc(code, 150_00, ("CO", "197", 150_00), ref="1")
    refused = [clp(one, line, status="4", icn=f"D{one}") for one in numbers]
    upload(
        page,
        "denials.835",
        file_835(*refused, trace=f"D{number}", payee=PAYEE, on=date.fromisoformat(day)),
    )
    expect(page.locator("form.upload-row")).to_contain_text("Checked and taken")
    row = page.locator(".list-group-item", has_text=code)

    def proposed() -> bool:
        page.goto(f"{BASE}/causes?month={day[:7]}")
        return row.count() == 1

    until(page, proposed)
    expect(row).to_contain_text("No prior authorization (CARC 197): 3 times, $450.00.")
    expect(row).to_contain_text(PAYER)
    row.get_by_role("button", name="Hold such claims from now on").click()
    expect(page.locator("#toasts, .toast").first).to_contain_text("Saved.")
    expect(row).to_contain_text("A rule holds such claims for a biller")
    assert_accessible(page)
    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button", name="Hold such claims from now on")).to_be_visible()
    row.get_by_role("button", name="Hold such claims from now on").click()
    row.get_by_role("link", name=re.compile(code)).click()
    expect(page.get_by_label("Title")).to_have_value(f"{code} at {PAYER}: No prior authorization")

    family = f"Next{number}"
    patient = covered_patient(open_as("Front desk", "/console"), family)
    sheet = charged(page, patient, day, code)
    page.goto(f"/console/charges/sheets/{sheet['sheet_id']}")
    page.get_by_role("button", name=re.compile("release", re.IGNORECASE)).first.click()
    assert find_on_board(page, family) == "held"
    page.get_by_role("link", name=re.compile(family)).click()
    expect(page.locator("main")).to_contain_text(f"{PAYER} denied {code} 3 times")

    # Other journeys' claims are not to be held by it.
    page.goto(f"{BASE}/causes?month={day[:7]}")
    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button", name="Hold such claims from now on")).to_be_visible()
