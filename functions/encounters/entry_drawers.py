"""The chart's drawers: for each kind its list, its form, its versions; written, and taken back.

What :mod:`entry_screens` and :mod:`vitals_screens` have routes for.
"""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, VersionConflict, invalid
from caresmith.ids import EncounterId, EntityId, PatientId
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.charts import must_exist
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.encounter import EncounterStatus, VisitLine
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.order import ORDER_MOVES
from caresmith.records.clinical.planning import RequestStatus
from caresmith.web.forms import Form, FormRefused, parse, version_of
from caresmith.web.partial_dates import read_dates
from functions.encounters import chart, choices, entry_writing, telling
from functions.encounters.app import app
from functions.encounters.drawers import OWN, TODAY, Drawer
from functions.encounters.filling import Filling
from functions.encounters.pages import (
    active_staff,
    form,
    fragment,
    happened,
    query,
    setup,
    staff,
    today,
    zone_here,
)

Html = Response[str]

OWN_FIELDS: Final = ("version", "encounter_id", "none_known")
"""Fields of every form that are none of the content."""


# -- what a drawer shows ------------------------------------------------------------


def new_form(
    drawer: Drawer, patient: PatientId, shown: Form, error: DomainError | None, **more: Any
) -> Html:
    """The form of an entry that is to come."""
    practice = current_actor().practice_id
    if error is None:
        must_exist(practice, patient)
    visits = open_visits(patient)
    if "encounter_id" not in shown.values and visits:
        shown.values = {**shown.values, "encounter_id": visits[0].id}
    return fragment(
        drawer.template,
        status=error.status if error else 200,
        drawer=drawer,
        patient_id=patient,
        base=base_of(drawer, patient),
        action=base_of(drawer, patient),
        read=None,
        form=shown,
        writes=True,
        visits=visits,
        **offered(drawer, patient),
        **more,
    )


def beginning(drawer: Drawer) -> Form:
    """What the fields of a new entry begin with."""
    day = today()
    own = current_actor().provider_id or ""
    shown = day.strftime("%m/%d/%Y")
    known = {OWN: own, TODAY: day.isoformat()}
    return Form(
        {
            name: shown if value is TODAY and name in drawer.dates else known.get(value, value)
            for name, value in drawer.begins.items()
        }
    )


def entry_drawer(
    drawer: Drawer,
    patient: PatientId,
    entry: EntityId,
    shown: Form | None = None,
    error: DomainError | None = None,
    **more: Any,
) -> Html:
    """One entry: its form for whoever may change it, what it says, and what it said before."""
    actor, content = current_actor(), drawer.kind.content
    item = charts.find(actor.practice_id, patient, content.kind, entry)
    read = entries.open_entry(actor.practice_id, item, content)
    former = [
        entries.open_entry(actor.practice_id, was, content) for was in entries.former_versions(item)
    ]
    given = shown or drawer.shown(read.content)
    clash = error if isinstance(error, VersionConflict) else None
    if clash is not None:
        given.title = "Somebody else changed this meanwhile. What they wrote stands below."
    base = base_of(drawer, patient)
    return fragment(
        drawer.template,
        status=error.status if error else 200,
        drawer=drawer,
        patient_id=patient,
        base=base,
        action=f"{base}/{entry}",
        read=read,
        lines=teller().lines(read.content),
        versions=told_versions([read, *former]),
        in_error=item.status == "entered-in-error",
        clash=clash,
        form=given,
        writes=actor.may(drawer.kind.permission) and item.status != "entered-in-error",
        visits=[],
        moves=moves_of(read.content),
        **offered(drawer, patient),
        **more,
    )


def told_versions(reads: list[Read[Any]]) -> list[dict[str, Any]]:
    """The versions of an entry, the latest first: who, when, and what became different."""
    teller_, names = teller(), staff()
    told = []
    for place, read in enumerate(reads):
        before = reads[place + 1] if place + 1 < len(reads) else None
        told.append(
            {
                "version": read.version,
                "at": read.changed_at,
                "by": names.get(read.changed_by, "The system"),
                "changes": teller_.changes(before.content, read.content) if before else [],
                "lines": teller_.lines(read.content) if before is None else [],
            }
        )
    return told


def teller() -> telling.Telling:
    names = {str(one.id): one.display_name for one in setup().providers.values()}
    return telling.Telling({**names, **staff()}, zone_here())


def open_visits(patient: PatientId) -> list[Read[VisitLine]]:
    """The patient's open visits, the one that is going on first."""
    practice = current_actor().practice_id
    found = [
        entries.open_entry(practice, item, VisitLine)
        for item in entries.read_now(practice, patient, Kind.ENCOUNTER)
    ]
    going_on = (EncounterStatus.IN_PROGRESS, EncounterStatus.TRIAGED, EncounterStatus.ARRIVED)
    latest_first = sorted(found, key=lambda visit: visit.content.start, reverse=True)
    return sorted(latest_first, key=lambda visit: visit.content.status not in going_on)


def problems_of(patient: PatientId) -> list[Read[Condition]]:
    practice = current_actor().practice_id
    items = entries.read_now(practice, patient, Kind.CONDITION)
    return [entries.open_entry(practice, item, Condition) for item in items]


def offered(drawer: Drawer, patient: PatientId) -> dict[str, Any]:
    """What the form lets choose from."""
    return {
        "choices": choices,
        "problems": problems_of(patient) if drawer.wants_problems else [],
        "staff": active_staff() if drawer.wants_staff else [],
        "headline": telling.headline,
    }


def moves_of(content: Any) -> list[str]:
    """What an order may become by hand."""
    if drawer_moves := getattr(content, "requester_id", None) and ORDER_MOVES.get(content.status):
        return [one.value for one in drawer_moves if one is not RequestStatus.ENTERED_IN_ERROR]
    return []


def base_of(drawer: Drawer, patient: PatientId) -> str:
    return f"/console/charts/{patient}/{drawer.kind.path}"


# -- what a form does ----------------------------------------------------------------


def content_of(drawer: Drawer, patient: PatientId, given: Form, before: Any = None) -> Any:
    """The content that the form makes. Raises FormRefused with each complaint at its field."""
    filled = Form(given.values, given.lists)
    problems = problems_of(patient) if drawer.wants_problems else []
    filling = Filling(current_actor(), app.clock.now(), before, problems)
    read_dates(filled, *drawer.dates)
    drawer.fill(filled, filling)
    own, filled.errors = filled.errors, {}
    try:
        content = parse(filled, drawer.kind.content, ignore=OWN_FIELDS)
    except FormRefused:
        pass
    else:
        if not own:
            return content
    # What the form says of a date or a code is better than what its model says of it.
    given.errors |= {**drawer.place(filled.errors, filled), **own}
    raise FormRefused(given)


def against(drawer: Drawer, given: Form, error: DomainError) -> Form:
    """The form with what a rule has against it, at the fields that it shows."""
    refused = given.refused(error)
    refused.errors = drawer.place(refused.errors, refused)
    return refused


def visit_of(given: Form) -> EncounterId | None:
    text = given.values.get("encounter_id", "")
    try:
        return EncounterId(text) if text else None
    except ValueError:
        raise invalid("encounter_id", "Choose one of the visits.") from None


def add_from(drawer: Drawer, patient: PatientId) -> Html:
    given = form()
    try:
        content = content_of(drawer, patient, given)
        entry_writing.add(
            patient,
            drawer.kind,
            content,
            encounter=visit_of(given),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except FormRefused as refused:
        return new_form(drawer, patient, refused.form, refused)
    except DomainError as error:
        return new_form(drawer, patient, against(drawer, given, error), error)
    return happened(f"{drawer.one} added.")


def change_from(drawer: Drawer, patient: PatientId, entry: EntityId) -> Html:
    actor, given = current_actor(), form()
    item = charts.find(actor.practice_id, patient, drawer.kind.content.kind, entry)
    before = entries.open_entry(actor.practice_id, item, drawer.kind.content).content
    try:
        chart.expect(item, version_of(given))
        content = content_of(drawer, patient, given, before)
        entry_writing.replace(
            patient,
            drawer.kind,
            entry,
            content,
            version_of(given),
            actor=actor,
            now=app.clock.now(),
        )
    except FormRefused as refused:
        return entry_drawer(drawer, patient, entry, refused.form, refused)
    except DomainError as error:
        return entry_drawer(drawer, patient, entry, against(drawer, given, error), error)
    return happened("Saved.")


def retract_from(drawer: Drawer, patient: PatientId, entry: EntityId, **extra: Any) -> Html:
    """Take an entry back; ``extra`` is what the drawer's template knows besides."""
    given = form()
    try:
        entry_writing.retract(
            patient,
            drawer.kind,
            entry,
            version_of(given),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except DomainError as error:
        return entry_drawer(drawer, patient, entry, Form().refused(error), error, **extra)
    return happened("Marked as entered in error.")


def list_of(drawer: Drawer, patient: PatientId) -> Html:
    """All entries of the kind: those that matter now, then the past ones by date."""
    practice, content = current_actor().practice_id, drawer.kind.content
    found, after = chart.history(
        practice, patient, content.kind, first=None, last=None, cursor=query("cursor")
    )
    read = [(entries.open_entry(practice, item, content), item.status) for item in found]
    return fragment(
        "drawers/list.html" if not query("cursor") else "drawers/rows.html",
        drawer=drawer,
        patient_id=patient,
        base=base_of(drawer, patient),
        entries=read,
        after=after,
        headline=telling.headline,
        names=staff(),
        writes=current_actor().may(drawer.kind.permission),
    )
