"""Doing something once, at a set time: one-time EventBridge Scheduler entries.

    at(when, name="offer-...", target="messaging", payload={"task": "send", ...})

A name is unique in the deployment and says what it is for: the same name again
replaces the time. An entry that has fired deletes itself. Payloads hold ids.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from caresmith.clock import Instant
from caresmith.settings import prefix

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

_NAME: Final = re.compile(r"[0-9A-Za-z_.-]{1,64}")
# How long Scheduler keeps trying a target that does not answer.
_PATIENCE: Final = timedelta(hours=6)


@cache
def _scheduler() -> EventBridgeSchedulerClient:
    import boto3

    return boto3.client("scheduler")


def group() -> str:
    """The schedule group that holds this deployment's one-time schedules."""
    return prefix() + "once"


def at(when: Instant, *, name: str, target: str, payload: Mapping[str, Any]) -> None:
    """Invoke ``target`` with ``payload`` at ``when`` (at once where it is past).

    To the second, and never before: a part of a second counts as a whole one.

    ``target`` is a function's name or ``workflow:<name>``, as the manifest grants
    it. Raises ValueError for a name that Scheduler does not take.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("a schedule's name has at most 64 letters, digits, dots and dashes")
    wanted: dict[str, Any] = {
        "Name": name,
        "GroupName": group(),
        "ScheduleExpression": f"at({_whole_second(when).strftime('%Y-%m-%dT%H:%M:%S')})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": os.environ[_variable(target)],
            "RoleArn": os.environ["CARESMITH_ONCE_ROLE"],
            "Input": json.dumps(payload, separators=(",", ":"), sort_keys=True),
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": int(_PATIENCE.total_seconds()),
                "MaximumRetryAttempts": 60,
            },
        },
    }
    client = _scheduler()
    try:
        client.create_schedule(**wanted)
    except client.exceptions.ConflictException:
        try:
            client.update_schedule(**wanted)
        except client.exceptions.ResourceNotFoundException:
            # It fired, and so deleted itself, between the two calls.
            client.create_schedule(**wanted)


def _whole_second(when: Instant) -> Instant:
    begun = when.astimezone(UTC).replace(microsecond=0)
    return begun + timedelta(seconds=1) if when.microsecond else begun


def cancel(name: str) -> None:
    """Forget what was to happen; nothing where it has happened or never was planned."""
    client = _scheduler()
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_schedule(Name=name, GroupName=group())


def is_planned(name: str) -> bool:
    """Whether something is still to happen under that name."""
    client = _scheduler()
    try:
        client.get_schedule(Name=name, GroupName=group())
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def _variable(target: str) -> str:
    """The environment variable with the target's ARN: ``CARESMITH_ONCE_WORKFLOW_REMINDER``."""
    return "CARESMITH_ONCE_" + target.upper().replace(":", "_").replace("-", "_")
