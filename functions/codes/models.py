"""What is answered about codes."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from caresmith.codes.icd10cm import Icd10Code, Validity


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
