"""Each night the calendar itself is looked through: a visit is judged though no event told of it.

That is one which was booked before anybody listened, or whose event was lost. A run goes in
slices, one for each provider and so many patients, each a short invocation by a one-time
schedule that reads one calendar; whatever is run twice finds what it has judged, and changes
nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from caresmith import later
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PracticeId, ProviderId
from caresmith.log import logger
from caresmith.records.appointment import visits_between
from caresmith.records.practice import practice_setup
from functions.accounts.accounts import today
from functions.accounts.estimating.owing import follow_person

TASK: Final = "estimates-ahead"
AHEAD_DAYS: Final = 30
"""A visit that is ten business days off or more has the longest time, three business days
(149.610(b)(1)(vi)(B)): some 19 days with the weekends. With holidays and a week on which the
practice is closed each visit comes into sight before any of that time is lost."""
PATIENTS_PER_SLICE: Final = 60


def begin(practice: PracticeId, day: dt.date, now: Instant) -> None:
    """Have each provider's calendar looked through, in an invocation of its own."""
    for number, provider in enumerate(sorted(practice_setup(practice).providers)):
        start = now + dt.timedelta(seconds=number)
        _schedule(practice, provider, day, "first", begin=now, start=start)


def on_task(payload: Mapping[str, Any], now: Instant) -> dict[str, int]:
    """Judge the visits to come of the next patients of one calendar; how many these were."""
    practice, provider = PracticeId(payload["practice_id"]), ProviderId(payload["provider_id"])
    audit().record(provider)
    seen: set[PatientId] = set()
    last = None
    first = from_text(payload["begin"])
    for visit in visits_between(practice, provider, first, _end(practice, now)):
        # Several may begin at the same time: the next slice does not begin among them.
        if len(seen) >= PATIENTS_PER_SLICE and visit.start != last:
            day, at = dt.date.fromisoformat(payload["day"]), visit.start
            _schedule(practice, provider, day, f"{at:%m%d%H%M}", begin=at, start=now)
            break
        last = visit.start
        for patient in visit.patient_ids if visit.awaited else ():
            if patient not in seen:
                seen.add(patient)
                _judge(practice, patient, now)
    return {"patients": len(seen)}


def _judge(practice: PracticeId, patient: PatientId, now: Instant) -> None:
    try:
        follow_person(practice, patient, now)
    except NotFound:
        logger().warning("a visit of no chart", extra={"patient_id": patient})


def _end(practice: PracticeId, now: Instant) -> Instant:
    """When the last of the days is over by the clock of the place where it lasts longest."""
    setup = practice_setup(practice)
    over = today(practice, now) + dt.timedelta(days=AHEAD_DAYS + 1)
    zones = {setup.practice.zone, *(place.zone for place in setup.locations.values())}
    return max(
        dt.datetime.combine(over, dt.time(0), ZoneInfo(zone)).astimezone(dt.UTC) for zone in zones
    )


def _schedule(
    practice: PracticeId,
    provider: ProviderId,
    day: dt.date,
    name: str,
    *,
    begin: Instant,
    start: Instant,
) -> None:
    """The same name for the same slice of a night: told twice, it is planned once."""
    later.at(
        start,
        name=f"estimates-{practice[-10:]}-{day:%Y%m%d}-{provider[-10:]}-{name}",
        target="accounts",
        payload={
            "task": TASK,
            "practice_id": practice,
            "provider_id": provider,
            "day": day.isoformat(),
            "begin": to_text(begin),
        },
    )
