"""The payer rules of a practice, as its billers wrote them or denials have taught them.

======================  ==========================  ==============
 access                  pk                          sk
======================  ==========================  ==============
 all rules (one query)   ``<practice>#payer-rules``  ``<rule id>``
======================  ==========================  ==============

``functions/claims`` writes them and holds claims against them; whoever shows why claims
are denied reads which denials have a rule already. A rule is nobody's data and lies in clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pynamodb.attributes import JSONAttribute, UnicodeAttribute, VersionAttribute

from caresmith.ids import PracticeId
from caresmith.tables import RevenueItem

ServiceCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{5}$")]


class DenialGround(BaseModel):
    """What a payer keeps denying: a run of services for one reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    payer: str
    first_code: ServiceCode
    last_code: ServiceCode
    carc: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,5}$")]

    @property
    def codes(self) -> str:
        """The run as rules write it: ``99213`` or ``99213-99215``."""
        if self.first_code == self.last_code:
            return self.first_code
        return f"{self.first_code}-{self.last_code}"

    @property
    def rule_id(self) -> str:
        """The id of the rule that is made of it: made twice, it is one."""
        told = f"{self.payer}|{self.first_code}|{self.last_code}|{self.carc}"
        return f"denials-{sha256(told.encode()).hexdigest()[:24]}"


class Watch(BaseModel):
    """Which denials a rule is there to prevent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    payers: tuple[str, ...]
    """None is every payer."""
    codes: tuple[str, ...]
    """Codes and ranges of them."""
    carc: str

    def covers(self, ground: DenialGround) -> bool:
        """Whether one of its ranges holds the whole run."""
        if ground.carc != self.carc or (self.payers and ground.payer not in self.payers):
            return False
        for one in self.codes:
            first, _, last = one.partition("-")
            if first <= ground.first_code and ground.last_code <= (last or first):
                return True
        return False


class RuleItem(RevenueItem, discriminator="payer-rule"):
    body = UnicodeAttribute()
    """:class:`functions.claims.scrubbing.payer_rules.model.PayerRule` as JSON."""
    watch = JSONAttribute(null=True)
    """:class:`Watch`; None for a rule that no denial has led to, or that is switched off."""
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    version = VersionAttribute()


def rules_key(practice: PracticeId) -> str:
    return f"{practice}#payer-rules"


def rule_items(practice: PracticeId) -> list[RuleItem]:
    """By one query."""
    return list(RuleItem.query(rules_key(practice), consistent_read=True))


def watching(rules: Iterable[RuleItem], ground: DenialGround) -> RuleItem | None:
    """The rule that is there to prevent these denials."""
    return next((one for one in rules if one.watch and watch_of(one).covers(ground)), None)


def watch_of(item: RuleItem) -> Watch:
    return Watch.model_validate(item.watch)
