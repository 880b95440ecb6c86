"""What the pages say of codes and states: sentences for a biller."""

from __future__ import annotations

from typing import Any, Final

from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.decided import REASONS
from caresmith.x12.adjustments import AdjustmentGroup
from functions.payments.posting.carc import Cause, carc
from functions.payments.posting.remedies import NAMES

STATES: Final = {
    "filing": "Being filed",
    "review": "Waits for approval",
    "posting": "Being posted",
    "exceptions": "Needs a biller",
    "posted": "Posted",
}
CLAIM_STATES: Final = {
    "waiting": "Not tried yet",
    "posted": "Posted",
    "held": "Waits for a biller",
    "parked": "Put aside",
    "noted": "Nothing to post",
    "elsewhere": "Of another system",
}
LOOKS: Final = {
    "review": "bg-red text-white",
    "exceptions": "bg-red text-white",
    "held": "bg-red text-white",
    "parked": "bg-secondary text-white",
    "posted": "bg-green text-white",
    "posting": "bg-blue text-white",
    "filing": "bg-blue text-white",
    "waiting": "bg-blue text-white",
    "noted": "bg-secondary text-white",
}
WHY: Final = {
    "unknown-claim": "No claim of ours has these numbers",
    "not-sent": "The claim has not been sent",
    "no-charges": "The claim's charges are not there",
    "lines": "The lines are not certain",
    "unposted": "Taken out again",
    "parked": "Put aside",
    "elsewhere": "The claim is of another system",
    "forwarded": "Forwarded to another payer, unread",
    "estimate": "An estimate before the service",
    "credit": "More was paid than charged",
    "unexplained": "Something is left that nobody accounts for",
    "taken-back-unknown": "Takes back what was never posted",
    "taken-back-otherwise": "Takes back other amounts than it paid",
    "paid-again": "Paid a second time",
    "repeated": "Called a duplicate of what it has answered",
    "underpaid": "Less than was expected",
}
STATUSES: Final = {
    "1": "Processed as primary",
    "2": "Processed as secondary",
    "3": "Processed as tertiary",
    "4": "Denied",
    "19": "Processed as primary and forwarded to the next payer",
    "20": "Processed as secondary and forwarded",
    "21": "Processed as tertiary and forwarded",
    "22": "Takes back an earlier payment",
    "23": "Not this payer's: forwarded",
    "25": "Estimate, no payment",
}
METHODS: Final = {
    "ACH": "Transfer",
    "CHK": "Check",
    "FWT": "Wire",
    "BOP": "Payer's choice",
    "NON": "No payment",
}
GROUPS: Final = {
    AdjustmentGroup.CONTRACTUAL: "the practice",
    AdjustmentGroup.PATIENT: "the patient",
    AdjustmentGroup.PAYER: "the practice, by the payer's own decision",
    AdjustmentGroup.OTHER: "somebody else",
    AdjustmentGroup.CORRECTION: "a correction",
}
DENIAL_STATES: Final = {
    "open": "Open",
    "corrected": "Corrected claim sent",
    "appealed": "Appealed",
    "won": "Won",
    "lost": "Lost",
    "written-off": "Written off",
    "patient": "Made the patient's",
    "handed-on": "With the next payer",
}
DECISION_STATES: Final = {
    "asked": "Waits for a second person",
    "posted": "Done",
    "declined": "Declined",
    "reversed": "Taken back",
}
_ORDINALS: Final = ("", "First", "Second", "Third", "Fourth", "Fifth")
_PATIENT: Final = {"1": "deductible", "2": "coinsurance", "3": "copay"}


def money(cents: Any) -> str:
    return str(cents if isinstance(cents, Money) else Money(int(cents)))


def state(name: str) -> str:
    return STATES.get(name) or CLAIM_STATES.get(name) or name


def look(name: str) -> str:
    return LOOKS.get(name, "bg-secondary text-white")


def why(name: str | None) -> str:
    return WHY.get(name or "", name or "")


def status(code: str) -> str:
    return STATUSES.get(code, f"Status {code}")


def method(code: str) -> str:
    return METHODS.get(code, code)


def adjustment(one: SaidAdjustment) -> str:
    """``$50.00 borne by the practice: above the fee that contract or law allows (CO-45)``."""
    words = carc(one.reason).words
    first = words[:1].lower() + words[1:]
    return f"{one.amount} borne by {GROUPS[one.group]}: {first} ({one.group.value}-{one.reason})"


def share(reason: str) -> str:
    if reason in REASONS:
        return f"by decision: {REASONS[reason].words.lower()}"
    return _PATIENT.get(reason) or carc(reason).words.lower()


def carc_words(code: str) -> str:
    """``no prior authorization (CARC 197)``."""
    text = carc(code).words
    return f"{text[:1].lower()}{text[1:]} (CARC {code})"


def cause(name: str) -> str:
    return NAMES[Cause(name)]


def denial_state(name: str) -> str:
    return DENIAL_STATES.get(name, name)


def decision_state(name: str) -> str:
    return DECISION_STATES.get(name, name)


def decision_look(name: str) -> str:
    looks = {"asked": "bg-red text-white", "posted": "bg-green text-white"}
    return looks.get(name, "bg-secondary text-white")


def appeal(number: int) -> str:
    """``Second appeal``."""
    return f"{_ORDINALS[number]} appeal" if number < len(_ORDINALS) else f"Appeal {number}"


def letter_way(way: str) -> str:
    return {"mail": "by post", "fax": "by fax", "portal": "through the portal"}.get(way, way)


def due(name: str) -> str:
    """What the day of a denial in that state is for."""
    return "Appeal until" if name == "open" else "Ask for the answer on"


def days_left(days: int | None) -> str:
    if days is None:
        return ""
    if days < 0:
        return f"{-days} days too late" if days < -1 else "1 day too late"
    return "today" if days == 0 else f"{days} days left" if days > 1 else "1 day left"
