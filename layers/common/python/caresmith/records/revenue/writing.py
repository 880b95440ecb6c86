"""Changing the revenue side: every write of one story in one transaction.

    writes = RevenueWrites(actor, now, day)
    writes.post(sheet, journal, Source(claim=claim_id))
    writes.move(claim, ClaimState.PAID, "adjudicated", {"remittance": ...})
    writes.tell(...)
    writes.commit()

A sheet and a claim are written on condition of the version that was read, so
two people (or a remittance and a person) never post over each other: the later
one reads again. A journal is written once: posting what is posted already
raises :class:`AlreadyPosted` and changes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from pynamodb.expressions.operand import Path

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_precise_text, to_text
from caresmith.errors import Conflict, VersionConflict
from caresmith.events import DomainEvent, RevenueOutbox, tell
from caresmith.ids import (
    ClaimId,
    JournalId,
    PatientId,
    PaymentId,
    RemittanceId,
    SheetId,
    new_ulid,
)
from caresmith.records.revenue.account import (
    CLOSED,
    AccountItem,
    ClosedDayItem,
    DayItem,
    JournalItem,
    as_stored,
)
from caresmith.records.revenue.claim import (
    MOVES,
    BoardItem,
    ClaimEventItem,
    ClaimItem,
    ClaimState,
    ControlItem,
)
from caresmith.records.revenue.indexes import (
    board_sort_key,
    claim_of_sheet,
    on_board,
    open_balance,
    waiting_sheet,
)
from caresmith.records.revenue.layout import (
    ACCOUNT,
    CLAIM,
    EVENT,
    WHERE,
    account_key,
    board_key,
    control_key,
    day_key,
    journal_sort_key,
    sheet_where_key,
)
from caresmith.records.revenue.ledger import RECEIVABLE, Book, Journal, after
from caresmith.records.revenue.sheet import (
    SheetItem,
    SheetStatus,
    WhereItem,
    balances_of,
    set_balances,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

MEMO: Final = "memo"
WAITING: Final = (SheetStatus.REVIEW, SheetStatus.READY)
"""The statuses whose sheets stand on a list that people work from."""


class Memo(BaseModel):
    """Sealed group ``memo`` of a journal, ``note:<sort key>`` of a claim's event."""

    text: str


class AlreadyPosted(Conflict):
    kind = "already-posted"
    title = "That is in the ledger already."


class DayIsClosed(Conflict):
    kind = "day-closed"
    title = "The books of that day are closed."


class NotEnoughUnapplied(Conflict):
    kind = "not-enough-unapplied"
    title = "The patient has not that much money that no charge has taken."


class WrongMove(Conflict):
    kind = "claim-state"
    title = "The claim's state does not allow that."


@dataclass(frozen=True, slots=True)
class Source:
    """What a journal came from."""

    claim: ClaimId | None = None
    payment: PaymentId | None = None
    remittance: RemittanceId | None = None
    takes_back: JournalId | None = None
    method: str | None = None
    memo: str = ""


class RevenueWrites:
    """Collects the writes of one change. All of them happen, or none."""

    def __init__(self, actor: Actor, now: Instant, day: dt.date) -> None:
        """``day`` is the practice's day in whose books the journals stand."""
        self.actor, self.now, self.day = actor, now, day
        self._practice = actor.practice_id
        self._sealer = Sealer(self._practice, Domain.REVENUE)
        self._deletes: list[tuple[Any, Any]] = []
        self._puts: list[tuple[Any, Any, type[Exception]]] = []
        self._changes: list[tuple[Any, list[Any], Any]] = []
        self._events: list[DomainEvent] = []
        self._sheets: dict[str, SheetItem] = {}
        self._accounts: dict[PatientId, dict[Book, int]] = {}
        self._claims: dict[str, ClaimItem] = {}
        self._journals = 0

    def put(
        self, item: Any, condition: Any = None, refusal: type[Exception] = VersionConflict
    ) -> None:
        """Write one more item; ``refusal`` is raised where its condition does not hold."""
        self._puts.append((item, condition, refusal))

    def delete(self, item: Any, condition: Any = None) -> None:
        self._deletes.append((item, condition))

    def change(self, item: Any, actions: list[Any], condition: Any = None) -> None:
        """Update attributes in place: for counters that several count in at once."""
        self._changes.append((item, actions, condition))

    def tell(self, event: DomainEvent) -> None:
        self._events.append(event)

    def save_sheet(self, item: SheetItem) -> None:
        """Write the sheet on condition of the version it was read with; version 0 is a new one.

        It may have been changed in place. Its lists and its open balance follow.
        """
        self._sheets.setdefault(item.sheet_id, item)

    def post(
        self,
        sheet: SheetItem,
        journal: Journal,
        source: Source = Source(),
        journal_id: JournalId | None = None,
    ) -> JournalId:
        """Put a journal into the ledger of a sheet's lines.

        With a ``journal_id`` made of its source, what is told twice is posted once.
        """
        set_balances(sheet, after(balances_of(sheet), journal))
        self._follow_balance(sheet)
        self.save_sheet(sheet)
        patient = PatientId(sheet.patient_id)
        return self._journal(patient, SheetId(sheet.sheet_id), journal, source, journal_id)

    def post_to_account(
        self,
        patient: PatientId,
        journal: Journal,
        source: Source = Source(),
        journal_id: JournalId | None = None,
    ) -> JournalId:
        """Put a journal without lines into a patient's account: money that no line has taken."""
        if any(one.book in RECEIVABLE for one in journal.postings):
            raise ValueError("lines belong to a sheet")
        return self._journal(patient, None, journal, source, journal_id)

    def post_beside(
        self, pk: str, journal: Journal, source: Source, journal_id: JournalId | None = None
    ) -> JournalId:
        """Put a journal that is no patient's (a deposit, a PLB) into another partition."""
        if any(one.book in RECEIVABLE or one.book is Book.UNAPPLIED for one in journal.postings):
            raise ValueError("what a patient owes or has belongs to an account")
        return self._write_journal(pk, None, None, journal, source, journal_id)

    def add_claim(self, claim: ClaimItem, kind: str, refers_to: dict[str, Any]) -> None:
        """A claim that is new."""
        self.put(
            ControlItem(
                control_key(self._practice, claim.control_number),
                CLAIM,
                claim_id=claim.claim_id,
                patient_id=claim.patient_id,
            ),
            ControlItem.pk.does_not_exist(),
        )
        claim.version = 0
        claim.created_at = claim.since = to_text(self.now)
        self._happened(claim, kind, refers_to, "")
        self._claims[claim.claim_id] = claim

    def move(
        self,
        claim: ClaimItem,
        state: ClaimState,
        kind: str,
        refers_to: dict[str, Any],
        *,
        note: str = "",
    ) -> None:
        """The claim takes on a state, in place. Raises WrongMove where it may not follow."""
        before = ClaimState(claim.state)
        if state is not before:
            if state not in MOVES[before]:
                raise WrongMove
            self.delete(BoardItem(board_key(self._practice, before), board_sort_key(claim)))
            claim.state, claim.since = state, to_text(self.now)
        self._happened(claim, kind, refers_to, note)
        self._claims[claim.claim_id] = claim

    def commit(self) -> None:
        """Write everything.

        Raises AlreadyPosted, DayIsClosed, NotEnoughUnapplied, or VersionConflict (read again);
        then nothing was written.
        """
        puts = [*self._puts, *self._of_sheets(), *self._of_claims()]
        try:
            when_not_busy(lambda: self._attempt(puts))
        except TransactionCancelled as cancelled:
            raise self._refusal(cancelled, puts) from None

    def _attempt(self, puts: list[tuple[Any, Any, type[Exception]]]) -> None:
        # PynamoDB sends checks, deletes, puts, updates, each in the order given.
        with transaction() as writes:
            if self._journals:
                writes.condition_check(
                    ClosedDayItem,
                    day_key(self._practice, self.day),
                    CLOSED,
                    condition=ClosedDayItem.pk.does_not_exist(),
                )
            for item, condition in self._deletes:
                writes.delete(item, condition=condition)
            for item, condition, _ in puts:
                writes.save(item, condition=condition)
            for event in self._events:
                tell(event, RevenueOutbox, writes)
            audit().join(writes)
            for item, actions, condition in self._changes:
                writes.update(item, actions=actions, condition=condition)
            for patient, books in self._accounts.items():
                self._add_to_account(writes, patient, books)

    def _refusal(
        self, cancelled: TransactionCancelled, puts: list[tuple[Any, Any, type[Exception]]]
    ) -> Exception:
        checks = 1 if self._journals else 0
        if checks and cancelled.failed(0):
            return DayIsClosed()
        first_put = checks + len(self._deletes)
        failed = [
            refusal
            for place, (_, _, refusal) in enumerate(puts, first_put)
            if cancelled.failed(place)
        ]
        # What is posted already says more than that the sheet has changed since.
        if AlreadyPosted in failed:
            return AlreadyPosted()
        if failed:
            return failed[0]()
        last = len(self._accounts)
        if any(cancelled.failed(len(cancelled.codes) - 1 - place) for place in range(last)):
            return NotEnoughUnapplied()
        return VersionConflict()

    def _journal(
        self,
        patient: PatientId,
        sheet: SheetId | None,
        journal: Journal,
        source: Source,
        journal_id: JournalId | None,
    ) -> JournalId:
        audit().about(patient)
        books = self._accounts.setdefault(patient, {})
        for book in (Book.INSURANCE, Book.PATIENT, Book.UNAPPLIED):
            books[book] = books.get(book, 0) + journal.total(book).cents
        key = account_key(self._practice, patient)
        return self._write_journal(key, patient, sheet, journal, source, journal_id)

    def _write_journal(
        self,
        pk: str,
        patient: PatientId | None,
        sheet: SheetId | None,
        journal: Journal,
        source: Source,
        journal_id: JournalId | None,
    ) -> JournalId:
        # By the story's clock, in the order in which they were posted.
        at = self.now + dt.timedelta(milliseconds=self._journals)
        made = journal_id or JournalId.derived_at(at, new_ulid())
        self._journals += 1
        shared: dict[str, Any] = {
            "journal_id": made,
            "kind": journal.kind.value,
            "patient_id": patient,
            "sheet_id": sheet,
            "payment_id": source.payment,
            "remittance_id": source.remittance,
            "by": self.actor.user_id,
        }
        item = JournalItem(
            pk,
            journal_sort_key(made),
            claim_id=source.claim,
            takes_back=source.takes_back,
            day=self.day.isoformat(),
            at=to_precise_text(self.now),
            postings=as_stored(journal),
            **shared,
        )
        if source.memo:
            item.memo = self._sealer.seal(made, MEMO, Memo(text=source.memo))
        self.put(item, JournalItem.pk.does_not_exist(), AlreadyPosted)
        books = {book.value: journal.total(book).cents for book in Book}
        self.put(
            DayItem(
                day_key(self._practice, self.day),
                str(made),
                books={book: cents for book, cents in books.items() if cents},
                reasons=_reasons(journal),
                method=source.method,
                **shared,
            )
        )
        audit().record(made)
        return made

    def _add_to_account(
        self, writes: TransactWrite, patient: PatientId, books: dict[Book, int]
    ) -> None:
        # A liability: what the patient has is its negative.
        unapplied = -books[Book.UNAPPLIED]
        writes.update(
            AccountItem(account_key(self._practice, patient), ACCOUNT),
            actions=[
                Path("entity").set("account"),
                AccountItem.patient_id.set(patient),
                AccountItem.changed_at.set(to_text(self.now)),
                Path("insurance_cents").add(books[Book.INSURANCE]),
                Path("patient_cents").add(books[Book.PATIENT]),
                Path("unapplied_cents").add(unapplied),
            ],
            condition=AccountItem.unapplied_cents >= -unapplied if unapplied < 0 else None,
        )

    def _follow_balance(self, sheet: SheetItem) -> None:
        """Since when the patient owes."""
        if sheet.patient_cents > 0 and not sheet.patient_since:
            sheet.patient_since = self.day.isoformat()
        elif sheet.patient_cents <= 0:
            sheet.patient_since = None

    def _of_sheets(self) -> list[tuple[Any, Any, type[Exception]]]:
        puts: list[tuple[Any, Any, type[Exception]]] = []
        for sheet in self._sheets.values():
            audit().about(PatientId(sheet.patient_id))
            audit().record(sheet.sheet_id)
            before = int(sheet.version or 0)
            new = before == 0
            unchanged = SheetItem.pk.does_not_exist() if new else SheetItem.version == before
            sheet.version = before + 1
            sheet.changed_at, sheet.changed_by = to_text(self.now), self.actor.user_id
            if new:
                sheet.created_at = sheet.changed_at
                where = sheet_where_key(self._practice, SheetId(sheet.sheet_id))
                puts.append(
                    (
                        WhereItem(where, WHERE, account=sheet.pk, at=sheet.sk),
                        WhereItem.pk.does_not_exist(),
                        VersionConflict,
                    )
                )
            puts.append((sheet, unchanged, VersionConflict))
            puts.extend(self._lists_of(sheet, new=new))
        return puts

    def _lists_of(self, sheet: SheetItem, *, new: bool) -> list[tuple[Any, Any, type[Exception]]]:
        """The list of its status and the open balances; what it is no longer in loses it."""
        puts: list[tuple[Any, Any, type[Exception]]] = []
        listed: list[tuple[Any, bool]] = [
            (waiting_sheet(self._practice, sheet, status), sheet.status == status)
            for status in WAITING
        ]
        # A line too much paid and one not paid at all are both open.
        owed = any(cents for pair in sheet.balances.values() for cents in pair)
        listed.append((open_balance(self._practice, sheet), owed))
        for item, stands in listed:
            if stands:
                puts.append((item, None, VersionConflict))
            elif not new:
                self.delete(item)
        return puts

    def _of_claims(self) -> list[tuple[Any, Any, type[Exception]]]:
        puts: list[tuple[Any, Any, type[Exception]]] = []
        for claim in self._claims.values():
            audit().about(PatientId(claim.patient_id))
            audit().record(claim.claim_id)
            before = int(claim.version or 0)
            unchanged = ClaimItem.version == before if before else ClaimItem.pk.does_not_exist()
            claim.version = before + 1
            claim.changed_at, claim.changed_by = to_text(self.now), self.actor.user_id
            puts.append((claim, unchanged, VersionConflict))
            puts.append((on_board(self._practice, claim), None, VersionConflict))
            puts.append((claim_of_sheet(self._practice, claim), None, VersionConflict))
        return puts

    def _happened(self, claim: ClaimItem, kind: str, refers_to: dict[str, Any], note: str) -> None:
        sort_key = f"{EVENT}{to_precise_text(self.now)}#{new_ulid()}"
        item = ClaimEventItem(
            claim.pk,
            sort_key,
            claim_id=claim.claim_id,
            kind=kind,
            state=claim.state,
            at=to_precise_text(self.now),
            by=self.actor.user_id,
            refers_to=refers_to,
        )
        if note:
            item.note = self._sealer.seal(claim.claim_id, f"note:{sort_key}", Memo(text=note))
        self.put(item)


def _reasons(journal: Journal) -> dict[str, dict[str, int]] | None:
    """By book and reason, in cents; of receivables the line says more."""
    found: dict[str, dict[str, int]] = {}
    for one in journal.postings:
        if one.reason and one.book not in RECEIVABLE:
            book = found.setdefault(one.book.value, {})
            book[one.reason] = book.get(one.reason, 0) + one.amount.cents
    return found or None
