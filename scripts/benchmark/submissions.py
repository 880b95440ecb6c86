"""Claims on their way out: how fast a file is written, and what a claim costs until it is sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from rich.table import Table

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, audited
from caresmith.claims.draft import ClaimDraft, OurIds
from caresmith.claims.drafted_lines import LineDraft, LineNumbersDraft, ProcedureDraft
from caresmith.claims.drafted_parties import (
    AddressDraft,
    BillingProviderDraft,
    PayerDraft,
    SubscriberDraft,
)
from caresmith.clock import SystemClock
from caresmith.ids import (
    ClaimId,
    CoverageId,
    ExchangeFileId,
    PatientId,
    PayerId,
    PracticeId,
    SheetId,
)
from caresmith.keystore import create_keys
from caresmith.money import Money
from caresmith.records.practice import (
    Billing,
    BillingAddress,
    Practice,
    SetupRecord,
    forget_setup,
    setup_key,
)
from caresmith.records.revenue.claim import ClaimItem, ClaimState
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.records.revenue.numbering import next_claim_number
from caresmith.x12.values import Period, Quantity
from scripts.benchmark.meter import Usage, watched
from scripts.bootstrap.progress import step
from scripts.localstack.inprocess import invoke

CLAIMS: Final = 600
_NPI: Final = "1003000126"
_HOME: Final = AddressDraft(line1="12 ELM ST", city="ALBANY", state="NY", postal_code="122071234")
_AT_ONCE: Final = 10


@dataclass
class Cost:
    """One task, over all claims of the file."""

    task: str
    seconds: float = 0.0
    usage: list[Usage] = field(default_factory=list)


def measure(count: int = CLAIMS) -> Table:
    """Needs a throwaway system: a practice of its own sends so many claims."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    _set_up(practice)
    with step(f"Writing {count:,} approved claims"):
        _approve(practice, count)
    file = ExchangeFileId.new()
    costs = [_run(practice, file, task) for task in ("gather", "build", "deliver", "mark-sent")]
    return _table(costs, count)


def _run(practice: PracticeId, file: ExchangeFileId, task: str) -> Cost:
    cost = Cost(task)
    given = {"task": task, "practice_id": practice, "file_id": file}
    action = "more"
    while action == "more":
        with watched() as usage:
            begin = time.perf_counter()
            answer: dict[str, Any] = invoke("claims", given) or {}
            cost.seconds += time.perf_counter() - begin
        cost.usage.append(usage)
        action = answer.get("action", "")
    return cost


def _table(costs: list[Cost], count: int) -> Table:
    table = Table(title=f"Submission of {count:,} claims in one file")
    for name in ("task", "claims a second", "DynamoDB calls a claim", "units a claim", "S3 calls"):
        table.add_column(name, justify="left" if name == "task" else "right")
    for cost in costs:
        calls = _sum(cost, lambda usage: _calls(usage, "dynamodb"))
        table.add_row(
            cost.task,
            f"{count / cost.seconds:,.0f}" if cost.seconds else "",
            f"{calls / count:.3f}",
            f"{_sum(cost, lambda usage: usage.capacity) / count:.2f}",
            f"{_sum(cost, lambda usage: _calls(usage, 's3')):.0f}",
        )
    return table


def _sum(cost: Cost, of: Callable[[Usage], float]) -> float:
    return sum(of(usage) for usage in cost.usage)


def _calls(usage: Usage, service: str) -> int:
    return sum(n for call, n in usage.calls.items() if call.startswith(f"{service}:"))


def _set_up(practice: PracticeId) -> None:
    thing = Practice(
        id=practice,
        name="Bench",
        zone="America/New_York",
        npi=_NPI,
        billing=Billing(
            legal_name="Bench Medical",
            tax_id="12-3456789",
            taxonomy="193200000X",
            address=BillingAddress(
                line1="1 Main St", city="Albany", state="NY", postal_code="12207-1234"
            ),
            contact_name="Billing",
            contact_phone="212-555-0100",
            submitter_id="BENCH",
        ),
    )
    key = setup_key(thing.kind, thing.id)
    SetupRecord(practice, key, kind=thing.kind, body=thing.model_dump_json()).save()
    forget_setup(practice)


def _approve(practice: PracticeId, count: int) -> None:
    from functions.claims.payer_rules import rules_of
    from functions.claims.verdict import Verdict, put_draft, put_verdict
    from functions.claims.writing import ClaimWrites

    clock = SystemClock()
    actor = Actor.system(practice, "bench")
    payer, digest = PayerId.new(), rules_of(practice).digest
    for start in range(0, count, _AT_ONCE):
        with audited(AuditTrail(actor, "bench", clock)):
            writes = ClaimWrites(actor, clock.now())
            scrubbed = Verdict(scrubbed_on=writes.setup.practice.day_at(clock.now()), rules=digest)
            for number in range(start, min(start + _AT_ONCE, count)):
                claim = _claim(practice, payer, number)
                put_draft(practice, claim, _draft(claim, number))
                put_verdict(practice, claim, scrubbed)
                writes.add(claim, "made")
            writes.commit()


def _claim(practice: PracticeId, payer: PayerId, number: int) -> ClaimItem:
    claim = ClaimId.new()
    return ClaimItem(
        claim_key(practice, claim),
        CLAIM,
        claim_id=claim,
        sheet_id=SheetId.new(),
        sheet_version=1,
        patient_id=PatientId.new(),
        coverage_id=CoverageId.new(),
        payer_id=payer,
        turn=1,
        control_number=next_claim_number(practice),
        state=ClaimState.APPROVED,
        day=_day(number).isoformat(),
        charge_cents=0,
        version=0,
    )


def _draft(claim: ClaimItem, number: int) -> ClaimDraft:
    day = _day(number)
    return ClaimDraft(
        ours=OurIds(patient=claim.patient_id, payer=claim.payer_id),
        billing=BillingProviderDraft(
            last="BENCH MEDICAL",
            npi=_NPI,
            taxonomy="193200000X",
            tax_id="123456789",
            address=_HOME,
        ),
        subscriber=SubscriberDraft(
            filing="CI",
            last=f"EXAMPLE{number}",
            first="ANA",
            member_id=f"XYZ{number:06d}",
            address=_HOME,
            birth_date=date(1985, 3, 14),
            sex="F",
        ),
        payer=PayerDraft(name="ACME HEALTH", id="ACME1"),
        control_number=claim.control_number,
        place_of_service="11",
        diagnoses=("J069", "R509"),
        lines=tuple(
            LineDraft(
                charge_id=str(place),
                procedure=ProcedureDraft(code=code),
                charge=Money(cents),
                quantity=Quantity.of(1),
                pointers=(1,),
                service=Period(day, day),
                numbers=LineNumbersDraft(control_number=str(place)),
            )
            for place, (code, cents) in enumerate((("99213", 150_00), ("87880", 40_00)), 1)
        ),
    )


def _day(number: int) -> date:
    return date(2026, 11, 1) + timedelta(days=number % 20)
