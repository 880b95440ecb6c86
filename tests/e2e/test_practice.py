"""The practice's set-up, its users from invitation to lock-out, and what the auditor sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import Authenticator, Watch, assert_accessible
from tests.support.calendar_page import CalendarPage, add_patient, until

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

# The calendar keeps the set-up for some seconds: whether it knows of a change by now.
KNOWN = """async (name) => (await (await fetch("/console/scheduling")).text()).includes(name)"""
AWAY = """async (day) => (
  await caresmith.send("GET", `/console/scheduling/events?view=day&first=${day}`)
).resources.some((provider) => provider.title.includes("Feldman") && !provider.here)"""
SETUP, USERS = "/console/admin", "/console/admin/users"


@pytest.fixture
def admin(open_as: OpenAs) -> Page:
    return open_as("Administrator", SETUP)


def add(page: Page, kind: str) -> None:
    page.goto(f"{SETUP}/things/{kind}/new")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(f"{SETUP}#"))


class TestSetUp:
    def test_a_new_clinic_opens_its_calendar(self, admin: Page, open_as: OpenAs):
        assert_accessible(admin)
        add(admin, "locations")
        admin.get_by_label("Name").fill("Lakeshore Duluth")
        admin.get_by_label("Time zone").select_option(label="America/Chicago")
        assert_accessible(admin)
        save(admin)
        add(admin, "rooms")
        admin.get_by_label("Name").fill("Exam 9")
        admin.get_by_label("Location").select_option(label="Lakeshore Duluth")
        admin.get_by_label("Kind").select_option(label="Examination")
        save(admin)
        add(admin, "providers")
        for label, value in (
            ("Given name", "Zebulon"),
            ("Family name", "Marsh"),
            ("Credentials", "MD"),
            ("NPI", "1000001002"),
            ("Specialty", "Family Medicine"),
            ("NUCC taxonomy code", "207Q00000X"),
        ):
            admin.get_by_label(label).fill(value)
        admin.get_by_label("Lakeshore Duluth").check()
        save(admin)
        add(admin, "appointment-types")
        admin.get_by_label("Name").fill("Farm visit")
        admin.get_by_label("Minutes").fill("25")
        admin.get_by_label("Zebulon Marsh, MD").check()
        save(admin)
        add(admin, "availability-rules")
        admin.get_by_label("Provider").select_option(label="Zebulon Marsh, MD")
        admin.get_by_label("At", exact=True).select_option(label="Lakeshore Duluth")
        for day in ("Tuesday", "Thursday"):
            admin.get_by_label(day).check()
        admin.get_by_label("From").fill("2025-01-01")
        admin.get_by_label("Begins").fill("09:00")
        admin.get_by_label("Ends").fill("15:00")
        assert_accessible(admin)
        save(admin)
        hours = admin.get_by_role("row", name="Zebulon Marsh, MD Tue, Thu")
        expect(hours).to_contain_text("9:00 AM–3:00 PM")

        desk = open_as("Front desk", "/console/scheduling")
        until(desk, KNOWN, "Zebulon Marsh")
        desk.reload()
        desk.get_by_label("Location").select_option(label="Lakeshore Duluth")
        desk.wait_for_url("**location_id=**")
        expect(CalendarPage(desk).ready().page.locator(".ec-col-head")).to_have_text(
            ["Zebulon Marsh, MD"]
        )
        desk.get_by_label("Location").select_option(label="Lakeshore Chicago")
        expect(desk.locator(".ec-col-head")).not_to_have_count(1)

    def test_hours_without_a_day_and_other_mistakes(self, admin: Page, watches: dict[Page, Watch]):
        add(admin, "availability-rules")
        with watches[admin].refusals(422):
            admin.get_by_role("button", name="Save").click()
            expect(admin.get_by_text("Choose at least one day.")).to_be_visible()
        assert_accessible(admin)
        add(admin, "providers")
        admin.get_by_label("NPI").fill("1234567890")
        with watches[admin].refusals(422):
            admin.get_by_role("button", name="Save").click()
            expect(admin.get_by_label("NPI")).to_have_accessible_description(
                re.compile("check digit")
            )

    def test_time_off_closes_the_day_for_booking(self, open_as: OpenAs):
        manager = open_as("Manager", f"{SETUP}/things/availability-rules/new")
        calendar = CalendarPage(open_as("Manager", "/console/scheduling")).ready()
        calendar.later(84)
        day = calendar.page.get_by_label("Date").input_value()
        manager.get_by_label("Provider").select_option(label="Isaac Feldman, MD")
        manager.get_by_label("Is", exact=True).select_option(label="Time off")
        manager.get_by_label("Repeats").select_option(label="Every day")
        for label, value in (("From", day), ("Until", day), ("Begins", "00:00"), ("Ends", "00:00")):
            manager.get_by_label(label).fill(value)
        manager.get_by_label("Note").fill("Conference")
        manager.get_by_role("button", name="Save").click()
        expect(manager.get_by_text("Conference")).to_be_visible()
        until(calendar.page, AWAY, day)
        calendar.page.reload()
        calendar.ready()
        # With no hour of work and no visit there the doctor takes no column that day.
        expect(calendar.page.locator(".ec-col-head", has_text="Feldman")).to_have_count(0)

    def test_practice_settings(self, admin: Page, watches: dict[Page, Watch]):
        admin.get_by_role("link", name="Practice settings").click()
        idle = admin.get_by_label("Log off after idle minutes")
        expect(idle).to_have_value("15")
        assert_accessible(admin)
        idle.fill("500")
        with watches[admin].refusals(422):
            admin.get_by_role("button", name="Save").click()
            expect(idle).to_have_attribute("aria-invalid", "true")


class TestUsers:
    def test_from_invitation_to_lock_out(self, admin: Page, page: Page, watches: dict[Page, Watch]):
        admin.goto(USERS)
        assert_accessible(admin)
        admin.get_by_label("Username").fill("hazel.byrne")
        admin.get_by_label("Name", exact=True).fill("Hazel Byrne")
        admin.get_by_label("E-mail", exact=True).fill("hazel.byrne@lakeshore.example.org")
        admin.get_by_label("Front desk").check()
        admin.get_by_role("button", name="Add", exact=True).click()
        password = admin.get_by_role("status").locator("code").inner_text()
        assert_accessible(admin)

        first_log_in(page, "hazel.byrne", password, watches[page])
        expect(page.get_by_role("heading", name="Welcome, Hazel Byrne")).to_be_visible()

        admin.goto(f"{USERS}/hazel.byrne")
        assert_accessible(admin)
        admin.on("dialog", lambda dialog: dialog.accept())
        admin.get_by_role("button", name="Disable the account").click()
        expect(admin.get_by_role("button", name="Enable the account")).to_be_visible()
        page.goto("/console/patients")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def first_log_in(page: Page, username: str, password: str, watch: Watch) -> None:
    """Temporary password, a password of one's own, an authenticator, a wrong code first."""
    page.goto("/console/login")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("New password").fill("Willow-Harbor-2031")
    page.get_by_label("Once more").fill("Willow-Harbor-2031")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    assert_accessible(page)
    page.get_by_text("I can't scan it").click()
    authenticator = Authenticator(page.locator("details code").inner_text())
    right = authenticator.code()
    with watch.refusals(401):
        page.get_by_label("The six digits").fill(wrong(right))
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    page.get_by_label("The six digits").fill(right)
    page.get_by_role("button", name="Done").click()
    page.wait_for_url("**/console")


def wrong(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestTheTrail:
    def test_who_opened_whose_chart(self, open_as: OpenAs):
        desk = open_as("Front desk")
        patient = add_patient(desk, "Augustin", "Delacroix")
        desk.goto(f"/console/patients/{patient}")
        desk.wait_for_load_state("networkidle")
        auditor = open_as("Auditor", f"/console/audit?patient={patient}")
        expect(auditor.get_by_role("cell", name="patients.register")).to_be_visible()
        expect(auditor.get_by_role("cell", name="patients.read", exact=True)).to_be_visible()
        assert_accessible(auditor)

    def test_what_is_no_id_is_told_beside_the_field(
        self, open_as: OpenAs, watches: dict[Page, Watch]
    ):
        auditor = open_as("Auditor", "/console/audit")
        with watches[auditor].refusals(422):
            auditor.get_by_label("Patient id").fill("Delacroix")
            auditor.get_by_role("button", name="Show").click()
            expect(auditor.get_by_label("Patient id")).to_have_accessible_description(
                re.compile("not a patient's id")
            )

    def test_emergency_access_needs_a_reason_and_shows_all_the_time(
        self, open_as: OpenAs, watches: dict[Page, Watch]
    ):
        doctor = open_as("Clinician", "/console/emergency")
        assert_accessible(doctor)
        doctor.get_by_label("Why do you need it?").fill("help")
        with watches[doctor].refusals(422):
            doctor.get_by_role("button", name="Open emergency access").click()
            expect(doctor.get_by_role("alert")).to_contain_text("Say why, in a sentence.")
        doctor.get_by_label("Why do you need it?").fill("Unconscious patient in the waiting room")
        doctor.get_by_role("button", name="Open emergency access").click()
        expect(doctor.get_by_text("Emergency access is on.")).to_be_visible()
        assert_accessible(doctor)
        auditor = open_as("Auditor", "/console/audit?emergency=true")
        expect(auditor.get_by_text("Unconscious patient in the waiting room")).to_be_visible()
