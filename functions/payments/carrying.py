"""What payers carry over and nobody has explained: a biller says what it was for."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant
from caresmith.errors import NotFound, invalid
from caresmith.ids import ClaimId, JournalId, PatientId, PracticeId, RemittanceId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.layout import remittance_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.remittance import CarriedItem, CreditItem, carried_key
from caresmith.records.revenue.sheet import get_sheet
from caresmith.records.revenue.writing import RevenueWrites, Source
from functions.payments import runs
from functions.payments.errors import AlreadySettled
from functions.payments.posting.plb import reason_of
from functions.payments.posting.spreading import shares
from functions.payments.preparing import subject_of


def carried(practice: PracticeId) -> list[CarriedItem]:
    """What has no counterpart yet, the oldest first."""
    found = [one for one in CarriedItem.query(carried_key(practice)) if one.settled_by is None]
    return sorted(found, key=lambda one: (one.paid_on, one.sk))


def words(item: CarriedItem) -> str:
    return reason_of(item.reason).words


def explain(
    remittance: RemittanceId,
    number: int,
    claim_id: ClaimId | None,
    reason: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """The money was of that claim: its lines are open again. Or of none: an adjustment.

    Raises NotFound, AlreadySettled, InvalidRequest.
    """
    practice, now = actor.practice_id, clock.now()
    item = next(
        (
            one
            for one in CarriedItem.query(carried_key(practice), consistent_read=True)
            if one.remittance_id == remittance and int(one.number) == number
        ),
        None,
    )
    if item is None:
        raise NotFound
    if item.settled_by is not None:
        raise AlreadySettled
    audit().record(remittance)
    day = runs.today(practice, now)
    writes = RevenueWrites(actor, now, day)
    amount = Money(int(item.amount_cents))
    source = Source(claim=claim_id, remittance=remittance, memo=reason)
    made = JournalId.derived_at(now, remittance, f"explained-{number}")
    if claim_id is not None:
        _of_claim(practice, claim_id, amount, writes, source, made)
        item.settled_by = str(claim_id)
    else:
        journal = Journal(
            kind=JournalKind.PROVIDER_LEVEL,
            postings=(
                Posting(book=Book.CARRIED, amount=-amount),
                Posting(book=Book.PROVIDER_LEVEL, amount=amount, reason=item.reason[:5]),
            ),
        )
        writes.post_beside(remittance_key(practice, remittance), journal, source, made)
        item.settled_by = "explained"
    writes.put(item, CarriedItem.settled_by.does_not_exist(), AlreadySettled)
    writes.commit()


def lay_on_line(
    practice: PracticeId,
    credit: CreditItem,
    item: CarriedItem,
    reason: str,
    writes: RevenueWrites,
    now: Instant,
) -> None:
    """A refund that the payer will not acknowledge: it is of the line that was paid too much."""
    sheet = get_sheet(practice, SheetId(credit.sheet_id))
    if sheet is None:
        raise NotFound
    amount = Money(int(item.amount_cents))
    journal = Journal(
        kind=JournalKind.TAKEBACK,
        postings=(
            Posting(book=Book.INSURANCE, amount=amount, line=credit.line),
            Posting(book=Book.CARRIED, amount=-amount),
        ),
    )
    remittance = RemittanceId(item.remittance_id)
    source = Source(claim=ClaimId(credit.claim_id), remittance=remittance, memo=reason)
    made = JournalId.derived_at(now, remittance, f"explained-{int(item.number)}")
    writes.post(sheet, journal, source, made)
    item.settled_by = str(credit.claim_id)
    writes.put(item, CarriedItem.settled_by.does_not_exist(), AlreadySettled)


def _of_claim(
    practice: PracticeId,
    claim_id: ClaimId,
    amount: Money,
    writes: RevenueWrites,
    source: Source,
    made: JournalId,
) -> None:
    claim = get_claim(practice, claim_id)
    subject = subject_of(practice, claim) if claim else None
    if claim is None or subject is None:
        raise invalid("claim_id", "There is no such claim.")
    audit().about(PatientId(claim.patient_id))
    paid = {
        line: max(0, sum(cents for (book, _), cents in books.items() if book is Book.CLEARING))
        for line, books in subject.state.posted.items()
    }
    lines = [line for line, cents in paid.items() if cents]
    if not lines or sum(paid.values()) < abs(amount.cents):
        raise invalid("claim_id", "That claim was not paid as much as this.")
    sheet = get_sheet(practice, SheetId(claim.sheet_id))
    assert sheet is not None  # noqa: S101 - its subject was read
    parts = shares(amount.cents, [paid[line] for line in lines])
    postings = [
        Posting(book=Book.INSURANCE, amount=Money(cents), line=line)
        for line, cents in zip(lines, parts, strict=True)
        if cents
    ]
    postings.append(Posting(book=Book.CARRIED, amount=-amount))
    journal = Journal(kind=JournalKind.TAKEBACK, postings=tuple(postings))
    writes.post(sheet, journal, source, made)
