"""A working-hours rule as boxes on a form, and back."""

from __future__ import annotations

import pytest

from caresmith.web.forms import Form, FormRefused
from functions.admin.repeating import in_words, with_boxes, with_rule

RULES = [
    ("FREQ=WEEKLY;BYDAY=MO,WE", "1", ["MO", "WE"], "Mon, Wed"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "2", ["SA"], "Every second week: Sat"),
    ("FREQ=DAILY", "daily", [], "Every day"),
    ("FREQ=MONTHLY;BYDAY=1TU", "other", [], "FREQ=MONTHLY;BYDAY=1TU"),
    ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "other", [], "FREQ=WEEKLY;BYDAY=MO;COUNT=3"),
    ("FREQ=DAILY;COUNT=1", "other", [], "FREQ=DAILY;COUNT=1"),
    ("FREQ=WEEKLY", "other", [], "FREQ=WEEKLY"),
]


@pytest.mark.parametrize(("rule", "repeats", "days", "words"), RULES)
def test_a_rule_keeps_its_meaning_through_the_form(
    rule: str, repeats: str, days: list[str], words: str
) -> None:
    shown = with_boxes(Form({"rrule": rule}))
    assert (shown.values["repeats"], shown.lists["days"]) == (repeats, days)
    assert with_rule(Form(dict(shown.values), dict(shown.lists))).values["rrule"] == rule
    assert in_words(rule) == words


def test_weekly_without_a_day_is_refused_beside_the_days() -> None:
    with pytest.raises(FormRefused) as refused:
        with_rule(Form({"repeats": "1"}))
    assert refused.value.form.errors == {"days": "Choose at least one day."}


def test_a_new_rule_repeats_by_the_week() -> None:
    assert with_boxes(Form()).values["repeats"] == "1"
