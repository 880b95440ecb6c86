"""Collections: whom statements did not move, the agency's list, and what it brings.

An account at the agency stays owed: nothing is given up by handing it over. It gets no
statements; recalled, it gets them again from the first on.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.errors import Conflict, VersionConflict
from caresmith.ids import PatientId, PaymentId, PracticeId
from caresmith.money import Money
from caresmith.records.patient import CHART, Patient, PatientCard, chart_key, patient_cards
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payment import Method, PaymentItem, Said, seal_said
from caresmith.records.revenue.people import READ, Person, person_from, person_of
from caresmith.records.revenue.statement import BILLING, BillingItem
from caresmith.records.revenue.writing import AlreadyPosted
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts import payments, runs
from functions.accounts.accounts import in_open_books, open_account, today
from functions.accounts.reading import payment_read
from functions.accounts.records import CollectedItem, collections_key
from functions.accounts.settings import account_settings
from functions.accounts.story import Books, Story
from functions.accounts.verifying import open_by_patient

AGENCY = "agency"
AGENCY_FEE = "AGFEE"
_BATCH = 100


class AtAgency(Conflict):
    kind = "at-agency"
    title = "The account is at the agency already."


@dataclass(frozen=True)
class Row:
    card: PatientCard | None
    patient_id: PatientId
    cents: int
    since: str | None
    """Of the oldest that is owed, since when it is the patient's."""


def candidates(*, actor: Actor, now: Instant) -> list[Row]:
    """Whom the rules put forward: enough owed, long enough, and every statement sent."""
    practice = actor.practice_id
    settings = account_settings(practice)
    rules, last = settings.collections, today(practice, now)
    before = (last - dt.timedelta(days=rules.after_days)).isoformat()
    opened = open_by_patient(practice)
    found = [
        one
        for one in runs.candidates(practice)
        if one.billing is not None
        and not one.billing.collections
        and not one.billing.hold
        and int(one.billing.step) >= settings.statements.most
        and one.due_cents >= rules.least_cents
    ]
    rows = []
    cards = patient_cards(practice, [one.patient_id for one in found])
    for one in found:
        since = min(
            (i.patient_since for i in opened[one.patient_id] if i.patient_since), default=None
        )
        if since is not None and since <= before:
            card = cards.get(one.patient_id)
            rows.append(Row(card, one.patient_id, one.due_cents, since))
    return rows


@dataclass(frozen=True)
class Placed:
    """An account at the agency."""

    patient_id: PatientId
    card: PatientCard | None
    day: str
    cents: int
    """Owed when it was handed over."""
    owed: int
    """In cents, now."""


def at_agency(*, actor: Actor) -> list[Placed]:
    practice = actor.practice_id
    items = list(CollectedItem.query(collections_key(practice)))
    ids = [PatientId(item.patient_id) for item in items]
    audit().about(*ids)
    cards, owed = patient_cards(practice, ids), runs.owed(practice, ids)
    return [
        Placed(patient, cards.get(patient), item.day, int(item.cents), owed[patient])
        for patient, item in zip(ids, items, strict=True)
    ]


def hand_over(patient: PatientId, *, actor: Actor, now: Instant) -> None:
    """The agency gets it. Raises NotFound, AtAgency, VersionConflict."""
    practice = actor.practice_id
    account = open_account(practice, patient)
    owed = sum(one.cents for one in account.owed()) - sum(p.cents for p in account.purses())
    day = today(practice, now)
    billing, before = _billing(practice, account.patient_id)
    if billing.collections:
        raise AtAgency
    billing.collections, billing.collections_day = AGENCY, day.isoformat()
    listed = CollectedItem(
        collections_key(practice),
        account.patient_id,
        patient_id=account.patient_id,
        day=day.isoformat(),
        cents=max(0, owed),
        by=actor.user_id,
    )
    _write(billing, before, put=listed)


def recall(patient: PatientId, *, actor: Actor) -> None:
    """It is asked for by the practice again. Raises NotFound, VersionConflict."""
    practice = actor.practice_id
    person = person_of(practice, patient)
    billing, before = _billing(practice, person.patient_id)
    billing.collections = billing.collections_day = None
    billing.step = 0
    _write(billing, before, gone=CollectedItem(collections_key(practice), person.patient_id))


def _billing(practice: PracticeId, patient: PatientId) -> tuple[BillingItem, int]:
    at = account_key(practice, patient)
    found = BillingItem.query(at, BillingItem.sk == BILLING, consistent_read=True, limit=1)
    billing = next(iter(found), None)
    if billing is None:
        billing = BillingItem(at, BILLING, patient_id=patient, version=0)
    return billing, int(billing.version or 0)


def _write(
    billing: BillingItem,
    before: int,
    *,
    put: CollectedItem | None = None,
    gone: CollectedItem | None = None,
) -> None:
    billing.version = before + 1
    audit().about(PatientId(billing.patient_id))
    unchanged = BillingItem.version == before if before else BillingItem.pk.does_not_exist()

    def attempt() -> None:
        with transaction() as writes:
            if gone:
                writes.delete(gone)
            writes.save(billing, condition=unchanged)
            if put:
                writes.save(put)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


_COLUMNS: Final = (
    "Account",
    "Debtor",
    "Born",
    "Patient",
    "Address",
    "City",
    "State",
    "ZIP",
    "Phone",
    "Placed on",
    "Placed",
    "Paid or taken off since",
    "Owed now",
)


def export(*, actor: Actor) -> bytes:
    """The agency's file: who is asked to pay, where they live, what was placed, what is left.

    The debtor is the guarantor: a child owes nothing. One BatchGet per hundred charts,
    one query for what is open.
    """
    practice = actor.practice_id
    items = {item.patient_id: item for item in CollectedItem.query(collections_key(practice))}
    audit().about(*(PatientId(one) for one in items))
    owed = runs.owed(practice, items)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for person in _people(practice, sorted(items)):
        item = items[person.patient_id]
        writer.writerow(_row(person, item, owed[item.patient_id]))
    return out.getvalue().encode("utf-8-sig")


def _people(practice: PracticeId, ids: list[str]) -> Iterator[Person]:
    sealer = Sealer(practice, Domain.PATIENTS)
    for start in range(0, len(ids), _BATCH):
        keys = [(chart_key(practice, PatientId(one)), CHART) for one in ids[start : start + _BATCH]]
        for chart in Patient.batch_get(keys, attributes_to_get=READ):
            yield person_from(sealer, chart)


def _row(person: Person, item: CollectedItem, owed: int) -> list[str]:
    address, born = person.address, person.payer_birth_date
    lines = (
        ["; ".join(address.lines), address.city, address.state or "", address.postal_code or ""]
        if address
        else [""] * 4
    )
    said = [
        str(person.card.mrn),
        person.payer_name,
        born.isoformat() if born else "",
        person.card.name,
        *lines,
        person.payer_phone or "",
        item.day,
    ]
    # A spreadsheet runs what begins like a formula.
    safe = [
        f"'{text}" if text.startswith(tuple("=+-@")) and not text[1:2].isdecimal() else text
        for text in said
    ]
    placed = int(item.cents)
    return [*safe, *(f"{Decimal(cents) / 100:.2f}" for cents in (placed, placed - owed, owed))]


def agency_paid(
    patient: PatientId, request: m.AgencyPayment, *, actor: Actor, now: Instant
) -> m.Payment:
    """The agency collected, and kept its fee: the patient's debt falls by all of it.

    The fee stands in the bad-debt book: it is what the practice lost of the debt.
    """
    payment_id = request.payment_id or PaymentId.new()
    percent = account_settings(actor.practice_id).collections.fee_percent
    fee = request.fee if request.fee is not None else Money(request.amount.cents * percent // 100)

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        if payment_id in account.payments:
            return account.payments[payment_id]
        item = payments.new_payment(
            books, account.patient_id, payment_id, Method.AGENCY, request.amount.cents
        )
        item.fee_cents = fee.cents
        said = Said(reference=request.reference)
        item.said = seal_said(actor.practice_id, payment_id, said)
        kept = (Posting(book=Book.BAD_DEBT, amount=fee, reason=AGENCY_FEE),) if fee else ()
        journal = Journal(
            kind=JournalKind.PATIENT_PAYMENT,
            postings=(
                Posting(book=Book.BANK, amount=request.amount - fee),
                *kept,
                Posting(book=Book.UNAPPLIED, amount=-request.amount),
            ),
        )
        story = Story(books)
        story.new_payment(item, journal)
        with suppress(AlreadyPosted):
            story.commit()
        return item

    paid = in_open_books(actor, now, change)
    payments.settle(patient, actor=actor, now=now)
    account = open_account(actor.practice_id, PatientId(paid.patient_id))
    return payment_read(actor.practice_id, account.payment(payment_id))
