from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import pytest

from caresmith.clock import FixedClock, time_runs_on
from caresmith.events import PracticeOutbox
from caresmith.ids import PracticeId
from caresmith.records.directory import listed, practices
from tests.support.client import invoke
from tests.support.practices import small_practice


@dataclass
class Clockwork:
    """One practice that the clocks know, and what they have told it."""

    practice: PracticeId

    def tick(self, at: datetime, job: str = "tell-what-is-due") -> dict[str, int]:
        with time_runs_on(FixedClock(at)):
            answer: dict[str, int] = invoke("jobs", {"job": job})
        return answer

    def told(self) -> list[tuple[str, str]]:
        """Event types and days, in the order in which they were told."""
        # The stream hands out events; a test looks for them where they were written.
        found = PracticeOutbox.scan(PracticeOutbox.pk.startswith(f"{self.practice}#event#"))
        events = [
            (item.occurred_at, item.detail_type, json.loads(item.detail)["day"]) for item in found
        ]
        return [(kind, day) for _, kind, day in sorted(events)]


@pytest.fixture
def clockwork(practice: PracticeId) -> Clockwork:
    for other in practices():
        listed(other).delete()
    small_practice(practice)
    listed(practice).save()
    return Clockwork(practice)
