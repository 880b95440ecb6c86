"""The console's page of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import InvalidRequest, invalid
from caresmith.ids import PatientId
from caresmith.web.pages import Pages
from functions.audit import reading
from functions.audit.models import EntryPage

PATH = "/console/audit"
_pages = Pages(Path(__file__).with_name("templates"))


@dataclass(frozen=True)
class Question:
    """What the page's form asks for, as typed. A patient is asked for over all days."""

    day: str
    patient: str
    emergency: bool
    cursor: str

    def older(self, cursor: str | None) -> str | None:
        """The link to the next page; None where there is none."""
        if cursor is None:
            return None
        asked = {"day": self.day, "patient": self.patient, "cursor": cursor}
        if self.emergency:
            asked["emergency"] = "true"
        return f"{PATH}?{urlencode({name: value for name, value in asked.items() if value})}"


def trail(asked: Question, actor: Actor, today: date) -> Response[str]:
    """Entries of a day or of a patient, with the chain's state."""
    errors = dict.fromkeys(("day", "patient", "cursor"), "")
    found = EntryPage(entries=[])
    try:
        found = _entries(asked, actor, today)
    except InvalidRequest as error:
        errors |= {each.field: each.message for each in error.fields}
    return _pages.render(
        "audit/trail.html",
        here=PATH,
        status=422 if any(errors.values()) else 200,
        asked=asked,
        day=asked.day or today.isoformat(),
        found=found,
        older=asked.older(found.cursor),
        errors=errors,
        chain=reading.chain_status(actor.practice_id, today),
    )


def _entries(asked: Question, actor: Actor, today: date) -> EntryPage:
    if asked.patient:
        try:
            patient = PatientId(asked.patient)
        except ValueError:
            raise invalid(
                "patient", "This is not a patient's id: pat_ and 26 characters."
            ) from None
        audit().about(patient)
        return reading.read_patient(
            actor.practice_id, patient, cursor=asked.cursor, emergency=asked.emergency
        )
    try:
        day = date.fromisoformat(asked.day) if asked.day else today
    except ValueError:
        raise invalid("day", "Give a date as yyyy-mm-dd.") from None
    audit().record(f"audit:{day}")
    return reading.read_day(actor.practice_id, day, cursor=asked.cursor, emergency=asked.emergency)
