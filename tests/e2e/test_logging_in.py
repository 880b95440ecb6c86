"""Password and code, the first log-in of a new user, and being logged off."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browsing import Console, assert_accessible


def test_password_then_code_then_home(console: Console, page: Page):
    login = console.logins["Biller"]
    page.goto("/console/patients")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert_accessible(page)
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type(login.username)
    page.keyboard.press("Tab")
    page.keyboard.type(login.password)
    page.keyboard.press("Enter")
    expect(page.get_by_label("The six digits")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type(login.authenticator.code())
    page.keyboard.press("Enter")
    # Where one wanted to go in the first place.
    expect(page.get_by_role("heading", name="Patients")).to_be_visible()
    page.goto("/console")
    expect(page.get_by_role("heading", name="Welcome, Kevin Nowak")).to_be_visible()
    page.get_by_role("button", name="Kevin Nowak").click()
    page.get_by_role("button", name="Log off").click()
    expect(page.get_by_text("You are logged off.")).to_be_visible()
    page.goto("/console")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
