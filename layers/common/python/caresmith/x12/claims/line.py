"""One service line of a professional claim (loop 2400 and what is in it)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from caresmith.money import Money
from caresmith.x12.claims.codes import ATTACHMENTS
from caresmith.x12.claims.coverage import Adjustments
from caresmith.x12.claims.parties import (
    Facility,
    OrderingProvider,
    Provider,
    PurchasedProvider,
)
from caresmith.x12.claims.texts import (
    ClaimPart,
    Code,
    DecimalText,
    Modifier,
    Number,
    OptionalNumber,
    OptionalPlace,
    OptionalSentence,
    ProcedureCode,
    Sentence,
)
from caresmith.x12.values import Period, Quantity


class Attachment(ClaimPart):
    """PWK: what else is sent, and how. AA is available on request: it has no number."""

    kind: str
    transmission: Literal["AA", "BM", "EL", "EM", "FT", "FX"]
    control_number: Annotated[str, StringConstraints(max_length=50)] = ""

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if self.kind not in ATTACHMENTS:
            raise ValueError("not a kind of attachment (PWK01)")
        if (self.transmission == "AA") == bool(self.control_number):
            raise ValueError("an attachment has a control number unless it waits for a request")
        if len(self.control_number) == 1:
            raise ValueError("a control number has two characters or more")
        return self


class Contract(ClaimPart):
    """CN1."""

    kind: Literal["01", "02", "03", "04", "05", "06", "09"]
    amount: Money | None = None
    percent: DecimalText = ""
    code: OptionalNumber = ""
    discount_percent: DecimalText = ""
    version: Annotated[str, StringConstraints(max_length=30)] = ""


class LineProcedure(ClaimPart):
    """SV101 or SVD03."""

    qualifier: Literal["HC", "ER", "IV", "WK"] = "HC"
    code: ProcedureCode
    modifiers: tuple[Modifier, ...] = Field((), max_length=4)
    description: OptionalSentence = ""
    """Of a code that is not specific."""


class PayerNumber(ClaimPart):
    """REF G1 or 9F of a line, and of which other payer it is (REF04)."""

    value: Number
    payer: OptionalNumber = ""


class TestResult(ClaimPart):
    """MEA: like R2, the hematocrit."""

    identification: Literal["OG", "TR"] = "TR"
    measured: Literal["HT", "R1", "R2", "R3", "R4"]
    value: Quantity


class Drug(ClaimPart):
    """Loop 2410: the National Drug Code of what was given."""

    qualifier: Literal["N4", "EN", "EO", "HI", "ON", "UK", "UP"] = "N4"
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,48}$")]
    quantity: Quantity
    unit: Literal["F2", "GR", "ME", "ML", "UN"]
    prescription: OptionalNumber = ""
    """REF XZ."""
    compound: OptionalNumber = ""
    """REF VY: what links the parts of a compound."""

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.qualifier == "N4" and not (len(self.code) == 11 and self.code.isdigit()):  # noqa: PLR2004
            raise ValueError("an NDC is sent with eleven digits (5-4-2)")
        if self.quantity.thousandths <= 0:
            raise ValueError("the quantity of a drug is more than nothing")
        if self.prescription and self.compound:
            raise ValueError("a drug has a prescription's or a compound's number")
        return self


class Adjudication(ClaimPart):
    """Loop 2430: what another payer paid for this line, and why not more."""

    payer_id: Code
    paid: Money
    procedure: LineProcedure
    units: Quantity
    bundled_into: int | None = Field(None, ge=1, le=999_999)
    adjustments: Adjustments = ()
    adjudicated_on: date
    patient_liability: Money | None = None

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if self.units.thousandths < 0:
            raise ValueError("units are not negative")
        return self


class LineDates(ClaimPart):
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


class LineNumbers(ClaimPart):
    repriced: OptionalNumber = ""
    adjusted_repriced: OptionalNumber = ""
    control_number: OptionalNumber = ""
    """REF 6R: comes back in the 835; unique within the claim."""
    mammography: OptionalNumber = ""
    clia: OptionalNumber = ""
    referring_clia: OptionalNumber = ""
    immunization_batch: OptionalNumber = ""


class LineProviders(ClaimPart):
    """Who is another than the claim's."""

    rendering: Provider | None = None
    purchased: PurchasedProvider | None = None
    facility: Facility | None = None
    supervising: Provider | None = None
    ordering: OrderingProvider | None = None
    referring: Provider | None = None
    primary_care: Provider | None = None

    @model_validator(mode="after")
    def _typed(self) -> Self:
        for one in (self.supervising, self.ordering, self.referring, self.primary_care):
            if one and (one.organisation or one.taxonomy):
                raise ValueError("this provider is a person, and no taxonomy is sent")
        if self.facility and self.facility.contact:
            raise ValueError("a line's facility has no contact")
        return self


class ServiceLine(ClaimPart):
    """Loop 2400."""

    procedure: LineProcedure
    charge: Money
    unit: Literal["UN", "MJ"] = "UN"
    """MJ is minutes, of anesthesia."""
    quantity: Quantity
    place_of_service: OptionalPlace = ""
    """Where it is another than the claim's."""
    pointers: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1, max_length=4)
    """Which of the claim's diagnoses this line is for, counted from one."""
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    copay_exempt: bool = False
    service: Period
    dates: LineDates = LineDates()
    attachments: tuple[Attachment, ...] = Field((), max_length=10)
    hospice_employee: bool | None = None
    """CRC 70: whether the provider is the hospice's employee; None is not sent."""
    obstetric_units: Quantity | None = None
    tests: tuple[TestResult, ...] = Field((), max_length=5)
    contract: Contract | None = None
    numbers: LineNumbers = LineNumbers()
    prior_authorizations: tuple[PayerNumber, ...] = Field((), max_length=5)
    referrals: tuple[PayerNumber, ...] = Field((), max_length=5)
    sales_tax: Money | None = None
    postage: Money | None = None
    fixed_format: tuple[Sentence, ...] = Field((), max_length=10)
    note: OptionalSentence = ""
    note_kind: Literal["ADD", "DCP"] = "ADD"
    repricer_note: OptionalSentence = ""
    purchased_charge: Money | None = None
    """PS1: what the purchased service cost, and its provider's id."""
    purchased_from: OptionalNumber = ""
    drug: Drug | None = None
    providers: LineProviders = LineProviders()
    adjudications: tuple[Adjudication, ...] = Field((), max_length=15)

    @model_validator(mode="after")
    def _certain(self) -> Self:
        if self.charge.cents < 0:
            raise ValueError("a charge is not negative")
        if self.quantity.thousandths <= 0:
            raise ValueError("a line has more than no units")
        if len(set(self.pointers)) < len(self.pointers):
            raise ValueError("a line points at a diagnosis once")
        if (self.purchased_charge is None) != (not self.purchased_from):
            raise ValueError("a purchased service has a charge and a provider")
        if self.note_kind != "ADD" and not self.note:
            raise ValueError("a kind of note needs its note")
        if self.service.last < self.service.first:
            raise ValueError("the service ends before it begins")
        return self
