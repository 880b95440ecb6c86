"""Patients' money: taken at the desk, sent back by the bank, asked for, agreed on; days closed.

Done by the accounts feature's own functions. Who owes what is what payers left to them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from caresmith.actor import Actor
from caresmith.errors import Conflict
from caresmith.ids import JournalId, PatientId, PaymentId, PlanId
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.account import OpenItem
from caresmith.records.revenue.layout import open_key
from caresmith.records.revenue.payment import Method
from functions.accounts import closing, giving_back, payments, plans, reading, statements
from functions.accounts import models as m
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.past.office import BILLER
from scripts.sample_practice.past.stage import P, Stage
from scripts.sample_practice.staff import FRONT_DESK as ROSA

DESK: Final = Actor(P, ROSA.user_id, frozenset({Role.FRONT_DESK}), display_name=ROSA.display_name)
_COPAY: Final = Money(25_00)
_METHODS: Final = (Method.TERMINAL, Method.CHECK, Method.CASH, Method.TERMINAL)
_LEAST_OF_A_PLAN: Final = 60_00
_STATEMENTS: Final = 10
"""At most so many in one of the sample's runs: each is a PDF."""


@dataclass
class MoneyDesk:
    """What the desk and the billing office do with patients' money."""

    stage: Stage
    _dice: Dice = field(default_factory=lambda: Dice("money desk"))
    _checks: list[tuple[PatientId, PaymentId]] = field(default_factory=list)

    def owing(self) -> list[tuple[PatientId, int]]:
        """Who owes how many cents, in an order that stays."""
        owed: dict[str, int] = defaultdict(int)
        for item in OpenItem.query(open_key(P)):
            owed[item.patient_id] += int(item.patient_cents)
        return [(PatientId(one), cents) for one, cents in sorted(owed.items()) if cents > 0]

    # -- money that comes ------------------------------------------------------

    def copays(self, patients: Sequence[PatientId], day: dt.date) -> None:
        """What is paid at the check-in of that day's visits."""
        for patient in patients:
            self._take(
                patient, _COPAY, self._dice.one((Method.TERMINAL, Method.CASH)), "copay", day
            )

    def pay(self, count: int) -> None:
        """Some of those who owe something pay all of it, or half."""
        owing = self.owing()
        for patient, cents in self._dice.sample(owing, min(count, len(owing))):
            amount = cents if self._dice.chance(0.7) else max(100, cents // 2)
            method = self._dice.one(_METHODS)
            payment = self._take(patient, Money(amount), method, "bill")
            if method is Method.CHECK:
                self._checks.append((patient, payment))

    def _take(
        self,
        patient: PatientId,
        amount: Money,
        method: Method,
        why: str,
        held_for: dt.date | None = None,
    ) -> PaymentId:
        now = self.stage.clock.now()
        payment = PaymentId.derived_at(now, P, "sample", why, patient, now.date().isoformat())
        request = m.PaymentRequest(
            payment_id=payment,
            amount=amount,
            method=method,
            reference=f"{self._dice.randrange(1000, 9999)}" if method is Method.CHECK else None,
            held_for=held_for,
        )
        with self.stage.acting(DESK):
            payments.take(patient, request, actor=DESK, now=now)
        return payment

    # -- money that goes back ----------------------------------------------------

    def bounce(self) -> None:
        """The bank returns the latest check."""
        if not self._checks:
            return
        patient, payment = self._checks.pop()
        request = m.Returned(reason="The account had not enough money")
        with self.stage.acting(BILLER), suppress(Conflict):
            giving_back.returned(
                patient, payment, request, actor=BILLER, now=self.stage.clock.now()
            )

    def refund(self, patient: PatientId, day: dt.date) -> None:
        """A copay of a visit that came to nothing goes back to the card."""
        payment = self._take(patient, _COPAY, Method.TERMINAL, "refund", day)
        now = self.stage.clock.now()
        request = m.Refund(
            journal_id=JournalId.derived_at(now, payment, "refund"),
            amount=_COPAY,
            method=Method.TERMINAL,
            reason="The visit was cancelled",
        )
        with self.stage.acting(BILLER):
            giving_back.refund(patient, payment, request, actor=BILLER, now=now)

    # -- money that is asked for -----------------------------------------------------

    def ask(self, day: dt.date) -> None:
        """Statements, where the rules ask for one."""
        made = 0
        for patient, _ in self.owing():
            if made == _STATEMENTS:
                return
            now = self.stage.clock.now()
            with self.stage.acting(BILLER):
                made += bool(statements.make(patient, actor=BILLER, now=now, day=day, by_rule=True))

    def agree(self, day: dt.date, *, first_due: dt.date, months: int) -> PatientId | None:
        """A plan for whoever owes most, and has none yet."""
        for patient, cents in sorted(self.owing(), key=lambda one: -one[1]):
            if cents < _LEAST_OF_A_PLAN:
                return None
            plan = PlanId.derived(P, "sample", patient)
            request = m.PlanRequest(plan_id=plan, months=months, first_due=first_due)
            now = self.stage.clock.now()
            with self.stage.acting(BILLER), suppress(plans.HasPlan):
                if plans.begin(patient, request, actor=BILLER, now=now).state == "active":
                    return patient
        return None

    def pay_instalment(self, patient: PatientId, day: dt.date) -> None:
        """What the plan asks for by that day."""
        with self.stage.acting(BILLER):
            found = reading.told(P, patient)
        for plan in plans.of(found.others, found.account.payments.values(), day):
            if plan.behind.cents:
                self._take(patient, plan.behind, Method.CHECK, "plan")

    # -- the day's end ---------------------------------------------------------------

    def close(self, day: dt.date) -> None:
        """Count the drawer and close the day, where anything was posted to it."""
        with self.stage.acting(BILLER):
            read = closing.read(day, actor=BILLER)
            if read.journals == 0 or read.closed_at:
                return
            short = self._dice.chance(0.1)
            counted = {method: amount.cents for method, amount in read.expected.items()}
            count = m.Count(
                cash=Money(counted[Method.CASH.value] - (1_00 if short else 0)),
                checks=Money(counted[Method.CHECK.value]),
                terminal=Money(counted[Method.TERMINAL.value]),
                why="A dollar too much was given as change" if short else None,
                journals=read.journals,
            )
            closing.close(day, count, actor=BILLER, now=self.stage.clock.now())
