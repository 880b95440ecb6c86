"""One claim as it is read: what it says, what is said of it, what has happened to it."""

from __future__ import annotations

from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.errors import NotFound
from caresmith.ids import ClaimId, ExchangeFileId, PatientId, PracticeId, SheetId
from caresmith.records.revenue.claim import ClaimEventItem, ClaimItem, ClaimState, Went
from caresmith.records.revenue.layout import CLAIM, EVENT, claim_key
from caresmith.records.revenue.writing import Memo
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.x12.writer import written
from functions.claims import models as m
from functions.claims import reopening
from functions.claims.submission.building import claim_alone
from functions.claims.verdict import open_draft, open_verdict


def read(practice: PracticeId, claim_id: ClaimId) -> m.ClaimRead:
    """The claim with its history, by one query. Raises NotFound."""
    items = list(RevenueItem.query(claim_key(practice, claim_id), consistent_read=True))
    claim = next((one for one in items if isinstance(one, ClaimItem) and one.sk == CLAIM), None)
    if claim is None:
        raise NotFound
    audit().about(PatientId(claim.patient_id))
    audit().record(claim_id)
    verdict = open_verdict(practice, claim)
    events = [one for one in items if isinstance(one, ClaimEventItem)]
    return m.ClaimRead(
        claim_id=claim_id,
        version=int(claim.version),
        state=ClaimState(claim.state),
        since=from_text(claim.since),
        due_at=from_text(claim.due_at) if claim.due_at else None,
        sheet_id=SheetId(claim.sheet_id),
        patient_id=PatientId(claim.patient_id),
        payer_id=claim.payer_id,
        turn=int(claim.turn),
        frequency=claim.frequency,
        control_number=claim.control_number,
        payer_control_number=claim.payer_control_number or "",
        replaces=ClaimId(claim.replaces) if claim.replaces else None,
        replaced_by=ClaimId(claim.replaced_by) if claim.replaced_by else None,
        behind=bool(claim.behind),
        reopen=reopening.listed(practice, claim_id) if claim.behind else None,
        went=Went(claim.went) if claim.went else None,
        day=claim.day,
        charge_cents=int(claim.charge_cents),
        paid_cents=int(claim.paid_cents),
        file_id=ExchangeFileId(claim.file_id) if claim.file_id else None,
        draft=open_draft(practice, claim),
        findings=[m.FindingRead.of(one) for one in verdict.findings],
        overrides=list(verdict.overrides),
        hold=verdict.hold,
        answers=list(verdict.answers),
        history=[_event(practice, one) for one in events if one.sk.startswith(EVENT)],
    )


def _event(practice: PracticeId, item: ClaimEventItem) -> m.ClaimEvent:
    note = ""
    if item.note is not None:
        sealer = Sealer(practice, Domain.REVENUE)
        note = sealer.unseal(item.claim_id, f"note:{item.sk}", item.note, Memo).text
    return m.ClaimEvent(
        kind=item.kind,
        state=ClaimState(item.state),
        at=from_text(item.at),
        by=item.by,
        refers_to=dict(item.refers_to or {}),
        note=note,
    )


def as_x12(practice: PracticeId, claim_id: ClaimId) -> str:
    """The claim as it would go out alone, one segment a line, for who helps with it.

    Its interchange has the number 1 and says that it is a test. Raises NotFound, NotSendable.
    """
    segments = claim_alone(practice, read(practice, claim_id).draft)
    return written(segments, line_break="\n").decode()
