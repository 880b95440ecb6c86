"""A payer rule as one English sentence, so that whoever edits it sees what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from functions.claims.scrubbing.payer_rules import model as m

_MANY: Final = 8
_OLDEST: Final = 150


def sentence(rule: m.PayerRule) -> str:
    """Like "Where the code is 97110 to 97140, modifier GP or GO is needed."."""
    when = f"Where {_condition(rule.when)}"
    span = ""
    if rule.first and rule.last:
        span = f", for services from {rule.first} to {rule.last}"
    elif rule.first:
        span = f", for services from {rule.first} on"
    elif rule.last:
        span = f", for services until {rule.last}"
    return f"{when}{span}, {_requirement(rule.requires)}."


def _condition(condition: m.Condition) -> str:  # noqa: C901, PLR0911, PLR0912 - a table
    match condition:
        case m.CodeIn(codes=codes):
            return f"the code is {_listed(_ranges(codes))}"
        case m.HasModifier(any_of=modifiers):
            return f"modifier {_listed(modifiers)} is on the line"
        case m.PlaceIn(places=places):
            return f"the place of service is {_listed(places)}"
        case m.HasDiagnosis(beginning_with=codes, first=first):
            which = "the first" if first else "a"
            return f"{which} diagnosis of the line begins with {_listed(codes)}"
        case m.AgeBetween(least=least, most=most):
            if most >= _OLDEST:
                return f"the patient is {least} years or older"
            if least == 0:
                return f"the patient is {most} years or younger"
            return f"the patient is {least} to {most} years old"
        case m.FilingIn(indicators=indicators):
            return f"the claim filing indicator is {_listed(indicators)}"
        case m.UnitsOver(units=units):
            return f"there are more than {units} units"
        case m.TaxonomyIn(beginning_with=taxonomies, of=role):
            return f"the taxonomy of the {role} provider begins with {_listed(taxonomies)}"
        case m.Every(conditions=parts):
            return f"({' and '.join(map(_condition, parts))})"
        case m.AnyOf(conditions=parts):
            return f"({' or '.join(map(_condition, parts))})"
        case m.Not(condition=part):
            return f"it is not so that {_condition(part)}"


def _requirement(requirement: m.Requirement) -> str:  # noqa: C901, PLR0911, PLR0912 - a table
    match requirement:
        case m.NeedsModifier(any_of=modifiers):
            return f"modifier {_listed(modifiers)} is needed"
        case m.ForbidsModifier(any_of=modifiers):
            return f"modifier {_listed(modifiers)} is refused"
        case m.NeedsAuthorization():
            return "a prior authorization is needed"
        case m.NeedsReferral():
            return "a referral's number is needed"
        case m.NeedsNote():
            return "a note is needed"
        case m.NeedsAttachment(types=kinds):
            return f"an attachment{f' of kind {_listed(kinds)}' if kinds else ''} is needed"
        case m.NeedsDiagnosis(beginning_with=codes):
            return f"a diagnosis that begins with {_listed(codes)} is needed"
        case m.ForbidsDiagnosis(beginning_with=codes):
            return f"a diagnosis that begins with {_listed(codes)} is refused"
        case m.NeedsPlace(places=places):
            return f"the place of service must be {_listed(places)}"
        case m.UnitsAtMost(units=units):
            return f"no more than {units} {'unit is' if units == 1 else 'units are'} paid"
        case m.NeedsCodeBeside(codes=codes):
            return f"another line of the same day with {_listed(_ranges(codes))} is needed"
        case m.ForbidsCodeBeside(codes=codes):
            return f"another line of the same day with {_listed(_ranges(codes))} is refused"
        case m.NeedsDrugCode():
            return "the drug's NDC is needed"
        case m.NeedsLook():
            return "a biller has to look at it first"
        case m.NotPaid():
            return "nothing is paid"


def _ranges(codes: Iterable[str]) -> list[str]:
    return [code.replace("-", " to ") for code in codes]


def _listed(words: Sequence[str]) -> str:
    """``A, B or C``; of many, the first and how many more."""
    if len(words) > _MANY:
        return f"{', '.join(words[:_MANY])} or one of {len(words) - _MANY} others"
    *before, last = words
    return f"{', '.join(before)} or {last}" if before else last
