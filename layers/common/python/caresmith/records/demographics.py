"""Who a patient is: the sealed groups of the chart, shaped as US Core Patient has it.

Source: FHIR R4 Patient (hl7.org/fhir/R4/patient.html) under the US Core Patient
profile (hl7.org/fhir/us/core/StructureDefinition-us-core-patient.html).

======================  ====================================  ===============================
 our field               FHIR element                          value set
======================  ====================================  ===============================
 mrn, other_mrns         identifier (type MR; use usual, old)  free, unique in the practice
 names[]                 name                                  name-use
 gender                  gender                                administrative-gender
 birth_sex               us-core-birthsex                      F, M (v3-AdministrativeGender),
                                                               UNK (v3-NullFlavor)
 gender_identity         us-core-genderIdentity                SNOMED CT 446141000124107
                                                               (female), 446151000124109
                                                               (male), 33791000087105
                                                               (nonbinary); OTH, UNK;
                                                               asked-declined
 pronouns                individual-pronouns                   LOINC LA29518-0, LA29519-8,
                                                               LA29520-6
 race, race_details      us-core-race ombCategory, detailed    CDC race and ethnicity codes
 ethnicity,              us-core-ethnicity ombCategory,        the same
 ethnicity_details       detailed
 birth_date              birthDate                             calendar date
 deceased, deceased_on   deceasedBoolean, deceasedDateTime
 marital_status          maritalStatus                         v3-MaritalStatus, UNK
 language                communication.language (preferred)    BCP 47
 interpreter_needed      patient-interpreterRequired
 addresses[]             address                               address-use
 telecoms[]              telecom                               contact-point-system, -use
 telecoms[].consents     Consent (one a channel)
 emergency_contacts[]    contact (relationship C)              v2-0131, v3-RoleCode
 guarantor               Account.guarantor
 proxies[]               RelatedPerson                         v3-RoleCode
 preferred_provider      generalPractitioner
======================  ====================================  ===============================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from caresmith.ids import PatientId
from caresmith.records.contact import Address, Telecom
from caresmith.text import Line, NamePart, Note, Word

OLDEST_YEARS: Final = 130
"""No birth date lies further back: the oldest person known reached 122."""


class Group(BaseModel):
    """Base of what is sealed: closed, so that a field nobody reads can't slip in."""

    model_config = ConfigDict(extra="forbid")


class NameUse(StrEnum):
    USUAL = "usual"
    OFFICIAL = "official"
    TEMP = "temp"
    NICKNAME = "nickname"
    ANONYMOUS = "anonymous"
    OLD = "old"
    MAIDEN = "maiden"


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class BirthSex(StrEnum):
    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "UNK"


class GenderIdentity(StrEnum):
    FEMALE = "female"
    MALE = "male"
    NONBINARY = "nonbinary"
    OTHER = "other"
    DECLINED = "asked-declined"
    UNKNOWN = "unknown"


class Pronouns(StrEnum):
    HE = "he/him"
    SHE = "she/her"
    THEY = "they/them"


class Race(StrEnum):
    """OMB race categories by their CDC code (1997 standards, as US Core has them)."""

    AMERICAN_INDIAN = "1002-5"
    ASIAN = "2028-9"
    BLACK = "2054-5"
    PACIFIC_ISLANDER = "2076-8"
    WHITE = "2106-3"
    OTHER = "2131-1"
    DECLINED = "ASKU"
    UNKNOWN = "UNK"


class Ethnicity(StrEnum):
    HISPANIC = "2135-2"
    NOT_HISPANIC = "2186-5"
    DECLINED = "ASKU"
    UNKNOWN = "UNK"


class MaritalStatus(StrEnum):
    """HL7 v3 MaritalStatus."""

    ANNULLED = "A"
    DIVORCED = "D"
    INTERLOCUTORY = "I"
    SEPARATED = "L"
    MARRIED = "M"
    POLYGAMOUS = "P"
    NEVER_MARRIED = "S"
    DOMESTIC_PARTNER = "T"
    UNMARRIED = "U"
    WIDOWED = "W"
    UNKNOWN = "UNK"


class Relationship(StrEnum):
    """How a person stands to the patient; v3-RoleCode in the comments."""

    SPOUSE = "spouse"  # SPS
    PARTNER = "partner"  # DOMPART
    MOTHER = "mother"  # MTH
    FATHER = "father"  # FTH
    PARENT = "parent"  # PRN
    CHILD = "child"  # CHILD
    SIBLING = "sibling"  # SIB
    GRANDPARENT = "grandparent"  # GRPRN
    GUARDIAN = "guardian"  # GUARD
    FOSTER_PARENT = "foster-parent"  # PRNFOST
    POWER_OF_ATTORNEY = "power-of-attorney"  # HPOWATT
    RELATIVE = "relative"  # EXT
    FRIEND = "friend"  # FRND
    NEIGHBOR = "neighbor"  # NBOR
    CAREGIVER = "caregiver"  # no RoleCode of its own: v2-0131 "U" with text
    OTHER = "other"  # v2-0131 O


class Period(Group):
    """From and to, both days included; an open end is left out."""

    start: dt.date | None = None
    end: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError("the period ends before it starts")
        return self


class HumanName(Group):
    """One name. A person with a single name has ``family`` or ``given`` alone."""

    use: NameUse = NameUse.OFFICIAL
    family: NamePart | None = None
    given: list[NamePart] = Field(default_factory=list, max_length=4)
    prefix: Word | None = None
    suffix: Word | None = None
    period: Period | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.family and not self.given:
            raise ValueError("give a family name or a given name")
        return self

    def full(self) -> str:
        """``Dr Ana María López Jr``, in the order in which it is spoken."""
        parts = [self.prefix, *self.given, self.family, self.suffix]
        return " ".join(part for part in parts if part)

    def sortable(self) -> str:
        """``López, Ana María``: as a list shows it."""
        given = " ".join(self.given)
        return ", ".join(part for part in (self.family, given) if part)


Mrn = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$", to_upper=True)]
"""A medical record number; letters count as capitals."""

# RFC 5646 2.1, the forms in use: language, script, region and variants.
Bcp47 = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8}){0,2}$",
        max_length=35,
    ),
]
CdcCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]$")]
"""A detailed code of the CDC Race and Ethnicity code system."""


class Demographics(Group):
    """Sealed group ``demographics``."""

    names: list[HumanName] = Field(min_length=1, max_length=5)
    birth_date: dt.date
    gender: Gender = Gender.UNKNOWN
    birth_sex: BirthSex | None = None
    gender_identity: GenderIdentity | None = None
    pronouns: Pronouns | None = None
    race: list[Race] = Field(default_factory=list, max_length=6)
    race_details: list[CdcCode] = Field(default_factory=list, max_length=10)
    ethnicity: Ethnicity | None = None
    ethnicity_details: list[CdcCode] = Field(default_factory=list, max_length=10)
    marital_status: MaritalStatus | None = None
    language: Bcp47 | None = None
    interpreter_needed: bool = False
    deceased: bool = False
    deceased_on: dt.date | None = None
    multiple_birth: bool = False
    """A twin or triplet: two charts that agree in much are then two people."""
    alerts: list[Line] = Field(default_factory=list, max_length=10)
    """What whoever opens the chart must see first ("hearing impaired: face the patient")."""

    @field_validator("names")
    @classmethod
    def _no_name_twice(cls, names: list[HumanName]) -> list[HumanName]:
        if len({name.model_dump_json() for name in names}) < len(names):
            raise ValueError("the same name stands there twice")
        return names

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        if self.deceased_on and self.deceased_on < self.birth_date:
            raise ValueError("deceased_on lies before birth_date")
        if self.deceased_on:
            self.deceased = True
        return self

    def main_name(self) -> HumanName:
        """The name to call the patient by: usual, else official, else the first."""
        for use in (NameUse.USUAL, NameUse.OFFICIAL):
            for name in self.names:
                if name.use is use:
                    return name
        return self.names[0]


class Contact(Group):
    """Sealed group ``contact``."""

    addresses: list[Address] = Field(default_factory=list, max_length=5)
    telecoms: list[Telecom] = Field(default_factory=list, max_length=10)


class Person(Group):
    """A person who is not necessarily a patient here."""

    name: Line
    relationship: Relationship
    telecoms: list[Telecom] = Field(default_factory=list, max_length=3)
    address: Address | None = None
    patient_id: PatientId | None = None
    """Where that person has a chart here."""


class Guarantor(Group):
    """Who pays what insurance does not: the patient, another patient, or another person."""

    is_self: bool = True
    person: Person | None = None
    birth_date: dt.date | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.is_self is (self.person is not None):
            raise ValueError("name a person exactly where the patient is not the guarantor")
        return self


class ProxyScope(StrEnum):
    """What a proxy may do for the patient."""

    FULL = "full"
    SCHEDULING = "scheduling"
    BILLING = "billing"
    MEDICAL_RECORDS = "medical-records"


class Proxy(Group):
    """A parent, guardian or carer who acts for the patient within a scope and a period."""

    person: Person
    scopes: list[ProxyScope] = Field(min_length=1, max_length=4)
    period: Period = Field(default_factory=Period)
    note: Note | None = None


class Relations(Group):
    """Sealed group ``relations``."""

    emergency_contacts: list[Person] = Field(default_factory=list, max_length=5)
    guarantor: Guarantor = Field(default_factory=Guarantor)
    proxies: list[Proxy] = Field(default_factory=list, max_length=6)
