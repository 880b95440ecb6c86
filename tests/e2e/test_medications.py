"""Medications at the console: prescribed with the checks beside, sent, reconciled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_results import a_name
from tests.support.browsing import assert_accessible
from tests.support.calendar_page import add_patient, send, until

if TYPE_CHECKING:
    from scripts.localstack.harness import Stack
    from tests.e2e.conftest import OpenAs


def test_a_prescription_is_built_warned_about_sent_and_reconciled(
    open_as: OpenAs, stack: Stack
) -> None:
    page, family = open_as("Clinician", "/console"), a_name()
    patient = add_patient(page, "Iris", family)
    told = json.loads((stack.data / "environment.json").read_text())
    pharmacy = {"name": f"{family} Drugs", "fhir_endpoint": told["CARESMITH_LOCAL_PHARMACY"]}
    send(page, "POST", "/medications/pharmacies", pharmacy)
    penicillin = {
        "codings": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "70618"}],
        "text": "Penicillin",
    }
    allergy = {"content": {"substance": penicillin}}
    send(page, "POST", f"/charts/{patient}/allergies", allergy)

    page.goto(f"/console/charts/{patient}")
    page.get_by_role("link", name="Medications", exact=True).first.click()
    page.wait_for_url(f"**/console/medications/{patient}")
    assert_accessible(page)
    page.get_by_role("link", name="Prescribe").click()
    page.wait_for_url("**/prescribe")
    page.wait_for_load_state()
    page.get_by_label("Drug").fill("amoxicillin 500 MG Oral Capsule (308191)")
    page.get_by_label("Unit", exact=True).select_option("{capsule}")
    page.get_by_label("How often").select_option("tid")
    page.get_by_label("For days").fill("7")
    expect(page.locator("#sig")).to_have_text("Take 1 capsule by mouth 3 times daily for 7 days.")
    expect(page.locator("#preview")).to_contain_text("Allergy to Penicillin")
    assert_accessible(page)

    page.get_by_label("Drug").fill("lisinopril 10 MG Oral Tablet (314076)")
    page.get_by_label("Unit", exact=True).select_option("{tbl}")
    page.get_by_label("How often").select_option("daily")
    page.get_by_label("For days").fill("")
    expect(page.locator("#sig")).to_have_text("Take 1 tablet by mouth once daily.")
    expect(page.locator("#preview")).to_contain_text("No warning by public data.")
    page.get_by_label("Amount").fill("30")
    page.get_by_label("Pharmacy", exact=True).select_option(label=pharmacy["name"])
    page.get_by_role("button", name="Prescribe").click()
    page.wait_for_url("**/entries/med_*")
    page.wait_for_load_state()
    assert_accessible(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(f"**/console/medications/{patient}*")
    listed = f"async () => (await caresmith.send('GET', '/medications/{patient}')).active"
    until(page, f"async () => (await ({listed})())[0].sending?.state === 'accepted'")
    page.reload()
    expect(page.locator("tr", has_text="lisinopril")).to_contain_text("The pharmacy has it")

    page.goto(f"/console/charts/{patient}")
    page.get_by_role("button", name="Start a visit").click()
    page.wait_for_url("**/console/encounters/enc_*")
    page.goto(f"/console/medications/{patient}/reconcile")
    assert_accessible(page)
    page.get_by_label("Medication", exact=True).first.fill("Fish oil")
    page.get_by_label("How", exact=True).first.fill("One capsule a day")
    page.get_by_role("button", name="Reconcile").click()
    page.wait_for_url(f"**/console/medications/{patient}*")
    expect(page.locator("tr", has_text="Fish oil")).to_contain_text("Reported")


def test_a_prescription_is_corrected_and_what_is_reported_changed(open_as: OpenAs) -> None:
    page, family = open_as("Clinician", "/console"), a_name()
    patient = add_patient(page, "Iva", family)
    page.goto(f"/console/medications/{patient}/prescribe")
    page.wait_for_load_state()
    page.get_by_label("Drug").fill("lisinopril 10 MG Oral Tablet (314076)")
    page.get_by_label("Amount").fill("30")
    expect(page.locator("#sig")).to_have_text("Take 1 tablet by mouth once daily.")
    page.get_by_role("button", name="Prescribe").click()
    page.wait_for_url("**/entries/med_*")
    page.wait_for_load_state()
    page.get_by_role("link", name="Correct it").click()
    page.wait_for_url("**/correct")
    page.wait_for_load_state()
    expect(page.get_by_label("Drug")).to_have_value("lisinopril 10 MG Oral Tablet (314076)")
    page.get_by_label("How often").select_option("bid")
    page.get_by_label("Amount").fill("60")
    expect(page.locator("#sig")).to_have_text("Take 1 tablet by mouth twice daily.")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/entries/med_*")
    page.wait_for_load_state()
    expect(page.get_by_role("heading", name="What it said before")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Take 1 tablet by mouth once daily.")
    assert_accessible(page)

    page.goto(f"/console/medications/{patient}")
    page.get_by_role("link", name="Report one").click()
    page.wait_for_url("**/report")
    page.wait_for_load_state()
    assert_accessible(page)
    page.get_by_label("Medication", exact=True).fill("Fish oil")
    page.get_by_label("How it is taken").fill("One capsule with breakfast")
    page.get_by_label("Since").fill("4/2019")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/console/medications/{patient}*")
    row = page.locator("tr", has_text="Fish oil")
    expect(row).to_contain_text("since 04/2019")
    row.get_by_role("link").click()
    page.wait_for_url("**/entries/med_*")
    page.get_by_role("link", name="Change what is reported").click()
    page.wait_for_url("**/report")
    page.wait_for_load_state()
    page.get_by_label("Does the patient take it?").select_option("stopped")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/entries/med_*")
    expect(page.locator("#drug")).to_contain_text("Stopped")
