"""What reminders store in the ``messages`` table, and how it is read.

==============================  ====================================  =========================
 access                          pk                                    sk
==============================  ====================================  =========================
 the reminders of a visit        ``<practice>#reminders#<visit>``      ``step#<step>``
   (timeline: one query)
 one step                        same                                  same
 whether who was expected came   same                                  ``came#<patient>``
 steps that are still open, by   ``<practice>#open#<yyyy-mm-dd>``      ``<due>#<step>``
   the UTC day they are due
 what became of reminders, by    ``<practice>#delivery``               ``<day>#<step key>#
   day (one query for a range)                                          <channel>#<shard>``
 last visits of a month          ``<practice>#last-visit#<yyyy-mm>``   ``<type>#<patient>``
 last visits of a patient        ``<practice>#last-visits#<patient>``  ``last-visits``
 recalls sent on a day           ``<practice>#recalls#<yyyy-mm-dd>``   ``recalls``
 reports of the nightly repair   ``<practice>#repairs``                ``<instant>#<event>``
   (one query, read backwards)
==============================  ====================================  =========================

A *step* is one reminder of the cadence for one patient of one visit at one
start: a visit that moves gets other steps. Ids, times, states and codes only, so
nothing is sealed. An open step always has one one-time schedule: what starts its
workflow, or the watch that starts it again if its execution dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final
from zlib import crc32

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from caresmith.clock import Instant, from_text, to_text
from caresmith.ids import AppointmentId, PatientId, PracticeId, ReminderStepId
from caresmith.tables import MessagesItem

SHARDS: Final = 4
"""Counters of one row are spread, so that a busy minute's transactions rarely meet."""


class State(StrEnum):
    PLANNED = "planned"
    """Its schedule will start it."""
    STARTED = "started"
    """An execution has it: it waits for quiet hours to end, or sends."""
    AWAITING = "awaiting"
    """Sent; an execution waits for the answer."""
    ENDED = "ended"


class Outcome(StrEnum):
    """How a step ended."""

    SENT = "sent"
    """It asked nothing."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    ASKED_TO_MOVE = "asked-to-move"
    """Times were offered; none is taken yet."""
    ANSWERED = "answered"
    """Answered in a way that a person has to deal with."""
    NO_REPLY = "no-reply"
    CONFIRMED_BEFORE = "confirmed-before"
    CHANGED = "changed"
    """The visit was moved, cancelled or has begun."""
    NOT_IN_CADENCE = "not-in-cadence"
    INACTIVE = "inactive"
    """The chart is archived, or the patient has died."""
    UNREACHABLE = "unreachable"
    TOO_LATE = "too-late"
    GAVE_UP = "gave-up"


REPLIES: Final = frozenset(
    {
        Outcome.CONFIRMED,
        Outcome.CANCELLED,
        Outcome.RESCHEDULED,
        Outcome.ASKED_TO_MOVE,
        Outcome.ANSWERED,
    }
)
"""Outcomes that a person's answer brought: nothing but a newer answer replaces them."""


class StepRecord(MessagesItem, discriminator="reminder-step"):
    """One reminder. ``version`` guards each change."""

    step_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    """As the visit names them; ``party_id`` is the chart that stands for them."""
    key = UnicodeAttribute()
    start = UnicodeAttribute()
    due = UnicodeAttribute()
    day = UnicodeAttribute()
    """The date of ``due`` by the place's clock: the row that counts it."""
    asks = BooleanAttribute()
    state = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)

    runs = NumberAttribute(default=0)
    """How often an execution has claimed it: part of its schedule's name."""
    execution = UnicodeAttribute(null=True)
    alive_until = UnicodeAttribute(null=True)
    """From then on another execution may take it over."""
    token = UnicodeAttribute(null=True)
    reply_until = UnicodeAttribute(null=True)

    attempt = NumberAttribute(default=0)
    """Counts its messages: the same attempt has always the same message id."""
    party_id = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    channel = UnicodeAttribute(null=True)
    thread = UnicodeAttribute(null=True)
    asking = BooleanAttribute(default=False)
    """Whether its present message asks for an answer."""
    tried: ListAttribute[str] = ListAttribute(default=list)
    """Threads at which nothing arrived."""

    sent_at = UnicodeAttribute(null=True)
    delivered_at = UnicodeAttribute(null=True)
    replied_at = UnicodeAttribute(null=True)
    sent: ListAttribute[str] = ListAttribute(default=list)
    """Messages counted as sent; the same for what came of them."""
    delivered: ListAttribute[str] = ListAttribute(default=list)
    failed: ListAttribute[str] = ListAttribute(default=list)
    version = VersionAttribute()

    @property
    def is_open(self) -> bool:
        return self.state != State.ENDED

    @property
    def begins(self) -> Instant:
        """The visit's start that it reminds of."""
        return from_text(self.start)

    @property
    def schedule(self) -> str:
        """The name of its one-time schedule."""
        return schedule_name(ReminderStepId(self.step_id), int(self.runs))


class OpenStepRecord(MessagesItem, discriminator="open-step"):
    """Where an open step is: the nightly repair finds it here."""

    step_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute()


class CameRecord(MessagesItem, discriminator="came"):
    """How a patient's visit was counted."""

    fate = UnicodeAttribute()
    rows: ListAttribute[str] = ListAttribute(default=list)
    """The counter rows that count it."""
    version = VersionAttribute()


class CounterRecord(MessagesItem, discriminator="delivery-counter"):
    """What became of the reminders that were due on a day. The sort key names the row."""

    sent = NumberAttribute(default=0)
    delivered = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    confirmed = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)
    rescheduled = NumberAttribute(default=0)
    answered = NumberAttribute(default=0)
    no_reply = NumberAttribute(default=0)
    unreachable = NumberAttribute(default=0)
    kept = NumberAttribute(default=0)
    noshow = NumberAttribute(default=0)


class LastVisitRecord(MessagesItem, discriminator="last-visit"):
    """A patient's last fulfilled visit of a kind, filed under its month."""

    patient_id = UnicodeAttribute()
    type_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    day = UnicodeAttribute()
    asked = JSONAttribute(default=dict)
    """By recall: how often the patient was invited since that visit, and when last."""


class LastVisitsRecord(MessagesItem, discriminator="last-visits"):
    """A patient's last fulfilled visits: kind of visit to ``[day, appointment]``."""

    visits = JSONAttribute(default=dict)
    version = VersionAttribute()


class RecallDayRecord(MessagesItem, discriminator="recall-day"):
    """How many invitations went out on a day."""

    sent = NumberAttribute(default=0)


class RepairRecord(MessagesItem, discriminator="reminder-repair"):
    """What one run of the repair found and mended, summed over its slices."""

    day = UnicodeAttribute()
    started_at = UnicodeAttribute()
    by = UnicodeAttribute()
    slices = JSONAttribute(default=dict)
    """Slice to what it found; empty where it still runs."""
    version = VersionAttribute()


def steps_key(practice: PracticeId, appointment: AppointmentId) -> str:
    return f"{practice}#reminders#{appointment}"


def step_sort_key(step: str) -> str:
    return f"step#{step}"


def step_id_of(
    appointment: AppointmentId, patient: PatientId, key: str, start: Instant
) -> ReminderStepId:
    """The step's id: always the same for the same reminder of the same time."""
    return ReminderStepId.derived(appointment, patient, key, to_text(start))


def schedule_name(step: ReminderStepId, runs: int) -> str:
    """Of what starts the step; each claim has a name of its own, as the former one is ending."""
    return f"reminder-{step}-{runs}"


def open_key(practice: PracticeId, day: str) -> str:
    return f"{practice}#open#{day}"


def open_record(practice: PracticeId, step: StepRecord) -> OpenStepRecord:
    return OpenStepRecord(
        open_key(practice, step.due[:10]),
        f"{step.due}#{step.step_id}",
        step_id=step.step_id,
        appointment_id=step.appointment_id,
    )


def delivery_key(practice: PracticeId) -> str:
    return f"{practice}#delivery"


def counter_sort_key(row: str, shard_by: str) -> str:
    return f"{row}#{crc32(shard_by.encode()) % SHARDS}"


def read_step(practice: PracticeId, appointment: AppointmentId, step: str) -> StepRecord | None:
    """One step by one strongly consistent read."""
    try:
        return StepRecord.get(
            steps_key(practice, appointment), step_sort_key(step), consistent_read=True
        )
    except StepRecord.DoesNotExist:
        return None


def steps_of(practice: PracticeId, appointment: AppointmentId) -> list[StepRecord]:
    """All steps of a visit, of its former times too, by when they are or were due."""
    found: Iterator[StepRecord] = StepRecord.query(
        steps_key(practice, appointment), StepRecord.sk.startswith("step#"), consistent_read=True
    )
    return sorted(found, key=lambda step: (step.due, step.step_id))
