"""What payers say, drawn by Hypothesis or built by hand: amounts always add up."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from caresmith.ids import ClaimId, RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication, SaidAdjustment, SaidLine
from caresmith.x12.adjustments import AdjustmentGroup
from caresmith.x12.remittance.model import ClaimStatus

DAY = date(2026, 3, 6)
CLAIMS = {turn: ClaimId.derived("claim", str(turn)) for turn in range(1, 4)}

Cas = tuple[str, str, int]


def line(number: str, charge: int, *cas: Cas) -> SaidLine:
    """``("CO", "45", 5000)`` each; what is left of the charge is paid."""
    adjustments = tuple(
        SaidAdjustment(group=AdjustmentGroup(group), reason=reason, amount=Money(cents))
        for group, reason, cents in cas
    )
    paid = charge - sum(cents for _, _, cents in cas)
    return SaidLine(line=number, charge=Money(charge), paid=Money(paid), adjustments=adjustments)


def said(
    *lines: SaidLine,
    turn: int = 1,
    number: int = 1,
    status: ClaimStatus | None = None,
    icn: str = "ICN1",
    claim: ClaimId | None = None,
) -> Adjudication:
    return Adjudication(
        remittance_id=RemittanceId.derived(str(number)),
        position=number,
        claim_id=claim or CLAIMS[turn],
        turn=turn,
        status=status or ClaimStatus(str(min(turn, 3))),
        payer_control_number=icn,
        paid_on=DAY + timedelta(days=number),
        lines=lines,
    )


def taken_back(one: Adjudication, number: int) -> Adjudication:
    """The very same, negated, told later."""
    lines = tuple(
        line(
            each.line,
            -each.charge.cents,
            *((cas.group.value, cas.reason, -cas.amount.cents) for cas in each.adjustments),
        )
        for each in one.lines
    )
    return said(
        *lines,
        turn=one.turn,
        number=number,
        status=ClaimStatus.REVERSAL,
        icn=one.payer_control_number,
        claim=one.claim_id,
    )


REASONS = (
    ("CO", "45"),
    ("CO", "253"),
    ("CO", "144"),
    ("CO", "50"),
    ("CO", "97"),
    ("CO", "18"),
    ("CO", "1"),
    ("CO", "ZZ9"),
    ("OA", "23"),
    ("OA", "94"),
    ("OA", "97"),
    ("OA", "209"),
    ("PI", "45"),
    ("PI", "16"),
    ("PR", "1"),
    ("PR", "2"),
    ("PR", "3"),
    ("PR", "45"),
    ("PR", "27"),
    ("PR", "204"),
)
_share = st.integers(-2_00, 120_00)


@st.composite
def lines(draw: st.DrawFn, charges: dict[str, int]) -> tuple[SaidLine, ...]:
    named = draw(st.lists(st.sampled_from(sorted(charges)), min_size=1, unique=True))
    told = []
    for number in named:
        cas = draw(
            st.lists(
                st.tuples(st.sampled_from(REASONS), _share.filter(bool)),
                max_size=4,
                unique_by=lambda one: one[0],
            )
        )
        told.append(line(number, charges[number], *((g, r, c) for (g, r), c in cas)))
    return tuple(told)


@st.composite
def stories(draw: st.DrawFn, charges: dict[str, int]) -> list[Adjudication]:
    """What up to three payers say of a sheet, takebacks among it."""
    told: list[Adjudication] = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        known = [one for one in told if not one.is_reversal]
        if known and draw(st.integers(0, 2)) == 0:
            told.append(taken_back(draw(st.sampled_from(known)), number))
            continue
        turn = draw(st.integers(1, 3))
        status = draw(st.sampled_from([None, ClaimStatus.PRIMARY_FORWARDED, ClaimStatus.REVERSAL]))
        told.append(
            said(
                *draw(lines(charges)),
                turn=turn,
                number=number,
                status=status,
                icn=draw(st.sampled_from(["ICN1", "ICN2", ""])),
            )
        )
    return told
