"""Whose turn it is to pay for a sheet, and who that is."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.events import TurnPassed
from caresmith.ids import PatientId, PayerId, PracticeId, SheetId
from caresmith.records.coverage import covered_chart
from caresmith.records.revenue.adjudication import (
    Adjudication,
)
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.payer import payer_directory
from caresmith.records.revenue.writing import RevenueWrites
from functions.payments.answering import FORWARDED
from functions.payments.posting.posting import Change
from functions.payments.preparing import Subject, payer_named


def pass_turn(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
    kind: str,
) -> None:
    sheet, turn = subject.sheet, done.settlement.turn
    before = int(sheet.turn)
    if turn == before:
        return
    sheet.turn = turn
    sheet.payer_id = payer_of(subject, turn, actor.practice_id)
    patient_owes = any(
        book is Book.PATIENT for books in done.state.posted.values() for book, _ in books
    )
    if turn > int(said.turn) or (turn == 0 and patient_owes):
        writes.tell(
            TurnPassed(
                practice_id=actor.practice_id,
                occurred_at=now,
                actor_id=actor.user_id,
                patient_id=PatientId(sheet.patient_id),
                sheet_id=SheetId(sheet.sheet_id),
                claim_id=said.claim_id,
                turn=turn,
                # What a person decides is billed by us, whatever was forwarded before.
                crossed_over=turn > 0 and said.status in FORWARDED and kind == "adjudicated",
            )
        )


def payer_of(subject: Subject, turn: int, practice: PracticeId) -> PayerId | None:
    """Who owes in that turn: aging asks by payer. None where it is the patient, or the
    directory does not know whose policy it is."""
    if not 0 < turn <= len(subject.content.coverages):
        return None
    if turn == int(subject.claim.turn):
        return payer_named(subject.claim.payer_id)
    wanted = subject.content.coverages[turn - 1]
    try:
        chart = covered_chart(practice, PatientId(subject.sheet.patient_id))
    except NotFound:
        return None
    policy = next((one for one in chart.coverages if one.coverage_id == wanted), None)
    payer = payer_directory(practice).of(policy) if policy else None
    return payer.payer_id if payer else None
