"""A running stack of its own and a real browser, each once for the test session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.manifest import FUNCTIONS
from scripts.localstack.harness import Stack
from scripts.localstack.running import environment
from tests.support.browsing import PATIENCE_MS, Console, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    OpenAs = Callable[..., Page]


def practice_morning() -> str:
    """Nine o'clock in Chicago on a Tuesday on which five providers work there, in UTC.

    The second Tuesday of next February: no holiday, no staff meeting, standard
    time, and ahead of the real clock, so that nothing expires before its time.
    """
    first = date(datetime.now(UTC).year + 1, 2, 1)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7 + 7)
    return f"{tuesday}T15:00:00"


class _RunningStack(Stack):
    """A stack that somebody started by hand and goes on using."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.url = environment(data)["CARESMITH_LOCAL_URL"]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with the sample practice, on free ports and a data folder of its own.

    While writing tests, CARESMITH_E2E_DATA may name the data folder of a stack
    that runs already, with the clock below: that saves loading the sample.
    """
    if running := os.environ.get("CARESMITH_E2E_DATA"):
        yield _RunningStack(Path(running))
        return
    clock = ("--clock-start", practice_morning())
    # A few clinical charts are enough here, and all of them take their time to write.
    os.environ.setdefault("CARESMITH_SAMPLE_CHARTS", "30")
    with Stack(tmp_path_factory.mktemp("stack"), *clock, seed=True) as stack:
        yield stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from scripts.bootstrap import browser

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=browser.ensure(),
            args=[
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def console(browser: Browser, stack: Stack) -> Iterator[Console]:
    """Knows the users of the sample practice and opens the console for them."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_MS)
    warm_up(stack)
    console = Console(browser, stack)
    yield console
    console.close()


def warm_up(stack: Stack) -> None:
    """One request to each function, one after another: none starts under a test's eyes."""
    for function in FUNCTIONS:
        for path in function.base_paths[:1]:
            httpx.get(stack.url + path, timeout=60)


@pytest.fixture
def watches(request: pytest.FixtureRequest) -> Iterator[dict[Page, Watch]]:
    """The watch over each page of the test; at its end none may have seen a problem.

    A journey marked ``refused(422)`` is also about answers of that status.
    """
    kept: dict[Page, Watch] = {}
    yield kept
    marker = request.node.get_closest_marker("refused")
    wanted = tuple(f"{status} " for status in marker.args) if marker else ()
    seen = [problem for watch in kept.values() for problem in watch.problems]
    assert [problem for problem in seen if not problem.startswith(wanted or ("\0",))] == []


@pytest.fixture
def page(console: Console, watches: dict[Page, Watch]) -> Iterator[Page]:
    """A page in a fresh browser profile with nobody logged in."""
    context = console.visitor()
    page = watched(context, watches)
    yield page
    context.close()


@pytest.fixture
def open_as(console: Console, watches: dict[Page, Watch]) -> Iterator[OpenAs]:
    """``open_as("Front desk", "/console/patients")``: a new page of that user at that address."""
    pages = []

    def opened(label: str, path: str = "/console") -> Page:
        page = watched(console.member(label), watches)
        pages.append(page)
        page.goto(path)
        return page

    yield opened
    for page in pages:
        page.close()


def watched(context: BrowserContext, watches: dict[Page, Watch]) -> Page:
    page = context.new_page()
    watches[page] = Watch()
    watches[page].follow(page)
    return page
