"""What happened to charges, claims and payments: ids and states, no amount of anybody's."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from caresmith.events.base import DomainEvent
from caresmith.ids import (
    AuthorizationId,
    ClaimId,
    CoverageId,
    EligibilityId,
    EncounterId,
    ExchangeFileId,
    PatientId,
    PayerId,
    RemittanceId,
    SheetId,
)

_State = Literal[
    "held",
    "clean",
    "approved",
    "batched",
    "sent",
    "received",
    "accepted",
    "pended",
    "rejected",
    "paid",
    "partly-paid",
    "denied",
    "reversed",
    "replaced",
    "voided",
    "closed",
]


class RevenueEvent(DomainEvent):
    patient_id: PatientId


class ChargesReleased(RevenueEvent):
    """A sheet is complete and in the ledger: claims are made from it, or the patient is billed."""

    source: ClassVar[str] = "charges"
    sheet_id: SheetId
    encounter_id: EncounterId | None = None
    sheet_version: int = Field(ge=1)


class ChargesChanged(RevenueEvent):
    """A released sheet says something else: drafts follow, and what went out is corrected."""

    source: ClassVar[str] = "charges"
    sheet_id: SheetId
    sheet_version: int = Field(ge=1)


class ChargesVoided(RevenueEvent):
    """A released sheet was taken back: its claims are voided."""

    source: ClassVar[str] = "charges"
    sheet_id: SheetId


class ClaimMoved(RevenueEvent):
    """A claim took on a state: read the claim for the rest."""

    source: ClassVar[str] = "claims"
    claim_id: ClaimId
    sheet_id: SheetId
    state: _State
    before: _State | None = None
    """None of a claim that is new."""


class TurnPassed(RevenueEvent):
    """A payer is done with a sheet: the next coverage owes, or the patient does."""

    source: ClassVar[str] = "payments"
    sheet_id: SheetId
    claim_id: ClaimId
    """The claim that was adjudicated last."""
    turn: int = Field(ge=0, le=9)
    """Whose turn it is now among the sheet's coverages; 0 is the patient."""
    crossed_over: bool = False
    """The payer has forwarded the claim to the next one itself: no claim of ours goes there."""


class AuthorizationChanged(RevenueEvent):
    """What a payer was asked beforehand, or has said, stands on file anew: entered, changed, or
    withdrawn. Read the patient's authorizations for what holds now."""

    source: ClassVar[str] = "coverage"
    authorization_id: AuthorizationId
    payer_id: PayerId | None = None
    """None where the policy's payer is not in the directory."""


class ExchangeFileArrived(DomainEvent):
    """A file came from a payer or by hand, and is kept: whoever owns its kind reads it."""

    source: ClassVar[str] = "claims"
    file_id: ExchangeFileId
    kind: Literal["TA1", "999", "277CA", "277", "835", "271", "other"]


class RemittanceFiled(DomainEvent):
    """A remittance balances and is kept claim by claim: it is posted from there."""

    source: ClassVar[str] = "payments"
    remittance_id: RemittanceId


class CoverageVerified(DomainEvent):
    """It is known anew whether a policy covers the patient, or that it can't be known now."""

    source: ClassVar[str] = "coverage"
    patient_id: PatientId
    coverage_id: CoverageId
    eligibility_id: EligibilityId
    outcome: Literal["active", "inactive", "unverified"]
    reason: str = Field(default="", max_length=40, description="Why it could not be verified")
    by_telephone: bool = False
