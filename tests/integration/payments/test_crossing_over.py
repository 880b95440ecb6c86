"""Medicare pays and sends its claim on; the Medigap insurer answers under Medicare's number.

Nothing between the ends is played: our own 837P goes to the payers, and what they send
back is posted as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
from aws_lambda_powertools.utilities.parameters import clear_caches

from caresmith.clock import FixedClock, time_runs_on
from caresmith.events import TurnPassed
from caresmith.ids import PatientId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.claim import ClaimState
from caresmith.records.revenue.exchanged import read_bytes
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.sheet import SheetStatus
from caresmith.settings import Domain
from scripts.payer.house import House
from scripts.payer.rules import Plan, Rules
from scripts.payer.store import Store
from tests.integration.payments.conftest import Office
from tests.support.billing_office import NOW, BillingOffice, billing_office, override_all, send_all
from tests.support.events import told
from tests.support.payers import raws, read_payments

MEDICARE = Plan(
    payer="MCPTB",
    name="MEDICARE PART B",
    tax_id="987654328",
    filing="MB",
    fee_percent=60,
    deductible=Money(0),
    copay=Money(0),
    coinsurance=20,
    crosses_over=True,
)
MEDIGAP = Plan(
    payer="LSSUP",
    name="LAKESHORE SUPPLEMENT",
    tax_id="987654326",
    fee_percent=100,
    deductible=Money(0),
    copay=Money(0),
    coinsurance=0,
)


@dataclass
class Seniors:
    """A visit of one whom Medicare covers, with a supplement behind it."""

    office: BillingOffice
    posting: Office
    payers: House
    patient: PatientId
    sheet: SheetId
    heard: set[str] = field(default_factory=set)

    def answers(self) -> tuple[bytes, bytes]:
        """The 835 of Medicare and that of the supplement."""
        self.payers.advance(60)
        by_payer = {
            read_payments(raw)[0].header.payer.name: raw for raw in raws(self.payers, "835")
        }
        return by_payer[MEDICARE.name], by_payer[MEDIGAP.name]

    def take(self, raw: bytes) -> None:
        """The file is posted, and claims hear whose turn it is now."""
        self.posting.take(raw)
        for one in told(self.office.practice, TurnPassed, Domain.REVENUE):
            if one.event_id not in self.heard:
                self.heard.add(one.event_id)
                detail = one.model_dump(mode="json")
                self.office.deliver("TurnPassed", **detail)

    def states(self) -> list[tuple[int, str, int]]:
        """Turn, state and what was paid, of each claim."""
        claims = [self.office.item(one.claim_id) for one in self.office.of_sheet(self.sheet)]
        return [(int(one.turn), one.state, int(one.paid_cents)) for one in claims]


@pytest.fixture
def seniors(practice: PracticeId) -> Iterator[Seniors]:
    clock = FixedClock(NOW)
    clear_caches()  # type: ignore[no-untyped-call]
    with time_runs_on(clock):
        office = billing_office(practice, clock)
        office.add_payer("Medicare", MEDICARE.payer, filing="MB")
        office.add_payer("Supplement", MEDIGAP.payer, filing="CI")
        patient = office.patient(birth_date=date(1950, 3, 14))
        medicare = office.cover(patient, "Medicare", member_id="1EG4TE5MK73")
        supplement = office.cover(patient, "Supplement", plan_type="medigap", member_id="GAP1")
        sheet = office.released(patient, medicare, supplement)
        claim = office.claim(sheet)
        override_all(office, claim.claim_id)
        approved = office.act(claim, "approve")
        assert approved.status == 200, (approved.text, office.read(claim)["findings"])
        payers = House(Store(), Rules(plans=(MEDICARE, MEDIGAP)), office.day)
        assert payers.take("claims.837", read_bytes(send_all(office)))
        yield Seniors(office, Office(practice, office.small, office.biller), payers, patient, sheet)


def settled(seniors: Seniors) -> None:
    """Of 150 Medicare allows 90 and pays 72; the supplement pays the 18 that are left."""
    assert seniors.posting.ledger(seniors.patient) == {
        Book.CHARGES: -150_00,
        Book.CONTRACTUAL: 60_00,
        Book.CLEARING: 90_00,
    }
    item = seniors.office.sheet(seniors.sheet)
    assert (item.status, int(item.turn)) == (SheetStatus.CLOSED, 0)
    assert dict(item.balances) == {"1": [0, 0]}
    assert seniors.posting.get("/payments/unposted")["items"] == []


def test_the_supplement_pays_what_medicare_sent_on_and_posts_as_the_second_payer(
    seniors: Seniors,
) -> None:
    medicare, supplement = seniors.answers()
    [sent_on] = read_payments(supplement)[0].claims
    [first] = [seniors.office.item(one.claim_id) for one in seniors.office.of_sheet(seniors.sheet)]
    assert sent_on.control_number == first.control_number
    seniors.take(medicare)
    assert seniors.states() == [(1, ClaimState.PAID, 72_00), (2, ClaimState.SENT, 0)]
    assert seniors.posting.ledger(seniors.patient)[Book.INSURANCE] == 18_00
    seniors.take(supplement)
    settled(seniors)
    assert seniors.states() == [(1, ClaimState.PAID, 72_00), (2, ClaimState.PAID, 18_00)]


def test_the_supplement_may_answer_before_medicare_does(seniors: Seniors) -> None:
    medicare, supplement = seniors.answers()
    seniors.take(supplement)
    seniors.take(medicare)
    settled(seniors)


@pytest.mark.parametrize("order", ["in turn", "the supplement first"])
def test_what_comes_twice_is_posted_once(seniors: Seniors, order: str) -> None:
    medicare, supplement = seniors.answers()
    both = [medicare, supplement] if order == "in turn" else [supplement, medicare]
    for raw in (*both, *both):
        seniors.take(raw)
    settled(seniors)
