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
