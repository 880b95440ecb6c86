"""Remittances: what a payer paid and why, claim by claim, and how far it is posted.

==================================  =====================================  =======================
 access                              pk                                     sk
==================================  =====================================  =======================
 a remittance: head, its claims,     ``<practice>#remittance#<id>``         ``head``,
   provider adjustments, journals                                           ``claim#<position>``,
                                                                            ``plb#<n>``,
                                                                            ``journal#<id>``
 remittances by state                ``<practice>#remittances#<state>``     ``<day>#<id>``
 a remittance by its trace           ``<practice>#trace#<trace>``           ``<remittance>``
 claims that wait for a biller       ``<practice>#unposted``                ``<remittance>#<n>``
 what payers carry over              ``<practice>#carried``                 ``<payer>#<id>#<n>``
 what payers paid too much           ``<practice>#credits``                 ``<sheet>#<line>``
 deposits that the bank tells        ``<practice>#deposits``                ``<day>#<id>``
 a claim by the payer's number       ``<practice>#payer-control#<number>``  ``claim``
==================================  =====================================  =======================

In clear lie ids, days, amounts, the payer's name and trace, and why a claim waits, as a
code. What a payer says of a person is sealed.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from pydantic import BaseModel
from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import ClaimId, PracticeId, RemittanceId
from caresmith.records.revenue.layout import (
    CLAIM,
    remittance_key,
    remittances_key,
    trace_key,
)
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem

HEAD: Final = "head"
CLAIMS: Final = "claim#"
PLB: Final = "plb#"


class RemittanceState(StrEnum):
    FILING = "filing"
    """It balances, and its claims are being kept one by one."""
    REVIEW = "review"
    """Its claims are kept, and the practice wants a biller to approve it first."""
    POSTING = "posting"
    """Its claims are kept, and are being posted."""
    EXCEPTIONS = "exceptions"
    """Some of its claims wait for a biller."""
    POSTED = "posted"
    """To the last cent."""


class ClaimPosting(StrEnum):
    """What has become of one claim of a remittance."""

    WAITING = "waiting"
    """Its turn to be posted has not come."""
    POSTED = "posted"
    HELD = "held"
    """A biller has to look first."""
    PARKED = "parked"
    """A biller has put it aside, with a reason: its money is not posted."""
    NOTED = "noted"
    """It says nothing that is posted: an estimate, or a claim passed on unread."""
    ELSEWHERE = "elsewhere"
    """Its claim is of an earlier system: the money stands in a book of its own."""


class RemittanceItem(RevenueItem, discriminator="remittance"):
    remittance_id = UnicodeAttribute()
    file_id = UnicodeAttribute(null=True)
    """None of one that was typed in from paper."""
    ordinal = NumberAttribute(default=1)
    """Which transaction set of its file it is."""
    payer_name = UnicodeAttribute()
    """As the directory calls it; of a payer that is not there, as it calls itself."""
    payer_told = UnicodeAttribute(default="")
    """As it calls itself (1000A N102)."""
    payer_tax_id = UnicodeAttribute()
    """TRN03 without its leading 1."""
    payer_id = UnicodeAttribute(null=True)
    """Who it is in the directory of payers; None where nothing tells."""
    trace = UnicodeAttribute()
    """TRN02: the number of the check or transfer."""
    amount_cents = NumberAttribute()
    """BPR02; negative where the practice owes it."""
    method = UnicodeAttribute()
    """ACH, CHK, FWT, BOP or NON."""
    paid_on = UnicodeAttribute()
    """BPR16."""
    state = UnicodeAttribute()
    claims = NumberAttribute()
    adjustments = NumberAttribute(default=0)
    """How many provider adjustments (PLB) it has."""
    filed = NumberAttribute(default=0)
    posted = NumberAttribute(default=0)
    held = NumberAttribute(default=0)
    parked = NumberAttribute(default=0)
    noted = NumberAttribute(default=0)
    posted_cents = NumberAttribute(default=0)
    """Of its claims and provider adjustments: equal to the amount when all is posted."""
    approved = NumberAttribute(null=True)
    """1 once posting has begun, by itself or because a biller said so."""
    cursor = NumberAttribute(default=0)
    """The last claim that was tried."""
    deposit_id = UnicodeAttribute(null=True)
    """The bank's deposit that is this payment."""
    at = UnicodeAttribute()
    by = UnicodeAttribute()


class RemittanceRowItem(RevenueItem, discriminator="remittance-row"):
    """The remittance in the list of its state."""

    remittance_id = UnicodeAttribute()
    payer_name = UnicodeAttribute()
    trace = UnicodeAttribute()
    amount_cents = NumberAttribute()
    method = UnicodeAttribute()
    paid_on = UnicodeAttribute()


class TraceItem(RevenueItem, discriminator="remittance-trace"):
    remittance_id = UnicodeAttribute()
    amount_cents = NumberAttribute()
    paid_on = UnicodeAttribute()


class RemittedClaimItem(RevenueItem, discriminator="remitted-claim"):
    remittance_id = UnicodeAttribute()
    position = NumberAttribute()
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    """Why it is held or parked, as a code."""
    status = UnicodeAttribute()
    """CLP02."""
    charge_cents = NumberAttribute()
    paid_cents = NumberAttribute()
    claim_id = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute(null=True)
    findings = JSONAttribute(default=list)
    """``[kind, line or None, cents]`` of what is to be looked at, though it is posted."""
    generation = NumberAttribute(default=0)
    """How often it has been posted."""
    journal_id = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)
    claim = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``claim``: :class:`RemittedClaim`."""
    notes = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``notes``: :class:`Notes`."""


class Notes(BaseModel):
    """How it was matched, in words, and what a person has said of it."""

    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    chosen: dict[int, tuple[str, ...]] = {}
    """The payer's line, counted from nought, and our lines, as a person has said."""
    reason: str = ""


class ProviderAdjustmentItem(RevenueItem, discriminator="provider-adjustment"):
    remittance_id = UnicodeAttribute()
    number = NumberAttribute()
    reason = UnicodeAttribute()
    reference = UnicodeAttribute(default="")
    provider = UnicodeAttribute(default="")
    amount_cents = NumberAttribute()
    """As the payer writes it: positive lowers the payment."""
    posted = NumberAttribute(default=0)


class CarriedItem(RevenueItem, discriminator="carried"):
    """Something a payer carries to or from another remittance, until its counterpart comes."""

    remittance_id = UnicodeAttribute()
    number = NumberAttribute()
    payer_tax_id = UnicodeAttribute()
    payer_name = UnicodeAttribute()
    reason = UnicodeAttribute()
    reference = UnicodeAttribute(default="")
    amount_cents = NumberAttribute()
    paid_on = UnicodeAttribute()
    settled_by = UnicodeAttribute(null=True)
    """``<remittance>#<n>`` of its counterpart, or of the claim that explains it."""


class CreditItem(RevenueItem, discriminator="payer-credit"):
    """A line of which payers have paid more than was charged, until it is given back."""

    sheet_id = UnicodeAttribute()
    line = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    claim_id = UnicodeAttribute()
    payer_id = UnicodeAttribute(null=True)
    payer_name = UnicodeAttribute()
    remittance_id = UnicodeAttribute()
    cents = NumberAttribute()
    """Beyond the charge."""
    paid_cents = NumberAttribute()
    """All that payers have paid of the line: the contract may allow less than was charged."""
    since = UnicodeAttribute()
    """The day on which it was found: the clock of giving it back begins with it."""
    refunded_cents = NumberAttribute(default=0)
    refunded_on = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(default="")
    """The number of the practice's check or transfer."""
    carried = NumberAttribute(null=True)
    """The number of the carried item that waits for the payer's acknowledgement."""
    refunded_by = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)


class UnpostedItem(RevenueItem, discriminator="unposted"):
    """A claim of a remittance that waits for a biller."""

    remittance_id = UnicodeAttribute()
    position = NumberAttribute()
    why = UnicodeAttribute()
    state = UnicodeAttribute()
    paid_cents = NumberAttribute()
    charge_cents = NumberAttribute()
    payer_name = UnicodeAttribute()
    paid_on = UnicodeAttribute()


class PayerControlItem(RevenueItem, discriminator="payer-control"):
    """Leads from the payer's number of a claim (CLP07) to ours."""

    claim_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()


def claim_sort_key(position: int) -> str:
    return f"{CLAIMS}{position:06d}"


def plb_sort_key(number: int) -> str:
    return f"{PLB}{number:05d}"


def unposted_key(practice: PracticeId) -> str:
    return f"{practice}#unposted"


def unposted_sort_key(remittance: str, position: int) -> str:
    return f"{remittance}#{position:06d}"


def carried_key(practice: PracticeId) -> str:
    return f"{practice}#carried"


def credits_key(practice: PracticeId) -> str:
    return f"{practice}#credits"


def credit_sort_key(sheet: str, line: str) -> str:
    return f"{sheet}#{line}"


def payer_control_key(practice: PracticeId, number: str) -> str:
    return f"{practice}#payer-control#{number}"


def row_sort_key(item: RemittanceItem) -> str:
    return f"{item.paid_on}#{item.remittance_id}"


def row_of(practice: PracticeId, item: RemittanceItem, state: str) -> RemittanceRowItem:
    return RemittanceRowItem(
        remittances_key(practice, state),
        row_sort_key(item),
        remittance_id=item.remittance_id,
        payer_name=item.payer_name,
        trace=item.trace,
        amount_cents=item.amount_cents,
        method=item.method,
        paid_on=item.paid_on,
    )


def trace_of(practice: PracticeId, item: RemittanceItem) -> TraceItem:
    return TraceItem(
        trace_key(practice, comparable_trace(item.trace)),
        item.remittance_id,
        remittance_id=item.remittance_id,
        amount_cents=item.amount_cents,
        paid_on=item.paid_on,
    )


def comparable_trace(trace: str) -> str:
    """Banks cut, pad and space what payers send."""
    return "".join(trace.split()).upper().lstrip("0") or "0"


def get_remittance(practice: PracticeId, remittance: RemittanceId) -> RemittanceItem | None:
    found = RemittanceItem.query(
        remittance_key(practice, remittance),
        RemittanceItem.sk == HEAD,
        consistent_read=True,
        limit=1,
    )
    return next(iter(found), None)


def get_remitted(
    practice: PracticeId, remittance: RemittanceId, position: int
) -> RemittedClaimItem | None:
    found = RemittedClaimItem.query(
        remittance_key(practice, remittance),
        RemittedClaimItem.sk == claim_sort_key(position),
        consistent_read=True,
        limit=1,
    )
    return next(iter(found), None)


def remitted_record(remittance: str, position: int) -> str:
    """What a remitted claim's sealed groups are sealed for."""
    return f"{remittance}#{position:06d}"


def open_remitted(practice: PracticeId, item: RemittedClaimItem) -> RemittedClaim:
    return Sealer(practice, Domain.REVENUE).unseal(
        remitted_record(item.remittance_id, int(item.position)), "claim", item.claim, RemittedClaim
    )


def open_notes(practice: PracticeId, item: RemittedClaimItem) -> Notes:
    if item.notes is None:
        return Notes()
    return Sealer(practice, Domain.REVENUE).unseal(
        remitted_record(item.remittance_id, int(item.position)), "notes", item.notes, Notes
    )


def seal_notes(practice: PracticeId, item: RemittedClaimItem, notes: Notes) -> bytes:
    record = remitted_record(item.remittance_id, int(item.position))
    return Sealer(practice, Domain.REVENUE).seal(record, "notes", notes)


def claim_of_payer_control(practice: PracticeId, number: str) -> ClaimId | None:
    """Which claim a payer has given that number."""
    found = PayerControlItem.query(
        payer_control_key(practice, number), PayerControlItem.sk == CLAIM, limit=1
    )
    one = next(iter(found), None)
    return ClaimId(one.claim_id) if one else None


def paid_on(item: RemittanceItem) -> dt.date:
    return dt.date.fromisoformat(item.paid_on)
