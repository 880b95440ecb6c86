"""Denials: what a payer refused or paid short of a line, and what is done about it.

==================================  =======================================  ====================
 access                              pk                                       sk
==================================  =======================================  ====================
 open denials (one query)            ``<practice>#denials#open``              ``<claim>#<line>``
 settled ones of a month             ``<practice>#denials#<yyyy-mm>``         ``<claim>#<line>``
==================================  =======================================  ====================

In clear lie ids, amounts, reasons, states and days; the procedure's code, remarks and what
people write are sealed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import PracticeId
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem

OPEN: Final = "open"
DENIAL: Final = "denial"


class DenialState(StrEnum):
    OPEN = "open"
    CORRECTED = "corrected"
    """A corrected claim went out: the payer's answer is awaited."""
    APPEALED = "appealed"
    WON = "won"
    """Paid, or taken off as it should be, after all."""
    LOST = "lost"
    """Nothing more can be done; what is open stays until somebody decides about it."""
    WRITTEN_OFF = "written-off"
    """Given up under a permission."""


STILL_OPEN: Final = frozenset({DenialState.OPEN, DenialState.CORRECTED, DenialState.APPEALED})

DENIAL_MOVES: Final[dict[DenialState, frozenset[DenialState]]] = {
    DenialState.OPEN: frozenset(DenialState) - {DenialState.OPEN},
    DenialState.CORRECTED: frozenset(DenialState) - {DenialState.CORRECTED},
    DenialState.APPEALED: frozenset(DenialState) - {DenialState.APPEALED},
    DenialState.WON: frozenset({DenialState.OPEN}),
    DenialState.LOST: frozenset({DenialState.OPEN, DenialState.WRITTEN_OFF, DenialState.WON}),
    DenialState.WRITTEN_OFF: frozenset({DenialState.OPEN, DenialState.WON}),
}


class DenialItem(RevenueItem, discriminator="denial"):
    claim_id = UnicodeAttribute()
    sheet_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    line = UnicodeAttribute()
    payer_id = UnicodeAttribute(null=True)
    payer_name = UnicodeAttribute(default="")
    remittance_id = UnicodeAttribute()
    position = NumberAttribute()
    denied_on = UnicodeAttribute()
    """The day of the remittance: the clock of an appeal begins with it."""
    due_on = UnicodeAttribute(null=True)
    """Until when an appeal or a corrected claim has to be there."""
    cents = NumberAttribute()
    """What is denied, or short."""
    reasons = JSONAttribute()
    """``[group, reason, cents]`` each."""
    cause = UnicodeAttribute()
    state = UnicodeAttribute()
    assignee = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    version = NumberAttribute(default=0)
    facts = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``denial``: :class:`DenialFacts`."""


class DenialFacts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    modifiers: tuple[str, ...] = ()
    day: str = ""
    remarks: tuple[str, ...] = ()
    letter: str = ""
    """The reason of an appeal, as a biller has written it."""
    history: tuple[str, ...] = ()
    """What was done, newest last."""


def denials_key(practice: PracticeId, group: str) -> str:
    """``group``: open, or the month in which a settled one was denied."""
    return f"{practice}#denials#{group}"


def denial_sort_key(claim: str, line: str) -> str:
    return f"{claim}#{line}"


def group_of(item: DenialItem, state: DenialState | None = None) -> str:
    now = state or DenialState(item.state)
    return OPEN if now in STILL_OPEN else str(item.denied_on)[:7]


def open_facts(practice: PracticeId, item: DenialItem) -> DenialFacts:
    return Sealer(practice, Domain.REVENUE).unseal(
        denial_sort_key(item.claim_id, item.line), DENIAL, item.facts, DenialFacts
    )


def seal_facts(practice: PracticeId, claim: str, line: str, facts: DenialFacts) -> bytes:
    return Sealer(practice, Domain.REVENUE).seal(denial_sort_key(claim, line), DENIAL, facts)
