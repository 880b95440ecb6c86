"""A claim at the console: from released charges to the file that goes to the payers."""

from __future__ import annotations

import random
import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import practice_morning
from tests.support.browsing import assert_accessible
from tests.support.claiming import charged, covered_patient, find_on_board
from tests.support.files import pdf

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.refused(422)

BASE = "/console/claims"
PATIENCE_MS = 40_000


def look_until(page: Page, address: str, said: re.Pattern[str]) -> None:
    """Load the page again until it says that."""
    for _ in range(PATIENCE_MS // 1000):
        page.goto(address)
        if page.locator("main").get_by_text(said).count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{said.pattern} was never said")


def find_again(page: Page, family: str) -> None:
    """From the board to the claim by its patient and by its number, and on to sheet and account."""
    page.goto(BASE)
    with page.expect_response("**/console/patients/pick"):
        page.get_by_label("Patient", exact=True).fill(family)
    page.locator("[data-pick]", has_text=family).first.click()
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_url("**/claims/patients/pat_*")
    page.wait_for_load_state()
    assert_accessible(page)
    number = page.locator("td code").first.inner_text()
    page.get_by_role("link", name=re.compile("Charge sheet")).first.click()
    page.wait_for_url("**/charges/sheets/**")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    assert_accessible(page)
    page.goto(BASE)
    page.get_by_label("Or our claim number").fill(number)
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_url("**/claims/clm_*")
    page.get_by_role("link", name="Account", exact=True).click()
    page.wait_for_url("**/accounts/patients/pat_*")
    expect(page.get_by_role("link", name="Claims", exact=True).last).to_be_visible()


def test_released_charges_become_a_claim_that_is_approved_and_sent(open_as: OpenAs) -> None:
    family = "Claiming" + "".join(random.choices(ascii_lowercase, k=8))
    desk = open_as("Front desk", "/console")
    patient = covered_patient(desk, family)
    page = open_as("Biller", "/console/charges")
    today = practice_morning()[:10]
    sheet = charged(page, patient, today)
    page.goto(f"/console/charges/sheets/{sheet['sheet_id']}")
    page.get_by_role("button", name=re.compile("release", re.IGNORECASE)).first.click()

    find_on_board(page, family)
    assert_accessible(page)
    page.get_by_role("link", name=re.compile(family)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(family)
    expect(page.locator("main")).to_contain_text("99213")
    assert_accessible(page)

    # A person decides on what only a person can.
    while page.locator(".finding summary", has_text="It is right as it is").count():
        page.locator(".finding summary", has_text="It is right as it is").first.click()
        page.locator(".finding textarea").first.fill("Looked at.")
        page.get_by_role("button", name="Override").first.click()
        page.wait_for_load_state()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approved")
    page.get_by_text("As it goes out (X12)").click()
    expect(page.get_by_label("X12")).to_contain_text("CLM*")

    page.goto(f"{BASE}?state=approved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Send approved now").click()
    page.wait_for_url("**/claims/files/**")
    look_until(page, page.url, re.compile("Delivered|Acknowledged"))
    expect(page.locator("main")).to_contain_text(re.compile("Delivered|Acknowledged"))
    expect(page.locator("tr", has_text=family)).to_have_count(1)
    assert_accessible(page)
    page.goto(f"{BASE}/files")
    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{BASE}/rules/new")
    expect(page.get_by_label("Procedure codes")).to_be_visible()
    assert_accessible(page)
    find_again(page, family)


def test_a_document_of_the_chart_is_attached_to_a_claim_and_taken_off(open_as: OpenAs) -> None:
    family = "Papers" + "".join(random.choices(ascii_lowercase, k=8))
    desk = open_as("Front desk", "/console")
    patient = covered_patient(desk, family)
    clinician = open_as("Clinician", f"/console/documents/patients/{patient}")
    clinician.get_by_label("Choose files").set_input_files(
        [{"name": "Operative note.pdf", "mimeType": "", "buffer": pdf("What was done")}]
    )
    clinician.locator("[data-upload-all]").click()
    expect(clinician.locator("form.upload-row")).to_contain_text("Scanned and in the chart")

    page = open_as("Biller", "/console/charges")
    sheet = charged(page, patient, practice_morning()[:10])
    page.goto(f"/console/charges/sheets/{sheet['sheet_id']}")
    page.get_by_role("button", name=re.compile("release", re.IGNORECASE)).first.click()
    find_on_board(page, family)
    page.get_by_role("link", name=re.compile(family)).click()
    page.get_by_role("link", name=re.compile("^Attachments")).click()
    expect(page.get_by_label("Document", exact=True)).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("What it is", exact=True).select_option(label="Operative note")
    page.get_by_label("How the payer gets it").select_option(index=1)
    page.get_by_label("Document", exact=True).select_option(index=1)
    page.get_by_role("button", name="Attach", exact=True).click()
    row = page.locator("tr", has_text="Look at it")
    expect(row.locator("code")).not_to_be_empty()
    assert_accessible(page)
    row.get_by_role("button", name="Take it off").click()
    expect(page.locator("main")).to_contain_text("Nothing is attached.")
