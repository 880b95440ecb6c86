"""Moving a sheet: released into the ledger, changed there, taken back. Only in memory: the
caller commits the writes, so that several sheets of one visit are one story."""

from __future__ import annotations

from collections.abc import Sequence

from caresmith.events import ChargesChanged, ChargesReleased, ChargesVoided
from caresmith.ids import EncounterId, PatientId, PayerId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import Standing, adjudication_of, said_of
from caresmith.records.revenue.indexes import waiting_sheet
from caresmith.records.revenue.layout import sheets_key
from caresmith.records.revenue.ledger import Book, LineId
from caresmith.records.revenue.sheet import (
    SheetContent,
    SheetItem,
    SheetStatus,
    WaitingSheetItem,
    balances_of,
)
from caresmith.records.revenue.writing import RevenueWrites, Source
from functions.charges import journals
from functions.charges.desk import Built, Desk, OpenSheet, look, put_content
from functions.charges.errors import PayerHasAnswered, SheetIncomplete
from functions.charges.missing import sentence, set_missing
from functions.charges.payers import Paying

DOUBT = "doubt"
"""The list of released sheets whose visit says something else since."""


def charges_of(content: SheetContent) -> dict[LineId, Money]:
    return {line.line: line.charge for line in content.lines}


def book_of(item: SheetItem) -> Book:
    """Who owes what is charged now: the payer whose turn it is, or the patient."""
    return Book.INSURANCE if int(item.turn or 0) else Book.PATIENT


def release(desk: Desk, writes: RevenueWrites, opened: OpenSheet, payer: PayerId | None) -> None:
    """The sheet, of which nothing is missing, stands in the ledger; nothing is told but by writes.

    The first payer's turn begins; the patient's, where nobody else pays.
    """
    item, content = opened.item, opened.content
    item.status = SheetStatus.READY
    item.turn = 1 if content.coverages else 0
    item.payer_id = payer if content.coverages else None
    journal = journals.entered(charges_of(content), book_of(item))
    if journal:
        writes.post(item, journal)
    else:
        writes.save_sheet(item)
    encounter = EncounterId(item.encounter_id) if item.encounter_id else None
    writes.tell(
        ChargesReleased(
            **desk.facts(opened.patient_id, opened.sheet_id),
            encounter_id=encounter,
            sheet_version=int(item.version or 0) + 1,
        )
    )


def change_released(
    desk: Desk, writes: RevenueWrites, opened: OpenSheet, built: Built, paying: Paying
) -> None:
    """What is charged and who pays follow the new content.

    Policies may be put behind those whose payers have answered, also when something was paid.
    Raises SheetIncomplete, LinePaid, PayerHasAnswered; then nothing is in ``writes``.
    """
    item, before, after = opened.item, opened.content, built.content
    missing = look(desk, built, paying, opened.day)
    if missing:
        raise SheetIncomplete(missing, map(sentence, missing))
    balances = balances_of(item)
    untouched = all(
        balances[line].open == charge if line in balances else not charge
        for line, charge in charges_of(before).items()
    )
    payers_change = before.coverages != after.coverages
    if payers_change and not untouched:
        # Behind those that have answered, payments find whose turn comes.
        answered = _answered(desk, item)
        if not answered or after.coverages[:answered] != before.coverages[:answered]:
            raise PayerHasAnswered
    difference = journals.changed(charges_of(before), charges_of(after), balances, book_of(item))
    put_content(desk, item, after, [])
    if difference:
        writes.post(item, difference)
        if item.status == SheetStatus.CLOSED:
            item.status = SheetStatus.BILLED
    if payers_change and untouched:
        item.turn = 1 if after.coverages else 0
        item.payer_id = paying.payer_id(after.coverages)
        over = journals.turned(balances_of(item), book_of(item))
        if over:
            writes.post(item, over)
    writes.save_sheet(item)
    settle_doubt(desk, writes, item)
    opened.content = after
    writes.tell(
        ChargesChanged(
            **desk.facts(opened.patient_id, opened.sheet_id),
            sheet_version=int(item.version) + 1,
        )
    )


def _answered(desk: Desk, item: SheetItem) -> int:
    """The last of its payers that has answered, or was given up after one has; 0: none has."""
    said, posted = said_of(desk.practice, PatientId(item.patient_id), SheetId(item.sheet_id))
    turns = {adjudication_of(one).turn for one in said if one.standing == Standing.POSTED}
    if turns and posted is not None:
        turns |= {int(turn) for turn in posted.skipped}
    return max(turns, default=0)


def void(desk: Desk, writes: RevenueWrites, opened: OpenSheet, memo: str = "") -> None:
    """Its journals sum to nothing again. Raises LinePaid; then nothing is in ``writes``."""
    item, released = opened.item, opened.released
    if released:
        journal = journals.voided(charges_of(opened.content), balances_of(item))
        if journal:
            writes.post(item, journal, Source(memo=memo))
        settle_doubt(desk, writes, item)
        writes.tell(ChargesVoided(**desk.facts(opened.patient_id, opened.sheet_id)))
    item.status = SheetStatus.VOID
    set_missing(item, ())
    item.turn, item.payer_id = 0, None
    writes.save_sheet(item)


def doubt(desk: Desk, writes: RevenueWrites, opened: OpenSheet, why: Sequence[str]) -> None:
    """A released sheet stands as it is, and on the list of those that a person compares."""
    set_missing(opened.item, why)
    listed = waiting_sheet(desk.practice, opened.item, opened.status)
    listed.pk = sheets_key(desk.practice, DOUBT)
    writes.put(listed)
    writes.save_sheet(opened.item)


def settle_doubt(desk: Desk, writes: RevenueWrites, item: SheetItem) -> None:
    """Somebody has looked at it."""
    writes.delete(WaitingSheetItem(sheets_key(desk.practice, DOUBT), f"{item.day}#{item.sheet_id}"))
