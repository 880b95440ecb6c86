"""One claim of a remittance as the payer tells it, of an 835 or of paper: values, no records.

===================  ===================================
 our field            835 (TR3 X221A1)
===================  ===================================
 control_number       2100 CLP01
 status               CLP02
 charge, paid         CLP03, CLP04; 2110 SVC02, SVC03
 payer_control_number CLP07
 adjustments          2100 and 2110 CAS
 code, submitted      SVC01, SVC06
 line_number          2110 REF 6R
 allowed              2110 AMT B6
 interest             2100 AMT I (told, and paid by PLB L6)
 remarks              2110 LQ HE; 2100 MOA, MIA
===================  ===================================
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.x12.remittance.model import ClaimStatus


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Value):
    """Loop 2110: one line as the payer shows it."""

    code: str
    modifiers: tuple[str, ...] = ()
    submitted: str = ""
    """SVC06-2: the code that was billed, where the payer has changed it."""
    submitted_modifiers: tuple[str, ...] = ()
    charge: Money
    paid: Money
    units: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    line_number: str = ""
    adjustments: tuple[SaidAdjustment, ...] = ()
    allowed: Money | None = None
    remarks: tuple[str, ...] = ()

    @property
    def billed(self) -> tuple[str, tuple[str, ...]]:
        """The code and modifiers that we are said to have billed."""
        if self.submitted:
            return self.submitted, self.submitted_modifiers
        return self.code, self.modifiers


class Person(_Value):
    last: str = ""
    first: str = ""
    id: str = ""


class RemittedClaim(_Value):
    """Sealed group ``claim`` of a remittance's item."""

    control_number: str
    status: ClaimStatus
    charge: Money
    paid: Money
    patient_responsibility: Money | None = None
    filing: str = ""
    payer_control_number: str = ""
    patient: Person = Person()
    insured: Person | None = None
    corrected: Person | None = None
    """NM1 74: what the payer says is right."""
    crossover: str = ""
    """NM1 TT: the payer to which the claim was forwarded."""
    provider_npi: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    adjustments: tuple[SaidAdjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    interest: Money | None = None
    services: tuple[Service, ...] = Field((), max_length=999)
    line: int = 0
    """The line of the file at which it stands."""

    @model_validator(mode="after")
    def _balances(self) -> Self:
        less = sum(one.amount.cents for one in self.adjustments)
        for service in self.services:
            taken = sum(one.amount.cents for one in service.adjustments)
            if service.charge.cents - taken != service.paid.cents:
                raise ValueError("a line's charge less its adjustments is not what was paid")
            less += taken
        if self.charge.cents - less != self.paid.cents:
            raise ValueError("charge less adjustments is not what was paid")
        return self
