"""TA1, 999, 277CA and 271 in; 270 and 276 out."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest

from caresmith.money import Money
from caresmith.x12.acknowledging import (
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    Verdict,
    read_acknowledgements,
)
from caresmith.x12.claims.model import REPLACEMENT
from caresmith.x12.eligibility.asking import Asked, Inquiry, inquiry_file
from caresmith.x12.eligibility.reading import read_eligibility
from caresmith.x12.envelope import Party
from caresmith.x12.flaws import FlawCode, X12Refused
from caresmith.x12.segment import Segment
from caresmith.x12.status.asking import Member, StatusInquiry, status_file
from caresmith.x12.status.reading import read_statuses
from caresmith.x12.values import Period, Quantity
from caresmith.x12.writer import Addressing, ControlNumbers
from tests.support.claims import claim
from tests.support.x12 import ISA, file_of

AT = datetime(2026, 11, 27, 9, 5)  # noqa: DTZ001 - a wall clock
ADDRESSING = Addressing(Party("ZZ", "CLINIC"), Party("ZZ", "PAYER"), "CLINIC", "PAYER")
DAY = Period(date(2026, 11, 2), date(2026, 11, 2))

REJECTION_999 = (
    "AK1*HC*42*005010X222A1",
    "AK2*837*0001*005010X222A1",
    "IK3*CLM*19*2300*8",
    "CTX*CLM01:C1",
    "IK4*5:3*1325*7*9",
    "IK5*R*5",
    "AK2*837*0002*005010X222A1",
    "IK5*A",
    "AK9*P*2*2*1",
)
CLAIMS_277CA = (
    "BHT*0085*08*R1*20261127*1008*TH",
    "HL*1**20*1",
    "NM1*PR*2*PAYER*****PI*12345",
    "TRN*1*R1",
    "DTP*050*D8*20261127",
    "DTP*009*D8*20261127",
    "HL*2*1*21*1",
    "NM1*41*2*CLINIC*****46*SUB1",
    "TRN*2*B1",
    "STC*A1:19:PR*20261127*WQ*250",
    "QTY*90*1",
    "QTY*AA*1",
    "AMT*YU*100",
    "AMT*YY*150",
    "HL*3*2*19*1",
    "NM1*85*2*CLINIC*****XX*1234567893",
    "TRN*1*0",
    "HL*4*3*PT",
    "NM1*QC*1*DOE*JANE****MI*M1",
    "TRN*2*C1",
    "STC*A2:20:PR*20261127*WQ*100",
    "REF*1K*ICN1",
    "DTP*472*D8*20261102",
    "HL*5*3*PT",
    "NM1*QC*1*ROE*JO****MI*M2",
    "TRN*2*C2",
    "STC*A7:562:85*20261127*U*150******A3:21",
    "DTP*472*D8*20261102",
)
BENEFITS_271 = (
    "BHT*0022*11*Q1*20261127*1319",
    "HL*1**20*1",
    "NM1*PR*2*PAYER*****PI*12345",
    "PER*IC*HELP*TE*8005551212",
    "HL*2*1*21*1",
    "NM1*1P*2*CLINIC*****XX*1234567893",
    "HL*3*2*22*0",
    "TRN*2*T1*1123456789",
    "NM1*IL*1*DOE*JANE****MI*M1",
    "DMG*D8*19800229*F",
    "DTP*346*D8*20260101",
    "EB*1**30^98**GOLD PLAN",
    "EB*B*IND*98*HM**27*25*****Y",
    "MSG*PER VISIT",
    "EB*A*IND*30***27**.2",
    "EB*C*IND*30***29*412.5",
    "LS*2120",
    "NM1*P3*1*JONES*MARCUS****XX*1999999976",
    "LE*2120",
)


def answer_999(body: tuple[str, ...] = REJECTION_999) -> GroupAcknowledgement:
    raw = file_of(body, kind="999", group="FA", version="005010X231A1")
    [read] = read_acknowledgements(io.BytesIO(raw))
    assert isinstance(read, GroupAcknowledgement)
    return read


def test_a_999_tells_which_element_of_which_segment_of_which_set_is_wrong() -> None:
    group = answer_999()
    assert (group.control_number, group.verdict) == ("42", Verdict.PARTLY)
    assert (group.sent, group.received, group.accepted) == (2, 2, 1)
    rejected, accepted = group.sets
    assert (rejected.verdict, accepted.verdict) == (Verdict.REJECTED, Verdict.ACCEPTED)
    assert accepted.verdict.accepted
    [error] = rejected.errors
    assert (error.segment, error.position, error.loop) == ("CLM", 19, "2300")
    assert error.context == ("CLM01:C1",)
    [element] = error.elements
    assert (element.element, element.component, element.code) == (5, 3, "7")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("IK5*R*5", "IK5*Z*5", FlawCode.BAD_CODE),
        ("IK5*A", "CTX*X", FlawCode.MISSING_SEGMENT),
        ("AK9*P*2*2*1", "AK9*P*2*2*3", FlawCode.COUNT),
        ("IK4*5:3*1325*7*9", "IK4*x*1325*7*9", FlawCode.BAD_NUMBER),
        ("AK1*HC*42*005010X222A1", "AK1*HC", FlawCode.MISSING_ELEMENT),
    ],
)
def test_a_999_that_is_not_certain_is_refused(old: str, new: str, code: FlawCode) -> None:
    with pytest.raises(X12Refused) as caught:
        answer_999(tuple(new if one == old else one for one in REJECTION_999))
    assert caught.value.flaw.code is code


def test_a_ta1_answers_an_interchange() -> None:
    raw = f"{ISA}~TA1*000000907*261126*0905*R*022~IEA*0*000000001~".encode()
    [read] = read_acknowledgements(io.BytesIO(raw))
    assert isinstance(read, InterchangeAcknowledgement)
    assert (read.control_number, read.verdict) == ("000000907", InterchangeVerdict.REJECTED)
    assert read.code == "022"


def test_a_277ca_tells_of_the_file_and_of_each_claim() -> None:
    raw = file_of(CLAIMS_277CA, kind="277", group="HN", version="005010X214")
    [report] = read_statuses(io.BytesIO(raw))
    assert report.acknowledgement
    [whole] = report.files
    assert (whole.trace, whole.rejected) == ("B1", False)
    assert (whole.totals.accepted, whole.totals.rejected) == (Quantity.of(1), Quantity.of(1))
    assert whole.totals.rejected_charge == Money(15000)
    accepted, rejected = report.claims
    assert (accepted.trace, accepted.payer_control_number) == ("C1", "ICN1")
    assert not accepted.rejected
    assert rejected.rejected
    assert [one.code for one in rejected.statuses[0].codes] == ["562", "21"]
    assert rejected.patient.last == "ROE"
    assert report.notes == ()


def test_a_claim_below_another_provider_than_it_says_is_refused() -> None:
    wrong = tuple(one.replace("HL*5*3*PT", "HL*5*2*PT") for one in CLAIMS_277CA)
    raw = file_of(wrong, kind="277", group="HN", version="005010X214")
    with pytest.raises(X12Refused) as caught:
        list(read_statuses(io.BytesIO(raw)))
    assert caught.value.flaw.code is FlawCode.HIERARCHY


def test_a_271_tells_what_is_covered_and_what_a_patient_pays() -> None:
    raw = file_of(BENEFITS_271, kind="271", group="HB", version="005010X279A1")
    [answer] = read_eligibility(io.BytesIO(raw))
    [person] = answer.people
    assert person.active
    assert (person.trace, person.birth_date, person.sex) == ("T1", date(1980, 2, 29), "F")
    active, copay, coinsurance, deductible = person.benefits
    assert active.service_types == ("30", "98")
    assert (copay.amount, copay.in_network, copay.messages) == (Money(2500), "Y", ("PER VISIT",))
    assert coinsurance.percent == Quantity(200)
    assert (deductible.time_period, deductible.amount) == ("29", Money(41250))
    assert [one.name.last for one in deductible.entities] == ["JONES"]
    assert answer.notes == ()


def bodies(segments: list[Segment]) -> list[str]:
    return ["*".join(one.elements) for one in segments][2:-2]


def test_a_270_asks_for_a_dependent_below_the_subscriber() -> None:
    inquiry = Inquiry(
        payer_name="PAYER",
        payer_id="12345",
        provider_name="CLINIC",
        provider_npi="1234567893",
        trace="T1",
        trace_originator="1123456789",
        subscriber=Asked("DOE", "JANE", member_id="M1"),
        dependent=Asked("DOE", "JO", date(2015, 5, 1), "M"),
        relationship="19",
        dates=DAY,
        service_types=("30", "98"),
    )
    segments = list(inquiry_file([inquiry], ADDRESSING, ControlNumbers(7, 8), AT, "Q1"))
    assert bodies(segments) == [
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*Q1*20261127*0905",
        "HL*1**20*1",
        "NM1*PR*2*PAYER*****PI*12345",
        "HL*2*1*21*1",
        "NM1*1P*2*CLINIC*****XX*1234567893",
        "HL*3*2*22*1",
        "NM1*IL*1*DOE*JANE****MI*M1",
        "HL*4*3*23*0",
        "TRN*1*T1*1123456789",
        "NM1*03*1*DOE*JO",
        "DMG*D8*20150501*M",
        "INS*N*19",
        "DTP*291*D8*20261102",
        "EQ*30^98",
        "SE*16*0001",
    ]


def test_a_276_asks_for_one_claim() -> None:
    inquiry = StatusInquiry(
        payer_name="PAYER",
        payer_id="12345",
        receiver_name="CLINIC",
        receiver_id="SUB1",
        provider_name="CLINIC",
        provider_npi="1234567893",
        trace="T1",
        subscriber=Member("DOE", "JANE", date(1980, 2, 29), "F", "M1"),
        dates=DAY,
        charge=Money(15000),
        control_number="C1",
    )
    segments = list(status_file([inquiry], ADDRESSING, ControlNumbers(7, 8), AT, "Q1"))
    assert bodies(segments)[8:] == [
        "HL*4*3*22*0",
        "DMG*D8*19800229*F",
        "NM1*IL*1*DOE*JANE****MI*M1",
        "TRN*1*T1",
        "REF*EJ*C1",
        "AMT*T3*150",
        "DTP*472*D8*20261102",
        "SE*16*0001",
    ]


def test_a_replacement_without_the_number_of_what_it_replaces_is_no_claim() -> None:
    with pytest.raises(ValueError, match="REF F8"):
        claim(frequency=REPLACEMENT)


def test_an_ambulance_claim_is_said_to_be_unsupported() -> None:
    with pytest.raises(ValueError, match="ambulance claims are not supported"):
        claim(place_of_service="41")
