"""A text reaches the phone of a patient, whose answer reaches the desk and the calendar."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import assert_accessible
from tests.support.calendar_page import send
from tests.support.visits import CHICAGO, calendar_of, free_time

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenAs
    from tests.support.browsing import Console

INBOX, SETTINGS = "/console/messages", "/console/reminders/settings"
CALENDAR: Final = "/console/scheduling"
PRACTICE_NUMBER: Final = "+13125550199"


class Phone:
    """A patient's telephone, as the carrier's page shows it."""

    def __init__(self, page: Page, number: str) -> None:
        self.page, self.number = page, number

    def write(self, text: str) -> None:
        box = self.page.get_by_label("Answer as the patient")
        self.page.get_by_label("From", exact=True).fill(self.number)
        self.page.get_by_label("To", exact=True).fill(PRACTICE_NUMBER)
        box.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(box).to_have_value("")

    def receives(self, words: str | re.Pattern[str]) -> None:
        """Wait until the newest text says so."""
        expect(self.page.locator("#whose")).to_have_text(self.number)
        expect(self.page.locator("#conversation li").last).to_contain_text(words)

    def open(self) -> None:
        """Look at this telephone's conversation, which must have begun."""
        self.page.get_by_role("button", name=self.number).click()


@pytest.fixture
def carrier(console: Console) -> Iterator[Page]:
    """The carrier's page, found as somebody finds it who has just started the system."""
    context = console.visitor()
    page = context.new_page()
    page.goto("/_local/")
    row = page.get_by_role("row", name="Carrier and mailbox")
    page.goto(row.get_by_role("link").get_attribute("href") or "")
    yield page
    context.close()


@pytest.fixture
def desk(open_as: OpenAs) -> Page:
    return open_as("Front desk", CALENDAR)


def register(page: Page, given: str, family: str, number: str) -> str:
    """A patient who has agreed to texts; returns the id."""
    agreed = {"sms": {"status": "granted", "source": "verbal"}}
    phone = {"system": "phone", "value": number, "use": "mobile", "consents": agreed}
    made = send(
        page,
        "POST",
        "/patients",
        {
            "demographics": {
                "names": [{"given": [given], "family": family}],
                "birth_date": "1980-01-15",
            },
            "contact": {"telecoms": [phone]},
            "confirmed_not_duplicate": True,
        },
    )
    return str(made["patient_id"])


def remind_within_two_minutes(manager: Page, start: datetime) -> None:
    """Add a step to the cadence that is due in a minute or two for a visit at that time."""
    now = datetime.fromisoformat(
        send(manager, "GET", f"/console/scheduling/events?view=day&first={start:%F}")["now"]
    )
    left = start.replace(tzinfo=None) - now
    manager.get_by_label("Before the visit").last.fill(
        str(math.floor(left.total_seconds() / 60) - 1)
    )
    manager.get_by_label("Unit").last.select_option("minutes")
    manager.get_by_label("Asks to confirm").last.check()
    manager.get_by_role("button", name="Save").click()
    expect(manager.locator("#toasts")).to_contain_text("Saved.")


class TestReminder:
    @pytest.mark.timeout(300)
    def test_is_answered_and_the_calendar_follows(self, desk: Page, carrier: Page, open_as: OpenAs):
        phone = Phone(carrier, "+13125550141")
        patient = register(desk, "Philippa", "Ashdown", phone.number)
        slot = free_time(desk, days_ahead=2)
        manager = open_as("Manager", SETTINGS)
        assert_accessible(manager)
        remind_within_two_minutes(manager, local(slot["start"]))
        manager.wait_for_timeout(6_000)  # settings are up to five seconds old elsewhere
        visit = send(desk, "POST", "/appointments", {**slot, "patient_id": patient})
        carrier.get_by_role("button", name=phone.number).wait_for(timeout=180_000)
        phone.open()
        phone.receives("Reply C to confirm")
        phone.write("Yes I'll be there 👍")
        phone.receives(re.compile("confirmed", re.IGNORECASE))
        calendar = calendar_of(desk, visit)
        expect(calendar.visit("Ashdown")).to_have_class(re.compile("is-confirmed"))
        panel = calendar.open("Ashdown")
        expect(panel.locator(".reminder-line")).to_contain_text("answered")
        assert_accessible(desk)

        phone.write("can we do another day?")
        phone.receives(re.compile(r"1\W.*2\W.*3\W", re.DOTALL))
        phone.write("2")
        phone.receives("Your new appointment is")
        moved = send(desk, "GET", f"/appointments/{visit['appointment_id']}")
        assert moved["start"] != visit["start"]
        expect(calendar_of(desk, moved).visit("Ashdown")).to_be_visible()


class TestConversation:
    def test_a_question_waits_for_the_desk_and_stop_is_stop(self, desk: Page, carrier: Page):
        phone = Phone(carrier, "+13125550142")
        patient = register(desk, "Thaddeus", "Winterbourne", phone.number)
        desk.goto(f"{INBOX}/patients/{patient}")
        desk.get_by_label("Message", exact=True).fill("Please bring your insurance card.")
        desk.get_by_role("button", name="Send").click()
        phone.open()
        phone.receives("insurance card")
        phone.write("Is there parking at the clinic?")
        phone.receives("a person will read it")
        desk.goto(INBOX)
        row = desk.get_by_role("row", name="Thaddeus Winterbourne")
        expect(row).to_contain_text("Is there parking")
        assert_accessible(desk)
        row.get_by_role("link").first.click()
        desk.get_by_label("Message", exact=True).fill("Yes, behind the house, free for two hours.")
        expect(desk.locator("#segments")).to_contain_text("1 segment")
        desk.get_by_role("button", name="Send").click()
        phone.receives("free for two hours")
        assert_accessible(desk)
        phone.write("STOP")
        phone.receives(re.compile("no (more|further)|stopped|unsubscribed", re.IGNORECASE))
        desk.goto(f"{INBOX}/patients/{patient}")
        expect(desk.get_by_role("note")).to_contain_text("answered STOP")
        expect(desk.get_by_role("button", name="Send")).to_have_count(0)


def local(text: str) -> datetime:
    """By Chicago's clock."""
    return datetime.fromisoformat(text).astimezone(CHICAGO)
