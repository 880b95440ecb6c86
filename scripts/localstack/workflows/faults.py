"""Errors of states: what they are called, who retries them, who catches them.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

QUERY: Final = "States.QueryEvaluationError"
RUNTIME: Final = "States.Runtime"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT: Final = "States.HeartbeatTimeout"
NO_CHOICE: Final = "States.NoChoiceMatched"
TOO_LARGE: Final = "States.DataLimitExceeded"
_ALL: Final = "States.ALL"
_TASK_FAILED: Final = "States.TaskFailed"
# No wildcard matches these.
_TERMINAL: Final = frozenset({RUNTIME, TOO_LARGE})


class StateError(Exception):
    """A state failed. ``error`` is the name that retriers and catchers match."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause

    def output(self) -> dict[str, str]:
        """``$states.errorOutput``."""
        return {"Error": self.error, "Cause": self.cause}


def matches(error: str, names: Sequence[str]) -> bool:
    """Whether a retrier or catcher with these ``ErrorEquals`` takes the error."""
    if error in names:
        return True
    if error in _TERMINAL:
        return False
    if error == HEARTBEAT and TIMEOUT in names:
        return True
    return _ALL in names or (_TASK_FAILED in names and error != TIMEOUT)


def delay_before_retry(
    rules: Sequence[Mapping[str, Any]], tries: list[int], error: str, chance: Random
) -> float | None:
    """Seconds until the next attempt; None where there is none. Counts it in ``tries``.

    The first retrier that takes the error decides, also when it is exhausted.
    ``tries`` has one count for each retrier.
    """
    for number, rule in enumerate(rules):
        if not matches(error, rule["ErrorEquals"]):
            continue
        if tries[number] >= rule.get("MaxAttempts", 3):
            return None
        delay = rule.get("IntervalSeconds", 1) * rule.get("BackoffRate", 2.0) ** tries[number]
        tries[number] += 1
        delay = min(delay, rule.get("MaxDelaySeconds", delay))
        return chance.uniform(0, delay) if rule.get("JitterStrategy") == "FULL" else float(delay)
    return None


def catcher_of(rules: Sequence[Mapping[str, Any]], error: str) -> Mapping[str, Any] | None:
    """The first catcher that takes the error."""
    return next((rule for rule in rules if matches(error, rule["ErrorEquals"])), None)
