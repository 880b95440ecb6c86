"""Codes by their systems' own rules, with published examples."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from caresmith.records.clinical.coding import (
    CPT,
    CVX,
    HCPCS,
    ICD10CM,
    LOINC,
    NDC,
    RXNORM,
    SNOMED,
    Coding,
    Concept,
    first_day,
)
from caresmith.records.clinical.condition import Condition


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "195967001"),  # Asthma
        (SNOMED, "716186003"),  # No known allergy
        (SNOMED, "73211009"),  # Diabetes mellitus
        (SNOMED, "900000000000207008"),  # the core module: eighteen digits
        (LOINC, "4548-4"),
        (LOINC, "85354-9"),
        (LOINC, "72166-2"),
        (ICD10CM, "J45.909"),
        (ICD10CM, "C7A.8"),
        (ICD10CM, "S72.001A"),
        (ICD10CM, "I10"),
        (CVX, "08"),
        (RXNORM, "860975"),
        (NDC, "0002-8215-01"),
        (CPT, "99213"),
        (CPT, "0001F"),
        (HCPCS, "G0439"),
        ("https://example.org/own", "anything"),
    ],
)
def test_a_code_as_its_system_writes_it_is_taken(system: str, code: str) -> None:
    assert Coding(system=system, code=code).code == code


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "195967002"),
        (SNOMED, "195976001"),
        (SNOMED, "12345"),
        (LOINC, "4548-5"),
        (LOINC, "5448-4"),
        (LOINC, "45484"),
        (ICD10CM, "J45909"),
        (ICD10CM, "45.909"),
        (ICD10CM, "J45.90909"),
        (CVX, "FLU"),
        (RXNORM, "0"),
        (CPT, "9921"),
        (HCPCS, "99213"),
        ("no-uri", "x"),
    ],
)
def test_a_mistyped_code_is_refused_without_being_repeated(system: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Coding(system=system, code=code)
    assert f"'{code}'" not in refused.value.errors()[0]["msg"]


def test_a_concept_says_something_and_is_read_by_its_words() -> None:
    with pytest.raises(ValidationError):
        Concept()
    coded = Concept(codings=(Coding(system=ICD10CM, code="I10", display="Hypertension"),))
    assert (coded.words, coded.code_in(ICD10CM), coded.code_in(SNOMED)) == (
        "Hypertension",
        "I10",
        None,
    )


@pytest.mark.parametrize(
    ("onset", "abatement", "fits"),
    [
        ("2020-05", "2020", True),
        ("2020-05-17", "2020-05", True),
        ("2020-05", "2020-04-30", False),
        ("2021", "2020-12-31", False),
        (None, "1950", True),
    ],
)
def test_what_ends_does_not_end_before_it_began(
    onset: str | None, abatement: str, fits: bool
) -> None:
    facts = {
        "code": {"text": "Cough"},
        "clinical_status": "resolved",
        "onset": onset,
        "abatement": abatement,
    }
    if fits:
        ended = Condition.model_validate(facts)
        assert ended.day == first_day(abatement)
    else:
        with pytest.raises(ValidationError, match="ends before it began"):
            Condition.model_validate(facts)
