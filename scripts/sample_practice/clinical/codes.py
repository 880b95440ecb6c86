"""Codes as the tables of this package write them: short, and checked by the record's own types."""

from __future__ import annotations

from functools import cache

from caresmith.records.clinical.coding import (
    CVX,
    ICD10CM,
    LOINC,
    MVX,
    RXNORM,
    SNOMED,
    Coding,
    Concept,
)


@cache
def concept(text: str, *codings: tuple[str, str] | None) -> Concept:
    """``text`` with (system, code) pairs, those left out that are not known."""
    known = [Coding(system=given[0], code=given[1], display=text) for given in codings if given]
    return Concept(codings=tuple(known), text=text)


def problem(text: str, icd: str, snomed: str = "") -> Concept:
    return concept(text, (ICD10CM, icd), (SNOMED, snomed) if snomed else None)


def finding(text: str, snomed: str) -> Concept:
    return concept(text, (SNOMED, snomed))


def measured(text: str, loinc: str = "") -> Concept:
    return concept(text, (LOINC, loinc) if loinc else None)


def drug(text: str, rxnorm: str = "") -> Concept:
    return concept(text, (RXNORM, rxnorm) if rxnorm else None)


def vaccine(text: str, cvx: str) -> Concept:
    return concept(text, (CVX, cvx))


def manufacturer(mvx: str) -> Concept:
    return concept(mvx, (MVX, mvx))
