"""Results at the console: delivered by a laboratory, looked at, signed off, put right."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from scripts.mllpbridge.messages import Person, Result, Value, oru
from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient, send

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.localstack.harness import Stack
    from tests.e2e.conftest import OpenAs


@pytest.fixture
def lab(stack: Stack, open_as: OpenAs) -> Any:
    """Delivers messages as a laboratory of the sample practice."""
    admin = open_as("Administrator", "/console/admin")
    made = send(admin, "POST", "/results/labs", {"name": "Acme Labs", "zone": "America/Chicago"})
    admin.close()

    def deliver(raw: bytes) -> str:
        answer = httpx.post(
            stack.url + "/results/deliveries",
            content=raw,
            headers={"content-type": "application/hl7-v2"},
            auth=(made["user"], made["secret"]),
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.text

    return deliver


def a_name() -> str:
    """A family name that nobody has, in whichever stack the test runs."""
    return "Results" + "".join(random.choices(ascii_lowercase, k=8))


def told(filler: str, value: str, days: int, flag: str = "") -> Result:
    at = datetime.now(UTC) - timedelta(days=days)
    values = [
        Value("2345-7", "Glucose", value, "mg/dL", reference="70-99", flag=flag),
        Value("2823-3", "Potassium", "4.2", "mmol/L", reference="3.5-5.1"),
    ]
    return Result(filler, values, collected=at, reported=at)


def test_a_result_is_seen_with_its_trend_and_signed_off(open_as: OpenAs, lab: Any) -> None:
    page, family = open_as("Clinician", "/console"), a_name()
    patient = add_patient(page, "Ida", family)
    mrn = send(page, "GET", f"/patients/{patient}")["mrn"]
    ida = Person(mrn, family, "Ida", "19800115")
    for place, value in enumerate(("92", "97", "104")):
        lab(oru(ida, told(f"E2E-{place}", value, 300 - 90 * place), control=f"E{place}"))
    assert "MSA|AA|E9" in lab(oru(ida, told("E2E-9", "512", 1, "HH"), control="E9"))
    page.goto("/console/results?whose=nobody")
    row = page.locator("tr", has_text=family).filter(has_text="512 mg/dL")
    expect(row).to_contain_text("Critical")
    assert_accessible(page)
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Comprehensive metabolic 2000 panel")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Trend of Glucose").click()
    expect(page.locator("[data-trend] canvas")).to_be_visible()
    expect(page.locator("#trend")).to_contain_text("4 values in mg/dL")
    assert_accessible(page)
    page.get_by_label("Note").fill("Called her; comes in today.")
    page.get_by_role("button", name="Sign off").click()
    expect(page.get_by_role("heading", name="Results to review")).to_be_visible()
    expect(page.locator("tr", has_text=family).filter(has_text="512 mg/dL")).to_have_count(0)


def test_a_person_says_whose_results_they_are(open_as: OpenAs, lab: Any) -> None:
    page, family = open_as("Clinician", "/console"), a_name()
    add_patient(page, "Ole", family)
    lab(oru(Person("NO-1", family, "Ole", "19800115"), told("E2E-20", "90", 2), control="1"))
    page.goto("/console/results/unfiled")
    assert_accessible(page)
    row = page.locator("tr", has_text=family)
    row.get_by_role("link").click()
    page.wait_for_url("**/unfiled/raw_*/0")
    page.wait_for_load_state()
    expect(page.locator("#raw")).to_contain_text("PID|1||NO-1")
    assert_accessible(page)
    with page.expect_response("**/console/patients/pick"):
        page.get_by_label("Patient", exact=True).fill(family)
    page.locator("[data-pick]", has_text=family).first.click()
    page.get_by_label("How you know").fill("The laboratory confirmed it by telephone.")
    page.get_by_role("button", name="File them in this chart").click()
    expect(page.locator("tr", has_text=family)).to_have_count(0)
    page.goto("/console/results?whose=nobody")
    expect(page.locator("tr", has_text=f"{family}, Ole")).to_be_visible()


def test_a_laboratory_is_added_and_a_file_of_it_imported(open_as: OpenAs, tmp_path: Path) -> None:
    admin, name = open_as("Administrator", "/console/admin"), f"{a_name()} Laboratory"
    admin.get_by_role("link", name="Laboratories", exact=True).click()
    admin.wait_for_url("**/console/results/labs")
    admin.get_by_role("link", name="Add a laboratory").click()
    admin.wait_for_url("**/labs/new")
    admin.wait_for_load_state()
    assert_accessible(admin)
    admin.get_by_label("Name").fill(name)
    admin.get_by_role("button", name="Add it and issue its key").click()
    expect(admin.get_by_text("It is shown this once")).to_be_visible()
    assert_accessible(admin)

    page, family = open_as("Clinician", "/console"), a_name()
    patient = add_patient(page, "Ina", family)
    mrn = send(page, "GET", f"/patients/{patient}")["mrn"]
    known, strange = (
        Person(mrn, family, "Ina", "19800115"),
        Person("NO-2", family, "Ina", "19800115"),
    )
    file = tmp_path / "results.hl7"
    file.write_bytes(
        oru(known, told("IMP-1", "93", 2), control="1")
        + oru(strange, told("IMP-2", "94", 2), control="2")
    )
    page.goto("/console/results")
    page.get_by_role("link", name="Laboratories").click()
    page.get_by_role("link", name=name).click()
    page.wait_for_url("**/labs/lab_*")
    page.wait_for_load_state()
    assert_accessible(page)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/labs/imports/imp_*")
    expect(page.get_by_text("Worked through", exact=True)).to_be_visible()
    expect(page.locator("#import")).to_contain_text("Filed in charts")
    assert_accessible(page)
    page.goto("/console/results/unfiled")
    page.locator("tr", has_text=family).get_by_role("link").click()
    page.wait_for_url("**/unfiled/raw_*/0")
    page.wait_for_load_state()
    page.get_by_role("button", name="Read it again").click()
    page.wait_for_url("**/console/results/unfiled")
    expect(page.locator("tr", has_text=family)).to_have_count(1)
