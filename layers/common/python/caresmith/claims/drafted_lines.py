"""The lines of a draft."""

from __future__ import annotations

from datetime import date

from caresmith.claims.drafted_parties import (
    DraftPart,
    FacilityDraft,
    ProviderDraft,
    PurchasedProviderDraft,
)
from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.values import Period, Quantity


class AttachmentDraft(DraftPart):
    kind: str = ""
    transmission: str = ""
    control_number: str = ""
    document: str = ""
    """Ours: which document of the chart it is. Never on the wire."""


class ContractDraft(DraftPart):
    kind: str = ""
    amount: Money | None = None
    percent: str = ""
    code: str = ""
    discount_percent: str = ""
    version: str = ""


class ProcedureDraft(DraftPart):
    qualifier: str = "HC"
    code: str = ""
    modifiers: tuple[str, ...] = ()
    description: str = ""


class PayerNumberDraft(DraftPart):
    value: str = ""
    payer: str = ""


class TestResultDraft(DraftPart):
    identification: str = "TR"
    measured: str = ""
    value: Quantity | None = None


class DrugDraft(DraftPart):
    qualifier: str = "N4"
    code: str = ""
    quantity: Quantity | None = None
    unit: str = ""
    prescription: str = ""
    compound: str = ""


class AdjudicationDraft(DraftPart):
    payer_id: str = ""
    paid: Money | None = None
    procedure: ProcedureDraft = ProcedureDraft()
    units: Quantity | None = None
    bundled_into: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    adjudicated_on: date | None = None
    patient_liability: Money | None = None


class LineDatesDraft(DraftPart):
    prescription: date | None = None
    recertification: date | None = None
    therapy_began: date | None = None
    last_certification: date | None = None
    last_seen: date | None = None
    hemoglobin_test: date | None = None
    creatinine_test: date | None = None
    shipped: date | None = None
    last_xray: date | None = None
    initial_treatment: date | None = None


class LineNumbersDraft(DraftPart):
    repriced: str = ""
    adjusted_repriced: str = ""
    control_number: str = ""
    mammography: str = ""
    clia: str = ""
    referring_clia: str = ""
    immunization_batch: str = ""


class LineProvidersDraft(DraftPart):
    rendering: ProviderDraft | None = None
    purchased: PurchasedProviderDraft | None = None
    facility: FacilityDraft | None = None
    supervising: ProviderDraft | None = None
    ordering: ProviderDraft | None = None
    referring: ProviderDraft | None = None
    primary_care: ProviderDraft | None = None


class LineDraft(DraftPart):
    charge_id: str = ""
    """Ours: the charge that this line bills. Never on the wire."""
    procedure: ProcedureDraft = ProcedureDraft()
    charge: Money | None = None
    unit: str = "UN"
    quantity: Quantity | None = None
    place_of_service: str = ""
    pointers: tuple[int, ...] = ()
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    copay_exempt: bool = False
    service: Period | None = None
    dates: LineDatesDraft = LineDatesDraft()
    attachments: tuple[AttachmentDraft, ...] = ()
    hospice_employee: bool | None = None
    obstetric_units: Quantity | None = None
    tests: tuple[TestResultDraft, ...] = ()
    contract: ContractDraft | None = None
    numbers: LineNumbersDraft = LineNumbersDraft()
    prior_authorizations: tuple[PayerNumberDraft, ...] = ()
    referrals: tuple[PayerNumberDraft, ...] = ()
    sales_tax: Money | None = None
    postage: Money | None = None
    fixed_format: tuple[str, ...] = ()
    note: str = ""
    note_kind: str = "ADD"
    repricer_note: str = ""
    purchased_charge: Money | None = None
    purchased_from: str = ""
    drug: DrugDraft | None = None
    providers: LineProvidersDraft = LineProvidersDraft()
    adjudications: tuple[AdjudicationDraft, ...] = ()
