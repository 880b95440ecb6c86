"""Password and code, going on where one wanted to go, and being logged off."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import boto3
import pytest
from playwright.sync_api import Page, expect

from caresmith.sessions import COOKIE
from scripts.localstack.running import environment
from tests.support.browsing import Console, Watch, assert_accessible, log_in

if TYPE_CHECKING:
    from scripts.localstack.harness import Stack
    from tests.e2e.conftest import OpenAs


def test_password_then_code_then_where_one_wanted_to_go(console: Console, page: Page):
    login = console.logins["Biller"]
    page.goto("/console/patients")
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
    expect(page.get_by_role("heading", name="Patients")).to_be_visible()
    page.get_by_role("button", name="Kevin Nowak").click()
    page.get_by_role("button", name="Log off").click()
    expect(page.get_by_text("You are logged off.")).to_be_visible()
    page.goto("/console")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_wrong_password_says_so_and_opens_nothing(page: Page, watches: dict[Page, Watch]):
    page.goto("/console/login")
    page.get_by_label("Username").fill("rosa.delgado")
    page.get_by_label("Password").fill("Lakeshore-Rosa-2025")
    with watches[page].refusals(401):
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("alert")).to_have_text("Username or password is not right.")
    expect(page.get_by_label("Username")).to_have_value("rosa.delgado")
    expect(page.get_by_label("Password")).to_be_focused()
    assert_accessible(page)


def test_wrong_code_may_be_tried_again(console: Console, page: Page, watches: dict[Page, Watch]):
    login = console.logins["Manager"]
    page.goto("/console/login")
    page.get_by_label("Username").fill(login.username)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Go on").click()
    right = login.authenticator.code()
    with watches[page].refusals(401):
        page.get_by_label("The six digits").fill(f"{(int(right) + 1) % 1_000_000:06d}")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text("That code is not right.")
    page.get_by_label("The six digits").fill(right)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Welcome, Grace Kim")).to_be_visible()


class TestIdle:
    @pytest.fixture
    def biller(self, console: Console, page: Page) -> Page:
        """Somebody with a session that no other test uses."""
        log_in(page, console.logins["Biller"])
        return page

    def test_warning_then_work_goes_on(self, biller: Page, stack: Stack):
        leave_alone(biller, stack, seconds=14 * 60 + 20)
        dialog = biller.get_by_role("dialog", name="Are you still there?")
        expect(dialog).to_be_visible()
        assert_accessible(biller)
        biller.keyboard.press("Escape")
        expect(dialog).to_be_visible()
        with biller.expect_response("**/console/session"):
            dialog.get_by_role("button", name="Stay logged in").click()
        expect(dialog).to_be_hidden()
        biller.goto("/console/patients")
        expect(biller.get_by_role("heading", name="Patients")).to_be_visible()

    def test_nobody_answers_and_the_screen_is_empty(
        self, biller: Page, stack: Stack, watches: dict[Page, Watch]
    ):
        with watches[biller].refusals(401):
            leave_alone(biller, stack, seconds=15 * 60 - 5)
            expect(biller.get_by_text("You were logged off because nothing")).to_be_visible()


def leave_alone(page: Page, stack: Stack, *, seconds: int) -> None:
    """As if nothing had been done in this session for so long."""
    # What the page is still asking for at its start would count as work.
    page.wait_for_load_state("networkidle")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    practice, _, token = cookies[COOKIE].partition(".")
    told = environment(stack.data)
    sessions = boto3.resource(
        "dynamodb",
        endpoint_url=told["AWS_ENDPOINT_URL_DYNAMODB"],
        region_name=told["AWS_DEFAULT_REGION"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
    ).Table("caresmith-local-identity")
    key = {"pk": f"{practice}#session#{sha256(token.encode()).hexdigest()}", "sk": "session"}
    sessions.update_item(
        Key=key,
        UpdateExpression="SET last_seen = last_seen - :idle",
        ExpressionAttributeValues={":idle": seconds},
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_shortcuts_and_the_way_of_the_focus(open_as: OpenAs):
    page = open_as("Front desk")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page's content")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    for key, path in (("p", "/console/patients"), ("i", "/check-in"), ("c", "/scheduling")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**{path}")
        # A search box that has the focus takes the keys: leave it as a person would.
        page.evaluate("document.activeElement.blur()")
