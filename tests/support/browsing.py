"""A person at the console in a real browser: logs in, and nothing broken stays unseen.

Every page that a :class:`Person` opens is watched: an error in the script
console, a request that fails, an answer of 500 or above fails the test, and so
does an answer of 400 or above that the test did not announce.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pyotp

from scripts.bootstrap.paths import AXE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

    from scripts.localstack.harness import Stack

PATIENCE_MS: Final = 45_000
"""How long a page may take on a busy machine."""
_STEP_SECONDS: Final = 30
_SERVER_ERROR: Final = 500
# WCAG 2.2 at level AA is these rules and no others.
_WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@dataclass
class Watch:
    """What went wrong on the pages of one browser profile."""

    problems: list[str] = field(default_factory=list)
    _announced: set[int] = field(default_factory=set)

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("console", self._said)
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)

    @contextmanager
    def refusals(self, *statuses: int) -> Iterator[None]:
        """While open, answers of these statuses are what the test wants to see."""
        self._announced |= set(statuses)
        yield
        self._announced -= set(statuses)

    def _said(self, message: Any) -> None:
        # Of a refused answer the browser says so here too; _answered knows better.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status not in self._announced:
            self.problems.append(f"{answer.status} {answer.request.method} {answer.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left drops what it was still asking for.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.failure} {request.method} {request.url}")


class Authenticator:
    """A user's one-time codes. A code opens once, so each call gives a later one."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._last = 0

    def code(self) -> str:
        """The next code that is good now; waits where all of the moment are used up."""
        while True:
            now = int(time.time()) // _STEP_SECONDS
            step = max(self._last + 1, now)
            if step <= now + 1:
                self._last = step
                return self._totp.generate_otp(step)
            time.sleep(_STEP_SECONDS - time.time() % _STEP_SECONDS)


@dataclass
class Login:
    """One of the sample practice's users."""

    username: str
    password: str
    authenticator: Authenticator
    profile: BrowserContext | None = None
    """The browser in which the user is logged in."""


class Console:
    """Opens the console of one stack for its users."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser, self.stack = browser, stack
        told = json.loads((stack.data / "logins.json").read_text())
        self.logins = {
            one["label"]: Login(one["username"], one["password"], Authenticator(one["totp_secret"]))
            for one in told
        }

    def visitor(self) -> BrowserContext:
        """A fresh browser profile in which nobody is logged in."""
        context = self._browser.new_context(
            base_url=self.stack.url,
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        return context

    def member(self, label: str) -> BrowserContext:
        """The profile of that member of the staff: logged in once, kept for the whole run."""
        login = self.logins[label]
        if login.profile is None:
            login.profile = self.visitor()
            page = login.profile.new_page()
            log_in(page, login)
            page.close()
        return login.profile

    def close(self) -> None:
        for login in self.logins.values():
            if login.profile is not None:
                login.profile.close()


def log_in(page: Page, login: Login) -> None:
    """From the log-in page to home, by password and code."""
    page.goto("/console/login")
    page.get_by_label("Username").fill(login.username)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The six digits").fill(login.authenticator.code())
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/console")


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious or critical against WCAG 2.2 AA in what the page shows now."""
    page.evaluate(_axe())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", list(_WCAG)
    )
    told = [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert told == [], f"{page.url}: " + "\n".join(told)


@cache
def _axe() -> str:
    """The checker's source. It enters through the debugger, past the page's own CSP."""
    return AXE.read_text()
