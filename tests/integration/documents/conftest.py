from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from tests.support.client import Caller, call
from tests.support.filing import Files
from tests.support.practices import small_practice


def register(practice: PracticeId, **demographics: Any) -> str:
    person = {
        "names": [{"given": ["Ana"], "family": "Example"}],
        "birth_date": "1985-03-14",
        "gender": "female",
        **demographics,
    }
    reply = call(
        "POST",
        "/patients",
        caller=Caller(practice),
        json_body={"demographics": person, "confirmed_not_duplicate": True},
    )
    assert reply.status == 201, reply.text
    return str(reply.json["patient_id"])


@pytest.fixture
def files(practice: PracticeId) -> Files:
    """A clinician with one patient."""
    small_practice(practice)
    caller = Caller(practice, roles=(Role.CLINICIAN,))
    return Files(practice, caller, register(practice))
