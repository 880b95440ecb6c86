"""One-time schedules: made, changed, fired by the clock, tried again, kept over a kill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from scripts.localstack.answering import answered_here
from scripts.localstack.once import Entry, OnceSchedules

NOON = 1_796_126_400.0  # 2026-12-01T12:00:00Z
ARN = "arn:aws:lambda:us-east-1:123456789012:function:caresmith-test-work"


class Hands:
    """Takes what is delivered, or refuses."""

    def __init__(self, *problems: str) -> None:
        self.taken: list[Entry] = []
        self.problems = list(problems)

    def __call__(self, entry: Entry) -> str | None:
        if self.problems:
            return self.problems.pop(0)
        self.taken.append(entry)
        return None


def wanted(name: str, at: str = "2026-12-01T12:00:00", **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "GroupName": "once",
        "ScheduleExpression": f"at({at})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": ARN,
            "RoleArn": "arn:aws:iam::123456789012:role/x",
            "Input": json.dumps({"id": name}),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5},
        },
        **more,
    }


class Clock:
    def __init__(self) -> None:
        self.at = NOON - 60

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def schedules(clock: Clock) -> OnceSchedules:
    return OnceSchedules(clock)


def test_it_fires_once_at_its_time(schedules: OnceSchedules, clock: Clock) -> None:
    schedules.answer("CreateSchedule", wanted("a"))
    hands = Hands()
    assert schedules.fire_due(hands) == 0
    assert schedules.next_due() == NOON
    clock.at = NOON
    schedules.fire_due(hands)
    schedules.fire_due(hands)
    assert [(entry.target, entry.payload) for entry in hands.taken] == [(ARN, {"id": "a"})]
    assert schedules.next_due() is None


def test_by_a_wall_clock_of_a_zone(schedules: OnceSchedules) -> None:
    zone = {"ScheduleExpressionTimezone": "America/Chicago"}
    schedules.answer("CreateSchedule", wanted("a", "2026-12-01T06:00:00", **zone))
    assert schedules.next_due() == NOON


def test_boto3_meets_the_errors_of_the_cloud(schedules: OnceSchedules) -> None:
    client = boto3.client("scheduler", region_name="us-east-1")
    with answered_here({"scheduler": schedules.answer}):
        client.create_schedule(**wanted("a"))
        with pytest.raises(client.exceptions.ConflictException):
            client.create_schedule(**wanted("a"))
        client.update_schedule(**wanted("a", "2026-12-02T12:00:00"))
        found = client.get_schedule(GroupName="once", Name="a")
        assert found["ScheduleExpression"] == "at(2026-12-02T12:00:00)"
        assert [s["Name"] for s in client.list_schedules(GroupName="once")["Schedules"]] == ["a"]
        client.delete_schedule(GroupName="once", Name="a")
        for missing in (client.delete_schedule, client.get_schedule):
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                missing(GroupName="once", Name="a")
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.update_schedule(**wanted("a"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ScheduleExpression": "rate(1 minute)"},
        {"ScheduleExpression": "at(2026-02-30T12:00:00)"},
        {"ScheduleExpressionTimezone": "Mars/Olympus"},
        {"ActionAfterCompletion": "NONE"},
    ],
)
def test_what_is_not_run_here_is_refused(schedules: OnceSchedules, wrong: dict[str, Any]) -> None:
    client = boto3.client("scheduler", region_name="us-east-1")
    here = answered_here({"scheduler": schedules.answer})
    with here, pytest.raises(ClientError, match="ValidationException"):
        client.create_schedule(**wanted("a", **wrong))
    assert schedules.next_due() is None


def test_a_target_that_fails_is_tried_again_and_at_last_kept_as_lost(
    schedules: OnceSchedules, clock: Clock
) -> None:
    schedules.answer("CreateSchedule", wanted("a"))
    clock.at = NOON
    hands = Hands("Broken", "Broken")
    schedules.fire_due(hands)
    assert schedules.next_due() == NOON + 60
    clock.at = NOON + 60
    schedules.fire_due(hands)
    clock.at = NOON + 180
    schedules.fire_due(hands)
    assert [entry.key for entry in hands.taken] == ["a-1"]
    schedules.answer("CreateSchedule", wanted("b"))
    hands = Hands(*["Broken"] * 9)
    while (due := schedules.next_due()) is not None:
        clock.at = max(due, clock.at)
        schedules.fire_due(hands)
    assert len(hands.problems) == 9 - 6, "one attempt and five retries"
    [(name, _, tries, lost)] = schedules.waiting()
    assert (name, tries, lost) == ("b", 6, "Broken")
    # A lost one is in nobody's way.
    schedules.answer("CreateSchedule", wanted("b"))


def test_one_that_is_replaced_while_it_is_delivered_stays(
    schedules: OnceSchedules, clock: Clock
) -> None:
    schedules.answer("CreateSchedule", wanted("a"))
    clock.at = NOON

    def replaces(_: Entry) -> None:
        schedules.answer("UpdateSchedule", wanted("a"))

    schedules.fire_due(replaces)
    hands = Hands()
    schedules.fire_due(hands)
    assert [entry.key for entry in hands.taken] == ["a-2"]


def test_a_cancelled_one_does_not_come_back_when_its_delivery_fails(
    schedules: OnceSchedules, clock: Clock
) -> None:
    schedules.answer("CreateSchedule", wanted("a"))
    clock.at = NOON

    def cancelled(_: Entry) -> str:
        schedules.answer("DeleteSchedule", {"GroupName": "once", "Name": "a"})
        return "Broken"

    schedules.fire_due(cancelled)
    assert schedules.next_due() is None


def test_schedules_survive_a_kill_and_late_ones_fire_at_once(tmp_path: Path, clock: Clock) -> None:
    before = OnceSchedules(clock, tmp_path / "once.sqlite")
    before.answer("CreateSchedule", wanted("a"))
    # It is not closed: the process has been killed, and the machine was off for a day.
    clock.at = NOON + 86_400
    hands = Hands()
    OnceSchedules(clock, tmp_path / "once.sqlite").fire_due(hands)
    assert [entry.name for entry in hands.taken] == ["a"]
