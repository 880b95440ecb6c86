"""The inbox as a list: each task with whom and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.ids import MessageId, PatientId, PracticeId
from caresmith.messages.records import (
    UNKNOWN,
    MessageRecord,
    conversation_key,
    message_sort_key,
)
from caresmith.records.patient import PatientCard, patient_cards
from functions.messaging import tasks
from functions.messaging.conversations import shown
from functions.messaging.models import Message, Task

DONE: Final = "done"
MINE: Final = "mine"
FREE: Final = "free"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; an empty field looks for all."""

    kind: str = ""
    whose: str = ""
    """``mine``, ``free`` (nobody's yet) or ``done``."""

    def takes(self, task: Task, actor: Actor) -> bool:
        if self.kind and task.task != self.kind:
            return False
        if self.whose == MINE:
            return task.claimed_by == actor.user_id
        return self.whose != FREE or task.claimed_by is None


@dataclass(frozen=True, slots=True)
class Row:
    task: Task
    patient: PatientCard | None
    message: Message | None
    thread: str
    """Of a number that nobody has; empty for everybody else."""


def rows(actor: Actor, wanted: Filter) -> list[Row]:
    """The tasks that fit, each with its patient and message: one query, two batch reads."""
    practice = actor.practice_id
    done = wanted.whose == DONE
    found = tasks.done_tasks(practice) if done else tasks.open_tasks(practice)
    fitting = [task for task in found if wanted.takes(task, actor)]
    patients = [task.patient_id for task in fitting if task.patient_id]
    audit().about(*patients)
    cards = patient_cards(practice, patients) if patients else {}
    messages = _messages(practice, fitting)
    return [
        Row(
            task=task,
            patient=_card(cards, task.patient_id),
            message=messages.get(task.message_id) if task.message_id else None,
            thread=_thread(task.party_id),
        )
        for task in fitting
    ]


def _thread(party_id: str) -> str:
    return party_id.removeprefix(UNKNOWN) if party_id.startswith(UNKNOWN) else ""


def _card(cards: dict[PatientId, PatientCard], patient: PatientId | None) -> PatientCard | None:
    return cards.get(patient) if patient else None


def _messages(practice: PracticeId, found: list[Task]) -> dict[MessageId, Message]:
    keys = {
        (conversation_key(practice, task.party_id), message_sort_key(task.message_id))
        for task in found
        if task.message_id and task.party_id
    }
    if not keys:
        return {}
    read = (shown(practice, record) for record in MessageRecord.batch_get(list(keys)))
    return {message.message_id: message for message in read}
