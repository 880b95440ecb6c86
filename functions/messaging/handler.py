"""Messages: sending, answers, conversations, the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.dispatch import Consumer, make_handler
from caresmith.events import (
    DomainEvent,
    MessageQueued,
    ReplyActedOn,
    ReplyReceived,
    ResultArrived,
    StaffTaskRaised,
    WaitlistOfferClosed,
    WaitlistOffered,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import MessageId, PatientId, StaffTaskId
from caresmith.messages.links import public_url
from caresmith.permissions import Permission
from functions.messaging import alerts, answers, conversations, delivering, offers, screens, tasks
from functions.messaging import models as m
from functions.messaging.app import app
from functions.messaging.carriers.choosing import carrier_for
from functions.messaging.sending import Sender

__all__ = ["app", "handler", "screens"]

Thread = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]
Cursor = Annotated[str | None, Query(max_length=200)]


def _expected() -> int | None:
    """The version that the caller saw, where the caller says so."""
    return app.if_match() if app.header("if-match") else None


# -- the inbox -------------------------------------------------------------


@app.get("/messages/tasks")
@requires(Permission.READ_MESSAGES, action="read-tasks")
def read_tasks(state: Literal["open", "done"] = "open") -> Response[list[m.Task]]:
    practice = current_actor().practice_id
    found = tasks.open_tasks(practice) if state == "open" else tasks.done_tasks(practice)
    audit().about(*(task.patient_id for task in found if task.patient_id))
    return reply(found)


@app.post("/messages/tasks/<task_id>/claim")
@requires(Permission.SEND_MESSAGES, action="claim-task")
def claim_task(task_id: StaffTaskId) -> Response[m.Task]:
    return _task(
        tasks.claim(task_id, actor=current_actor(), now=app.clock.now(), expected=_expected())
    )


@app.post("/messages/tasks/<task_id>/release")
@requires(Permission.SEND_MESSAGES, action="release-task")
def release_task(task_id: StaffTaskId) -> Response[m.Task]:
    return _task(tasks.release(task_id, actor=current_actor(), expected=_expected()))


@app.post("/messages/tasks/<task_id>/close")
@requires(Permission.SEND_MESSAGES, action="close-task")
def close_task(task_id: StaffTaskId) -> Response[m.Task]:
    return _task(
        tasks.close(task_id, actor=current_actor(), now=app.clock.now(), expected=_expected())
    )


@app.post("/messages/tasks/<task_id>/reopen")
@requires(Permission.SEND_MESSAGES, action="reopen-task")
def reopen_task(task_id: StaffTaskId) -> Response[m.Task]:
    return _task(tasks.reopen(task_id, actor=current_actor()))


def _task(task: m.Task) -> Response[m.Task]:
    return reply(task, headers=etag(task.version))


# -- conversations ---------------------------------------------------------


@app.get("/messages/patients/<patient_id>")
@requires(Permission.READ_MESSAGES, action="read-conversation")
def read_conversation(patient_id: PatientId, cursor: Cursor = None) -> Response[m.Conversation]:
    return reply(conversations.of_patient(current_actor().practice_id, patient_id, cursor))


@app.post("/messages/patients/<patient_id>")
@requires(Permission.SEND_MESSAGES, action="write-to-patient")
def write_to_patient(patient_id: PatientId, message: m.StaffMessage) -> Response[m.Message]:
    sent = conversations.write_to_patient(
        patient_id, message, actor=current_actor(), now=app.clock.now()
    )
    return reply(sent, status=201)


@app.get("/messages/numbers/<thread>")
@requires(Permission.READ_MESSAGES, action="read-conversation")
def read_unknown(thread: Thread, cursor: Cursor = None) -> Response[m.Conversation]:
    """What a number wrote that no chart has."""
    return reply(conversations.of_number(current_actor().practice_id, thread, cursor))


@app.post("/messages/numbers/<thread>")
@requires(Permission.SEND_MESSAGES, action="write-to-number")
def write_to_unknown(thread: Thread, message: m.StaffMessage) -> Response[m.Message]:
    sent = conversations.write_to_number(
        thread, message, actor=current_actor(), now=app.clock.now()
    )
    return reply(sent, status=201)


# -- workflow, schedules, events ---------------------------------------------


def _sender() -> Sender:
    actor = current_actor()
    return Sender(
        practice=actor.practice_id,
        carrier_for=carrier_for,
        clock=app.clock,
        actor_id=actor.user_id,
        public_url=public_url(),
    )


def send(payload: Mapping[str, Any]) -> dict[str, str]:
    """Task of the reminder's workflow."""
    message_id = MessageId(payload["message_id"])
    return delivering.send_for_workflow(_sender(), str(payload["party_id"]), message_id)


def send_queued(payload: Mapping[str, Any]) -> None:
    """Task of a one-time schedule."""
    message_id = MessageId(payload["message_id"])
    delivering.send_or_wait(_sender(), str(payload["party_id"]), message_id)


def _by_the_clock(consume: Callable[[Any, Instant], None]) -> Consumer:
    return lambda event: consume(event, app.clock.now())


_CONSUMERS: Final[Mapping[type[DomainEvent], Consumer]] = {
    MessageQueued: lambda event: delivering.on_queued(event, _sender()),
    ReplyReceived: _by_the_clock(answers.on_reply),
    ReplyActedOn: _by_the_clock(answers.on_acted),
    WaitlistOffered: _by_the_clock(offers.on_offered),
    WaitlistOfferClosed: _by_the_clock(offers.on_closed),
    StaffTaskRaised: tasks.on_raised,
    ResultArrived: _by_the_clock(alerts.on_result),
}

handler = make_handler(
    app, consumers=_CONSUMERS, tasks={"send": send, delivering.AGAIN: send_queued}
)
