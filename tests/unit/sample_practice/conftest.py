from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scripts.sample_practice.agenda import Size
from scripts.sample_practice.loading import Sample, make_sample

TUESDAY_MORNING = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The whole sample as it is on a working day, a little after ten in Chicago."""
    return make_sample(TUESDAY_MORNING, Size())
