"""One claim of a remittance is posted: claim, sheet, ledger and lists in one transaction.

The very same function posts what came in a file and what was typed in from paper. It
either posts, or holds the claim with the reason why a person has to look first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

from pynamodb.expressions.operand import Path

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.events import ClaimMoved, TurnPassed
from caresmith.ids import ClaimId, PatientId, PayerId, PracticeId, RemittanceId, SheetId
from caresmith.records.revenue.adjudication import (
    Adjudication,
    AdjudicationItem,
    PostedItem,
    Standing,
    adjudication_of,
    posted_sort_key,
    said_of,
    said_sort_key,
)
from caresmith.records.revenue.claim import MOVES, ClaimItem, ClaimState, get_claim
from caresmith.records.revenue.layout import CLAIM, account_key, remittance_key
from caresmith.records.revenue.ledger import Book, LineId
from caresmith.records.revenue.payer import payer_directory
from caresmith.records.revenue.remittance import (
    HEAD,
    ClaimPosting,
    Notes,
    PayerControlItem,
    RemittanceItem,
    RemittedClaimItem,
    UnpostedItem,
    open_notes,
    open_remitted,
    paid_on,
    payer_control_key,
    seal_notes,
    unposted_key,
    unposted_sort_key,
)
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.records.revenue.sheet import (
    SheetContent,
    SheetItem,
    SheetStatus,
    balances_of,
    get_sheet,
    open_sheet,
)
from caresmith.records.revenue.writing import AlreadyPosted, RevenueWrites, Source
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments import crediting, denying
from functions.payments.opening import journal_id
from functions.payments.posting.carc import CAPITATED
from functions.payments.posting.matching import match_lines
from functions.payments.posting.outcome import Found, claim_states, findings, paid_by_claim
from functions.payments.posting.posting import Change, State, change
from functions.payments.posting.settling import Key
from functions.payments.whose import ANSWERABLE, claim_for

NOTHING_TO_POST: Final = frozenset({ClaimStatus.NOT_OURS_FORWARDED, ClaimStatus.PREDETERMINATION})
FORWARDED: Final = frozenset(
    {
        ClaimStatus.PRIMARY_FORWARDED,
        ClaimStatus.SECONDARY_FORWARDED,
        ClaimStatus.TERTIARY_FORWARDED,
    }
)


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
    def state(self) -> State:
        counted = [one for one in self.said if one.standing == Standing.POSTED]
        return State(
            charges={line.line: line.charge for line in self.content.lines},
            turns=max(len(self.content.coverages), int(self.claim.turn)),
            said=tuple(adjudication_of(one) for one in counted),
            posted=_books(self.posted.lines),
            skipped=frozenset(int(turn) for turn in self.posted.skipped),
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
    adjudication = _adjudication(head, item, said, claim, match.lines)
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
    lines: tuple[Any, ...],
) -> Adjudication:
    return Adjudication(
        remittance_id=RemittanceId(head.remittance_id),
        position=int(item.position),
        claim_id=ClaimId(claim.claim_id),
        payer_id=_payer(claim.payer_id),
        turn=int(claim.turn),
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


def _payer(text: str | None) -> PayerId | None:
    try:
        return PayerId(text) if text else None
    except ValueError:
        return None


def write_posted(
    head: RemittanceItem,
    item: RemittedClaimItem,
    ready: Ready,
    *,
    actor: Actor,
    now: Instant,
    day: dt.date,
) -> None:
    """Post it. Raises AlreadyPosted, DayIsClosed or VersionConflict; then nothing was written."""
    practice, subject, said = actor.practice_id, ready.subject, ready.adjudication
    writes = RevenueWrites(actor, now, day)
    generation = int(item.generation) + 1
    journal = None
    if ready.change.journal is not None:
        journal = writes.post(
            subject.sheet,
            ready.change.journal,
            Source(claim=said.claim_id, remittance=said.remittance_id),
            journal_id(head, f"claim-{said.position}-{generation}"),
        )
    _keep_said(subject, said, generation, journal, writes, actor, now)
    apply(subject, ready.change, said, writes, actor, now, kind="adjudicated")
    if said.payer_control_number and not said.is_reversal:
        writes.put(
            PayerControlItem(
                payer_control_key(practice, said.payer_control_number),
                CLAIM,
                claim_id=said.claim_id,
                patient_id=subject.claim.patient_id,
            )
        )
    count(head, item, ClaimPosting.POSTED, writes, cents=int(item.paid_cents))
    item.claim_id, item.patient_id = said.claim_id, subject.claim.patient_id
    item.generation, item.journal_id, item.why = generation, journal, None
    item.findings = [[one.kind, one.line, one.cents] for one in ready.found]
    item.notes = seal_notes(practice, item, ready.notes)
    keep_item(item, writes)
    _listed(head, item, ready.found, writes, practice)
    if not ready.found and findings(ready.change.before, {}):
        # What came now explains what was odd before: nobody has to look at that any more.
        for one in subject.said:
            earlier = adjudication_of(one)
            row = unposted_sort_key(earlier.remittance_id, earlier.position)
            if one.standing == Standing.POSTED:
                writes.delete(UnpostedItem(unposted_key(practice), row))
    writes.commit()


def apply(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
    *,
    kind: str,
) -> None:
    """Claims, sheet, denials and what others are told, as they are after the change."""
    _move_claims(subject, done, said, writes, actor, now, kind)
    denying.follow(subject, done, said, writes, actor, now)
    crediting.follow(subject, done, said, writes)
    _pass_turn(subject, done, said, writes, actor, now)
    keep_books(subject, done, writes)


def keep_books(subject: Subject, done: Change, writes: RevenueWrites) -> None:
    """What is posted of the sheet, for the next difference; and whether it is closed by it."""
    sheet, posted = subject.sheet, subject.posted
    before = int(posted.version)
    posted.lines = {
        line: {f"{book.value}:{reason}": cents for (book, reason), cents in books.items()}
        for line, books in done.state.posted.items()
    }
    posted.skipped = sorted(done.state.skipped)
    posted.version = before + 1
    unchanged = PostedItem.version == before if before else PostedItem.pk.does_not_exist()
    writes.put(posted, unchanged)
    # Saved even where nothing moved: its version is what keeps two posters apart.
    if sheet.status in {SheetStatus.BILLED, SheetStatus.CLOSED}:
        owed = any(cents for pair in sheet.balances.values() for cents in pair)
        sheet.status = SheetStatus.BILLED if owed else SheetStatus.CLOSED
    writes.save_sheet(sheet)


def _move_claims(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
    kind: str,
) -> None:
    states, paid = claim_states(done.settlement), paid_by_claim(done.settlement)
    stood, had = claim_states(done.before), paid_by_claim(done.before)
    for claim_id in {*states, said.claim_id}:
        same = (states.get(claim_id), paid.get(claim_id)) == (
            stood.get(claim_id),
            had.get(claim_id),
        )
        # Of other claims of the sheet only what this has changed: whatever else became of them.
        if same and claim_id != said.claim_id:
            continue
        claim = (
            subject.claim
            if claim_id == subject.claim.claim_id
            else get_claim(actor.practice_id, claim_id)
        )
        if claim is None:
            continue
        before = ClaimState(claim.state)
        # What was taken out again leaves the claim as if no answer had come.
        after = states.get(claim_id, ClaimState.REVERSED if kind == "unposted" else before)
        # A claim that was replaced or voided stays so, whatever is still told of it.
        if after is not before and after not in MOVES[before]:
            after = before
        claim.paid_cents = paid.get(claim_id, 0)
        if claim_id == said.claim_id and said.payer_control_number and not said.is_reversal:
            claim.payer_control_number = said.payer_control_number
        claim.due_at = None
        writes.move(claim, after, kind, _refers(said))
        if after is not before:
            writes.tell(
                ClaimMoved(
                    practice_id=actor.practice_id,
                    occurred_at=now,
                    actor_id=actor.user_id,
                    patient_id=PatientId(claim.patient_id),
                    claim_id=ClaimId(claim.claim_id),
                    sheet_id=SheetId(claim.sheet_id),
                    state=after.value,
                    before=before.value,
                )
            )


def _refers(said: Adjudication) -> dict[str, Any]:
    reasons = sorted({one.reason for line in said.lines for one in line.adjustments})
    return {
        "remittance": said.remittance_id,
        "position": said.position,
        "status": said.status.value,
        "reasons": reasons,
    }


def _pass_turn(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    sheet, turn = subject.sheet, done.settlement.turn
    before = int(sheet.turn)
    if turn == before:
        return
    sheet.turn = turn
    sheet.payer_id = subject.claim.payer_id if turn == int(subject.claim.turn) else None
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
                crossed_over=turn > 0 and said.status in FORWARDED,
            )
        )


def _keep_said(
    subject: Subject,
    said: Adjudication,
    generation: int,
    journal: str | None,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    """Once for ever: what is told twice ends here."""
    sheet = SheetId(subject.sheet.sheet_id)
    writes.put(
        AdjudicationItem(
            subject.sheet.pk,
            said_sort_key(sheet, said),
            sheet_id=sheet,
            claim_id=said.claim_id,
            remittance_id=said.remittance_id,
            standing=Standing.POSTED,
            generation=generation,
            journal_id=journal,
            body=said.model_dump(mode="json"),
            at=to_text(now),
            by=actor.user_id,
        ),
        AdjudicationItem.pk.does_not_exist()
        | (AdjudicationItem.standing == Standing.UNPOSTED.value),
        AlreadyPosted,
    )


def hold(
    head: RemittanceItem,
    item: RemittedClaimItem,
    held: Held,
    *,
    actor: Actor,
    now: Instant,
    state: ClaimPosting = ClaimPosting.HELD,
) -> None:
    """It waits for a biller, or is put aside by one. Raises VersionConflict."""
    practice = actor.practice_id
    writes = RevenueWrites(actor, now, now.date())
    count(head, item, state, writes)
    item.why = held.why
    if held.claim is not None:
        item.patient_id = held.claim.patient_id
    item.notes = seal_notes(practice, item, held.notes)
    keep_item(item, writes)
    audit().record(f"{item.remittance_id}#{int(item.position)}")
    writes.put(
        UnpostedItem(
            unposted_key(practice),
            unposted_sort_key(item.remittance_id, int(item.position)),
            remittance_id=item.remittance_id,
            position=item.position,
            why=held.why,
            state=state,
            paid_cents=item.paid_cents,
            charge_cents=item.charge_cents,
            payer_name=head.payer_name,
            paid_on=head.paid_on,
        )
    )
    writes.commit()


def note_only(head: RemittanceItem, item: RemittedClaimItem, *, actor: Actor, now: Instant) -> None:
    """An estimate, or a claim that was passed on unread: kept, and nothing is posted."""
    writes = RevenueWrites(actor, now, now.date())
    count(head, item, ClaimPosting.NOTED, writes)
    item.why = "forwarded" if item.status == ClaimStatus.NOT_OURS_FORWARDED else "estimate"
    keep_item(item, writes)
    audit().record(f"{item.remittance_id}#{int(item.position)}")
    writes.commit()


_COUNTED: Final = {
    ClaimPosting.POSTED: "posted",
    ClaimPosting.HELD: "held",
    ClaimPosting.PARKED: "parked",
    ClaimPosting.NOTED: "noted",
    ClaimPosting.ELSEWHERE: "noted",
}


def count(
    head: RemittanceItem,
    item: RemittedClaimItem,
    state: ClaimPosting,
    writes: RevenueWrites,
    *,
    cents: int = 0,
) -> None:
    """The claim takes on a state; the head counts it."""
    before = ClaimPosting(item.state)
    item.state = state
    actions = []
    if before is not state:
        if before in _COUNTED:
            actions.append(Path(_COUNTED[before]).add(-1))
        if state in _COUNTED:
            actions.append(Path(_COUNTED[state]).add(1))
    if cents:
        actions.append(Path("posted_cents").add(cents))
    if actions:
        key = remittance_key(writes.actor.practice_id, RemittanceId(head.remittance_id))
        writes.change(RemittanceItem(key, HEAD), actions)


def keep_item(item: RemittedClaimItem, writes: RevenueWrites) -> None:
    before = int(item.version)
    item.version = before + 1
    writes.put(item, RemittedClaimItem.version == before)


def _listed(
    head: RemittanceItem,
    item: RemittedClaimItem,
    found: tuple[Found, ...],
    writes: RevenueWrites,
    practice: PracticeId,
) -> None:
    """What is posted and to be looked at all the same stands on the biller's list."""
    row = UnpostedItem(
        unposted_key(practice), unposted_sort_key(item.remittance_id, int(item.position))
    )
    if not found:
        writes.delete(row)
        return
    row.remittance_id, row.position = item.remittance_id, item.position
    row.why, row.state = found[0].kind, ClaimPosting.POSTED
    row.paid_cents, row.charge_cents = item.paid_cents, item.charge_cents
    row.payer_name, row.paid_on = head.payer_name, head.paid_on
    writes.put(row)


def _books(stored: Any) -> dict[LineId, dict[Key, int]]:
    found: dict[LineId, dict[Key, int]] = {}
    for line, books in stored.items():
        for name, cents in books.items():
            book, _, reason = name.partition(":")
            found.setdefault(line, {})[Book(book), reason] = int(cents)
    return found
