"""How a working-hours rule repeats: as a form's boxes, as RFC 5545, and in words.

Most rules say "every week on these days". Whoever needs the fourth Tuesday of
a month still writes the rule itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from caresmith.recurrence import parts_of
from caresmith.web.forms import Form, FormRefused

DAYS: Final = (
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
)
OTHER: Final = "other"
REPEATS: Final = (
    ("1", "Every week on these days"),
    ("2", "Every second week on these days"),
    ("daily", "Every day"),
    (OTHER, "By another rule"),
)
FIELDS: Final = ("repeats", "days")
"""What the form has instead of the rule."""

_DAY_NAMES: Final[Mapping[str, str]] = dict(DAYS)
_WEEKLY: Final = ("1", "2")


def with_rule(form: Form) -> Form:
    """The posted form with the rule that its boxes mean. Raises FormRefused without a day."""
    repeats, days = form.values.get("repeats", OTHER), form.lists.get("days", [])
    if repeats == "daily":
        form.values = {**form.values, "rrule": "FREQ=DAILY"}
    elif repeats in _WEEKLY:
        if not days:
            form.errors["days"] = "Choose at least one day."
            raise FormRefused(form)
        every = "" if repeats == "1" else f"INTERVAL={repeats};"
        form.values = {**form.values, "rrule": f"FREQ=WEEKLY;{every}BYDAY={','.join(days)}"}
    return form


def with_boxes(form: Form) -> Form:
    """The form of a stored rule with its boxes ticked; a new one repeats by the week."""
    repeats, days = _boxes(form.values.get("rrule", ""))
    form.values = {**form.values, "repeats": repeats}
    form.lists = {**form.lists, "days": days}
    if repeats != OTHER:
        form.values = {name: value for name, value in form.values.items() if name != "rrule"}
    return form


def _boxes(rule: str) -> tuple[str, list[str]]:
    if not rule:
        return "1", []
    parts = parts_of(rule)
    days, every = parts.get("BYDAY", "").split(","), parts.get("INTERVAL", "1")
    if parts == {"FREQ": "DAILY"}:
        return "daily", []
    plain = parts.keys() <= {"FREQ", "INTERVAL", "BYDAY"} and parts["FREQ"] == "WEEKLY"
    if plain and every in _WEEKLY and all(day in _DAY_NAMES for day in days):
        return every, days
    return OTHER, []


def in_words(rule: str) -> str:
    """``Mon, Wed``, ``Every second week: Sat``, ``Every day``; other rules as they are."""
    repeats, days = _boxes(rule)
    if repeats == "daily":
        return "Every day"
    if repeats == OTHER:
        return rule
    names = ", ".join(_DAY_NAMES[day][:3] for day in days)
    return names if repeats == "1" else f"Every second week: {names}"
