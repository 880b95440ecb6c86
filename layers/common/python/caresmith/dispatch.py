"""One handler for all of a function's sources: HTTP, the bus, a stream, a clock.

    handler = make_handler(app, consumers={AppointmentBooked: add_to_timeline})

Whatever a source delivers is acted on for one practice, by the function itself
as actor, with an audit entry where it touched records. An error in one message
fails that message alone; it is retried and ends in the dead-letter queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import Clock, SystemClock
from caresmith.events import DomainEvent, parse_event
from caresmith.ids import PracticeId
from caresmith.log import bind, describe, logger
from caresmith.settings import service_name


class HttpApp(Protocol):
    """What answers API Gateway: a :class:`caresmith.http.FeatureApp`, or the webhooks' app."""

    def resolve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]: ...


Consumer = Callable[[Any], None]
"""Takes one domain event of the type it is registered for."""

Task = Callable[[Mapping[str, Any]], Any]
"""Takes a workflow's or one-time schedule's payload (ids and codes), returns what it waits for."""

StreamConsumer = Callable[[list[dict[str, Any]]], list[str]]
"""Takes raw stream records in order; returns the sequence numbers that failed."""


class NothingHandles(Exception):
    """The function was invoked with an event that it declares no handler for."""


def make_handler(
    app: HttpApp | None = None,
    *,
    consumers: Mapping[type[DomainEvent], Consumer] | None = None,
    stream: StreamConsumer | None = None,
    jobs: Mapping[str, Callable[[], Any]] | None = None,
    tasks: Mapping[str, Task] | None = None,
    clock: Clock | None = None,
) -> Callable[[dict[str, Any], Any], Any]:
    """The Lambda entry point that serves these sources.

    A *task* is a step of a workflow, or what a one-time schedule starts: its
    event names it (``{"task": "send", "practice_id": ..., ...}``). An error goes
    back to the workflow under its class's name, which its retriers match.
    """
    by_type = {kind.detail_type(): consume for kind, consume in (consumers or {}).items()}
    the_clock = clock or SystemClock()

    def handler(event: dict[str, Any], context: Any) -> Any:
        if app is not None and "httpMethod" in event:
            return app.resolve(event, context)
        if jobs and event.get("job") in jobs:
            bind(job=event["job"])
            return jobs[event["job"]]()
        if tasks and event.get("task") in tasks:
            return _carry_out(event, tasks[event["task"]], the_clock)
        records = event.get("Records") or [{}]
        source = records[0].get("eventSource")
        if stream is not None and source == "aws:dynamodb":
            failed = stream(records)
            return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
        if by_type and source == "aws:sqs":
            return _consume_batch(records, by_type, the_clock)
        raise NothingHandles(f"{service_name()} has no handler for {source or 'this event'}")

    return handler


def _carry_out(event: Mapping[str, Any], task: Task, clock: Clock) -> Any:
    practice = PracticeId(event["practice_id"])
    execution = str(event.get("execution", ""))
    bind(task=event["task"], practice_id=practice, correlation_id=execution)
    actor = Actor.system(practice, service_name())
    trail = AuditTrail(actor, f"task.{event['task']}", clock, correlation_id=execution)
    with acting_as(actor), audited(trail):
        result = task(event)
        if trail.patients or trail.records:
            trail.close(Outcome.SUCCESS, 200)
    return result


def _consume_batch(
    records: list[dict[str, Any]], by_type: Mapping[str, Consumer], clock: Clock
) -> dict[str, Any]:
    failures = []
    for record in records:
        try:
            _consume(json.loads(record["body"]), by_type, clock)
        except Exception as error:
            logger().error(
                "event not consumed",
                extra={"error": describe(error), "message_id": record["messageId"]},
            )
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _consume(envelope: Mapping[str, Any], by_type: Mapping[str, Consumer], clock: Clock) -> None:
    kind = envelope["detail-type"]
    event = parse_event(kind, envelope["detail"])
    bind(correlation_id=event.event_id, practice_id=event.practice_id)
    actor = Actor.system(event.practice_id, service_name())
    trail = AuditTrail(actor, f"event.{kind}", clock, correlation_id=event.event_id)
    with acting_as(actor), audited(trail):
        by_type[kind](event)
        if trail.patients or trail.records:
            trail.close(Outcome.SUCCESS, 200)
