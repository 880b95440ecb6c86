"""When and by whom something of a chart was noted: never before it was, nor before the chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from caresmith.ids import EncounterId, EntityId, ProviderId
from caresmith.records.clinical.content import Content
from scripts.sample_practice.clinical.charted import SIGNERS, Entry
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PROVIDERS


@dataclass(frozen=True)
class Seen:
    """A visit at which something can be noted."""

    encounter: EncounterId
    at: dt.datetime
    provider: ProviderId


class Moments:
    """Finds for each fact the visit at which it was written down."""

    def __init__(self, patient: SamplePatient, seen: Sequence[Seen], now: dt.datetime) -> None:
        self._patient, self._seen, self._now = patient, seen, now
        usual = patient.registration.preferred_provider_id
        self._usual = SIGNERS[usual or PROVIDERS["okafor"].id]

    @property
    def first_day(self) -> dt.date:
        return self._patient.registered_at.date()

    def visit_on(self, day: dt.date) -> Seen | None:
        return next((one for one in self._seen if one.at.date() == day), None)

    def entry(self, content: Content, entry_id: EntityId, since: dt.date) -> Entry:
        """Noted when the chart was opened, or at the next visit after it began."""
        opened = self._patient.registered_at
        if since <= opened.date():
            at = min(opened + dt.timedelta(minutes=25), self._now)
            return Entry(content, entry_id, at, self._usual)
        for one in self._seen:
            if one.at.date() >= since:
                at = min(one.at + dt.timedelta(minutes=12), self._now)
                return Entry(content, entry_id, at, SIGNERS[one.provider], one.encounter)
        # Told by telephone, or known from a letter.
        noon = dt.datetime.combine(since, dt.time(18), dt.UTC)
        return Entry(content, entry_id, min(max(noon, opened), self._now), self._usual)
