"""The transactions of the calendar: each is one story, with every write named.

When DynamoDB cancels one, the name of the write whose condition failed says
what happened: the provider's time was taken, the visit was changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from pynamodb.expressions.condition import Condition

from caresmith.audit import audit_or_none
from caresmith.events import DomainEvent, ScheduleOutbox, tell
from caresmith.ids import PracticeId
from caresmith.records.appointment import EntryRecord, VisitRecord, resource_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import PatientsItem, ScheduleItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.scheduling.cells import Span
from functions.scheduling.models import Visit, VisitDetails
from functions.scheduling.records import (
    DayWrite,
    Resource,
)

_KINDS: Final = ("check", "delete", "put", "update")


class StoryFailed(Exception):
    """Nothing was written; ``names`` are the writes whose conditions did not hold."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


@dataclass
class _Write:
    name: str
    kind: str
    record: ScheduleItem | PatientsItem
    actions: list[Any] = field(default_factory=list)
    condition: Any = None


class Story:
    """Collects named writes; :meth:`commit` makes them all happen, or none."""

    def __init__(self, practice: PracticeId) -> None:
        self.practice = practice
        self._writes: list[_Write] = []
        self._events: list[DomainEvent] = []

    def put(
        self, name: str, record: ScheduleItem | PatientsItem, condition: Condition | None = None
    ) -> None:
        self._writes.append(_Write(name, "put", record, condition=condition))

    def delete(
        self, name: str, record: ScheduleItem | PatientsItem, condition: Condition | None = None
    ) -> None:
        self._writes.append(_Write(name, "delete", record, condition=condition))

    def require(self, name: str, record: ScheduleItem | PatientsItem, condition: Condition) -> None:
        """Write nothing to ``record``, but commit only where it is as ``condition`` says."""
        self._writes.append(_Write(name, "check", record, condition=condition))

    def days(self, name: str, writes: Iterable[DayWrite]) -> None:
        """Claims, releases and touches of day items."""
        for write in writes:
            self._writes.append(
                _Write(name, "update", write.record, write.actions, write.condition)
            )

    def tell(self, event: DomainEvent) -> None:
        self._events.append(event)

    def commit(self) -> None:
        """Raises StoryFailed where a condition did not hold."""
        try:
            when_not_busy(self._attempt)
        except TransactionCancelled as error:
            raise StoryFailed(self._failed_names(error)) from None

    def _failed_names(self, error: TransactionCancelled) -> set[str]:
        """The writes whose conditions did not hold.

        PynamoDB sends checks, then deletes, then puts, then updates; among the
        puts, events and the audit entry come after ours.
        """
        by_kind: dict[str, list[str | None]] = {kind: [] for kind in _KINDS}
        for write in self._writes:
            by_kind[write.kind].append(write.name)
        others: list[str | None] = [None] * (len(error.codes) - len(self._writes))
        sent = [
            *by_kind["check"],
            *by_kind["delete"],
            *by_kind["put"],
            *others,
            *by_kind["update"],
        ]
        return {name for number, name in enumerate(sent) if name and error.failed(number)}

    def _attempt(self) -> None:
        with transaction() as writes:
            for write in self._writes:
                if write.kind == "check":
                    record = write.record
                    writes.condition_check(
                        type(record), record.pk, record.sk, condition=write.condition
                    )
                elif write.kind == "put":
                    writes.save(write.record, condition=write.condition)
                elif write.kind == "delete":
                    writes.delete(write.record, condition=write.condition)
                else:
                    writes.update(write.record, actions=write.actions, condition=write.condition)
            for event in self._events:
                tell(event, ScheduleOutbox, writes)
            trail = audit_or_none()
            if trail is not None:
                trail.join(writes)


def put_visit(story: Story, visit: Visit, details: VisitDetails, before: Visit | None) -> None:
    """Write a visit and its entry in the calendar of everybody who takes part.

    On condition that the stored version is still the one that ``visit`` was
    made from (``visit.version``; 0 for a new one). The write is named ``visit``.
    """
    sealed = Sealer(story.practice, Domain.SCHEDULE).seal(visit.appointment_id, "visit", details)
    body = visit.model_dump_json(exclude={"version"}, exclude_none=True)
    record = VisitRecord(
        f"{story.practice}#{visit.appointment_id}", "visit", body=body, sealed=sealed
    )
    if visit.version:
        record.version = visit.version
    story.put("visit", record)
    for key in _entry_keys(story.practice, visit):
        story.put(
            "entry",
            EntryRecord(*key, visit_version=visit.version + 1, body=body, sealed=sealed),
        )
    if before is not None:
        for key in _entry_keys(story.practice, before) - _entry_keys(story.practice, visit):
            story.delete("entry", EntryRecord(*key))


def _entry_keys(practice: PracticeId, visit: Visit) -> set[tuple[str, str]]:
    takers = [visit.provider_id, visit.location_id, *visit.patient_ids]
    if visit.room_id:
        takers.append(visit.room_id)
    sort_key = entry_sort_key(visit)
    return {(resource_key(practice, taker), sort_key) for taker in takers}


def entry_sort_key(visit: Visit) -> str:
    from caresmith.clock import to_text

    return f"entry#{to_text(visit.start)}#{visit.appointment_id}"


def resources_of(visit: Visit) -> list[tuple[str, Resource]]:
    """Whose time the visit occupies, each with the name of its write."""
    taken = [("provider", Resource(visit.provider_id))]
    if visit.room_id:
        taken.append(("room", Resource(visit.location_id, visit.room_id)))
    return taken


def span_of(visit: Visit) -> Span:
    return Span.between(visit.span_start, visit.span_end)
