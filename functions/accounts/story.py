"""One change of patients' money: payments, sheets and journals in one transaction.

    story = Story(books, source)
    story.put_on(payment, parts)
    story.commit()

Every part of a payment that goes onto a line is a journal of the line's sheet.
Where the sheet lies in another account than the payment (a chart that was
merged into this one, a child whose parent pays), the money goes over by way of
clearing first, so that each account balances by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import JournalId, PatientId, PaymentId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, LineId, Posting
from caresmith.records.revenue.payment import PaymentItem, applied_of
from caresmith.records.revenue.sheet import SheetItem, SheetStatus, balances_of
from caresmith.records.revenue.writing import AlreadyPosted, RevenueWrites, Source
from functions.accounts.applying import Part
from functions.accounts.errors import NotThatMuchLeft, NotThatMuchOwed

_NOTHING: Final = Source()
MOST_SHEETS: Final = 6
"""In one transaction: of a sheet in another account ten writes, of DynamoDB's hundred."""


@dataclass(frozen=True)
class Books:
    """Who writes, when, and in the books of which day."""

    actor: Actor
    now: Instant
    day: dt.date


class Story:
    """Collects what happens. :meth:`commit` writes all of it, or nothing."""

    def __init__(self, books: Books, source: Source = _NOTHING) -> None:
        """``source`` is what every journal of the story came from; its method is the payment's."""
        self.writes = RevenueWrites(books.actor, books.now, books.day)
        self._books, self._source = books, source
        self._payments: dict[str, PaymentItem] = {}
        self._count = 0

    def new_payment(self, payment: PaymentItem, journal: Journal) -> None:
        """Money came. Raises AlreadyPosted at the commit where the payment exists."""
        payment.version = 1
        self._payments[payment.payment_id] = payment
        self.writes.put(payment, PaymentItem.pk.does_not_exist(), AlreadyPosted)
        self._post_to_account(payment, journal)

    def keep(self, payment: PaymentItem) -> None:
        """Write the payment on condition of the version that was read."""
        if payment.payment_id in self._payments:
            return
        self._payments[payment.payment_id] = payment
        before = int(payment.version)
        payment.version = before + 1
        self.writes.put(payment, PaymentItem.version == before)
        audit().record(payment.payment_id)

    def put_on(
        self,
        payment: PaymentItem,
        parts: Iterable[Part],
        sheets: Mapping[SheetId, SheetItem],
        *,
        beyond: bool = False,
    ) -> None:
        """Money goes onto lines.

        Raises NotThatMuchLeft, or NotThatMuchOwed unless ``beyond`` says that a person
        means it so.
        """
        for sheet_id, lines in _by_sheet(parts).items():
            sheet, total = sheets[sheet_id], sum(lines.values())
            if total > int(payment.unapplied_cents):
                raise NotThatMuchLeft
            owed = balances_of(sheet)
            for line, cents in lines.items():
                if not beyond and (line not in owed or cents > owed[line].patient.cents):
                    raise NotThatMuchOwed(sheet_id=sheet_id, line=line)
            self._onto(payment, sheet, lines)

    def take_off(
        self,
        payment: PaymentItem,
        parts: Iterable[Part],
        sheets: Mapping[SheetId, SheetItem],
    ) -> None:
        """Money comes off lines, and lies on none again. Raises NotThatMuchLeft."""
        for sheet_id, lines in _by_sheet(parts).items():
            lying = applied_of(payment).get(sheet_id, {})
            if any(cents > lying.get(line, 0) for line, cents in lines.items()):
                raise NotThatMuchLeft
            self._onto(payment, sheets[sheet_id], {line: -cents for line, cents in lines.items()})

    def post_payment(self, payment: PaymentItem, journal: Journal) -> JournalId:
        """A journal about the payment's money that lies on no line."""
        self.keep(payment)
        return self._post_to_account(payment, journal)

    def commit(self) -> None:
        """Write everything. Raises what :meth:`RevenueWrites.commit` raises."""
        self.writes.commit()

    # -- inside -----------------------------------------------------------

    def _onto(self, payment: PaymentItem, sheet: SheetItem, lines: Mapping[LineId, int]) -> None:
        """Positive cents go onto lines, negative ones come off."""
        self.keep(payment)
        total = sum(lines.values())
        applied = applied_of(payment)
        here = applied.setdefault(sheet.sheet_id, {})
        for line, cents in lines.items():
            here[line] = here.get(line, 0) + cents
            if not here[line]:
                del here[line]
        if not here:
            del applied[sheet.sheet_id]
        payment.applied = applied
        payment.unapplied_cents = int(payment.unapplied_cents) - total
        if sheet.patient_id != payment.patient_id:
            self._carry(payment, PatientId(sheet.patient_id), total)
        journal = Journal(
            kind=JournalKind.APPLIED,
            postings=(
                Posting(book=Book.UNAPPLIED, amount=Money(total)),
                *(
                    Posting(book=Book.PATIENT, amount=Money(-cents), line=line)
                    for line, cents in sorted(lines.items(), key=lambda one: int(one[0]))
                ),
            ),
        )
        self.writes.post(sheet, journal, self._of(payment), self._journal_id(payment))
        follow_status(sheet)

    def _carry(self, payment: PaymentItem, other: PatientId, cents: int) -> None:
        """Between the payment's account and another one; both journals or none."""
        out = Journal(
            kind=JournalKind.TRANSFER,
            postings=(
                Posting(book=Book.UNAPPLIED, amount=Money(cents)),
                Posting(book=Book.CLEARING, amount=Money(-cents)),
            ),
        )
        self._post_to_account(payment, out)
        self.writes.post_to_account(
            other,
            out.reversed(JournalKind.TRANSFER),
            self._of(payment),
            self._journal_id(payment),
        )

    def _post_to_account(self, payment: PaymentItem, journal: Journal) -> JournalId:
        return self.writes.post_to_account(
            PatientId(payment.patient_id), journal, self._of(payment), self._journal_id(payment)
        )

    def _of(self, payment: PaymentItem) -> Source:
        return Source(
            payment=PaymentId(payment.payment_id),
            takes_back=self._source.takes_back,
            method=payment.method,
            memo=self._source.memo,
        )

    def _journal_id(self, payment: PaymentItem) -> JournalId:
        """Of a payment at a version, each journal is written once; they sort as they happened."""
        self._count += 1
        at = self._books.now + dt.timedelta(milliseconds=self._count)
        return JournalId.derived_at(at, payment.payment_id, str(payment.version), str(self._count))


def follow_status(sheet: SheetItem) -> None:
    """A billed sheet of which nothing is open is closed, and opens again when something is."""
    is_open = any(cents for pair in sheet.balances.values() for cents in pair)
    if sheet.status in (SheetStatus.READY, SheetStatus.BILLED) and not is_open:
        sheet.status = SheetStatus.CLOSED
    elif sheet.status == SheetStatus.CLOSED and is_open:
        sheet.status = SheetStatus.BILLED


def _by_sheet(parts: Iterable[Part]) -> dict[SheetId, dict[LineId, int]]:
    found: dict[SheetId, dict[LineId, int]] = defaultdict(lambda: defaultdict(int))
    for part in parts:
        if part.cents <= 0:
            raise ValueError("a part has an amount")
        found[part.sheet][part.line] += part.cents
    return {sheet: dict(lines) for sheet, lines in found.items()}
