"""Rendering the templates of coverage, and what its forms have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.contact import shown_phone
from caresmith.records.practice import practice_setup
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.coverage import reasons, wording, words
from functions.coverage.app import app

HOME: Final = "/console/coverage"
Html = Response[str]
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, here: str = HOME, **values: Any) -> Html:
    """A whole page."""
    return _pages.render(f"coverage/{template}", status=status, here=here, **_known(), **values)


def fragment(template: str, **values: Any) -> Html:
    """A part of a page, for htmx."""
    return _pages.render(f"coverage/{template}", **_known(), **values)


def posted_form() -> Form:
    return posted(app.form_lists())


def _known() -> dict[str, Any]:
    setup = practice_setup(current_actor().practice_id)
    return {
        "zone": ZoneInfo(setup.practice.zone),
        "w": words,
        "words": wording,
        "reasons": reasons,
        "base": HOME,
        "shown_phone": shown_phone,
    }
