"""The README's picture, made by a stack of its own and a real browser."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyotp
from playwright.sync_api import Page, sync_playwright

from scripts.bootstrap import browser
from scripts.localstack.harness import Stack

PICTURE: Final = Path(__file__).with_name("calendar.png")
_WIDTH, _HEIGHT = 1440, 900
_MOST_BYTES: Final = 300_000
_VISIT: Final = "article.ec-event[data-visit]"


def main() -> None:
    """Start, load the sample, log in, shoot; writes ``calendar.png``."""
    with tempfile.TemporaryDirectory() as folder:
        clock = ("--clock-start", f"{_tuesday()}T15:50:00")
        with Stack(Path(folder), *clock, seed=True) as stack:
            taken = _shot(stack)
    if len(taken) > _MOST_BYTES:
        raise SystemExit(f"{len(taken)} bytes are too many for a README: nothing was written.")
    PICTURE.write_bytes(taken)
    print(f"{PICTURE} ({len(taken) // 1024} KB)")


def _tuesday() -> date:
    """The second Tuesday of next February, on which five providers work in one place."""
    first = date(datetime.now(UTC).year + 1, 2, 1)
    return first + timedelta(days=(1 - first.weekday()) % 7 + 7)


def _shot(stack: Stack) -> bytes:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.ensure(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(base_url=stack.url, viewport={"width": _WIDTH, "height": _HEIGHT})
        page.set_default_timeout(60_000)
        desk = next(one for one in _logins(stack) if one["label"] == "Front desk")
        _log_in(page, desk)
        page.goto("/console/scheduling")
        page.wait_for_selector("#calendar[data-shown]:not([aria-busy])")
        page.locator(_VISIT).first.wait_for()
        page.mouse.move(_WIDTH // 2, _HEIGHT - 1)
        return page.screenshot(animations="disabled")


def _logins(stack: Stack) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads((stack.data / "logins.json").read_text())
    return told


def _log_in(page: Page, login: dict[str, Any]) -> None:
    page.goto("/console/login")
    page.get_by_label("Username").fill(login["username"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The six digits").fill(pyotp.TOTP(login["totp_secret"]).now())
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/console")
