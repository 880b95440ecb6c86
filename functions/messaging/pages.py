"""Rendering messaging's templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import practice_setup
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.messaging import wording
from functions.messaging.app import app

_pages: Final = Pages(Path(__file__).with_name("templates"))
INBOX: Final = "/console/messages"


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page."""
    return _pages.render(
        f"messaging/{template}", status=status, here=INBOX, zone=_zone(), words=wording, **values
    )


def fragment(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response[str]:
    """A part of a page. A refused form comes with its errors, to be shown in its place."""
    refused = {"X-Form": "refused"} if status >= 400 else {}  # noqa: PLR2004 - HTTP's own boundary
    return _pages.render(
        f"messaging/{template}",
        status=status,
        headers={**refused, **(headers or {})},
        zone=_zone(),
        words=wording,
        **values,
    )


def said(text: str, *events: str) -> dict[str, str]:
    """The header that says what happened, and tells the page's parts to read themselves anew."""
    told: dict[str, Any] = {"said": {"text": text}, **dict.fromkeys(events, True)}
    return {"HX-Trigger": json.dumps(told)}


def form() -> Form:
    """The posted form."""
    return posted(app.form_lists())


def query(name: str) -> str:
    """A query parameter; empty where it is absent."""
    return app.current_event.get_query_string_value(name, "") or ""


def _zone() -> ZoneInfo:
    """The practice's: times of messages are the staff's."""
    return ZoneInfo(practice_setup(current_actor().practice_id).practice.zone)
