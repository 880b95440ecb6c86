"""What is shown of remittances: lists, one as a whole, and what waits for a biller."""

from __future__ import annotations

from datetime import date
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.errors import NotFound
from caresmith.ids import ClaimId, ExchangeFileId, PatientId, PracticeId, RemittanceId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.exchange import ExchangeFileItem
from caresmith.records.revenue.layout import remittance_key, remittances_key
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.remittance import (
    CLAIMS,
    PLB,
    ClaimPosting,
    ProviderAdjustmentItem,
    RemittanceItem,
    RemittanceRowItem,
    RemittanceState,
    RemittedClaimItem,
    UnpostedItem,
    claim_sort_key,
    get_remittance,
    get_remitted,
    open_notes,
    open_remitted,
    unposted_key,
)
from caresmith.records.revenue.sheet import balances_of
from caresmith.x12.adjustments import AdjustmentGroup
from functions.payments import deciding
from functions.payments import models as m
from functions.payments.posting.plb import reason_of
from functions.payments.posting.settling import Settlement
from functions.payments.preparing import Held, Subject, prepare, subject_of
from functions.payments.whose import claim_for, suggestions

MOST_ROWS: Final = 200
_PAGE: Final = 50
_REDUCTIONS: Final = {
    Book.CONTRACTUAL: AdjustmentGroup.CONTRACTUAL,
    Book.PAYER_REDUCTION: AdjustmentGroup.PAYER,
    Book.OTHER_ADJUSTMENT: AdjustmentGroup.OTHER,
}


def remittances(practice: PracticeId, states: tuple[RemittanceState, ...]) -> m.Remittances:
    """The newest of each state."""
    rows = [
        m.RemittanceRow(
            remittance_id=RemittanceId(row.remittance_id),
            state=state.value,
            payer_name=row.payer_name,
            trace=row.trace,
            method=row.method,
            paid_on=date.fromisoformat(row.paid_on),
            amount=Money(int(row.amount_cents)),
        )
        for state in states
        for row in RemittanceRowItem.query(
            remittances_key(practice, state), scan_index_forward=False, limit=MOST_ROWS
        )
    ]
    rows.sort(key=lambda row: (row.paid_on, row.remittance_id), reverse=True)
    return m.Remittances(remittances=rows)


def remittance(practice: PracticeId, remittance_id: RemittanceId) -> m.RemittanceRead:
    """Raises NotFound."""
    head = get_remittance(practice, remittance_id)
    if head is None:
        raise NotFound
    audit().record(remittance_id)
    adjustments = [
        m.AdjustmentRead(
            number=int(one.number),
            reason=one.reason,
            words=reason_of(one.reason).words,
            reference=one.reference,
            amount=Money(int(one.amount_cents)),
            posted=bool(one.posted),
            look=reason_of(one.reason).look,
        )
        for one in ProviderAdjustmentItem.query(
            remittance_key(practice, remittance_id), ProviderAdjustmentItem.sk.startswith(PLB)
        )
    ]
    return _whole(head, adjustments)


def _whole(head: RemittanceItem, adjustments: list[m.AdjustmentRead]) -> m.RemittanceRead:
    amount, posted = Money(int(head.amount_cents)), Money(int(head.posted_cents))
    paid = [-one.amount.cents for one in adjustments if one.reason == "L6"]
    return m.RemittanceRead(
        remittance_id=RemittanceId(head.remittance_id),
        state=head.state,
        payer_name=head.payer_name,
        payer_id=head.payer_id,
        payer_told=head.payer_told,
        payer_tax_id=head.payer_tax_id,
        trace=head.trace,
        method=head.method,
        paid_on=date.fromisoformat(head.paid_on),
        amount=amount,
        file_id=ExchangeFileId(head.file_id) if head.file_id else None,
        at=from_text(head.at),
        by=head.by,
        claims=int(head.claims),
        filed=int(head.filed),
        posted=int(head.posted),
        held=int(head.held),
        parked=int(head.parked),
        noted=int(head.noted),
        posted_amount=posted,
        unposted_amount=amount - posted,
        interest=Money(sum(paid)),
        deposit_id=head.deposit_id,
        adjustments=adjustments,
    )


def claims(practice: PracticeId, remittance_id: RemittanceId, after: int = 0) -> m.ClaimRows:
    """A page of the claims of a remittance, in the payer's order. Raises NotFound."""
    if get_remittance(practice, remittance_id) is None:
        raise NotFound
    audit().record(remittance_id)
    found = list(
        RemittedClaimItem.query(
            remittance_key(practice, remittance_id),
            RemittedClaimItem.sk.between(claim_sort_key(after + 1), f"{CLAIMS}~"),
            limit=_PAGE + 1,
        )
    )
    rows = [_row(item) for item in found[:_PAGE]]
    audit().about(*(row.patient_id for row in rows if row.patient_id))
    return m.ClaimRows(claims=rows, next=rows[-1].position if len(found) > _PAGE and rows else None)


def _row(item: RemittedClaimItem) -> m.ClaimRow:
    return m.ClaimRow(
        position=int(item.position),
        state=item.state,
        why=item.why,
        status=item.status,
        charge=Money(int(item.charge_cents)),
        paid=Money(int(item.paid_cents)),
        claim_id=ClaimId(item.claim_id) if item.claim_id else None,
        patient_id=PatientId(item.patient_id) if item.patient_id else None,
        findings=[
            {"kind": kind, "line": line, "cents": int(cents)} for kind, line, cents in item.findings
        ],
        version=int(item.version),
    )


def claim(remittance_id: RemittanceId, position: int, *, actor: Actor) -> m.ClaimRead:
    """What the payer said, line by line, and what was posted or would be."""
    practice = actor.practice_id
    head, item = deciding.read(practice, remittance_id, position)
    said, notes = open_remitted(practice, item), open_notes(practice, item)
    lines: list[m.PostedLine] = []
    found: list[m.SuggestionRead] = []
    sheet: str | None = None
    if item.state == ClaimPosting.POSTED and item.claim_id:
        known = get_claim(practice, ClaimId(item.claim_id))
        subject = subject_of(practice, known) if known else None
        if subject is not None:
            lines, sheet = _lines(subject, subject.state.settled()), subject.sheet.sheet_id
    elif item.state in {ClaimPosting.HELD, ClaimPosting.PARKED, ClaimPosting.WAITING}:
        ready = prepare(head, item, practice)
        if isinstance(ready, Held):
            notes = ready.notes.model_copy(update={"reason": notes.reason})
            if ready.claim is None:
                found = _suggested(practice, item)
        else:
            notes = ready.notes.model_copy(update={"reason": notes.reason})
            lines = _lines(ready.subject, ready.change.settlement)
    return m.ClaimRead(
        **_row(item).model_dump(),
        remittance_id=remittance_id,
        sheet_id=SheetId(sheet) if sheet else None,
        said=said,
        notes=list(notes.notes),
        doubts=list(notes.doubts),
        reason=notes.reason,
        lines=lines,
        suggestions=found,
    )


def _suggested(practice: PracticeId, item: RemittedClaimItem) -> list[m.SuggestionRead]:
    return [
        m.SuggestionRead(
            claim_id=one.claim_id,
            control_number=one.control_number,
            state=one.state,
            patient=one.card.name,
            charge=Money(one.charge_cents),
            day=date.fromisoformat(one.day),
            why=list(one.why),
        )
        for one in suggestions(practice, open_remitted(practice, item))
    ]


def _lines(subject: Subject, settlement: Settlement) -> list[m.PostedLine]:
    balances = balances_of(subject.sheet)
    posted = {
        line: sum(c for (book, _), c in books.items() if book is Book.INSURANCE)
        for line, books in subject.state.posted.items()
    }
    patient_posted = {
        line: sum(c for (book, _), c in books.items() if book is Book.PATIENT)
        for line, books in subject.state.posted.items()
    }
    found = []
    for line in subject.content.lines:
        one = settlement.lines[line.line]
        insurance = sum(c for (book, _), c in one.books.items() if book is Book.INSURANCE)
        patient = {r: c for (book, r), c in one.books.items() if book is Book.PATIENT}
        balance = balances.get(line.line)
        # Whatever else stands on the line (payments of the patient, write-offs) stays.
        now = balance.insurance.cents if balance else line.charge.cents
        owed = balance.patient.cents if balance else 0
        found.append(
            m.PostedLine(
                line=line.line,
                code=line.code,
                modifiers=list(line.modifiers),
                charge=line.charge,
                paid=Money(sum(c for (book, _), c in one.books.items() if book is Book.CLEARING)),
                reductions=[
                    SaidAdjustment(group=_REDUCTIONS[book], reason=reason, amount=Money(cents))
                    for (book, reason), cents in one.books.items()
                    if book in _REDUCTIONS
                ],
                patient={reason: Money(cents) for reason, cents in patient.items()},
                insurance_open=Money(now + insurance - posted.get(line.line, 0)),
                patient_open=Money(owed + sum(patient.values()) - patient_posted.get(line.line, 0)),
                denied=Money(one.denied.cents if one.denied else 0),
            )
        )
    return found


def unposted(practice: PracticeId) -> m.UnpostedList:
    """What waits for a biller, the oldest first."""
    found = [
        m.Unposted(
            remittance_id=RemittanceId(item.remittance_id),
            position=int(item.position),
            why=item.why,
            state=item.state,
            payer_name=item.payer_name,
            paid_on=date.fromisoformat(item.paid_on),
            paid=Money(int(item.paid_cents)),
            charge=Money(int(item.charge_cents)),
        )
        for item in UnpostedItem.query(unposted_key(practice), limit=MOST_ROWS)
    ]
    found.sort(key=lambda one: (one.state != ClaimPosting.HELD, one.paid_on))
    waiting = sum(one.paid.cents for one in found if one.state != ClaimPosting.POSTED)
    return m.UnpostedList(items=found, waiting=Money(waiting))


def file(item: ExchangeFileItem) -> m.FileRead:
    return m.FileRead(
        file_id=ExchangeFileId(item.file_id),
        name=item.name,
        state=item.state,
        at=from_text(item.at),
        by=item.by,
        size=int(item.size),
        sha256=item.sha256,
        refusal=item.refusal,
        refusal_line=int(item.refusal_line or 0),
        remarks=[str(one) for one in item.remarks],
        remittances=[RemittanceId(str(one)) for one in item.contents],
    )


def count_unposted(practice: PracticeId) -> int:
    """Claims that wait for a biller, and remittances that wait to be approved."""
    waiting = remittances_key(practice, RemittanceState.REVIEW)
    return UnpostedItem.count(unposted_key(practice), limit=MOST_ROWS) + RemittanceRowItem.count(
        waiting, limit=MOST_ROWS
    )


def line_choices(read: m.ClaimRead, practice: PracticeId) -> list[tuple[str, str]]:
    """Our lines of the claim that is meant, for a biller to say which a payer's line is."""
    item = get_remitted(practice, read.remittance_id, read.position)
    claim_id = read.claim_id
    said = open_remitted(practice, item) if item else None
    known = get_claim(practice, claim_id) if claim_id else None
    if known is None and said is not None:
        known = claim_for(practice, said)
    subject = subject_of(practice, known) if known else None
    if subject is None:
        return []
    return [
        (line.line, f"{line.line}: {'-'.join((line.code, *line.modifiers))} {line.charge}")
        for line in subject.content.lines
    ]
