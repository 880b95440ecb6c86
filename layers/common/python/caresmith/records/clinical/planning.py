"""Care plans and tasks.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core                       value set
===================  ======================================  =====================================
 CarePlan             US Core CarePlan
   status             status (1..1)                           request-status
   title, text        title, text.div (1..1)
   category           category: assess-plan (1..*)            US Core careplan-category
   starts, ends       period
   goals              goal (Goal.description)
   activities         activity.detail.description
   addresses          addresses (Condition ids)
 Task                 Task
   status             status (1..1)                           task-status
   intent             intent: order (1..1)
   priority           priority                                request-priority
   what               description
   for                for (the chart's patient)
   owner_id           owner
   due                restriction.period.end
   focus              focus (an entry's id)
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from caresmith.ids import CarePlanId, ChartTaskId, ConditionId, UserId
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Line, Note, Word


class RequestStatus(StrEnum):
    """http://hl7.org/fhir/ValueSet/request-status"""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR
    UNKNOWN = "unknown"


OPEN_REQUESTS = frozenset({RequestStatus.DRAFT, RequestStatus.ACTIVE, RequestStatus.ON_HOLD})


class Priority(StrEnum):
    """http://hl7.org/fhir/ValueSet/request-priority"""

    ROUTINE = "routine"
    URGENT = "urgent"
    ASAP = "asap"
    STAT = "stat"


class CarePlan(Content):
    kind: ClassVar[Kind] = Kind.CARE_PLAN
    id_type: ClassVar[type[CarePlanId]] = CarePlanId

    status: RequestStatus = RequestStatus.ACTIVE
    title: Line
    text: Note
    starts: dt.date
    ends: dt.date | None = None
    goals: tuple[Line, ...] = Field(default=(), max_length=20)
    activities: tuple[Line, ...] = Field(default=(), max_length=40)
    addresses: tuple[ConditionId, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends before it starts")
        return self

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return self.status in OPEN_REQUESTS

    @property
    def day(self) -> dt.date | None:
        return self.ends or self.starts


class TaskStatus(StrEnum):
    """The part of http://hl7.org/fhir/ValueSet/task-status that a practice needs."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR


T = TaskStatus
_OPEN_TASKS = frozenset({T.REQUESTED, T.ACCEPTED, T.IN_PROGRESS, T.ON_HOLD})


class Task(Content):
    kind: ClassVar[Kind] = Kind.TASK
    id_type: ClassVar[type[ChartTaskId]] = ChartTaskId

    what: Note
    status: TaskStatus = TaskStatus.REQUESTED
    priority: Priority = Priority.ROUTINE
    owner_id: UserId | None = None
    """Who is to do it; None while it is nobody's."""
    due: dt.date | None = None
    focus: Word | None = None
    """The id of what it is about: a report, an order, a note's encounter."""
    outcome: Note | None = None
    source: Literal["person", "result", "refill", "referral"] = "person"

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return self.status in _OPEN_TASKS

    @property
    def day(self) -> dt.date | None:
        return self.due
