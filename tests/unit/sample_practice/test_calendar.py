"""The sample's calendar keeps the rules of the house."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from caresmith.records.days_off import closed_dates
from functions.scheduling.cells import Span
from functions.scheduling.slots import is_open
from functions.scheduling.status import Flow, Status
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.loading import Sample, make_sample
from scripts.sample_practice.offerings import TYPES
from tests.unit.sample_practice.conftest import TUESDAY_MORNING

NOW = TUESDAY_MORNING


def test_about_as_many_visits_as_promised(sample: Sample) -> None:
    past = [t for t in sample.tales if t.visit.start < NOW]
    assert 2400 <= len(past) <= 2650
    assert 650 <= len(sample.tales) - len(past) <= 750


def test_same_seed_gives_the_same_visits() -> None:
    small = Size(patients=40, past_days=20, past_visits=40, future_visits=30)
    one, other = make_sample(NOW, small), make_sample(NOW, small)
    assert [t.visit for t in one.tales] == [t.visit for t in other.tales]
    assert [t.events for t in one.tales] == [t.events for t in other.tales]


@pytest.mark.parametrize("whose", ["provider_id", "room_id"])
def test_no_two_visits_meet(sample: Sample, whose: str) -> None:
    taken: dict[str, set[int]] = defaultdict(set)
    for tale in sample.tales:
        owner = getattr(tale.visit, whose)
        if owner is None:
            continue
        span = Span.between(tale.visit.span_start, tale.visit.span_end)
        cells = set(range(span.start, span.end))
        assert not cells & taken[owner]
        taken[owner] |= cells


def test_no_patient_is_in_two_places(sample: Sample) -> None:
    days = Counter(
        (patient, tale.visit.start.astimezone(ZoneInfo("America/Chicago")).date())
        for tale in sample.tales
        for patient in tale.visit.patient_ids
    )
    assert max(days.values()) == 1


def test_all_lie_within_working_hours_and_on_no_closed_day(sample: Sample) -> None:
    setup = sample.setup
    closed = set(closed_dates(setup.practice, date(2025, 11, 1), date(2027, 2, 1)))
    assert date(2026, 11, 26) in closed  # Thanksgiving
    for tale in sample.tales:
        visit = tale.visit
        span = Span.between(visit.span_start, visit.span_end)
        kind = setup.types[visit.type_id]
        assert is_open(setup, visit.provider_id, visit.location_id, kind, span)
        assert visit.start.astimezone(setup.zone_of(visit.location_id)).date() not in closed


def test_kinds_of_visits_suit_those_who_come(sample: Sample) -> None:
    people = {p.patient_id: p for p in sample.patients}
    for tale in sample.tales:
        for patient in (people[p] for p in tale.visit.patient_ids):
            age = patient.age_on(tale.visit.start.date())
            if tale.visit.type_id in {TYPES["well-child"].id, TYPES["sick-child"].id}:
                assert age < 18
            if tale.visit.type_id in {TYPES["gyn"].id, TYPES["ultrasound"].id}:
                assert patient.female
                assert age >= 16


def test_nobody_comes_before_the_chart_is_open_or_after_it_is_closed(sample: Sample) -> None:
    people = {p.patient_id: p for p in sample.patients}
    for tale in sample.tales:
        for patient in (people[p] for p in tale.visit.patient_ids):
            assert tale.events[0].occurred_at > patient.registered_at
            assert patient.archived_at is None or tale.visit.start < patient.archived_at


def test_past_visits_have_ended_and_those_ahead_have_not(sample: Sample) -> None:
    yesterday = NOW - timedelta(hours=14)
    statuses = Counter(t.visit.status for t in sample.tales if t.visit.start < yesterday)
    assert set(statuses) == {Status.FULFILLED, Status.NOSHOW, Status.CANCELLED}
    assert min(statuses.values()) > 100
    ahead = [t.visit for t in sample.tales if t.visit.start > NOW + timedelta(hours=14)]
    assert {visit.status for visit in ahead} <= {Status.BOOKED, Status.CANCELLED}
    assert 50 < sum(visit.confirmed for visit in ahead) < len(ahead) - 50


def test_today_shows_each_step_of_the_patients_way(sample: Sample) -> None:
    today = [t.visit for t in sample.tales if abs(t.visit.start - NOW) < timedelta(hours=10)]
    assert {visit.flow for visit in today} >= set(Flow)
    assert {visit.status for visit in today} >= {
        Status.BOOKED,
        Status.ARRIVED,
        Status.CHECKED_IN,
        Status.FULFILLED,
    }


def test_no_step_lies_in_the_future_or_before_the_one_it_follows(sample: Sample) -> None:
    for tale in sample.tales:
        instants = [entry.at for entry in tale.visit.history]
        assert instants == sorted(instants)
        assert instants[-1] <= NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert tale.visit.version == len(instants)


def test_a_class_and_a_series_are_there(sample: Sample) -> None:
    classes = [t.visit for t in sample.tales if t.visit.capacity > 1]
    assert any(v.start > NOW and len(v.patient_ids) >= 3 for v in classes)
    series = Counter(t.visit.series_id for t in sample.tales if t.visit.series_id)
    assert len(series) == 1
    assert 4 <= series.total() <= 6


def test_a_load_on_a_sunday_night_makes_a_sample_too() -> None:
    sunday = NOW + timedelta(days=5, hours=12)
    sample = make_sample(sunday, Size(patients=60, past_visits=100, future_visits=60))
    assert len(sample.tales) > 130
