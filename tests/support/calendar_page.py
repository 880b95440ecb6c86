"""The calendar as somebody at the desk sees it: columns of providers, hours down the side."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.support.browsing import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# Where a time of a provider is on the screen, scrolled into sight.
_SPOT = """
([provider, minutes]) => {
  const heads = [...document.querySelectorAll(".ec-col-head")];
  const column = heads.findIndex((head) => head.textContent.includes(provider));
  const grid = document.querySelector(".ec-body .ec-grid");
  const hours = [...document.querySelectorAll(".ec-body .ec-sidebar time")];
  const first = new Date(hours[0].dateTime).getHours() * 60;
  const last = new Date(hours.at(-1).dateTime).getHours() * 60 + 60;
  const height = grid.getBoundingClientRect().height;
  const down = ((minutes - first) / (last - first)) * height;
  const body = document.querySelector(".ec-body");
  const scroller = [body, document.querySelector(".ec-main")].find(
    (each) => each.scrollHeight > each.clientHeight,
  );
  if (scroller) scroller.scrollTop = down - 150;
  const { left, width } = heads[column].getBoundingClientRect();
  return [left + width / 2, grid.getBoundingClientRect().top + down + 3];
}
"""


class CalendarPage:
    """One open calendar."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.drawer = page.locator("#drawer")

    def ready(self) -> CalendarPage:
        """Wait until the day that was asked for is drawn."""
        day = self.page.get_by_label("Date").input_value()
        expect(self.page.locator("#calendar")).to_have_attribute("data-shown", day)
        return self

    def later(self, days: int) -> CalendarPage:
        """Go some days ahead."""
        box = self.page.get_by_label("Date")
        box.fill(str(date.fromisoformat(box.input_value()) + timedelta(days=days)))
        box.blur()  # else a key pressed next is typed into it
        return self.ready()

    def visit(self, name: str) -> Locator:
        """The box of a patient's visit."""
        return self.page.locator("article.ec-event[data-visit]", has_text=name)

    def spot(self, provider: str, clock: str) -> tuple[float, float]:
        """Where that time of that provider is on the screen."""
        hour, _, minute = clock.partition(":")
        x, y = self.page.evaluate(_SPOT, [provider, int(hour) * 60 + int(minute)])
        return x, y

    def click(self, provider: str, clock: str) -> None:
        """Click a free time of a provider; the booking form opens."""
        self.page.mouse.click(*self.spot(provider, clock))
        expect(self.drawer.get_by_role("heading", name="Book a visit")).to_be_visible()

    def pick(self, name: str) -> None:
        """Choose the patient in the form that is open."""
        box = self.page.get_by_label("Patient", exact=True)
        expect(box).to_be_visible()
        # What a form does at a key is there only once it has settled on the page.
        expect(self.page.locator(".htmx-settling, .htmx-swapping")).to_have_count(0)
        with self.page.expect_response("**/console/patients/pick"):
            box.fill(name)
        self.page.locator("[data-pick]", has_text=name).first.click()

    def open(self, name: str) -> Locator:
        """The panel of a patient's visit."""
        self.visit(name).click()
        expect(self.drawer.locator("dl.facts")).to_be_visible()
        return self.drawer

    def drag(self, name: str, provider: str, clock: str) -> None:
        """Move a visit by hand to another time or provider."""
        x, y = self.spot(provider, clock)
        box = self.visit(name).bounding_box()
        assert box, f"{name} is not in sight"
        mouse = self.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + 3)
        mouse.down()
        mouse.move(x, y + 20, steps=5)
        mouse.move(x, y, steps=5)
        mouse.up()


def send(page: Page, method: str, path: str, body: Any = None) -> Any:
    """A call of the API with the page's own session; returns what it answers."""
    return page.evaluate(
        "([method, path, body]) => caresmith.send(method, path, body ?? undefined)",
        [method, path, body],
    )


def until(page: Page, happened: str, *given: Any) -> None:
    """Wait for what an event or another's cache brings about: an async function of JavaScript.

    Playwright's own waiting takes an async function's promise for a yes.
    """
    patience = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(f"([...given]) => ({happened})(...given)", list(given)):
        assert time.monotonic() < patience, happened
        page.wait_for_timeout(500)


def add_patient(page: Page, given: str, family: str, born: str = "1980-01-15") -> str:
    """Register somebody without the form; returns the id."""
    made = send(
        page,
        "POST",
        "/patients",
        {
            "demographics": {
                "names": [{"given": [given], "family": family}],
                "birth_date": born,
            },
            "contact": {
                "telecoms": [{"system": "phone", "value": "+13125550187", "use": "mobile"}]
            },
            "confirmed_not_duplicate": True,
        },
    )
    return str(made["patient_id"])
