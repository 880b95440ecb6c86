"""What a charge sheet tells of a service besides what it is, when, and how often."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.ids import ProviderId
from caresmith.money import Money
from caresmith.npi import Npi
from caresmith.text import Line

MOST_TESTS: Final = 5
"""TR3 X222 2400 MEA: five at most."""

Clia = Annotated[str, StringConstraints(pattern=r"^\d{2}D\d{7}$")]
Number = Annotated[Line, StringConstraints(max_length=50)]
"""What a REF sends: TR3 X222 REF02."""
Amount = Annotated[str, StringConstraints(pattern=r"^\d{1,8}(\.\d{1,3})?$")]
"""Of something that is no money."""


class SheetPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Drug(SheetPart):
    """2410 LIN, CTP and REF: the drug that a line administers."""

    ndc: Annotated[str, StringConstraints(pattern=r"^\d{11}$")]
    quantity: Amount
    unit: Literal["F2", "GR", "ME", "ML", "UN"]
    prescription: Number | None = None
    """REF XZ."""
    compound: Number | None = None
    """REF VY: the same on every line that is a part of one compound."""

    @model_validator(mode="after")
    def _numbered_once(self) -> Self:
        if self.prescription and self.compound:
            raise ValueError("compound: a drug has a prescription's number or a compound's")
        return self


class MeasuredTest(SheetPart):
    """2400 MEA: a test on which payment rests, as of dialysis and of equipment."""

    measured: Literal["HT", "R1", "R2", "R3", "R4"]
    """Height, hemoglobin, hematocrit, epoetin starting dosage, creatinine."""
    value: Amount


class LineContract(SheetPart):
    """2400 CN1: where the contract of one service is another than the claim's."""

    kind: Literal["01", "02", "03", "04", "05", "06", "09"]
    amount: Money | None = None
    percent: Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,2})?$")] | None = None
    code: Number | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.amount is not None and self.amount.cents < 0:
            raise ValueError("amount: is not negative")
        return self


class LineDates(SheetPart):
    """2400 DTP beside the day of service."""

    prescription: dt.date | None = None
    """471."""
    last_seen: dt.date | None = None
    """304: by who treats the patient, of routine foot care and therapy."""
    hemoglobin_test: dt.date | None = None
    """738: hemoglobin or hematocrit."""
    creatinine_test: dt.date | None = None
    """739."""
    shipped: dt.date | None = None
    """011."""
    last_xray: dt.date | None = None
    """455."""
    initial_treatment: dt.date | None = None
    """454."""


class LineFacts(SheetPart):
    """What is told of a service besides what it is, when, and how often."""

    basis: Literal["UN", "MJ"] = "UN"
    """SV103: units, or minutes of anesthesia."""
    last_day: dt.date | None = None
    place_of_service: Annotated[str, StringConstraints(pattern=r"^\d{2}$")] | None = None
    """Where it differs from the sheet's."""
    description: Annotated[Line, StringConstraints(max_length=80)] | None = None
    """SV101-7: what was done, of a code that is not specific."""
    drug: Drug | None = None
    ordering_id: ProviderId | None = None
    ordering_name: Line | None = None
    """Who ordered it, where that is nobody of the practice (2420E)."""
    ordering_npi: Npi | None = None
    laboratory_charge: Money | None = None
    """PS102: what the sheet's outside laboratory takes for it."""
    epsdt: bool = False
    """SV111: early and periodic screening, diagnosis and treatment of a child (Medicaid)."""
    family_planning: bool = False
    """SV112."""
    copay_exempt: bool = False
    """SV115: the patient owes no copayment (Medicaid)."""
    note: Line | None = None
    """2400 NTE."""
    emergency: bool = False
    tests: tuple[MeasuredTest, ...] = Field((), max_length=MOST_TESTS)
    obstetric_units: Amount | None = None
    """2400 QTY FL: units of anesthesia that a difficult delivery adds."""
    hospice_employee: bool | None = None
    """2400 CRC 70: whether who rendered it works for the hospice; None says nothing."""
    dates: LineDates = LineDates()
    prior_authorization: Number | None = None
    """2400 REF G1, where it is another than the sheet's."""
    referral_number: Number | None = None
    """2400 REF 9F, where it is another than the sheet's."""
    clia: Clia | None = None
    """2400 REF X4, where it is another than the sheet's."""
    mammography: Number | None = None
    """2400 REF EW: the certification of another centre than the claim's."""
    immunization_batch: Number | None = None
    """2400 REF BT."""
    sales_tax: Money | None = None
    """2400 AMT T; the charge holds it."""
    postage: Money | None = None
    """2400 AMT F4; the charge holds it."""
    contract: LineContract | None = None

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        if self.ordering_id and (self.ordering_name or self.ordering_npi):
            raise ValueError("ordering_name: one who ordered is named, here or outside")
        if bool(self.ordering_name) != bool(self.ordering_npi):
            raise ValueError("ordering_npi: who ordered outside is named with an NPI")
        for name in ("laboratory_charge", "sales_tax", "postage"):
            amount: Money | None = getattr(self, name)
            if amount is not None and amount.cents < 0:
                raise ValueError(f"{name}: is not negative")
        measured = [one.measured for one in self.tests]
        if len(set(measured)) < len(measured):
            raise ValueError("tests: each is told once")
        return self

    @classmethod
    def of(cls, line: LineFacts) -> LineFacts:
        """Those of a line, without what the line is besides."""
        return LineFacts(**line.facts())

    def facts(self) -> dict[str, Any]:
        """By field, to make another line of."""
        return {name: getattr(self, name) for name in LineFacts.model_fields}
