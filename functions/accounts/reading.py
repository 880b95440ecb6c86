"""The account as it is shown: visits by line, payments, and the ledger in plain words.

One query a chart brings all of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from caresmith.actor import Actor
from caresmith.clock import from_text
from caresmith.ids import JournalId, PatientId, PaymentId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.account import AccountItem, JournalItem, journal_of
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.ledger import Book, Journal, LineBalance, LineId
from caresmith.records.revenue.payment import Method, PaymentItem, State, applied_of, open_said
from caresmith.records.revenue.people import person_of
from caresmith.records.revenue.price_lists import practice_words
from caresmith.records.revenue.sheet import ChargeLine, SheetItem, balances_of, open_sheet
from caresmith.records.revenue.writing import MEMO, Memo
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from functions.accounts import models as m
from functions.accounts import services, wording
from functions.accounts.accounts import Account, is_owed
from functions.accounts.settings import account_settings
from functions.accounts.wording import ANSWERS, GIVEN_UP


@dataclass
class Told:
    """Everything in a person's accounts."""

    account: Account
    heads: list[AccountItem] = field(default_factory=list)
    journals: list[JournalItem] = field(default_factory=list)
    others: list[RevenueItem] = field(default_factory=list)
    """Statements, plans and what else lies there."""


@dataclass
class LineMoney:
    """What became of one line's charge, in cents: covered by insurance, given up, paid."""

    share: int = 0
    given_up: int = 0
    paid: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """Why a share is the patient's, by CARC."""


@dataclass
class VisitMoney:
    """The same for a whole visit, with what insurance paid and what it took off."""

    insurance_paid: int = 0
    taken_off: int = 0
    lines: dict[LineId, LineMoney] = field(default_factory=lambda: defaultdict(LineMoney))


def told(practice: PracticeId, patient: PatientId) -> Told:
    """Everything, by one read of the chart and one query for each chart. Raises NotFound."""
    person = person_of(practice, patient)
    found = Told(Account(practice, person, {}, {}))
    for chart in person.charts:
        for item in RevenueItem.query(account_key(practice, chart), consistent_read=True):
            _sort_in(found, item)
    found.journals.sort(key=lambda item: item.journal_id)
    return found


def _sort_in(found: Told, item: RevenueItem) -> None:
    if isinstance(item, SheetItem):
        found.account.sheets[SheetId(item.sheet_id)] = item
    elif isinstance(item, PaymentItem):
        found.account.payments[PaymentId(item.payment_id)] = item
    elif isinstance(item, JournalItem):
        found.journals.append(item)
    elif isinstance(item, AccountItem):
        found.heads.append(item)
    else:
        found.others.append(item)


def read(patient: PatientId, *, actor: Actor) -> m.AccountRead:
    """The account page's data. Raises NotFound."""
    return account_read(told(actor.practice_id, patient))


def account_read(found: Told) -> m.AccountRead:
    account = found.account
    insurance = sum(int(head.insurance_cents or 0) for head in found.heads)
    patient = sum(int(head.patient_cents or 0) for head in found.heads)
    unapplied = sum(int(head.unapplied_cents or 0) for head in found.heads)
    money = money_of(found.journals)
    return m.AccountRead(
        patient_id=account.patient_id,
        charts=list(account.person.charts),
        insurance_owes=Money(insurance),
        patient_owes=Money(patient),
        unapplied=Money(unapplied),
        due=Money(max(0, patient - unapplied)),
        visits=visits_read(
            account.practice,
            [
                sheet
                for sheet in sorted(
                    account.sheets.values(), key=lambda one: (one.day, one.sheet_id), reverse=True
                )
                if is_owed(sheet) or sheet.balances
            ],
            money,
        ),
        payments=[
            payment_read(account.practice, item)
            for item in sorted(
                account.payments.values(), key=lambda one: one.payment_id, reverse=True
            )
        ],
        ledger=_ledger(found),
    )


def money_of(journals: Sequence[JournalItem]) -> dict[str, VisitMoney]:
    """By sheet: where the charges went."""
    found: dict[str, VisitMoney] = defaultdict(VisitMoney)
    for item in journals:
        if item.sheet_id:
            _add(found[item.sheet_id], journal_of(item))
    return dict(found)


def _add(visit: VisitMoney, journal: Journal) -> None:
    books = {posting.book for posting in journal.postings}
    visit.insurance_paid += journal.total(Book.CLEARING).cents
    for book in (Book.CONTRACTUAL, Book.PAYER_REDUCTION, Book.OTHER_ADJUSTMENT):
        visit.taken_off += journal.total(book).cents
    for posting in journal.postings:
        if posting.book is not Book.PATIENT or posting.line is None:
            continue
        line, cents = visit.lines[posting.line], posting.amount.cents
        if Book.UNAPPLIED in books:
            line.paid -= cents
        elif books & set(GIVEN_UP) and journal.kind not in ANSWERS:
            line.given_up -= cents
        else:
            line.share += cents
            why = posting.reason or ""
            line.reasons[why] = line.reasons.get(why, 0) + cents


def visits_read(
    practice: PracticeId, sheets: Sequence[SheetItem], money: Mapping[str, VisitMoney]
) -> list[m.VisitRead]:
    """The visits; what was done is said in the practice's words, which are read once for all."""
    opened = [(sheet, open_sheet(practice, sheet).lines) for sheet in sheets]
    words = practice_words(practice, (line.code for _, lines in opened for line in lines))
    return [
        _visit(sheet, lines, money.get(sheet.sheet_id, VisitMoney()), words)
        for sheet, lines in opened
    ]


def _visit(
    sheet: SheetItem, charged: Iterable[ChargeLine], money: VisitMoney, words: Mapping[str, str]
) -> m.VisitRead:
    lines: dict[LineId, ChargeLine] = {line.line: line for line in charged}
    balances = balances_of(sheet)
    every = sorted({*lines, *balances}, key=int)
    return m.VisitRead(
        sheet_id=SheetId(sheet.sheet_id),
        patient_id=PatientId(sheet.patient_id),
        day=dt.date.fromisoformat(sheet.day),
        status=sheet.status,
        payer=sheet.payer_id,
        charge=Money(int(sheet.charge_cents)),
        insurance_owes=Money(int(sheet.insurance_cents)),
        patient_owes=Money(int(sheet.patient_cents)),
        lines=[
            _line(
                lines.get(number), balances.get(number, LineBalance()), money, sheet, number, words
            )
            for number in every
        ],
    )


def _line(
    line: ChargeLine | None,
    balance: LineBalance,
    money: VisitMoney,
    sheet: SheetItem,
    number: LineId,
    words: Mapping[str, str],
) -> m.LineRead:
    of_line = money.lines.get(number, LineMoney())
    charge = line.charge.cents if line else 0
    insurance, patient = balance.insurance.cents, balance.patient.cents
    reasons = [wording.share(why) for why, cents in of_line.reasons.items() if cents]
    return m.LineRead(
        line=number,
        code=line.code if line else "",
        words=services.said(line.code, words) if line else "A charge that was taken back",
        day=line.day if line else dt.date.fromisoformat(sheet.day),
        units=line.units if line else "",
        charge=Money(charge),
        covered=Money(charge - insurance - of_line.share if number in sheet.balances else 0),
        share=Money(of_line.share),
        why=", ".join(dict.fromkeys(why for why in reasons if why)),
        given_up=Money(of_line.given_up),
        patient_paid=Money(of_line.paid),
        insurance_owes=Money(insurance),
        patient_owes=Money(patient),
    )


def payment_read(practice: PracticeId, item: PaymentItem) -> m.Payment:
    said = open_said(practice, item)
    return m.Payment(
        payment_id=PaymentId(item.payment_id),
        patient_id=PatientId(item.patient_id),
        version=int(item.version),
        state=State(item.state),
        method=Method(item.method),
        day=dt.date.fromisoformat(item.day),
        at=from_text(item.at),
        amount=Money(int(item.amount_cents)),
        unapplied=Money(int(item.unapplied_cents)),
        refunded=Money(int(item.refunded_cents)),
        moved=Money(int(item.moved_cents)),
        returned=Money(int(item.returned_cents)),
        held_for=dt.date.fromisoformat(item.held_for) if item.held_for else None,
        reference=said.reference,
        received_from=said.received_from,
        note=said.note,
        applied=[
            m.AppliedLine(sheet_id=SheetId(sheet), line=line, amount=Money(cents))
            for sheet, lines in applied_of(item).items()
            for line, cents in lines.items()
        ],
    )


def _ledger(found: Told) -> list[m.EntryRead]:
    """Oldest first, with what was owed after each entry."""
    practice = found.account.practice
    settings, sealer = account_settings(practice), Sealer(practice, Domain.REVENUE)
    balance, entries = 0, []
    for item in found.journals:
        journal = journal_of(item)
        change = sum(
            journal.total(book).cents for book in (Book.INSURANCE, Book.PATIENT, Book.UNAPPLIED)
        )
        balance += change
        payment = (
            found.account.payments.get(PaymentId(item.payment_id)) if item.payment_id else None
        )
        memo = sealer.unseal(item.journal_id, MEMO, item.memo, Memo).text if item.memo else None
        sheet = found.account.sheets.get(SheetId(item.sheet_id)) if item.sheet_id else None
        entries.append(
            m.EntryRead(
                journal_id=JournalId(item.journal_id),
                at=from_text(item.at),
                day=dt.date.fromisoformat(item.day),
                kind=item.kind,
                words=wording.entry(journal, settings, payment.method if payment else None),
                why=memo,
                visit_day=dt.date.fromisoformat(sheet.day) if sheet else None,
                sheet_id=SheetId(item.sheet_id) if item.sheet_id else None,
                payment_id=PaymentId(item.payment_id) if item.payment_id else None,
                amount=Money(change),
                balance=Money(balance),
            )
        )
    return entries
