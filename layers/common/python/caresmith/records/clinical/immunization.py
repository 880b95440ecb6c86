"""Immunizations, given here or elsewhere.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core Immunization          value set
===================  ======================================  =====================================
 status               status (1..1)                           immunization-status
 status_reason        statusReason                            immunization-status-reason
 vaccine              vaccineCode (1..1)                      CVX; NDC beside it
 given_on             occurrenceDateTime (1..1)
 primary_source       primarySource
 manufacturer         manufacturer                            MVX
 lot, expires_on      lotNumber, expirationDate
 site, route          site, route                             v3 body site, route
 dose                 doseQuantity                            UCUM
 dose_number          protocolApplied.doseNumberPositiveInt
 performer_id         performer.actor
 note                 note.text
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from caresmith.ids import ImmunizationId, ProviderId
from caresmith.records.clinical.coding import CVX, Concept, PartialDate, Quantity, first_day
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Note, Word


class Immunization(Content):
    kind: ClassVar[Kind] = Kind.IMMUNIZATION
    id_type: ClassVar[type[ImmunizationId]] = ImmunizationId

    vaccine: Concept
    status: Literal["completed", "not-done", "entered-in-error"] = "completed"
    status_reason: Concept | None = None
    given_on: PartialDate
    primary_source: bool = True
    """False where it was told, not given here."""
    manufacturer: Concept | None = None
    lot: Word | None = None
    expires_on: dt.date | None = None
    site: Concept | None = None
    route: Concept | None = None
    dose: Quantity | None = None
    dose_number: int | None = Field(default=None, ge=1, le=20)
    performer_id: ProviderId | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _is_coded(self) -> Self:
        if self.vaccine.code_in(CVX) is None:
            raise ValueError("needs the vaccine's CVX code")
        if self.status == "not-done" and self.status_reason is None:
            raise ValueError("say why it was not given")
        return self

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return False

    @property
    def day(self) -> dt.date | None:
        return first_day(self.given_on)
