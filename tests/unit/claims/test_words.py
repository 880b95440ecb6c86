"""Answers in plain words, and what is to be done about each."""

from __future__ import annotations

import pytest

from functions.claims.answers.words import explained, next_step


@pytest.mark.parametrize(
    ("source", "code", "text", "do"),
    [
        ("277CA", "A2:20", "Accepted for adjudication: accepted for processing", ""),
        ("277CA", "A7:562:85", "billing provider: NPI", "enrolled"),
        ("277CA", "A3:33:IL", "subscriber: the subscriber and the id", "Verify the coverage"),
        ("277CA", "A8:125:QC", "patient: name", "Verify the coverage"),
        ("277CA", "A7:500:77", "place of service: ZIP code", "set-up"),
        ("277CA", "A3:718", "it came too late", "proof"),
        ("277", "D0:35", "The payer found no such claim", "Compare member id"),
        ("277", "F2:104", "Decided: denied", ""),
        ("277", "R4:294", "documents", "Send what the payer asks for"),
        ("999", "NM109:1", "NM109 is missing", "Correct it"),
        ("999", "CLM05-3:I6", "CLM05-3 is a code that is not used here", "Correct it"),
        ("999", "SV1:3", "SV1 is missing", "Correct it"),
        ("999", "IK5:4", "count of segments", "clearinghouse"),
        ("TA1", "TA1:025", "used before", "clearinghouse"),
        ("277CA", "A7:99999", "code 99999", ""),
    ],
)
def test_a_code_is_explained(source: str, code: str, text: str, do: str) -> None:
    told = explained(source, code)
    assert text in told.text
    assert do in told.do
    assert bool(told.do) == bool(do)


def test_a_claim_that_was_refused_with_others_is_only_sent_again() -> None:
    assert "send it again" in next_step("999", ())
    assert "NPI" in next_step("277CA", ("A1:19", "A7:562:82"))
