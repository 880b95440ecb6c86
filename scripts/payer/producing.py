"""What falls due on a day: claims are decided, taken back and paid; late files leave."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from caresmith.money import Money
from caresmith.x12.claims.model import VOID, ProfessionalClaim
from caresmith.x12.remittance.building import Remittance, remittance_file
from caresmith.x12.remittance.grammar import VERSION
from caresmith.x12.writer import Addressing, header_of
from scripts.payer import actions
from scripts.payer.adjudicating import Adjudicator, Anew
from scripts.payer.bankdays import is_bank_day
from scripts.payer.claims import OPEN, Claims, Kept
from scripts.payer.crossing import crossed
from scripts.payer.decision import Decision
from scripts.payer.remitting import (
    Besides,
    Check,
    Entry,
    in_checks,
    interest_of,
    payee_key,
    remittance,
)
from scripts.payer.sending import Sending
from scripts.payer.store import Due, Store


@dataclass(slots=True)
class _Account:
    """All that one payer pays to one payee on a day."""

    payer: str
    payee: str
    wire: Addressing
    claim: ProfessionalClaim
    entries: list[Entry] = field(default_factory=list)
    besides: list[Besides] = field(default_factory=list)


class Producing:
    def __init__(
        self, store: Store, claims: Claims, sending: Sending, adjudicator: Adjudicator
    ) -> None:
        self._store, self._claims = store, claims
        self._sending, self._adjudicator = sending, adjudicator
        self._accounts: dict[tuple[str, str, str], _Account] = {}

    def produce(self, day: date) -> None:
        """Do all that is due by this day. Money moves only on bank days."""
        due = self._store.due(day)
        by_kind: dict[str, list[Due]] = defaultdict(list)
        for one in due:
            by_kind[one.kind].append(one)
        for one in by_kind["deliver"]:
            self._sending.deliver(one, day)
        self._store.done(by_kind["deliver"])
        if not is_bank_day(day):
            return
        self._accounts = {}
        for one in by_kind["decide"]:
            self._decide(one.what, day)
        for one in by_kind["takeback"]:
            self._take_back(one.what, day)
        self._store.done([*by_kind["decide"], *by_kind["takeback"]])
        self._owed_besides(by_kind["besides"])
        for account in self._accounts.values():
            self._pay(account, day)

    # -- decisions -----------------------------------------------------------

    def _decide(self, icn: str, day: date) -> None:
        one = self._claims.get(icn)
        if one is None or one.state not in OPEN:
            return  # It was replaced or voided while it waited.
        matcher = self._adjudicator.matcher
        pend = matcher.first(actions.Pend, one.claim)
        if pend and one.state != "pended":
            self._claims.move(icn, "pended", json.dumps([pend.category, pend.code]))
            due = day + timedelta(days=pend.days)
            self._claims.wait_until(icn, due)
            self._store.plan(due, "decide", icn)
            return
        account = self._account(one)
        if one.claim.frequency in {"7", VOID}:
            self._undo(one, account)
        if one.claim.frequency == VOID:
            self._claims.move(icn, "void")
            return
        decision = self._adjudicator.adjudicate(icn, one.claim, one.received)
        plan = self._adjudicator.rules.plan(one.claim.payer.id)
        unbalance = matcher.first(actions.Unbalance, one.claim)
        entry = Entry(one.claim, decision, interest_of(plan, decision, day), unbalance)
        account.entries.append(entry)
        self._claims.decide(icn, "paid", decision)
        self._send_on(one, decision, day)
        account.besides += [
            Besides(rule.reason, rule.reference or icn, rule.amount)
            for rule in matcher.of_claim(actions.AtProvider, one.claim)
        ]
        back = matcher.first(actions.TakeBack, one.claim)
        if back and not decision.denied:
            self._store.plan(day + timedelta(days=back.days), "takeback", icn)

    def _send_on(self, one: Kept, decision: Decision, day: date) -> None:
        """To the next payer, who decides it in turn; nothing is acknowledged to the practice."""
        claim = crossed(one.claim, decision, day)
        if claim is None:
            return
        number = f"{day:%Y%j}{self._store.count('claim'):07d}"
        due = day + timedelta(days=self._adjudicator.rules.plan(claim.payer.id).pays_after)
        self._claims.add(number, claim, "accepted", day, one.wire, due=due)
        self._store.plan(due, "decide", number)

    def _undo(self, one: Kept, account: _Account) -> None:
        """Reverse the claim that this one replaces or voids, if it still holds."""
        before = self._claims.holds(one.claim.numbers.payer_control_number, one.claim)
        if before is None or before.decision is None:
            return
        self._claims.move(before.icn, "voided" if one.claim.frequency == VOID else "replaced")
        account.entries.append(Entry(before.claim, self._adjudicator.reverse(before.decision)))

    def _take_back(self, icn: str, day: date) -> None:
        """The payer thinks better of it: reversed, decided anew, recovered at once or later."""
        one = self._claims.get(icn)
        if one is None or one.state != "paid" or one.decision is None:
            return  # It was corrected or voided meanwhile.
        rule = self._adjudicator.matcher.first(actions.TakeBack, one.claim)
        if rule is None:
            return
        account = self._account(one)
        reversal = self._adjudicator.reverse(one.decision)
        account.entries.append(Entry(one.claim, reversal))
        number = f"{day:%Y%j}{self._store.count('claim'):07d}"
        anew = Anew(rule.reason, rule.percent)
        decided = self._adjudicator.adjudicate(number, one.claim, one.received, anew)
        decision = decided.model_copy(update={"replaces": icn})
        account.entries.append(Entry(one.claim, decision))
        self._claims.move(icn, "replaced", f"taken back, now {number}")
        self._claims.add(number, one.claim, "accepted", one.received, one.wire)
        self._claims.decide(number, "paid", decision)
        less = one.decision.paid - decision.paid
        if rule.recovered == "later" and less.cents > 0:
            # X221A1 1.10.2.17: it is told now, and kept from a payment later.
            account.besides.append(Besides("WO", number, -less))
            told = {"payer": account.payer, "payee": account.payee, "icn": number}
            told |= {"reason": "WO", "cents": str(less.cents)}
            later = day + timedelta(days=rule.later_days)
            self._store.plan(later, "besides", json.dumps(told))

    # -- payments ------------------------------------------------------------

    def _account(self, one: Kept) -> _Account:
        payer, payee = one.claim.payer.id, payee_key(one.claim)
        key = (payer, payee, one.wire.receiver.id)
        if key not in self._accounts:
            self._accounts[key] = _Account(payer, payee, one.wire, one.claim)
        return self._accounts[key]

    def _owed_besides(self, every: list[Due]) -> None:
        """What is to be kept waits for a payment to keep it from."""
        for due in every:
            told = json.loads(due.what)
            for account in self._accounts.values():
                if (account.payer, account.payee) == (told["payer"], told["payee"]):
                    amount = Money(int(told["cents"]))
                    account.besides.append(Besides(told["reason"], told["icn"], amount))
                    self._store.done([due])
                    break

    def _pay(self, account: _Account, day: date) -> None:
        if not account.entries:
            return
        plan = self._adjudicator.rules.plan(account.payer)
        carried_at = f"carried:{account.payer}|{account.payee}"
        numbers, at = self._sending.numbers(), self._sending.at(day)
        sets: list[Remittance] = []
        claims: list[ProfessionalClaim] = []
        besides = tuple(account.besides)
        parts = in_checks(account.entries, plan.claims_per_check)
        for position, entries in enumerate(parts, 1):
            check = Check(
                payer_id=account.payer,
                plan=plan,
                trace=self._trace(plan.method, day),
                produced=day,
                entries=entries,
                besides=besides if position == 1 else (),
                carried=Money(int(self._store.fact(carried_at) or 0)),
            )
            header = header_of("835", VERSION, account.wire, numbers, at, position)
            one, owed = remittance(check, header)
            self._store.set_fact(carried_at, str(owed.cents))
            sets.append(one)
            claims += [entry.claim for entry in entries]
            paid_by = {"trace": check.trace, "on": one.header.effective.isoformat()}
            for entry in entries:
                self._claims.pay(entry.decision.icn, json.dumps(paid_by))
        segments = remittance_file(sets, account.wire, numbers, at)
        name = self._sending.send("835", segments, day, self._adjudicator.matcher, claims)
        total = sum(one.header.amount.cents for one in sets)
        self._store.say(day, f"{name} pays {Money(total)} for {len(claims)} claims.")

    def _trace(self, method: str, day: date) -> str:
        if method == "CHK":
            return f"{100_000 + self._store.count('check')}"
        return f"{day:%Y%m%d}{self._store.count('transfer'):06d}"
