"""Two charts of one person become one, and can be taken apart again.

The survivor keeps its id and version history; the merged chart stays where it
is, marked with ``merged_into``, so that every old reference still leads to the
person. Its policies move along. What the survivor was before and after is kept,
sealed, so that the merge can be undone without losing what was changed since.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import VersionConflict
from caresmith.events import PatientsMerged, PatientsUnmerged
from caresmith.ids import CoverageId, PatientId
from caresmith.records.coverage import Coverage, CoverageRead, seal_coverage
from caresmith.records.demographics import Contact, Demographics, Relations
from caresmith.records.patient import ChartStatus, Identifiers, chart_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.patients.chart import (
    ChartChange,
    Groups,
    OpenChart,
    must_be_open,
    open_chart,
    retrying,
)
from functions.patients.errors import CannotMerge, NotMerged
from functions.patients.models import MergeRequest, PatientRead
from functions.patients.records import MergeItem, merge_sort_key
from functions.patients.timeline import event_item

_LAST_ORDER: Final = 9
_TAKEN_GROUPS: Final = ("demographics", "contact", "relations")


class Saved(BaseModel):
    """The survivor's groups at one moment, sealed into the merge's record."""

    model_config = ConfigDict(extra="forbid")

    identifiers: Identifiers
    demographics: Demographics
    contact: Contact
    relations: Relations

    @classmethod
    def of(cls, groups: Groups) -> Saved:
        return cls(
            identifiers=groups.identifiers,
            demographics=groups.demographics,
            contact=groups.contact,
            relations=groups.relations,
        )


def merge(
    survivor: PatientId, request: MergeRequest, expected: int, *, actor: Actor, now: Instant
) -> PatientRead:
    """Say that ``request.merged_id`` is the same person. Raises CannotMerge, VersionConflict."""
    audit().reason = request.reason

    def attempt() -> PatientRead:
        into = open_chart(actor.practice_id, survivor)
        gone = open_chart(actor.practice_id, request.merged_id)
        _check(into, gone, expected, request.merged_version)
        _commit_merge(into, gone, request, actor, now)
        return open_chart(actor.practice_id, survivor).answer()

    return retrying(attempt, once=True)


def _check(into: OpenChart, gone: OpenChart, expected: int, merged_version: int) -> None:
    if into.patient_id == gone.patient_id:
        raise CannotMerge("A chart can't be merged into itself.")
    if gone.status is ChartStatus.MERGED:
        raise CannotMerge("The chart to merge is merged already.")
    if (into.version, gone.version) != (expected, merged_version):
        raise VersionConflict
    must_be_open(into)


def _commit_merge(
    into: OpenChart, gone: OpenChart, request: MergeRequest, actor: Actor, now: Instant
) -> None:
    practice, survivor, merged = actor.practice_id, into.patient_id, gone.patient_id
    before, after = into.groups, _joined(into.groups, gone.groups, request.take)
    change = ChartChange(actor, now, into, into.item)
    came_along: list[Any] = [merged, *gone.item.merged_ids]
    sealer = Sealer(practice, Domain.PATIENTS)
    record = MergeItem(
        chart_key(practice, survivor),
        merge_sort_key(merged),
        survivor_id=survivor,
        merged_id=merged,
        merged_status=gone.status,
        merged_ids=came_along,
        merged_at=to_text(now),
        actor_id=actor.user_id,
        before=sealer.seal(survivor, "merge-before", Saved.of(before)),
        after=sealer.seal(survivor, "merge-after", Saved.of(after)),
    )
    into.item.merged_ids = [*into.item.merged_ids, *came_along]
    gone.item.status, gone.item.merged_into = ChartStatus.MERGED, survivor
    gone.item.changed_at = to_text(now)
    change.save(gone.item)
    change.save(record)
    _move_coverages(change, gone, first=_next_order(into.read_coverages()))
    change.set_groups(after)
    event = PatientsMerged(
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        patient_id=survivor,
        merged_id=merged,
    )
    change.save(event_item(event, merged))
    change.commit(event)


def unmerge(
    survivor: PatientId,
    merged: PatientId,
    reason: str,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> PatientRead:
    """Take a merge back. What was changed on the survivor since the merge stays.

    Answers the survivor. Raises NotMerged, VersionConflict.
    """
    audit().reason = reason

    def attempt() -> PatientRead:
        into = open_chart(actor.practice_id, survivor)
        if into.version != expected:
            raise VersionConflict
        must_be_open(into)
        _commit_unmerge(into, merged, actor, now)
        return open_chart(actor.practice_id, survivor).answer()

    return retrying(attempt, once=True)


def _commit_unmerge(into: OpenChart, merged: PatientId, actor: Actor, now: Instant) -> None:
    practice, survivor = actor.practice_id, into.patient_id
    try:
        record = MergeItem.get(
            chart_key(practice, survivor), merge_sort_key(merged), consistent_read=True
        )
    except MergeItem.DoesNotExist:
        raise NotMerged from None
    gone = open_chart(practice, merged)
    sealer = Sealer(practice, Domain.PATIENTS)
    before = sealer.unseal(survivor, "merge-before", record.before, Saved)
    after = sealer.unseal(survivor, "merge-after", record.after, Saved)
    change = ChartChange(actor, now, into, into.item)
    left = set(record.merged_ids)
    into.item.merged_ids = [known for known in into.item.merged_ids if known not in left]
    gone.item.status, gone.item.merged_into = record.merged_status, None
    gone.item.changed_at = to_text(now)
    change.save(gone.item)
    change.delete(record)
    _return_coverages(change, into, gone)
    change.set_groups(_restored(into.groups, before, after))
    event = PatientsUnmerged(
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        patient_id=survivor,
        restored_id=merged,
    )
    change.save(event_item(event, merged))
    change.commit(event)


# -- groups ---------------------------------------------------------------


def _joined(into: Groups, gone: Groups, take: list[Any]) -> Groups:
    """The survivor's groups with the chosen fields of the merged chart."""
    numbers = [
        gone.identifiers.mrn,
        *into.identifiers.other_mrns,
        *gone.identifiers.other_mrns,
    ]
    joined = replace(
        into,
        identifiers=Identifiers(mrn=into.identifiers.mrn, other_mrns=list(dict.fromkeys(numbers))),
    )
    for path in take:
        group, _, field = path.partition(".")
        value = getattr(getattr(gone, group), field)
        changed = getattr(joined, group).model_copy(update={field: value}, deep=True)
        joined = replace(joined, **{group: changed})
    return joined


def _restored(now: Groups, before: Saved, after: Saved) -> Groups:
    """Each field that still is as the merge left it becomes what it was before."""
    gained = set(after.identifiers.other_mrns) - set(before.identifiers.other_mrns)
    known = now.identifiers
    # A number that came with the merged chart goes back with it, also from first place.
    mrn = before.identifiers.mrn if known.mrn in gained else known.mrn
    others = [m for m in known.other_mrns if m not in gained | {mrn}]
    numbers = Identifiers(mrn=mrn, other_mrns=others)
    restored = replace(now, identifiers=numbers)
    for group in _TAKEN_GROUPS:
        present, was, became = getattr(now, group), getattr(before, group), getattr(after, group)
        back = {
            field: getattr(was, field)
            for field in type(present).model_fields
            if getattr(present, field) == getattr(became, field)
        }
        restored = replace(restored, **{group: present.model_copy(update=back, deep=True)})
    return restored


# -- policies -------------------------------------------------------------


def _next_order(coverages: list[CoverageRead]) -> int:
    return max((coverage.order for coverage in coverages), default=0) + 1


def _move_coverages(change: ChartChange, gone: OpenChart, first: int) -> None:
    """The merged chart's policies follow the survivor's own in the order of payers."""
    for place, coverage in enumerate(gone.read_coverages()):
        order = min(first + place, _LAST_ORDER)
        change.put_coverage(coverage.coverage_id, _plain(coverage, order))


def _return_coverages(change: ChartChange, into: OpenChart, gone: OpenChart) -> None:
    """Policies that came with the merged chart go back to it, with what changed since."""
    own = {item.coverage_id: item for item in gone.coverages}
    for item in into.coverages:
        original = own.get(item.coverage_id)
        if original is None:
            continue
        coverage = into.coverage(item)
        order = gone.coverage(original).order
        original.coverage = seal_coverage(
            into.practice, CoverageId(item.coverage_id), _plain(coverage, order)
        )
        change.save(original)
        change.delete(item)


def _plain(coverage: CoverageRead, order: int) -> Coverage:
    facts = coverage.model_dump(exclude={"coverage_id", "version", "order"})
    return Coverage(**facts, order=order)
