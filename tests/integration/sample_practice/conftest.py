from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from caresmith.permissions import Role
from scripts.sample_practice import loading
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.loading import Sample
from scripts.sample_practice.people import SamplePatient
from tests.support.client import Caller

SMALL = Size(
    patients=50,
    past_days=14,
    future_days=14,
    past_visits=40,
    future_visits=40,
    waiting=3,
    charts=20,
)


def this_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


@dataclass
class Loaded:
    """A small sample that has been loaded."""

    sample: Sample
    logins: list[dict[str, object]]
    now: datetime

    @property
    def caller(self) -> Caller:
        return Caller(loading.PRACTICE_ID, roles=(Role.MANAGER,))

    @property
    def patients(self) -> list[SamplePatient]:
        return self.sample.patients

    def ahead(self) -> list[Tale]:
        """Visits of one patient that are still to come, from tomorrow on."""
        return [
            tale
            for tale in self.sample.tales
            if tale.visit.start > self.now + timedelta(days=1)
            and tale.visit.capacity == 1
            and tale.visit.status == "booked"
        ]


@pytest.fixture(scope="module")
def loaded(aws: str) -> Iterator[Loaded]:
    loading.remove()
    now = this_minute()
    logins = loading.load(now, SMALL)
    yield Loaded(loading.make_sample(now, SMALL), logins, now)
    loading.remove()
