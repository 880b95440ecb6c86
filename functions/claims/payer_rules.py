"""The payer rules of a practice, as its billers wrote them.

======================  ==========================  ==============
 access                  pk                          sk
======================  ==========================  ==============
 all rules (one query)   ``<practice>#payer-rules``  ``<rule id>``
======================  ==========================  ==============

A rule is nobody's data and lies in clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from pynamodb.attributes import UnicodeAttribute, VersionAttribute

from caresmith.ids import PracticeId
from caresmith.tables import RevenueItem
from functions.claims.scrubbing.payer_rules.model import PayerRule


class RuleItem(RevenueItem, discriminator="payer-rule"):
    body = UnicodeAttribute()
    """:class:`PayerRule` as JSON."""
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    version = VersionAttribute()


@dataclass(frozen=True)
class Rules:
    """All rules of a practice, and what tells this set from any other."""

    rules: tuple[PayerRule, ...]
    digest: str


def rules_key(practice: PracticeId) -> str:
    return f"{practice}#payer-rules"


def rule_items(practice: PracticeId) -> list[RuleItem]:
    return list(RuleItem.query(rules_key(practice), consistent_read=True))


def rules_of(practice: PracticeId) -> Rules:
    """By one query."""
    items = rule_items(practice)
    digest = sha256("\n".join(item.body for item in items).encode()).hexdigest()[:16]
    return Rules(tuple(PayerRule.model_validate_json(item.body) for item in items), digest)
