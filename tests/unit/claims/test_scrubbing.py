"""What holds for every claim that is scrubbed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from caresmith.claims.draft import ClaimDraft
from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.claims.reading import read_claims
from caresmith.x12.writer import written
from functions.claims.scrubbing.engine import NoSuchFix, fixed, may_go_out, scrub
from functions.claims.scrubbing.facts import Facts, PastService
from functions.claims.scrubbing.findings import Finding, Severity
from tests.support.claims import ADDRESSING, AT, NUMBERS, claims, submission
from tests.support.drafting import good_claims, known, nonsense
from tests.support.drafts import facts, line, made
from tests.support.pyx12 import complaints
from tests.unit.claims.examples import EXAMPLES

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def errors(findings: Iterable[Finding]) -> set[tuple[str, int | None]]:
    return {(one.edit, one.line) for one in findings if one.severity is Severity.ERROR}


def _taken(claim: ProfessionalClaim) -> None:
    """The wire takes it: our reader reads the same, and pyx12 has nothing to say."""
    raw = written(claim_file([submission(claim)], ADDRESSING, NUMBERS, AT), line_break="\n")
    assert complaints(raw) == []
    [read] = read_claims(io.BytesIO(raw))
    assert read.submission.claims == (claim,)


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(nonsense(), known())
def test_whatever_a_draft_holds_scrubbing_answers(draft: ClaimDraft, facts: Facts) -> None:
    found = scrub(draft, facts)
    assert found == scrub(draft, facts)
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert Finding.model_validate_json(one.model_dump_json()) == one
    if may_go_out(found):
        draft.claim()


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(claims(), known())
def test_a_claim_of_the_wire_has_no_fault_of_form(claim: ProfessionalClaim, facts: Facts) -> None:
    found = scrub(ClaimDraft.of(claim), facts)
    assert "CLM-FORM" not in {one.edit for one in found}


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(good_claims())
def test_a_good_claim_passes_and_is_taken(draft: ClaimDraft) -> None:
    assert errors(scrub(draft, facts())) == set()
    _taken(draft.claim())


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(nonsense(), known())
def test_a_fix_removes_its_finding_and_makes_no_new_error(draft: ClaimDraft, facts: Facts) -> None:
    before = scrub(draft, facts)
    for one in before:
        if one.fix:
            mended = one.fix.apply(draft)
            after = scrub(mended, facts)
            assert one.key not in {each.key for each in after}, one
            new = {edit for edit, _ in errors(after)} - {edit for edit, _ in errors(before)}
            assert not new, one


def test_what_passes_of_the_examples_is_taken_in_one_file() -> None:
    passed = {
        one.draft.model_dump_json(exclude={"control_number"}): one.draft
        for pair in EXAMPLES.values()
        for one in pair
        if may_go_out(scrub(one.draft, one.facts))
    }
    numbered = (
        draft.model_copy(update={"control_number": f"C{number}"}).claim()
        for number, draft in enumerate(passed.values())
    )
    claims = sorted(numbered, key=lambda one: one.patient is not None)
    assert len(claims) > 150
    raw = written(claim_file([submission(*claims)], ADDRESSING, NUMBERS, AT), line_break="\n")
    assert complaints(raw) == []


_FIXED = sorted(
    name
    for name, (bad, _) in EXAMPLES.items()
    if any(one.fix and one.edit == name for one in scrub(bad.draft, bad.facts))
)


@pytest.mark.parametrize("name", _FIXED)
def test_one_click_mends_it(name: str) -> None:
    bad, _ = EXAMPLES[name]
    before = scrub(bad.draft, bad.facts)
    one = next(each for each in before if each.edit == name and each.fix)
    after = scrub(fixed(bad.draft, bad.facts, one.key), bad.facts)
    assert name not in {each.edit for each in after}
    assert errors(after) <= errors(before)


def test_many_edits_can_be_mended_by_a_click() -> None:
    assert len(_FIXED) >= 30


def test_a_fix_is_found_anew_and_not_taken_from_who_asks() -> None:
    bad, good = EXAMPLES["SUB-GROUP"]
    [key] = [x.key for x in scrub(bad.draft, bad.facts) if x.edit == "SUB-GROUP"]
    assert fixed(bad.draft, bad.facts, key).subscriber.group_name == ""
    for other in (key + "0", "SUB-NAME:0:000000000000", ""):
        with pytest.raises(NoSuchFix):
            fixed(bad.draft, bad.facts, other)
    with pytest.raises(NoSuchFix):
        fixed(good.draft, good.facts, key)


def test_a_second_diagnosis_that_is_the_first_is_left_out_and_lines_follow() -> None:
    one = made(
        line(dx=[3, 2]), line("93000", dx=[1, 3, 4]), diagnoses=["E119", "I10", "E119", "K219"]
    )
    [key] = [x.key for x in scrub(one.draft, one.facts) if x.edit == "DX-TWICE"]
    mended = fixed(one.draft, one.facts, key)
    assert mended.diagnoses == ("E119", "I10", "K219")
    assert [each.pointers for each in mended.lines] == [(1, 2), (1, 3)]


def test_the_worst_is_told_first() -> None:
    one = made(line(charge=0), control_number="", subscriber__first="")
    ranks = [x.severity for x in scrub(one.draft, one.facts)]
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert ranks == sorted(ranks, key=order.index)
    assert ranks[0] is Severity.ERROR


def test_a_claim_is_judged_by_the_practices_today() -> None:
    one = made(line(day="2026-07-16"))
    assert ("DAT-FUTURE", 1) in errors(scrub(one.draft, facts(today=date(2026, 7, 15))))
    assert ("DAT-FUTURE", 1) not in errors(scrub(one.draft, facts(today=date(2026, 7, 16))))


def test_procedures_are_separated_by_a_modifier_of_either_and_visits_by_their_own() -> None:
    apart = {"PTP-MODIFIER", "PTP-SEPARATED"}
    for first, second, told in (
        (line("45385"), line("45380"), "PTP-MODIFIER"),
        (line("45385", "59"), line("45380"), "PTP-SEPARATED"),
        (line("45385"), line("45380", "XS"), "PTP-SEPARATED"),
        (line("11042", "59"), line("99213"), "PTP-MODIFIER"),
        (line("11042"), line("99213", "25"), "PTP-SEPARATED"),
    ):
        one = made(first, second)
        assert {x.edit for x in scrub(one.draft, one.facts)} & apart == {told}


def test_an_add_on_may_follow_its_procedure_on_another_claim() -> None:
    past = PastService("11042", date(2026, 7, 1), claim="C0")
    one = made(line("11045"), known={"history": (past,)})
    assert ("PRC-ADDON", 1) not in errors(scrub(one.draft, one.facts))


def _named(edit: str, *lines: dict[str, Any], **changes: Any) -> bool:
    one = made(*lines, **changes)
    return any(each.edit == edit for each in scrub(one.draft, one.facts))


def test_an_empty_diagnosis_is_no_external_cause() -> None:
    assert _named("ACC-INJURY", diagnoses=["S52501A"])
    assert not _named("ACC-INJURY", diagnoses=["S52501A", "W010XXA"])
    assert _named("ACC-INJURY", diagnoses=["S52501A", ""])


def test_an_ndc_stands_out_on_what_is_no_drug_and_not_on_a_code_that_is_missing() -> None:
    drug = {"code": "00026063512", "unit": "ML"}
    assert _named("NDC-ELSEWHERE", line("27447", drug=drug))
    assert not _named("NDC-ELSEWHERE", line("J1100", drug=drug))
    assert not _named("NDC-ELSEWHERE", line("", drug=drug))
