from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.money import Money
from caresmith.x12.adjustments import AdjustmentGroup
from caresmith.x12.flaws import FlawCode, X12Refused
from caresmith.x12.remittance.model import ClaimStatus, Level
from caresmith.x12.remittance.reading import read_remittances
from caresmith.x12.values import Period, Quantity
from tests.support.x12 import CLAIM_835, file_of, read_835, remittance


def changed(old: str, new: str, *, paid: str = "150") -> bytes:
    raw = remittance(paid=paid).decode()
    assert old in raw
    return raw.replace(old, new, 1).encode()


def refused(raw: bytes) -> X12Refused:
    with pytest.raises(X12Refused) as caught:
        read_835(raw)
    return caught.value


def test_what_was_paid_and_why_not_more_is_read_in_full_depth() -> None:
    header, [claim], end = read_835(remittance())
    assert (header.amount, header.method, header.trace) == (Money(15000), "ACH", "T100")
    assert (header.payer.name, header.payee.id) == ("PAYER", "1234567893")
    assert header.effective == date(2026, 11, 27)
    assert "98765" not in repr(header)
    assert (claim.control_number, claim.status) == ("C1", ClaimStatus.PRIMARY)
    assert (claim.charge, claim.paid) == (Money(25000), Money(15000))
    assert claim.patient_responsibility == Money(2000)
    patient = claim.name("QC")
    assert patient is not None
    assert (patient.last, patient.first, patient.id) == ("DOE", "JANE", "M1")
    assert claim.statement == Period(date(2026, 11, 1), date(2026, 11, 1))
    line, other = claim.lines
    assert (line.procedure.code, line.procedure.modifiers) == ("99213", ("25",))
    assert [(one.group, one.reason, one.amount.cents) for one in line.adjustments] == [
        (AdjustmentGroup.CONTRACTUAL, "45", 5000),
        (AdjustmentGroup.PATIENT, "3", 1000),
    ]
    assert (line.line_number, line.amount("B6")) == ("L1", Money(10000))
    assert [one.code for one in line.remarks] == ["N130"]
    assert (line.units_paid, other.line_number) == (Quantity.of(1), "")
    assert end.balances
    assert end.notes == ()


def test_a_cas_holds_up_to_six_reasons() -> None:
    _, [claim], _ = read_835(changed("CAS*CO*45*50", "CAS*CO*45*20*2*97*20**253*5**59*5"))
    assert [(one.reason, one.amount.cents) for one in claim.lines[0].adjustments[:4]] == [
        ("45", 2000),
        ("97", 2000),
        ("253", 500),
        ("59", 500),
    ]
    assert claim.lines[0].adjustments[0].quantity == Quantity.of(2)


def test_a_line_that_does_not_add_up_is_told_with_its_sums() -> None:
    _, _, end = read_835(changed("CAS*CO*45*50", "CAS*CO*45*40"))
    line, claim = end.imbalances
    assert (line.level, claim.level) == (Level.SERVICE, Level.CLAIM)
    assert line.place.segment_id == "SVC"
    assert line.place.number == 18
    assert line.difference == Money(-1000)
    assert line.reason == (
        "SVC02 $150.00 less adjustments of $50.00 is $100.00, but SVC03 says that $90.00 was paid"
    )


def test_a_claim_that_does_not_add_up_is_told() -> None:
    _, _, end = read_835(changed("CLP*C1*1*250*150", "CLP*C1*1*260*150"))
    [claim] = end.imbalances
    assert (claim.level, claim.place.number) == (Level.CLAIM, 14)
    assert not end.balances


def test_a_payment_that_is_not_the_sum_of_its_claims_is_told() -> None:
    _, _, end = read_835(remittance(paid="151"))
    [one] = end.imbalances
    assert one.level is Level.TRANSACTION
    assert (one.expected, one.found) == (Money(15000), Money(15100))
    assert one.place.element == 2


def test_provider_adjustments_take_from_the_payment_and_give_to_it() -> None:
    plb = ("PLB*1234567893*20261231*WO:C9*40*L6:INTEREST*-1.27",)
    _, _, end = read_835(remittance(paid="111.27", plb=plb))
    assert end.balances
    assert [(one.reason, one.reference, one.amount.cents) for one in end.provider_adjustments] == [
        ("WO", "C9", 4000),
        ("L6", "INTEREST", -127),
    ]


def test_a_reversal_and_its_correction_come_to_their_difference() -> None:
    reversal = (
        "CLP*C1*22*-250*-150**12*ICN1",
        "NM1*QC*1*DOE*JANE",
        "CAS*CO*45*-80",
        "CAS*PR*3*-20",
    )
    _, claims, end = read_835(remittance(reversal, CLAIM_835, paid="0"))
    assert [one.is_reversal for one in claims] == [True, False]
    assert end.balances
    assert end.charged == Money(0)


def test_money_that_the_payee_owes_is_a_debit() -> None:
    raw = remittance(("CLP*C1*22*-10*-10**12*I", "NM1*QC*1*DOE"), paid="10").replace(
        b"*10*C*ACH", b"*10*D*ACH"
    )
    assert read_835(raw)[2].balances


WRONG = {
    "no payment date": ("*98765*20261127", "*98765", FlawCode.MISSING_ELEMENT, "BPR16"),
    "a payment below zero": ("BPR*I*150", "BPR*I*-150", FlawCode.BAD_NUMBER, "BPR02"),
    "an unknown method": ("*C*ACH*", "*C*XXX*", FlawCode.BAD_CODE, "BPR04"),
    "no trace number": ("TRN*1*T100", "TRN*1*", FlawCode.MISSING_ELEMENT, "TRN02"),
    "no trace": ("TRN*1", "TRX*1", FlawCode.MISSING_SEGMENT, "N1"),
    "no payer": ("N1*PR*PAYER", "N9*PR*PAYER", FlawCode.MISSING_LOOP, "LX"),
    "no patient": ("NM1*QC", "NM1*XX", FlawCode.MISSING_SEGMENT, "SVC"),
    "an amount of a tenth of a cent": ("*250*150*", "*250*150.001*", FlawCode.BAD_NUMBER, "CLP04"),
    "an unknown status": ("CLP*C1*1*", "CLP*C1*77*", FlawCode.BAD_CODE, "CLP02"),
    "no procedure": ("SVC*HC:99213:25", "SVC*HC>99213>25", FlawCode.MISSING_ELEMENT, "SVC01-2"),
    "half an adjustment": ("CAS*CO*45*50", "CAS*CO**50", FlawCode.MISSING_ELEMENT, "CAS02"),
    "an unknown group": ("CAS*CO*45*50", "CAS*XX*45*50", FlawCode.BAD_CODE, "CAS01"),
    "no day": ("DTM*472*20261101", "DTM*472*20261131", FlawCode.BAD_DATE, "DTM02"),
    "a payee in the middle": ("AMT*AU*170", "N1*PE*OTHER*XX*1", FlawCode.NESTING, "N1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_certain_is_refused_at_its_element(name: str) -> None:
    old, new, code, where = WRONG[name]
    flaw = refused(changed(old, new)).flaw
    assert flaw.code is code
    assert str(flaw.place).startswith(where), str(flaw)


def test_a_segment_that_is_not_known_is_kept_and_noted() -> None:
    _, [claim], end = read_835(changed("AMT*AU*170", "K3*PAYER'S OWN"))
    assert [one.elements for one in claim.unknown] == [["K3", "PAYER'S OWN"]]
    assert [one.code for one in end.notes] == [FlawCode.UNKNOWN_SEGMENT]
    assert end.balances


def test_a_date_of_the_claim_among_its_lines_takes_no_adjustment_away_from_a_line() -> None:
    """DTM 050 belongs before the lines; were it followed, CAS would go to the claim."""
    late = changed("CAS*CO*45*50", "DTM*050*20261103~\nCAS*CO*45*50")
    _, [claim], end = read_835(late.replace(b"SE*27", b"SE*28"))
    assert claim.adjustments == ()
    assert len(claim.lines[0].adjustments) == 2
    assert end.balances


def test_another_guide_is_not_read_as_this_one() -> None:
    raw = file_of(["BHT*0019"], kind="837", group="HC", version="005010X222A1")
    with pytest.raises(X12Refused) as caught:
        list(read_remittances(io.BytesIO(raw)))
    assert caught.value.flaw.code is FlawCode.WRONG_KIND


def test_an_older_version_is_not_read_as_this_one() -> None:
    raw = remittance().replace(b"005010X221A1", b"005010X221")
    assert refused(raw).flaw.code is FlawCode.VERSION


amounts = st.integers(min_value=0, max_value=10**7)


@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=8), amounts)
def test_what_is_made_to_balance_balances_and_one_cent_more_does_not(
    claims: list[tuple[int, int, int]], levied: int
) -> None:
    def text(cents: int) -> str:
        return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"

    blocks = [
        (
            f"CLP*{n}*1*{text(paid + less + more)}*{text(paid)}**12*I{n}",
            f"CAS*CO*45*{text(more)}",
            "NM1*QC*1*DOE",
            f"SVC*HC:99213*{text(paid + less + more)}*{text(paid + more)}",
            f"CAS*PR*1*{text(less)}",
        )
        for n, (paid, less, more) in enumerate(claims)
    ]
    total = sum(paid for paid, _, _ in claims) - levied
    plb = (f"PLB*1*20261231*WO:A*{text(levied)}",)
    side = "C" if total >= 0 else "D"

    def end(cents: int) -> bool:
        raw = remittance(*blocks, paid=text(abs(cents)), plb=plb).replace(
            b"*C*ACH*", f"*{side}*ACH*".encode()
        )
        return read_835(raw)[2].balances

    assert end(total)
    assert not end(total + (1 if total >= 0 else -1))
