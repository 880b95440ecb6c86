"""What the console says of results."""

from __future__ import annotations

from typing import Final

from caresmith.measures.words import unit_words
from caresmith.records.clinical.observation import Observation, ObservationStatus
from caresmith.records.clinical.report import Exception171
from functions.results.progress import ABNORMAL, CRITICAL
from functions.results.records import State

REASONS: Final = {
    "no-number": "No record number",
    "unknown-number": "The record number is not known here",
    "several-charts": "The numbers lead to several charts",
    "no-name": "No name",
    "no-birth-date": "No birth date",
    "other-name": "The chart of that number has another name",
    "other-birth-date": "The chart of that number has another birth date",
    "other-sex": "The chart of that number has another sex",
    "order-of-another": "It answers an order that is not in this chart",
    "filed-elsewhere": "This report stands in another patient's chart",
    "garbled": "The message can't be read",
    "too-large": "Too large for a chart",
    "broken": "It could not be worked through",
}
STATES: Final = {
    State.FILED: "Filed in charts",
    State.WAITING: "Waiting for a person",
    State.GARBLED: "Can't be read",
    State.REFUSED: "No results",
    State.REPEATED: "Waiting already",
    State.RECEIVED: "Not worked through",
    State.DISMISSED: "Not to be filed",
}
GROUNDS: Final = {
    Exception171.PREVENTING_HARM: "Preventing harm (45 CFR 171.201)",
    Exception171.PRIVACY: "Privacy (171.202)",
    Exception171.SECURITY: "Security (171.203)",
    Exception171.INFEASIBILITY: "Infeasibility (171.204)",
    Exception171.HEALTH_IT_PERFORMANCE: "Health IT performance (171.205)",
}
_NAMES: Final = {
    "LL": "critically low",
    "L": "low",
    "H": "high",
    "HH": "critically high",
    "A": "abnormal",
    "AA": "critical",
    "<": "below what is measured",
    ">": "above what is measured",
    "R": "resistant",
    "S": "susceptible",
    "I": "intermediate",
    "POS": "positive",
    "NEG": "negative",
    "N": "normal",
}


def reason(code: str) -> str:
    return REASONS.get(code, code)


def flag_look(flag: str) -> str:
    """The badge's colour."""
    return {"critical": "bg-red", "abnormal": "bg-caution"}.get(flag, "bg-secondary")


def value(one: Observation) -> str:
    """The value with its comparator and unit."""
    number = one.quantity or one.local
    if number:
        unit = unit_words(number.unit or "")
        return f"{number.comparator or ''}{number.value:f} {unit}".strip()
    if one.coded:
        return one.coded.words
    return one.text or "—"


def flags(one: Observation) -> str:
    return ", ".join(_NAMES.get(flag, flag) for flag in one.interpretation if flag != "N")


def urgency(one: Observation) -> str:
    """``critical``, ``abnormal`` or nothing."""
    given = set(one.interpretation)
    return "critical" if given & CRITICAL else "abnormal" if given & ABNORMAL else ""


def gone(one: Observation) -> bool:
    return one.status in {ObservationStatus.CANCELLED, ObservationStatus.ENTERED_IN_ERROR}


def plotted(one: Observation) -> bool:
    """Whether the value has a trend."""
    return bool((one.quantity or one.local) and one.code.codings)
