"""Rendering the chart's and the note's templates, and what their forms have in common."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.users import users_of
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.encounters import shown
from functions.encounters.app import app

_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page."""
    given = {"here": "/console/patients", **_known(), **values}
    return _pages.render(f"encounters/{template}", status=status, **given)


def fragment(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response[str]:
    """A part of a page. A refused form comes with its errors, to be shown in its place."""
    form = {"X-Form": "refused"} if status >= 400 else {}  # noqa: PLR2004 - HTTP's own boundary
    return _pages.render(
        f"encounters/{template}",
        status=status,
        headers={**form, **(headers or {})},
        **{**_known(), **values},
    )


def happened(said: str) -> Response[str]:
    """The answer to a drawer's form: the page reads anew what changed, and says so."""
    events: dict[str, Any] = {"chart-changed": True, "said": {"text": said}, "done": True}
    headers = {"HX-Trigger": json.dumps(events), "Cache-Control": "no-store"}
    return Response(204, headers=headers, body="")


def _known() -> dict[str, Any]:
    known, zone = setup(), zone_here()
    return {
        "setup": known,
        "zone": zone,
        "today": today(),
        "words": shown,
        "providers": [
            (one.id, one.display_name)
            for one in sorted(known.providers.values(), key=lambda p: (p.family, p.given))
        ],
    }


def setup() -> PracticeSetup:
    return practice_setup(current_actor().practice_id)


def zone_here() -> ZoneInfo:
    return ZoneInfo(setup().practice.zone)


def today() -> dt.date:
    """By the practice's clock."""
    return app.clock.now().astimezone(zone_here()).date()


def form() -> Form:
    """The posted form."""
    return posted(app.form_lists())


def query(name: str) -> str:
    """A query parameter; empty where it is absent."""
    return app.current_event.get_query_string_value(name, "") or ""


def staff() -> dict[str, str]:
    """Names of the practice's members by their user's id. One query."""
    return {str(user.user_id): user.display_name for user in users_of(current_actor().practice_id)}


def active_staff() -> list[tuple[str, str]]:
    """Who may be given a task, by name."""
    users = [user for user in users_of(current_actor().practice_id) if user.is_active]
    return sorted(((str(u.user_id), u.display_name) for u in users), key=lambda pair: pair[1])


def instant(wall: str) -> dt.datetime | None:
    """The instant of ``2026-11-24T09:05`` by the practice's clock; None for what is no time.

    Of a time that the clocks repeat, the first.
    """
    try:
        local = dt.datetime.fromisoformat(wall)
    except ValueError:
        return None
    return local.replace(tzinfo=zone_here()).astimezone(dt.UTC)
