"""Rendering the templates of results."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import practice_setup
from caresmith.web.pages import Pages
from functions.results import wording

INBOX: Final = "/console/results"
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page."""
    return _pages.render(f"results/{template}", status=status, here=INBOX, **_known(), **values)


def fragment(template: str, **values: Any) -> Response[str]:
    """A part of a page, for htmx."""
    return _pages.render(f"results/{template}", **_known(), **values)


def _known() -> dict[str, Any]:
    setup = practice_setup(current_actor().practice_id)
    providers = sorted(setup.providers.values(), key=lambda p: (p.family, p.given))
    return {
        "zone": ZoneInfo(setup.practice.zone),
        "words": wording,
        "providers": [(p.id, p.display_name) for p in providers],
    }
