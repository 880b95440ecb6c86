"""A draft holds every claim, and whatever else a practice may have."""

from __future__ import annotations

import types
from datetime import date
from typing import Any, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from caresmith.claims.draft import ClaimDraft, NotSendable, OurIds
from caresmith.claims.drafted_lines import LineDraft
from caresmith.claims.drafted_parties import DraftPart
from caresmith.x12.claims.model import ProfessionalClaim
from tests.support.claims import claim, claims, line

_OURS = {"ours", "charge_id"}


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(claims())
def test_every_claim_becomes_a_draft_and_the_same_claim_again(one: ProfessionalClaim) -> None:
    draft = ClaimDraft.of(one)
    assert draft.claim() == one
    assert ClaimDraft.model_validate_json(draft.model_dump_json()) == draft
    assert draft.charge == one.charge


def test_a_draft_may_hold_nothing_at_all() -> None:
    empty = ClaimDraft()
    assert ClaimDraft.model_validate_json(empty.model_dump_json()) == empty
    assert {flaw.field for flaw in empty.flaws()} >= {
        "billing.last",
        "subscriber.member_id",
        "payer.id",
        "diagnoses",
        "lines",
    }


def test_what_is_in_the_way_names_field_and_line_and_no_content() -> None:
    bad = line(procedure={"code": "99213", "modifiers": ()}, charge=1)
    draft = ClaimDraft.of(claim(lines=(line(), bad)))
    wrong = draft.lines[1].model_copy(
        update={"procedure": draft.lines[1].procedure.model_copy(update={"code": "Jane Doe"})}
    )
    draft = draft.model_copy(update={"lines": (draft.lines[0], wrong)})
    with pytest.raises(NotSendable) as raised:
        draft.claim()
    assert (raised.value.line, raised.value.field) == (2, "lines.1.procedure.code")
    assert "Jane" not in str(raised.value)
    assert str(raised.value).startswith("line 2: lines.1.procedure.code: ")


def test_a_rule_of_the_whole_claim_is_told_in_its_own_words() -> None:
    draft = ClaimDraft.of(claim()).model_copy(update={"frequency": "7"})
    [flaw] = draft.flaws()
    assert flaw.field == ""
    assert "REF F8" in flaw.reason


def test_our_ids_are_kept_and_not_sent() -> None:
    draft = ClaimDraft.of(claim(lines=(line(), line())), OurIds(encounter="E1"), ["A", "B"])
    assert [one.charge_id for one in draft.lines] == ["A", "B"]
    assert draft.ours.encounter == "E1"
    assert draft.claim() == claim(lines=(line(), line()))


def test_dates_and_amounts_that_are_missing_are_told() -> None:
    draft = ClaimDraft.of(claim()).model_copy(update={"lines": (LineDraft(),)})
    told = {flaw.field: flaw.reason for flaw in draft.flaws()}
    assert told["lines.0.service"] == "is missing"
    assert told["lines.0.charge"] == "is missing"
    assert told["lines.0.quantity"] == "is missing"


def test_an_npi_of_no_letters_is_none() -> None:
    assert ClaimDraft.model_validate({"billing": {"npi": ""}}).billing.npi is None


def _twins(strict: Any, lenient: Any, seen: set[Any]) -> None:
    """Walk both models side by side: every field of the one is a field of the other."""
    if (strict, lenient) in seen:
        return
    seen.add((strict, lenient))
    missing = set(strict.model_fields) - set(lenient.model_fields)
    assert not missing, (strict.__name__, missing)
    for name in strict.model_fields:
        theirs = _models(strict.model_fields[name].annotation)
        ours = _models(lenient.model_fields[name].annotation)
        for one, other in zip(theirs, ours, strict=True):
            _twins(one, other, seen)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, types.UnionType, tuple):
        return [found for part in get_args(annotation) for found in _models(part)]
    return []


def test_a_draft_has_every_field_of_a_claim_and_demands_nothing_of_them() -> None:
    seen: set[Any] = set()
    _twins(ProfessionalClaim, ClaimDraft, seen)
    assert len(seen) > 30
    for _, lenient in seen:
        assert issubclass(lenient, DraftPart)
        assert not lenient.__pydantic_decorators__.model_validators
        assert not any(one.is_required() for one in lenient.model_fields.values())
    extra = set(ClaimDraft.model_fields) - set(ProfessionalClaim.model_fields)
    assert extra <= _OURS


def test_a_day_of_birth_is_no_text() -> None:
    draft = ClaimDraft.of(claim())
    assert draft.subscriber.birth_date == date(1980, 2, 29)
