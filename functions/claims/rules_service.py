"""Payer rules: kept, shown as sentences, tried on the claims that are here."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import FieldError, InvalidRequest, NotFound, VersionConflict, invalid
from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.records.revenue.claim import BoardItem, ClaimItem, ClaimState
from caresmith.records.revenue.layout import CLAIM, board_key, claim_key
from caresmith.records.revenue.payer_rule import RuleItem, Watch, rule_items, rules_key
from caresmith.transactions import TransactionCancelled, transaction
from functions.claims import models as m
from functions.claims.gathering import gather, of_practice, sheet_named
from functions.claims.judging import facts_of
from functions.claims.payer_rules import Rules
from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.payer_rules.evaluating import findings_of_rules
from functions.claims.scrubbing.payer_rules.model import CodeIn, PayerRule
from functions.claims.scrubbing.payer_rules.wording import sentence
from functions.claims.verdict import open_draft

_TRIED: Final = 100
_STATES: Final = (
    ClaimState.HELD,
    ClaimState.CLEAN,
    ClaimState.APPROVED,
    ClaimState.SENT,
    ClaimState.ACCEPTED,
    ClaimState.DENIED,
)
"""Where recent claims are looked for, in this order."""


class IdTaken(InvalidRequest):
    """Another rule has the id."""

    def __init__(self) -> None:
        super().__init__(fields=[FieldError("id", "is the id of another rule")])


def list_rules(practice: PracticeId) -> m.RulesRead:
    return m.RulesRead(rules=[_read(item) for item in rule_items(practice)])


def read_rule(practice: PracticeId, rule_id: str) -> m.RuleRead:
    """Raises NotFound."""
    return _read(_item(practice, rule_id))


def add(rule: PayerRule, *, actor: Actor, now: Instant) -> m.RuleRead:
    """Raises IdTaken, and InvalidRequest for a payer that is not in the directory."""
    _check(rule, actor.practice_id)
    item = _written(rule, actor, now)
    try:
        with transaction() as writes:
            writes.save(item, condition=RuleItem.pk.does_not_exist())
            audit().record(rule.id)
            audit().join(writes)
    except TransactionCancelled:
        raise IdTaken from None
    return m.RuleRead(version=1, sentence=sentence(rule), rule=rule)


def change(rule: PayerRule, expected: int, *, actor: Actor, now: Instant) -> m.RuleRead:
    """Raises NotFound, VersionConflict, InvalidRequest."""
    _check(rule, actor.practice_id)
    if int(_item(actor.practice_id, rule.id).version or 0) != expected:
        raise VersionConflict
    item = _written(rule, actor, now)
    item.version = expected
    try:
        with transaction() as writes:
            writes.save(item)
            audit().record(rule.id)
            audit().join(writes)
    except TransactionCancelled:
        raise VersionConflict from None
    return m.RuleRead(version=expected + 1, sentence=sentence(rule), rule=rule)


def try_on(rule: PayerRule, *, actor: Actor, now: Instant) -> m.RuleTry:
    """Which of the practice's recent claims the rule would have something against."""
    practice = actor.practice_id
    known, day = of_practice(practice), of_practice(practice).setup.practice.day_at(now)
    hits, looked_at = [], 0
    for claim in _recent(practice):
        looked_at += 1
        sheet = sheet_named(practice, SheetId(claim.sheet_id))
        if sheet is None:
            continue
        material = gather(practice, sheet, known)
        draft = open_draft(practice, claim)
        facts = facts_of(practice, material, int(claim.turn), day, Rules((rule,), ""), draft)
        if any(findings_of_rules(Case(draft, facts))):
            hits.append(ClaimId(claim.claim_id))
    return m.RuleTry(looked_at=looked_at, hits=hits)


def _recent(practice: PracticeId) -> list[ClaimItem]:
    found: list[BoardItem] = []
    for state in _STATES:
        items = BoardItem.query(
            board_key(practice, state), scan_index_forward=False, limit=_TRIED - len(found)
        )
        found += islice(items, _TRIED - len(found))
        if len(found) >= _TRIED:
            break
    audit().about(*(PatientId(one.patient_id) for one in found))
    keys = [(claim_key(practice, ClaimId(one.claim_id)), CLAIM) for one in found]
    return list(ClaimItem.batch_get(keys)) if keys else []


def _check(rule: PayerRule, practice: PracticeId) -> None:
    directory = of_practice(practice).directory
    known = {str(one.payer_id) for one in directory.payers}
    known |= {one.facts.wire_id for one in directory.payers}
    if unknown := sorted(rule.payers - known):
        raise invalid("payers", f"{unknown[0][:40]} is no payer of the directory")


def _item(practice: PracticeId, rule_id: str) -> RuleItem:
    try:
        return RuleItem.get(rules_key(practice), rule_id, consistent_read=True)
    except RuleItem.DoesNotExist:
        raise NotFound from None


def _written(rule: PayerRule, actor: Actor, now: Instant) -> RuleItem:
    return RuleItem(
        rules_key(actor.practice_id),
        rule.id,
        body=rule.model_dump_json(),
        watch=_watch(rule),
        changed_at=to_text(now),
        changed_by=actor.user_id,
    )


def _watch(rule: PayerRule) -> dict[str, Any] | None:
    """Which denials it prevents; None where it comes from elsewhere or is switched off."""
    if rule.origin.carc is None or not rule.active:
        return None
    # A rule that people have narrowed down by further conditions lets some of them pass.
    codes = rule.when.codes if isinstance(rule.when, CodeIn) else ()
    watch = Watch(
        title=rule.title,
        payers=tuple(sorted(rule.payers)),
        codes=codes,
        carc=rule.origin.carc,
    )
    return watch.model_dump(mode="json")


def _read(item: RuleItem) -> m.RuleRead:
    rule = PayerRule.model_validate_json(item.body)
    return m.RuleRead(version=int(item.version or 0), sentence=sentence(rule), rule=rule)
