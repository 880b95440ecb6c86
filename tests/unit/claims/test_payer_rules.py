"""Rules of payers, written as data: what they find, what they say, and what is no rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from functions.claims.scrubbing.engine import may_go_out, scrub
from functions.claims.scrubbing.findings import Finding, Severity
from functions.claims.scrubbing.payer_rules.checking import read_rule
from functions.claims.scrubbing.payer_rules.model import PayerRule, Requirement
from functions.claims.scrubbing.payer_rules.wording import sentence
from tests.support.drafting import nonsense
from tests.support.drafts import Made, facts, line, made

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


def found(one: Made, *rules: PayerRule) -> list[Finding]:
    known = facts(rules=rules)
    return [each for each in scrub(one.draft, known) if each.edit.startswith("PAYER-")]


def test_a_rule_finds_the_line_that_lacks_what_it_requires() -> None:
    [one] = found(made(line(), line("97110")), rule(severity="error"))
    assert (one.edit, one.line, one.severity) == ("PAYER-R1", 2, Severity.ERROR)
    assert one.field == "lines.1.procedure.modifiers"
    assert one.message == "Where the code is 97110 to 97140, modifier GP or GO is needed."
    assert found(made(line("97110", "GP")), rule()) == []


def test_a_rule_that_wants_a_look_finds_each_line_that_fits_whatever_it_holds() -> None:
    look = rule(requires={"kind": "needs-look"})
    [one] = found(made(line(), line("97110", "GP")), look)
    assert (one.line, one.severity) == (2, Severity.WARNING)
    assert one.message == "Where the code is 97110 to 97140, a biller has to look at it first."


def test_an_error_of_a_rule_keeps_a_claim_back() -> None:
    one = made(line("97110"))
    assert may_go_out(scrub(one.draft, facts(rules=(rule(),))))
    assert not may_go_out(scrub(one.draft, facts(rules=(rule(severity="error"),))))


@pytest.mark.parametrize(
    ("when", "bad", "good"),
    [
        ({"kind": "modifier", "any_of": ["59"]}, line("97110", "59"), line("97110")),
        ({"kind": "place", "places": ["12"]}, line(place_of_service="12"), line()),
        ({"kind": "diagnosis", "beginning_with": ["E11"]}, line(dx=[1]), line(dx=[2])),
        (
            {"kind": "diagnosis", "beginning_with": ["E11"], "first": True},
            line(dx=[1, 2]),
            line(dx=[2, 1]),
        ),
        ({"kind": "units-over", "units": 2}, line(units=3), line(units=2)),
        (
            {"kind": "taxonomy", "beginning_with": ["207Q"]},
            line(),
            line(providers__rendering={"last": "X", "taxonomy": "2251X0800X"}),
        ),
        (
            {"kind": "all", "conditions": [THERAPY, {"kind": "units-over", "units": 1}]},
            line("97110", units=2),
            line("97110"),
        ),
        (
            {"kind": "any", "conditions": [THERAPY, {"kind": "units-over", "units": 1}]},
            line("97110"),
            line(),
        ),
        ({"kind": "not", "condition": THERAPY}, line(), line("97110")),
    ],
)
def test_a_condition_holds_or_not(when: Any, bad: Any, good: Any) -> None:
    asked = rule(when, {"kind": "not-paid"})
    assert found(made(bad, diagnoses=["E119", "I10"]), asked)
    assert not found(made(good, diagnoses=["E119", "I10"]), asked)


def test_age_and_filing_are_of_the_claim() -> None:
    young = rule({"kind": "age", "most": 17}, {"kind": "not-paid"})
    assert not found(made(), young)
    assert found(made(subscriber__birth_date="2010-07-01"), young)
    medicare = rule({"kind": "filing", "indicators": ["MB"]}, {"kind": "not-paid"})
    assert not found(made(), medicare)
    assert found(made(medicare=True), medicare)
    billing = rule(
        {"kind": "taxonomy", "beginning_with": ["207Q"], "of": "billing"}, {"kind": "not-paid"}
    )
    assert found(made(), billing)


_ATTACHED = {"kind": "OZ", "transmission": "AA"}


@pytest.mark.parametrize(
    ("requires", "bad", "good"),
    [
        ({"kind": "forbids-modifier", "any_of": ["59"]}, line("97110", "59"), line("97110")),
        (
            {"kind": "needs-authorization"},
            line("97110"),
            line("97110", prior_authorizations=[{"value": "A1"}]),
        ),
        (
            {"kind": "needs-referral"},
            line("97110"),
            line("97110", referrals=[{"value": "R1"}]),
        ),
        ({"kind": "needs-note"}, line("97110"), line("97110", note="seen")),
        ({"kind": "needs-attachment"}, line("97110"), line("97110", attachments=[_ATTACHED])),
        (
            {"kind": "needs-attachment", "types": ["B4"]},
            line("97110", attachments=[_ATTACHED]),
            line("97110", attachments=[_ATTACHED | {"kind": "B4"}]),
        ),
        (
            {"kind": "needs-diagnosis", "beginning_with": ["I1"]},
            line("97110"),
            line("97110", dx=[2]),
        ),
        (
            {"kind": "forbids-diagnosis", "beginning_with": ["I1"]},
            line("97110", dx=[1, 2]),
            line("97110"),
        ),
        (
            {"kind": "needs-place", "places": ["12"]},
            line("97110"),
            line("97110", place_of_service="12"),
        ),
        ({"kind": "units-at-most", "units": 4}, line("97110", units=5), line("97110", units=4)),
        (
            {"kind": "needs-ndc"},
            line("97110"),
            line("97110", drug={"code": "00026063512"}),
        ),
    ],
)
def test_a_requirement_is_met_or_not(requires: Any, bad: Any, good: Any) -> None:
    asked = rule(requires=requires)
    assert found(made(bad, diagnoses=["E119", "I10"]), asked)
    assert not found(made(good, diagnoses=["E119", "I10"]), asked)


def test_what_stands_beside_a_line_is_of_the_same_day() -> None:
    needs = rule(requires={"kind": "needs-code-beside", "codes": ["99211-99215"]})
    forbids = rule(requires={"kind": "forbids-code-beside", "codes": ["99211-99215"]})
    together = made(line("97110"), line("99213"))
    apart = made(line("97110"), line("99213", day="2026-07-02"))
    assert (found(together, needs), found(apart, forbids)) == ([], [])
    assert found(together, forbids)
    assert found(apart, needs)


@pytest.mark.parametrize(
    ("more", "fires"),
    [
        ({"payers": ["12345"]}, True),
        ({"payers": ["P7"]}, False),
        ({"first": "2026-07-01"}, True),
        ({"first": "2026-07-02"}, False),
        ({"last": "2026-06-30"}, False),
        ({"active": False}, False),
    ],
)
def test_a_rule_is_of_its_payers_and_days(more: dict[str, Any], fires: bool) -> None:
    assert bool(found(made(line("97110")), rule(**more))) is fires


_KINDS: Any = TypeAdapter(Requirement).json_schema()["discriminator"]["mapping"]


@pytest.mark.parametrize("kind", sorted(_KINDS))
@settings(max_examples=10, deadline=None)
@given(draft=nonsense())
def test_no_requirement_fails_on_any_draft(kind: str, draft: Any) -> None:
    requires = {"kind": kind} | {
        "needs-modifier": {"any_of": ["GP"]},
        "forbids-modifier": {"any_of": ["GP"]},
        "needs-diagnosis": {"beginning_with": ["E11"]},
        "forbids-diagnosis": {"beginning_with": ["E11"]},
        "needs-place": {"places": ["11"]},
        "units-at-most": {"units": 1},
        "needs-code-beside": {"codes": ["99213"]},
        "forbids-code-beside": {"codes": ["99213"]},
    }.get(kind, {})
    asked = rule({"kind": "not", "condition": THERAPY}, requires)
    assert sentence(asked)
    scrub(draft, facts(rules=(asked,)))
