"""What payers said of a sheet's lines, as it stands in the ledger.

==================================  =====================================  ========================
 access                              pk                                     sk
==================================  =====================================  ========================
 everything said of a sheet, and     ``<practice>#account#<patient>``       ``said#<sheet>#<order>``
   what of it is posted (one query)                                         ``said#<sheet>~posted``
==================================  =====================================  ========================

An adjudication names our own lines (:mod:`caresmith.records.revenue.sheet`), not
codes: whoever reads it without keys learns amounts and reasons, not for what.

===================  ==========================================  ==========================
 our field            FHIR R4                                     835 (TR3 X221A1)
===================  ==========================================  ==========================
 status               ClaimResponse.outcome                       CLP02
 charge, paid         ClaimResponse.item.adjudication             SVC02, SVC03
 adjustments          same                                        CAS
 payer_control_number ClaimResponse.identifier                    CLP07
===================  ==========================================  ==========================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from caresmith.ids import ClaimId, PatientId, PayerId, PracticeId, RemittanceId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.ledger import LineId
from caresmith.tables import RevenueItem
from caresmith.x12.adjustments import AdjustmentGroup
from caresmith.x12.remittance.model import ClaimStatus

SAID: Final = "said#"
_POSTED: Final = "~posted"
"""Sorts behind every adjudication of its sheet."""

Reason = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,5}$")]
"""A claim adjustment reason code (CARC)."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SaidAdjustment(_Value):
    """One reason of a CAS: what was charged and not paid."""

    group: AdjustmentGroup
    reason: Reason
    amount: Money


class SaidLine(_Value):
    """One of our lines, as the payer adjudicated it. Charge less adjustments is what was paid."""

    line: LineId
    charge: Money
    paid: Money
    adjustments: tuple[SaidAdjustment, ...] = ()
    allowed: Money | None = None
    """AMT B6, where the payer says it."""

    @model_validator(mode="after")
    def _balances(self) -> Self:
        less = sum(one.amount.cents for one in self.adjustments)
        if self.charge.cents - less != self.paid.cents:
            raise ValueError("charge less adjustments is not what was paid")
        return self


class Adjudication(_Value):
    """What one claim payment of a remittance says, by our own lines."""

    remittance_id: RemittanceId
    position: int = Field(ge=1)
    """Its place in the remittance: with the remittance it is the adjudication's identity."""
    claim_id: ClaimId
    payer_id: PayerId | None = None
    turn: int = Field(ge=1, le=9)
    status: ClaimStatus
    payer_control_number: str = ""
    capitated: bool = False
    """Whether the payer pays the practice by capitation: CARC 24 is then no denial."""
    paid_on: dt.date
    """BPR16. With remittance and position it orders what a payer says, however it arrives."""
    lines: tuple[SaidLine, ...] = Field(max_length=100)

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [one.line for one in self.lines]
        if len(set(named)) < len(named):
            raise ValueError("a line is told twice")
        return self

    @property
    def order(self) -> str:
        return f"{self.paid_on}#{self.remittance_id}#{self.position:06d}"

    @property
    def is_reversal(self) -> bool:
        return self.status is ClaimStatus.REVERSAL

    @property
    def paid(self) -> Money:
        return Money(sum(one.paid.cents for one in self.lines))


class Standing(StrEnum):
    POSTED = "posted"
    UNPOSTED = "unposted"
    """A person took it out again: it counts for nothing."""


class AdjudicationItem(RevenueItem, discriminator="adjudication"):
    sheet_id = UnicodeAttribute()
    claim_id = UnicodeAttribute()
    remittance_id = UnicodeAttribute()
    standing = UnicodeAttribute()
    generation = NumberAttribute(default=1)
    """How often it has been posted: each time has journals of its own."""
    journal_id = UnicodeAttribute(null=True)
    """The journal that posted it; None where nothing moved."""
    body = JSONAttribute()
    """:class:`Adjudication`."""
    at = UnicodeAttribute()
    by = UnicodeAttribute()


class PostedItem(RevenueItem, discriminator="adjudications-posted"):
    """What all adjudications of a sheet together have posted: the next one posts the difference."""

    sheet_id = UnicodeAttribute()
    lines = JSONAttribute()
    """``{line: {"<book>:<reason>": cents}}``."""
    denied = JSONAttribute(default=list)
    """``[claim, line]`` of each denial that was made."""
    skipped = JSONAttribute(default=list)
    """Turns that were given up: their payers are not waited for."""
    passed = JSONAttribute(default=list)
    """Turns whose denials stand: the next payer was billed what they refused."""
    version = NumberAttribute(default=0)


def said_sort_key(sheet: SheetId, adjudication: Adjudication) -> str:
    return f"{SAID}{sheet}#{adjudication.order}"


def posted_sort_key(sheet: SheetId) -> str:
    return f"{SAID}{sheet}{_POSTED}"


def said_of(
    practice: PracticeId, patient: PatientId, sheet: SheetId
) -> tuple[list[AdjudicationItem], PostedItem | None]:
    """All that was said of a sheet, in the payers' order, and what of it is posted."""
    key, prefix = account_key(practice, patient), f"{SAID}{sheet}"
    items = list(RevenueItem.query(key, RevenueItem.sk.startswith(prefix), consistent_read=True))
    said = [one for one in items if isinstance(one, AdjudicationItem)]
    posted = next((one for one in items if isinstance(one, PostedItem)), None)
    return said, posted


def adjudication_of(item: AdjudicationItem) -> Adjudication:
    return Adjudication.model_validate(item.body)
