"""Documents at the console: uploaded, scanned, opened, corrected; faxes; outside charts."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient, send
from tests.support.clinical import full_chart
from tests.support.files import eicar, pdf
from tests.unit.documents.test_ccd import chart, summary

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from scripts.localstack.harness import Stack
    from tests.e2e.conftest import OpenAs
    from tests.support.browsing import Watch

BASE = "/console/documents"
BORN = "1980-01-15"


def a_name() -> str:
    """A family name that nobody has, in whichever stack the test runs."""
    return "Papers" + "".join(random.choices(ascii_lowercase, k=8))


def documents_of(page: Page, family: str, given: str = "Ida") -> str:
    """Register somebody and open the page of their documents; returns their id."""
    patient = add_patient(page, given, family, BORN)
    page.goto(f"{BASE}/patients/{patient}")
    expect(page.get_by_role("heading", name="Documents", exact=True)).to_be_visible()
    page.wait_for_load_state()
    return patient


def choose(page: Page, *files: tuple[str, bytes]) -> Locator:
    """Choose files in the upload; returns their rows."""
    page.get_by_label("Choose files").set_input_files(
        [{"name": name, "mimeType": "", "buffer": body} for name, body in files]
    )
    rows = page.locator("form.upload-row")
    expect(rows).to_have_count(len(files))
    return rows


def upload(page: Page) -> None:
    page.locator("[data-upload-all]").click()


def test_a_pdf_goes_from_the_browser_through_the_scan_into_the_viewer(
    open_as: OpenAs, stack: Stack
) -> None:
    page = open_as("Clinician")
    documents_of(page, a_name())
    assert_accessible(page)
    [row] = choose(page, ("Referral.pdf", pdf("Dear colleague"))).all()
    expect(row.get_by_label("Title")).to_have_value("Referral")
    row.get_by_label("Kind").select_option("Letter")
    row.get_by_label("Written on").fill("2026-01-05")
    assert_accessible(page)
    with page.expect_request(lambda r: r.method == "POST" and not r.url.startswith(stack.url)):
        upload(page)
    expect(row).to_contain_text("Scanned and in the chart")
    listed = page.locator("#documents tbody tr", has_text="Referral")
    expect(listed).to_contain_text("01/05/2026")
    expect(listed).to_contain_text("Letter")
    assert_accessible(page)

    listed.get_by_role("link").click()
    frame = page.locator("iframe.document-frame")
    expect(frame).to_be_visible()
    link = frame.get_attribute("src") or ""
    assert "X-Amz-Signature" in link
    assert not link.startswith(stack.url), "the bytes come from the bucket"
    assert_accessible(page)

    page.get_by_text("Retitle or refile").click()
    page.get_by_label("Title").fill("Referral of Dr. Vega")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Referral of Dr. Vega")).to_be_visible()
    page.get_by_text("Entered in error", exact=True).click()
    page.get_by_label("Why it should not be here").fill("It is another Ida's.")
    page.get_by_role("button", name="Mark as entered in error").click()
    expect(page.get_by_role("note")).to_contain_text("was entered in error")
    expect(page.get_by_text("Retitle or refile")).to_have_count(0)


def test_what_is_infected_or_no_document_is_refused_with_what_to_do(
    open_as: OpenAs, watches: dict[Page, Watch]
) -> None:
    page = open_as("Clinician")
    documents_of(page, a_name())
    rows = choose(
        page,
        ("letter.pdf", b"%PDF-1.4\n" + eicar() + b"\n%%EOF"),
        ("setup.pdf", b"MZ\x90\0" + b"\0" * 200),
        ("nothing.pdf", b""),
        ("notes.docx", b"PK\x03\x04"),
    )
    with watches[page].refusals(422):
        upload(page)
        expect(rows.nth(0)).to_contain_text("holds malware")
        expect(rows.nth(0)).to_contain_text("Do not open it")
        expect(rows.nth(1)).to_contain_text("is a program")
        expect(rows.nth(2)).to_contain_text("The file is empty.")
        expect(rows.nth(3)).to_contain_text("Only PDF, PNG, JPEG, TIFF and C-CDA")
    expect(page.locator("#documents")).to_contain_text("No document fits.")
    assert_accessible(page)
    rows.nth(0).get_by_role("button", name="Take it off the list").click()
    expect(rows.nth(0)).to_contain_text("Taken off the list.")
    # The files that are still chosen are asked about before the page is left.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("[data-uploads]")).to_contain_text("setup")
    expect(page.locator("[data-uploads]")).to_contain_text("is a program")


def test_the_front_desk_adds_a_card_and_sees_no_document(open_as: OpenAs) -> None:
    page = open_as("Front desk")
    patient = add_patient(page, "Ole", a_name(), BORN)
    page.goto(f"/console/patients/{patient}")
    page.get_by_role("link", name="Add documents").click()
    [row] = choose(page, ("Card.pdf", pdf("Member 1"))).all()
    row.get_by_label("Kind").select_option("Administrative")
    upload(page)
    expect(row).to_contain_text("Scanned and in the chart.")
    assert_accessible(page)


@pytest.fixture
def fax(stack: Stack, open_as: OpenAs) -> Any:
    """Hands in faxes as the sample practice's fax service."""
    admin = open_as("Administrator", "/console/admin")
    key = send(admin, "POST", "/documents/faxes/key", {})
    admin.close()

    def hand_in(content: bytes, number: str) -> None:
        answer = httpx.post(
            f"{stack.url}/documents/faxes",
            json={
                "fax_id": f"{number}-{random.random()}",
                "received_at": datetime.now(UTC).isoformat(),
                "from_number": number,
                "pages": 1,
                "content": base64.b64encode(content).decode(),
            },
            auth=(key["user"], key["secret"]),
            timeout=60,
        )
        assert answer.status_code == 201, answer.text

    return hand_in


def test_a_fax_is_matched_to_its_patient(open_as: OpenAs, fax: Any) -> None:
    page, family = open_as("Clinician"), a_name()
    patient = add_patient(page, "Ida", family, BORN)
    number = f"+1 312 555 {random.randint(1000, 9999)}"
    fax(pdf("Records of Ida"), number)
    page.goto(f"{BASE}/faxes")
    assert_accessible(page)
    page.locator("tr", has_text=number).get_by_role("link").click()
    expect(page.locator("iframe.document-frame")).to_be_visible()
    assert_accessible(page)
    with page.expect_response("**/console/patients/pick"):
        page.get_by_label("Patient", exact=True).fill(family)
    page.locator("[data-pick]", has_text=family).first.click()
    page.get_by_label("Title").fill("Records from Lakeside")
    page.get_by_label("Kind").select_option("Laboratory")
    page.get_by_role("button", name="File it in this chart").click()
    expect(page.get_by_role("heading", name="Faxes")).to_be_visible()
    expect(page.locator("tr", has_text=number)).to_have_count(0)
    page.get_by_role("link", name="What became of earlier ones").click()
    expect(page.locator("tr", has_text=number)).to_contain_text(f"{family}, Ida")
    assert_accessible(page)
    page.goto(f"{BASE}/patients/{patient}")
    expect(page.locator("#documents")).to_contain_text("Records from Lakeside")


def test_entries_of_an_outside_chart_are_read_ticked_and_taken(
    open_as: OpenAs,
) -> None:
    from functions.documents.ccda.outgoing.ccd import ccd

    page, family = open_as("Clinician"), a_name()
    patient = documents_of(page, family)
    who = chart(names=[{"given": ["Ida"], "family": family}], birth_date=BORN)
    [row] = choose(page, ("summary.xml", ccd(summary(full_chart(), who)).encode())).all()
    upload(page)
    expect(row).to_contain_text("Scanned and in the chart")
    row.get_by_role("link").click()
    expect(page.locator(".clinical")).to_contain_text("Metformin")
    assert_accessible(page)
    page.get_by_role("link", name="Take entries into the chart").click()
    problems = page.locator("section", has=page.get_by_role("heading", name="Problems"))
    problems.get_by_role("button", name="Tick what is new").click()
    expect(page.locator("[data-ticked]")).to_have_text("3 ticked")
    assert_accessible(page)
    page.get_by_role("button", name="Take the ticked entries into the chart").click()
    expect(problems.get_by_text("Taken").first).to_be_visible()
    expect(problems.get_by_text("New", exact=True)).to_have_count(0)
    page.goto(f"/console/charts/{patient}")
    expect(page.locator("section", has=page.locator("#problems"))).to_contain_text("Diabetes")
    page.get_by_role("link", name="Documents").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Export the chart (C-CDA)").click()
    assert saved.value.suggested_filename == f"{patient}.xml"
    assert b"ClinicalDocument" in saved.value.path().read_bytes()
