"""X12 files that others have written: read without loss, or refused where they are wrong."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from caresmith.x12.acknowledging import (
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    Verdict,
    read_acknowledgements,
)
from caresmith.x12.claims.building import submission_segments
from caresmith.x12.claims.reading import read_claims
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.eligibility.reading import read_eligibility
from caresmith.x12.envelope import Envelope
from caresmith.x12.flaws import FlawCode, X12Refused
from caresmith.x12.reader import SegmentReader
from caresmith.x12.segment import Segment
from caresmith.x12.status.reading import read_statuses
from caresmith.x12.transactions import headers
from caresmith.x12.writer import SegmentMaker, written
from tests.support.pyx12 import acknowledgement, complaints
from tests.support.x12 import read_835

SAMPLES = Path(__file__).with_name("x12")
FILES = sorted(path.name for path in SAMPLES.glob("*__*"))
BROKEN_ENVELOPE = "271_005010X279A1__subscriber-health-benefit-check-error.271"


def raw(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def as_adopted(name: str) -> bytes:
    """An 837 as X222A1, with NPIs whose check digit fits."""
    text = raw(name).replace(b"005010X222A2", b"005010X222A1")
    return re.sub(rb"\*XX\*\d+", b"*XX*1234567893", text)


CLAIMS = [name for name in FILES if name.startswith("837")]
REFUSED_CLAIMS = {
    "837_005010X222A2__demo.cob.example3.A.837": (FlawCode.MISSING_LOOP, 44, "2330B"),
    "837_005010X222A2__demo.example11.837": (FlawCode.BAD_CODE, 21, "separated by :"),
    "837_005010X222A2__demo.example9.837": (FlawCode.BAD_CODE, 20, "separated by :"),
}
REMITTANCES = [name for name in FILES if name.startswith("835")]
REFUSED_REMITTANCES = {
    "835_005010X221A1__cob-contractural-adjustment.835": (FlawCode.MISSING_ELEMENT, 4, "BPR16"),
    "835_005010X221A1__tertiary-payment.835": (FlawCode.MISSING_ELEMENT, 4, "BPR16"),
}


def test_there_are_samples_of_every_kind() -> None:
    kinds = {name[:3] for name in FILES}
    assert kinds == {"270", "271", "276", "277", "835", "837"}
    assert set(REFUSED_CLAIMS) <= set(CLAIMS)
    assert set(REFUSED_REMITTANCES) <= set(REMITTANCES)


@pytest.mark.parametrize("name", [name for name in FILES if name != BROKEN_ENVELOPE])
def test_a_sample_is_written_as_it_was_read(name: str) -> None:
    reader = SegmentReader(io.BytesIO(raw(name)))
    segments = list(Envelope(reader))
    again = written(segments, reader.delimiters, reader.line_break)
    assert again.rstrip() == raw(name).rstrip()
    assert list(SegmentReader(io.BytesIO(again))) == segments


def test_a_set_that_ends_with_another_number_is_refused() -> None:
    with pytest.raises(X12Refused) as caught:
        list(headers(io.BytesIO(raw(BROKEN_ENVELOPE))))
    assert caught.value.flaw.code is FlawCode.CONTROL_NUMBER
    assert str(caught.value.flaw.place) == "SE02 (segment 10, line 10)"


def test_the_271_without_that_slip_says_that_the_request_was_turned_down() -> None:
    [answer] = read_eligibility(io.BytesIO(raw(BROKEN_ENVELOPE).replace(b"*4323~", b"*4321~")))
    assert [(one.reason, one.follow_up) for one in answer.rejections] == [("50", "N")]
    assert answer.people == ()
    assert answer.payer.last == "ABC COMPANY"


@pytest.mark.parametrize("name", REFUSED_REMITTANCES)
def test_a_remittance_that_is_wrong_is_refused_where_it_is(name: str) -> None:
    code, number, text = REFUSED_REMITTANCES[name]
    with pytest.raises(X12Refused) as caught:
        read_835(raw(name))
    flaw = caught.value.flaw
    assert (flaw.code, flaw.place.number) == (code, number)
    assert text in str(flaw)


def test_components_cut_by_another_sign_are_refused_with_the_likely_cause() -> None:
    dated = raw("835_005010X221A1__cob-contractural-adjustment.835").replace(
        b"***********20050318", b"************20050318"
    )
    with pytest.raises(X12Refused) as caught:
        read_835(dated)
    assert str(caught.value).startswith("SVC01-2 (segment 21, line 21): the procedure code is")
    _, [claim], end = read_835(dated.replace(b"HC>", b"HC:"))
    assert [one.amount.cents for one in claim.every_adjustment] == [51600, -900]
    assert end.balances


def test_the_remittance_of_medicare_balances_with_its_provider_adjustment() -> None:
    header, claims, end = read_835(raw("835_005010X221A1__medicare-part-a.835"))
    assert header.trace == "12345"
    assert [one.control_number for one in claims] == ["666123", "777777"]
    assert [one.summary.provider for one in claims if one.summary] == ["6543210903", "6543210909"]
    assert claims[0].inpatient is not None
    assert claims[1].outpatient is not None
    assert claims[1].outpatient.remarks == ("MA02",)
    assert [one.reference for one in end.provider_adjustments] == ["CP"]
    assert end.balances
    assert end.notes == ()


def test_claim_statuses_of_a_pharmacy_and_of_a_receiver_are_read() -> None:
    [of_claim] = read_statuses(io.BytesIO(raw("277_005010X212__claim-level-status-ncpdp.277")))
    [claim] = of_claim.claims
    assert (claim.trace, claim.payer_control_number) == ("ABCXYZ1", "05347006051")
    assert claim.statuses[0].category == "F2"
    [general] = read_statuses(
        io.BytesIO(raw("277_005010X212__information-receiver-level-status.277"))
    )
    assert general.claims == ()
    assert [one.statuses[0].category for one in general.files] == ["E0"]


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_of_no_adopted_guide_are_refused_as_such(name: str) -> None:
    with pytest.raises(X12Refused) as caught:
        list(read_claims(io.BytesIO(raw(name))))
    assert caught.value.flaw.code is FlawCode.VERSION


@pytest.mark.parametrize("name", REFUSED_CLAIMS)
def test_claims_that_pyx12_finds_wrong_are_refused_where_they_are(name: str) -> None:
    assert complaints(as_adopted(name))
    code, number, text = REFUSED_CLAIMS[name]
    with pytest.raises(X12Refused) as caught:
        list(read_claims(io.BytesIO(as_adopted(name))))
    flaw = caught.value.flaw
    assert (flaw.code, flaw.place.number) == (code, number), str(flaw)
    assert text in flaw.reason


def one_day(elements: list[str]) -> list[str]:
    """A period of one day is that day."""
    first, _, last = elements[-1].partition("-")
    if elements[0] == "DTP" and first == last:
        return [*elements[:2], "D8", first]
    return elements


def said(segments: list[Segment]) -> list[list[str]]:
    """Without HL, whose numbers are counted anew, and with amounts as this system writes them.

    NM1 87 has no name; whether it is a person's says nothing and is the biller's here.
    """
    return sorted(
        [re.sub(r"^(-?\d+)\.(\d*?)0*$", _trimmed, element) for element in one_day(segment.elements)]
        for segment in segments
        if segment.id not in {"ISA", "GS", "ST", "SE", "GE", "IEA", "HL", "BHT"}
        and segment.elements[:2] != ["NM1", "87"]
    )


def _trimmed(match: re.Match[str]) -> str:
    whole, fraction = match.groups()
    return f"{'' if whole == '0' and fraction else whole}.{fraction}".rstrip(".")


@pytest.mark.parametrize("name", [name for name in CLAIMS if name not in REFUSED_CLAIMS])
def test_claims_that_pyx12_finds_right_are_read_and_written_as_they_were(name: str) -> None:
    text = as_adopted(name)
    assert complaints(text) == []
    [read] = read_claims(io.BytesIO(text))
    unread = {flaw.place.number for flaw in read.notes}
    before = [one for one in SegmentReader(io.BytesIO(text)) if one.number not in unread]
    after = list(submission_segments(SegmentMaker(Delimiters()), read.submission, read.at))
    assert said(after) == said(before)
    assert {flaw.code for flaw in read.notes} <= {FlawCode.UNSUPPORTED}


def test_only_the_oxygen_claim_has_parts_that_are_not_read() -> None:
    notes = {
        name: {flaw.place.segment_id for flaw in read.notes}
        for name in CLAIMS
        if name not in REFUSED_CLAIMS
        for read in read_claims(io.BytesIO(as_adopted(name)))
    }
    oxygen = "837_005010X222A2__demo.example7.837"
    assert notes.pop(oxygen) == {"CR3", "FRM", "LQ"}
    assert not any(notes.values())


def answered(name: str) -> GroupAcknowledgement:
    """The sample asks for a TA1 as well (ISA14), which pyx12 puts behind its 999."""
    answer = acknowledgement(as_adopted(name))
    group, interchange = read_acknowledgements(io.BytesIO(answer))
    assert isinstance(interchange, InterchangeAcknowledgement)
    assert interchange.control_number == "000000907"
    assert interchange.verdict is InterchangeVerdict.ACCEPTED
    assert isinstance(group, GroupAcknowledgement)
    return group


def test_the_999_with_which_pyx12_accepts_a_file_is_read() -> None:
    group = answered("837_005010X222A2__demo.example2.837")
    assert (group.control_number, group.verdict) == ("1", Verdict.ACCEPTED)
    assert (group.sent, group.received, group.accepted) == (1, 1, 1)


@pytest.mark.parametrize("name", REFUSED_CLAIMS)
def test_the_999_with_which_pyx12_rejects_a_file_tells_the_segment(name: str) -> None:
    group = answered(name)
    assert group.verdict is Verdict.REJECTED
    [one] = group.sets
    assert one.verdict is Verdict.REJECTED
    _, number, _ = REFUSED_CLAIMS[name]
    # IK302 counts from ST, which is the third segment of the file.
    assert number - 2 in {error.position for error in one.errors}
