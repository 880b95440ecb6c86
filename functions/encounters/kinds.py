"""The kinds of chart entries that are written here, as a table: path, permission, checks.

Medications, reports and documents belong to features of their own; the summary
shows them all the same, and a history of any kind can be read here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.permissions import Permission
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import first_day
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.history import FamilyHistory, SocialHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.observation import Vitals
from caresmith.records.clinical.order import Order
from caresmith.records.clinical.planning import CarePlan, Task
from caresmith.records.clinical.procedure import Procedure

Check = Callable[[Any, dt.date], None]
"""Takes a content and the date today; raises InvalidRequest for what that date rules out."""


def _not_after(*fields: str) -> Check:
    """These dates lie in the past. With a day's grace: it is tomorrow somewhere already."""

    def check(content: Any, today: dt.date) -> None:
        for name in fields:
            given = getattr(content, name)
            if given and first_day(given) > today + dt.timedelta(days=1):
                raise invalid(name, "lies in the future")

    return check


@dataclass(frozen=True)
class Plain:
    """A kind that is simply added, replaced and read."""

    content: type[Content]
    path: str
    check: Check | None = None
    permission: Permission = Permission.CHANGE_CHART

    @property
    def name(self) -> str:
        """As functions and parameters are named after it."""
        # A task_id names one of the front desk's.
        named = "chart-task" if self.content.kind is Kind.TASK else self.content.kind
        return named.replace("-", "_")


PLAIN: Final = (
    Plain(Condition, "conditions", _not_after("onset", "abatement")),
    Plain(Allergy, "allergies", _not_after("onset")),
    Plain(Immunization, "immunizations", _not_after("given_on")),
    Plain(Procedure, "procedures", _not_after("performed")),
    Plain(FamilyHistory, "family-history"),
    Plain(SocialHistory, "social-history", _not_after("on")),
    Plain(CarePlan, "care-plans"),
)
WITH_RULES: Final = (
    Plain(Vitals, "vitals", permission=Permission.RECORD_VITALS),
    Plain(Task, "tasks"),
    Plain(Order, "orders", permission=Permission.PLACE_ORDERS),
)
"""Kinds whose changes have rules of their own: sittings, tasks, orders."""


def check_dates(kind: Plain, content: Content, now: Instant) -> None:
    """Raises InvalidRequest."""
    if kind.check:
        kind.check(content, now.date())
