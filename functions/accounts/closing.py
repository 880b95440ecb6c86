"""The day's close: what the books say against what lies in the drawer.

Whatever was posted to a day is added up by method, book and reason; somebody counts; a
difference is explained; then nothing is posted to the day any more. Reopening it is for a
few, needs a reason, and is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from pynamodb.attributes import BinaryAttribute, JSONAttribute, UnicodeAttribute

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant, to_precise_text, to_text
from caresmith.errors import Conflict, NotFound, invalid
from caresmith.ids import PracticeId
from caresmith.money import Money
from caresmith.records.revenue.account import CLOSED, ClosedDayItem, DayItem
from caresmith.records.revenue.decided import REASONS
from caresmith.records.revenue.layout import day_key
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.payment import Method
from caresmith.records.revenue.writing import DayIsClosed, Memo
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts import wording
from functions.accounts.accounts import today
from functions.accounts.day_totals import Totals, add_up
from functions.accounts.settings import account_settings

COUNTED: Final = (Method.CASH, Method.CHECK, Method.TERMINAL)
"""What somebody counts: the drawer, the checks, the terminal's slip."""


class PostedMeanwhile(Conflict):
    kind = "posted-meanwhile"
    title = "Something was posted to the day just now. Look at it again, then close it."


class FutureDay(Conflict):
    kind = "day-not-begun"
    title = "That day has not begun."


class ClosingItem(RevenueItem, discriminator="closing"):
    """That a day was closed or opened again, by whom and why."""

    day = UnicodeAttribute()
    act = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    report = JSONAttribute(null=True)
    why = BinaryAttribute(legacy_encoding=False, null=True)


def closings_key(practice: PracticeId) -> str:
    return f"{practice}#closings"


# -- reading ----------------------------------------------------------------------


def read(day: dt.date, *, actor: Actor) -> m.Day:
    """The day as its books say now, and how it was closed where it was."""
    practice = actor.practice_id
    items = list(DayItem.query(day_key(practice, day), consistent_read=True))
    closed = next((item for item in _closed(practice, day)), None)
    return _day(practice, day, add_up(item for item in items), closed)


def _closed(practice: PracticeId, day: dt.date) -> Iterable[ClosedDayItem]:
    return ClosedDayItem.query(
        day_key(practice, day), ClosedDayItem.sk == CLOSED, consistent_read=True, limit=1
    )


def _day(practice: PracticeId, day: dt.date, totals: Totals, closed: ClosedDayItem | None) -> m.Day:
    settings = account_settings(practice)
    expected = {method.value: totals.came(method) for method in COUNTED}
    expected[Method.CASH.value] += settings.drawer_cents
    counted = {k: int(v) for k, v in (closed.report.get("counted") or {}).items()} if closed else {}
    return m.Day(
        day=day,
        closed_at=closed.at if closed else None,
        closed_by=closed.by if closed else None,
        journals=totals.journals,
        charges=Money(totals.charges),
        insurance_paid=Money(totals.insurance_paid),
        payer_refunds=Money(totals.payer_refunds),
        other_system=Money(totals.other_system),
        patients_paid=Money(totals.patients_paid),
        methods=[
            m.MethodTotal(
                method=Method(method),
                payments=Money(acts.get("payments", 0)),
                voids=Money(acts.get("voids", 0)),
                returns=Money(acts.get("returns", 0)),
                refunds=Money(acts.get("refunds", 0)),
                total=Money(totals.came(method)),
            )
            for method, acts in sorted(totals.by_method.items())
        ],
        adjustments=[
            m.ReasonTotal(
                book=book,
                reason=reason,
                words=_words(book, reason, practice),
                amount=Money(cents),
            )
            for (book, reason), cents in sorted(totals.by_reason.items())
            if cents
        ],
        drawer=Money(settings.drawer_cents),
        expected={method: Money(cents) for method, cents in expected.items()},
        counted={method: Money(cents) for method, cents in counted.items()},
        why=_why(practice, day, closed),
    )


_BOOKS: Final = {
    Book.CONTRACTUAL.value: "Taken off by contract",
    Book.PAYER_REDUCTION.value: "Taken off by the payer",
    Book.OTHER_ADJUSTMENT.value: "Other adjustment",
    Book.WRITE_OFF.value: "Written off",
    Book.COURTESY.value: "Discount",
    Book.BAD_DEBT.value: "Not collectable",
}


def _words(book: str, reason: str, practice: PracticeId) -> str:
    own = account_settings(practice).reason(reason)
    if own:
        return own.words
    if reason in REASONS:
        return f"{_BOOKS[book]}: {REASONS[reason].words.lower()}"
    return f"{_BOOKS[book]}{f', reason {reason}' if reason else ''}"


def _why(practice: PracticeId, day: dt.date, closed: ClosedDayItem | None) -> str | None:
    sealed = closed.report.get("why") if closed else None
    if not sealed:
        return None
    record = f"{practice}#{day}"
    opened = Sealer(practice, Domain.REVENUE).unseal(record, "why", bytes.fromhex(sealed), Memo)
    return opened.text


def recent(*, actor: Actor, now: Instant, count: int = 30) -> list[tuple[dt.date, bool]]:
    """The last days, and whether each is closed: one read."""
    practice = actor.practice_id
    last = today(practice, now)
    days = [last - dt.timedelta(days=number) for number in range(count)]
    closed = {
        item.pk for item in ClosedDayItem.batch_get([(day_key(practice, d), CLOSED) for d in days])
    }
    return [(day, day_key(practice, day) in closed) for day in days]


# -- closing ----------------------------------------------------------------------


def close(day: dt.date, request: m.Count, *, actor: Actor, now: Instant) -> m.Day:
    """Close the books of a day.

    Raises DayIsClosed, FutureDay, PostedMeanwhile, or InvalidRequest for a difference that is
    not explained.
    """
    practice = actor.practice_id
    if day > today(practice, now):
        raise FutureDay
    before = read(day, actor=actor)
    if before.closed_at:
        raise DayIsClosed
    if request.journals is not None and request.journals != before.journals:
        raise PostedMeanwhile
    counted = {
        Method.CASH.value: request.cash.cents,
        Method.CHECK.value: request.checks.cents,
        Method.TERMINAL.value: request.terminal.cents,
    }
    differs = {k: c - before.expected[k].cents for k, c in counted.items()}
    if any(differs.values()) and not request.why:
        parts = ", ".join(
            f"{wording.METHODS[Method(k)].lower()} {Money(c)}" for k, c in differs.items() if c
        )
        raise invalid("why", f"say why it differs: {parts}")
    report = _report(before, counted, differs)
    if request.why:
        sealer = Sealer(practice, Domain.REVENUE)
        record = f"{practice}#{day}"
        report["why"] = sealer.seal(record, "why", Memo(text=request.why)).hex()
    _write_close(practice, day, report, actor, now)
    after = read(day, actor=actor)
    if after.journals != before.journals:
        # It came between adding up and closing: the count was of another day.
        _open_again(practice, day, actor, now, "", "undone")
        raise PostedMeanwhile
    return after


def _report(day: m.Day, counted: dict[str, int], differs: dict[str, int]) -> dict[str, Any]:
    contractual = sum(one.amount.cents for one in day.adjustments if one.book == Book.CONTRACTUAL)
    return {
        "day": day.day.isoformat(),
        "journals": day.journals,
        "charges": day.charges.cents,
        "paid": day.patients_paid.cents + day.insurance_paid.cents,
        "patients_paid": day.patients_paid.cents,
        "insurance_paid": day.insurance_paid.cents,
        "contractual": contractual,
        "counted": counted,
        "differs": differs,
    }


def _write_close(
    practice: PracticeId, day: dt.date, report: dict[str, Any], actor: Actor, now: Instant
) -> None:
    item = ClosedDayItem(
        day_key(practice, day), CLOSED, at=to_text(now), by=actor.user_id, report=report
    )
    audit().record(f"day-{day}")

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=ClosedDayItem.pk.does_not_exist())
            writes.save(_event(practice, day, "closed", actor, now, report))
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise DayIsClosed from None


def reopen(day: dt.date, why: str, *, actor: Actor, now: Instant) -> m.Day:
    """Let things be posted to the day again. Raises NotFound where it is not closed."""
    _open_again(actor.practice_id, day, actor, now, why, "reopened")
    return read(day, actor=actor)


def _open_again(
    practice: PracticeId, day: dt.date, actor: Actor, now: Instant, why: str, act: str
) -> None:
    event = _event(practice, day, act, actor, now, None)
    if why:
        sealer = Sealer(practice, Domain.REVENUE)
        event.why = sealer.seal(f"{practice}#{day}", f"why:{event.sk}", Memo(text=why))
    audit().record(f"day-{day}")

    def attempt() -> None:
        with transaction() as writes:
            writes.delete(
                ClosedDayItem(day_key(practice, day), CLOSED),
                condition=ClosedDayItem.pk.exists(),
            )
            writes.save(event)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise NotFound from None


def _event(
    practice: PracticeId,
    day: dt.date,
    act: str,
    actor: Actor,
    now: Instant,
    report: dict[str, Any] | None,
) -> ClosingItem:
    return ClosingItem(
        closings_key(practice),
        f"{day}#{to_precise_text(now)}#{act}",
        day=day.isoformat(),
        act=act,
        at=to_text(now),
        by=actor.user_id,
        report=report,
    )


def history(day: dt.date, *, actor: Actor) -> list[ClosingItem]:
    """How often it was closed and opened."""
    key = closings_key(actor.practice_id)
    return list(ClosingItem.query(key, ClosingItem.sk.startswith(f"{day}#")))
