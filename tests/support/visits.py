"""Visits booked without the form, for journeys that begin with one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.support.calendar_page import CalendarPage, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHICAGO: Final = ZoneInfo("America/Chicago")
TORRES, PHYSICAL = "Miguel Ángel Torres, MD", "Annual physical (40 min)"


def setup_of(page: Page) -> dict[str, Any]:
    """Ids of the practice's things by name, from the forms that offer them."""
    page.keyboard.press("n")
    expect(page.locator("#drawer form")).to_be_visible()
    found: dict[str, Any] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#drawer select option")]
          .map((option) => [option.textContent.trim(), option.value]))"""
    )
    page.keyboard.press("Escape")
    return found


def free_time(page: Page, *, days_ahead: int, days: int = 7, provider: str = TORRES) -> Any:
    """A free time of that provider for a physical, as the form of a booking of it."""
    ids = setup_of(page)
    today = date.fromisoformat(page.get_by_label("Date").input_value())
    asked = {
        "type_id": ids[PHYSICAL],
        "provider_ids": [ids[provider]] if provider else [],
        "location_ids": [ids["Lakeshore Chicago"]],
        "first": str(today + timedelta(days=days_ahead)),
        "days": days,
        "limit": 5,
    }
    slot = send(page, "POST", "/slots/search", asked)["slots"][-1]
    return {
        "type_id": ids[PHYSICAL],
        "provider_id": slot["provider_id"],
        "location_id": slot["location_id"],
        "start": slot["start"],
    }


def book_free(page: Page, patient: str, *, days_ahead: int, days: int = 7, provider: str = TORRES):
    """Book a physical at a free time of that provider within the days; returns the visit."""
    slot = free_time(page, days_ahead=days_ahead, days=days, provider=provider)
    return send(page, "POST", "/appointments", {**slot, "patient_id": patient})


def calendar_of(page: Page, visit: dict[str, Any]) -> CalendarPage:
    """The calendar on the day of the visit."""
    start = datetime.fromisoformat(visit["start"]).astimezone(CHICAGO)
    page.goto(f"/console/scheduling?date={start:%Y-%m-%d}")
    return CalendarPage(page).ready()
