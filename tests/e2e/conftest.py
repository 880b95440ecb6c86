"""A running stack of its own and a real browser, each once for the test session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scripts.localstack.harness import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with the sample practice, on free ports and a data folder of its own."""
    with Stack(tmp_path_factory.mktemp("stack"), seed=True) as stack:
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


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A fresh browser profile; paths are relative to the stack's address."""
    context = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
