"""The chart at the console: what matters on one screen, written in drawers, signed, plotted."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import Watch, assert_accessible
from tests.support.calendar_page import send

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

LAPTOP = {"width": 1366, "height": 768}


def register(page: Page, born: str, **about: str) -> str:
    """Somebody new, under a name that nobody has; returns the chart's address."""
    family = "Chart" + "".join(random.choices(ascii_lowercase, k=8))
    demographics = {"names": [{"family": family, "given": ["Ida"]}], "birth_date": born, **about}
    made = send(
        page, "POST", "/patients", {"demographics": demographics, "confirmed_not_duplicate": True}
    )
    return f"/console/charts/{made['patient_id']}"


@pytest.fixture
def chart(open_as: OpenAs) -> Page:
    """The chart of a new patient of forty, on a laptop."""
    page = open_as("Clinician", "/console")
    page.set_viewport_size(LAPTOP)
    page.goto(register(page, "1986-05-17"))
    wait_for_timeline(page)
    return page


def drawer(page: Page) -> Locator:
    return page.locator("#drawer")


def open_form(page: Page, what: str) -> Locator:
    """The drawer in which something is added, settled and looked over by axe."""
    page.get_by_role("button", name=f"Add: {what}", exact=True).click()
    expect(drawer(page).get_by_role("heading", level=2)).to_be_visible()
    settle(page)
    assert_accessible(page)
    return drawer(page)


def settle(page: Page) -> None:
    """What a form does is there only once htmx has settled it."""
    expect(page.locator(".htmx-settling, .htmx-swapping, .htmx-request")).to_have_count(0)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title)


def wait_for_timeline(page: Page) -> None:
    """It comes last; whoever leaves before that breaks off its request."""
    expect(card(page, "Timeline")).not_to_contain_text("Reading")


def save(page: Page, name: str = "Add") -> None:
    drawer(page).get_by_role("button", name=name, exact=True).click()
    expect(drawer(page)).to_be_hidden()
    settle(page)
    wait_for_timeline(page)


def scrolls(page: Page) -> bool:
    """Whether the page as a whole is longer than the window."""
    found: bool = page.evaluate("() => document.documentElement.scrollHeight > window.innerHeight")
    return found


def test_vitals_problem_allergy_order_and_task_on_one_screen(
    chart: Page, watches: dict[Page, Watch]
) -> None:
    expect(card(chart, "Last vitals")).to_contain_text("None taken yet.")
    assert_accessible(chart)

    vitals = open_form(chart, "last vitals")
    vitals.get_by_label("Systolic").fill("128")
    vitals.get_by_label("Diastolic").fill("82")
    vitals.get_by_label("Temperature", exact=True).fill("37")
    vitals.get_by_label("Weight", exact=True).fill("154")
    vitals.get_by_label("Height", exact=True).fill("68")
    expect(vitals.locator("#bmi")).to_have_text("Body mass index 23.4 kg/m²")
    with watches[chart].refusals(422):
        vitals.get_by_role("button", name="Add", exact=True).click()
        temperature = vitals.get_by_label("Temperature", exact=True)
        expect(temperature).to_have_accessible_description(
            "Nobody lives with that: 51.8 to 116.6 °F is possible."
        )
    settle(chart)
    assert_accessible(chart)
    vitals.get_by_label("Unit of temperature").select_option("°C")
    save(chart)
    expect(card(chart, "Last vitals")).to_contain_text("128/82 mmHg")
    expect(card(chart, "Last vitals")).to_contain_text("37 °C")

    problem = open_form(chart, "problems")
    problem.get_by_label("Problem").fill("Asthma")
    problem.get_by_label("ICD-10-CM").fill("j45.909")
    problem.get_by_label("Since").fill("4/2019")
    save(chart)
    expect(card(chart, "Problems")).to_contain_text("Asthma")
    expect(card(chart, "Problems")).to_contain_text("since 04/2019")

    allergy = open_form(chart, "allergies")
    allergy.get_by_label("Allergic to").fill("Peanut")
    allergy.get_by_label("Reaction").fill("Anaphylaxis")
    allergy.get_by_label("Risk").select_option(value="high")
    save(chart)
    expect(chart.get_by_role("group", name="Allergies")).to_contain_text("Peanut: Anaphylaxis")

    order = open_form(chart, "open orders")
    order.get_by_label("What", exact=True).fill("Hemoglobin A1c")
    order.get_by_label("LOINC, CPT, HCPCS").fill("4548-4")
    order.get_by_label("Asthma").check()
    order.get_by_label("Priority").select_option("Urgent")
    save(chart)
    expect(card(chart, "Open orders")).to_contain_text("Hemoglobin A1c")

    task = open_form(chart, "tasks")
    task.get_by_label("What is to be done").fill("Call her sister")
    save(chart)
    expect(card(chart, "Tasks")).to_contain_text("Call her sister")

    expect(card(chart, "Timeline")).to_contain_text("Order: Hemoglobin A1c")
    assert not scrolls(chart)
    assert_accessible(chart)


def test_an_entry_shows_its_history_and_is_taken_back(chart: Page) -> None:
    problem = open_form(chart, "problems")
    problem.get_by_label("Problem").fill("Gout")
    save(chart)
    card(chart, "Problems").get_by_role("button", name="Gout").click()
    expect(drawer(chart)).to_contain_text("Version 1")
    settle(chart)
    assert_accessible(chart)
    drawer(chart).get_by_text("It should not be here").click()
    save(chart, "Entered in error")
    expect(card(chart, "Problems")).to_contain_text("None on record.")
    card(chart, "Problems").get_by_role("button", name="Problems", exact=True).click()
    expect(drawer(chart)).to_contain_text("Entered in error")


@pytest.mark.parametrize(
    "section",
    ["Immunizations", "Procedures", "Family history", "Social history", "Care plans"],
)
def test_each_further_part_opens_and_adds(chart: Page, section: str) -> None:
    chart.get_by_role("navigation", name="More of the chart").get_by_role(
        "button", name=section
    ).click()
    expect(drawer(chart)).to_contain_text("None on record.")
    settle(chart)
    assert_accessible(chart)
    drawer(chart).get_by_role("button", name="Add", exact=True).click()
    expect(drawer(chart).get_by_role("heading", level=2)).to_contain_text("Add:")
    settle(chart)
    assert_accessible(chart)


def test_a_full_chart_needs_no_scrolling_on_a_laptop(chart: Page) -> None:
    patient = chart.url.rpartition("/")[2]
    for number in range(12):
        problem = {"code": {"text": f"A problem with quite a long name, number {number}"}}
        send(chart, "POST", f"/charts/{patient}/conditions", {"content": problem})
        task = {"what": f"Something that is to be done for the patient, {number}"}
        send(chart, "POST", f"/charts/{patient}/tasks", {"content": task})
        allergy = {"substance": {"text": f"Substance {number}"}}
        send(chart, "POST", f"/charts/{patient}/allergies", {"content": allergy})
    chart.reload()
    expect(card(chart, "Problems")).to_contain_text("5 more")
    settle(chart)
    wait_for_timeline(chart)
    assert not scrolls(chart)
    assert_accessible(chart)


def test_a_note_is_written_with_a_phrase_signed_and_co_signed(chart: Page, open_as: OpenAs) -> None:
    chart.get_by_role("button", name="Start a visit").click()
    chart.wait_for_url("**/console/encounters/enc_*")
    note = chart.get_by_label("History of present illness")
    note.fill("Wheezes at night.")
    expect(chart.locator("#note-state")).to_contain_text("Saved")
    assert_accessible(chart)

    chart.get_by_role("button", name="Phrases").click()
    phrase = "lungs-" + "".join(random.choices(ascii_lowercase, k=8))
    drawer(chart).get_by_label("Name").fill(phrase)
    drawer(chart).get_by_label("Text").fill("Clear on both sides.")
    drawer(chart).get_by_role("button", name="Keep").click()
    expect(drawer(chart).get_by_text(f".{phrase}")).to_be_visible()
    settle(chart)
    assert_accessible(chart)
    chart.keyboard.press("Escape")
    exam = chart.get_by_label("Examination")
    exam.fill("")
    exam.press_sequentially(f".{phrase} ")
    expect(exam).to_have_value("Clear on both sides. ")

    chart.get_by_role("button", name="Sign", exact=True).click()
    signing = drawer(chart)
    expect(signing.get_by_role("heading", name="Sign the note")).to_be_visible()
    settle(chart)
    assert_accessible(chart)
    signing.get_by_label("Co-signer").select_option(index=1)
    asked = signing.get_by_label("Co-signer").locator("option:checked").inner_text()
    signing.get_by_role("button", name="Sign version").click()
    expect(chart.get_by_text(f"It waits for {asked} to co-sign.")).to_be_visible()
    expect(chart.get_by_text("Wheezes at night.")).to_be_visible()
    assert_accessible(chart)

    chart.get_by_role("button", name="Versions").click()
    drawer(chart).get_by_text("Version 1", exact=True).click()
    expect(drawer(chart).locator("ins").first).to_contain_text("Wheezes at night.")
    assert_accessible(chart)
    chart.keyboard.press("Escape")

    chart.get_by_role("link", name="Coding").click()
    chart.get_by_label("Code 1", exact=True).fill("j45.909")
    chart.get_by_label("Code of service 1").fill("99213")
    chart.get_by_role("button", name="Save").click()
    expect(chart.get_by_text("Saved.")).to_be_visible()
    assert_accessible(chart)

    biller = open_as("Biller", chart.url.partition("#")[0])
    expect(biller.get_by_text("99213")).to_be_visible()
    expect(biller.get_by_text("waits for a co-signature")).to_be_visible()
    expect(biller.get_by_text("Wheezes")).to_have_count(0)
    assert_accessible(biller)

    chart.goto("/console/encounters/work")
    expect(chart.get_by_role("heading", name="Notes to co-sign")).to_be_visible()
    assert_accessible(chart)


def test_a_childs_growth_is_drawn_on_its_curves_with_a_table_beside(open_as: OpenAs) -> None:
    page = open_as("Clinician", "/console")
    today = datetime.now(UTC).date()
    born = today - timedelta(days=900)
    path = register(page, f"{born}", birth_sex="F")
    patient = path.rpartition("/")[2]
    for days, kilograms, centimetres in ((700, "8.2", "68"), (350, "10.9", "80"), (5, "13", "91")):
        values = [("29463-7", kilograms, "kg"), ("8302-2", centimetres, "cm")]
        at = datetime.now(UTC) - timedelta(days=days)
        sitting = {
            "at": at.isoformat(),
            "measurements": [
                {
                    "code": {"codings": [{"system": "http://loinc.org", "code": code}]},
                    "quantity": {"value": value, "unit": unit},
                }
                for code, value, unit in values
            ],
        }
        send(page, "POST", f"/charts/{patient}/vitals", {"content": sitting})
    page.goto(path)
    page.get_by_role("link", name="Growth and trends").click()
    expect(page.locator("[data-growth] canvas").first).to_be_visible()
    expect(page.locator("[data-growth]")).to_have_count(3)
    expect(page.locator("[data-lines] canvas").first).to_be_visible()
    weight = page.get_by_role("region", name="Weight").first
    weight.get_by_text("3 values").click()
    expect(weight).to_contain_text("percentile")
    assert_accessible(page)
