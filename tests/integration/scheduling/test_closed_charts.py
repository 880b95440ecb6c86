"""Visits and charts that are archived or merged, also in the very moment of booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from caresmith.ids import PatientId, PracticeId
from caresmith.records import patient as charts
from caresmith.records.patient import ChartStatus
from functions.scheduling import plan
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.practices import add_patient


def set_status(practice: PracticeId, patient: PatientId, status: ChartStatus, **more: Any) -> None:
    head = charts.Patient.get(charts.chart_key(practice, patient), charts.CHART)
    head.status = status
    for name, value in more.items():
        setattr(head, name, value)
    head.save()


@pytest.fixture
def closes_just_now(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[PatientId], None]:
    """The chart is archived between being looked at and the visit's being written."""

    def arrange(patient: PatientId) -> None:
        read = plan.patient_card

        def read_then_closed(practice: PracticeId, asked: PatientId) -> Any:
            card = read(practice, asked)
            if asked == patient:
                set_status(practice, asked, ChartStatus.ARCHIVED)
            return card

        monkeypatch.setattr(plan, "patient_card", read_then_closed)

    return arrange


def problem(reply: Any) -> tuple[int, str]:
    return reply.status, reply.json["type"].rpartition("/")[2]


def test_a_chart_that_closes_while_it_is_booked_gets_no_visit(
    desk: Desk, closes_just_now: Callable[[PatientId], None]
) -> None:
    closes_just_now(desk.patient)
    start = next_weekday(1, 10)
    assert problem(desk.book(start)) == (409, "patient-not-bookable")
    assert "10:00" in desk.free(start)
    visits = desk.get(f"/calendar/patients/{desk.patient}", first=start.date().isoformat())
    assert visits.json == []


def test_a_chart_that_closes_while_it_joins_a_group_gets_no_seat(
    desk: Desk, closes_just_now: Callable[[PatientId], None]
) -> None:
    visit = desk.book(next_weekday(1, 10), type_id=desk.small.group).json["appointment_id"]
    late = add_patient(desk.small.practice, "Late")
    closes_just_now(late)
    joined = desk.post(f"/appointments/{visit}/attendees", {"patient_id": late})
    assert problem(joined) == (409, "patient-not-bookable")
    assert desk.get(f"/appointments/{visit}").json["patient_ids"] == [desk.patient]


def test_visits_of_a_merged_chart_are_shown_moved_and_cancelled_as_ever(desk: Desk) -> None:
    survivor = add_patient(desk.small.practice, "Doe-Smith")
    start = next_weekday(1, 10)
    visit = desk.book(start).json["appointment_id"]
    set_status(desk.small.practice, desk.patient, ChartStatus.MERGED, merged_into=str(survivor))
    set_status(desk.small.practice, survivor, ChartStatus.ACTIVE, merged_ids=[str(desk.patient)])
    first = start.date().isoformat()
    shown = desk.get(f"/calendar/patients/{survivor}", first=first)
    assert [v["appointment_id"] for v in shown.json] == [visit]
    later = (start + timedelta(hours=1)).isoformat()
    assert desk.post(f"/appointments/{visit}/reschedule", {"start": later}).status == 200
    assert desk.post(f"/appointments/{visit}/cancel", {"reason": "pat"}).status == 200


def test_one_person_has_one_seat_under_either_chart(desk: Desk) -> None:
    survivor = add_patient(desk.small.practice, "Doe-Smith")
    visit = desk.book(next_weekday(1, 10), type_id=desk.small.group).json["appointment_id"]
    set_status(desk.small.practice, desk.patient, ChartStatus.MERGED, merged_into=str(survivor))
    set_status(desk.small.practice, survivor, ChartStatus.ACTIVE, merged_ids=[str(desk.patient)])
    again = desk.post(f"/appointments/{visit}/attendees", {"patient_id": survivor})
    assert again.status == 422
    assert again.json["errors"][0]["field"] == "patient_id"
