"""Rendering the chart's and the note's templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.records.practice import practice_setup
from caresmith.web.pages import Pages
from functions.encounters import shown
from functions.encounters.app import app

_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page."""
    setup = practice_setup(current_actor().practice_id)
    zone = ZoneInfo(setup.practice.zone)
    return _pages.render(
        f"encounters/{template}",
        status=status,
        here="/console/patients",
        setup=setup,
        zone=zone,
        today=app.clock.now().astimezone(zone).date(),
        words=shown,
        **values,
    )
