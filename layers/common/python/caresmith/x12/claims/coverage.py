"""Who pays: the subscriber and payer of a claim, and the others that paid or will pay."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.claims.codes import (
    FILING_INDICATORS,
    MEDICARE_SECONDARY,
    PATIENT_RELATIONSHIPS,
    RESPONSIBILITIES,
    SELF,
)
from caresmith.x12.claims.parties import (
    Address,
    PayerId,
    PersonFacts,
    PhoneContact,
    SecondaryId,
)
from caresmith.x12.claims.texts import (
    ClaimPart,
    Code,
    DecimalText,
    FirstName,
    GroupName,
    LastName,
    MiddleName,
    Number,
    OptionalNumber,
    Ssn,
    Suffix,
)

_MOST_CAS: Final = 5
_IN_ONE_CAS: Final = 6


def _responsibility(code: str) -> str:
    if code not in RESPONSIBILITIES:
        raise ValueError("not a code for a payer's turn (P, S, T, A to H, U)")
    return code


def _filing(code: str) -> str:
    if code and code not in FILING_INDICATORS:
        raise ValueError("not a claim filing indicator (SBR09)")
    return code


def _insurance_type(code: str) -> str:
    if code and code not in MEDICARE_SECONDARY:
        raise ValueError("not a reason why Medicare pays second (SBR05)")
    return code


def fitting(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    """Adjustments in the order of their groups, as CAS sends them: five segments at most."""
    ordered = tuple(sorted(adjustments, key=lambda one: one.group))
    named = [(one.group, one.reason) for one in ordered]
    if len(set(named)) < len(named):
        raise ValueError("a reason stands once in its group, with the sum")
    if any(not one.amount for one in ordered):
        raise ValueError("an adjustment of nothing is not sent")
    by_group = {group: sum(other == group for other, _ in named) for group, _ in named}
    if sum(-(-count // _IN_ONE_CAS) for count in by_group.values()) > _MOST_CAS:
        raise ValueError("more adjustments than five CAS segments hold")
    return ordered


Responsibility = Annotated[str, AfterValidator(_responsibility)]
Filing = Annotated[str, AfterValidator(_filing)]
InsuranceType = Annotated[str, AfterValidator(_insurance_type)]
Adjustments = Annotated[tuple[Adjustment, ...], AfterValidator(fitting)]


class Payer(ClaimPart):
    """Loop 2010BB: to whom this claim goes."""

    name: LastName
    id: Code
    qualifier: Literal["PI", "XV"] = "PI"
    address: Address | None = None
    ids: tuple[PayerId, ...] = Field((), max_length=3)
    billing_provider_ids: tuple[SecondaryId, ...] = Field((), max_length=2)
    """REF G2 or LU: what this payer calls the billing provider."""

    @model_validator(mode="after")
    def _own(self) -> Self:
        if any(one.qualifier not in {"G2", "LU"} for one in self.billing_provider_ids):
            raise ValueError("a payer's id of the billing provider is G2 or LU")
        return self


class Subscriber(ClaimPart):
    """Loops 2000B and 2010BA: whose coverage it is."""

    responsibility: Responsibility = "P"
    group_number: OptionalNumber = ""
    group_name: GroupName = ""
    """SBR04, only where there is no group number."""
    insurance_type: InsuranceType = ""
    filing: Filing = ""
    last: LastName
    first: FirstName = ""
    middle: MiddleName = ""
    suffix: Suffix = ""
    organisation: bool = False
    """An employer, of a workers' compensation claim."""
    member_id: Code
    id_kind: Literal["MI", "II"] = "MI"
    address: Address | None = None
    birth_date: date | None = None
    sex: Literal["F", "M", "U"] | None = None
    facts: PersonFacts = PersonFacts()
    ssn: Ssn = ""
    casualty_claim: OptionalNumber = ""
    casualty_contact: PhoneContact | None = None

    @model_validator(mode="after")
    def _certain(self) -> Self:
        if self.group_number and self.group_name:
            raise ValueError("the group's name is sent only where it has no number")
        if (self.birth_date is None) != (self.sex is None):
            raise ValueError("birth date and sex are sent together (DMG)")
        if self.organisation and (self.first or self.middle or self.suffix):
            raise ValueError("an organisation has no first name")
        return self


class OutpatientRemarks(ClaimPart):
    """MOA of another payer."""

    rate: DecimalText = ""
    hcpcs_payable: Money | None = None
    remarks: tuple[Number, ...] = Field((), max_length=5)
    esrd_payment: Money | None = None
    nonpayable_professional: Money | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        amounts = (self.hcpcs_payable, self.esrd_payment, self.nonpayable_professional)
        if not (self.rate or self.remarks or any(one is not None for one in amounts)):
            raise ValueError("adjudication information without information")
        return self


class OtherSubscriber(ClaimPart):
    """Loop 2330A."""

    last: LastName
    first: FirstName = ""
    middle: MiddleName = ""
    suffix: Suffix = ""
    organisation: bool = False
    member_id: Code
    id_kind: Literal["MI", "II"] = "MI"
    address: Address | None = None
    ssn: Ssn = ""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.organisation and (self.first or self.middle or self.suffix):
            raise ValueError("an organisation has no first name")
        return self


class OtherPayer(ClaimPart):
    """Loop 2330B."""

    name: LastName
    id: Code
    """What the lines name in SVD01."""
    qualifier: Literal["PI", "XV"] = "PI"
    address: Address | None = None
    adjudicated_on: date | None = None
    """DTP 573: where the lines do not say it."""
    ids: tuple[PayerId, ...] = Field((), max_length=2)
    prior_authorization: OptionalNumber = ""
    referral: OptionalNumber = ""
    adjusts: bool = False
    """REF T4 Y: this claim is one that the other payer adjusted."""
    control_number: OptionalNumber = ""
    """REF F8: the number that the other payer gave the claim (CLP07)."""


class OtherPayerProvider(ClaimPart):
    """Loops 2330C to 2330G: what the other payer calls a provider of the claim."""

    role: Literal["DN", "P3", "82", "77", "DQ", "85"]
    organisation: bool = False
    ids: tuple[SecondaryId, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _typed(self) -> Self:
        if self.role in {"DN", "P3", "DQ"} and self.organisation:
            raise ValueError("a referring or supervising provider is a person")
        if self.role == "77" and not self.organisation:
            raise ValueError("a facility is an organisation")
        allowed = {"77": {"0B", "G2", "LU"}, "85": {"G2", "LU"}}.get(
            self.role, {"0B", "1G", "G2", "LU"} if self.role in {"82", "DQ"} else {"0B", "1G", "G2"}
        )
        if any(one.qualifier not in allowed for one in self.ids):
            raise ValueError("this kind of id is not sent for this provider")
        if self.role == "85" and len(self.ids) > 2:  # noqa: PLR2004 - TR3 X222 2330G
            raise ValueError("two ids at most of a billing provider")
        return self


_ROLES: Final = ("DN", "P3", "82", "77", "DQ", "85")
"""The order of loops 2330C to 2330G."""


def _in_order(every: tuple[OtherPayerProvider, ...]) -> tuple[OtherPayerProvider, ...]:
    return tuple(sorted(every, key=lambda one: _ROLES.index(one.role)))


class OtherCoverage(ClaimPart):
    """Loop 2320: another coverage of the patient, and what it paid if it came first."""

    responsibility: Responsibility
    relationship: str = SELF
    group_number: OptionalNumber = ""
    group_name: GroupName = ""
    insurance_type: InsuranceType = ""
    filing: Filing = ""
    adjustments: Adjustments = ()
    paid: Money | None = None
    noncovered: Money | None = None
    patient_liability: Money | None = None
    benefits_assigned: Literal["Y", "N", "W"] = "Y"
    signature_by_provider: bool = False
    """OI04 P: signed by the provider, since the patient was not present."""
    release: Literal["Y", "I"] = "Y"
    remarks: OutpatientRemarks | None = None
    subscriber: OtherSubscriber
    payer: OtherPayer
    providers: Annotated[
        tuple[OtherPayerProvider, ...], AfterValidator(_in_order), Field(max_length=6)
    ] = ()

    @model_validator(mode="after")
    def _certain(self) -> Self:
        if self.relationship not in PATIENT_RELATIONSHIPS | {SELF}:
            raise ValueError("not a code for how the patient is related to a subscriber (SBR02)")
        if self.group_number and self.group_name:
            raise ValueError("the group's name is sent only where it has no number")
        amounts = (self.paid, self.patient_liability, self.noncovered)
        if any(one is not None and one.cents < 0 for one in amounts):
            raise ValueError("amounts of another payer are not negative")
        roles = [one.role for one in self.providers]
        if len(set(roles)) < len(roles):
            raise ValueError("each provider stands once")
        return self
