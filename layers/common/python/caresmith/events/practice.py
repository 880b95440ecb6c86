"""What happened to a practice's set-up and staff, and what its clock says."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from caresmith.events.base import DomainEvent
from caresmith.ids import UserId


class PracticeChanged(DomainEvent):
    """A part of the set-up was added, changed or removed; read the set-up for what it is now."""

    source: ClassVar[str] = "admin"
    kind: str = Field(max_length=20, description="practice, location, room, provider, type, rule")
    thing_id: str = Field(max_length=40)


class UserChanged(DomainEvent):
    """A member of the staff was added, changed, disabled, enabled or logged off."""

    source: ClassVar[str] = "admin"
    user_id: UserId


class JobEvent(DomainEvent):
    """It is time, by the practice's own wall clock, for something done every day."""

    source: ClassVar[str] = "jobs"
    day: date


class ReminderRepairDue(JobEvent):
    """Compare the calendar with what is planned and mend the difference."""


class AgendaDue(JobEvent):
    """Send each provider the visits of ``day``."""


class NoShowsDue(JobEvent):
    """Mark whom nobody has seen on ``day``."""


class RecallsDue(JobEvent):
    """Invite who is due, as many as a day allows."""


class StatementsDue(JobEvent):
    """Write to everybody whose next statement is due on ``day``."""


class LedgerCheckDue(JobEvent):
    """Prove that journals, accounts, sheets and open balances say the same."""


class EligibilityDue(JobEvent):
    """Ask the payers of those who come within the practice's days from ``day``."""


class ClaimsDue(JobEvent):
    """Send the claims that are approved: it is the practice's time of ``day`` for it."""
