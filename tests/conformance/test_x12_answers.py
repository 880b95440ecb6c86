"""What a payer answers, written: read again it is the same, and pyx12 finds no fault with it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caresmith.x12.acknowledging import read_acknowledgements
from caresmith.x12.acknowledging.building import acknowledgement_file
from caresmith.x12.acknowledging.model import Acknowledgement
from caresmith.x12.eligibility.asking import Asked, Inquiry, inquiry_file
from caresmith.x12.eligibility.building import response_file
from caresmith.x12.eligibility.inquiries import read_inquiries
from caresmith.x12.eligibility.model import EligibilityResponse
from caresmith.x12.eligibility.reading import read_eligibility
from caresmith.x12.envelope import Header
from caresmith.x12.reader import SegmentReader
from caresmith.x12.remittance.building import Remittance, remittance_file
from caresmith.x12.remittance.model import ClaimPayment, PaymentEnd, PaymentHeader
from caresmith.x12.remittance.reading import read_remittances
from caresmith.x12.segment import Segment
from caresmith.x12.status.asking import Member, StatusInquiry, status_file
from caresmith.x12.status.building import report_file
from caresmith.x12.status.inquiries import read_status_inquiries
from caresmith.x12.status.model import StatusReport
from caresmith.x12.status.reading import read_statuses
from caresmith.x12.writer import Addressing, ControlNumbers, written
from tests.support.pyx12 import complaints
from tests.support.x12 import remittance
from tests.support.x12_models import (
    ADDRESSING,
    AT,
    NPI,
    NUMBERS,
    days,
    group_answers,
    interchange_answers,
    maybe,
    money,
    periods,
    remittances,
    reports,
    responses,
    texts,
)

SAMPLES = Path(__file__).with_name("x12")
often = settings(
    max_examples=60,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # what fails is told whole: shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def gathered(raw: bytes) -> list[Remittance]:
    found: list[Remittance] = []
    claims: list[ClaimPayment] = []
    for piece in read_remittances(io.BytesIO(raw)):
        if isinstance(piece, PaymentHeader):
            claims = []
        elif isinstance(piece, ClaimPayment):
            claims.append(piece)
        else:
            assert isinstance(piece, PaymentEnd)
            assert piece.balances, piece.imbalances
            found.append(Remittance(piece.header, tuple(claims), piece.provider_adjustments))
    return found


def of_header(header: Header) -> tuple[Addressing, ControlNumbers]:
    """The envelope in which a file came, to be written again."""
    one, group = header.interchange, header.group
    addressing = Addressing(
        one.sender, one.receiver, group.sender, group.receiver, one.test, one.wants_ta1
    )
    numbers = (int(one.control_number), int(group.control_number), int(header.control_number))
    return addressing, ControlNumbers(*numbers)


@often
@given(remittances(1), remittances(2))
def test_remittances_that_are_written_are_read_as_the_same(
    one: Remittance, two: Remittance
) -> None:
    raw = written(remittance_file([one, two], ADDRESSING, NUMBERS, AT), line_break="\n")
    assert gathered(raw) == [one, two]
    # X221A1 lets PLB repeat without end; pyx12's map takes a second for another footer.
    assert [found for found in complaints(raw) if "Loop FOOTER" not in found] == []


@often
@given(st.lists(interchange_answers(), max_size=2), group_answers(1), group_answers(2))
def test_acknowledgements_that_are_written_are_read_as_the_same(
    loose: list[Acknowledgement], one: Acknowledgement, two: Acknowledgement
) -> None:
    raw = written(acknowledgement_file([*loose, one, two], ADDRESSING, NUMBERS, AT))
    assert list(read_acknowledgements(io.BytesIO(raw))) == [*loose, one, two]
    assert complaints(raw) == []


@given(interchange_answers())
def test_a_ta1_may_come_alone(one: Acknowledgement) -> None:
    raw = written(acknowledgement_file([one], ADDRESSING, NUMBERS, AT))
    assert list(read_acknowledgements(io.BytesIO(raw))) == [one]


@often
@given(reports(True, 1), reports(True, 2))
def test_claim_acknowledgements_that_are_written_are_read_as_the_same(
    one: StatusReport, two: StatusReport
) -> None:
    raw = written(report_file([one, two], ADDRESSING, NUMBERS, AT), line_break="\n")
    assert list(read_statuses(io.BytesIO(raw))) == [one, two]
    assert complaints(raw) == []


@often
@given(reports(False, 1), reports(False, 2))
def test_claim_statuses_that_are_written_are_read_as_the_same(
    one: StatusReport, two: StatusReport
) -> None:
    raw = written(report_file([one, two], ADDRESSING, NUMBERS, AT), line_break="\n")
    assert list(read_statuses(io.BytesIO(raw))) == [one, two]


@often
@given(responses(1), responses(2))
def test_benefits_that_are_written_are_read_as_the_same(
    one: EligibilityResponse, two: EligibilityResponse
) -> None:
    raw = written(response_file([one, two], ADDRESSING, NUMBERS, AT), line_break="\n")
    assert list(read_eligibility(io.BytesIO(raw))) == [one, two]


def test_the_judge_finds_what_is_wrong() -> None:
    raw = remittance()
    assert complaints(raw) == []
    for old, new in ((b"CLP*C1*1*", b"CLP*C1*99*"), (b"SVC*HC", b"SVC*ZZ"), (b"TRN*1", b"TRN*9")):
        assert old in raw
        assert complaints(raw.replace(old, new)), new


def test_reports_of_two_kinds_or_of_two_sources_are_not_written_together() -> None:
    def refused(*every: StatusReport) -> None:
        with pytest.raises(ValueError, match="277"):
            list(report_file(every, ADDRESSING, NUMBERS, AT))

    @settings(max_examples=1, database=None)
    @given(reports(True, 1), reports(False, 2))
    def tried(one: StatusReport, two: StatusReport) -> None:
        refused(one, two)

    tried()


def same(raw: bytes, segments: list[Segment]) -> None:
    """But for zeros behind a point, and the passwords of ISA, which are neither read nor sent."""
    before = list(SegmentReader(io.BytesIO(raw)))
    assert [_plain(one) for one in segments[1:]] == [_plain(one) for one in before[1:]]


def _plain(one: Segment) -> list[str]:
    return [re.sub(r"^(-?\d+)\.(\d*?)0*$", r"\1.\2", text).rstrip(".") for text in one.elements]


def test_a_remittance_of_others_is_written_as_it_came() -> None:
    raw = (SAMPLES / "835_005010X221A1__medicare-part-a.835").read_bytes()
    [one] = gathered(raw)
    addressing, numbers = of_header(one.header.header)
    segments = list(remittance_file([one], addressing, numbers, one.header.header.interchange.at))
    same(raw, segments)


@pytest.mark.parametrize(
    "name",
    [
        "277_005010X212__claim-level-status-ncpdp.277",
        "277_005010X212__information-receiver-level-status.277",
    ],
)
def test_statuses_of_others_are_written_as_they_came(name: str) -> None:
    raw = (SAMPLES / name).read_bytes()
    [one] = read_statuses(io.BytesIO(raw))
    addressing, numbers = of_header(one.header)
    same(raw, list(report_file([one], addressing, numbers, one.header.interchange.at)))


def test_a_rejected_question_of_others_is_written_as_it_came() -> None:
    name = "271_005010X279A1__subscriber-health-benefit-check-error.271"
    raw = (SAMPLES / name).read_bytes().replace(b"*4323~", b"*4321~")
    [one] = read_eligibility(io.BytesIO(raw))
    addressing, numbers = of_header(one.header)
    same(raw, list(response_file([one], addressing, numbers, one.header.interchange.at)))


def test_a_payer_reads_the_questions_that_others_ask() -> None:
    raw = (SAMPLES / "270_005010X279A1__subscriber-health-benefit-check.270").read_bytes()
    [asked] = read_inquiries(io.BytesIO(raw))
    assert (asked.reference, asked.inquiry.trace) == ("10001234", "93175-012547")
    assert asked.inquiry.subscriber.member_id == "11122333301"
    assert asked.inquiry.service_types == ("30",)
    name = "276_005010X212__claim-level-status-ncpdp.276"
    [status] = read_status_inquiries(io.BytesIO((SAMPLES / name).read_bytes()))
    assert (status.reference, status.inquiry.trace) == ("ABC276XXX", "ABCXYZ1")
    assert [str(flaw.place) for flaw in status.notes] == ["REF (segment 15, line 15)"]


asked = st.builds(
    Asked,
    last=texts(20),
    first=texts(10),
    birth_date=days,
    sex=st.sampled_from(["", "M", "F"]),
    middle=texts(3) | st.just(""),
    member_id=texts(12, 2),
)
inquiries = st.builds(
    Inquiry,
    payer_name=st.just("PAYER"),
    payer_id=st.just("12345"),
    provider_name=texts(20),
    provider_first=texts(9) | st.just(""),
    provider_npi=st.just(NPI),
    trace=texts(30),
    trace_originator=st.just("1123456789"),
    subscriber=asked,
    dependent=maybe(asked.map(lambda one: Asked(one.last, one.first, one.birth_date, one.sex))),
    dates=maybe(periods),
    service_types=st.lists(
        st.sampled_from(["30", "98", "UC"]), min_size=1, max_size=3, unique=True
    ).map(tuple),
)


@often
@given(st.lists(inquiries, min_size=1, max_size=3))
def test_a_270_that_is_asked_is_read_as_the_same(every: list[Any]) -> None:
    raw = written(inquiry_file(every, ADDRESSING, NUMBERS, AT, "Q1"))
    read = list(read_inquiries(io.BytesIO(raw)))
    assert [one.inquiry for one in read] == every
    assert [one.notes for one in read] == [()] * len(every)


members = st.builds(
    Member, last=texts(20), first=texts(9), birth_date=days, sex=st.sampled_from(["M", "F"])
)
insured = members.map(lambda one: Member(one.last, one.first, one.birth_date, one.sex, "M1"))
status_inquiries = st.builds(
    StatusInquiry,
    payer_name=st.just("PAYER"),
    payer_id=st.just("12345"),
    receiver_name=texts(20),
    receiver_id=texts(9, 2),
    provider_name=texts(20),
    provider_npi=st.just(NPI),
    trace=texts(30),
    subscriber=insured,
    dates=periods,
    charge=money,
    payer_control_number=texts(20) | st.just(""),
    control_number=texts(20) | st.just(""),
) | st.builds(
    StatusInquiry,
    payer_name=st.just("PAYER"),
    payer_id=st.just("12345"),
    receiver_name=texts(20),
    receiver_id=texts(9, 2),
    provider_name=texts(20),
    provider_npi=st.just(NPI),
    trace=texts(30),
    subscriber=insured.map(lambda one: Member(one.last, one.first, member_id="M1")),
    dates=periods,
    charge=money,
    dependent=members,
)


@often
@given(st.lists(status_inquiries, min_size=1, max_size=3))
def test_a_276_that_is_asked_is_read_as_the_same(every: list[Any]) -> None:
    raw = written(status_file(every, ADDRESSING, NUMBERS, AT, "Q1"))
    read = list(read_status_inquiries(io.BytesIO(raw)))
    assert [one.inquiry for one in read] == every
    assert [one.notes for one in read] == [()] * len(every)
