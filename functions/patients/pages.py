"""Rendering the chart's templates with the words they use."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.records.practice import PracticeSetup
from caresmith.web import forms
from caresmith.web.pages import Pages
from functions.patients import entry, models, wording

_pages: Final = Pages(Path(__file__).with_name("templates"))
_KNOWN: Final[dict[str, ModuleType | Any]] = {
    "words": wording,
    "rows_of": forms.rows_of,
    "groups": entry.GROUPS,
    "take_fields": models.TakeField.__args__,  # type: ignore[attr-defined]
}


def page(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page of the feature. With ``setup``, it can name providers and locations."""
    if "setup" in values:
        values |= _of_setup(values["setup"])
    return _pages.render(
        f"patients/{template}", status=status, **{"here": "/console/patients", **_KNOWN, **values}
    )


def fragment(template: str, **values: Any) -> Response[str]:
    """A part of a page, for htmx."""
    if "setup" in values:
        values |= _of_setup(values["setup"])
    return _pages.render(f"patients/{template}", **{**_KNOWN, **values})


def _of_setup(setup: PracticeSetup) -> dict[str, Any]:
    providers = sorted(setup.providers.values(), key=lambda p: (p.family, p.given))
    return {
        "providers": [(p.id, p.display_name) for p in providers if p.active],
        "locations": [(place.id, place.name) for place in setup.locations.values()],
        "zone": ZoneInfo(setup.practice.zone),
    }
