"""Sheets and what payers say of them, made by the core's own functions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock, Instant
from caresmith.ids import LocationId, PatientId, PracticeId, ProviderId, SheetId, UserId
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.layout import account_key, sheet_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    get_sheet,
    seal_sheet,
)
from caresmith.records.revenue.writing import RevenueWrites

NOON = dt.timedelta(hours=17)


def noon(day: dt.date) -> Instant:
    """Midday in New York, whatever the season."""
    return dt.datetime.combine(day, dt.time(), dt.UTC) + NOON


@dataclass
class Biller:
    """Charges visits and says what payers answered."""

    practice: PracticeId
    actor: Actor = field(init=False)
    place: LocationId = field(default_factory=LocationId.new)
    provider: ProviderId = field(default_factory=ProviderId.new)

    def __post_init__(self) -> None:
        self.actor = Actor(self.practice, UserId.new(), frozenset({Role.BILLER}))

    def charge(
        self,
        patient: PatientId,
        *cents: int,
        day: dt.date,
        self_pay: bool = False,
        codes: tuple[str, ...] = (),
        posted: dt.date | None = None,
    ) -> SheetId:
        """A released sheet with a line for each amount: insurance owes it, or the patient."""
        sheet = SheetId.new()
        content = SheetContent(
            location_id=self.place,
            rendering_id=self.provider,
            place_of_service="11",
            diagnoses=("E119",),
            lines=tuple(
                ChargeLine(
                    line=str(number),
                    code=codes[number - 1] if codes else "99213",
                    pointers=(1,),
                    charge=Money(amount),
                    day=day,
                )
                for number, amount in enumerate(cents, 1)
            ),
            last_line=len(cents),
        )
        item = SheetItem(
            account_key(self.practice, patient),
            sheet_sort_key(day, sheet),
            sheet_id=sheet,
            patient_id=patient,
            day=day.isoformat(),
            status=SheetStatus.BILLED,
            turn=0 if self_pay else 1,
            payer_id=None if self_pay else "pyr_00000000000000000000000001",
            charge_cents=sum(cents),
            balances={},
            version=0,
            content=seal_sheet(self.practice, sheet, content),
        )
        owner = Book.PATIENT if self_pay else Book.INSURANCE
        journal = Journal(
            kind=JournalKind.CHARGES,
            postings=(
                *(
                    Posting(book=owner, amount=Money(amount), line=str(number))
                    for number, amount in enumerate(cents, 1)
                ),
                Posting(book=Book.CHARGES, amount=Money(-sum(cents))),
            ),
        )
        self._write(item, journal, posted or day)
        return sheet

    def adjudicate(
        self,
        sheet: SheetId,
        line: str,
        *,
        paid: int = 0,
        off: int = 0,
        share: int = 0,
        reason: str = "3",
        day: dt.date,
    ) -> None:
        """The payer pays, takes off, and leaves a share to the patient: of one line."""
        parts = {
            Posting: [
                (Book.CLEARING, paid, None, None),
                (Book.CONTRACTUAL, off, None, "45"),
                (Book.PATIENT, share, line, reason),
                (Book.INSURANCE, -(paid + off + share), line, None),
            ]
        }[Posting]
        journal = Journal(
            kind=JournalKind.ADJUDICATION,
            postings=tuple(
                Posting(book=book, amount=Money(cents), line=at, reason=why)
                for book, cents, at, why in parts
                if cents
            ),
        )
        self._write(self.sheet(sheet), journal, day)

    def sheet(self, sheet: SheetId) -> SheetItem:
        found = get_sheet(self.practice, sheet)
        assert found is not None
        return found

    def _write(self, item: SheetItem, journal: Journal, day: dt.date) -> None:
        now = noon(day)
        with acting_as(self.actor), audited(AuditTrail(self.actor, "test", FixedClock(now))):
            writes = RevenueWrites(self.actor, now, day)
            writes.post(item, journal)
            writes.commit()
