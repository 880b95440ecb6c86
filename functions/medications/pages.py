"""Rendering the templates of medications."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.ids import PatientId
from caresmith.measures.age import age
from caresmith.permissions import Permission
from caresmith.records.clinical import entries
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.layout import Kind
from caresmith.records.patient import Chart, ChartStatus
from caresmith.records.practice import practice_setup
from caresmith.web.pages import Pages
from functions.medications import chart, wording
from functions.medications.app import app

WORK: Final = "/console/medications"
_pages: Final = Pages(Path(__file__).with_name("templates"))


class Person:
    """Whose medications they are, as the top of each page says it."""

    def __init__(self, who: Chart, today: date, allergies: list[Allergy]) -> None:
        self.patient_id, self.chart, self.allergies = who.patient_id, who, allergies
        about = who.demographics
        self.name = about.main_name().full()
        self.birth_date, self.gender, self.mrn = about.birth_date, about.gender, who.identifiers.mrn
        self.age = age(about.birth_date, max(about.birth_date, about.deceased_on or today)).words
        self.open = who.status is ChartStatus.ACTIVE

    @property
    def path(self) -> str:
        return f"{WORK}/{self.patient_id}"


def person(patient: PatientId) -> Person:
    """Who it is; with their allergies for who may read a chart. Raises NotFound."""
    actor = current_actor()
    practice, sees = actor.practice_id, actor.may(Permission.READ_CHART)
    who = chart.person(practice, patient)
    allergies = [
        entries.open_entry(practice, item, Allergy).content
        for one in (charts_of(practice, patient) if sees else ())
        for item in entries.read_now(practice, one, Kind.ALLERGY)
    ]
    return Person(who, today(), allergies)


def today() -> date:
    """The day, by the practice's clock."""
    return app.clock.now().astimezone(_zone()).date()


def page(template: str, *, status: int = 200, here: str = WORK, **values: Any) -> Response[str]:
    """A whole page."""
    return _pages.render(f"medications/{template}", status=status, here=here, **_known(), **values)


def fragment(template: str, **values: Any) -> Response[str]:
    """A part of a page, for htmx."""
    return _pages.render(f"medications/{template}", **_known(), **values)


def _zone() -> ZoneInfo:
    return ZoneInfo(practice_setup(current_actor().practice_id).practice.zone)


def _known() -> dict[str, Any]:
    setup = practice_setup(current_actor().practice_id)
    return {"zone": _zone(), "words": wording, "setup": setup}
