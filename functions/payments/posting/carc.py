"""Claim adjustment reason codes (CARC): what each does to the books, and why it comes up.

The codes and what they stand for are facts of the public list (X12 external code
list 139); the words are our own and short. A code that is not here is treated as a
denial: nothing is ever given up because of a reason that nobody has thought about.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from functions.payments.posting.carc_table import ROWS


class Treatment(StrEnum):
    CONTRACTUAL = "contractual"
    """What the contract, the fee schedule or the law leaves off: taken off under CO and PI."""
    DENIAL = "denial"
    """Refused: what was charged stays open until somebody has worked on it."""
    DUPLICATE = "duplicate"
    """Said of a claim that was answered before: says nothing of that answer."""
    INFORMATIONAL = "informational"
    """Explains an amount that others account for: nothing is posted."""
    PATIENT = "patient"
    """The patient's share: deductible, coinsurance, copay and what the plan leaves to them."""
    TRANSFER = "transfer"
    """Another payer or another coverage is meant: stays open, also under PR."""


class Cause(StrEnum):
    """The root cause of a denial."""

    ELIGIBILITY = "eligibility"
    AUTHORIZATION = "authorization"
    CODING = "coding"
    DUPLICATE = "duplicate"
    TIMELY_FILING = "timely-filing"
    MEDICAL_NECESSITY = "medical-necessity"
    DOCUMENTATION = "documentation"
    BUNDLING = "bundling"
    OTHER_PAYER = "other-payer"
    PATIENT = "patient"
    PROVIDER = "provider"
    """Enrolment, network, NPI or taxonomy."""
    COVERAGE = "coverage"
    """The plan does not cover it, or a limit is reached."""
    UNDERPAID = "underpaid"
    """Not denied: paid less than was expected."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Carc:
    code: str
    treatment: Treatment
    cause: Cause
    words: str


@cache
def _known() -> dict[str, Carc]:
    found = {}
    for row in ROWS.strip().splitlines():
        code, treatment, cause, words = row.split("|")
        found[code] = Carc(code, Treatment(treatment), Cause(cause), words)
    return found


BUNDLED: Final = frozenset({"97", "B15", "234", "236"})
"""Paid within another service: with :data:`EXCESS` on that one, it moved there."""
EXCESS: Final = "94"
"""Negative: more was paid on this line than it charged (TR3 1.10.2.6, bundling)."""
CAPITATED: Final = "24"
"""Covered by capitation: a denial, unless the payer pays the practice in that way."""
PRIOR_PAYER: Final = "23"
"""What payers before this one have done (TR3 1.10.2.13)."""


def carc(code: str) -> Carc:
    """The code; of one that is not in the table, a denial of unknown cause."""
    known = _known().get(code)
    return known or Carc(code, Treatment.DENIAL, Cause.OTHER, f"Reason {code}")


def codes() -> tuple[Carc, ...]:
    return tuple(_known().values())
