"""Coded values, quantities and partial dates, shaped as FHIR R4's data types.

===================  ================================  =====================================
 ours                 FHIR R4                           checked
===================  ================================  =====================================
 Coding               Coding                            code's form and check digit, by system
 Concept              CodeableConcept                   a coding or a text is there
 Quantity             Quantity (UCUM)                   finite, at most 12 digits
 PartialDate          date / dateTime to the day        year, year-month or full date
===================  ================================  =====================================
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from caresmith.text import Line, clean_line

ICD10CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED: Final = "http://snomed.info/sct"
LOINC: Final = "http://loinc.org"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC: Final = "http://hl7.org/fhir/sid/ndc"
CVX: Final = "http://hl7.org/fhir/sid/cvx"
MVX: Final = "http://hl7.org/fhir/sid/mvx"
CPT: Final = "http://www.ama-assn.org/go/cpt"
HCPCS: Final = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
UCUM: Final = "http://unitsofmeasure.org"

# https://confluence.ihtsdotools.org/display/DOCRELFMT/Appendix+B: Verhoeff's dihedral check.
_D5: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_TURN: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _is_snomed(code: str) -> bool:
    """An SCTID of 6 to 18 digits whose last one checks the others (Verhoeff)."""
    if not re.fullmatch(r"[1-9]\d{5,17}", code):
        return False
    check = 0
    for place, character in enumerate(reversed(code)):
        digit = int(character)
        for _ in range(place % 8):
            digit = _TURN[digit]
        check = _D5[check][digit]
    return check == 0


def _is_loinc(code: str) -> bool:
    """Digits, a dash and a check digit (mod 10, LOINC Users' Guide appendix C)."""
    if not re.fullmatch(r"\d{1,7}-\d", code):
        return False
    number, _, check = code.partition("-")
    total = 0
    for place, character in enumerate(reversed(number)):
        digit = int(character) * (1 if place % 2 else 2)
        total += digit - 9 if digit > 9 else digit  # noqa: PLR2004 - Luhn
    return (10 - total % 10) % 10 == int(check)


def _form(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda code: compiled.fullmatch(code) is not None


_CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    # ICD-10-CM Official Guidelines I.A.2: three to seven characters, a dot after the third.
    ICD10CM: _form(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?"),
    SNOMED: _is_snomed,
    LOINC: _is_loinc,
    RXNORM: _form(r"[1-9]\d{0,7}"),
    NDC: _form(r"\d{11}|\d{4,5}-\d{3,4}-\d{1,2}"),
    CVX: _form(r"\d{1,3}"),
    MVX: _form(r"[A-Z]{2,3}"),
    CPT: _form(r"\d{4}[0-9AFMTU]"),
    HCPCS: _form(r"[A-Z]\d{4}"),
}

Uri = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+.-]*:\S+$", max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^\S+( \S+)*$", max_length=60)]


class _Type(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Coding(_Type):
    """One code of one system (FHIR Coding)."""

    system: Uri
    code: Code
    display: Line | None = None

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        check = _CHECKS.get(self.system)
        if check and not check(self.code):
            raise ValueError(f"not a code of {self.system}")
        return self


class Concept(_Type):
    """What something is, coded, in words, or both (FHIR CodeableConcept)."""

    codings: tuple[Coding, ...] = Field(default=(), max_length=10)
    text: Annotated[str, StringConstraints(max_length=500), AfterValidator(clean_line)] | None = (
        None
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.codings and not self.text:
            raise ValueError("needs a code or a text")
        return self

    @property
    def words(self) -> str:
        """As a person reads it: the text, else a coding's display, else its code."""
        shown = [coding.display for coding in self.codings if coding.display]
        return self.text or (shown[0] if shown else self.codings[0].code)

    def code_in(self, system: str) -> str | None:
        """The code in that system, where it has one."""
        return next((c.code for c in self.codings if c.system == system), None)


Number = Annotated[Decimal, Field(max_digits=12, decimal_places=6, allow_inf_nan=False)]


class Quantity(_Type):
    """A measured amount (FHIR Quantity with the UCUM code as its ``code``)."""

    value: Number
    unit: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[!-~]+$")]
    """UCUM code, case sensitive: ``mm[Hg]``, ``kg``, ``/min``."""
    comparator: Annotated[str, StringConstraints(pattern=r"^(<|<=|>=|>)$")] | None = None


def _a_date(text: str) -> str:
    parts = text.split("-")
    year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
    dt.date(year, month, day)
    return text


PartialDate = Annotated[
    str,
    StringConstraints(pattern=r"^[12]\d{3}(-\d{2}(-\d{2})?)?$", max_length=10),
    AfterValidator(_a_date),
]
"""A date as well as it is known: ``1998``, ``1998-04``, ``1998-04-17`` (FHIR date)."""


def first_day(partial: str) -> dt.date:
    """The first day that a partial date can mean."""
    year, month, day = (int(part) for part in (*partial.split("-"), "1", "1")[:3])
    return dt.date(year, month, day)
