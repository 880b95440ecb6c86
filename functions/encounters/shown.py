"""A chart's codes and values in words, as the console shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from caresmith.measures.vitals import BY_LOINC
from caresmith.measures.words import unit_words
from caresmith.records.clinical.coding import LOINC, Quantity
from caresmith.records.clinical.encounter import EncounterStatus
from caresmith.records.clinical.observation import Observation, Vitals

S = EncounterStatus
STATUSES: Final[dict[str, str]] = {
    S.PLANNED: "Planned",
    S.ARRIVED: "Here",
    S.TRIAGED: "Vitals taken",
    S.IN_PROGRESS: "Being seen",
    S.ON_LEAVE: "Stepped out",
    S.FINISHED: "Closed",
    S.CANCELLED: "Cancelled",
    S.ENTERED_IN_ERROR: "Entered in error",
    S.UNKNOWN: "Unknown",
}
MISSING: Final[dict[str, str]] = {
    "signature": "your signature",
    "cosignature": "a co-signature",
    "diagnosis": "a diagnosis",
    "service": "a service, or why it is not charged",
}


def quantity(given: Quantity) -> str:
    """``128 mmHg``."""
    return f"{given.comparator or ''}{number(given.value)} {unit_words(given.unit)}".strip()


def number(value: Decimal) -> str:
    """Without noughts that say nothing."""
    return f"{value.normalize():f}"


def vitals(sitting: Vitals) -> list[tuple[str, str]]:
    """Each measure with its value; the two pressures as one."""
    by_code = {_code(one): one for one in sitting.measurements if one.quantity}
    upper, lower = by_code.pop("systolic", None), by_code.pop("diastolic", None)
    lines = [(BY_LOINC[_loinc(one)].display, quantity(_of(one))) for one in by_code.values()]
    if upper and lower:
        pressure = f"{number(_of(upper).value)}/{number(_of(lower).value)} mmHg"
        return [("Blood pressure", pressure), *lines]
    alone = [one for one in (upper, lower) if one]
    return [*((BY_LOINC[_loinc(one)].display, quantity(_of(one))) for one in alone), *lines]


def _loinc(one: Observation) -> str:
    return one.code.code_in(LOINC) or ""


def _code(one: Observation) -> str:
    return BY_LOINC[_loinc(one)].code


def _of(one: Observation) -> Quantity:
    if one.quantity is None:
        raise ValueError("has no value")
    return one.quantity


def flag(report: Any) -> str:
    """The class of a report's badge."""
    return {"critical": "bg-red", "abnormal": "bg-caution"}.get(report.flag, "bg-secondary")
