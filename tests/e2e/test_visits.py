"""A visit through its day: confirmed, arrived, in a room, complete, or cancelled; who waits."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import Watch, assert_accessible
from tests.support.calendar_page import CalendarPage, add_patient, send, until
from tests.support.visits import CHICAGO, book_free, calendar_of, setup_of

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

CALENDAR, CHECK_IN = "/console/scheduling", "/console/scheduling/check-in"
WAITLIST = "/console/scheduling/waitlist"
# Offers come by an event: whether this patient has one by now.
OFFERED = """async (patient) =>
  (await caresmith.send("GET", "/waitlist/offers")).some((offer) => offer.patient_id === patient)
"""


@pytest.fixture
def desk(open_as: OpenAs) -> Page:
    return open_as("Front desk", CALENDAR)


def begun(page: Page) -> str:
    """A visit of today whose time has come and whose patient has arrived; returns its id."""
    found: str = page.evaluate(
        """async () => {
          const asked = `view=day&first=${document.querySelector("#day").value}`;
          const place = document.querySelector("#place").value;
          const day = await caresmith.send(
            "GET", `/console/scheduling/events?${asked}&location_id=${place}`);
          return day.events.find(
            (one) => one.look === "arrived" && one.start < day.now && !one.elsewhere).id;
        }"""
    )
    return found


class TestThePanel:
    def test_from_confirmed_to_complete(self, desk: Page):
        visit = book_free(desk, add_patient(desk, "Bartholomew", "Nightingale"), days_ahead=0)
        calendar = calendar_of(desk, visit)
        panel = calendar.open("Nightingale")
        expect(panel).to_contain_text("01/15/1980")
        expect(panel.get_by_role("link", name="(312) 555-0187")).to_be_visible()
        for button, state in (
            ("Confirm", "Confirmed"),
            ("Arrived", "Arrived"),
            ("Check in", "Waiting"),
        ):
            panel.get_by_role("button", name=button, exact=True).click()
            expect(panel.locator(".status-key")).to_have_text(state)
        assert_accessible(desk)
        rooms = panel.get_by_label("Room")
        rooms.select_option(label="Lab draw")
        panel.get_by_role("button", name="To the room").click()
        expect(panel.locator(".status-key")).to_have_text("In a room")
        expect(panel).to_contain_text("Lakeshore Chicago, Lab draw")
        panel.get_by_role("button", name="With the provider").click()
        expect(panel.locator(".status-key")).to_have_text("With the provider")
        panel.get_by_role("button", name="Complete").click()
        expect(panel.locator(".status-key")).to_have_text("Completed")
        panel.get_by_text("What happened").click()
        assert_accessible(desk)
        desk.keyboard.press("Escape")
        expect(calendar.visit("Nightingale")).to_have_class(re.compile("is-fulfilled"))

    def test_no_show_who_came_after_all(self, desk: Page):
        calendar = CalendarPage(desk).ready()
        desk.locator(f"[data-visit='{begun(desk)}']").click()
        panel = calendar.drawer
        for button, state in (
            ("Not here after all", re.compile("Booked|Confirmed")),
            ("No-show", "No-show"),
            ("Came after all", "Arrived"),
        ):
            panel.get_by_role("button", name=button).click()
            expect(panel.locator(".status-key")).to_have_text(state)

    def test_nobody_is_a_no_show_before_the_visit(self, desk: Page):
        visit = book_free(desk, add_patient(desk, "Wilhelmina", "Dorsett"), days_ahead=1)
        panel = calendar_of(desk, visit).open("Dorsett")
        expect(panel.get_by_role("button", name="Arrived")).to_be_visible()
        expect(panel.get_by_role("button", name="No-show")).to_have_count(0)

    def test_cancel_with_a_reason_frees_the_time(self, desk: Page):
        patient = add_patient(desk, "Evangeline", "Rutherford-Osei")
        calendar = calendar_of(desk, book_free(desk, patient, days_ahead=1))
        panel = calendar.open("Rutherford-Osei")
        panel.get_by_text("Cancel the visit").first.click()
        panel.get_by_label("Why").select_option(label="Patient has no transport")
        panel.get_by_role("button", name="Cancel the visit").click()
        expect(panel).to_contain_text("Patient has no transport")
        expect(calendar.visit("Rutherford-Osei")).to_have_count(0)
        desk.goto(f"/console/patients/{patient}")
        expect(desk.locator(".status-key", has_text="Cancelled")).to_be_visible()

    def test_another_time_by_the_form(self, desk: Page):
        patient = add_patient(desk, "Octavian", "Greenbriar")
        calendar = calendar_of(desk, book_free(desk, patient, days_ahead=1))
        panel = calendar.open("Greenbriar")
        panel.get_by_text("Give another time").click()
        panel.get_by_role("button", name="Show free times").click()
        panel.locator("[data-slot-clock]").first.click()
        panel.get_by_role("button", name="Move", exact=True).click()
        expect(desk.locator("#toasts")).to_contain_text("Moved.")

    def test_two_desks_at_one_visit(self, desk: Page, open_as: OpenAs, watches: dict[Page, Watch]):
        patient = add_patient(desk, "Fitzgerald", "Montenegro")
        visit = book_free(desk, patient, days_ahead=1)
        panel = calendar_of(desk, visit).open("Montenegro")
        other = calendar_of(open_as("Manager", CALENDAR), visit).open("Montenegro")
        other.get_by_role("button", name="Confirm").click()
        expect(other.locator(".status-key")).to_have_text("Confirmed")
        with watches[desk].refusals(409, 412):
            panel.get_by_role("button", name="Arrived").click()
            expect(panel.get_by_role("alert")).to_contain_text("Somebody else changed this visit")
        expect(panel.locator(".status-key")).to_have_text("Confirmed")

    def test_a_group_visit_takes_further_patients_in(self, open_as: OpenAs):
        page = open_as("Front desk", CALENDAR)
        first = add_patient(page, "Hyacinth", "Lavallee")
        add_patient(page, "Montgomery", "Ashdown")
        visit = book_class(page, first)
        calendar = calendar_of(page, visit)
        panel = calendar.open("1 of 12 seats")
        expect(panel.get_by_text("Participants (1 of 12)")).to_be_visible()
        calendar.pick("Ashdown")
        panel.get_by_role("button", name="Add", exact=True).click()
        expect(panel.get_by_text("Participants (2 of 12)")).to_be_visible()
        assert_accessible(page)
        panel.get_by_role("button", name="Remove").first.click()
        expect(panel.get_by_text("Participants (1 of 12)")).to_be_visible()


def book_class(page: Page, patient: str) -> dict[str, Any]:
    """A class of its own for the test, some weeks ahead."""
    ids = setup_of(page)
    kind = ids["Diabetes self-management class (90 min)"]
    today = date.fromisoformat(page.get_by_label("Date").input_value())
    asked = {
        "type_id": kind,
        "location_ids": [ids["Lakeshore Chicago"]],
        "first": str(today + timedelta(days=90)),
        "days": 14,
    }
    slot = send(page, "POST", "/slots/search", asked)["slots"][0]
    told: dict[str, Any] = send(
        page,
        "POST",
        "/appointments",
        {
            "type_id": kind,
            **{name: slot[name] for name in ("provider_id", "location_id", "start")},
            "patient_id": patient,
        },
    )
    return told


class TestTheList:
    def test_each_patient_goes_one_step_further_by_one_click(self, desk: Page):
        marigold = add_patient(desk, "Marigold", "Featherstone")
        book_free(desk, marigold, days_ahead=0, days=1, provider="")
        desk.goto(CHECK_IN)
        row = desk.get_by_role("row", name="Featherstone, Marigold")
        for button, state in (
            ("Arrived", "Arrived"),
            ("Check in", "Waiting"),
            ("To the room", "In a room"),
            ("With the provider", "With the provider"),
            ("Complete", "Completed"),
        ):
            row.get_by_role("button", name=button).click()
            expect(row.locator(".status-key")).to_have_text(state)
        assert_accessible(desk)
        row.get_by_role("button", name="Details").click()
        expect(desk.locator("#drawer dl.facts")).to_be_visible()

    def test_home_shows_the_day(self, desk: Page):
        desk.goto("/console")
        expect(desk.get_by_role("heading", name="Today at Lakeshore Chicago")).to_be_visible()
        expect(desk.get_by_role("row")).not_to_have_count(0)
        assert_accessible(desk)


class TestTheWaitlist:
    def test_a_freed_time_is_offered_and_taken(self, desk: Page):
        holder = add_patient(desk, "Cassius", "Hollingberry")
        visit = book_free(desk, holder, days_ahead=49)
        waiting = add_patient(desk, "Seraphina", "Wainwright")
        desk.goto(WAITLIST)
        assert_accessible(desk)
        calendar = CalendarPage(desk)
        calendar.pick("Wainwright")
        desk.get_by_label("Kind of visit").select_option(label="Annual physical")
        desk.get_by_label("Provider", exact=True).select_option(label="Miguel Ángel Torres, MD")
        day = datetime.fromisoformat(visit["start"]).astimezone(CHICAGO).date()
        desk.get_by_label("Not before").fill(str(day))
        desk.get_by_label("Not after").fill(str(day))
        desk.get_by_label("Urgency").select_option(label="1 (most urgent)")
        desk.get_by_role("button", name="Add to the waitlist").click()
        expect(desk.get_by_role("row", name="Wainwright")).to_have_count(1)
        send(
            desk,
            "POST",
            f"/appointments/{visit['appointment_id']}/cancel",
            {"reason": "pat"},
        )
        until(desk, OFFERED, waiting)
        desk.reload()
        offer = desk.get_by_role("row", name="Wainwright").filter(has_text="Accepts")
        assert_accessible(desk)
        offer.get_by_role("button", name="Accepts: book").click()
        expect(CalendarPage(desk).ready().visit("Wainwright")).to_be_visible()
        desk.goto(WAITLIST)
        expect(desk.get_by_role("row", name="Wainwright")).to_have_count(0)

    def test_nobody_chosen(self, desk: Page, watches: dict[Page, Watch]):
        desk.goto(WAITLIST)
        with watches[desk].refusals(422):
            desk.get_by_role("button", name="Add to the waitlist").click()
            expect(desk.get_by_label("Patient", exact=True)).to_have_attribute(
                "aria-invalid", "true"
            )
        assert_accessible(desk)
