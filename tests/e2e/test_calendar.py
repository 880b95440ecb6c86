"""The calendar: seen by day and week, booked by click and keyboard, moved by hand, live."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import Watch, assert_accessible
from tests.support.calendar_page import CalendarPage, add_patient

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

CALENDAR = "/console/scheduling"


@pytest.fixture
def desk(open_as: OpenAs) -> Page:
    return open_as("Front desk", CALENDAR)


@pytest.fixture
def calendar(desk: Page) -> CalendarPage:
    return CalendarPage(desk).ready()


def book(calendar: CalendarPage, name: str, provider: str, clock: str, kind: str) -> None:
    calendar.click(provider, clock)
    calendar.pick(name)
    calendar.page.get_by_label("Kind of visit").select_option(label=kind)
    calendar.drawer.get_by_role("button", name="Book", exact=True).click()
    expect(calendar.page.locator("#toasts")).to_contain_text("Booked for")
    expect(calendar.visit(name)).to_be_visible()


# Days on which the sample practice has no visits, and the tests have the calendar to themselves,
# lie more than six weeks ahead.


class TestSeeing:
    def test_providers_side_by_side_by_day_and_one_by_week(self, calendar: CalendarPage):
        page = calendar.page
        expect(page.locator(".ec-col-head")).to_have_count(5)
        expect(page.locator(".is-now").first).to_be_attached()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        page.get_by_role("button", name="Week").click()
        expect(page.get_by_role("heading", name=re.compile("^Week of"))).to_be_visible()
        expect(page.locator(".ec-day")).to_have_count(7)
        assert_accessible(page)
        page.get_by_role("button", name="Day", exact=True).click()
        expect(page.locator(".ec-col-head")).to_have_count(5)

    def test_choice_of_providers_place_and_day(self, calendar: CalendarPage):
        page = calendar.page
        page.get_by_role("button", name="Providers").click()
        page.get_by_role("checkbox", name="Isaac Feldman, MD").uncheck()
        expect(page.locator(".ec-col-head", has_text="Feldman")).to_have_count(0)
        title = page.locator("#calendar-title")
        today = title.inner_text()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Later").click()
        expect(title).not_to_have_text(today)
        page.get_by_role("button", name="Today").click()
        expect(title).to_have_text(today)
        page.get_by_label("Location").select_option(label="Lakeshore Grand Rapids")
        expect(page.get_by_text("America/Detroit")).to_be_visible()
        expect(page.locator(".ec-col-head", has_text="Whitfield")).to_be_visible()
        page.get_by_label("Location").select_option(label="Lakeshore Chicago")
        expect(page.get_by_text("America/Chicago")).to_be_visible()

    def test_colour_tells_the_kind_and_the_state(self, calendar: CalendarPage):
        shown = calendar.page.evaluate(
            """() => [...document.querySelectorAll("article[data-visit]")].map((box) => ({
              type: box.style.getPropertyValue("--type"),
              state: [...box.classList].find((name) => name.startsWith("is-")),
              ground: getComputedStyle(box).backgroundColor,
            }))"""
        )
        assert len({visit["type"] for visit in shown}) > 3
        grounds = {visit["state"]: visit["ground"] for visit in shown}
        assert len(grounds) > 2
        assert len(set(grounds.values())) == len(grounds)


class TestBooking:
    def test_click_a_free_time_and_book_it(self, calendar: CalendarPage):
        add_patient(calendar.page, "Rosalind", "Achebe-Clarke")
        calendar.later(49)
        calendar.click("Okafor", "13:15")
        assert_accessible(calendar.page)
        expect(calendar.page.get_by_label("Patient", exact=True)).to_be_focused()
        expect(calendar.page.get_by_label("Time", exact=True)).to_have_value("13:15")
        calendar.page.keyboard.press("Escape")
        book(calendar, "Achebe-Clarke", "Okafor", "13:15", "Annual physical (40 min)")
        expect(calendar.drawer).to_be_hidden()
        expect(calendar.visit("Achebe-Clarke")).to_contain_text("1:15")

    def test_by_keyboard_from_a_chart_through_the_free_times(self, desk: Page):
        patient = add_patient(desk, "Ephraim", "Stillwater")
        desk.goto(f"/console/patients/{patient}")
        desk.keyboard.press("n")
        drawer = desk.locator("#drawer")
        expect(drawer.get_by_text("Ephraim Stillwater")).to_be_visible()
        desk.get_by_label("Kind of visit").select_option(label="New patient visit (40 min)")
        desk.get_by_label("Provider", exact=True).select_option(label="Miguel Ángel Torres, MD")
        drawer.get_by_role("button", name="Show free times").press("Enter")
        first = drawer.locator("[data-slot-clock]").first
        first.press("Enter")
        expect(desk.get_by_label("Time", exact=True)).not_to_have_value("")
        expect(drawer.get_by_role("button", name="Book", exact=True)).to_be_focused()
        assert_accessible(desk)
        desk.keyboard.press("Enter")
        expect(desk.locator("#toasts")).to_contain_text("Booked for")
        desk.goto(f"/console/patients/{patient}")
        expect(desk.get_by_role("cell", name="New patient visit")).to_be_visible()

    def test_errors_stand_beside_their_fields(
        self, calendar: CalendarPage, watches: dict[Page, Watch]
    ):
        page = calendar.page
        page.keyboard.press("n")
        with watches[page].refusals(422):
            calendar.drawer.get_by_role("button", name="Book", exact=True).click()
            patient = page.get_by_label("Patient", exact=True)
            expect(patient).to_have_accessible_description("Choose the patient.")
        assert_accessible(page)

    def test_taken_time_is_refused_and_only_some_roles_book_over_it(
        self, calendar: CalendarPage, open_as: OpenAs, watches: dict[Page, Watch]
    ):
        page = calendar.page
        add_patient(page, "Philippa", "Underhill")
        add_patient(page, "Desmond", "Overmyer")
        calendar.later(49)
        book(calendar, "Underhill", "Torres", "9:00", "Annual physical (40 min)")
        day = page.get_by_label("Date").input_value()

        def ask_for_it(calendar: CalendarPage) -> None:
            calendar.page.keyboard.press("n")
            calendar.pick("Overmyer")
            for label, value in (
                ("Kind of visit", "Annual physical (40 min)"),
                ("Provider", "Miguel Ángel Torres, MD"),
            ):
                calendar.page.get_by_label(label, exact=True).select_option(label=value)
            calendar.page.get_by_label("Time", exact=True).fill("09:15")

        ask_for_it(calendar)
        with watches[page].refusals(409):
            calendar.drawer.get_by_role("button", name="Book", exact=True).click()
            expect(calendar.drawer.get_by_role("alert")).to_contain_text("That time is taken")
        expect(calendar.drawer.get_by_text("Book over the calendar")).to_have_count(0)

        manager = CalendarPage(open_as("Manager", f"{CALENDAR}?date={day}")).ready()
        ask_for_it(manager)
        manager.drawer.get_by_text("Book over the calendar").click()
        manager.page.get_by_label("Book although the time is taken").check()
        manager.page.get_by_label("Why").fill("Fever, asked the doctor")
        manager.drawer.get_by_role("button", name="Book", exact=True).click()
        expect(manager.visit("Overmyer")).to_have_class(re.compile("is-overbooked"))

    def test_a_series_is_booked_whole_or_not_at_all(
        self, calendar: CalendarPage, watches: dict[Page, Watch]
    ):
        page = calendar.page
        patient = add_patient(page, "Marguerite", "Oyelaran")
        add_patient(page, "Cornelius", "Zabriskie")
        calendar.later(63)
        book(calendar, "Zabriskie", "Torres", "16:00", "Annual physical (40 min)")
        calendar.later(-7)
        page.keyboard.press("n")
        calendar.pick("Oyelaran")
        page.get_by_label("Kind of visit").select_option(label="Annual physical (40 min)")
        page.get_by_label("Provider", exact=True).select_option(label="Miguel Ángel Torres, MD")
        page.get_by_label("Time", exact=True).fill("16:00")
        calendar.drawer.get_by_text("Repeat the visit").click()
        page.get_by_label("Again").select_option(label="Every week")
        page.get_by_label("Visits in all").fill("2")
        with watches[page].refusals(409):
            calendar.drawer.get_by_role("button", name="Book", exact=True).click()
            told = page.get_by_label("Visits in all")
            expect(told).to_have_accessible_description(re.compile("Not free on .* Nothing was"))
        page.get_by_label("Again").select_option(label="Every 2 weeks")
        calendar.drawer.get_by_role("button", name="Book", exact=True).click()
        expect(page.locator("#toasts")).to_contain_text("2 visits booked")
        page.goto(f"/console/patients/{patient}")
        expect(page.get_by_role("cell", name="Annual physical")).to_have_count(2)


class TestMoving:
    def test_drag_to_another_time_and_provider(self, calendar: CalendarPage):
        add_patient(calendar.page, "Leontyne", "Brubaker")
        calendar.later(50)
        book(calendar, "Brubaker", "Okafor", "10:30", "Annual physical (40 min)")
        with calendar.page.expect_response("**/move"):
            calendar.drag("Brubaker", "Torres", "11:00")
        expect(calendar.page.locator("#toasts")).to_contain_text("Moved to 11:00 AM.")
        calendar.page.reload()
        calendar.ready()
        expect(calendar.open("Brubaker")).to_contain_text("Miguel Ángel Torres")

    def test_a_refused_move_goes_back_and_says_why(
        self, calendar: CalendarPage, watches: dict[Page, Watch]
    ):
        page = calendar.page
        add_patient(page, "Thelonius", "Vandermeer")
        calendar.later(50)
        book(calendar, "Vandermeer", "Okafor", "14:30", "Annual physical (40 min)")
        with watches[page].refusals(409), page.expect_response("**/move"):
            calendar.drag("Vandermeer", "Okafor", "12:15")
        expect(page.locator("#toasts").get_by_role("alert")).to_contain_text("does not see")
        expect(calendar.visit("Vandermeer")).to_contain_text("2:30")

    def test_a_booking_shows_on_the_other_desk_by_itself(
        self, calendar: CalendarPage, open_as: OpenAs
    ):
        add_patient(calendar.page, "Anastasia", "Quarterman")
        calendar.later(51)
        day = calendar.page.get_by_label("Date").input_value()
        other = CalendarPage(open_as("Manager", f"{CALENDAR}?date={day}")).ready()
        expect(other.visit("Quarterman")).to_have_count(0)
        book(calendar, "Quarterman", "Okafor", "11:00", "Annual physical (40 min)")
        expect(other.visit("Quarterman")).to_be_visible()
