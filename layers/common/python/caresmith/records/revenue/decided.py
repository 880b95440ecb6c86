"""What a practice decides of money that insurance owes and will not pay.

==================================  =======================================  ====================
 access                              pk                                       sk
==================================  =======================================  ====================
 decisions about a sheet             ``<practice>#decided#<sheet>``           ``<decision>``
 those that wait for a second        ``<practice>#insurance-approvals``       ``<decision>``
   person (one query)
==================================  =======================================  ====================

In clear lie ids, amounts, reasons and states; what people write is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import PracticeId, SheetId
from caresmith.records.revenue.ledger import Book
from caresmith.tables import RevenueItem


class Whose(StrEnum):
    PATIENT = "patient"
    """The patient is to pay it."""
    NOBODY = "nobody"
    """It is given up."""


@dataclass(frozen=True, slots=True)
class DecisionReason:
    code: str
    whose: Whose
    words: str


_ROWS: Final = (
    DecisionReason("PTINS", Whose.PATIENT, "The coverage was not in force"),
    DecisionReason("PTCOV", Whose.PATIENT, "Not covered, and the patient had agreed to pay"),
    DecisionReason("PTANS", Whose.PATIENT, "The patient has not answered the insurer"),
    DecisionReason("PTOTH", Whose.PATIENT, "The patient's for another reason"),
    DecisionReason("WOLAT", Whose.NOBODY, "Too late to file"),
    DecisionReason("WOAUT", Whose.NOBODY, "No authorization was obtained"),
    DecisionReason("WOAPP", Whose.NOBODY, "Appeals are exhausted"),
    DecisionReason("WOSML", Whose.NOBODY, "Too little to pursue with the insurer"),
    DecisionReason("WOOTH", Whose.NOBODY, "Given up for another reason"),
)
REASONS: Final = {one.code: one for one in _ROWS}
"""Longer than any claim adjustment reason code: none of them is taken for one."""


def is_decided(book: Book, reason: str) -> bool:
    """Whether what stands in a book of a line was decided by the practice, and not told by payers.

    A denied line that is given up keeps the payer's reason code in the book of write-offs.
    """
    return book is Book.WRITE_OFF or (book is Book.PATIENT and reason in REASONS)


class DecisionState(StrEnum):
    ASKED = "asked"
    """It waits for a second person."""
    POSTED = "posted"
    DECLINED = "declined"
    REVERSED = "reversed"


class DecisionItem(RevenueItem, discriminator="insurance-decision"):
    decision_id = UnicodeAttribute()
    sheet_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    state = UnicodeAttribute()
    whose = UnicodeAttribute()
    reason = UnicodeAttribute()
    line = UnicodeAttribute()
    cents = NumberAttribute()
    against_contract = JSONAttribute(default=list)
    """Reasons like ``CO-197`` by which the payer leaves it to the practice, as was known."""
    asked_by = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    decided_by = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)
    note = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``note`` of the decision's id: why, in a person's words."""


class DecisionAskedItem(RevenueItem, discriminator="insurance-approval"):
    """A decision that waits for a second person."""

    decision_id = UnicodeAttribute()
    sheet_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    cents = NumberAttribute()
    reason = UnicodeAttribute()
    asked_by = UnicodeAttribute()
    asked_at = UnicodeAttribute()


def decisions_key(practice: PracticeId, sheet: SheetId) -> str:
    return f"{practice}#decided#{sheet}"


def decisions_asked_key(practice: PracticeId) -> str:
    return f"{practice}#insurance-approvals"
