"""A claim: one sheet, sent to one payer, and everything that came of it.

===================  ==========================================  ==========================
 our field            FHIR R4                                     X12
===================  ==========================================  ==========================
 claim_id             Claim.id
 control_number       Claim.identifier                            837P CLM01, 835 CLP01
 payer_control_number ClaimResponse.identifier                    835 CLP07, 837P REF F8
 turn                 Claim.insurance.sequence                    837P SBR01: 1 P, 2 S, 3 T
 frequency            Claim.related.relationship                  837P CLM05-3
 state                Claim.status, ClaimResponse.outcome         277CA STC01
===================  ==========================================  ==========================
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.records.revenue.layout import (
    CLAIM,
    CLAIM_LINE,
    account_key,
    claim_key,
    control_key,
)
from caresmith.tables import RevenueItem


class ClaimState(StrEnum):
    HELD = "held"
    """An edit fired, or a person holds it."""
    CLEAN = "clean"
    """No edit stands in its way: it waits to be approved."""
    APPROVED = "approved"
    """It goes out with the next batch."""
    BATCHED = "batched"
    """In a file that is being delivered."""
    SENT = "sent"
    """Delivered; neither TA1 nor 999 has come."""
    RECEIVED = "received"
    """The 999 took its file; the 277CA has not come."""
    ACCEPTED = "accepted"
    """The payer has it (277CA A1 or A2): money or a denial is due."""
    PENDED = "pended"
    """The payer wants something first (277 P), or was asked to reopen what it decided."""
    REJECTED = "rejected"
    """Never adjudicated: TA1, 999 or 277CA refused it. Correct it and send it again."""
    PAID = "paid"
    """Adjudicated; what the payer owed has been paid."""
    PARTLY_PAID = "partly-paid"
    """Adjudicated; some line was denied or paid short."""
    DENIED = "denied"
    """Adjudicated; nothing was paid that should have been."""
    REVERSED = "reversed"
    """The payer took its adjudication back; another is due."""
    REPLACED = "replaced"
    """A corrected claim (frequency 7) stands for it."""
    VOIDED = "voided"
    """Taken back, by us (frequency 8 where it had been sent)."""
    CLOSED = "closed"
    """Nothing more is to be done."""


S = ClaimState

MOVES: Final[dict[ClaimState, frozenset[ClaimState]]] = {
    S.HELD: frozenset({S.HELD, S.CLEAN, S.APPROVED, S.VOIDED}),
    S.CLEAN: frozenset({S.HELD, S.CLEAN, S.APPROVED, S.VOIDED}),
    S.APPROVED: frozenset({S.BATCHED, S.HELD, S.CLEAN, S.VOIDED}),
    # A batch that can't be delivered gives its claims back.
    S.BATCHED: frozenset({S.SENT, S.APPROVED}),
    # A payment may come before any acknowledgement does.
    S.SENT: frozenset(
        {S.RECEIVED, S.ACCEPTED, S.REJECTED, S.PENDED, S.PAID, S.PARTLY_PAID, S.DENIED}
        | {S.APPROVED, S.REPLACED, S.VOIDED, S.REVERSED}
    ),
    S.RECEIVED: frozenset(
        {S.ACCEPTED, S.REJECTED, S.PENDED, S.PAID, S.PARTLY_PAID, S.DENIED, S.REPLACED, S.VOIDED}
        | {S.APPROVED, S.REVERSED}
    ),
    # A takeback may come before what it takes back.
    S.ACCEPTED: frozenset(
        {S.PENDED, S.REJECTED, S.PAID, S.PARTLY_PAID, S.DENIED, S.REPLACED, S.VOIDED} | {S.REVERSED}
    ),
    S.PENDED: frozenset(
        {S.ACCEPTED, S.REJECTED, S.PAID, S.PARTLY_PAID, S.DENIED, S.REPLACED, S.VOIDED}
        | {S.REVERSED}
    ),
    S.REJECTED: frozenset(
        {S.HELD, S.CLEAN, S.APPROVED, S.VOIDED, S.CLOSED, S.ACCEPTED}
        | {S.PAID, S.PARTLY_PAID, S.DENIED}
    ),
    # What was adjudicated pends again where the payer is asked to reopen it.
    S.PAID: frozenset(
        {S.REVERSED, S.CLOSED, S.REPLACED, S.PARTLY_PAID, S.DENIED, S.VOIDED, S.PENDED}
    ),
    S.PARTLY_PAID: frozenset(
        {S.REVERSED, S.CLOSED, S.REPLACED, S.PAID, S.PARTLY_PAID, S.DENIED, S.VOIDED, S.PENDED}
    ),
    S.DENIED: frozenset(
        {S.REVERSED, S.CLOSED, S.REPLACED, S.PAID, S.PARTLY_PAID, S.DENIED, S.VOIDED, S.PENDED}
    ),
    S.REVERSED: frozenset({S.PAID, S.PARTLY_PAID, S.DENIED, S.CLOSED, S.REPLACED, S.VOIDED}),
    S.REPLACED: frozenset({S.REVERSED, S.CLOSED}),
    S.VOIDED: frozenset({S.REVERSED}),
    S.CLOSED: frozenset({S.REVERSED, S.PAID, S.PARTLY_PAID, S.DENIED, S.REPLACED}),
}
"""Which state may follow which; what is not here is told out of order or wrongly."""

EDITABLE: Final = frozenset({S.HELD, S.CLEAN, S.REJECTED})
"""Its draft may still be changed; later it is a corrected claim that changes it."""
OUT: Final = frozenset({S.SENT, S.RECEIVED, S.ACCEPTED, S.PENDED})
"""With the payer: an answer is due."""
ADJUDICATED: Final = frozenset({S.PAID, S.PARTLY_PAID, S.DENIED})


class Went(StrEnum):
    """How a claim went to its payer, where it was not in a file of ours."""

    PAPER = "paper"
    PORTAL = "portal"
    CROSSOVER = "crossover"
    """The payer before has forwarded its own claim: nothing of ours went."""


class ClaimItem(RevenueItem, discriminator="claim"):
    claim_id = UnicodeAttribute()
    sheet_id = UnicodeAttribute()
    sheet_version = NumberAttribute()
    """The version of the sheet that its draft was made from."""
    patient_id = UnicodeAttribute()
    encounter_id = UnicodeAttribute(null=True)
    coverage_id = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    turn = NumberAttribute()
    """1 for the primary payer, 2 for the secondary..."""
    frequency = UnicodeAttribute(default="1")
    control_number = UnicodeAttribute()
    """CLM01: of this claim alone, never used again."""
    payer_control_number = UnicodeAttribute(null=True)
    replaces = UnicodeAttribute(null=True)
    """The claim id that this one corrects or voids."""
    replaced_by = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    since = UnicodeAttribute()
    """When it took its state on."""
    due_at = UnicodeAttribute(null=True)
    """When the next answer should be there; after that it is stuck."""
    day = UnicodeAttribute()
    """The first day of service."""
    charge_cents = NumberAttribute()
    paid_cents = NumberAttribute(default=0)
    file_id = UnicodeAttribute(null=True)
    """The file that it last went out in."""
    went = UnicodeAttribute(null=True)
    """:class:`Went`; None where it goes by wire."""
    errors = NumberAttribute(default=0)
    warnings = NumberAttribute(default=0)
    provider_id = UnicodeAttribute(null=True)
    """Who rendered it, for lists."""
    behind = BooleanAttribute(null=True)
    """Its sheet says something else since, and it could not follow yet: it was under way, or
    the payer's number of it, which a correction has to name, was not known."""
    asked_at = UnicodeAttribute(null=True)
    """When the payer was last asked what became of it (276)."""
    version = NumberAttribute()
    created_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    draft = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``draft``: :class:`caresmith.claims.draft.ClaimDraft`."""
    findings = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``findings``: what the scrubber says of it."""
    authorized = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``authorized``: the numbers of authorizations that it bills under."""


class ClaimEventItem(RevenueItem, discriminator="claim-event"):
    """One thing that happened to a claim."""

    claim_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    """The state afterwards."""
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    refers_to = JSONAttribute()
    """Ids and codes: the file, the remittance, status categories, CARCs."""
    note = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``note:<sk>``: words of a person or of the payer."""


class ClaimOfSheetItem(RevenueItem, discriminator="claim-of-sheet"):
    """In the account of the patient: which claims a sheet has, and how they stand."""

    claim_id = UnicodeAttribute()
    sheet_id = UnicodeAttribute()
    state = UnicodeAttribute()
    turn = NumberAttribute()
    frequency = UnicodeAttribute(default="1")
    replaces = UnicodeAttribute(null=True)
    payer_id = UnicodeAttribute()
    control_number = UnicodeAttribute()
    paid_cents = NumberAttribute(default=0)
    authorized = BinaryAttribute(legacy_encoding=False, null=True)
    """As the claim's."""


class BoardItem(RevenueItem, discriminator="claim-on-board"):
    claim_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    control_number = UnicodeAttribute()
    day = UnicodeAttribute()
    since = UnicodeAttribute()
    due_at = UnicodeAttribute(null=True)
    turn = NumberAttribute()
    charge_cents = NumberAttribute()
    errors = NumberAttribute(default=0)
    warnings = NumberAttribute(default=0)
    provider_id = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)
    """The claim's: who acts on it from a list says which they saw."""


class ReopeningItem(RevenueItem, discriminator="claim-to-reopen"):
    """A claim that its payer has to be asked to reopen, since no claim of ours can change it."""

    claim_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    day = UnicodeAttribute()
    charge_cents = NumberAttribute()
    why = UnicodeAttribute()
    """``changed`` or ``voided``: what became of the charges."""
    since = UnicodeAttribute()


class ControlItem(RevenueItem, discriminator="claim-control"):
    """Leads from the number that comes back in every answer to the claim."""

    claim_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()


def claims_of_sheet(
    practice: PracticeId, patient: PatientId, sheet: SheetId
) -> list[ClaimOfSheetItem]:
    """Every claim that was ever made from a sheet, in the order in which they were made."""
    return sorted(
        ClaimOfSheetItem.query(
            account_key(practice, patient),
            ClaimOfSheetItem.sk.startswith(f"{CLAIM_LINE}{sheet}#"),
            consistent_read=True,
        ),
        key=lambda item: item.control_number,
    )


def get_claim(practice: PracticeId, claim: ClaimId) -> ClaimItem | None:
    """The claim by one strongly consistent read, or None. The caller names the patient."""
    found = ClaimItem.query(
        claim_key(practice, claim), ClaimItem.sk == CLAIM, consistent_read=True, limit=1
    )
    return next(iter(found), None)


def claim_of_control(practice: PracticeId, number: str) -> ClaimId | None:
    """Whose control number (CLM01) it is."""
    found = ControlItem.query(
        control_key(practice, number), ControlItem.sk == CLAIM, consistent_read=True, limit=1
    )
    one = next(iter(found), None)
    return ClaimId(one.claim_id) if one else None
