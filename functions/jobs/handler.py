"""The practice clocks: ``{"job": name}``, or EventBridge's own scheduled event."""

from __future__ import annotations

from functools import partial
from typing import Any

from caresmith.clock import to_text
from caresmith.dispatch import make_handler
from functions.jobs.app import app, clock

__all__ = ["app", "handler"]


def _run(job: str) -> Any:
    """Hand the job to Chalice in the shape in which EventBridge tells of a schedule.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
    """
    event = {
        "version": "0",
        "id": job,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "",
        "time": to_text(clock.now()),
        "region": "",
        "resources": [job],
        "detail": {},
    }
    return app.handler_map[job](event, None)


_dispatch = make_handler(jobs={job: partial(_run, job) for job in app.handler_map})


def handler(event: dict[str, Any], context: Any) -> Any:
    """The Lambda entry point. Raises NothingHandles for an event that names no job here."""
    return _dispatch(
        {"job": _named(event)} if event.get("source") == "aws.events" else event, context
    )


def _named(event: dict[str, Any]) -> str:
    """The job whose rule fired: a rule's name ends with that of its job."""
    rules = [str(rule).rpartition("/")[2] for rule in event.get("resources", ())]
    return next((job for job in app.handler_map for rule in rules if rule.endswith(job)), "")
