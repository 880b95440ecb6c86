"""The drawer of vital signs: taken, corrected, taken back; with the units of whoever measures."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import PatientId, VitalsId
from caresmith.measures.age import age
from caresmith.permissions import Permission
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.observation import Vitals
from caresmith.text import clean_note
from caresmith.web.forms import Form, FormRefused, version_of
from functions.encounters import chart, entry_writing, vitals_form
from functions.encounters.app import app
from functions.encounters.drawers import Drawer
from functions.encounters.entry_drawers import (
    entry_drawer,
    list_of,
    new_form,
    retract_from,
    visit_of,
)
from functions.encounters.kinds import WITH_RULES
from functions.encounters.pages import form, fragment, happened, instant, zone_here
from functions.encounters.who import Who, who

Html = Response[str]
_PATH: Final = "/console/charts/<patient_id>/vitals"


def _nothing(_form: Form, _given: Any) -> None:
    """This form has a reader of its own."""


class _Vitals(Drawer):
    def shown(self, content: Any) -> Form:
        return vitals_form.as_form(content, content.at.astimezone(zone_here()))


DRAWER: Final = _Vitals(
    next(kind for kind in WITH_RULES if kind.content is Vitals),
    "Vital signs",
    "Vital signs",
    _nothing,
    _nothing,
)


def _last(patient: PatientId) -> Vitals | None:
    practice = current_actor().practice_id
    for item in entries.read_now(practice, patient, Kind.VITALS):
        return entries.open_entry(practice, item, Vitals).content
    return None


def _months(person: Who, at: dt.datetime) -> int:
    born = person.chart.demographics.birth_date
    return age(born, max(born, at.astimezone(zone_here()).date())).months


def _extra(patient: PatientId) -> dict[str, Any]:
    person = who(current_actor().practice_id, patient)
    return {"vitals": vitals_form, "months": _months(person, app.clock.now())}


@app.get(_PATH, include_in_schema=False)
@requires(Permission.READ_CHART, action="list-vitals")
def vitals_list(patient_id: PatientId) -> Html:
    return list_of(DRAWER, patient_id)


@app.get(f"{_PATH}/new", include_in_schema=False)
@requires(Permission.RECORD_VITALS, action="begin-vitals")
def new_vitals(patient_id: PatientId) -> Html:
    now = app.clock.now().astimezone(zone_here())
    shown = vitals_form.blank(_last(patient_id), now)
    return new_form(DRAWER, patient_id, shown, None, **_extra(patient_id))


@app.get(f"{_PATH}/<vitals_id>", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-vitals")
def one_sitting(patient_id: PatientId, vitals_id: VitalsId) -> Html:
    return entry_drawer(DRAWER, patient_id, vitals_id, **_extra(patient_id))


@app.post("/console/charts/body-mass-index", include_in_schema=False)
@requires(Permission.RECORD_VITALS, audited=False)
def body_mass() -> Html:
    """The index of what stands in the fields: nothing is read of anybody, nothing kept."""
    given = form()
    measured = Form(
        {name: text for name, text in given.values.items() if name.startswith(("weight", "height"))}
    )
    try:
        found = vitals_form.filled(measured, 0)
    except FormRefused:
        return fragment("drawers/index.html", index="")
    content = vitals_form.sitting(found, app.clock.now(), None)
    return fragment("drawers/index.html", index=vitals_form.index_of(content))


@app.post(_PATH, include_in_schema=False)
@requires(Permission.RECORD_VITALS, action="record-vitals")
def record_form(patient_id: PatientId) -> Html:
    given = form()
    try:
        entry_writing.add(
            patient_id,
            DRAWER.kind,
            _content(given, who(current_actor().practice_id, patient_id)),
            encounter=visit_of(given),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except DomainError as error:
        refused = _refused(given, error)
        return new_form(DRAWER, patient_id, refused, error, **_extra(patient_id))
    return happened("Vital signs recorded.")


@app.post(f"{_PATH}/<vitals_id>", include_in_schema=False)
@requires(Permission.RECORD_VITALS, action="correct-vitals")
def correct_form(patient_id: PatientId, vitals_id: VitalsId) -> Html:
    given, actor = form(), current_actor()
    item = charts.find(actor.practice_id, patient_id, Kind.VITALS, vitals_id)
    before = entries.open_entry(actor.practice_id, item, Vitals).content
    try:
        chart.expect(item, version_of(given))
        entry_writing.replace(
            patient_id,
            DRAWER.kind,
            vitals_id,
            _content(given, who(actor.practice_id, patient_id), before),
            version_of(given),
            actor=actor,
            now=app.clock.now(),
        )
    except DomainError as error:
        refused = _refused(given, error)
        return entry_drawer(DRAWER, patient_id, vitals_id, refused, error, **_extra(patient_id))
    return happened("Saved.")


@app.post(f"{_PATH}/<vitals_id>/in-error", include_in_schema=False)
@requires(Permission.RECORD_VITALS, action="retract-vitals")
def retract_vitals(patient_id: PatientId, vitals_id: VitalsId) -> Html:
    return retract_from(DRAWER, patient_id, vitals_id, **_extra(patient_id))


def _content(given: Form, person: Who, before: Vitals | None = None) -> Vitals:
    """Raises FormRefused, also to ask once whether what is unusual is right."""
    at = instant(given.values.get("at", ""))
    if at is None:
        given.errors["at"] = "Give a date and a time."
        at = app.clock.now()
    elif at > app.clock.now() + dt.timedelta(minutes=1):
        given.errors["at"] = "Lies in the future."
    found = vitals_form.filled(given, _months(person, at))
    if found.unusual and given.values.get("sure") != "true":
        given.errors |= found.unusual
        given.title = "Some values are unusual at this age."
        raise FormRefused(given)
    note = given.values.get("note", "").strip()
    try:
        cleaned = clean_note(note) if note else None
    except ValueError as error:
        given.errors["note"] = str(error).capitalize() + "."
        raise FormRefused(given) from None
    return vitals_form.sitting(found, min(at, app.clock.now()), cleaned, before)


def _refused(given: Form, error: DomainError) -> Form:
    return error.form if isinstance(error, FormRefused) else given.refused(error)
