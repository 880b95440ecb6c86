"""The inbox and the conversations, as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import MessageId, PatientId, StaffTaskId
from caresmith.messages.segments import segments
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, FormRefused, parse
from functions.messaging import conversations, inbox, tasks
from functions.messaging import models as m
from functions.messaging.app import app
from functions.messaging.pages import INBOX, form, fragment, page, query, said
from functions.messaging.wording import TASKS

Html = Response[str]
_SHOWN_ON_CHART: Final = 4


# -- the inbox ---------------------------------------------------------------


@app.get(INBOX, include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-tasks")
def inbox_page() -> Html:
    return page("inbox.html", kinds=TASKS.items(), **_shown())


@app.get(f"{INBOX}/tasks", include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-tasks")
def inbox_list() -> Html:
    return fragment("tasks.html", **_shown())


def _shown() -> dict[str, Any]:
    actor = current_actor()
    wanted = inbox.Filter(kind=query("kind"), whose=query("whose"))
    rows = inbox.rows(actor, wanted)
    return {"rows": rows, "wanted": wanted}


@app.get(f"{INBOX}/count", include_in_schema=False)
@requires(Permission.READ_MESSAGES, audited=False)
def inbox_count() -> Html:
    """The badge beside the menu's entry."""
    return count_badge(tasks.count_open(current_actor().practice_id), "open")


@app.post(f"{INBOX}/tasks/<task_id>/claim", include_in_schema=False)
@requires(Permission.SEND_MESSAGES, action="claim-task")
def claim(task_id: StaffTaskId) -> Html:
    return _change(
        "It is yours.",
        lambda version: tasks.claim(
            task_id, actor=current_actor(), now=app.clock.now(), expected=version
        ),
    )


@app.post(f"{INBOX}/tasks/<task_id>/release", include_in_schema=False)
@requires(Permission.SEND_MESSAGES, action="release-task")
def release(task_id: StaffTaskId) -> Html:
    return _change(
        "Everybody may take it again.",
        lambda version: tasks.release(task_id, actor=current_actor(), expected=version),
    )


@app.post(f"{INBOX}/tasks/<task_id>/close", include_in_schema=False)
@requires(Permission.SEND_MESSAGES, action="close-task")
def close(task_id: StaffTaskId) -> Html:
    return _change(
        "Done.",
        lambda version: tasks.close(
            task_id, actor=current_actor(), now=app.clock.now(), expected=version
        ),
    )


@app.post(f"{INBOX}/tasks/<task_id>/reopen", include_in_schema=False)
@requires(Permission.SEND_MESSAGES, action="reopen-task")
def reopen(task_id: StaffTaskId) -> Html:
    return _change("It is open again.", lambda _: tasks.reopen(task_id, actor=current_actor()))


def _change(told: str, action: Callable[[int | None], m.Task]) -> Html:
    """Carry out ``action`` on the version that the person saw; the page then reads the list."""
    text = form().values.get("version", "")
    action(int(text) if text.isdecimal() else None)
    return Response(204, headers=said(told, "inbox-changed"), body="")


# -- conversations -------------------------------------------------------------


@app.get(f"{INBOX}/patients/<patient_id>", include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-conversation")
def patient_page(patient_id: PatientId) -> Html:
    return page("conversation.html", **_with_patient(patient_id), **_blank_form())


@app.post(f"{INBOX}/patients/<patient_id>", include_in_schema=False)
@requires(Permission.SEND_MESSAGES, action="write-to-patient")
def write_to_patient(patient_id: PatientId) -> Html:
    return _write(
        lambda message, message_id: conversations.write_to_patient(
            patient_id,
            message,
            actor=current_actor(),
            now=app.clock.now(),
            message_id=message_id,
        ),
        lambda: _with_patient(patient_id),
    )


@app.get(f"{INBOX}/patients/<patient_id>/messages", include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-conversation")
def patient_messages(patient_id: PatientId) -> Html:
    return fragment("messages.html", **_with_patient(patient_id))


@app.get(f"{INBOX}/patients/<patient_id>/fragment", include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-conversation")
def patient_fragment(patient_id: PatientId) -> Html:
    """The chart's card: the last messages."""
    return fragment("card.html", shown=_SHOWN_ON_CHART, **_with_patient(patient_id))


@app.get(f"{INBOX}/numbers/<thread>", include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-conversation")
def number_page(thread: str) -> Html:
    return page("conversation.html", **_with_number(thread), **_blank_form())


@app.post(f"{INBOX}/numbers/<thread>", include_in_schema=False)
@requires(Permission.SEND_MESSAGES, action="write-to-number")
def write_to_number(thread: str) -> Html:
    return _write(
        lambda message, message_id: conversations.write_to_number(
            _known(thread),
            message,
            actor=current_actor(),
            now=app.clock.now(),
            message_id=message_id,
        ),
        lambda: _with_number(thread),
    )


@app.get(f"{INBOX}/numbers/<thread>/messages", include_in_schema=False)
@requires(Permission.READ_MESSAGES, action="read-conversation")
def number_messages(thread: str) -> Html:
    return fragment("messages.html", **_with_number(thread))


@app.post(f"{INBOX}/segments", include_in_schema=False)
@requires(Permission.READ_MESSAGES, audited=False)
def count_segments() -> Html:
    """How the text that is being written would be charged."""
    return fragment("segments.html", counted=segments(form().values.get("text", "")[:5000]))


def _write(
    send: Callable[[m.StaffMessage, MessageId], m.Message],
    read: Callable[[], dict[str, Any]],
) -> Html:
    """Queue what was written and show the form again: empty, or with what is wrong with it."""
    shown = form()
    try:
        message_id = MessageId(shown.values.get("message_id", ""))
    except ValueError:
        raise NotFound from None
    try:
        send(parse(shown, m.StaffMessage, ignore=("message_id",)), message_id)
    except FormRefused:
        return fragment("reply.html", status=422, **read(), form=shown, message_id=message_id)
    except DomainError as error:
        shown = shown.refused(error)
        return fragment(
            "reply.html", status=error.status, **read(), form=shown, message_id=message_id
        )
    return fragment(
        "reply.html",
        headers=said("It will be sent at once.", "conversation-changed"),
        **read(),
        **_blank_form(),
    )


def _blank_form() -> dict[str, Any]:
    """An empty form. Its id makes a second click the same message."""
    return {
        "form": Form(),
        "message_id": conversations.new_message_id(current_actor(), app.clock.now()),
    }


def _with_patient(patient_id: PatientId) -> dict[str, Any]:
    practice = current_actor().practice_id
    found = conversations.of_patient(practice, patient_id, query("cursor") or None)
    stands_for = PatientId(found.party_id)
    card = patient_cards(practice, [stands_for]).get(stands_for)
    audit().about(stands_for)
    return {
        "conversation": found,
        "patient": card,
        "path": f"{INBOX}/patients/{stands_for}",
        "older": query("cursor") != "",
    }


def _with_number(thread: str) -> dict[str, Any]:
    known = _known(thread)
    found = conversations.of_number(current_actor().practice_id, known, query("cursor") or None)
    return {
        "conversation": found,
        "patient": None,
        "path": f"{INBOX}/numbers/{known}",
        "older": query("cursor") != "",
    }


def _known(thread: str) -> str:
    """The thread, if the text can be one. Raises NotFound."""
    if not conversations.THREAD.fullmatch(thread):
        raise NotFound
    return thread
