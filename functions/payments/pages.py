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


def fragment(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A part of a page, for htmx; a form that was refused is shown in its place."""
    headers = {"X-Form": "refused"} if status >= 400 else {}  # noqa: PLR2004 - HTTP's own boundary
    return _pages.render(
        f"payments/{template}", status=status, headers=headers, **_known(), **values
    )


def _known() -> dict[str, Any]:
    setup = practice_setup(current_actor().practice_id)
    return {"zone": ZoneInfo(setup.practice.zone), "words": wording, "base": BASE}
