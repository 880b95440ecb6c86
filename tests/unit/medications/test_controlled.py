"""DEA numbers, schedules, and what federal law asks of a prescription."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.errors import InvalidRequest
from caresmith.ids import LocationId, ProviderId
from caresmith.records.clinical.coding import RXNORM, Coding, Concept
from caresmith.records.practice import DeaNumber, Npi, Provider
from functions.medications import controlled


def drug(name: str, code: str = "999999") -> Concept:
    return Concept(codings=(Coding(system=RXNORM, code=code, display=name),), text=name)


def provider(dea: str | None = "BE1234563") -> Provider:
    return Provider(
        id=ProviderId.new(),
        given="Ana",
        family="Example",
        npi=Npi("1234567893"),
        taxonomy="207Q00000X",
        specialty="Family Medicine",
        location_ids=(LocationId.new(),),
        dea=DeaNumber(dea) if dea else None,
    )


def numbered(letters: str, digits: list[int]) -> str:
    check = (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10
    return letters + "".join(str(d) for d in (*digits, check))


@pytest.mark.parametrize("good", ["AB1234563", "MB1234563", "F91234563", " ab1234563 "])
def test_a_dea_number_that_fits_is_taken(good: str) -> None:
    assert DeaNumber(good) == good.strip().upper()


@pytest.mark.parametrize(
    "wrong", ["AB1234560", "AB123456", "1B1234563", "ZB1234563", "AB12345633", "", "A11234563"]
)
def test_a_dea_number_that_does_not_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="DEA number"):
        DeaNumber(wrong)


@given(st.lists(st.integers(0, 9), min_size=6, max_size=6), st.integers(0, 6), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(digits: list[int], place: int, more: int) -> None:
    good = numbered("BE", digits)
    assert DeaNumber(good) == good
    at = 2 + place
    wrong = good[:at] + str((int(good[at]) + more) % 10) + good[at + 1 :]
    # Twice a digit in an even place: 5 more is 10 more, which the last digit can't tell.
    if place in {1, 3, 5} and more == 5:
        return
    with pytest.raises(ValueError, match="check digit"):
        DeaNumber(wrong)


@pytest.mark.parametrize(
    ("name", "schedules"),
    [
        ("oxycodone hydrochloride 5 MG Oral Tablet", ["II"]),
        ("acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet", ["II"]),
        ("alprazolam 0.5 MG Oral Tablet", ["IV"]),
        ("pregabalin 75 MG Oral Capsule", ["V"]),
        ("acetaminophen 300 MG / codeine phosphate 30 MG Oral Tablet", ["II", "III", "V"]),
        ("lisinopril 10 MG Oral Tablet", []),
    ],
)
def test_a_drug_is_known_by_its_ingredients(name: str, schedules: list[str]) -> None:
    assert list(controlled.known_schedules(drug(name))) == schedules


def test_nobody_says_a_controlled_drug_out_of_its_schedule() -> None:
    oxycodone = drug("oxycodone hydrochloride 5 MG Oral Tablet")
    assert controlled.schedule_of(oxycodone, None) == "II"
    with pytest.raises(InvalidRequest):
        controlled.schedule_of(oxycodone, "IV")
    codeine = drug("codeine sulfate 30 MG Oral Tablet")
    with pytest.raises(InvalidRequest):
        controlled.schedule_of(codeine, None)
    assert controlled.schedule_of(codeine, "III") == "III"
    unknown = drug("something new 5 MG Oral Tablet")
    assert controlled.schedule_of(unknown, None) is None
    assert controlled.schedule_of(unknown, "IV") == "IV"


@pytest.mark.parametrize(
    ("schedule", "refills", "field"),
    [("II", 1, "refills"), ("III", 6, "refills"), ("IV", 6, "refills")],
)
def test_refills_of_controlled_substances_are_limited(
    schedule: str, refills: int, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        controlled.check_prescription(schedule, refills, provider())  # type: ignore[arg-type]
    assert [error.field for error in refused.value.fields] == [field]
    controlled.check_prescription(schedule, refills - 1, provider())  # type: ignore[arg-type]


def test_a_prescriber_of_controlled_substances_has_a_dea_number() -> None:
    with pytest.raises(InvalidRequest):
        controlled.check_prescription("V", 0, provider(None))
    controlled.check_prescription(None, 99, provider(None))
