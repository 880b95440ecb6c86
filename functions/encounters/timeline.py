"""What happened to a patient, the latest first: visits, results, orders and the rest as one list.

Each kind's past lies under its own keys by date, so a page of the timeline is one
short query for each kind, and the next begins at the day where this one ends.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.ids import PatientId, PracticeId
from caresmith.records.clinical import entries
from caresmith.records.clinical.charts import charts_of, must_exist
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.encounter import VisitLine
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.order import Order
from caresmith.records.clinical.procedure import Procedure
from caresmith.records.clinical.report import Report
from functions.encounters import shown

PAGE: Final = 25
BRIEF: Final = 8

_KINDS: Final[dict[Kind, tuple[type[Content], str]]] = {
    Kind.ENCOUNTER: (VisitLine, "Visit"),
    Kind.REPORT: (Report, "Result"),
    Kind.DOCUMENT: (Document, "Document"),
    Kind.ORDER: (Order, "Order"),
    Kind.IMMUNIZATION: (Immunization, "Immunization"),
    Kind.PROCEDURE: (Procedure, "Procedure"),
    Kind.CONDITION: (Condition, "Problem"),
}


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    day: dt.date
    what: str
    words: str
    kind: Kind
    entry_id: str


def timeline(
    patient: PatientId, *, until: dt.date | None, brief: bool, actor: Actor
) -> tuple[list[Event], dt.date | None]:
    """Events up to that day, the latest first, and the day at which the next page begins.

    Raises NotFound for a patient whom the practice does not have.
    """
    practice, most = actor.practice_id, BRIEF if brief else PAGE
    audit().about(patient)
    charts = charts_of(practice, patient)
    audit().about(*charts)
    found, edge = _past(practice, charts, until, most)
    found += _present(practice, charts, until)
    if not found:
        must_exist(practice, patient)
    ordered = sorted(found, key=lambda item: (item.day, item.entry_id), reverse=True)
    # Before the day at which a kind was cut off, this page would have holes.
    whole = [item for item in ordered if edge is None or item.day >= edge.isoformat()]
    shown_ = whole[:most] if brief else whole
    told = [_told(actor, item) for item in shown_ if item.status != ENTERED_IN_ERROR]
    return told, edge - dt.timedelta(days=1) if edge else None


def _past(
    practice: PracticeId, charts: list[PatientId], until: dt.date | None, most: int
) -> tuple[list[ChartEntry], dt.date | None]:
    """Each kind's latest entries, and the latest day at which one was cut off, which is whole."""
    found: dict[str, ChartEntry] = {}
    cut: list[tuple[PatientId, Kind, dt.date]] = []
    for one, kind in itertools.product(charts, _KINDS):
        past = list(entries.read_past(practice, one, kind, last=until, limit=most + 1))
        if len(past) > most:
            cut.append((one, kind, dt.date.fromisoformat(past[-1].day)))
        found |= {item.entry_id: item for item in past}
    edge = max((day for *_, day in cut), default=None)
    for one, kind, day in cut:
        if day == edge:
            rest = entries.read_past(practice, one, kind, first=day, last=day)
            found |= {item.entry_id: item for item in rest}
    return list(found.values()), edge


def _present(
    practice: PracticeId, charts: list[PatientId], until: dt.date | None
) -> list[ChartEntry]:
    last = (until or dt.date.max).isoformat()
    return [
        item
        for one in charts
        for item in entries.read_present(practice, one).entries
        if item.kind in _KINDS and item.day <= last
    ]


def _told(actor: Actor, item: ChartEntry) -> Event:
    kind = Kind(item.kind)
    content, what = _KINDS[kind]
    read: Any = entries.open_entry(actor.practice_id, item, content).content
    return Event(dt.date.fromisoformat(item.day), what, _words(kind, read), kind, item.entry_id)


def _words(kind: Kind, content: Any) -> str:
    if kind is Kind.ENCOUNTER:
        said: str = shown.STATUSES[content.status]
        return f"{said}: {content.reason}" if content.reason else said
    if kind is Kind.DOCUMENT:
        return str(content.title)
    if kind is Kind.IMMUNIZATION:
        return str(content.vaccine.words)
    return str(content.code.words)
