"""The chart as one thing: opened by one query, changed by one transaction.

A change is a :class:`ChartChange`: it collects what the chart becomes and
commits head, index, timeline, event and audit entry together, on condition that
nobody was faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from pydantic import BaseModel

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.blindindex import BlindIndex
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import PatientEvent, PatientsOutbox, tell
from caresmith.ids import CoverageId, LocationId, PatientId, PracticeId, ProviderId
from caresmith.records import patient as records
from caresmith.records.coverage import (
    COVERAGE,
    Coverage,
    CoverageItem,
    CoverageRead,
    in_order,
    open_coverage,
    seal_coverage,
)
from caresmith.records.demographics import Contact, Demographics, Relations
from caresmith.records.patient import ChartStatus, FindItem, Identifiers, chart_key, find_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import PatientsItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.patients.errors import ChartClosed
from functions.patients.models import PatientRead
from functions.patients.timeline import event_item
from functions.patients.tokens import PatientTokens, tags_in

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

Result = TypeVar("Result")

_MOST_ITEMS: Final = 100  # of one DynamoDB transaction
_ALWAYS: Final = 4  # head, timeline, event, audit entry


@dataclass(frozen=True)
class Groups:
    """The opened, sealed groups of a chart."""

    identifiers: Identifiers
    demographics: Demographics
    contact: Contact
    relations: Relations

    def items(self) -> Iterable[tuple[str, BaseModel]]:
        """Each group under its attribute's name, with the card that they give."""
        yield "identifiers", self.identifiers
        yield "demographics", self.demographics
        yield "contact", self.contact
        yield "relations", self.relations
        yield "card", records.card_of(self.identifiers, self.demographics, self.contact)


@dataclass(frozen=True)
class OpenChart:
    """A chart read and unsealed. ``item`` is what a change is written over."""

    item: records.Patient
    groups: Groups
    coverages: tuple[CoverageItem, ...]
    practice: PracticeId

    @property
    def patient_id(self) -> PatientId:
        return PatientId(self.item.patient_id)

    @property
    def version(self) -> int:
        return int(self.item.version or 0)

    @property
    def status(self) -> ChartStatus:
        return ChartStatus(self.item.status)

    def coverage(self, item: CoverageItem) -> CoverageRead:
        return open_coverage(self.practice, item)

    def read_coverages(self) -> list[CoverageRead]:
        """In the order in which they pay."""
        return in_order(self.coverage(item) for item in self.coverages)

    def answer(self, *, version: int | None = None) -> PatientRead:
        item, groups = self.item, self.groups
        return PatientRead(
            patient_id=self.patient_id,
            mrn=groups.identifiers.mrn,
            other_mrns=list(groups.identifiers.other_mrns),
            status=self.status,
            merged_into=PatientId(item.merged_into) if item.merged_into else None,
            merged_ids=[PatientId(str(merged)) for merged in item.merged_ids],
            version=version or self.version,
            demographics=groups.demographics,
            contact=groups.contact,
            relations=groups.relations,
            preferred_provider_id=(
                ProviderId(item.preferred_provider_id) if item.preferred_provider_id else None
            ),
            preferred_location_id=(
                LocationId(item.preferred_location_id) if item.preferred_location_id else None
            ),
            coverages=self.read_coverages(),
            registered_at=from_text(item.registered_at),
            changed_at=from_text(item.changed_at),
        )


Event_co = TypeVar("Event_co", bound=PatientEvent, covariant=True)


class _EventType(Protocol[Event_co]):
    def __call__(
        self, *, practice_id: PracticeId, occurred_at: Instant, actor_id: str, patient_id: PatientId
    ) -> Event_co: ...


def patient_event(
    kind: _EventType[Event_co], actor: Actor, now: Instant, patient: PatientId
) -> Event_co:
    """An event of that kind about a patient."""
    return kind(
        practice_id=actor.practice_id, occurred_at=now, actor_id=actor.user_id, patient_id=patient
    )


def open_chart(practice: PracticeId, patient: PatientId) -> OpenChart:
    """The whole chart by one query. Raises NotFound."""
    audit().about(patient)
    found = list(
        PatientsItem.query(
            chart_key(practice, patient),
            PatientsItem.sk.startswith(records.CHART),
            consistent_read=True,
        )
    )
    heads = [item for item in found if isinstance(item, records.Patient)]
    if not heads:
        raise NotFound
    opened = records.open_groups(Sealer(practice, Domain.PATIENTS), heads[0])
    groups = Groups(opened.identifiers, opened.demographics, opened.contact, opened.relations)
    coverages = tuple(item for item in found if isinstance(item, CoverageItem))
    return OpenChart(heads[0], groups, coverages, practice)


def must_be_open(chart: OpenChart) -> None:
    """Raises ChartClosed for an archived or merged chart."""
    if chart.status is not ChartStatus.ACTIVE:
        raise ChartClosed(f"The chart is {chart.status}.")


class ChartChange:
    """One change of one chart, to be committed as a whole.

    ``before`` is None for a new chart. Nothing is written until :meth:`commit`.
    """

    def __init__(self, actor: Actor, now: Instant, before: OpenChart | None, item: Any) -> None:
        self.actor, self.now, self.before = actor, now, before
        self.item: records.Patient = item
        self.practice = actor.practice_id
        self._sealer = Sealer(self.practice, Domain.PATIENTS)
        self._writes: list[Callable[[TransactWrite], None]] = []
        self._found_by: list[FindItem] = []
        self._stale: list[FindItem] = []
        self._former_tags = ""
        self.groups: Groups | None = before.groups if before else None

    def set_groups(self, groups: Groups) -> None:
        """The chart's sealed groups become these; the index follows."""
        old = self.groups if self.before else None
        patient = self.item.patient_id
        unchanged = dict(old.items()) if old else {}
        for name, value in groups.items():
            if unchanged.get(name) != value:
                setattr(self.item, name, self._sealer.seal(patient, name, value))
        self._index(old, groups)
        self.groups = groups

    def put_coverage(self, coverage_id: CoverageId, coverage: Coverage) -> None:
        """Add a policy to the chart."""
        self.save(
            CoverageItem(
                chart_key(self.practice, PatientId(self.item.patient_id)),
                f"{COVERAGE}{coverage_id}",
                coverage_id=coverage_id,
                patient_id=self.item.patient_id,
                coverage=seal_coverage(self.practice, coverage_id, coverage),
            )
        )

    def save(self, item: Any, condition: Any = None) -> None:
        """Write one more item with this change."""
        self._writes.append(lambda writes: writes.save(item, condition=condition))

    def find_by(self, item: FindItem) -> None:
        """Write one more item of the index with this change."""
        self._found_by.append(item)

    def delete(self, item: Any) -> None:
        """Delete one more item with this change, unless it changed meanwhile."""
        self._writes.append(lambda writes: writes.delete(item))

    def commit(self, event: PatientEvent) -> None:
        """Write everything. Raises TransactionCancelled where a condition did not hold.

        A transaction takes a hundred items. Index items that no longer fit are
        written beside it: they only nominate, so one too many costs a read.
        """
        self.item.changed_at = to_text(self.now)
        room = max(0, _MOST_ITEMS - _ALWAYS - len(self._writes))
        found_by, later = self._found_by[:room], self._found_by[room:]
        stale = self._stale[: room - len(found_by)]
        audit().about(PatientId(self.item.patient_id))
        for item in later:
            # Before the commit with the tags of both states, so that whichever is true is found.
            both = tags_in(self._former_tags) | tags_in(item.tags)
            FindItem(item.pk, item.sk, tags="".join(sorted(both))).save()
        with transaction() as writes:
            for item in stale:
                writes.delete(item)
            condition = None if self.before else records.Patient.pk.does_not_exist()
            writes.save(self.item, condition=condition)
            for write in self._writes:
                write(writes)
            for item in found_by:
                writes.save(item)
            writes.save(event_item(event, PatientId(self.item.patient_id)))
            tell(event, PatientsOutbox, writes)
            audit().join(writes)
        for item in later:
            item.save()
        # Only stale: a search never shows what does not match.
        for item in self._stale[len(stale) :]:
            item.delete()

    def _index(self, old: Groups | None, new: Groups) -> None:
        index = BlindIndex(self.practice, Domain.PATIENTS)
        after = PatientTokens(index, new.demographics, new.contact)
        before = PatientTokens(index, old.demographics, old.contact) if old else None
        known: frozenset[str] = before.all if before else frozenset()
        rewrite = before is None or before.tags != after.tags
        fresh = sorted(after.all if rewrite else after.all - known)
        for token in fresh:
            self.find_by(self._find_item(token, after.tags))
        self._stale = [self._find_item(token, "") for token in sorted(known - after.all)]
        self._former_tags = before.tags if before else ""

    def _find_item(self, token: str, tags: str) -> FindItem:
        return FindItem(find_key(self.practice, token), self.item.patient_id, tags=tags)


def changing(
    actor: Actor,
    patient: PatientId,
    now: Instant,
    expected: int | None,
    write: Callable[[ChartChange, OpenChart], PatientEvent],
) -> PatientRead:
    """Read the chart, let ``write`` say what it becomes, commit, answer it as it is now.

    ``expected`` is the version that the caller saw; None where the change does
    not depend on it, and is then repeated while others are faster. Raises
    NotFound, VersionConflict and what ``write`` raises.
    """

    def attempt() -> PatientRead:
        before = open_chart(actor.practice_id, patient)
        if expected is not None and before.version != expected:
            raise VersionConflict
        change = ChartChange(actor, now, before, before.item)
        event = write(change, before)
        change.commit(event)
        return after_change(change, before).answer()

    return retrying(attempt, once=expected is not None)


def after_change(change: ChartChange, before: OpenChart) -> OpenChart:
    """The chart after the commit, without its coverages having changed."""
    return replace(before, groups=change.groups or before.groups)


def retrying(attempt: Callable[[], Result], *, once: bool) -> Result:
    """Run ``attempt``; where somebody was faster, again, or VersionConflict if ``once``."""
    for _ in range(1 if once else 4):
        try:
            return when_not_busy(attempt)
        except TransactionCancelled:
            continue
    raise VersionConflict
