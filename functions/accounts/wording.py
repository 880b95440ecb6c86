"""What the account's page and statements say of money, in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from caresmith.money import Money
from caresmith.records.revenue.decided import REASONS
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payment import Method, State
from functions.accounts.settings import AccountSettings, GivenUp

METHODS: Final = {
    Method.CASH: "Cash",
    Method.CHECK: "Check",
    Method.TERMINAL: "Card at the desk",
    Method.ONLINE: "Card online",
    Method.AGENCY: "Collection agency",
    Method.TRANSFER: "From another account",
    Method.OTHER: "Other",
}
DESK_METHODS: Final = tuple(
    (method.value, METHODS[method])
    for method in (Method.CASH, Method.CHECK, Method.TERMINAL, Method.OTHER)
)
"""As a form's choices."""
STATES: Final = {State.TAKEN: "", State.VOID: "Void", State.RETURNED: "Returned"}
LINK_WAYS: Final = {
    "statement": "On the statement",
    "sms": "Sent by text",
    "email": "Sent by e-mail",
}
LINK_STATES: Final = {
    "sent": "not opened yet",
    "opened": "opened",
    "locked": "locked after too many wrong answers: send a new one",
    "revoked": "revoked",
    "over": "can't be used any more",
    "paid": "paid",
}
SHEET_STATES: Final = {
    "review": "Not charged yet",
    "ready": "Charged",
    "billed": "Billed",
    "closed": "Settled",
    "void": "Void",
}
# X12 CARC 1, 2, 3 in group PR, in our own words; others are said as what they do.
_SHARES: Final = {
    "1": "deductible",
    "2": "coinsurance",
    "3": "copay",
    "96": "not covered by the plan",
    "204": "not covered by the plan",
    "119": "the plan's limit is reached",
    "35": "the plan's limit is reached",
    "27": "the plan had ended",
    "26": "the plan had not begun",
    "31": "the plan does not know the patient",
    "66": "deductible for blood",
    "85": "interest",
    "187": "paid from the health savings account",
}
_DECIDED: Final = "the insurance does not pay it"
_KINDS: Final = {
    JournalKind.CHARGES: "Charges",
    JournalKind.CHARGES_CHANGED: "Charges changed",
    JournalKind.CHARGES_VOIDED: "Charges taken back",
    JournalKind.ADJUDICATION: "Insurance answered",
    JournalKind.TAKEBACK: "Insurance took its answer back",
    JournalKind.TURN: "Passed on",
    JournalKind.PATIENT_PAYMENT: "Payment",
    JournalKind.APPLIED: "Payment applied",
    JournalKind.TRANSFER: "Money moved between accounts",
    JournalKind.REFUND: "Refund",
    JournalKind.RETURNED: "Payment returned",
    JournalKind.WRITE_OFF: "Written off",
    JournalKind.COURTESY: "Discount",
    JournalKind.BAD_DEBT: "Not collectable",
    JournalKind.CORRECTION: "Correction",
    JournalKind.DEPOSIT: "Deposit",
    JournalKind.PROVIDER_LEVEL: "Adjustment of a whole payment",
    JournalKind.OTHER_SYSTEM: "Payment for a claim of another system",
}
_TAKEN_OFF: Final = (Book.CONTRACTUAL, Book.PAYER_REDUCTION, Book.OTHER_ADJUSTMENT)
ANSWERS: Final = (JournalKind.ADJUDICATION, JournalKind.TAKEBACK, JournalKind.TURN)
"""What payers say, and what follows: it may take back what was given up of insurance money."""
GIVEN_UP: Final = (Book.WRITE_OFF, Book.COURTESY, Book.BAD_DEBT)


def kind(journal: JournalKind) -> str:
    return _KINDS[journal]


def entry(journal: Journal, settings: AccountSettings, method: str | None = None) -> str:
    """One journal in a sentence: what came of it for whom."""
    said = list(_sentences(journal, settings, method))
    return "; ".join(said) if said else kind(journal.kind)


def _sentences(journal: Journal, settings: AccountSettings, method: str | None) -> Iterable[str]:
    yield from _of_money(journal, method)
    taken_off = sum(journal.total(book).cents for book in _TAKEN_OFF)
    if taken_off:
        yield (
            f"{money(taken_off)} taken off as agreed with the insurance"
            if taken_off > 0
            else f"{money(-taken_off)} charged again: the insurance's agreement does not cover it"
        )
    for book in GIVEN_UP:
        yield from _given_up(journal, book, settings)
    if journal.kind in ANSWERS:
        yield from _passed_on(journal)
    charged = -journal.total(Book.CHARGES).cents
    if charged:
        yield f"{money(charged)} charged" if charged > 0 else f"{money(-charged)} taken back"


def _of_money(journal: Journal, method: str | None) -> Iterable[str]:
    bank, clearing = journal.total(Book.BANK).cents, journal.total(Book.CLEARING).cents
    unapplied = journal.total(Book.UNAPPLIED).cents
    by = f" ({METHODS[Method(method)].lower()})" if method in METHODS else ""
    if journal.kind is JournalKind.TRANSFER:
        moved = "to" if unapplied > 0 else "from"
        yield f"{money(abs(unapplied))} moved {moved} another account"
    elif bank > 0:
        yield f"Payment of {money(bank)}{by}"
    elif bank < 0:
        said = {JournalKind.REFUND: "Refund", JournalKind.CORRECTION: "Voided payment"}
        yield f"{said.get(journal.kind, 'Returned payment')} of {money(-bank)}{by}"
    elif clearing:
        yield (
            f"Insurance paid {money(clearing)}"
            if clearing > 0
            else f"Insurance took {money(-clearing)} back"
        )
    elif unapplied > 0:
        yield f"{money(unapplied)} of a payment put on the visit"
    elif unapplied < 0:
        yield f"{money(-unapplied)} of a payment taken off the visit"


def _given_up(journal: Journal, book: Book, settings: AccountSettings) -> Iterable[str]:
    for posting in journal.postings:
        if posting.book is book:
            reason = settings.reason(posting.reason or "")
            words = reason.words if reason else _given_words(posting, journal)
            cents = posting.amount.cents
            yield (
                f"{words}: {money(cents)}" if cents > 0 else f"Taken back: {words}, {money(-cents)}"
            )


def _given_words(posting: Posting, journal: Journal) -> str:
    """Of insurance money that was given up, and of what the practice's list does not name."""
    known = REASONS.get(posting.reason or "")
    if known:
        return known.words
    return _KINDS[JournalKind.WRITE_OFF] if posting.book is Book.WRITE_OFF else kind(journal.kind)


def _passed_on(journal: Journal) -> Iterable[str]:
    shares: dict[str, int] = {}
    for posting in journal.postings:
        if posting.book is Book.PATIENT:
            why = share(posting.reason)
            shares[why] = shares.get(why, 0) + posting.amount.cents
    for why, cents in shares.items():
        if cents > 0:
            yield f"{money(cents)} is the patient's to pay{f' ({why})' if why else ''}"
        elif cents < 0:
            yield f"{money(-cents)} is no longer the patient's to pay{f' ({why})' if why else ''}"


HOW_GIVEN: Final = {
    "hand": "by hand",
    "post": "by mail",
    "email": "by e-mail",
    "portal": "on the portal",
}
NONE_OWED: Final = {
    "insured": "No estimate is owed: the patient is insured on that day.",
    "short-notice": "No estimate is owed: scheduled less than three business days ahead.",
    "cancelled": "No estimate is owed: the visit is off.",
    "over": "There was no estimate before the visit.",
    "by-hand": "Taken off the list",
}
"""Why no good-faith estimate is owed."""
_MEANINGS: Final = {
    GivenUp.SMALL_BALANCE: "A small balance",
    GivenUp.COURTESY: "A courtesy",
    GivenUp.HARDSHIP: "Financial assistance, by the sliding scale",
    GivenUp.SELF_PAY: "A discount for who pays without insurance",
    GivenUp.PROMPT_PAY: "A discount for paying at once",
    GivenUp.BAD_DEBT: "Bad debt",
    GivenUp.STATUTE: "Too long ago to be asked for",
    GivenUp.OTHER: "Another write-off",
}


def meaning(reason: GivenUp) -> str:
    """What a reason is for the books."""
    return _MEANINGS[reason]


def share(reason: str | None) -> str:
    """Why a share is the patient's: ``deductible``."""
    if reason in REASONS:
        return _DECIDED
    return _SHARES.get(reason or "", "")


def money(cents: int) -> str:
    return str(Money(int(cents)))


def day(value: dt.date | str) -> str:
    found = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return found.strftime("%m/%d/%Y")
