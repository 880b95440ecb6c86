"""Every edit: declared whole, fires on what it is about, and lets its neighbour pass."""

from __future__ import annotations

import re

import pytest

from functions.claims.scrubbing.edits import ALL, THEMES
from functions.claims.scrubbing.engine import scrub
from functions.claims.scrubbing.findings import Severity
from functions.claims.scrubbing.form import FORM
from functions.claims.scrubbing.registry import EDITS, edit
from tests.support.drafts import Made, made
from tests.unit.claims.examples import EXAMPLES

_GUARD = re.compile(r"\b(\d{4}[A-G]{0,2}|[A-Z]{2,3}\d{0,2})\b")


def _edits(one: Made) -> set[str]:
    return {found.edit for found in scrub(one.draft, one.facts)}


def test_the_good_claim_has_nothing_that_a_biller_has_to_decide() -> None:
    one = made()
    found = [each for each in scrub(one.draft, one.facts) if each.severity is not Severity.INFO]
    assert found == []


def test_there_are_many_edits_and_each_has_its_examples() -> None:
    assert len(ALL) >= 140
    assert {one.id for one in ALL} == set(EXAMPLES)


@pytest.mark.parametrize("name", [one.id for one in ALL])
def test_an_edit_says_what_it_guards_and_where_it_comes_from(name: str) -> None:
    one = EDITS[name]
    assert len(one.source) > 10
    assert _GUARD.search(one.guards), one.guards
    assert one.title[0].isupper() or one.title[0].isdigit()
    assert not one.title.endswith(".")
    assert one.message.endswith(".")
    assert (one.run is None) != (one.run_line is None)


def test_no_two_edits_say_the_same() -> None:
    assert len({one.title for one in ALL}) == len(ALL)


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="unique"):
        edit(ALL[0].id, Severity.INFO, "x", guards="x", source="x", message="x")(
            lambda case: iter(())
        )


def test_every_module_of_edits_is_a_theme() -> None:
    modules = {each.run.__module__ for each in ALL if each.run}
    modules |= {each.run_line.__module__ for each in ALL if each.run_line}
    assert modules == {module.__name__ for module in THEMES.values()}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_edit_finds_its_fault_and_lets_its_neighbour_pass(name: str) -> None:
    bad, good = EXAMPLES[name]
    assert name in _edits(bad)
    assert name not in _edits(good)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_message_is_whole_and_a_line_is_told(name: str) -> None:
    bad, _ = EXAMPLES[name]
    for found in scrub(bad.draft, bad.facts):
        if found.edit == name:
            assert "{" not in found.message
            assert "None" not in found.message
            assert found.severity is EDITS[name].severity
            if EDITS[name].run_line:
                assert found.line
                assert found.field.startswith(f"lines.{found.line - 1}")


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_finding_says_nothing_of_who_the_patient_is(name: str) -> None:
    for one in EXAMPLES[name]:
        draft = one.draft
        names = {draft.subscriber.last, draft.subscriber.first, draft.subscriber.member_id}
        if draft.patient:
            names |= {draft.patient.name.last, draft.patient.name.first}
        said = " ".join(f"{found.title} {found.message}" for found in scrub(draft, one.facts))
        assert not {word for word in names if len(word) > 2 and word in said.split()}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_without_an_error_a_claim_can_be_written(name: str) -> None:
    for one in EXAMPLES[name]:
        errors = [x for x in scrub(one.draft, one.facts) if x.severity is Severity.ERROR]
        assert errors or one.draft.claim()


def test_what_no_edit_knows_is_still_told() -> None:
    one = made(numbers__medical_record="a~b")
    [found] = [x for x in scrub(one.draft, one.facts) if x.severity is Severity.ERROR]
    assert (found.edit, found.field) == (FORM, "numbers.medical_record")
    assert "a~b" not in found.message
