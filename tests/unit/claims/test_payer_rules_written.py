"""Payer rules as they are written: the sentence that a biller reads, and what is no rule."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.claims.scrubbing.payer_rules.checking import NotARule, RuleFault, read_rule
from functions.claims.scrubbing.payer_rules.model import PayerRule
from functions.claims.scrubbing.payer_rules.wording import sentence

THERAPY = {"kind": "code", "codes": ["97110-97140"]}


def rule(when: Any = None, requires: Any = None, **more: Any) -> PayerRule:
    return read_rule(
        {
            "id": "R1",
            "title": "Therapy names its discipline",
            "when": when or THERAPY,
            "requires": requires or {"kind": "needs-modifier", "any_of": ["GP", "GO"]},
        }
        | more
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            {
                "when": {
                    "kind": "all",
                    "conditions": [
                        THERAPY,
                        {"kind": "not", "condition": {"kind": "place", "places": ["11", "12"]}},
                        {"kind": "age", "least": 21},
                    ],
                },
                "requires": {"kind": "units-at-most", "units": 1},
                "first": "2026-01-01",
            },
            (
                "Where (the code is 97110 to 97140 and it is not so that the place of service is "
                "11 or 12 and the patient is 21 years or older), for services from 2026-01-01 on, "
                "no more than 1 unit is paid."
            ),
        ),
        (
            {
                "when": {
                    "kind": "any",
                    "conditions": [
                        {"kind": "diagnosis", "beginning_with": ["M54"], "first": True},
                        {"kind": "filing", "indicators": ["MB", "MA"]},
                    ],
                },
                "requires": {"kind": "needs-attachment", "types": ["OZ"]},
                "last": "2026-12-31",
            },
            (
                "Where (the first diagnosis of the line begins with M54 or the claim filing "
                "indicator is MB or MA), for services until 2026-12-31, an attachment of kind OZ "
                "is needed."
            ),
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(written: dict[str, Any], said: str) -> None:
    assert sentence(rule(**written)) == said


def test_of_many_codes_a_sentence_tells_the_first() -> None:
    many = [f"99{n}" for n in range(201, 221)]
    said = sentence(rule({"kind": "code", "codes": many}))
    assert "99208 or one of 12 others" in said


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"when": {"kind": "python", "code": "1"}}, "when", "no such kind; there are 'code'"),
        ({"when": {"codes": ["97110"]}}, "when", "does not say its kind"),
        ({"when": {"kind": "code", "codes": ["971"]}}, "when.code.codes.0", "form"),
        ({"when": {"kind": "code", "codes": []}}, "when.code.codes", "more entries"),
        (
            {"when": {"kind": "code", "codes": ["97140-97110"]}},
            "when.code",
            "the range 97140-97110 ends before it begins",
        ),
        ({"when": {"kind": "age", "least": 9, "most": 8}}, "when.age", "lowest"),
        ({"requires": {"kind": "needs-place", "places": ["1"]}}, "requires", "form"),
        ({"severity": "fatal"}, "severity", "is not error, warning or info"),
        ({"first": "2026-02-01", "last": "2026-01-01"}, "", "ends before it begins"),
        ({"origin": {"kind": "denials"}}, "origin", "reason code"),
        ({"origin": {"kind": "payer-policy"}}, "origin", "document"),
        ({"secret": 1}, "secret", "nothing that a rule can have"),
        ({"first": "soon"}, "first", "is not a date"),
    ],
)
def test_what_is_no_rule_is_told_where_and_why(changes: Any, field: str, words: str) -> None:
    with pytest.raises(NotARule) as raised:
        rule(**changes)
    told = [one for one in raised.value.faults if one.field.startswith(field)]
    assert any(words in one.message for one in told), raised.value.faults


def test_conditions_are_joined_three_deep_at_most() -> None:
    when: Any = THERAPY
    for _ in range(3):
        when = {"kind": "not", "condition": when}
    assert rule(when)
    with pytest.raises(NotARule, match="three deep"):
        rule({"kind": "not", "condition": when})


def test_a_rule_from_denials_names_their_reason_and_count() -> None:
    one = rule(origin={"kind": "denials", "carc": "197", "denials": 7})
    assert (one.origin.carc, one.origin.denials) == ("197", 7)


def test_a_rule_is_kept_as_json() -> None:
    one = rule(first=date(2026, 1, 1), origin={"kind": "payer-policy", "document": "PT 2026"})
    assert read_rule(one.model_dump_json()) == one
    assert read_rule(json.loads(one.model_dump_json())) == one


def test_text_that_is_no_json_is_no_rule() -> None:
    with pytest.raises(NotARule):
        read_rule("{")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["kind", "codes", "conditions", "units"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(_values, _values)
def test_whatever_is_written_is_a_rule_or_told_to_be_none(when: Any, requires: Any) -> None:
    faults: tuple[RuleFault, ...] = ()
    said = ""
    try:
        said = sentence(rule(when, requires))
    except NotARule as error:
        faults = error.faults
    assert bool(said) != bool(faults)
    assert all(one.message for one in faults)
