"""A billing office at ten in the morning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caresmith.clock import FixedClock, time_runs_on
from caresmith.ids import PracticeId
from tests.support.billing_office import NOW, BillingOffice, billing_office
from tests.support.forgetting import forget_secrets


@pytest.fixture
def office(practice: PracticeId) -> Iterator[BillingOffice]:
    clock = FixedClock(NOW)
    forget_secrets()
    with time_runs_on(clock):
        yield billing_office(practice, clock)
