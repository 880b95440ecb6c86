"""What pages call things."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.claims.authorized import Kind, amount
from caresmith.claims.contracts import CONTRACTS
from caresmith.money import Money
from caresmith.records.revenue.ledger import Book, Journal
from functions.charges.missing import WORDS, letter, sentence
from functions.charges.places import NAMES as PLACES

__all__ = ["CONTRACTS", "PLACES", "amount", "letter", "sentence"]

LISTS: Final[dict[str, str]] = {
    "review": "To review",
    "clean": "Clean, to release",
    "ready": "Released",
    "doubt": "Visit changed since",
}
EMPTY: Final[dict[str, str]] = {
    "review": "Nothing is missing on any sheet.",
    "clean": "No clean sheet waits to be released.",
    "ready": "No released sheet waits for its claim.",
    "doubt": "No visit was changed after its charges were billed.",
}
STATUSES: Final[dict[str, str]] = {
    "review": "In review",
    "ready": "Released",
    "billed": "Billed",
    "closed": "Closed",
    "void": "Voided",
}
JOURNALS: Final[dict[str, str]] = {
    "charges": "Released",
    "charges-changed": "Changed",
    "charges-voided": "Voided",
    "adjudication": "Payer's answer posted",
    "takeback": "Payer took its answer back",
    "turn": "Passed to whoever pays next",
    "patient-payment": "Patient paid",
    "applied": "Payment applied",
    "refund": "Refunded",
    "returned": "Payment returned",
    "write-off": "Written off",
    "courtesy": "Discount",
    "bad-debt": "Bad debt",
    "correction": "Corrected",
}
WHO_PAYS: Final = (
    ("chart", "The policies of the chart"),
    ("chosen", "These policies"),
    ("patient", "The patient, no insurer is asked"),
)
BASES: Final = (("UN", "units"), ("MJ", "minutes, of anesthesia"))
TESTS: Final = (
    ("HT", "Height"),
    ("R1", "Hemoglobin"),
    ("R2", "Hematocrit"),
    ("R3", "Epoetin, starting dosage"),
    ("R4", "Creatinine"),
)
HOSPICE: Final = (("true", "Works for the hospice"), ("false", "Does not work for the hospice"))
DATES: Final = (
    ("initial_treatment", "Treatment began"),
    ("last_seen", "Last seen by the treating physician"),
    ("last_xray", "Last X-ray"),
    ("prescription", "Prescribed"),
    ("hemoglobin_test", "Hemoglobin or hematocrit taken"),
    ("creatinine_test", "Creatinine taken"),
    ("shipped", "Shipped"),
)
EPSDT_REFERRALS: Final = (
    ("NU", "No referral was given"),
    ("AV", "A referral was given, and declined"),
    ("S2", "A referral was given; the child is under treatment already"),
    ("ST", "A referral was given, to new services"),
)
DRUG_UNITS: Final = (
    ("ML", "milliliter"),
    ("UN", "unit"),
    ("GR", "gram"),
    ("ME", "milligram"),
    ("F2", "international unit"),
)
AUTHORIZATIONS: Final = {
    Kind.AUTHORIZATION: "Prior authorization",
    Kind.REFERRAL: "Referral",
}
AUTHORIZATION_FIELDS: Final = (
    (Kind.AUTHORIZATION, "prior_authorization"),
    (Kind.REFERRAL, "referral_number"),
)
NUMBER_STANDINGS: Final = {
    "fits": "the number is on file, and fits.",
    "does-not-fit": "what is on file under this number does not fit the codes, days or units.",
    "not-on-file": "this number is not on file for the payer.",
}
_SHORT: Final[dict[str, str]] = {
    "no-lines": "No service",
    "no-diagnosis": "No diagnosis",
    "no-pointer": "Points at no diagnosis",
    "diagnosis-unknown": "Unknown diagnosis",
    "diagnosis-not-billable": "Diagnosis is a heading",
    "diagnosis-not-yet": "Diagnosis not yet valid",
    "diagnosis-ended": "Diagnosis no longer valid",
    "code-unknown": "Unknown code",
    "code-ended": "Code no longer valid",
    "no-fee": "No fee",
    "future-day": "Day lies ahead",
    "no-provider": "Provider unknown",
    "no-billing-npi": "Practice without NPI",
    "no-location": "Location unknown",
    "no-ordering-provider": "Ordering provider unknown",
    "payer-unknown": "Payer not in directory",
    "coverage-ended": "Policy does not hold",
    "visit-recoded": "Visit coded anew",
    "visit-retracted": "Visit retracted",
}
REASONS: Final = tuple(sorted(((code, _SHORT[code]) for code in WORDS), key=lambda pair: pair[1]))
"""Why a sheet waits, for the filter."""


def short(code: str) -> str:
    """``No fee (2)`` of ``no-fee:2``."""
    kind, _, which = code.partition(":")
    return f"{_SHORT[kind]} ({which})" if which else _SHORT[kind]


def change(journal: Journal) -> Money:
    """By how much a journal changed what is open."""
    return journal.total(Book.INSURANCE) + journal.total(Book.PATIENT)


def day(iso: str) -> str:
    """A day of the ledger as pages write it."""
    return dt.date.fromisoformat(iso).strftime("%m/%d/%Y")
