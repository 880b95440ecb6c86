"""Writes the sample's visits and waitlist, item for item as the scheduling feature does."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from caresmith.clock import to_precise_text
from caresmith.ids import PracticeId, WaitlistEntryId
from caresmith.records.appointment import resource_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.patients.timeline import event_item
from functions.scheduling.models import WaitlistEntry, WaitlistRequest
from functions.scheduling.records import END_OF_TIME, WaitlistRecord, tag
from functions.scheduling.story import Story, put_visit, resources_of, span_of
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.bulk import Bulk, Item
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PLACES

_WISHES: Final = (
    ("office", "Any morning; works nights"),
    ("physical", "Before school starts"),
    ("telehealth", ""),
    ("office", "Needs a ride: two days' notice"),
    ("new", "Would take the first free time"),
)


class CollectedStory(Story):
    """A story whose writes go to ``bulk``; days of the calendar are kept by :class:`Days`."""

    def __init__(self, practice: PracticeId, bulk: Bulk) -> None:
        super().__init__(practice)
        self._bulk = bulk

    def put(self, name: str, record: Model, condition: Condition | None = None) -> None:
        self._bulk.add(record)


class Days:
    """The day items of providers and rooms: which cells are taken, and how often each changed."""

    def __init__(self, practice: PracticeId) -> None:
        self._practice = practice
        self._changes: dict[tuple[str, str], int] = defaultdict(int)
        self._cells: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)

    def count(self, tale: Tale) -> None:
        """Each version of a visit is one change of each of its days."""
        visit = tale.visit
        for _, resource in resources_of(visit):
            for day, cells in span_of(visit).days():
                key = (resource_key(self._practice, resource.owner), resource.sort_key(day))
                self._changes[key] += visit.version
                if tale.holds_time:
                    self._cells[key].update(dict.fromkeys(cells, tag(visit.appointment_id)))

    def items(self) -> list[Item]:
        """As ``claim``, ``touch`` and ``release`` leave them."""
        found = []
        for (pk, sk), changes in self._changes.items():
            item: Item = {"pk": {"S": pk}, "sk": {"S": sk}, "rev": {"N": str(changes)}}
            for cell, owner in self._cells[pk, sk].items():
                item[f"c{cell}"] = {"N": str(END_OF_TIME)}
                item[f"o{cell}"] = {"S": owner}
            found.append(item)
        return found


def write_visits(bulk: Bulk, practice: PracticeId, tales: list[Tale]) -> None:
    """The visits with their calendar entries, the occupied days, and the charts' timelines."""
    story, days = CollectedStory(practice, bulk), Days(practice)
    for tale in tales:
        before_last = tale.visit.model_copy(update={"version": tale.visit.version - 1})
        put_visit(story, before_last, tale.details, None)
        days.count(tale)
        for event in tale.events:
            for patient in event.patient_ids:
                bulk.add(event_item(event, patient))
    for item in days.items():
        bulk.add_item(Domain.SCHEDULE, item)


def write_waitlist(
    bulk: Bulk, practice: PracticeId, patients: list[SamplePatient], now: datetime, size: Size
) -> None:
    """Some patients who wait for an earlier time."""
    dice = Dice("waitlist")
    adults = [p for p in patients if p.age_on(now.date()) >= 18 and p.archived_at is None]
    for patient in dice.sample(adults, min(size.waiting, len(adults))):
        kind, note = dice.one(_WISHES)
        usual = patient.registration.preferred_provider_id
        wanted = (usual,) if usual in TYPES[kind].provider_ids and dice.chance(0.6) else ()
        entry = WaitlistEntry(
            entry_id=dice.id(WaitlistEntryId),
            request=WaitlistRequest(
                patient_id=patient.patient_id,
                type_id=TYPES[kind].id,
                provider_ids=wanted,
                location_ids=(PLACES[patient.area].id,) if dice.chance(0.7) else (),
                priority=dice.pick({2: 15.0, 5: 70, 7: 15}),
                note=note,
            ),
            patient_name=patient.sort_name,
            since=now - timedelta(minutes=dice.randrange(60, 12 * 24 * 60)),
        )
        since = to_precise_text(entry.since)
        bulk.add(
            WaitlistRecord(
                f"{practice}#waitlist",
                f"{entry.request.priority}#{since}#{entry.entry_id}",
                entry_id=entry.entry_id,
                since=since,
                sealed=Sealer(practice, Domain.SCHEDULE).seal(entry.entry_id, "wait", entry),
            )
        )
