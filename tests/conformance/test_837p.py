"""Every claim that can be built is one that others take: pyx12 judges by its own maps."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import ValidationError

from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.model import ClaimDates, Submission
from caresmith.x12.claims.parties import Patient, PersonName
from caresmith.x12.claims.reading import read_claims
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.writer import ControlNumbers, written
from tests.support.claims import (
    ADDRESSING,
    AT,
    NUMBERS,
    address,
    claim,
    submission,
    submissions,
)
from tests.support.pyx12 import complaints

CLAIMS_IN_EACH = 4
EXAMPLES = 500
"""With four claims each that makes two thousand."""


def file_of(*every: Submission, delimiters: Delimiters | None = None) -> bytes:
    segments = claim_file(every, ADDRESSING, NUMBERS, AT, delimiters)
    return written(segments, delimiters, line_break="\n")


def test_the_judge_finds_what_is_wrong() -> None:
    right = file_of(submission())
    assert complaints(right) == []
    for old, new in (
        (b"SBR*P*18", b"SBR*P*99"),
        (b"HI*ABK:E119~\n", b""),
        (b"*UN*1***1", b"*UN*1***13"),
        (b"CLM*C1*150", b"CLM*C1*1x0"),
        (b"SE*24", b"SE*25"),
    ):
        assert old in right
        assert complaints(right.replace(old, new)), new


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_thousand_claims_of_every_kind_have_no_fault_and_are_read_as_the_same() -> None:
    seen: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        # Making a failing file smaller takes longer than all of the rest.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(submissions(count=CLAIMS_IN_EACH))
    def judged(one: Submission) -> None:
        raw = file_of(one)
        assert complaints(raw) == []
        [read] = read_claims(io.BytesIO(raw))
        assert read.submission == one
        assert read.at == AT
        assert read.notes == ()
        seen.append(len(one.claims))

    judged()
    assert sum(seen) >= 2_000


def test_a_disability_that_ends_before_it_begins_is_no_claim() -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        ClaimDates(disability_began=date(2026, 2, 2), disability_ended=date(2026, 2, 1))


def test_neighbours_share_their_provider_and_subscriber() -> None:
    jo = Patient(
        relationship="19",
        name=PersonName(last="Doe", first="Jo"),
        address=address(),
        birth_date=date(2015, 5, 1),
        sex="M",
    )
    one = submission(
        claim(control_number="C1"),
        claim(control_number="C2"),
        claim(control_number="C3", patient=jo),
        claim(control_number="C4", patient=jo),
    )
    raw = file_of(one)
    assert complaints(raw) == []
    levels = [line.split(b"*")[3] for line in raw.splitlines() if line.startswith(b"HL*")]
    assert levels == [b"20", b"22", b"22", b"23"]
    [read] = read_claims(io.BytesIO(raw))
    assert read.submission == one


def test_a_patient_with_more_than_a_hundred_claims_is_named_again() -> None:
    one = submission(*(claim(control_number=f"C{n}") for n in range(250)))
    raw = file_of(one)
    assert complaints(raw) == []
    assert raw.count(b"SBR*P*18") == 3
    [read] = read_claims(io.BytesIO(raw))
    assert read.submission == one


def test_several_sets_in_one_file_count_their_numbers() -> None:
    raw = written(
        claim_file(
            [submission(), submission(claim(control_number="C9"))],
            ADDRESSING,
            ControlNumbers(interchange=8, group=9, first_set=17),
            AT,
        ),
        line_break="\n",
    )
    assert complaints(raw) == []
    assert [one.header.control_number for one in read_claims(io.BytesIO(raw))] == ["0017", "0018"]


def test_other_delimiters_are_as_good() -> None:
    other = Delimiters("|", "!", ">", "'")
    raw = file_of(submission(), delimiters=other)
    assert complaints(raw) == []
    [read] = read_claims(io.BytesIO(raw))
    assert read.submission == submission()
