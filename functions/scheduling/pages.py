"""Rendering the calendar's templates, and wall clocks on their way in and out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import NotFound, invalid
from caresmith.ids import LocationId, PatientId
from caresmith.records.contact import shown_phone
from caresmith.records.practice import Location, PracticeSetup, practice_setup
from caresmith.web.forms import Form, posted
from caresmith.web.pages import Pages
from functions.scheduling import wording
from functions.scheduling.app import app

_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, here: str = "/console/scheduling", **values: Any) -> Response[str]:
    """A whole page of the calendar."""
    return _pages.render(f"scheduling/{template}", here=here, words=wording, **values)


def fragment(
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response[str]:
    """A part of a page. A refused form comes with its errors, to be shown in its place."""
    form = {"X-Form": "refused"} if status >= 400 else {}  # noqa: PLR2004 - HTTP's own boundary
    return _pages.render(
        f"scheduling/{template}",
        status=status,
        headers={**form, **(headers or {})},
        words=wording,
        shown_phone=shown_phone,
        **values,
    )


def happened(said: str, *, close: bool = False) -> dict[str, str]:
    """The header by which the page learns that the calendar changed, and what to say."""
    events: dict[str, Any] = {"calendar-changed": True, "said": {"text": said}}
    if close:
        events["done"] = True
    return {"HX-Trigger": json.dumps(events)}


def form() -> Form:
    """The posted form."""
    return posted(app.form_lists())


def query(name: str) -> str:
    """A query parameter; empty where it is absent."""
    return app.current_event.get_query_string_value(name, "") or ""


def setup() -> PracticeSetup:
    return practice_setup(current_actor().practice_id)


def location_asked(known: PracticeSetup, text: str) -> Location:
    """The location of that id; the practice's first where none is named. Raises NotFound."""
    active = [place for place in known.locations.values() if place.active]
    if not active:
        raise NotFound("Set up a location first.")
    if not text:
        return active[0]
    for place in active:
        if place.id == text:
            return place
    raise NotFound


def patient_asked(text: str) -> PatientId | None:
    """The patient in an address. Raises NotFound for what is no id."""
    try:
        return PatientId(text) if text else None
    except ValueError:
        raise NotFound from None


def date_asked(text: str, zone: ZoneInfo) -> date:
    """The date in the text, or today there."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return app.clock.now().astimezone(zone).date()


def wall(at: datetime, zone: ZoneInfo) -> str:
    """``2026-11-24T09:05``: an instant by the place's clock."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def instant(day: str, clock: str, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time; of one that DST repeats, the first.

    Raises InvalidRequest for what is no time, or one that DST leaves out.
    """
    try:
        local = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
    except ValueError:
        raise invalid("start", "give a date and a time") from None
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise invalid("start", "the clocks go forward then: that time does not exist")
    return found


def zone_of(known: PracticeSetup, location: LocationId) -> ZoneInfo:
    """The location's zone; the practice's for a location that is gone."""
    if location in known.locations:
        return known.zone_of(location)
    return ZoneInfo(known.practice.zone)
