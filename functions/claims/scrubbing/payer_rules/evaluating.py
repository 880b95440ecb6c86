"""Payer rules held against the lines of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from caresmith.codes.ranges import Codes
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.findings import Finding
from functions.claims.scrubbing.payer_rules import model as m
from functions.claims.scrubbing.payer_rules.wording import sentence

PREFIX: Final = "PAYER"


def findings_of_rules(case: Case) -> Iterator[Finding]:
    """What the payer's rules have against the claim; a rule's findings bear its severity."""
    draft, facts = case.draft, case.facts
    payers = {draft.ours.payer, draft.payer.id, facts.payer.id} - {""}
    rules = [r for r in facts.rules if r.active and (not r.payers or r.payers & payers)]
    for line in case.lines if rules else ():
        for rule in rules:
            if _in_effect(rule, line) and holds(rule.when, case, line):
                field = missing(rule.requires, case, line)
                if field is not None:
                    yield Finding(
                        edit=f"{PREFIX}-{rule.id}",
                        severity=rule.severity,
                        title=rule.title,
                        message=rule.message or sentence(rule),
                        line=line.number,
                        field=f"{line.path}.{field}" if field else line.path,
                    )


def _in_effect(rule: m.PayerRule, line: Line) -> bool:
    day = line.first
    if day is None:
        return False
    return (rule.first is None or rule.first <= day) and (rule.last is None or day <= rule.last)


def holds(condition: m.Condition, case: Case, line: Line) -> bool:  # noqa: C901, PLR0911 - a table
    match condition:
        case m.CodeIn(codes=codes):
            return line.code in _codes(codes)
        case m.HasModifier(any_of=modifiers):
            return line.has(*modifiers)
        case m.PlaceIn(places=places):
            return line.place in places
        case m.HasDiagnosis(beginning_with=beginnings, first=first):
            every = [one.code for one in case.pointed(line)]
            return _begins(every[:1] if first else every, beginnings)
        case m.AgeBetween(least=least, most=most):
            age = case.age(line.first)
            return age is not None and least <= age <= most
        case m.FilingIn(indicators=indicators):
            return case.filing in indicators
        case m.UnitsOver(units=units):
            return line.units > units
        case m.TaxonomyIn(beginning_with=beginnings, of=role):
            provider = case.draft.billing if role == "billing" else line.rendering
            return provider is not None and _begins([provider.taxonomy], beginnings)
        case m.Every(conditions=parts):
            return all(holds(part, case, line) for part in parts)
        case m.AnyOf(conditions=parts):
            return any(holds(part, case, line) for part in parts)
        case m.Not(condition=part):
            return not holds(part, case, line)


def missing(requirement: m.Requirement, case: Case, line: Line) -> str | None:
    """The line's field that does not fit the requirement; None where it is met."""
    field, met = _held(requirement, case, line)
    return None if met else field


def _held(  # noqa: C901, PLR0911, PLR0912 - a table
    requirement: m.Requirement, case: Case, line: Line
) -> tuple[str, bool]:
    draft, claim = line.draft, case.draft
    codes = [one.code for one in case.pointed(line)]
    match requirement:
        case m.NeedsModifier(any_of=modifiers):
            return "procedure.modifiers", line.has(*modifiers)
        case m.ForbidsModifier(any_of=modifiers):
            return "procedure.modifiers", not line.has(*modifiers)
        case m.NeedsAuthorization():
            own = any(one.value for one in draft.prior_authorizations)
            return "prior_authorizations", own or bool(claim.numbers.prior_authorization)
        case m.NeedsReferral():
            own = any(one.value for one in draft.referrals)
            return "referrals", own or bool(claim.numbers.referral)
        case m.NeedsNote():
            return "note", bool(draft.note or claim.note)
        case m.NeedsAttachment(types=kinds):
            there = {one.kind for one in (*draft.attachments, *claim.attachments)}
            return "attachments", bool(there & set(kinds) if kinds else there)
        case m.NeedsDiagnosis(beginning_with=beginnings):
            return "pointers", _begins(codes, beginnings)
        case m.ForbidsDiagnosis(beginning_with=beginnings):
            return "pointers", not _begins(codes, beginnings)
        case m.NeedsPlace(places=places):
            return "place_of_service", line.place in places
        case m.UnitsAtMost(units=units):
            return "quantity", line.units <= units
        case m.NeedsCodeBeside(codes=wanted):
            return "procedure.code", _beside(case, line, _codes(wanted))
        case m.ForbidsCodeBeside(codes=unwanted):
            return "procedure.code", not _beside(case, line, _codes(unwanted))
        case m.NeedsDrugCode():
            return "drug", bool(draft.drug and draft.drug.code)
        case m.NotPaid() | m.NeedsLook():
            return "procedure.code", False


def _beside(case: Case, line: Line, codes: Codes) -> bool:
    return any(other.code in codes for other in case.same_day(line))


def _begins(codes: Iterable[str], beginnings: tuple[str, ...]) -> bool:
    return any(code.startswith(beginnings) for code in codes)


@lru_cache(1024)
def _codes(ranges: tuple[str, ...]) -> Codes:
    return Codes(" ".join(ranges))
