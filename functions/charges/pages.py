"""Rendering the templates of charge entry, and what its forms have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.charges import wording
from functions.charges.app import app
from functions.charges.desk import Desk

BASE: Final = "/console/charges"
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page."""
    return _pages.render(f"charges/{template}", status=status, here=BASE, **_known(), **values)


def fragment(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A part of a page. A refused form comes with its errors, to be shown in its place."""
    headers = {"X-Form": "refused"} if status >= 400 else {}  # noqa: PLR2004 - HTTP's own boundary
    return _pages.render(
        f"charges/{template}", status=status, headers=headers, **_known(), **values
    )


def _known() -> dict[str, Any]:
    known = setup()
    return {
        "setup": known,
        "zone": ZoneInfo(known.practice.zone),
        "words": wording,
        "base": BASE,
        "providers": [
            (one.id, one.display_name)
            for one in sorted(known.providers.values(), key=lambda p: (p.family, p.given))
        ],
        "locations": [(one.id, one.name) for one in known.locations.values()],
    }


def setup() -> PracticeSetup:
    return practice_setup(current_actor().practice_id)


def desk() -> Desk:
    return Desk(current_actor(), app.clock.now())


def form() -> Form:
    """The posted form."""
    return posted(app.form_lists())


def query(name: str) -> str:
    """A query parameter; empty where it is absent."""
    return app.current_event.get_query_string_value(name, "") or ""
