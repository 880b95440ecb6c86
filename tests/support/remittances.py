"""Claims that are out, and 835s that answer them: what is not under test has a default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, audited
from caresmith.claims.draft import ClaimDraft
from caresmith.clock import FixedClock
from caresmith.ids import (
    ClaimId,
    CoverageId,
    LocationId,
    PatientId,
    PayerId,
    PracticeId,
    ProviderId,
    SheetId,
    UserId,
)
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.claim import ClaimItem, ClaimState
from caresmith.records.revenue.layout import CLAIM, account_key, claim_key, sheet_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    get_sheet,
    seal_sheet,
)
from caresmith.records.revenue.writing import RevenueWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from tests.support.x12 import file_of

DAY = date(2026, 3, 6)
AT = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
NPI = "1234567893"

Charges = Sequence[tuple[str, int]]


def actor_of(practice: PracticeId) -> Actor:
    return Actor(practice, UserId.new(), frozenset({Role.BILLER}))


@dataclass
class Billed:
    """A visit that was charged and sent to its payers."""

    practice: PracticeId
    patient: PatientId
    sheet: SheetId
    claims: list[ClaimId] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def balances(self) -> dict[str, list[int]]:
        found = get_sheet(self.practice, self.sheet)
        assert found is not None
        return dict(found.balances)


def billed(
    practice: PracticeId,
    *charges: tuple[str, int],
    number: str,
    patient: PatientId | None = None,
    payers: int = 1,
    state: ClaimState = ClaimState.ACCEPTED,
    expected: int | None = None,
    sent_to: int = 1,
    **content: Any,
) -> Billed:
    """Charges as ``("99213-25", 15000)`` each, one line each; a claim to ``sent_to`` payers."""
    actor, patient, sheet = actor_of(practice), patient or PatientId.new(), SheetId.new()
    lines = charges or (("99213", 150_00), ("87880", 100_00))
    given: dict[str, Any] = {
        "location_id": LocationId.new(),
        "rendering_id": ProviderId.new(),
        "place_of_service": "11",
        "diagnoses": ("E119",),
        "coverages": tuple(CoverageId.new() for _ in range(payers)),
        **content,
    }
    made = SheetContent(
        lines=tuple(
            ChargeLine(
                line=str(place),
                code=code.split("-")[0],
                modifiers=tuple(code.split("-")[1:]),
                pointers=(1,),
                charge=Money(cents),
                expected=None if expected is None else Money(expected),
                day=DAY,
            )
            for place, (code, cents) in enumerate(lines, 1)
        ),
        last_line=len(lines),
        **given,
    )
    item = SheetItem(
        account_key(practice, patient),
        sheet_sort_key(DAY, sheet),
        sheet_id=sheet,
        patient_id=patient,
        day=DAY.isoformat(),
        status=SheetStatus.BILLED,
        turn=1,
        charge_cents=made.charge.cents,
        balances={},
        version=0,
        content=seal_sheet(practice, sheet, made),
    )
    found = Billed(practice, patient, sheet)
    with audited(AuditTrail(actor, "test", FixedClock(AT))):
        writes = RevenueWrites(actor, AT, DAY)
        postings = [
            Posting(book=Book.INSURANCE, amount=line.charge, line=line.line) for line in made.lines
        ]
        postings.append(Posting(book=Book.CHARGES, amount=-made.charge))
        writes.post(item, Journal(kind=JournalKind.CHARGES, postings=tuple(postings)))
        for turn in range(1, sent_to + 1):
            claim_number = number if turn == 1 else f"{number}S{turn}"
            claim = a_claim(practice, found, claim_number, turn, made.charge.cents, state)
            writes.add_claim(claim, "made", {})
            found.claims.append(ClaimId(claim.claim_id))
            found.numbers.append(claim_number)
        writes.commit()
    return found


def a_claim(
    practice: PracticeId,
    of: Billed,
    number: str,
    turn: int,
    charge: int,
    state: ClaimState = ClaimState.ACCEPTED,
) -> ClaimItem:
    claim = ClaimId.new()
    draft = ClaimDraft(control_number=number)
    return ClaimItem(
        claim_key(practice, claim),
        CLAIM,
        claim_id=claim,
        sheet_id=of.sheet,
        sheet_version=1,
        patient_id=of.patient,
        coverage_id=CoverageId.new(),
        payer_id=PayerId.new(),
        turn=turn,
        control_number=number,
        state=state,
        day=DAY.isoformat(),
        charge_cents=charge,
        draft=Sealer(practice, Domain.REVENUE).seal(claim, "draft", draft),
    )


def dollars(cents: int) -> str:
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


Cas = tuple[str, str, int]


def svc(code: str, charge: int, *cas: Cas, ref: str = "", more: Sequence[str] = ()) -> list[str]:
    """A service line; what is not adjusted is paid."""
    paid = charge - sum(cents for _, _, cents in cas)
    return [
        f"SVC*HC:{code.replace('-', ':')}*{dollars(charge)}*{dollars(paid)}**1",
        f"DTM*472*{DAY:%Y%m%d}",
        *(f"CAS*{group}*{reason}*{dollars(cents)}" for group, reason, cents in cas),
        *([f"REF*6R*{ref}"] if ref else []),
        *more,
    ]


def clp(
    number: str,
    *services: list[str],
    status: str = "1",
    icn: str = "ICN1",
    cas: Sequence[Cas] = (),
    charge: int | None = None,
    patient: str = "DOE*JANE",
) -> tuple[list[str], int]:
    """A claim's segments and what it was paid."""
    amounts = [line.split("*") for service in services for line in service[:1]]
    whole = sum(round(float(one[2]) * 100) for one in amounts) if charge is None else charge
    paid = sum(round(float(one[3]) * 100) for one in amounts) if amounts else whole
    paid -= sum(cents for _, _, cents in cas)
    return (
        [
            f"CLP*{number}*{status}*{dollars(whole)}*{dollars(paid)}**12*{icn}*11*1",
            *(f"CAS*{group}*{reason}*{dollars(cents)}" for group, reason, cents in cas),
            f"NM1*QC*1*{patient}****MI*M1",
            f"DTM*232*{DAY:%Y%m%d}",
            *(segment for service in services for segment in service),
        ],
        paid,
    )


def file_835(
    *claims: tuple[list[str], int],
    trace: str = "T100",
    plb: Sequence[tuple[str, int]] = (),
    payee: str = f"XX*{NPI}",
    tax_id: str = "",
    on: date = date(2026, 3, 20),
    amount: int | None = None,
    payer: str = "1512345678",
    payer_name: str = "LAKESIDE HEALTH PLAN",
    payer_ref: str = "",
) -> bytes:
    """A file with one payment. ``plb``: ``("WO:C9", 4000)`` each; ``payer_ref``: ``2U*60054``."""
    paid = sum(cents for _, cents in claims) - sum(cents for _, cents in plb)
    total = paid if amount is None else amount
    side, total = ("D", -total) if total < 0 else ("C", total)
    from_, to = "01*111000025*DA*1234*1512345678*", "01*111000025*DA*98765"
    bank = ("BPR*I", dollars(total), side, "ACH*CCP", from_, to)
    return file_of(
        [
            "*".join((*bank, f"{on:%Y%m%d}")),
            f"TRN*1*{trace}*{payer}",
            f"DTM*405*{on:%Y%m%d}",
            f"N1*PR*{payer_name}",
            "N3*1 MAIN ST",
            "N4*CHICAGO*IL*60601",
            *([f"REF*{payer_ref}"] if payer_ref else []),
            "PER*BL*HELP*TE*8005551212",
            f"N1*PE*CLINIC*{payee}",
            *([f"REF*TJ*{tax_id}"] if tax_id else []),
            "LX*1",
            *(segment for claim, _ in claims for segment in claim),
            *(f"PLB*{NPI}*20261231*{reason}*{dollars(cents)}" for reason, cents in plb),
        ]
    )
