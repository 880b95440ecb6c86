"""What a claim of a remittance is about, and what would be posted of it. Writes nothing.

The very same for what came in a file and what was typed in from paper.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from caresmith.audit import audit
from caresmith.ids import ClaimId, PatientId, PayerId, PracticeId, RemittanceId, SheetId
from caresmith.records.revenue.adjudication import (
    Adjudication,
    AdjudicationItem,
    PostedItem,
    Standing,
    adjudication_of,
    posted_sort_key,
    said_of,
)
from caresmith.records.revenue.claim import ClaimItem, ClaimState, get_claim
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.ledger import Book, LineId
from caresmith.records.revenue.payer import payer_directory
from caresmith.records.revenue.remittance import (
    Notes,
    RemittanceItem,
    RemittedClaimItem,
    open_notes,
    open_remitted,
    paid_on,
)
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.records.revenue.sheet import (
    SheetContent,
    SheetItem,
    balances_of,
    get_sheet,
    open_sheet,
)
from functions.payments.answering import turn_of
from functions.payments.posting.carc import CAPITATED
from functions.payments.posting.matching import match_lines
from functions.payments.posting.outcome import Found, findings
from functions.payments.posting.posting import Change, State, change
from functions.payments.posting.settling import Key
from functions.payments.whose import ANSWERABLE, claim_for


@dataclass(slots=True)
class Subject:
    """What a claim of a remittance is about, as it stands."""

    claim: ClaimItem
    sheet: SheetItem
    content: SheetContent
    said: list[AdjudicationItem]
    posted: PostedItem
    payer_name: str = ""
    remarks: dict[LineId, tuple[str, ...]] = field(default_factory=dict)
    """RARCs of each line, in what is being posted."""

    @property
    def standing(self) -> tuple[Adjudication, ...]:
        """What counts of all that was said."""
        return tuple(adjudication_of(one) for one in self.said if one.standing == Standing.POSTED)

    @property
    def state(self) -> State:
        return State(
            charges={line.line: line.charge for line in self.content.lines},
            turns=max(len(self.content.coverages), int(self.claim.turn)),
            said=self.standing,
            posted=_books(self.posted.lines),
            skipped=frozenset(int(turn) for turn in self.posted.skipped),
            passed=frozenset(int(turn) for turn in self.posted.passed),
            beside=self._beside(),
        )

    def _beside(self) -> dict[LineId, int]:
        """What insurance owes of each line besides: a recovery that was laid on it."""
        posted, balances = _books(self.posted.lines), balances_of(self.sheet)
        found = {}
        for line in self.content.lines:
            expected = line.charge.cents + posted.get(line.line, {}).get((Book.INSURANCE, ""), 0)
            balance = balances.get(line.line)
            found[line.line] = (balance.insurance.cents if balance else 0) - expected
        return found


@dataclass(frozen=True, slots=True)
class Held:
    """It waits for a biller; ``notes`` say why in words."""

    why: str
    notes: Notes
    claim: ClaimItem | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    subject: Subject
    adjudication: Adjudication
    notes: Notes
    change: Change
    found: tuple[Found, ...]


def subject_of(practice: PracticeId, claim: ClaimItem) -> Subject | None:
    sheet = get_sheet(practice, SheetId(claim.sheet_id))
    if sheet is None:
        return None
    patient, sheet_id = PatientId(claim.patient_id), SheetId(claim.sheet_id)
    said, posted = said_of(practice, patient, sheet_id)
    if posted is None:
        posted = PostedItem(
            account_key(practice, patient),
            posted_sort_key(sheet_id),
            sheet_id=sheet_id,
            lines={},
            denied=[],
            skipped=[],
            passed=[],
            version=0,
        )
    return Subject(claim, sheet, open_sheet(practice, sheet), said, posted)


def prepare(head: RemittanceItem, item: RemittedClaimItem, practice: PracticeId) -> Ready | Held:
    """What would be posted, or why a person has to look first. Writes nothing."""
    said, notes = open_remitted(practice, item), open_notes(practice, item)
    claim = (
        get_claim(practice, ClaimId(item.claim_id)) if item.claim_id else claim_for(practice, said)
    )
    if claim is None:
        return Held("unknown-claim", notes)
    audit().about(PatientId(claim.patient_id))
    if ClaimState(claim.state) not in ANSWERABLE:
        return Held("not-sent", notes, claim)
    subject = subject_of(practice, claim)
    if subject is None:
        return Held("no-charges", notes, claim)
    subject.claim, turn = turn_of(
        practice, head, said, claim, len(subject.content.coverages), subject.standing
    )
    chosen = {place: tuple(lines) for place, lines in notes.chosen.items()}
    match = match_lines(said, subject.content.lines, chosen)
    notes = notes.model_copy(update={"notes": tuple(match.notes), "doubts": tuple(match.doubts)})
    if not match.certain:
        return Held("lines", notes, claim)
    if not said.services and said.first and said.first.isoformat() != claim.day:
        doubt = "No lines are told, and the day is not that of the claim"
        return Held("lines", notes.model_copy(update={"doubts": (doubt,)}), claim)
    subject.payer_name = head.payer_name
    for place, lines in match.services.items():
        told = (*said.services[place].remarks, *said.remarks)
        subject.remarks |= dict.fromkeys(lines, tuple(dict.fromkeys(told)))
    adjudication = _adjudication(head, item, said, subject.claim, turn, match.lines)
    if _is_capitated(practice, adjudication):
        adjudication = adjudication.model_copy(update={"capitated": True})
    done = change(subject.state, add=adjudication)
    expected = {line.line: line.expected for line in subject.content.lines}
    return Ready(subject, adjudication, notes, done, findings(done.settlement, expected))


def _adjudication(
    head: RemittanceItem,
    item: RemittedClaimItem,
    said: RemittedClaim,
    claim: ClaimItem,
    turn: int,
    lines: tuple[Any, ...],
) -> Adjudication:
    # Whom the claim went to; of one that went to nobody in the directory, who answers.
    asked = payer_named(claim.payer_id) if turn == int(claim.turn) else None
    return Adjudication(
        remittance_id=RemittanceId(head.remittance_id),
        position=int(item.position),
        claim_id=ClaimId(claim.claim_id),
        payer_id=asked or payer_named(head.payer_id),
        turn=turn,
        status=said.status,
        payer_control_number=said.payer_control_number,
        paid_on=paid_on(head),
        lines=lines,
    )


def _is_capitated(practice: PracticeId, said: Adjudication) -> bool:
    reasons = {one.reason for line in said.lines for one in line.adjustments}
    if CAPITATED not in reasons or said.payer_id is None:
        return False
    payer = payer_directory(practice).get(said.payer_id)
    return payer is not None and payer.facts.capitated


def payer_named(text: str | None) -> PayerId | None:
    try:
        return PayerId(text) if text else None
    except ValueError:
        return None


def _books(stored: Any) -> dict[LineId, dict[Key, int]]:
    found: dict[LineId, dict[Key, int]] = {}
    for line, books in stored.items():
        for name, cents in books.items():
            book, _, reason = name.partition(":")
            found.setdefault(line, {})[Book(book), reason] = int(cents)
    return found
