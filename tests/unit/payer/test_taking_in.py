"""TA1, 999 and 277CA: what is taken in, and what is turned away and where."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caresmith.money import Money
from caresmith.x12.acknowledging import (
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    Verdict,
)
from caresmith.x12.status.model import StatusCode
from caresmith.x12.values import Quantity
from scripts.payer.envelopes import Unanswerable
from scripts.payer.house import House, OtherBytes
from scripts.payer.rules import MemberRule
from scripts.payer.store import Store
from tests.support.claims import claim
from tests.support.payers import (
    TODAY,
    acknowledgements,
    corrected,
    file_of,
    house,
    member,
    raws,
    receipts,
    rules,
    send,
    visit,
)


def group(of: House) -> GroupAcknowledgement:
    [one] = acknowledgements(of)
    assert isinstance(one, GroupAcknowledgement)
    return one


def interchange(of: House) -> InterchangeAcknowledgement:
    one = acknowledgements(of, "ta1")[-1]
    assert isinstance(one, InterchangeAcknowledgement)
    return one


def codes(of: House) -> list[tuple[str, ...]]:
    """Of each claim of the last 277CA."""
    return [
        tuple(f"{code.category}:{code.code}:{code.entity}".rstrip(":") for code in one.codes)
        for claim in receipts(of)[-1].claims
        for one in claim.statuses
    ]


def test_a_file_is_accepted_and_each_claim_gets_its_number() -> None:
    payers = house()
    send(payers, claim(), claim(control_number="C2", subscriber=member("M2")))
    answer = group(payers)
    assert (answer.verdict, answer.accepted) == (Verdict.ACCEPTED, 1)
    assert [one.verdict for one in answer.sets] == [Verdict.ACCEPTED]
    [report] = receipts(payers)
    [whole] = report.files
    assert (whole.trace, whole.totals.accepted) == ("B1", Quantity.of(2))
    assert whole.totals.accepted_charge == Money(30_000)
    assert [one.trace for one in report.claims] == ["C1", "C2"]
    assert codes(payers) == [("A2:20:PR",), ("A2:20:PR",)]
    numbers = {one.payer_control_number for one in report.claims}
    assert len(numbers - {""}) == 2
    assert raws(payers, "ta1") == []


def test_a_ta1_comes_where_it_is_asked_for() -> None:
    payers = house()
    raw = file_of(claim()).replace(b"*0*P*:", b"*1*P*:")
    payers.take("asked", raw)
    assert interchange(payers).verdict is InterchangeVerdict.ACCEPTED
    assert group(payers).verdict is Verdict.ACCEPTED


def test_the_same_file_twice_is_known_and_another_of_its_name_is_not_taken() -> None:
    payers = house()
    raw = file_of(claim())
    assert payers.take("a", raw)
    assert not payers.take("a", raw)
    with pytest.raises(OtherBytes):
        payers.take("a", file_of(claim()))
    assert len(payers.files()) == 2
    assert payers.take("b", raw), "another name is another file"
    assert interchange(payers).code == "025", "but its control number was used before"
    assert payers.store.claims_by_state() == {"accepted": 1}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"*00501*", b"*00402*", "003"),
        (b"GS*HC", b"XX*HC", "024"),
        (b"\nSE*", b"\n\x01SE*", "022"),
    ],
)
def test_an_interchange_that_is_wrong_is_rejected_as_a_whole(
    old: bytes, new: bytes, code: str
) -> None:
    payers = house()
    raw = file_of(claim())
    assert old in raw
    payers.take("a", raw.replace(old, new))
    assert (interchange(payers).verdict, interchange(payers).code) == (
        InterchangeVerdict.REJECTED,
        code,
    )
    assert [one["kind"] for one in payers.files()] == ["ta1"]
    assert payers.store.claims_by_state() == {}


def test_a_file_that_ends_early_or_ends_with_another_number_is_rejected() -> None:
    payers = house()
    raw = file_of(claim())
    payers.take("a", raw[: len(raw) // 2])
    assert interchange(payers).code == "023"
    payers.take("b", raw[:-4] + b"9~\n")
    assert interchange(payers).code == "001"
    assert payers.take("c", raw), "what was rejected may be sent again, mended"
    assert group(payers).verdict is Verdict.ACCEPTED


def test_what_has_no_isa_can_not_be_answered() -> None:
    payers = house()
    for raw in (b"", b"hello", b"ISA*00*"):
        with pytest.raises(Unanswerable):
            payers.take("a", raw)
    assert payers.files() == []
    assert payers.take("a", file_of(claim())), "and its name is still free"


def test_a_wrong_element_is_told_with_its_segment_and_loop() -> None:
    payers = house()
    payers.take("a", file_of(claim()).replace(b"CLM*C1*150*", b"CLM*C1*15x*"))
    answer = group(payers)
    assert (answer.verdict, answer.accepted) == (Verdict.REJECTED, 0)
    [one] = answer.sets
    assert (one.verdict, one.codes) == (Verdict.REJECTED, ("5",))
    [error] = one.errors
    assert (error.segment, error.loop, error.code) == ("CLM", "2300", "8")
    [element] = error.elements
    assert (element.element, element.code) == (2, "6")
    sent = file_of(claim()).splitlines()
    assert sent[error.position + 1].startswith(b"CLM*"), "IK302 counts from ST"
    assert receipts(payers) == []


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (b"SE*24*", b"SE*25*", ("4",)),
        (b"~\nSE*24*0001", b"~\nSE*24*0002", ("3",)),
        (b"*0001*005010X222A1", b"*0001*005010X222A2", ("I6",)),
    ],
)
def test_a_set_that_is_wrong_as_such_is_told_by_its_code(
    old: bytes, new: bytes, codes: tuple[str, ...]
) -> None:
    payers = house()
    raw = file_of(claim())
    assert old in raw
    payers.take("a", raw.replace(old, new))
    assert [one.codes for one in group(payers).sets] == [codes]


def test_a_set_that_is_wrong_does_not_take_the_others_with_it() -> None:
    raw = file_of(claim()).decode().splitlines()
    body = raw[2:-2]
    second = [line.replace("*0001", "*0002").replace("CLM*C1*150", "CLM*C2*15x") for line in body]
    lines = [*raw[:2], *body, *second, raw[-2].replace("GE*1", "GE*2"), raw[-1]]
    payers = house()
    payers.take("a", "\n".join(lines).encode())
    answer = group(payers)
    assert (answer.verdict, answer.received, answer.accepted) == (Verdict.PARTLY, 2, 1)
    assert [one.verdict for one in answer.sets] == [Verdict.ACCEPTED, Verdict.REJECTED]
    assert [one.trace for one in receipts(payers)[0].claims] == ["C1"]


def test_a_group_that_counts_wrong_is_rejected() -> None:
    payers = house()
    payers.take("a", file_of(claim()).replace(b"GE*1*", b"GE*3*"))
    assert (group(payers).verdict, group(payers).codes) == (Verdict.REJECTED, ("5",))
    assert receipts(payers) == []


def test_rules_reject_an_interchange_or_a_set_or_accept_it_with_errors() -> None:
    whole = house({"do": "ta1", "code": "022", "when": {"control": "C1"}})
    send(whole, claim())
    assert interchange(whole).code == "022"
    rejected = house({"do": "999", "segment": "HI", "element": 1, "component": 2})
    send(rejected, claim())
    [one] = group(rejected).sets
    assert (one.verdict, one.errors[0].segment, one.errors[0].context) == (
        Verdict.REJECTED,
        "HI",
        ("CLM01:C1",),
    )
    assert receipts(rejected) == []
    noted = house({"do": "999", "accepted": True})
    send(noted, claim())
    assert group(noted).verdict is Verdict.ACCEPTED_WITH_ERRORS
    assert len(receipts(noted)) == 1


def test_claims_are_turned_away_one_by_one() -> None:
    rule = {
        "do": "277ca",
        "category": "A7",
        "code": "562",
        "entity": "85",
        "also": ["21"],
        "when": {"control": "C2"},
    }
    payers = house(rule, members=(MemberRule(member="X*", standing="unknown"),))
    late = claim(control_number="C4", lines=(visit(on=TODAY + timedelta(1)),))
    stranger = claim(control_number="C3", subscriber=member("X1"))
    send(payers, claim(), claim(control_number="C2"), stranger, late)
    [report] = receipts(payers)
    found = {one.trace: one.statuses[0].codes for one in report.claims}
    assert found == {
        "C1": (StatusCode("A2", "20", "PR"),),
        "C2": (StatusCode("A7", "562", "85"), StatusCode("A7", "21")),
        "C3": (StatusCode("A3", "33", "IL"),),
        "C4": (StatusCode("A7", "187"),),
    }
    totals = report.files[0].totals
    assert (totals.accepted, totals.rejected) == (Quantity.of(1), Quantity.of(3))
    payers.advance(30)
    assert payers.store.claims_by_state() == {"paid": 1, "rejected": 3}


def test_a_rule_for_a_code_names_the_line() -> None:
    payers = house({"do": "277ca", "category": "A7", "code": "454", "when": {"code": "87880"}})
    send(payers, claim(lines=(visit(), visit("87880"))))
    [one] = receipts(payers)[0].claims
    assert [line.procedure.code for line in one.lines] == ["87880"]
    assert one.lines[0].statuses[0].rejected


def test_a_correction_of_what_is_not_known_is_turned_away() -> None:
    payers = house()
    send(payers, corrected(claim(), "NOSUCH"))
    assert codes(payers) == [("A7:464",)]
    send(payers, claim(control_number="C2"))
    number = receipts(payers)[-1].claims[0].payer_control_number
    send(payers, corrected(claim(subscriber=member("M2")), number))
    assert codes(payers) == [("A7:464",)], "nor is another member's claim corrected"
    send(payers, corrected(claim(), number, "8"))
    assert codes(payers) == [("A2:20:PR",)]
    send(payers, corrected(claim(), number, "8"))
    assert codes(payers) == [("A7:464",)], "nor is it voided twice"


def test_only_payers_with_a_plan_may_be_known() -> None:
    one = House(Store(), rules().model_copy(update={"plans": (), "only_known_payers": True}), TODAY)
    send(one, claim())
    assert codes(one) == [("A7:153:PR",)]


def test_an_acknowledgement_may_be_lost_late_or_garbled() -> None:
    lost = house({"do": "lose", "what": "277ca"}, {"do": "delay", "what": "999", "days": 3})
    send(lost, claim())
    assert lost.files() == []
    lost.advance(2)
    assert lost.files() == []
    lost.advance(1)
    assert [one["kind"] for one in lost.files()] == ["999"]


def test_what_fails_on_the_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    payers = house()
    raw = file_of(claim())

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(payers.store, "set_fate", full)
        with pytest.raises(OSError, match="full"):
            payers.take("a", raw)
    assert (payers.files(), payers.store.claims_by_state()) == ([], {})
    assert payers.take("a", raw)
    assert group(payers).verdict is Verdict.ACCEPTED


def sent_on(kind: str, raw: bytes) -> House:
    payers = house()
    assert payers.take(kind, raw)
    return payers


def test_what_is_not_for_a_payer_is_said_to_be_so() -> None:
    remitted = house()
    send(remitted, claim())
    remitted.advance(14)
    [raw] = raws(remitted, "835")
    [one] = group(sent_on("835", raw)).sets
    assert (one.kind, one.verdict, one.codes) == ("835", Verdict.REJECTED, ("1",))
    unknown = group(sent_on("odd", file_of(claim()).replace(b"GS*HC", b"GS*PO")))
    assert (unknown.verdict, unknown.codes) == (Verdict.REJECTED, ("1",))


def test_an_acknowledgement_is_not_acknowledged() -> None:
    payers = house()
    send(payers, claim())
    [raw] = raws(payers, "999")
    assert sent_on("999", raw).files() == []


def test_two_interchanges_of_one_file_are_answered_each() -> None:
    payers = house()
    payers.take("both", file_of(claim()) + file_of(claim(control_number="C2")))
    assert [one["kind"] for one in payers.files()] == ["999", "277ca", "999", "277ca"]
