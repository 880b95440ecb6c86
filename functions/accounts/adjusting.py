"""Giving up money that is owed: by a reason of the practice, within a limit, or by two people.

Whoever asks for more than the limit of their roles asks a second person, whose limit it must
be within, and who is somebody else. What was given up can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import Conflict, Forbidden, NotFound, VersionConflict, invalid
from caresmith.ids import AdjustmentId, JournalId, PatientId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, LineId, Posting
from caresmith.records.revenue.sheet import balances_of
from caresmith.records.revenue.writing import AlreadyPosted, Memo, RevenueWrites, Source
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from functions.accounts import models as m
from functions.accounts.accounts import Account, in_open_books, open_account
from functions.accounts.errors import NotThatMuchOwed
from functions.accounts.records import (
    AdjustmentItem,
    ApprovalItem,
    adjustment_sort_key,
    approvals_key,
)
from functions.accounts.settings import AccountSettings, GivenUp, Reason, account_settings
from functions.accounts.story import MOST_SHEETS, Books, follow_status

NOTE: Final = "note"


class NotYours(Conflict):
    kind = "approve-own-request"
    title = "Somebody else than who asked has to approve this."


class Decided(Conflict):
    kind = "adjustment-decided"
    title = "This was decided already."


def adjust(
    patient: PatientId, request: m.AdjustmentRequest, *, actor: Actor, now: Instant
) -> m.Adjustment:
    """Give money up, or ask a second person to.

    Raises NotFound, InvalidRequest, NotThatMuchOwed.
    """
    adjustment_id = AdjustmentId(request.adjustment_id or AdjustmentId.new())
    settings = account_settings(actor.practice_id, fresh=True)
    reason = _reason(settings, request.reason)

    def change(books: Books) -> AdjustmentItem:
        account = open_account(actor.practice_id, patient)
        there = find(actor.practice_id, account.person.charts, adjustment_id)
        if there is not None:
            return there
        lines = _lines(account, request, reason, settings)
        item = _item(books, account, adjustment_id, reason, lines, request.note)
        writes = RevenueWrites(actor, now, books.day)
        if int(item.cents) <= settings.limit_of(actor.roles):
            _post(writes, account, item, reason, request.note)
        else:
            writes.put(_approval(actor.practice_id, item))
        writes.put(item, AdjustmentItem.pk.does_not_exist(), AlreadyPosted)
        audit().about(account.patient_id)
        audit().record(adjustment_id)
        with suppress(AlreadyPosted):
            writes.commit()
            return item
        raise VersionConflict

    return read(actor.practice_id, in_open_books(actor, now, change))


def approve(
    patient: PatientId, adjustment_id: AdjustmentId, *, actor: Actor, now: Instant
) -> m.Adjustment:
    """The second person's yes. Raises NotFound, Decided, NotYours, Forbidden, NotThatMuchOwed."""
    settings = account_settings(actor.practice_id, fresh=True)

    def change(books: Books) -> AdjustmentItem:
        account = open_account(actor.practice_id, patient)
        item = _asked(account, adjustment_id)
        if item.asked_by == actor.user_id:
            raise NotYours
        if int(item.cents) > settings.limit_of(actor.roles):
            raise Forbidden("It is more than your role may give up.")
        writes = RevenueWrites(actor, now, books.day)
        _decided(writes, item, actor, now)
        _post(writes, account, item, _reason(settings, item.reason), _note(account.practice, item))
        writes.commit()
        return item

    return read(actor.practice_id, in_open_books(actor, now, change))


def decline(
    patient: PatientId, adjustment_id: AdjustmentId, *, actor: Actor, now: Instant
) -> m.Adjustment:
    """No, or never mind: who asked may take it back as well. Raises NotFound, Decided."""

    def change(books: Books) -> AdjustmentItem:
        account = open_account(actor.practice_id, patient)
        item = _asked(account, adjustment_id)
        item.state = "declined"
        writes = RevenueWrites(actor, now, books.day)
        _decided(writes, item, actor, now)
        writes.commit()
        return item

    return read(actor.practice_id, in_open_books(actor, now, change))


def reverse(
    patient: PatientId, adjustment_id: AdjustmentId, why: str, *, actor: Actor, now: Instant
) -> m.Adjustment:
    """It is owed after all. Raises NotFound, Decided."""

    def change(books: Books) -> AdjustmentItem:
        account = open_account(actor.practice_id, patient)
        item = _found(account, adjustment_id)
        if item.state != "posted":
            raise Decided
        # Also one that is out of use by now.
        reason = account_settings(actor.practice_id).reason(item.reason)
        if reason is None:
            raise NotFound
        writes = RevenueWrites(actor, now, books.day)
        for sheet_id, lines in item.lines.items():
            sheet = account.sheets[SheetId(sheet_id)]
            source = Source(takes_back=_journal_id(item, sheet_id), memo=why)
            journal = _journal(reason, lines).reversed(JournalKind.CORRECTION)
            writes.post(sheet, journal, source)
            follow_status(sheet)
        item.state = "reversed"
        _decided(writes, item, actor, now)
        writes.commit()
        return item

    return read(actor.practice_id, in_open_books(actor, now, change))


def waiting(*, actor: Actor) -> list[ApprovalItem]:
    """What waits for a second person, the oldest first."""
    found = sorted(ApprovalItem.query(approvals_key(actor.practice_id)), key=lambda i: i.asked_at)
    audit().about(*(PatientId(item.patient_id) for item in found))
    return found


# -- inside -----------------------------------------------------------------


def _reason(settings: AccountSettings, code: str) -> Reason:
    found = settings.reason(code)
    if found is None or not found.active:
        raise invalid("reason", "choose a reason of the practice's list")
    return found


def _lines(
    account: Account, request: m.AdjustmentRequest, reason: Reason, settings: AccountSettings
) -> dict[str, dict[LineId, int]]:
    """What is given up of which line. Raises InvalidRequest, NotThatMuchOwed."""
    percent = _percent(request, reason, settings)
    shares: dict[str, dict[LineId, int]] = {}
    if request.lines:
        wanted = [(one.sheet_id, one.line, one.amount.cents) for one in request.lines]
    else:
        wanted = [
            (one.sheet, one.line, one.cents * percent // 100)
            for one in sorted(account.owed(), key=lambda o: (o.day, o.sheet, int(o.line)))
            if one.cents > 0
        ]
    for sheet_id, line, cents in wanted:
        sheet = account.sheets.get(sheet_id)
        balance = balances_of(sheet).get(line) if sheet else None
        if balance is None:
            raise invalid("lines", "there is no such line in this account")
        if cents > balance.patient.cents:
            raise NotThatMuchOwed(sheet_id=sheet_id, line=line)
        if reason.most_cents and cents > reason.most_cents:
            raise invalid("reason", f"this reason is for at most {Money(reason.most_cents)} a line")
        if cents:
            shares.setdefault(sheet_id, {})[line] = cents
    if not shares:
        raise invalid("lines", "the patient owes nothing that could be given up")
    if len(shares) > MOST_SHEETS:
        raise invalid("lines", f"choose lines of at most {MOST_SHEETS} visits at a time")
    return shares


def _percent(request: m.AdjustmentRequest, reason: Reason, settings: AccountSettings) -> int:
    if reason.meaning is GivenUp.HARDSHIP and not request.lines and not reason.percent:
        # Without them the scale says nothing, and everything would be given up.
        if not request.household:
            raise invalid("household", "the sliding scale needs the size of the household")
        if request.income is None:
            raise invalid("income", "the sliding scale needs the household's income a year")
        percent = settings.sliding.discount(request.household, request.income.cents)
        if not percent:
            raise invalid("income", "by the sliding scale nothing is given off for this income")
        return percent
    return reason.percent or 100


def _item(
    books: Books,
    account: Account,
    adjustment: AdjustmentId,
    reason: Reason,
    lines: Mapping[str, Mapping[LineId, int]],
    note: str | None,
) -> AdjustmentItem:
    practice = account.practice
    sealed = Sealer(practice, Domain.REVENUE).seal(adjustment, NOTE, Memo(text=note or ""))
    return AdjustmentItem(
        account_key(practice, account.patient_id),
        adjustment_sort_key(adjustment),
        adjustment_id=adjustment,
        patient_id=account.patient_id,
        state="asked",
        reason=reason.code,
        lines={sheet: dict(shares) for sheet, shares in lines.items()},
        cents=sum(cents for shares in lines.values() for cents in shares.values()),
        asked_by=books.actor.user_id,
        asked_at=to_text(books.now),
        version=1,
        note=sealed if note else None,
    )


def _post(
    writes: RevenueWrites, account: Account, item: AdjustmentItem, reason: Reason, note: str | None
) -> None:
    for sheet_id, lines in item.lines.items():
        sheet = account.sheets[SheetId(sheet_id)]
        owed = balances_of(sheet)
        for line, cents in lines.items():
            if int(cents) > owed[line].patient.cents:
                raise NotThatMuchOwed(sheet_id=sheet_id, line=line)
        writes.post(
            sheet, _journal(reason, lines), Source(memo=note or ""), _journal_id(item, sheet_id)
        )
        follow_status(sheet)
    item.state = "posted"


def _journal(reason: Reason, lines: Mapping[LineId, Any]) -> Journal:
    total = sum(int(cents) for cents in lines.values())
    return Journal(
        kind=reason.meaning.journal_kind,
        postings=(
            Posting(book=reason.meaning.book, amount=Money(total), reason=reason.code),
            *(
                Posting(book=Book.PATIENT, amount=Money(-int(cents)), line=line)
                for line, cents in lines.items()
            ),
        ),
    )


def _journal_id(item: AdjustmentItem, sheet: str) -> JournalId:
    """When it was posted is when it was decided, or asked for within a limit."""
    at = from_text(item.decided_at or item.asked_at)
    return JournalId.derived_at(at, item.adjustment_id, sheet)


def _approval(practice: PracticeId, item: AdjustmentItem) -> ApprovalItem:
    return ApprovalItem(
        approvals_key(practice),
        item.adjustment_id,
        adjustment_id=item.adjustment_id,
        patient_id=item.patient_id,
        cents=item.cents,
        reason=item.reason,
        asked_by=item.asked_by,
        asked_at=item.asked_at,
    )


def _decided(writes: RevenueWrites, item: AdjustmentItem, actor: Actor, now: Instant) -> None:
    before = int(item.version)
    item.version = before + 1
    item.decided_by, item.decided_at = actor.user_id, to_text(now)
    writes.put(item, AdjustmentItem.version == before)
    writes.delete(ApprovalItem(approvals_key(actor.practice_id), item.adjustment_id))
    audit().about(PatientId(item.patient_id))
    audit().record(item.adjustment_id)


def _asked(account: Account, adjustment: AdjustmentId) -> AdjustmentItem:
    item = _found(account, adjustment)
    if item.state != "asked":
        raise Decided
    return item


def _found(account: Account, adjustment: AdjustmentId) -> AdjustmentItem:
    found = find(account.practice, account.person.charts, adjustment)
    if found is None:
        raise NotFound
    return found


def find(
    practice: PracticeId, charts: Iterable[PatientId], adjustment: AdjustmentId
) -> AdjustmentItem | None:
    keys = [(account_key(practice, one), adjustment_sort_key(adjustment)) for one in charts]
    return next(iter(AdjustmentItem.batch_get(keys, consistent_read=True)), None)


def _note(practice: PracticeId, item: AdjustmentItem) -> str | None:
    if item.note is None:
        return None
    sealer = Sealer(practice, Domain.REVENUE)
    return sealer.unseal(item.adjustment_id, NOTE, item.note, Memo).text or None


def read(practice: PracticeId, item: AdjustmentItem) -> m.Adjustment:
    return m.Adjustment(
        adjustment_id=AdjustmentId(item.adjustment_id),
        patient_id=PatientId(item.patient_id),
        state=item.state,
        reason=item.reason,
        amount=Money(int(item.cents)),
        asked_by=item.asked_by,
        decided_by=item.decided_by,
        note=_note(practice, item),
        version=int(item.version),
    )


def pending_of(items: Iterable[RevenueItem], practice: PracticeId) -> list[m.Adjustment]:
    """What was asked for in an account, and what was given up, the latest first."""
    found = [item for item in items if isinstance(item, AdjustmentItem)]
    found.sort(key=lambda item: item.asked_at, reverse=True)
    return [read(practice, item) for item in found]
