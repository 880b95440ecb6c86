"""Whatever is done in whatever order, and however often: no cent is made or lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from caresmith.clock import FixedClock, SystemClock, time_runs_on
from caresmith.events import ChargesReleased
from caresmith.ids import JournalId, PaymentId, PracticeId
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.revenue.account import get_account
from tests.integration.accounts.conftest import DAY, Office
from tests.integration.accounts.test_payments import told
from tests.support.client import Caller
from tests.support.practices import small_practice
from tests.support.revenue import Biller, noon

_cents = st.integers(1, 200_00)
REFUSALS = {200, 201, 409, 422}


class Money(RuleBasedStateMachine):
    """Two patients, their visits, and everything that a desk does with money."""

    sheets: Bundle[Any] = Bundle("sheets")
    paid: Bundle[Any] = Bundle("paid")

    @initialize()
    def open(self) -> None:
        practice = PracticeId.new()
        create_keys(practice, SystemClock())
        self.office = Office(
            small_practice(practice),
            Caller(practice, roles=(Role.MANAGER,)),
            Biller(practice),
            FixedClock(noon(DAY)),
        )
        self.time = time_runs_on(self.office.clock)
        self.time.__enter__()
        self.people = [self.office.patient(), self.office.patient(given="Kim")]
        self.in_hand = 0

    def teardown(self) -> None:
        if hasattr(self, "time"):
            self.time.__exit__(None, None, None)

    def _sent(self, reply: Any) -> Any:
        assert reply.status in REFUSALS, reply.text
        self.office.later(minutes=1)
        return reply.json if reply.status < 400 else None

    @rule(target=sheets, who=st.integers(0, 1), cents=_cents, more=_cents, age=st.integers(0, 90))
    def owe(self, who: int, cents: int, more: int, age: int) -> Any:
        patient = self.people[who]
        sheet = self.office.owes(patient, cents, more, day=DAY - dt.timedelta(days=age))
        return patient, sheet, (cents, more)

    @rule(visit=sheets, cents=_cents, sign=st.sampled_from((-1, 1)))
    def insurance_changes_its_mind(self, visit: Any, cents: int, sign: int) -> None:
        """The patient owes less after all, perhaps less than was paid, or more."""
        _, sheet, _ = visit
        self.office.biller.adjudicate(
            sheet, "1", paid=-sign * cents, share=sign * cents, day=self.office.today
        )

    @rule(
        target=paid,
        who=st.integers(0, 1),
        cents=_cents,
        method=st.sampled_from(("cash", "check")),
        how=st.sampled_from(("oldest", "none")),
        twice=st.booleans(),
    )
    def pay(self, who: int, cents: int, method: str, how: str, twice: bool) -> Any:
        body = {
            "amount": cents,
            "method": method,
            "apply": how,
            "reference": "1",
            "payment_id": PaymentId.new(),
        }
        path = f"/accounts/patients/{self.people[who]}/payments"
        taken = self._sent(self.office.post(path, body))
        if twice:
            again = self.office.post(path, body)
            assert again.json["payment_id"] == taken["payment_id"]
        self.in_hand += cents
        return taken or multiple()

    @rule(
        payment=paid,
        visit=sheets,
        line=st.sampled_from("12"),
        cents=_cents,
        act=st.sampled_from(("apply", "take-off")),
    )
    def put_or_take(self, payment: Any, visit: Any, line: str, cents: int, act: str) -> None:
        share = {"sheet_id": visit[1], "line": line, "amount": cents}
        how = {"apply": "lines"} if act == "apply" else {}
        self._sent(self.office.act(payment, act, lines=[share], **how))

    @rule(payment=paid)
    def apply_all(self, payment: Any) -> None:
        self._sent(self.office.act(payment, "apply", apply="oldest"))

    @rule(payment=paid, act=st.sampled_from(("void", "returned")))
    def take_back(self, payment: Any, act: str) -> None:
        more = {"charge_fee": False} if act == "returned" else {}
        if self._sent(self.office.act(payment, act, reason="So it is", **more)):
            self.in_hand -= payment["amount"]

    @rule(payment=paid, cents=_cents, twice=st.booleans())
    def refund(self, payment: Any, cents: int, twice: bool) -> None:
        body = {
            "amount": cents,
            "method": payment["method"],
            "reason": "Asked for",
            "journal_id": JournalId.new(),
        }
        done = self._sent(self.office.act(payment, "refund", **body))
        if done:
            self.in_hand -= cents
            if twice:
                again = self.office.act(payment, "refund", **body).json
                assert again["refunded"] == done["refunded"]

    @rule(payment=paid, who=st.integers(0, 1), cents=_cents)
    def move(self, payment: Any, who: int, cents: int) -> None:
        body = {"amount": cents, "to_patient_id": self.people[who], "reason": "Family"}
        self._sent(self.office.act(payment, "transfer", **body))

    @rule(visit=sheets)
    def settle(self, visit: Any) -> None:
        patient, sheet, _ = visit
        told(
            ChargesReleased(
                practice_id=self.office.practice,
                occurred_at=self.office.clock.at,
                actor_id="x",
                patient_id=patient,
                sheet_id=sheet,
                sheet_version=1,
            )
        )

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        if not hasattr(self, "office"):
            return
        found = self.office.verified()
        assert found.differences == []
        heads = [get_account(self.office.practice, patient) for patient in self.people]
        assert all(int(head.unapplied_cents or 0) >= 0 for head in heads)
        payments = [
            one for patient in self.people for one in self.office.account(patient)["payments"]
        ]
        bank = sum(
            one["amount"] - one["refunded"] - one["returned"]
            for one in payments
            if one["method"] != "transfer"
        )
        assert bank == self.in_hand


@pytest.mark.slow
def test_no_sequence_of_acts_makes_or_loses_a_cent(aws: str) -> None:
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
