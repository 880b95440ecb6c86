"""Codes as a person at the front desk reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.reminders.records import Outcome, State

STATES: Final[Mapping[str, str]] = {
    State.PLANNED: "Planned",
    State.STARTED: "On its way",
    State.AWAITING: "Sent, waiting for an answer",
}
OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.SENT: "Sent",
    Outcome.CONFIRMED: "Confirmed",
    Outcome.CANCELLED: "Cancelled by the patient",
    Outcome.RESCHEDULED: "Moved by the patient",
    Outcome.ASKED_TO_MOVE: "Asked for another time",
    Outcome.ANSWERED: "Answered: see the conversation",
    Outcome.NO_REPLY: "No answer",
    Outcome.CONFIRMED_BEFORE: "Not needed: confirmed before",
    Outcome.CHANGED: "Dropped: the visit changed",
    Outcome.NOT_IN_CADENCE: "Dropped: not in the cadence any more",
    Outcome.INACTIVE: "Not sent: the chart is closed",
    Outcome.UNREACHABLE: "Not sent: no way to reach the patient",
    Outcome.TOO_LATE: "Not sent: it was too late",
    Outcome.GAVE_UP: "Failed: a task was raised",
}
COLOURS: Final[Mapping[str, str]] = {
    Outcome.CONFIRMED: "green",
    Outcome.SENT: "green",
    Outcome.CONFIRMED_BEFORE: "green",
    Outcome.RESCHEDULED: "azure",
    Outcome.ASKED_TO_MOVE: "azure",
    Outcome.ANSWERED: "azure",
    Outcome.CANCELLED: "orange",
    Outcome.NO_REPLY: "yellow",
    Outcome.UNREACHABLE: "red",
    Outcome.GAVE_UP: "red",
}
CHANNELS: Final[Mapping[str, str]] = {"sms": "Text", "email": "E-mail", "none": "No reminder"}
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "es": "Spanish"}
MEASURES: Final[Mapping[str, str]] = {
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Failed",
    "confirmed": "Confirmed",
    "cancelled": "Cancelled",
    "rescheduled": "Moved",
    "answered": "Other answer",
    "no_reply": "No answer",
    "unreachable": "Not reachable",
    "kept": "Came",
    "noshow": "Did not come",
}
TEMPLATES: Final[Mapping[str, str]] = {
    "reminder": "Reminder that asks",
    "reminder-info": "Reminder that only tells",
    "answer-confirmed": "Answer: confirmed",
    "answer-cancelled": "Answer: cancelled",
    "answer-slots": "Answer: times to choose from",
    "answer-no-slots": "Answer: no other time",
    "answer-rescheduled": "Answer: moved",
    "answer-slot-gone": "Answer: that time was just taken",
    "answer-which": "Answer: which appointment?",
    "answer-unclear": "Answer: not understood",
    "answer-late": "Answer: running late",
    "answer-too-late": "Answer: too late to change",
    "answer-not-possible": "Answer: not possible",
    "offer": "Offer of a freed time",
    "offer-earlier": "Offer of an earlier time",
    "answer-offer-accepted": "Offer: accepted",
    "answer-offer-gone": "Offer: gone",
    "answer-offer-declined": "Offer: declined",
    "offer-gone": "Offer: taken by somebody else",
    "stop": "After STOP",
    "start": "After START",
    "help": "After HELP",
    "unknown-number": "To an unknown number",
    "recall": "Invitation to come again",
    "statement-ready": "A statement is there, with the link to pay it",
    "statement-mailed": "A statement was printed and is in the mail",
    "payment-receipt": "A card payment was received",
    "payment-receipt-credit": "A card payment was received, more than was owed",
}
FINDINGS: Final[Mapping[str, str]] = {
    "visits": "Visits compared",
    "missing": "Missing, planned now",
    "moved": "Planned for another time",
    "stale": "Of what is no more",
    "not_scheduled": "Nothing would have started them",
    "stuck": "Execution had died",
}


def what(state: str, outcome: str | None) -> str:
    """A step's state or how it ended."""
    if outcome:
        return OUTCOMES.get(outcome, outcome)
    return STATES.get(state, state)


def colour(outcome: str | None) -> str:
    """Tabler's name of the colour that marks an outcome."""
    return COLOURS.get(outcome or "", "secondary")


def rate(part: int, whole: int) -> str:
    """``12.5 %``; a dash where there is nothing to divide by."""
    return f"{part / whole:.1%}".replace("%", " %") if whole else "–"


def lead(minutes: int) -> str:
    """``7 days``, ``48 hours``, ``90 minutes``: as people say it."""
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0 and (size < 1440 or minutes > 2 * size):  # noqa: PLR2004 - 48 hours
            count = minutes // size
            return f"{count} {unit}" + ("" if count == 1 else "s")
    return f"{minutes} minutes"


def dollars(microdollars: int) -> str:
    """``$0.0093``: prices of messages are fractions of a cent."""
    return f"${microdollars / 1_000_000:.4f}"
