"""The payer rules of a practice as the scrubber takes them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from caresmith.ids import PracticeId
from caresmith.records.revenue.payer_rule import rule_items
from functions.claims.scrubbing.payer_rules.model import PayerRule


@dataclass(frozen=True)
class Rules:
    """All rules of a practice, and what tells this set from any other."""

    rules: tuple[PayerRule, ...]
    digest: str


def rules_of(practice: PracticeId) -> Rules:
    """By one query."""
    items = rule_items(practice)
    digest = sha256("\n".join(item.body for item in items).encode()).hexdigest()[:16]
    return Rules(tuple(PayerRule.model_validate_json(item.body) for item in items), digest)
