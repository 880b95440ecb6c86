"""Who takes part in a claim: names, addresses, ids."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from caresmith.npi import Npi
from caresmith.x12.claims.codes import PATIENT_RELATIONSHIPS
from caresmith.x12.claims.texts import (
    City,
    ClaimPart,
    Code,
    Country,
    Email,
    Extension,
    FirstName,
    LastName,
    MiddleName,
    Number,
    OptionalNumber,
    OptionalStreet,
    Phone,
    PostalCode,
    Ssn,
    State,
    Street,
    Subdivision,
    Suffix,
    TaxId,
    Taxonomy,
)
from caresmith.x12.values import Quantity


class Address(ClaimPart):
    """N3 and N4. Without ``country`` it is in the USA and has a state and a ZIP code."""

    line1: Street
    line2: OptionalStreet = ""
    city: City
    state: State = ""
    postal_code: PostalCode = ""
    country: Country = ""
    """N404, only outside of the USA."""
    subdivision: Subdivision = ""
    """N407, in countries that are not the USA and Canada."""

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.country == "US":
            raise ValueError("the country is sent only where it is not the USA")
        if not self.country:
            if not self.state:
                raise ValueError("an address in the USA has a state")
            if not re.fullmatch(r"\d{5}(\d{4})?", self.postal_code, re.ASCII):
                raise ValueError("a ZIP code has five or nine digits")
        if self.subdivision and (self.state or not self.country):
            raise ValueError("a subdivision belongs to a foreign country and excludes a state")
        if self.postal_code and len(self.postal_code) < 3:  # noqa: PLR2004 - X12 element 116
            raise ValueError("a postal code has three characters or more")
        return self


class Contact(ClaimPart):
    """PER: at most three numbers, sent as phone, extension, fax, e-mail."""

    name: FirstName | LastName = ""
    phone: Phone = ""
    extension: Extension = ""
    fax: Phone = ""
    email: Email = ""

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        given = [one for one in (self.phone, self.extension, self.fax, self.email) if one]
        if not (self.phone or self.fax or self.email):
            raise ValueError("a contact has a phone, a fax or an e-mail")
        if self.extension and not self.phone:
            raise ValueError("an extension belongs to a phone")
        if len(given) > 3:  # noqa: PLR2004 - PER03 to PER08
            raise ValueError("a contact has three numbers at most")
        return self


class PhoneContact(ClaimPart):
    """PER of a person or facility of a property and casualty claim."""

    name: FirstName | LastName = ""
    phone: Phone = Field(min_length=10)
    extension: Extension = ""


class PersonName(ClaimPart):
    """NM1 of a person."""

    last: LastName
    first: FirstName = ""
    middle: MiddleName = ""
    suffix: Suffix = ""


class SecondaryId(ClaimPart):
    """REF of a provider: 0B state licence, 1G UPIN, G2 of the payer, LU of the location.

    ``payer`` is sent on lines, where the id is one of another payer (REF04).
    """

    qualifier: Literal["0B", "1G", "G2", "LU"]
    value: Number
    payer: OptionalNumber = ""


class PayerId(ClaimPart):
    """REF of a payer: 2U its own, EI tax, FY claim office, NF NAIC."""

    qualifier: Literal["2U", "EI", "FY", "NF"]
    value: Number


class Submitter(ClaimPart):
    """Loop 1000A: who sends the file."""

    name: LastName
    first: FirstName = ""
    """Of a person; "" is an organisation."""
    middle: MiddleName = ""
    id: Code
    contacts: tuple[Contact, ...] = Field(min_length=1, max_length=2)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.middle and not self.first:
            raise ValueError("a middle name belongs to a person")
        return self


class Receiver(ClaimPart):
    """Loop 1000B: to whom the file goes."""

    name: LastName
    id: Code


class Provider(ClaimPart):
    """A referring, rendering, supervising or ordering provider."""

    last: LastName
    first: FirstName = ""
    middle: MiddleName = ""
    suffix: Suffix = ""
    organisation: bool = False
    npi: Npi | None = None
    taxonomy: Taxonomy = ""
    """PRV: only of a rendering provider."""
    ids: tuple[SecondaryId, ...] = Field((), max_length=4)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.organisation and (self.first or self.middle or self.suffix):
            raise ValueError("an organisation has no first name")
        return self


class OrderingProvider(Provider):
    """Loop 2420E: as the others, with an address and a contact."""

    address: Address | None = None
    contact: Contact | None = None


class PurchasedProvider(ClaimPart):
    """Loop 2420B: of whom a service was bought; TR3 sends no name."""

    organisation: bool = True
    npi: Npi | None = None
    ids: tuple[SecondaryId, ...] = Field((), max_length=4)


class Facility(ClaimPart):
    """Loops 2310C and 2420C: where the service was rendered, if not at the billing address."""

    name: LastName
    npi: Npi | None = None
    address: Address
    ids: tuple[SecondaryId, ...] = Field((), max_length=3)
    contact: PhoneContact | None = None
    """Of property and casualty claims; never on a line."""


class PayToPlan(ClaimPart):
    """Loop 2010AC: a payer to whom a subrogated claim is paid."""

    name: LastName
    id: Code
    qualifier: Literal["PI", "XV"] = "PI"
    address: Address
    secondary: PayerId | None = None
    tax_id: TaxId


class BillingProvider(ClaimPart):
    """Loops 2010AA to 2010AC: who bills and is paid."""

    last: LastName
    first: FirstName = ""
    middle: MiddleName = ""
    suffix: Suffix = ""
    organisation: bool = True
    npi: Npi | None = None
    """None only for atypical providers, who have no NPI."""
    taxonomy: Taxonomy = ""
    tax_id: TaxId
    tax_id_kind: Literal["EI", "SY"] = "EI"
    licences: tuple[SecondaryId, ...] = Field((), max_length=2)
    address: Address
    contacts: tuple[Contact, ...] = Field((), max_length=2)
    pay_to: Address | None = None
    pay_to_plan: PayToPlan | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.organisation and (self.first or self.middle or self.suffix):
            raise ValueError("an organisation has no first name")
        if any(one.qualifier not in {"0B", "1G"} for one in self.licences):
            raise ValueError("a licence is 0B or 1G; a payer's ids stand with the payer")
        return self


class PersonFacts(ClaimPart):
    """PAT05 to PAT09."""

    died: date | None = None
    weight_pounds: Quantity | None = None
    pregnant: bool = False


class Patient(ClaimPart):
    """Loops 2000C and 2010CA: a patient who is not the subscriber."""

    relationship: str
    """PAT01: like 01 spouse, 19 child."""
    name: PersonName
    address: Address
    birth_date: date
    sex: Literal["F", "M", "U"]
    facts: PersonFacts = PersonFacts()
    casualty_claim: OptionalNumber = ""
    """REF Y4: the number of a property and casualty claim."""
    casualty_id: OptionalNumber = ""
    """REF 1W: the member's id with that insurer."""
    casualty_ssn: Ssn = ""
    casualty_contact: PhoneContact | None = None

    @model_validator(mode="after")
    def _related(self) -> Self:
        if self.relationship not in PATIENT_RELATIONSHIPS:
            raise ValueError("not a code for how a patient is related to a subscriber (PAT01)")
        if self.casualty_id and self.casualty_ssn:
            raise ValueError("the patient has one id, 1W or SY")
        return self
