"""Who was expected and seen by nobody: marked after the day, by the practice's rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.actor import current_actor
from caresmith.audit import AuditTrail, audited
from caresmith.clock import Instant
from caresmith.errors import VersionConflict
from caresmith.events import NoShowsDue
from caresmith.ids import PracticeId, ProviderId
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import VisitView, read_visit, visits_between
from caresmith.records.practice import PracticeSetup, practice_setup
from functions.scheduling import visits
from functions.scheduling.app import app
from functions.scheduling.status import IllegalMove, Status
from functions.scheduling.views import day_window

_ATTEMPTS: Final = 4


def on_due(event: NoShowsDue) -> None:
    """Mark the visits of that local day, and of the day before, that are over and still booked.

    The day before as well: a visit that lasts past midnight was not over when
    its own day was done. One query a provider; a visit that is marked already,
    or whose patient came, is left as it is.
    """
    after = messaging_settings(event.practice_id).noshow_after_minutes
    if after is None:
        return
    setup, now = practice_setup(event.practice_id), app.clock.now()
    for provider in setup.providers:
        for visit in _of_days(setup, provider, event.day):
            over = visit.end + timedelta(minutes=after) <= now
            if visit.status == Status.BOOKED and visit.patient_ids and over:
                _mark(event.practice_id, visit, now)


def _of_days(setup: PracticeSetup, provider: ProviderId, day: date) -> list[VisitView]:
    """A provider's visits on ``day`` and the day before, by the clock of each one's place."""
    zones = {place.zone for place in setup.locations.values()} | {setup.practice.zone}
    days = [day - timedelta(days=1), day]
    windows = [day_window(days[0], len(days), zone) for zone in sorted(zones)]
    begin = min(first for first, _ in windows)
    end = max(last for _, last in windows)
    found = visits_between(setup.practice.id, provider, begin, end)
    return [visit for visit in found if _local_day(setup, visit) in days]


def _local_day(setup: PracticeSetup, visit: VisitView) -> date:
    place = setup.locations.get(visit.location_id)
    return visit.start.astimezone(ZoneInfo(place.zone if place else setup.practice.zone)).date()


def _mark(practice: PracticeId, found: VisitView, now: Instant) -> None:
    """On condition that nobody has touched the visit since it was read as still booked."""
    visit: VisitView | None = found
    for _ in range(_ATTEMPTS):
        if visit is None or visit.status != Status.BOOKED or visit.end > now:
            return
        # Each visit is a story of its own, also in the audit trail.
        trail = AuditTrail(current_actor(), "scheduling.mark-no-show", app.clock)
        try:
            with audited(trail):
                visits.change_status(
                    visit.appointment_id,
                    Status.NOSHOW,
                    actor=current_actor(),
                    now=now,
                    expected=visit.version,
                )
        except (VersionConflict, IllegalMove):
            visit = read_visit(practice, found.appointment_id)
        else:
            return
    raise VersionConflict
