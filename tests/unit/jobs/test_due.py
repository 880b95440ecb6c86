"""What is due when: wall clocks, daylight saving, outages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from caresmith.ids import LocationId, PracticeId
from caresmith.messages.settings import MessagingSettings, Recall
from caresmith.records.practice import (
    Billing,
    BillingAddress,
    Location,
    Practice,
    PracticeSetup,
)
from functions.jobs.due import DAILY, DailyJob, days_due

EASTERN = ZoneInfo("America/New_York")
JOBS = {job.name: job for job in DAILY}
DAY = date(2026, 6, 10)
BILLING = Billing(
    legal_name="Test LLC",
    tax_id="36-0000012",
    taxonomy="207Q00000X",
    address=BillingAddress(line1="1 Main St", city="Albany", state="NY", postal_code="12207-1000"),
    contact_name="Billing Office",
    contact_phone="518-555-0100",
    send_at=time(18),
)
RECALL = Recall(key="annual", name="Annual", after_days=365)


def setup_in(zone: str = "America/New_York", *others: str) -> PracticeSetup:
    places = [Location(id=LocationId.new(), name="Place", zone=other) for other in others]
    return PracticeSetup(
        Practice(id=PracticeId.new(), name="Test", zone=zone, billing=BILLING),
        locations={place.id: place for place in places},
    )


def due(
    job: DailyJob,
    now: datetime,
    last: date | None = None,
    *,
    setup: PracticeSetup | None = None,
    **settings: object,
) -> list[date]:
    given = MessagingSettings.model_validate({"recalls": [RECALL], **settings})
    return days_due(job, setup or setup_in(), given, last=last, now=now.astimezone(UTC))


def eastern(*given: int) -> datetime:
    return datetime(*given, tzinfo=EASTERN)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("job", "at", "day"),
    [
        ("repair-reminders", eastern(2026, 6, 10, 3, 15), DAY),
        ("eligibility", eastern(2026, 6, 10, 4, 30), DAY),
        ("agenda", eastern(2026, 6, 10, 6), DAY),
        ("ledger-check", eastern(2026, 6, 10, 4, 30), DAY),
        ("statements", eastern(2026, 6, 10, 11), DAY),
        ("claims", eastern(2026, 6, 10, 18), DAY),
        ("recalls", eastern(2026, 6, 10, 10), DAY),
        ("no-shows", eastern(2026, 6, 11, 1), DAY),
    ],
)
def test_a_job_is_due_from_its_wall_clock_time_on(job: str, at: datetime, day: date) -> None:
    yesterday = day - timedelta(days=1)
    assert due(JOBS[job], at - timedelta(seconds=1), last=yesterday) == []
    assert due(JOBS[job], at, last=yesterday) == [day]
    assert due(JOBS[job], at, last=day) == []


@pytest.mark.parametrize("job", DAILY, ids=lambda job: job.name)
def test_a_year_of_ticks_tells_each_day_once(job: DailyJob) -> None:
    """Both changes of the clocks are in it, and the practice's time lies in the hour they move."""
    setup, told = setup_in("America/New_York", "America/Los_Angeles"), list[date]()
    now, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    while now < end:
        last = told[-1] if told else None
        told += due(job, now, last, setup=setup, agenda_at=time(2, 30))
        now += timedelta(minutes=30)
    assert told == [told[0] + timedelta(days=n) for n in range(len(told))]
    assert len(told) in {365, 366}


def test_a_time_that_the_clocks_skip_comes_an_hour_later() -> None:
    spring = date(2026, 3, 8)
    assert due(JOBS["agenda"], eastern(2026, 3, 8, 1, 59), agenda_at=time(2, 30)) == []
    assert due(JOBS["agenda"], eastern(2026, 3, 8, 3, 30), agenda_at=time(2, 30)) == [spring]


def test_a_time_that_comes_twice_is_met_the_first_time() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert first.astimezone(EASTERN).time() == time(1, 30)
    assert due(JOBS["agenda"], first, agenda_at=time(1, 30)) == [date(2026, 11, 1)]
    again = first + timedelta(hours=1)
    assert due(JOBS["agenda"], again, date(2026, 11, 1), agenda_at=time(1, 30)) == []


def test_after_an_outage_the_missed_days_are_marked_but_no_old_agenda_is_sent() -> None:
    last, back = DAY - timedelta(days=4), eastern(2026, 6, 10, 20)
    assert due(JOBS["no-shows"], back, last) == [DAY - timedelta(days=n) for n in (3, 2, 1)]
    assert due(JOBS["agenda"], back, last) == []
    assert due(JOBS["recalls"], back, last) == []
    assert due(JOBS["repair-reminders"], back, last) == [DAY]


def test_weeks_are_let_go() -> None:
    missed = due(JOBS["no-shows"], eastern(2026, 6, 10, 20), DAY - timedelta(days=40))
    assert missed == [DAY - timedelta(days=n) for n in range(7, 0, -1)]


def test_a_new_practice_begins_with_the_latest_day() -> None:
    assert due(JOBS["no-shows"], eastern(2026, 6, 10, 20)) == [DAY - timedelta(days=1)]


def test_an_agenda_wanted_late_in_the_day_is_not_sent_on_the_next() -> None:
    late = {"agenda_at": time(22)}
    assert due(JOBS["agenda"], eastern(2026, 6, 10, 23), DAY - timedelta(days=1), **late) == [DAY]
    assert due(JOBS["agenda"], eastern(2026, 6, 11, 1), DAY - timedelta(days=1), **late) == []


def test_the_day_ends_where_the_sun_sets_last() -> None:
    setup = setup_in("America/New_York", "Pacific/Honolulu")
    midnight_there = datetime(2026, 6, 11, tzinfo=ZoneInfo("Pacific/Honolulu"))
    hour = timedelta(minutes=60)
    before = due(JOBS["no-shows"], midnight_there + hour - timedelta(seconds=1), setup=setup)
    assert before == [DAY - timedelta(days=1)]
    assert due(JOBS["no-shows"], midnight_there + hour, setup=setup) == [DAY]


@pytest.mark.parametrize(
    ("job", "settings"),
    [
        ("agenda", {"agenda_at": None}),
        ("no-shows", {"noshow_after_minutes": None}),
        ("recalls", {"recalls": []}),
        ("recalls", {"recalls": [RECALL.model_copy(update={"active": False})]}),
        ("recalls", {"recalls_per_day": 0}),
    ],
    ids=str,
)
def test_what_a_practice_does_not_want_is_never_due(job: str, settings: dict[str, object]) -> None:
    assert due(JOBS[job], eastern(2026, 6, 10, 12), **settings) == []
