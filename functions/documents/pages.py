"""Rendering the templates of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import NotFound
from caresmith.ids import PatientId
from caresmith.records.patient import PatientCard, patient_card
from caresmith.records.practice import practice_setup
from caresmith.web.pages import Pages, allowing
from functions.documents import store, wording

BASE: Final = "/console/documents"
FAXES: Final = f"{BASE}/faxes"
ADMIN: Final = "/console/admin"
_PATIENTS: Final = "/console/patients"
_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(
    template: str, *, status: int = 200, here: str = _PATIENTS, **values: Any
) -> Response[str]:
    """A whole page. It may show what the bucket gives out and post to it, and nothing else."""
    bucket = store.origin()
    return _pages.render(
        f"documents/{template}",
        status=status,
        headers=allowing(img_src=bucket, frame_src=bucket, connect_src=bucket),
        here=here,
        **_known(),
        **values,
    )


def fragment(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response[str]:
    """A part of a page, for htmx."""
    return _pages.render(
        f"documents/{template}", status=status, headers=headers, **_known(), **values
    )


def zone() -> ZoneInfo:
    """The zone of the practice, by which pages tell times."""
    return ZoneInfo(practice_setup(current_actor().practice_id).practice.zone)


def card_of(patient: PatientId) -> PatientCard:
    """Whose documents they are. Raises NotFound."""
    card = patient_card(current_actor().practice_id, patient)
    if card is None:
        raise NotFound
    return card


def _known() -> dict[str, Any]:
    return {"zone": zone(), "words": wording, "base": BASE}
