"""Rendering the feature's templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.reminders import words
from functions.reminders.app import app

PATH: Final = "/console/reminders"
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, tab: str = "", **values: Any) -> Response[str]:
    """A whole page; ``tab`` says which of the feature's own it is."""
    return _pages.render(
        f"reminders/{template}", status=status, here=PATH, tab=tab, words=words, **values
    )


def fragment(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A part of a page."""
    return _pages.render(f"reminders/{template}", status=status, words=words, **values)


def form() -> Form:
    """The posted form."""
    return posted(app.form_lists())


def query(name: str) -> str:
    """A query parameter; empty where it is absent."""
    return app.current_event.get_query_string_value(name, "") or ""


def setup() -> PracticeSetup:
    return practice_setup(current_actor().practice_id)
