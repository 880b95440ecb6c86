"""What is answered about codes."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from caresmith.codes.icd10cm import Icd10Code, Validity
from caresmith.codes.loinc import LabTest, Version
from caresmith.codes.rxnorm import Drug, DrugKind, Release


class DiagnosisCode(BaseModel):
    """A code of ICD-10-CM (FHIR Coding of http://hl7.org/fhir/sid/icd-10-cm)."""

    code: str
    display: str
    billable: bool
    """Whether it may stand on a claim; a heading may not."""
    first: date | None
    """First day on which it may be used; None where every known release has it."""
    last: date | None

    @classmethod
    def of(cls, found: Icd10Code) -> DiagnosisCode:
        return cls(
            code=found.code,
            display=found.title,
            billable=found.billable,
            first=None if found.first == date.min else found.first,
            last=None if found.last == date.max else found.last,
        )


class DiagnosisCodeDetails(DiagnosisCode):
    terms: list[str]
    """Inclusion terms: other words for the same."""
    validity: Validity
    """On the day that was asked about."""
    release_known: bool
    """Whether that day's release is known; if not, the nearest one has decided."""
    notes: dict[str, list[str]]
    """Of it and of what stands above, by kind: includes, excludes1, excludes2, code_first,
    use_additional, code_also."""
    below: list[DiagnosisCode]


class Source(BaseModel):
    """What was searched."""

    title: str
    version: str | None
    """The release: RxNorm's day, LOINC's number. None of the short list that is shipped."""

    @classmethod
    def of_drugs(cls, release: Release) -> Source:
        day = release.released
        return cls(title=release.title, version=day.isoformat() if day else None)

    @classmethod
    def of_tests(cls, version: Version) -> Source:
        return cls(title=version.title, version=version.version)


class DrugCode(BaseModel):
    """A drug of RxNorm (FHIR Coding of http://www.nlm.nih.gov/research/umls/rxnorm)."""

    code: str
    display: str
    kind: DrugKind
    """RxNorm's term type: generic or branded drug or pack."""
    ingredients: list[str]
    dose_form: str
    brand: str | None

    @classmethod
    def of(cls, found: Drug) -> DrugCode:
        return cls(
            code=found.rxcui,
            display=found.name,
            kind=found.kind,
            ingredients=list(found.ingredients),
            dose_form=found.form,
            brand=found.brand,
        )


class DrugsFound(BaseModel):
    source: Source
    drugs: list[DrugCode]


class LabTestCode(BaseModel):
    """A laboratory test of LOINC (FHIR Coding of http://loinc.org)."""

    code: str
    display: str
    notice: str | None
    """Somebody else's copyright notice, to be shown with the name."""

    @classmethod
    def of(cls, found: LabTest) -> LabTestCode:
        return cls(code=found.code, display=found.name, notice=found.notice)


class LabTestsFound(BaseModel):
    source: Source
    tests: list[LabTestCode]
