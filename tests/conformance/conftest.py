"""A practice at work, whose answers are held against standards written by others."""

from __future__ import annotations

import pytest

from caresmith.ids import PracticeId
from tests.integration.scheduling.conftest import Desk
from tests.integration.security.conftest import Full, fill
from tests.support.client import Caller
from tests.support.practices import add_patient, small_practice


@pytest.fixture
def desk(practice: PracticeId) -> Desk:
    """The front desk of a small practice with one patient."""
    return Desk(small_practice(practice), Caller(practice), add_patient(practice))


@pytest.fixture
def full(practice: PracticeId) -> Full:
    """A practice with something of everything in it."""
    return fill(practice)
