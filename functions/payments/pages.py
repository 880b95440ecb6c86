"""Rendering the templates of payments."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import practice_setup
from caresmith.web.pages import Pages, allowing
from functions.payments import store, wording

BASE: Final = "/console/payments"
DENIALS: Final = f"{BASE}/denials"
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, here: str = BASE, **values: Any) -> Response[str]:
    """A whole page. It may post to the bucket of files, and to nothing else outside."""
    return _pages.render(
        f"payments/{template}",
        status=status,
        headers=allowing(connect_src=store.origin()),
        here=here,
        **_known(),
        **values,
    )


def fragment(template: str, **values: Any) -> Response[str]:
    """A part of a page, for htmx."""
    return _pages.render(f"payments/{template}", **_known(), **values)


def _known() -> dict[str, Any]:
    setup = practice_setup(current_actor().practice_id)
    return {"zone": ZoneInfo(setup.practice.zone), "words": wording, "base": BASE}
