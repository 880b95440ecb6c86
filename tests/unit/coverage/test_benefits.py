"""What a 271 says, as a person reads it: whatever order it is written in, nothing is lost."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caresmith.money import Money
from functions.coverage.answering import NotAnswered, read_answer
from functions.coverage.benefits import Benefits
from functions.coverage.rejections import ADVICE, temporary
from tests.support.payer_desk import answer_271
from tests.support.x12 import file_of

DAY = dt.date(2026, 11, 27)
TRACE = "T1"


def said(*lines: str, name: tuple[str, ...] = (), day: dt.date = DAY) -> Benefits:
    body = [
        "HL*1**20*1",
        "NM1*PR*2*PAYER*****PI*12345",
        "HL*2*1*21*1",
        "NM1*1P*2*SMALL*****XX*1234567893",
        "HL*3*2*22*0",
        f"TRN*2*{TRACE}*9234567893",
        "NM1*IL*1*DOE*JANE****MI*M1",
        *name,
        *lines,
    ]
    return read_answer(answer_271(body), TRACE, day)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("EB*1**30",), "active"),
        (("EB*1",), "active"),
        (("EB*6**30",), "inactive"),
        (("EB*7**30",), "inactive"),
        # Dental is out, medical is in: the plan as a whole counts.
        (("EB*6**35", "EB*1**30"), "active"),
        (("EB*1**35", "EB*6**30"), "inactive"),
        # Nothing of the plan as a whole: whatever is active.
        (("EB*6**35", "EB*1**98"), "active"),
        (("EB*D**30",), "unclear"),
        ((), "unclear"),
        (("EB*1**30", "DTP*291*RD8*20250101-20251231"), "inactive"),
        (("EB*1**30", "DTP*347*D8*20261126"), "inactive"),
        (("EB*1**30", "DTP*347*D8*20261127"), "active"),
        (("EB*1**30", "DTP*346*D8*20261201"), "inactive"),
        (("EB*1**30", "DTP*291*D8*20260101"), "active"),
        # The end of another service is not the plan's.
        (("EB*1**30", "EB*1**35", "DTP*347*D8*20250101"), "active"),
    ],
)
def test_whether_it_is_active(lines: tuple[str, ...], status: str) -> None:
    assert said(*lines).status == status


def test_dates_of_the_person_are_the_plan_s() -> None:
    found = said("EB*1**30", name=("DTP*346*D8*20260101", "DTP*347*D8*20261231"))
    assert (found.begins, found.ends) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_plan_group_and_primary_care() -> None:
    found = said(
        "EB*1*IND*30*HM*GOLD HMO",
        "REF*6P*G77*ACME WORKERS",
        "EB*L",
        "LS*2120",
        "NM1*P3*1*JONES*MARCUS****XX*1999999976",
        "PER*IC**TE*3125550100",
        "LE*2120",
    )
    assert (found.plan, found.insurance) == ("GOLD HMO", "HM")
    assert (found.group_number, found.group_name) == ("G77", "ACME WORKERS")
    [doctor] = found.primary_care
    assert (doctor.name, doctor.phone) == ("MARCUS JONES", "3125550100")


def test_copay_and_coinsurance_by_service_and_network() -> None:
    found = said(
        "EB*1**30",
        "EB*B*IND*98***27*25*****Y",
        "EB*B*IND*98***27*60*****N",
        "MSG*AFTER DEDUCTIBLE",
        "EB*A*IND*UC***27**.125****W",
    )
    copays = [(one.about.network, one.amount, one.about.notes) for one in found.copays]
    assert copays == [("in", Money(2500), ()), ("out", Money(6000), ("AFTER DEDUCTIBLE",))]
    [share] = found.coinsurance
    assert (share.percent, share.about.services, share.about.network) == ("12.5", ("UC",), "both")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("EB*C*IND*30***23*1500", "EB*C*IND*30***29*400"), (150000, 110000, 40000)),
        (("EB*C*IND*30***29*400", "EB*C*IND*30***23*1500"), (150000, 110000, 40000)),
        (("EB*C*IND*30***23*1500", "EB*C*IND*30***24*200"), (150000, 20000, 130000)),
        (("EB*C*IND*30***23*1500",), (150000, None, None)),
        (("EB*C*IND*30***29*0",), (None, None, 0)),
        # More used than there is: nothing is left, not less.
        (("EB*C*IND*30***23*100", "EB*C*IND*30***24*200"), (10000, 20000, 0)),
    ],
)
def test_a_deductible_in_total_used_and_left(
    lines: tuple[str, ...], expected: tuple[int | None, ...]
) -> None:
    [found] = said("EB*1**30", *lines).deductibles
    cents = tuple(
        None if one is None else one.cents for one in (found.total, found.used, found.left)
    )
    assert cents == expected


def test_individual_and_family_in_and_out_of_network_are_four_things() -> None:
    lines = [
        f"EB*{kind}*{level}*30***{period}*{amount}*****{network}"
        for kind in "CG"
        for level in ("IND", "FAM")
        for network in "YN"
        for period, amount in (("23", 1000), ("29", 300))
    ]
    found = said("EB*1**30", *lines)
    assert len(found.deductibles) == len(found.out_of_pocket) == 4
    assert {one.left for one in found.deductibles} == {Money(30000)}
    assert len({(one.about.level, one.about.network) for one in found.deductibles}) == 4


def test_two_totals_of_one_thing_are_both_shown_and_nothing_is_reckoned() -> None:
    found = said("EB*1**30", "EB*C*IND*30***23*100", "EB*C*IND*30***25*200", "EB*C*IND*30***29*50")
    assert [one.total for one in found.deductibles if one.total] == [Money(10000), Money(20000)]
    assert [one.left for one in found.deductibles if one.left] == [Money(5000)]


def test_visits_left_by_eb_and_by_hsd() -> None:
    found = said(
        "EB*1**30",
        "EB*F**PT***23***VS*20",
        "EB*F**PT***29***VS*12",
        "EB*F**AE",
        "HSD*VS*30***23",
    )
    by_service = {one.about.services: one for one in found.counts}
    therapy = by_service["PT",]
    assert (therapy.total, therapy.left, therapy.unit) == ("20", "12", "visits")
    assert by_service["AE",].total == "30"


def test_authorization_exclusions_other_insurance_and_messages() -> None:
    found = said(
        "EB*1**30",
        "EB*A*IND*62***27**.2***Y*Y",
        "EB*I**35",
        "EB*R**30*C1",
        "REF*1W*OTHER9",
        "MSG*SPOUSE WORKS",
        "LS*2120",
        "NM1*PRP*2*OTHER HEALTH*****PI*777",
        "LE*2120",
        "EB*P",
        "MSG*NOT A GUARANTEE OF PAYMENT",
    )
    assert found.needs_authorization == ("62",)
    assert [one.about.services for one in found.not_covered] == [("35",)]
    [other] = found.others
    assert (other.name, other.turn, other.member_id) == ("OTHER HEALTH", "PRP", "OTHER9")
    assert found.remarks[0].about.notes == ("NOT A GUARANTEE OF PAYMENT",)


# -- invariants ------------------------------------------------------------------------

_SERVICE = st.sampled_from(["30", "98", "UC", "PT", "MH", "30^98", ""])
_BENEFIT = st.builds(
    "EB*{}*{}*{}***{}*{}*{}****{}".format,
    st.sampled_from(list("1ABCDFGILPRUX")),
    st.sampled_from(["IND", "FAM", ""]),
    _SERVICE,
    st.sampled_from(["23", "27", "29", "24", ""]),
    st.sampled_from(["", "25", "1500.5", "0"]),
    st.sampled_from(["", ".2", "1"]),
    st.sampled_from(["Y", "N", "W", "U", ""]),
)
_LINES = st.lists(st.tuples(_BENEFIT, st.booleans()).map(lambda one: (one[0], one[1])), max_size=14)


def _blocks(drawn: list[tuple[str, bool]]) -> list[tuple[str, ...]]:
    return [
        (line, f"MSG*NOTE {number}") if noted else (line,)
        for number, (line, noted) in enumerate(drawn)
    ]


@settings(max_examples=150, deadline=None)
@given(_LINES, st.randoms(use_true_random=False))
def test_the_order_of_a_payer_s_segments_changes_nothing(
    drawn: list[tuple[str, bool]], rng: random.Random
) -> None:
    blocks = _blocks(drawn)
    shuffled = rng.sample(blocks, len(blocks))
    one = said(*(line for block in blocks for line in block))
    other = said(*(line for block in shuffled for line in block))
    assert one == other


@settings(max_examples=150, deadline=None)
@given(_LINES)
def test_no_message_and_no_amount_of_a_payer_is_lost(drawn: list[tuple[str, bool]]) -> None:
    blocks = _blocks(drawn)
    found = said(*(line for block in blocks for line in block))
    shown = found.model_dump_json()
    for block in blocks:
        if len(block) > 1:
            assert block[1].removeprefix("MSG*") in shown, block
    for one in (*found.deductibles, *found.out_of_pocket):
        assert one.total is not None or one.used is not None or one.left is not None
        if one.left is not None:
            assert one.left.cents >= 0


# -- whose answer it is ----------------------------------------------------------------


def _body(*lines: str) -> bytes:
    start = ["HL*1**20*1", "NM1*PR*2*PAYER*****PI*12345", "HL*2*1*21*1"]
    return answer_271([*start, "NM1*1P*2*SMALL*****XX*1234567893", *lines])


TWO = (
    "HL*3*2*22*0",
    "TRN*2*OTHER*9234567893",
    "NM1*IL*1*ROE*JO****MI*M2",
    "EB*6**30",
    "HL*4*2*22*0",
    "TRN*2*T1*9234567893",
    "NM1*IL*1*DOE*JANE****MI*M1",
    "EB*1**30",
)


def test_of_several_people_the_one_with_our_trace_is_meant() -> None:
    assert read_answer(_body(*TWO), TRACE, DAY).status == "active"
    assert read_answer(_body(*TWO), "OTHER", DAY).status == "inactive"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_body(*TWO), "another-answer"),
        (_body("HL*3*2*22*0", "TRN*2*X*9234567893", "NM1*IL*1*ROE", "EB*1"), "another-answer"),
        (_body(), "another-answer"),
        (b"", "garbled"),
        (b"ISA*00*", "garbled"),
        (b"{}", "garbled"),
        (_body(*TWO)[:-40], "garbled"),
        (_body(*TWO).replace(b"EB*6", b"EB*"), "garbled"),
        (
            file_of(
                ["AK1*HS*1*005010X279A1", "AK9*R*1*1*0"],
                kind="999",
                group="FA",
                version="005010X231A1",
            ),
            "not-understood",
        ),
    ],
)
def test_what_is_no_answer_to_our_question_is_none(raw: bytes, reason: str) -> None:
    with pytest.raises(NotAnswered) as refused:
        read_answer(raw, "ELSEWHERE", DAY)
    assert refused.value.reason == reason


def test_an_answer_without_any_trace_is_taken_where_it_is_of_one_person_alone() -> None:
    alone = _body("HL*3*2*22*0", "NM1*IL*1*DOE*JANE", "EB*1**30")
    assert read_answer(alone, TRACE, DAY).status == "active"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_answer_is_refused_or_read_and_never_breaks(data: Any) -> None:
    raw = bytearray(_body(*TWO))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(NotAnswered):
        assert read_answer(bytes(raw), TRACE, DAY).status in ("active", "inactive", "unclear")


# -- rejections ------------------------------------------------------------------------


def rejections(*codes: str) -> Any:
    lines = tuple(f"AAA*N**{code.partition('/')[0]}*{code.partition('/')[2]}" for code in codes)
    return said(name=lines).rejections


def test_each_reason_has_its_sentence_and_a_next_step() -> None:
    for code, advice in ADVICE.items():
        assert len(code) == 2
        assert advice.says.endswith(".")
        assert advice.do.endswith(".")


def test_an_unknown_reason_is_told_as_one() -> None:
    [one] = rejections("ZQ/C")
    assert (one.reason, one.says) == ("ZQ", "It does not answer.")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("42/R",), True),
        (("80/P", "42/W"), True),
        (("42/N",), False),
        (("42/R", "72/C"), False),
        (("72/C",), False),
    ],
)
def test_only_not_now_is_worth_asking_again(codes: tuple[str, ...], expected: bool) -> None:
    assert temporary(list(rejections(*codes))) is expected
