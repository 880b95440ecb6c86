"""Denials: what a payer refused or paid short of a line, and what is done about it.

==================================  =======================================  ====================
 access                              pk                                       sk
==================================  =======================================  ====================
 open denials (one query)            ``<practice>#denials#open``              ``<claim>#<line>``
 lost ones of which money is owed    ``<practice>#denials#lost``              ``<claim>#<line>``
 settled ones of a month             ``<practice>#denials#<yyyy-mm>``         ``<claim>#<line>``
 in which list one that is not       ``<practice>#denial#<claim>``            ``at#<line>``
   open lies; letters that were                                               ``letter#<line>#<n>``
   sent
==================================  =======================================  ====================

In clear lie ids, amounts, reasons, states and days; the procedure's code, remarks and what
people write are sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import ClaimId, PracticeId
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem

OPEN: Final = "open"
LOST: Final = "lost"
_AT: Final = "at#"
_LETTER: Final = "letter#"
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
    PATIENT = "patient"
    """What was denied is the patient's to pay, by a decision of the practice."""
    HANDED_ON = "handed-on"
    """It stands, and the next payer is asked for what was denied: its answer settles it."""


GIVEN: Final = frozenset({DenialState.WRITTEN_OFF, DenialState.PATIENT})
"""Nothing of it is with insurance any more: somebody has decided so."""
STILL_OPEN: Final = frozenset({DenialState.OPEN, DenialState.CORRECTED, DenialState.APPEALED})

_BY_POSTING: Final = frozenset({DenialState.PATIENT, DenialState.HANDED_ON})
DENIAL_MOVES: Final[dict[DenialState, frozenset[DenialState]]] = {
    DenialState.OPEN: frozenset(DenialState) - {DenialState.OPEN} - _BY_POSTING,
    DenialState.CORRECTED: frozenset(DenialState) - {DenialState.CORRECTED} - _BY_POSTING,
    DenialState.APPEALED: frozenset(DenialState) - {DenialState.APPEALED} - _BY_POSTING,
    DenialState.WON: frozenset({DenialState.OPEN}),
    DenialState.LOST: frozenset({DenialState.OPEN, DenialState.WRITTEN_OFF, DenialState.WON}),
    # Its money comes back to insurance with it.
    DenialState.WRITTEN_OFF: frozenset({DenialState.OPEN}),
    DenialState.PATIENT: frozenset(),
    DenialState.HANDED_ON: frozenset(),
}
"""What a person may say of it by hand. Payments settle it whatever its state is."""


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
    """Until when an appeal or a corrected claim has to be there; once one is, the day to ask
    for its answer. None where nothing is waited for."""
    appeals = NumberAttribute(null=True)
    """How often it was appealed: the second level is the second time."""
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


class WhereItem(RevenueItem, discriminator="denial-where"):
    """Leads to a denial that is not among the open ones."""

    at = UnicodeAttribute()
    group = UnicodeAttribute()


class LetterItem(RevenueItem, discriminator="appeal-letter"):
    """A letter of appeal as it was sent: the file, and how it went."""

    claim_id = UnicodeAttribute()
    line = UnicodeAttribute()
    number = NumberAttribute()
    """Counted from one, of this denial."""
    way = UnicodeAttribute()
    """``mail``, ``fax`` or ``portal``."""
    sent_on = UnicodeAttribute()
    object_key = UnicodeAttribute()
    object_version = UnicodeAttribute()
    sha256 = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()


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
    if now in STILL_OPEN:
        return OPEN
    if now is DenialState.LOST and not is_short(item):
        return LOST
    return str(item.denied_on)[:7]


def is_short(item: DenialItem) -> bool:
    """Paid less than was expected, not denied: insurance owes nothing of it by the books."""
    return all(not group for group, _, _ in item.reasons)


def find_denial(practice: PracticeId, claim: ClaimId, line: str) -> DenialItem | None:
    """The denial in whichever list it lies: the open one first."""
    return find_denials(practice, [(claim, line)]).get((claim, line))


def find_denials(
    practice: PracticeId, wanted: Iterable[tuple[ClaimId, str]]
) -> dict[tuple[ClaimId, str], DenialItem]:
    """Open ones by one query a claim; where the others lie, and they, by a batch each."""
    keys = list(dict.fromkeys(wanted))
    found: dict[tuple[ClaimId, str], DenialItem] = {}
    for claim in dict.fromkeys(claim for claim, _ in keys):
        for item in DenialItem.query(
            denials_key(practice, OPEN), DenialItem.sk.startswith(f"{claim}#"), consistent_read=True
        ):
            found[claim, str(item.line)] = item
    missing = [key for key in keys if key not in found]
    if not missing:
        return found
    places = [_where_key(practice, claim, line) for claim, line in missing]
    groups = {str(one.at): str(one.group) for one in WhereItem.batch_get(places)}
    settled = [
        (denials_key(practice, groups[key]), key)
        for key in (denial_sort_key(*one) for one in missing)
        if key in groups and groups[key] != OPEN
    ]
    for item in DenialItem.batch_get(settled, consistent_read=True):
        found[ClaimId(item.claim_id), str(item.line)] = item
    return found


def denials_of(practice: PracticeId, claim: ClaimId) -> list[DenialItem]:
    """Every denial of the claim, in whichever list: two queries, and a batch of settled ones."""
    found = list(
        DenialItem.query(
            denials_key(practice, OPEN), DenialItem.sk.startswith(f"{claim}#"), consistent_read=True
        )
    )
    places = WhereItem.query(
        denial_key(practice, claim), WhereItem.sk.startswith(_AT), consistent_read=True
    )
    settled = [
        (denials_key(practice, str(one.group)), str(one.at)) for one in places if one.group != OPEN
    ]
    return [*found, *(DenialItem.batch_get(settled, consistent_read=True) if settled else ())]


def letters_of(practice: PracticeId, claim: ClaimId, line: str) -> list[LetterItem]:
    """The letters that were sent about a denial, oldest first."""
    prefix = f"{_LETTER}{line}#"
    return list(
        LetterItem.query(
            denial_key(practice, claim), LetterItem.sk.startswith(prefix), consistent_read=True
        )
    )


def letter_sort_key(line: str, number: int) -> str:
    return f"{_LETTER}{line}#{number:04d}"


def where_of(practice: PracticeId, item: DenialItem) -> WhereItem:
    """That it lies in the list of its state."""
    pk, sk = _where_key(practice, ClaimId(item.claim_id), item.line)
    at = denial_sort_key(item.claim_id, item.line)
    return WhereItem(pk, sk, at=at, group=group_of(item))


def _where_key(practice: PracticeId, claim: ClaimId, line: str) -> tuple[str, str]:
    return denial_key(practice, claim), f"{_AT}{line}"


def denial_key(practice: PracticeId, claim: ClaimId) -> str:
    """What there is about denials of a claim besides themselves."""
    return f"{practice}#denial#{claim}"


def open_facts(practice: PracticeId, item: DenialItem) -> DenialFacts:
    return Sealer(practice, Domain.REVENUE).unseal(
        denial_sort_key(item.claim_id, item.line), DENIAL, item.facts, DenialFacts
    )


def seal_facts(practice: PracticeId, claim: str, line: str, facts: DenialFacts) -> bytes:
    return Sealer(practice, Domain.REVENUE).seal(denial_sort_key(claim, line), DENIAL, facts)
