"""Who takes part in a draft: the parts of ``caresmith.x12.claims`` without their demands.

A text that is missing is "", a number or date that is missing is None.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.values import Quantity


class DraftPart(BaseModel):
    """Base of all parts of a draft: frozen, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _none_if_empty(text: str | None) -> str | None:
    return text or None


Optional = Annotated[str | None, BeforeValidator(_none_if_empty)]
"""A text that the wire leaves out where it is missing, like an NPI."""


class AddressDraft(DraftPart):
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    subdivision: str = ""


class ContactDraft(DraftPart):
    name: str = ""
    phone: str = ""
    extension: str = ""
    fax: str = ""
    email: str = ""


class SecondaryIdDraft(DraftPart):
    qualifier: str = ""
    value: str = ""
    payer: str = ""


class PayerIdDraft(DraftPart):
    qualifier: str = ""
    value: str = ""


class ProviderDraft(DraftPart):
    """Any provider but who bills; address and contact are sent of who ordered alone."""

    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    organisation: bool = False
    npi: Optional = None
    taxonomy: str = ""
    ids: tuple[SecondaryIdDraft, ...] = ()
    address: AddressDraft | None = None
    contact: ContactDraft | None = None


class PurchasedProviderDraft(DraftPart):
    organisation: bool = True
    npi: Optional = None
    ids: tuple[SecondaryIdDraft, ...] = ()


class FacilityDraft(DraftPart):
    name: str = ""
    npi: Optional = None
    address: AddressDraft = AddressDraft()
    ids: tuple[SecondaryIdDraft, ...] = ()
    contact: ContactDraft | None = None


class PayToPlanDraft(DraftPart):
    name: str = ""
    id: str = ""
    qualifier: str = "PI"
    address: AddressDraft = AddressDraft()
    secondary: PayerIdDraft | None = None
    tax_id: str = ""


class BillingProviderDraft(DraftPart):
    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    organisation: bool = True
    npi: Optional = None
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_kind: str = "EI"
    licences: tuple[SecondaryIdDraft, ...] = ()
    address: AddressDraft = AddressDraft()
    contacts: tuple[ContactDraft, ...] = ()
    pay_to: AddressDraft | None = None
    pay_to_plan: PayToPlanDraft | None = None


class PersonFactsDraft(DraftPart):
    died: date | None = None
    weight_pounds: Quantity | None = None
    pregnant: bool = False


class PersonNameDraft(DraftPart):
    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""


class PatientDraft(DraftPart):
    relationship: str = ""
    name: PersonNameDraft = PersonNameDraft()
    address: AddressDraft = AddressDraft()
    birth_date: date | None = None
    sex: Optional = None
    facts: PersonFactsDraft = PersonFactsDraft()
    casualty_claim: str = ""
    casualty_id: str = ""
    casualty_ssn: str = ""
    casualty_contact: ContactDraft | None = None


class PayerDraft(DraftPart):
    name: str = ""
    id: str = ""
    qualifier: str = "PI"
    address: AddressDraft | None = None
    ids: tuple[PayerIdDraft, ...] = ()
    billing_provider_ids: tuple[SecondaryIdDraft, ...] = ()


class SubscriberDraft(DraftPart):
    responsibility: str = "P"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing: str = ""
    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    organisation: bool = False
    member_id: str = ""
    id_kind: str = "MI"
    address: AddressDraft | None = None
    birth_date: date | None = None
    sex: Optional = None
    facts: PersonFactsDraft = PersonFactsDraft()
    ssn: str = ""
    casualty_claim: str = ""
    casualty_contact: ContactDraft | None = None


class OutpatientRemarksDraft(DraftPart):
    rate: str = ""
    hcpcs_payable: Money | None = None
    remarks: tuple[str, ...] = ()
    esrd_payment: Money | None = None
    nonpayable_professional: Money | None = None


class OtherSubscriberDraft(DraftPart):
    last: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    organisation: bool = False
    member_id: str = ""
    id_kind: str = "MI"
    address: AddressDraft | None = None
    ssn: str = ""


class OtherPayerDraft(DraftPart):
    name: str = ""
    id: str = ""
    qualifier: str = "PI"
    address: AddressDraft | None = None
    adjudicated_on: date | None = None
    ids: tuple[PayerIdDraft, ...] = ()
    prior_authorization: str = ""
    referral: str = ""
    adjusts: bool = False
    control_number: str = ""


class OtherPayerProviderDraft(DraftPart):
    role: str = ""
    organisation: bool = False
    ids: tuple[SecondaryIdDraft, ...] = ()


class OtherCoverageDraft(DraftPart):
    responsibility: str = ""
    relationship: str = "18"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    paid: Money | None = None
    noncovered: Money | None = None
    patient_liability: Money | None = None
    benefits_assigned: str = "Y"
    signature_by_provider: bool = False
    release: str = "Y"
    remarks: OutpatientRemarksDraft | None = None
    subscriber: OtherSubscriberDraft = OtherSubscriberDraft()
    payer: OtherPayerDraft = OtherPayerDraft()
    providers: tuple[OtherPayerProviderDraft, ...] = ()
