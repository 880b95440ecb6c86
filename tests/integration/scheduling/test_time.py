"""Wall clocks: DST days, two zones, midnight, holidays, time off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from caresmith.records.practice import practice_setup
from functions.scheduling.models import SlotQuery
from functions.scheduling.slots import find_slots
from tests.support.practices import (
    CHICAGO,
    NEW_YORK,
    SmallPractice,
    put,
    rule,
    small_practice,
)

EVERY_DAY = "FREQ=DAILY"
LONG_BEFORE = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def small(practice: str) -> SmallPractice:
    from caresmith.ids import PracticeId

    return small_practice(PracticeId(practice))


def free(small: SmallPractice, day: date, **given: object) -> list[datetime]:
    setup = practice_setup(small.practice, fresh=True)
    asked = {
        "type_id": small.visit,
        "provider_ids": (small.ana,),
        "first": day,
        "days": 1,
        "every_minutes": 30,
        **given,
    }
    return [slot.start for slot in find_slots(setup, SlotQuery(**asked), LONG_BEFORE).slots]


def wall(starts: list[datetime]) -> list[str]:
    return [start.strftime("%H:%M%z") for start in starts]


def test_the_night_when_an_hour_is_missing(small: SmallPractice) -> None:
    """2026-03-08: at 02:00 EST it is 03:00 EDT."""
    put(small.practice, rule(small.ana, small.east, rrule=EVERY_DAY, start=time(0), end=time(5)))
    assert wall(free(small, date(2026, 3, 8))) == [
        *("00:00-0500", "00:30-0500", "01:00-0500", "01:30-0500"),
        *("03:00-0400", "03:30-0400", "04:00-0400", "04:30-0400"),
    ]


def test_the_night_when_an_hour_comes_twice(small: SmallPractice) -> None:
    """2026-11-01: after 01:59 EDT comes 01:00 EST."""
    put(small.practice, rule(small.ana, small.east, rrule=EVERY_DAY, start=time(1), end=time(2)))
    assert wall(free(small, date(2026, 11, 1))) == [
        *("01:00-0400", "01:30-0400", "01:00-0500", "01:30-0500"),
    ]


def test_a_rule_that_begins_in_the_missing_hour_begins_after_it(small: SmallPractice) -> None:
    put(
        small.practice,
        rule(small.ana, small.east, rrule=EVERY_DAY, start=time(2, 30), end=time(4)),
    )
    assert wall(free(small, date(2026, 3, 8))) == ["03:30-0400"]


def test_a_visit_over_the_missing_hour_lasts_as_long_as_any(small: SmallPractice) -> None:
    put(small.practice, rule(small.ana, small.east, rrule=EVERY_DAY, start=time(0), end=time(5)))
    setup = practice_setup(small.practice, fresh=True)
    query = SlotQuery(
        type_id=small.group, provider_ids=(small.ana,), first=date(2026, 3, 8), days=1
    )
    [over] = [
        s
        for s in find_slots(setup, query, LONG_BEFORE).slots
        if s.start.strftime("%H:%M") == "01:30"
    ]
    assert (over.end.astimezone(UTC) - over.start.astimezone(UTC)).total_seconds() == 3600
    assert over.end.strftime("%H:%M") == "03:30"


def test_one_doctor_in_two_zones_is_in_one_place_at_a_time(small: SmallPractice) -> None:
    """Nine to twelve in New York, and the same wall-clock hours in Chicago an hour later."""
    put(
        small.practice,
        rule(small.ben, small.east, rrule=EVERY_DAY, start=time(9), end=time(10)),
        rule(small.ana, small.central, rrule=EVERY_DAY, start=time(15), end=time(17)),
    )
    monday = date(2026, 6, 1)
    east = free(small, monday, location_ids=(small.east,))
    central = free(small, monday, location_ids=(small.central,))
    assert wall(east)[0] == "09:00-0400"
    assert wall(central) == ["15:00-0500", "15:30-0500", "16:00-0500", "16:30-0500"]
    # 16:00 in New York is 15:00 in Chicago: whichever is booked takes both.
    both = {s.astimezone(UTC) for s in east} & {s.astimezone(UTC) for s in central}
    assert both == {
        datetime(2026, 6, 1, 20, 0, tzinfo=UTC),
        datetime(2026, 6, 1, 20, 30, tzinfo=UTC),
    }


def test_one_doctor_is_not_booked_twice_across_zones(small: SmallPractice) -> None:
    from caresmith.actor import Actor, acting_as
    from caresmith.audit import AuditTrail, audited
    from caresmith.clock import FixedClock
    from functions.scheduling.booking import book
    from functions.scheduling.errors import SlotTaken
    from functions.scheduling.models import BookingRequest
    from tests.support.practices import add_patient

    put(small.practice, rule(small.ana, small.central, rrule=EVERY_DAY))
    actor = Actor.system(small.practice, "test")
    patient = add_patient(small.practice)

    def request(place: str, zone: str, hour: int) -> BookingRequest:
        return BookingRequest(
            type_id=small.visit,
            provider_id=small.ana,
            location_id=place,
            start=datetime(2026, 6, 1, hour, tzinfo=ZoneInfo(zone)),
            patient_id=patient,
        )

    with acting_as(actor), audited(AuditTrail(actor, "test", FixedClock(LONG_BEFORE))):
        book(request(small.east, NEW_YORK, 11), actor=actor, now=LONG_BEFORE)
        with pytest.raises(SlotTaken):
            book(request(small.central, CHICAGO, 10), actor=actor, now=LONG_BEFORE)
        book(request(small.central, CHICAGO, 11), actor=actor, now=LONG_BEFORE)


def test_a_night_shift_goes_on_past_midnight(small: SmallPractice) -> None:
    """Across local midnight and, in the summer, across UTC midnight at 20:00 in New York."""
    put(
        small.practice,
        rule(small.ben, small.east, rrule=EVERY_DAY, start=time(19), end=time(0)),
        rule(small.ben, small.east, rrule=EVERY_DAY, start=time(0), end=time(2)),
    )
    found = free(
        small,
        date(2026, 7, 4),
        provider_ids=(small.ben,),
        type_id=small.group,
        from_time=time(19),
        to_time=time(23, 59),
    )
    assert wall(found) == [
        *("19:00-0400", "19:30-0400", "20:00-0400", "20:30-0400", "21:00-0400"),
        *("21:30-0400", "22:00-0400", "22:30-0400", "23:00-0400", "23:30-0400"),
    ]


def test_a_visit_across_utc_midnight_takes_and_frees_both_days(small: SmallPractice) -> None:
    from caresmith.actor import Actor, acting_as
    from caresmith.audit import AuditTrail, audited
    from caresmith.clock import FixedClock
    from functions.scheduling.booking import book
    from functions.scheduling.models import BookingRequest, CancelRequest
    from functions.scheduling.status import CancelReason
    from functions.scheduling.visits import cancel
    from tests.support.practices import add_patient

    put(small.practice, rule(small.ben, small.east, rrule=EVERY_DAY, start=time(18), end=time(22)))
    actor = Actor.system(small.practice, "test")
    asked = BookingRequest(
        type_id=small.group,
        provider_id=small.ben,
        location_id=small.east,
        start=datetime(2026, 7, 4, 19, 30, tzinfo=ZoneInfo(NEW_YORK)),
        patient_id=add_patient(small.practice),
    )

    def evening() -> list[str]:
        return wall(free(small, date(2026, 7, 4), provider_ids=(small.ben,), from_time=time(18)))

    before = evening()
    assert len(before) == 8
    with acting_as(actor), audited(AuditTrail(actor, "test", FixedClock(LONG_BEFORE))):
        visit = book(asked, actor=actor, now=LONG_BEFORE)
        assert evening() == [t for t in before if t[:5] not in {"19:30", "20:00"}]
        cancel(
            visit.appointment_id,
            CancelRequest(reason=CancelReason.PATIENT),
            actor=actor,
            now=LONG_BEFORE,
        )
    assert evening() == before


def test_a_leap_day_is_worked_like_any_other(small: SmallPractice) -> None:
    put(small.practice, rule(small.ben, small.east, rrule=EVERY_DAY, start=time(9), end=time(10)))
    found = free(small, date(2028, 2, 29), provider_ids=(small.ben,), location_ids=(small.east,))
    # Beyond the horizon from 2026: the practice books two years ahead at most.
    assert found == []
    setup = practice_setup(small.practice)
    query = SlotQuery(
        type_id=small.visit, provider_ids=(small.ben,), first=date(2028, 2, 29), days=1
    )
    starts = find_slots(setup, query, datetime(2028, 2, 1, tzinfo=UTC)).slots
    assert {slot.start.date() for slot in starts} == {date(2028, 2, 29)}


def test_time_off_wins_over_working_hours(small: SmallPractice) -> None:
    monday = date(2026, 6, 1)
    assert len(free(small, monday)) == 16
    off = rule(
        small.ana,
        None,
        effect="closed",
        rrule="FREQ=DAILY",
        starts_on=monday,
        ends_on=monday,
        start=time(12),
        end=time(0),
    )
    put(small.practice, off)
    assert wall(free(small, monday))[-1] == "11:30-0400"
    assert len(free(small, date(2026, 6, 2))) == 16


def test_federal_holidays_are_free_unless_the_practice_works(practice: str) -> None:
    from caresmith.ids import PracticeId

    small = small_practice(PracticeId(practice), federal_holidays=True)
    # Independence Day 2026 falls on a Saturday and is observed on Friday (5 U.S.C. 6103).
    assert free(small, date(2026, 7, 3)) == []
    small = small_practice(small.practice, federal_holidays=True, open_on=(date(2026, 7, 3),))
    assert free(small, date(2026, 7, 3)) != []


def test_a_rule_every_other_week_keeps_its_rhythm(small: SmallPractice) -> None:
    put(
        small.practice,
        rule(
            small.ben,
            small.central,
            rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
            starts_on=date(2026, 1, 3),
        ),
    )
    saturdays = [date(2026, 5, day) for day in (2, 9, 16, 23, 30)]
    from tests.support.practices import provider

    put(small.practice, provider(small.ben, "Ben", (small.east, small.central)))
    open_days = [
        day
        for day in saturdays
        if free(small, day, provider_ids=(small.ben,), location_ids=(small.central,))
    ]
    assert open_days == [date(2026, 5, 9), date(2026, 5, 23)]


def test_the_patients_start_falls_on_the_step_whatever_comes_before_it(
    small: SmallPractice,
) -> None:
    """Five minutes of preparation before a visit on the half hour, not a visit at 9:05."""
    found = free(small, date(2026, 6, 1), type_id=small.roomed, location_ids=(small.east,))
    assert wall(found)[:2] == ["09:30-0400", "10:00-0400"]
    late = free(
        small,
        date(2026, 6, 1),
        type_id=small.roomed,
        location_ids=(small.east,),
        from_time=time(11),
        to_time=time(12),
    )
    assert wall(late) == ["11:00-0400", "11:30-0400", "12:00-0400"]


def test_the_first_times_of_all_come_before_the_cut(small: SmallPractice) -> None:
    setup = practice_setup(small.practice, fresh=True)
    query = SlotQuery(
        type_id=small.visit,
        location_ids=(small.east,),
        first=date(2026, 6, 1),
        days=1,
        every_minutes=60,
        limit=5,
    )
    found = find_slots(setup, query, LONG_BEFORE)
    both = sorted((small.ana, small.ben))
    assert [(s.start.hour, s.provider_id) for s in found.slots] == [
        *((9, provider) for provider in both),
        *((10, provider) for provider in both),
        (11, both[0]),
    ]
    assert found.cut
    everything = find_slots(setup, query.model_copy(update={"limit": 16}), LONG_BEFORE)
    assert (len(everything.slots), everything.cut) == (16, False)
