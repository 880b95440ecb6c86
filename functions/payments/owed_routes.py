"""Routes of what insurance owes of a visit, and of what is decided about it."""

from __future__ import annotations

import datetime as dt

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.clock import from_text
from caresmith.http import etag, reply, requires
from caresmith.ids import AdjustmentId, ClaimId, PatientId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.revenue.decided import REASONS, DecisionItem
from caresmith.records.revenue.sheet import balances_of
from functions.payments import models as m
from functions.payments import owed
from functions.payments.app import app
from functions.payments.posting.carc import carc

_SHEET = "/payments/sheets/<sheet_id>/owed"
_DECISION = "/payments/sheets/<sheet_id>/decisions/<adjustment_id>"


@app.get(_SHEET)
@requires(Permission.READ_PAYMENTS, action="read-owed")
def read_owed(sheet_id: SheetId) -> Response[m.OwedRead]:
    return _shown(sheet_id)


def _shown(sheet_id: SheetId) -> Response[m.OwedRead]:
    found = shown(current_actor().practice_id, sheet_id)
    return reply(found, headers=etag(found.version))


@app.post(_SHEET)
@requires(Permission.POST_PAYMENTS, action="decide-owed")
def decide(sheet_id: SheetId, request: m.DecisionRequest) -> Response[m.OwedRead]:
    """A line is the patient's to pay, or given up."""
    owed.decide(sheet_id, request, version=app.if_match(), actor=current_actor(), clock=app.clock)
    return _shown(sheet_id)


@app.post(f"{_DECISION}/approve")
@requires(Permission.GIVE_UP_DENIALS, action="approve-decision")
def approve(sheet_id: SheetId, adjustment_id: AdjustmentId) -> Response[m.DecisionRead]:
    item = owed.approve(sheet_id, adjustment_id, actor=current_actor(), clock=app.clock)
    return reply(decision(current_actor().practice_id, item))


@app.post(f"{_DECISION}/decline")
@requires(Permission.POST_PAYMENTS, action="decline-decision")
def decline(sheet_id: SheetId, adjustment_id: AdjustmentId) -> Response[m.DecisionRead]:
    item = owed.decline(sheet_id, adjustment_id, actor=current_actor(), clock=app.clock)
    return reply(decision(current_actor().practice_id, item))


@app.post(f"{_DECISION}/reverse")
@requires(Permission.POST_PAYMENTS, action="reverse-decision")
def reverse(
    sheet_id: SheetId, adjustment_id: AdjustmentId, request: m.ReasonRequest
) -> Response[m.DecisionRead]:
    item = owed.reverse(
        sheet_id, adjustment_id, request.reason, actor=current_actor(), clock=app.clock
    )
    return reply(decision(current_actor().practice_id, item))


@app.get("/payments/approvals")
@requires(Permission.READ_PAYMENTS, action="read-approvals")
def read_approvals() -> Response[m.Approvals]:
    return reply(m.Approvals(approvals=approvals(current_actor().practice_id)))


def approvals(practice: PracticeId) -> list[m.ApprovalRead]:
    return [
        m.ApprovalRead(
            adjustment_id=AdjustmentId(one.decision_id),
            sheet_id=SheetId(one.sheet_id),
            patient_id=PatientId(one.patient_id),
            amount=Money(int(one.cents)),
            reason=one.reason,
            words=words_of(one.reason),
            asked_by=one.asked_by,
            asked_at=from_text(one.asked_at),
        )
        for one in owed.waiting(practice)
    ]


def shown(practice: PracticeId, sheet_id: SheetId) -> m.OwedRead:
    """Raises NotFound, NeverClaimed."""
    found = owed.open_owed(practice, sheet_id)
    sheet, claim = found.subject.sheet, found.subject.claim
    balances = balances_of(sheet)
    lines = []
    for line in found.subject.content.lines:
        one, balance = found.settlement.lines[line.line], balances.get(line.line)
        lines.append(
            m.OwedLine(
                line=line.line,
                code=line.code,
                modifiers=list(line.modifiers),
                charge=line.charge,
                insurance=balance.insurance if balance else Money(0),
                patient=balance.patient if balance else Money(0),
                denied=Money(one.denied.cents if one.denied else 0),
                denial=one.denied.claim if one.denied else None,
                against_contract=owed.against(found.settlement, line.line),
                unexplained=Money(one.unexplained),
            )
        )
    return m.OwedRead(
        sheet_id=sheet_id,
        patient_id=PatientId(sheet.patient_id),
        day=dt.date.fromisoformat(sheet.day),
        turn=int(sheet.turn or 0),
        claim_id=ClaimId(claim.claim_id),
        control_number=claim.control_number,
        lines=lines,
        decisions=[decision(practice, one) for one in found.decisions],
        version=int(sheet.version),
    )


def decision(practice: PracticeId, item: DecisionItem) -> m.DecisionRead:
    return m.DecisionRead(
        adjustment_id=AdjustmentId(item.decision_id),
        state=item.state,
        whose=item.whose,
        reason=item.reason,
        words=words_of(item.reason),
        line=item.line,
        amount=Money(int(item.cents)),
        against_contract=list(item.against_contract or []),
        asked_by=item.asked_by,
        asked_at=from_text(item.asked_at),
        decided_by=item.decided_by,
        note=owed.note_of(practice, item),
    )


def words_of(reason: str) -> str:
    """A reason of the practice, or of the payer whose denial was given up."""
    return REASONS[reason].words if reason in REASONS else carc(reason).words
