"""The one button that a list offers for a visit is always a legal move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from caresmith.ids import AppointmentId, AppointmentTypeId, LocationId, ProviderId
from functions.scheduling.models import Appointment, VisitDetails
from functions.scheduling.status import FLOW_MOVES, MOVES, Flow, Status
from functions.scheduling.wording import next_step

START = datetime(2026, 11, 24, 16, tzinfo=UTC)


def visit(status: Status, flow: Flow | None = None) -> Appointment:
    end = START + timedelta(minutes=20)
    return Appointment(
        appointment_id=AppointmentId.new(),
        status=status,
        flow=flow,
        type_id=AppointmentTypeId.new(),
        provider_id=ProviderId.new(),
        location_id=LocationId.new(),
        start=START,
        end=end,
        span_start=START,
        span_end=end,
        patient_ids=(),
        created_by="",
        details=VisitDetails(attendees=()),
    )


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CHECKED_IN])
def test_by_status(status: Status) -> None:
    step = next_step(visit(status))
    assert step is None or (step.action == "status" and step.value in MOVES[status])


def test_through_the_rooms_to_the_end() -> None:
    shown = []
    flow: Flow | None = Flow.WAITING
    while flow is not None:
        step = next_step(visit(Status.CHECKED_IN, flow))
        assert step is not None
        shown.append(step.label)
        if step.action == "status":
            assert step.value in MOVES[Status.CHECKED_IN]
            break
        assert step.value in FLOW_MOVES[flow]
        flow = Flow(step.value)
    assert shown == ["To the room", "With the provider", "Complete"]
