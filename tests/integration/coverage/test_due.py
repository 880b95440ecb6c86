"""Coverage verified by itself: before visits, at check-in, again where a payer did not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.clock import to_text
from caresmith.ids import AppointmentId, EventId, PatientId
from caresmith.records.appointment import (
    VISIT,
    EntryRecord,
    VisitRecord,
    VisitView,
    resource_key,
    visit_key,
)
from scripts.localstack.records import sqs_event
from tests.integration.coverage.conftest import NOW, Practice, policy
from tests.support.client import call, invoke
from tests.support.delivery import event_message
from tests.support.payer_desk import INACTIVE, benefits, http, rejected

TOMORROW = NOW + timedelta(days=1)


@dataclass
class Visits:
    """Puts visits into the calendar as scheduling writes them, and tells what happens."""

    office: Practice

    def at(self, start: datetime, *patients: str, status: str = "booked") -> VisitView:
        small = self.office.small
        visit = VisitView(
            appointment_id=AppointmentId.new(),
            status=status,
            type_id=small.visit,
            provider_id=small.ana,
            location_id=small.east,
            start=start,
            end=start + timedelta(minutes=30),
            patient_ids=tuple(PatientId(one) for one in patients),
        )
        key = visit_key(self.office.practice, visit.appointment_id)
        body = visit.model_dump_json()
        VisitRecord(key, VISIT, body=body, sealed=b"unread").save()
        EntryRecord(
            resource_key(self.office.practice, small.ana),
            f"entry#{to_text(start)}#{visit.appointment_id}",
            visit_version=1,
            body=body,
            sealed=b"unread",
        ).save()
        return visit

    def comes(self, visit: VisitView, status: str = "checked-in") -> None:
        detail = {
            "event_id": EventId.new(),
            "practice_id": self.office.practice,
            "occurred_at": self.office.now,
            "actor_id": "usr_x",
            **visit.model_dump(
                mode="json",
                include={
                    "appointment_id",
                    "patient_ids",
                    "provider_id",
                    "location_id",
                    "type_id",
                    "start",
                    "end",
                },
            ),
            "from_status": "booked",
            "to_status": status,
        }
        self._tell("AppointmentStatusChanged", detail)

    def due(self, event_id: str = "") -> str:
        """The day's run is told, and its slices run."""
        event = event_id or EventId.new()
        detail = {
            "event_id": event,
            "practice_id": self.office.practice,
            "occurred_at": self.office.now,
            "actor_id": "system:jobs",
            "day": self.office.clock.at.date().isoformat(),
        }
        self._tell("EligibilityDue", detail)
        self.fire("look-ahead")
        return event

    def fire(self, task: str) -> int:
        """What is scheduled of that task happens now."""
        planned = {k: v for k, v in self.office.scheduled().items() if v["task"] == task}
        for name, payload in planned.items():
            _forget(name)
            self.office.run({k: v for k, v in payload.items() if k != "at"})
        return len(planned)

    def _tell(self, kind: str, detail: dict[str, Any]) -> None:
        message = event_message(kind, detail)
        url = "https://sqs.us-east-1.amazonaws.com/123456789012/caresmith-test-coverage-events"
        assert invoke("coverage", sqs_event([message], url)) == {"batchItemFailures": []}


def _forget(name: str) -> None:
    import boto3

    from caresmith.later import group

    boto3.client("scheduler").delete_schedule(Name=name, GroupName=group())


@pytest.fixture
def visits(office: Practice) -> Visits:
    return Visits(office)


def test_who_comes_in_the_next_days_is_verified(office: Practice, visits: Visits) -> None:
    soon, far, off = (office.covered() for _ in range(3))
    visits.at(TOMORROW, soon.patient_id)
    visits.at(NOW + timedelta(days=6), far.patient_id)
    visits.at(TOMORROW + timedelta(hours=1), off.patient_id, status="cancelled")
    visits.due()
    assert visits.fire("verify") == 1
    assert soon.standing()["badge"] == "active"
    assert far.standing()["badge"] == "never"
    assert off.standing()["badge"] == "never"
    assert office.verified()[0].actor_id == "system:coverage"


def test_a_run_that_is_told_twice_asks_once(office: Practice, visits: Visits) -> None:
    covered = office.covered()
    visits.at(TOMORROW, covered.patient_id)
    event = visits.due()
    visits.due(event)
    planned = office.scheduled()
    assert len(planned) == 1
    [payload] = planned.values()
    asked = {k: v for k, v in payload.items() if k != "at"}
    office.run(asked)
    office.run(asked)
    assert len(office.payer.asked) == 1
    assert len(covered.view()["checks"]) == 1
    visits.fire("verify")
    visits.due()
    assert office.scheduled() == {}, "what is known is not planned again"


def test_every_policy_that_holds_on_the_day_is_asked_about(
    office: Practice, visits: Visits
) -> None:
    chart = office.register(
        policy(),
        policy(member_id="SECOND2", order=2),
        policy(member_id="OLD3", order=3, period={"end": "2026-01-31"}),
    )
    visits.at(TOMORROW, chart["patient_id"])
    visits.due()
    assert visits.fire("verify") == 2
    assert {a.names[0][-1] for a in office.payer.asked} == {"XYZ1234", "SECOND2"}


def test_a_practice_may_ask_by_hand_alone(office: Practice, visits: Visits) -> None:
    covered = office.covered()
    visit = visits.at(TOMORROW, covered.patient_id, status="checked-in")
    reply = call(
        "PUT",
        "/coverage/settings",
        caller=office.biller,
        json_body={"automatic": False},
        headers={"If-Match": '"0"'},
    )
    assert reply.status == 200, reply.text
    visits.due()
    visits.comes(visit)
    assert office.scheduled() == {}


def test_at_check_in_who_is_not_known_is_asked_about(office: Practice, visits: Visits) -> None:
    known, unknown = office.covered(), office.covered()
    known.verified()
    visit = visits.at(NOW, known.patient_id, unknown.patient_id, status="checked-in")
    visits.comes(visit)
    assert visits.fire("verify") == 1
    assert unknown.standing()["badge"] == "active"
    assert len(known.view()["checks"]) == 1


def test_a_new_month_is_asked_about_anew_at_check_in(office: Practice, visits: Visits) -> None:
    covered = office.covered()
    office.clock.at = datetime(2026, 11, 30, 15, tzinfo=UTC)
    start = datetime(2026, 12, 2, 15, tzinfo=UTC)
    visit = visits.at(start, covered.patient_id, status="checked-in")
    covered.verified()
    office.clock.at = start
    visits.comes(visit)
    visits.fire("verify")
    assert len(office.payer.asked) == 2


def test_a_status_that_was_taken_back_meanwhile_asks_nobody(
    office: Practice, visits: Visits
) -> None:
    covered = office.covered()
    visit = visits.at(NOW, covered.patient_id, status="booked")
    visits.comes(visit)
    assert office.scheduled() == {}


def test_a_payer_that_does_not_answer_is_asked_again_less_and_less_often(
    office: Practice, visits: Visits
) -> None:
    covered = office.covered()
    visits.at(TOMORROW, covered.patient_id)
    office.payer.answers_with(http(503))
    visits.due()
    waits = []
    while visits.fire("verify"):
        for payload in office.scheduled().values():
            at = datetime.fromisoformat(payload["at"][3:-1]).replace(tzinfo=UTC)
            waits.append(int((at - office.clock.at).total_seconds() // 60))
            assert office.work() == [], "while it is tried by itself, nobody has to see to it"
            assert covered.standing()["retry_at"]
            office.clock.at = at
    assert waits == [5, 15, 60, 240]
    assert len(office.payer.asked) == 5
    [item] = office.work()
    assert (item["what"], item["tries"]) == ("unreachable", 5)
    assert item["visit_at"]


def test_a_retry_that_was_lost_is_made_up_for_on_the_next_day(
    office: Practice, visits: Visits
) -> None:
    covered = office.covered()
    visits.at(NOW + timedelta(days=2), covered.patient_id)
    office.payer.answers_with(http(503), benefits())
    visits.due()
    visits.fire("verify")
    for name in office.scheduled():
        _forget(name)
    office.later(days=1)
    assert covered.standing()["retry_at"] is None
    visits.due()
    assert visits.fire("verify") == 1
    assert covered.standing()["badge"] == "active"


def test_a_retry_is_needless_once_somebody_has_asked(office: Practice, visits: Visits) -> None:
    covered = office.covered()
    visits.at(TOMORROW, covered.patient_id)
    office.payer.answers_with(http(503), benefits())
    visits.due()
    visits.fire("verify")
    covered.verified(force=True)
    assert visits.fire("verify") == 1
    assert len(office.payer.asked) == 2
    assert covered.standing()["badge"] == "active"


def test_at_the_desk_a_failure_shows_at_once_and_goes_when_the_payer_answers(
    office: Practice, visits: Visits
) -> None:
    covered = office.covered()
    visit = visits.at(NOW, covered.patient_id, status="checked-in")
    office.payer.answers_with(http(503), benefits())
    visits.comes(visit)
    visits.fire("verify")
    assert [item["what"] for item in office.work()] == ["unreachable"]
    visits.fire("verify")
    assert office.work() == []


def test_what_no_retry_can_mend_is_not_asked_about_every_day(
    office: Practice, visits: Visits
) -> None:
    covered = office.covered()
    visits.at(NOW + timedelta(days=2), covered.patient_id)
    office.payer.answers_with(rejected("72"))
    visits.due()
    visits.fire("verify")
    office.later(days=1)
    visits.due()
    assert visits.fire("verify") == 0
    assert len(office.payer.asked) == 1
    assert len(office.work()) == 1


def test_a_policy_that_is_gone_or_over_is_left_alone(office: Practice, visits: Visits) -> None:
    covered = office.covered()
    payload = {
        "task": "verify",
        "practice_id": office.practice,
        "patient_id": covered.patient_id,
        "coverage_id": "cov_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
        "origin": "before-visit",
    }
    assert office.run(payload) == {}
    assert office.payer.asked == []


def test_the_next_visit_stands_first_on_the_list(office: Practice, visits: Visits) -> None:
    office.payer.answers_with(benefits(*INACTIVE))
    later, sooner = office.covered(), office.covered()
    visits.at(NOW + timedelta(days=2), later.patient_id)
    visits.at(NOW + timedelta(days=1), sooner.patient_id)
    visits.due()
    visits.fire("verify")
    assert [item["patient_id"] for item in office.work()] == [sooner.patient_id, later.patient_id]


def test_a_merged_chart_s_visit_verifies_the_survivor_s_policies(
    office: Practice, visits: Visits
) -> None:
    from caresmith.permissions import Role
    from tests.support.client import Caller

    covered, survivor = office.covered(), office.register()
    visits.at(TOMORROW, covered.patient_id)
    office.desk = Caller(office.practice, roles=(Role.MANAGER,))
    gone = office.get(f"/patients/{covered.patient_id}")
    body = {
        "merged_id": covered.patient_id,
        "merged_version": gone["version"],
        "reason": "Twice",
    }
    path = f"/patients/{survivor['patient_id']}/merge"
    assert office.post(path, body, version=survivor["version"]).status == 200
    visits.due()
    assert visits.fire("verify") == 1
    [event] = office.verified()
    assert event.patient_id == survivor["patient_id"]


def test_a_long_calendar_is_looked_through_in_slices(
    office: Practice, visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.coverage import due

    monkeypatch.setattr(due, "_PATIENTS_PER_SLICE", 2)
    people = [office.covered() for _ in range(5)]
    for number, one in enumerate(people):
        visits.at(TOMORROW + timedelta(minutes=30 * number), one.patient_id)
    visits.due()
    rounds = 1
    while visits.fire("look-ahead"):
        rounds += 1
    assert rounds == 3
    assert visits.fire("verify") == 5
    assert all(one.standing()["badge"] == "active" for one in people)
