"""The practice's last two months, a day at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.ids import PatientId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.denial import DenialState
from functions.payments import deposits, working
from functions.payments import models as payment_models
from functions.payments.posting.carc import Cause
from scripts.payer.house import House
from scripts.payer.rules import Rule, default_rules
from scripts.payer.store import Store
from scripts.sample_practice.billing import Charged
from scripts.sample_practice.past import odd_files
from scripts.sample_practice.past.desk import MoneyDesk
from scripts.sample_practice.past.office import BILLER, Office
from scripts.sample_practice.past.payers import past_rules
from scripts.sample_practice.past.stage import P, PastClock, Stage
from scripts.sample_practice.payers import PAYERS
from scripts.sample_practice.premises import PRACTICE

_ZONE: Final = ZoneInfo(PRACTICE.zone)
_MORNING, _NOON, _EVENING, _NIGHT = dt.time(8), dt.time(12), dt.time(18), dt.time(19)
_TUESDAY, _FRIDAY = 1, 4
_PAYING_A_WEEK: Final = 6
_STAYS: Final = dt.timedelta(days=8)
"""What was held or turned away since is still to be worked."""
_UNANSWERED: Final = dt.timedelta(days=24)
_BANKED: Final = dt.timedelta(days=4)
"""Payments since are not in the bank's statement yet."""


@dataclass
class Past:
    charged: Sequence[Charged]
    now: dt.datetime
    house: House = field(init=False)

    def __post_init__(self) -> None:
        self.today = PRACTICE.day_at(self.now)
        self.first = min(
            (PRACTICE.day_at(one.released_at) for one in self.charged), default=self.today
        )
        self._released: dict[dt.date, list[SheetId]] = defaultdict(list)
        self._visited: dict[dt.date, list[PatientId]] = defaultdict(list)
        for one in self.charged:
            self._released[PRACTICE.day_at(one.released_at)].append(one.sheet_id)
            if one.payer in _WITH_COPAY:
                self._visited[one.visited_on].append(one.patient_id)
        # The claims that were made since then wait to be approved by a person.
        self._waits_since = max(self._released, default=self.today)
        before = self.first - dt.timedelta(days=1)
        self.house = House(Store(), past_rules(self.today), before)
        self.stage = Stage(PastClock(self.now), self.house)
        self._sent_on = sorted(self._batches())
        self._plan: PatientId | None = None
        self._read_until = 0

    def live(self) -> None:
        """From the first charge to now. Nothing of it may be there before."""
        with self.stage.open():
            self._office, self._desk = Office(self.stage), MoneyDesk(self.stage)
            day = self.first
            while day < self.today:
                self._day(day)
                day += dt.timedelta(days=1)
            self._this_day()

    @property
    def _yesterday(self) -> dt.date:
        """The last working day, whose books are still open."""
        back = {0: 3, 6: 2}.get(self.today.weekday(), 1)
        return self.today - dt.timedelta(days=back)

    def _batches(self) -> set[dt.date]:
        """Tuesdays and Fridays, and the last working days on which there was something to send."""
        days = [
            self.first + dt.timedelta(days=number)
            for number in range((self._waits_since - self.first).days)
        ]
        working_days = [day for day in days if day.weekday() <= _FRIDAY]
        return {day for day in working_days if day.weekday() in {_TUESDAY, _FRIDAY}} | set(
            working_days[-len(_BY_BATCHES_LEFT) - 1 :]
        )

    # -- a day ------------------------------------------------------------------

    def _day(self, day: dt.date) -> None:
        self._at(day, _MORNING)
        self.house.advance((day - self.house.day).days)
        self._read_mail()
        self._at(day, _NOON)
        self._desk.copays(self._visited[day][::4], day)
        if day.weekday() == _FRIDAY:
            self._desk.pay(_PAYING_A_WEEK)
        self._once(day)
        self._at(day, _EVENING)
        self._office.bill(self._released[day], approved=day < self._waits_since)
        if day in self._sent_on:
            self._send(day)
        self._at(day, _NIGHT)
        if day < self._yesterday:
            self._desk.close(day)

    def _read_mail(self) -> None:
        """Where there is any. What came since the last file went out is not read yet."""
        if self._sent_on and self.stage.clock.now() > self._time(self._sent_on[-1], _EVENING):
            return
        latest = max((int(row["seq"]) for row in self.house.files(self._read_until)), default=0)
        if latest:
            self._read_until = latest
            self._office.read_mail()

    def _send(self, day: dt.date) -> None:
        if day.weekday() == _FRIDAY:
            self._office.mend(min(day, self.today - _STAYS))
            self._office.send_again(min(day, self.today - _STAYS))
        self._office.approve(day)
        left = len(self._sent_on) - self._sent_on.index(day)
        odd = _BY_BATCHES_LEFT.get(left)
        if odd:
            self.house.set_rules(past_rules(self.today, odd))
        self._office.send()
        if odd:
            self.house.set_rules(past_rules(self.today))

    def _once(self, day: dt.date) -> None:
        """What happens once in the two months."""
        ago = (self.today - day).days
        if ago == 33:
            self._plan = self._desk.agree(day, first_due=day + dt.timedelta(days=14), months=4)
        elif ago in {30, 5}:
            self._desk.ask(day)
        elif ago == 19 and self._plan:
            self._desk.pay_instalment(self._plan, day)
        elif ago == 34:
            # Early enough that whoever its payer is has paid it by now.
            odd_files.send_as_another_system(self.stage, self.house)
        elif ago == 12:
            self._desk.bounce()
            self._desk.agree(day, first_due=day + dt.timedelta(days=21), months=6)
        elif ago == 9 and self._visited[day]:
            self._desk.refund(self._visited[day][0], day)

    def _this_day(self) -> None:
        self.stage.clock.at = self.now
        self.house.advance((self.today - self.house.day).days)
        self._office.bill(self._released[self.today], approved=False)
        self._office.ask(self.today - _UNANSWERED)
        odd_files.take_one_that_does_not_add_up(self.stage, self.house)
        self._bank()
        self._work_denials()

    def _at(self, day: dt.date, clock: dt.time) -> None:
        self.stage.clock.at = self._time(day, clock)

    def _time(self, day: dt.date, clock: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, clock, _ZONE).astimezone(dt.UTC)

    # -- at the end ---------------------------------------------------------------

    def _bank(self) -> None:
        """The bank's statement until some days ago, with one line that nobody can place."""
        until = self.today - _BANKED
        with self.stage.acting(BILLER):
            _, awaited = deposits.listed(P, self.today)
            rows = [
                deposits.Row(one.paid_on, one.amount, one.trace, f"{one.payer_name} CLAIMS"[:200])
                for one in awaited
                if one.paid_on <= until
            ]
            rows.append(deposits.Row(until, Money(84_20), "4417", "LOCKBOX DEPOSIT"))
            deposits.add(rows, actor=BILLER, now=self.stage.clock.now())

    def _work_denials(self) -> None:
        """Some were appealed, one is corrected, one was given up; the others wait."""
        with self.stage.acting(BILLER):
            queue = working.queue(P, self.today)
        by_cause: dict[Cause, list[payment_models.DenialRead]] = defaultdict(list)
        for one in sorted(queue, key=lambda each: (each.denied_on, each.claim_id, each.line)):
            by_cause[Cause(one.cause)].append(one)
        for cause, state, note in _WORKED:
            for one in by_cause[cause][:1]:
                if state is DenialState.CORRECTED:
                    self._office.correct(one.claim_id)
                change = payment_models.DenialChange(state=state, note=note)
                with self.stage.acting(BILLER):
                    working.change(
                        one.claim_id,
                        one.line,
                        change,
                        version=one.version,
                        actor=BILLER,
                        clock=self.stage.clock,
                    )


_WITH_COPAY: Final = frozenset(
    key for key, facts in PAYERS.values() if default_rules().plan(facts.wire_id).copay.cents
)
_BY_BATCHES_LEFT: Final = {
    3: Rule.model_validate({"name": "The whole set", "then": {"do": "999"}}),
    2: Rule.model_validate(
        {"name": "Not looked at yet", "then": {"do": "delay", "what": "277ca", "days": 4}}
    ),
}
"""What becomes of the last files: the clearinghouse refuses one, and is slow with the next."""
_WORKED: Final = (
    (Cause.MEDICAL_NECESSITY, DenialState.APPEALED, "Letter with the notes of the visit sent"),
    (Cause.DOCUMENTATION, DenialState.CORRECTED, "Sent again with what was missing"),
    (Cause.ELIGIBILITY, DenialState.LOST, "The plan had ended; the patient has no other"),
)
