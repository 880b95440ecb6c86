"""What payers keep denying, and whether a rule of the scrubber stops it before it goes out.

The rules are ``functions/claims``'s: a page proposes one with a form that is posted there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from caresmith.ids import PayerId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.denial import DenialFacts, DenialItem, open_facts
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.records.revenue.payer_rule import (
    DenialGround,
    RuleItem,
    rule_items,
    watch_of,
    watching,
)
from functions.payments import models as m
from functions.payments import working
from functions.payments.posting.carc import carc

_TITLE: Final = 80
_MESSAGE: Final = 300


@dataclass(frozen=True, slots=True)
class DenialPattern:
    """What keeps being denied: a rule of the scrubber can stop it before it goes out."""

    payer_id: str
    first_code: str
    last_code: str
    reason: str
    """CARC."""
    count: int
    cents: int
    origin: str = "denials"


def rule_from_denials(
    denials: Iterable[tuple[DenialItem, DenialFacts]], *, least: int = 3
) -> tuple[DenialPattern, ...]:
    """Patterns of payer, code and reason that came up at least ``least`` times.

    Codes that follow each other and are denied by the same payer for the same reason are
    one range. What is short, or of an unknown payer, makes no rule.
    """
    sums: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for item, facts in denials:
        if not item.payer_id or not facts.code:
            continue
        for group, reason, cents in item.reasons:
            if group:
                codes = sums.setdefault((item.payer_id, reason), {})
                count, so_far = codes.get(facts.code, (0, 0))
                codes[facts.code] = count + 1, so_far + int(cents)
    found = []
    for (payer, reason), codes in sorted(sums.items()):
        for members in _ranges([code for code, (count, _) in codes.items() if count >= least]):
            count = sum(codes[code][0] for code in members)
            cents = sum(codes[code][1] for code in members)
            found.append(DenialPattern(payer, members[0], members[-1], reason, count, cents))
    return tuple(found)


def _ranges(codes: list[str]) -> list[list[str]]:
    """Codes in runs: 99213 and 99214 are one, 99213 and 99215 are two."""
    runs: list[list[str]] = []
    for code in sorted(codes):
        before = runs[-1][-1] if runs else ""
        follows = code.isdecimal() and before.isdecimal() and int(code) == int(before) + 1
        if follows:
            runs[-1].append(code)
        else:
            runs.append([code])
    return runs


def patterns(practice: PracticeId, month: str) -> tuple[DenialPattern, ...]:
    """What the denials of a month would make the scrubber watch for."""
    return rule_from_denials(
        (item, open_facts(practice, item)) for item in working.months(practice, month)
    )


def proposals(practice: PracticeId, month: str) -> list[m.PatternRead]:
    """The patterns of a month, each with the rule that watches for it, if there is one."""
    found = patterns(practice, month)
    if not found:
        return []
    directory, rules = payer_directory(practice), rule_items(practice)
    return [_proposal(one, month, directory, rules) for one in found]


def _proposal(
    one: DenialPattern, month: str, directory: Directory, rules: Iterable[RuleItem]
) -> m.PatternRead:
    payer = directory.get(PayerId(one.payer_id))
    ground = _ground(one)
    rule = watching(rules, ground) if ground else None
    name, words = payer.facts.name if payer else "", carc(one.reason).words
    span = (
        one.first_code
        if one.last_code == one.first_code
        else f"{one.first_code} to {one.last_code}"
    )
    return m.PatternRead(
        payer_id=one.payer_id,
        payer=name,
        first_code=one.first_code,
        last_code=one.last_code,
        reason=one.reason,
        words=words,
        count=one.count,
        amount=Money(one.cents),
        title=f"{span} at {name}: {words}"[:_TITLE] if name and ground else "",
        message=(
            f"{name} denied {span} {one.count} times in {month} ({Money(one.cents)}), "
            f"CARC {one.reason}: {words}."
        )[:_MESSAGE],
        rule_id=rule.sk if rule else None,
        rule_title=watch_of(rule).title if rule else "",
        rule_version=int(rule.version or 0) if rule else 0,
    )


def _ground(one: DenialPattern) -> DenialGround | None:
    """None of a service whose code no rule can name."""
    try:
        return DenialGround(
            payer=one.payer_id, first_code=one.first_code, last_code=one.last_code, carc=one.reason
        )
    except ValidationError:
        return None
