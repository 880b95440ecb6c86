"""A pattern of denials becomes a payer rule, and can be undone.

Whoever sees what a payer keeps denying (``functions/payments``) asks for the rule with one
form. Asked for twice, it is one rule: its id is made of what is denied.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.records.revenue.payer_rule import DenialGround, RuleItem, ServiceCode, rules_key
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.claims import models as m
from functions.claims import rules_service
from functions.claims.scrubbing.payer_rules import model as r
from functions.claims.scrubbing.payer_rules.model import PayerRule

# X12 external code list 139. What else a payer denies no rule can tell from the claim alone.
REQUIREMENTS: Final[dict[str, r.Requirement]] = {
    # No prior authorization.
    "197": r.NeedsAuthorization(),
    # No referral.
    "165": r.NeedsReferral(),
    "288": r.NeedsReferral(),
    # An attachment is needed to adjudicate it.
    "252": r.NeedsAttachment(),
}
_PAGES: Final = ("cause", "payer", "code", "reason", "provider")


class DenialRule(BaseModel):
    """What the page of root causes fills in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    payer: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    first_code: ServiceCode
    last_code: ServiceCode
    carc: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,5}$")]
    denials: int = Field(ge=1)
    title: Annotated[str, StringConstraints(min_length=3, max_length=80)]
    message: Annotated[str, StringConstraints(max_length=300)] = ""
    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = ""
    """Which page it came from, and is gone back to."""
    by: Annotated[str, StringConstraints(pattern=f"^({'|'.join(_PAGES)})$")] = "cause"

    @property
    def ground(self) -> DenialGround:
        return DenialGround(
            payer=self.payer,
            first_code=self.first_code,
            last_code=self.last_code,
            carc=self.carc,
        )


def rule_of_denials(asked: DenialRule) -> PayerRule:
    """A claim that fits waits for a biller's decision; none is stopped for good.

    Raises InvalidRequest where the run of services ends before it begins.
    """
    ground = asked.ground
    if ground.last_code < ground.first_code:
        raise invalid("codes", "The last service comes before the first.")
    return PayerRule(
        id=ground.rule_id,
        title=asked.title,
        payers=frozenset({asked.payer}),
        when=r.CodeIn(codes=(ground.codes,)),
        requires=REQUIREMENTS.get(asked.carc, r.NeedsLook()),
        message=asked.message or None,
        origin=r.Origin(kind="denials", carc=asked.carc, denials=asked.denials),
    )


def make(asked: DenialRule, *, actor: Actor, now: Instant) -> m.RuleRead:
    """The rule, new or as it is; one that was switched off is in use again.

    Raises InvalidRequest where the payer is not in the directory, VersionConflict.
    """
    rule = rule_of_denials(asked)
    kept = _kept(rule.id, actor)
    if kept is None:
        try:
            return rules_service.add(rule, actor=actor, now=now)
        except rules_service.IdTaken:
            # Clicked twice at once: the other click has made it.
            kept = rules_service.read_rule(actor.practice_id, rule.id)
    if kept.rule.active:
        return kept
    again = kept.rule.model_copy(update={"active": True})
    return rules_service.change(again, kept.version, actor=actor, now=now)


def undo(rule_id: str, expected: int, *, actor: Actor, now: Instant) -> None:
    """As if it had not been made; one that people have worked on since is only switched off.

    Raises VersionConflict, and NotFound for a rule that no denials have led to. What is
    undone already stays so.
    """
    kept = _kept(rule_id, actor)
    if kept is None:
        return
    if kept.rule.origin.kind != "denials":
        raise NotFound
    if kept.version != expected:
        raise VersionConflict
    if expected > 1:
        off = kept.rule.model_copy(update={"active": False})
        rules_service.change(off, expected, actor=actor, now=now)
        return
    audit().record(rule_id)

    def attempt() -> None:
        with transaction() as writes:
            item = RuleItem(rules_key(actor.practice_id), rule_id)
            item.version = expected
            writes.delete(item)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _kept(rule_id: str, actor: Actor) -> m.RuleRead | None:
    try:
        return rules_service.read_rule(actor.practice_id, rule_id)
    except NotFound:
        return None
