"""Patients at the desk: found, registered, changed, covered, merged, archived."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import Watch, assert_accessible

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs

A_CHART = re.compile(r"/console/patients/pat_\w{26}$")


@pytest.fixture
def desk(open_as: OpenAs) -> Page:
    return open_as("Front desk", "/console/patients")


def find(page: Page, text: str) -> None:
    """Search on the patients page and wait for the answer to just that."""
    with page.expect_response("**/console/patients/search"):
        page.get_by_label("Name, birth date, telephone or MRN").fill(text)


def rows(page: Page):
    return page.locator("#found tbody tr")


def register(page: Page, given: str, family: str, born: str, **more: str) -> None:
    """Fill in the registration form and send it."""
    page.goto("/console/patients/new")
    page.get_by_label("Given name").first.fill(given)
    page.get_by_label("Family name").first.fill(family)
    page.get_by_label("Birth date", exact=True).fill(born)
    for label, value in more.items():
        page.get_by_label(label, exact=True).first.fill(value)
    page.get_by_role("button", name="Register", exact=True).click()


def open_new_chart(page: Page, given: str, family: str, born: str, **more: str) -> str:
    """Register somebody new; returns the path of the chart."""
    register(page, given, family, born, **more)
    page.wait_for_url(A_CHART)
    return page.url


class TestFinding:
    def test_by_name_birth_date_telephone_number_and_misspelt(self, desk: Page):
        open_new_chart(desk, "Zsófia", "Quillfeather", "1984-03-07", Telephone="(312) 555-0171")
        mrn = desk.locator(".chart-facts div", has_text="MRN").locator("dd").inner_text()
        desk.goto("/console/patients")
        for text in (
            "Quillfeather",
            "zsofia quill",
            "quillfeather 03/07/1984",
            "3/7/1984 zsofia",
            "312 555 0171 quillfeather",
            mrn,
            "Quilfether",
        ):
            find(desk, text)
            expect(rows(desk).filter(has_text="Quillfeather, Zsófia")).to_have_count(1)
        assert_accessible(desk)

    def test_keyboard_alone_from_slash_to_the_chart(self, desk: Page):
        open_new_chart(desk, "Ignatius", "Vandersloot", "1951-11-30")
        desk.goto("/console")
        desk.keyboard.press("/")
        expect(desk.get_by_label("Find a patient")).to_be_focused()
        desk.keyboard.type("vandersl")
        expect(desk.locator("#quick-results a")).to_have_count(1)
        assert_accessible(desk)
        desk.keyboard.press("ArrowDown")
        desk.keyboard.press("Enter")
        desk.wait_for_url(A_CHART)
        expect(desk.get_by_role("heading", name="Ignatius Vandersloot")).to_be_visible()

    def test_nobody_fits_and_what_then(self, desk: Page):
        find(desk, "Xyzzyqwv")
        expect(desk.get_by_text("Nobody fits.")).to_be_visible()
        desk.locator("#found").get_by_role("link", name="Register a patient").click()
        expect(desk.get_by_role("heading", name="Register a patient")).to_be_visible()


class TestRegistering:
    def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
        self, desk: Page, watches: dict[Page, Watch]
    ):
        with watches[desk].refusals(422):
            register(desk, "Anneliese", "Brandt", "", Telephone="12")
            born = desk.get_by_label("Birth date", exact=True)
            expect(born).to_have_attribute("aria-invalid", "true")
            expect(born).to_have_accessible_description("This is needed.")
        expect(desk.get_by_label("Given name").first).to_have_value("Anneliese")
        telephone = desk.get_by_label("Telephone", exact=True).first
        expect(telephone).to_have_value("12")
        expect(telephone).to_have_attribute("aria-invalid", "true")
        assert_accessible(desk)

    def test_a_second_chart_for_one_person_is_asked_about(
        self, desk: Page, watches: dict[Page, Watch]
    ):
        first = open_new_chart(desk, "Thandiwe", "Mokoena-Hale", "1979-06-21")
        with watches[desk].refusals(409):
            register(desk, "Thandiwe", "Mokoena Hale", "1979-06-21")
            expect(desk.get_by_role("heading", name="Is it one of these?")).to_be_visible()
        assert_accessible(desk)
        known = desk.get_by_role("link", name="Mokoena-Hale, Thandiwe")
        expect(known).to_have_attribute("href", re.compile(first.rpartition("/")[2]))
        desk.get_by_role("button", name="This is another person: register").click()
        desk.wait_for_url(A_CHART)
        assert desk.url != first


class TestTheChart:
    def test_header_change_insurance_and_timeline(self, desk: Page):
        open_new_chart(desk, "Perpetua", "Okonkwo", "1990-02-28")
        expect(desk.locator(".chart-facts")).to_contain_text("02/28/1990")
        expect(desk.get_by_text("No insurance on record")).to_be_visible()
        expect(desk.get_by_text("Nothing booked.")).to_be_visible()
        assert_accessible(desk)

        desk.get_by_role("link", name="Change").click()
        desk.get_by_label("Street").first.fill("77 Lantern Ln")
        desk.get_by_label("City").first.fill("Evanston")
        desk.get_by_label("State").first.fill("IL")
        desk.get_by_label("ZIP").first.fill("60201")
        desk.get_by_label("Alert").last.fill("Latex allergy")
        assert_accessible(desk)
        desk.get_by_role("button", name="Save").click()
        expect(desk.get_by_text("77 Lantern Ln, Evanston, IL 60201")).to_be_visible()
        expect(desk.get_by_role("note")).to_contain_text("Latex allergy")

        desk.locator("#insurance").get_by_role("link", name="Add").click()
        desk.get_by_label("Payer").fill("Great Lakes Health")
        desk.get_by_label("Member ID").fill("GLH 100 200")
        assert_accessible(desk)
        desk.get_by_role("button", name="Save").click()
        expect(desk.locator("#insurance")).to_contain_text("Great Lakes Health")
        expect(desk.locator("#insurance")).to_contain_text("First")
        timeline = desk.locator(".card", has=desk.get_by_role("heading", name="Timeline"))
        expect(timeline.locator(".list-group-item")).to_have_count(3)

    def test_somebody_else_changed_it_meanwhile(
        self, desk: Page, open_as: OpenAs, watches: dict[Page, Watch]
    ):
        chart = open_new_chart(desk, "Leopold", "Achterberg", "1966-09-09")
        desk.goto(f"{chart}/edit")
        other = open_as("Manager", f"{chart}/edit")
        other.get_by_label("Alert").last.fill("Hard of hearing")
        other.get_by_role("button", name="Save").click()
        other.wait_for_url(chart)
        desk.get_by_label("Alert").last.fill("Speaks slowly")
        with watches[desk].refusals(409, 412):
            desk.get_by_role("button", name="Save").click()
            expect(desk.get_by_role("alert")).to_be_visible()
        desk.goto(chart)
        expect(desk.get_by_role("note")).to_have_text(re.compile("Hard of hearing"))


class TestByTheManager:
    def test_two_charts_merge_and_come_apart_again(self, open_as: OpenAs):
        page = open_as("Manager")
        stays = open_new_chart(page, "Ottoline", "Fairweather", "1988-12-01")
        page.goto("/console/patients/new")
        merged = open_new_chart(page, "Tilly", "Fairwether-Stone", "1988-12-02")
        page.goto(f"{stays}/merge")
        assert_accessible(page)
        with page.expect_response("**/merge-candidates"):
            page.get_by_label("Find the other chart").fill("fairwether-stone")
        page.locator("#found").get_by_role("link", name="Fairwether-Stone").click()
        assert_accessible(page)
        page.get_by_role("row", name="Birth date").get_by_role("radio").nth(1).check()
        page.get_by_label("Why are these one person?").fill("Called herself by her nickname")
        page.get_by_role("button", name="Merge").click()
        page.wait_for_url(stays)
        expect(page.locator(".chart-facts")).to_contain_text("12/02/1988")

        page.goto(merged)
        expect(page.get_by_text("This chart was merged.")).to_be_visible()
        page.get_by_role("link", name="Open the chart that stands for this person").click()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_placeholder("Reason").last.fill("Two sisters after all")
        page.get_by_role("button", name="Undo the merge").click()
        expect(page.get_by_role("heading", name="Merged charts")).to_have_count(0)
        page.goto(merged)
        expect(page.get_by_role("link", name="Change")).to_be_visible()

    def test_archived_chart_is_told_apart_and_comes_back(self, open_as: OpenAs):
        page = open_as("Manager")
        open_new_chart(page, "Barnaby", "Thistlewood", "1945-05-05")
        page.get_by_placeholder("Reason").fill("Moved to Oregon")
        page.get_by_role("button", name="Archive the chart").click()
        expect(page.locator(".chart-header").get_by_text("Archived")).to_be_visible()
        expect(page.get_by_role("link", name="Book")).to_have_count(0)
        assert_accessible(page)
        page.get_by_placeholder("Reason").fill("Moved back")
        page.get_by_role("button", name="Restore the chart").click()
        expect(page.get_by_role("link", name="Book")).to_be_visible()

    def test_front_desk_has_no_merge_and_no_archive(self, desk: Page):
        open_new_chart(desk, "Cordelia", "Pennington-Ruiz", "1999-01-31")
        expect(desk.get_by_role("link", name="Merge")).to_have_count(0)
        expect(desk.get_by_role("button", name="Archive the chart")).to_have_count(0)
