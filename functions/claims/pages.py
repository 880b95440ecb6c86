"""Rendering the templates of claims, and what its forms have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.money import Money
from caresmith.records.practice import practice_setup
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.claims import wording
from functions.claims.answers import words
from functions.claims.app import app

HOME: Final = "/console/claims"
Html = Response[str]
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, **values: Any) -> Html:
    """A whole page."""
    return _pages.render(f"claims/{template}", status=status, here=HOME, **_known(), **values)


def fragment(template: str, *, status: int = 200, **values: Any) -> Html:
    """A part of a page, for htmx."""
    return _pages.render(f"claims/{template}", status=status, **_known(), **values)


def posted_form() -> Form:
    return posted(app.form_lists())


def providers() -> dict[str, str]:
    """Names by id, for lists and filters."""
    known = practice_setup(current_actor().practice_id).providers.values()
    return {one.id: one.display_name for one in sorted(known, key=lambda p: (p.family, p.given))}


def _known() -> dict[str, Any]:
    setup = practice_setup(current_actor().practice_id)
    return {
        "zone": ZoneInfo(setup.practice.zone),
        "words": wording,
        "codes": words,
        "base": HOME,
        "dollars": lambda cents: str(Money(cents)),
    }
