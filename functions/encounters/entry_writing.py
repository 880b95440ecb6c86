"""An entry as a form writes it: added or replaced by the rules of its kind."""

from __future__ import annotations

from typing import Any

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.ids import EncounterId, EntityId, OrderId, PatientId
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.planning import RequestStatus
from functions.encounters import chart, ordering, sittings, todos
from functions.encounters.drawers import in_error
from functions.encounters.kinds import Plain


def add(
    patient: PatientId,
    kind: Plain,
    content: Any,
    *,
    encounter: EncounterId | None,
    actor: Actor,
    now: Instant,
) -> ChartEntry:
    """Raises InvalidRequest, ChartNotOpen, AlreadyThere."""
    match kind.content.kind:
        case Kind.VITALS:
            return sittings.record(patient, content, encounter=encounter, actor=actor, now=now)
        case Kind.TASK:
            return todos.add(patient, content, encounter=encounter, actor=actor, now=now)
        case Kind.ORDER:
            return ordering.place(
                patient, content, encounter=encounter, actor=actor, now=now, key=OrderId.new()
            )
    return chart.add(patient, kind, content, encounter=encounter, actor=actor, now=now)


def replace(
    patient: PatientId,
    kind: Plain,
    entry: Any,
    content: Any,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> ChartEntry:
    """Raises NotFound, VersionConflict, InvalidRequest, ChartNotOpen."""
    match kind.content.kind:
        case Kind.VITALS:
            before = charts.find(actor.practice_id, patient, Kind.VITALS, entry)
            chart.expect(before, expected)
            return sittings.correct(patient, before, content, actor=actor, now=now)
        case Kind.TASK:
            return todos.change(patient, entry, content, expected, actor=actor, now=now)
    return chart.replace(patient, kind, entry, content, expected, actor=actor, now=now)


def retract(
    patient: PatientId, kind: Plain, entry: EntityId, expected: int, *, actor: Actor, now: Instant
) -> None:
    """It was entered in error: it stays in the history and counts no more.

    Raises NotFound, VersionConflict, IllegalMove, ChartNotOpen.
    """
    if kind.content.kind is Kind.ORDER:
        wanted = RequestStatus.ENTERED_IN_ERROR
        ordering.move(patient, OrderId(entry), wanted, None, expected, actor=actor, now=now)
        return
    item = charts.find(actor.practice_id, patient, kind.content.kind, entry)
    content: Content = entries.open_entry(actor.practice_id, item, kind.content).content
    wrong = content.model_validate({**dict(content), **in_error(kind)})
    replace(patient, kind, entry, wrong, expected, actor=actor, now=now)
