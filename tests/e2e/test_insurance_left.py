"""What payers leave open: the next one's turn, what is lost, given up, or given back."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.browsing import assert_accessible
from tests.support.insurance_paid import PAYEE, PAYMENTS, bill, until, upload
from tests.support.remittances import clp, file_835, svc

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from scripts.localstack.harness import Stack
    from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.refused(422)

PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
DENIED = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")
TWICE = svc("99213", 150_00, ref="1")


def posted(page: Page, trace: str, *claims: tuple[list[str], int]) -> None:
    """A payer's file of these claims, taken."""
    upload(page, f"{trace}.835", file_835(*claims, trace=trace, payee=PAYEE))
    expect(page.locator("form.upload-row")).to_contain_text("Checked and taken")


def on_list(page: Page, path: str, family: str) -> None:
    """Wait until somebody of that name stands on the list."""

    def there() -> bool:
        page.goto(PAYMENTS + path)
        return page.locator("tr", has_text=family).count() > 0

    until(page, there)


def test_a_biller_sees_what_payers_leave_open_to_its_end(open_as: OpenAs, stack: Stack) -> None:
    number = str(random.randrange(10**8, 10**9))
    [turned] = bill(stack, f"Turned{number}", f"{number}A", payers=2)
    [lost] = bill(stack, f"Lost{number}", f"{number}B")
    bill(stack, f"Overpaid{number}", f"{number}C")
    page = open_as("Biller")
    posted(
        page,
        f"T1{number}",
        clp(f"{number}A", PAID, icn="A1"),
        clp(f"{number}B", DENIED, icn="B1", status="4"),
        clp(f"{number}C", PAID, icn="C1"),
    )
    on_list(page, "/denials", f"Lost{number}")
    the_next_payer_is_not_waited_for(page, turned)
    what_is_lost_is_somebodys(page, lost, f"Lost{number}")
    posted(page, f"T2{number}", clp(f"{number}C", TWICE, icn="C2"))
    what_was_paid_twice_is_given_back(page, f"Overpaid{number}")


def the_next_payer_is_not_waited_for(page: Page, claim: str) -> None:
    page.goto(f"/console/claims/{claim}")
    card = page.get_by_role("region", name="Who pays in turn")
    expect(card.get_by_role("listitem").first).to_contain_text("has answered")
    expect(card.get_by_role("listitem").nth(1)).to_contain_text("it is its turn")
    card.get_by_text("Do not wait for").click()
    assert_accessible(page)
    card.get_by_label("Why it is not waited for").fill("The policy had ended")
    card.get_by_role("button", name="Do not wait").click()
    expect(card.get_by_role("status")).to_contain_text("Done")
    expect(card.get_by_role("listitem").nth(1)).to_contain_text("is not waited for")
    assert_accessible(page)


def what_is_lost_is_somebodys(page: Page, claim: str, family: str) -> None:
    """Of $150 that are lost the practice gives up 50, and the patient pays the rest."""
    page.goto(f"{PAYMENTS}/denials/{claim}/1")
    page.get_by_label("It is now").select_option("Lost")
    page.get_by_label("Note").fill("Their last word")
    page.get_by_role("button", name="Save").click()
    on_list(page, "/denials?list=lost", family)
    assert_accessible(page)
    page.locator("tr", has_text=family).get_by_role("link", name="99213").click()
    page.get_by_role("link", name="Bill the patient, or give it up").click()
    expect(page.locator("main")).to_contain_text("the patient may not be billed")
    decide(page, "WOAPP", "50.00", "Not worth another letter")
    expect(page.locator("main")).to_contain_text("$50.00 of line 1: given up")
    decide(page, "PTOTH", "", "They had been told")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("I know that the payer leaves it to the practice").check()
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.locator("main")).to_contain_text("$100.00 of line 1: the patient pays")
    assert_accessible(page)
    page.goto(f"{PAYMENTS}/denials?list=lost")
    expect(page.locator("tr", has_text=family)).to_have_count(0)


def decide(page: Page, reason: str, amount: str, why: str) -> None:
    page.get_by_label("What is to be").select_option(reason)
    page.get_by_label("Amount", exact=True).fill(amount)
    page.get_by_label("Why", exact=True).fill(why)
    page.get_by_role("button", name="Decide", exact=True).click()


def what_was_paid_twice_is_given_back(page: Page, family: str) -> None:
    on_list(page, "/credits", family)
    row = page.locator("tr", has_text=family)
    expect(row).to_contain_text("$80.00")
    assert_accessible(page)
    row.get_by_label("Amount,", exact=False).fill("999.00")
    row.get_by_label("Number of the check", exact=False).fill("4711")
    row.get_by_label("Why,", exact=False).fill("Paid twice")
    row.get_by_role("button", name="Given back").click()
    expect(page.get_by_role("alert")).to_contain_text("no more than was paid of the line")
    row.get_by_label("Number of the check", exact=False).fill("4711")
    row.get_by_label("Why,", exact=False).fill("Paid twice")
    row.get_by_role("button", name="Given back").click()
    expect(row).to_contain_text("$80.00 given back on")
    assert_accessible(page)
    row.get_by_label("Why the refund", exact=False).fill("The payer has cashed it")
    row.get_by_role("button", name="Close it").click()
    expect(row).to_have_count(0)
