"""What the bank says came, and the remittances that explain it: each finds the other.

A transfer carries its trace number (TRN02) into the bank's statement; number, amount and
day have to fit. Whichever comes first waits on a list.

==============================  ===============================  =====================
 access                          pk                               sk
==============================  ===============================  =====================
 deposits, by day                ``<practice>#deposits``          ``<day>#<deposit>``
 payments that no deposit        ``<practice>#without-money``     ``<day>#<remittance>``
   has brought yet
==============================  ===============================  =====================
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import FieldError, InvalidRequest, NotFound
from caresmith.ids import PracticeId, RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.layout import remittance_key, trace_key
from caresmith.records.revenue.remittance import (
    HEAD,
    RemittanceItem,
    TraceItem,
    comparable_trace,
    get_remittance,
)
from caresmith.tables import RevenueItem
from caresmith.transactions import TransactionCancelled, transaction
from functions.payments import models as m
from functions.payments.errors import DepositTaken

NEAR: Final = dt.timedelta(days=10)
"""A transfer settles within days of BPR16; a check takes longer, and is entered by hand."""
MOST_ROWS: Final = 2000
_SHOWN: Final = dt.timedelta(days=366)
_WORD: Final = re.compile(r"[0-9A-Za-z]{4,50}")
_DAYS: Final = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
_NAMES: Final = {
    "day": (
        "date",
        "day",
        "posted",
        "posted date",
        "posting date",
        "post date",
        "transaction date",
    ),
    "amount": ("amount", "credit", "deposit"),
    "reference": ("reference", "trace", "trace number", "check number", "number", "ref"),
    "description": ("description", "memo", "details", "payee", "name"),
}


class DepositItem(RevenueItem, discriminator="deposit"):
    deposit_id = UnicodeAttribute()
    day = UnicodeAttribute()
    amount_cents = NumberAttribute()
    reference = UnicodeAttribute(default="")
    description = UnicodeAttribute(default="")
    remittance_id = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    by = UnicodeAttribute()


class WithoutMoneyItem(RevenueItem, discriminator="without-money"):
    remittance_id = UnicodeAttribute()
    payer_name = UnicodeAttribute()
    trace = UnicodeAttribute()
    method = UnicodeAttribute()
    amount_cents = NumberAttribute()
    paid_on = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Row:
    day: dt.date
    amount: Money
    reference: str = ""
    description: str = ""


def deposits_key(practice: PracticeId) -> str:
    return f"{practice}#deposits"


def without_money_key(practice: PracticeId) -> str:
    return f"{practice}#without-money"


def awaited(practice: PracticeId, head: RemittanceItem) -> WithoutMoneyItem:
    """The payment on the list of those whose money has not been seen."""
    return WithoutMoneyItem(
        without_money_key(practice),
        f"{head.paid_on}#{head.remittance_id}",
        remittance_id=head.remittance_id,
        payer_name=head.payer_name,
        trace=head.trace,
        method=head.method,
        amount_cents=head.amount_cents,
        paid_on=head.paid_on,
    )


def read_csv(text: str) -> list[Row]:
    """The rows of a bank's export. Raises InvalidRequest with the line of each error.

    Nothing of a file is taken where one line of it can't be read. Money that went out is
    passed over.
    """
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    header = next(lines, [])
    places = _places(header)
    if "day" not in places or "amount" not in places:
        raise InvalidRequest(
            fields=[FieldError("file", "Line 1: name a column Date and a column Amount.")]
        )
    rows, errors = [], []
    for number, cells in enumerate(lines, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if number > MOST_ROWS:
            errors.append(FieldError("file", f"At most {MOST_ROWS} lines are taken at once."))
            break
        try:
            row = _row(cells, places)
        except ValueError as error:
            errors.append(FieldError("file", f"Line {number}: {error}."))
            continue
        if row.amount.cents > 0:
            rows.append(row)
    if errors:
        raise InvalidRequest(fields=errors[:20])
    return rows


def _places(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = cell.strip().casefold()
        for field, names in _NAMES.items():
            if name in names:
                found.setdefault(field, place)
    return found


def _row(cells: Sequence[str], places: dict[str, int]) -> Row:
    def cell(field: str) -> str:
        place = places.get(field)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    try:
        amount = Money.parse(cell("amount"))
    except ValueError:
        raise ValueError("the amount is not dollars and cents, like 1,234.56") from None
    return Row(_day(cell("day")), amount, cell("reference")[:80], cell("description")[:200])


def _day(text: str) -> dt.date:
    for form in _DAYS:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a bank's day
        except ValueError:
            continue
    raise ValueError("the date is not written like 03/20/2026")


def add(rows: Iterable[Row], *, actor: Actor, now: Instant) -> list[DepositItem]:
    """Keep deposits and look for what explains them. The same export again adds nothing."""
    practice = actor.practice_id
    made = []
    for item in _items(rows, actor, now):
        audit().record(item.deposit_id)
        try:
            with transaction() as writes:
                writes.save(item, condition=DepositItem.pk.does_not_exist())
        except TransactionCancelled:
            continue
        made.append(item)
        found = _remittance_for(practice, item)
        if found is not None:
            join(practice, item, found)
    return made


def _items(rows: Iterable[Row], actor: Actor, now: Instant) -> Iterator[DepositItem]:
    seen: dict[Row, int] = {}
    for row in rows:
        seen[row] = seen.get(row, 0) + 1
        told = f"{row.day}|{row.amount.cents}|{row.reference}|{row.description}|{seen[row]}"
        deposit = sha256(told.encode()).hexdigest()[:24]
        yield DepositItem(
            deposits_key(actor.practice_id),
            f"{row.day}#{deposit}",
            deposit_id=deposit,
            day=row.day.isoformat(),
            amount_cents=row.amount.cents,
            reference=row.reference,
            description=row.description,
            at=to_text(now),
            by=actor.user_id,
        )


def _remittance_for(practice: PracticeId, item: DepositItem) -> RemittanceItem | None:
    """The payment whose trace number stands in what the bank says, of that amount and time."""
    words = dict.fromkeys(
        comparable_trace(word) for word in _WORD.findall(f"{item.reference} {item.description}")
    )
    for word in list(words)[:20]:
        for trace in TraceItem.query(trace_key(practice, word), limit=20):
            fits = int(trace.amount_cents) == int(item.amount_cents)
            if fits and _near(trace.paid_on, item.day):
                head = get_remittance(practice, RemittanceId(trace.remittance_id))
                if head is not None and head.deposit_id is None:
                    return head
    return None


def look_for_money(practice: PracticeId, head: RemittanceItem) -> None:
    """A payment has come: its deposit may have been there first."""
    if head.amount_cents <= 0 or head.deposit_id:
        return
    paid_on = dt.date.fromisoformat(head.paid_on)
    trace = comparable_trace(head.trace)
    for item in DepositItem.query(
        deposits_key(practice),
        DepositItem.sk.between(f"{paid_on - NEAR}#", f"{paid_on + NEAR}#~"),
    ):
        if item.remittance_id or int(item.amount_cents) != int(head.amount_cents):
            continue
        words = _WORD.findall(f"{item.reference} {item.description}")
        if trace in {comparable_trace(word) for word in words}:
            join(practice, item, head)
            return


def _near(paid_on: str, day: str) -> bool:
    return abs(dt.date.fromisoformat(paid_on) - dt.date.fromisoformat(day)) <= NEAR


def join(practice: PracticeId, item: DepositItem, head: RemittanceItem) -> None:
    """This deposit is that payment. Raises DepositTaken where either has another."""
    key = remittance_key(practice, RemittanceId(head.remittance_id))
    audit().record(head.remittance_id)
    row = awaited(practice, head)
    try:
        with transaction() as writes:
            writes.delete(WithoutMoneyItem(row.pk, row.sk))
            writes.update(
                DepositItem(item.pk, item.sk),
                actions=[DepositItem.remittance_id.set(head.remittance_id)],
                condition=DepositItem.remittance_id.does_not_exist(),
            )
            writes.update(
                RemittanceItem(key, HEAD),
                actions=[RemittanceItem.deposit_id.set(item.deposit_id)],
                condition=RemittanceItem.deposit_id.does_not_exist(),
            )
    except TransactionCancelled:
        raise DepositTaken from None


def match(day: dt.date, deposit: str, remittance: RemittanceId, *, actor: Actor) -> DepositItem:
    """A person says that they belong together; the amount has to be the same.

    Raises NotFound, DepositTaken, InvalidRequest.
    """
    practice = actor.practice_id
    item, head = _deposit(practice, day, deposit), get_remittance(practice, remittance)
    if head is None:
        raise NotFound
    if int(head.amount_cents) != int(item.amount_cents):
        sentence = (
            f"The deposit is {Money(int(item.amount_cents))}, "
            f"the payment {Money(int(head.amount_cents))}."
        )
        raise InvalidRequest(fields=[FieldError("remittance_id", sentence)])
    join(practice, item, head)
    return _deposit(practice, day, deposit)


def _deposit(practice: PracticeId, day: dt.date, deposit: str) -> DepositItem:
    try:
        return DepositItem.get(deposits_key(practice), f"{day}#{deposit}", consistent_read=True)
    except DepositItem.DoesNotExist:
        raise NotFound from None


def listed(
    practice: PracticeId, today: dt.date
) -> tuple[list[m.DepositRead], list[m.RemittanceRow]]:
    """Deposits of the last year, and payments that no deposit has brought."""
    found = [
        read(item)
        for item in DepositItem.query(
            deposits_key(practice),
            DepositItem.sk > f"{today - _SHOWN}",
            scan_index_forward=False,
            limit=500,
        )
    ]
    without = [
        m.RemittanceRow(
            remittance_id=RemittanceId(row.remittance_id),
            state="",
            payer_name=row.payer_name,
            trace=row.trace,
            method=row.method,
            paid_on=dt.date.fromisoformat(row.paid_on),
            amount=Money(int(row.amount_cents)),
        )
        for row in WithoutMoneyItem.query(without_money_key(practice), limit=500)
    ]
    return found, without


def read(item: DepositItem) -> m.DepositRead:
    return m.DepositRead(
        deposit_id=item.deposit_id,
        day=dt.date.fromisoformat(item.day),
        amount=Money(int(item.amount_cents)),
        reference=item.reference,
        description=item.description,
        remittance_id=RemittanceId(item.remittance_id) if item.remittance_id else None,
    )
