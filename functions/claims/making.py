"""Claims out of charge sheets: made once, made anew while here, corrected when they are not.

================================  =====================================================
 the claim is                      and its sheet says something else
================================  =====================================================
 held, clean, approved, rejected   the same claim is drafted anew, under its number
 batched, sent, received           it is marked as behind: nobody knows yet which of
                                   the other rows it will be in
 with the payer, or adjudicated    a corrected claim (frequency 7) is made that names
                                   the payer's number of it; without that number it
                                   stays behind until one comes, and where the payer
                                   takes no corrections until it is asked to reopen it
 denied as unprocessable           a new original claim is made in its place
================================  =====================================================

A sheet that was taken back voids what is here, and sends a void (frequency 8) after
what is with a payer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.claims.draft import ClaimDraft
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import ClaimId, PatientId, PayerId, SheetId
from caresmith.records.revenue.claim import (
    ADJUDICATED,
    EDITABLE,
    ClaimItem,
    ClaimOfSheetItem,
    ClaimState,
    Went,
    claims_of_sheet,
    get_claim,
)
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.records.revenue.numbering import next_claim_number
from caresmith.records.revenue.sheet import SheetItem, SheetStatus
from caresmith.x12.claims.model import ORIGINAL, REPLACEMENT, VOID
from functions.claims import reopening
from functions.claims.clocks import due_at
from functions.claims.denied import unprocessable
from functions.claims.drafting.claim import draft_claim
from functions.claims.drafting.material import Material, Numbers
from functions.claims.fact_places import with_edits
from functions.claims.gathering import Practice, gather, of_practice, sheet_named
from functions.claims.judging import judge
from functions.claims.payer_rules import Rules
from functions.claims.verdict import (
    Verdict,
    open_draft,
    open_verdict,
    put_draft,
    put_verdict,
)
from functions.claims.writing import ClaimWrites

S = ClaimState

NO_CORRECTIONS: Final = frozenset({"MB"})
"""SBR09 of payers that take no frequency 7 and 8."""
HERE: Final = EDITABLE | {S.APPROVED}
"""Not with the payer: its draft may be made anew."""
UNDER_WAY: Final = frozenset({S.BATCHED, S.SENT, S.RECEIVED})
THERE: Final = ADJUDICATED | {S.ACCEPTED, S.PENDED, S.REVERSED}
OVER: Final = frozenset({S.VOIDED, S.REPLACED, S.CLOSED})


def is_forwarded(claim: ClaimItem) -> bool:
    """Whether the payer before has sent it, and nobody has said a word of it since."""
    return claim.went == Went.CROSSOVER and claim.state in UNDER_WAY


@dataclass(frozen=True)
class Maker:
    """Makes and remakes claims, on one practice's behalf, at one instant."""

    actor: Actor
    now: Instant
    known: Practice

    @classmethod
    def of(cls, actor: Actor, now: Instant) -> Maker:
        return cls(actor, now, of_practice(actor.practice_id))

    @property
    def day(self) -> dt.date:
        return self.known.setup.practice.day_at(self.now)

    # -- what a sheet asks for ------------------------------------------------

    def follow_sheet(self, sheet: SheetItem, *, first: bool = True) -> None:
        """Make every claim of the sheet say what the sheet says. Told twice, once.

        Raises VersionConflict where somebody else was faster: then read again.
        """
        tails = self._tails(sheet)
        if sheet.status == SheetStatus.VOID:
            for tail in tails:
                self._take_back(tail)
            return
        if sheet.status == SheetStatus.REVIEW:
            # Not in the ledger: nothing is billed from it yet.
            return
        material = gather(self.actor.practice_id, sheet, self.known)
        for tail in tails:
            self._follow(tail, sheet, material)
        if first and 1 in material.payees and not any(int(t.turn) == 1 for t in tails):
            self.make(sheet, material, 1)

    def pass_turn(self, sheet: SheetItem, turn: int) -> None:
        """The next payer's claim, with what those before have said. Told twice, once."""
        if any(int(tail.turn) == turn for tail in self._tails(sheet)):
            return
        material = gather(self.actor.practice_id, sheet, self.known)
        if turn in material.payees:
            self.make(sheet, material, turn)

    def expect_turn(self, sheet: SheetItem, turn: int) -> None:
        """The next payer has its claim from the one before: its answer is waited for.

        The claim stands for what was forwarded, so that the answer finds it and its silence
        shows; nothing of it is sent. Told twice, once.
        """
        if any(int(tail.turn) == turn for tail in self._tails(sheet)):
            return
        material = gather(self.actor.practice_id, sheet, self.known)
        if turn not in material.payees or turn in material.answers:
            return
        numbers = self._numbers("1", None)
        draft = draft_claim(material, turn, numbers)
        claim = self._new(sheet, turn, numbers, None, draft)
        claim.went = Went.CROSSOVER
        put_draft(self.actor.practice_id, claim, draft)
        payee = material.payees[turn]
        claim.coverage_id = payee.coverage.coverage_id
        claim.payer_id = payee.payer.payer_id if payee.payer else ""
        claim.state = S.SENT
        writes = self._writes()
        writes.add(claim, "crossed-over", {"sheet": claim.sheet_id})
        writes.commit()

    def no_longer_awaited(self, sheet: SheetItem) -> None:
        """The patient owes what is left: forwarded claims without an answer are over."""
        for tail in self._tails(sheet):
            claim = self._read(tail)
            if is_forwarded(claim):
                writes = self._writes()
                writes.move(claim, S.VOIDED, "not-awaited")
                writes.commit()

    def catch_up(self, claim: ClaimItem) -> None:
        """What the claim could not follow while it was under way, if it can now."""
        if not claim.behind or claim.state in UNDER_WAY:
            return
        sheet = sheet_named(self.actor.practice_id, SheetId(claim.sheet_id))
        if sheet is not None:
            self.follow_sheet(sheet, first=False)

    def corrects(self, claim: ClaimItem) -> bool:
        """Whether its payer takes corrected claims and voids (CLM05-3 of 7 and 8).

        Medicare Part B takes neither: it reopens (Medicare Claims Processing Manual ch. 34, 10).
        """
        payer = self.known.directory.get(PayerId(claim.payer_id)) if claim.payer_id else None
        return payer is None or payer.facts.filing not in NO_CORRECTIONS

    # -- one claim --------------------------------------------------------------

    def make(
        self,
        sheet: SheetItem,
        material: Material,
        turn: int,
        before: ClaimItem | None = None,
        frequency: str = REPLACEMENT,
        note: str = "",
    ) -> ClaimItem:
        """A new claim; with ``before``, the correction of that one, or a new one for it."""
        if before is None:
            frequency = ORIGINAL
        numbers = self._numbers(frequency, before)
        draft = draft_claim(material, turn, numbers)
        verdict = Verdict()
        if before is not None:
            earlier = open_verdict(self.actor.practice_id, before)
            verdict = Verdict(edits=earlier.edits)
        claim = self._new(sheet, turn, numbers, before, draft)
        claim.state = self._judge(claim, draft, verdict, material)
        self._write_new(claim, before, note)
        return claim

    def redo(
        self, claim: ClaimItem, sheet: SheetItem, material: Material, kind: str = "redrafted"
    ) -> None:
        """Draft the claim anew from its sheet, in place. It has to be one that is here."""
        practice = self.actor.practice_id
        turn = int(claim.turn)
        before = open_draft(practice, claim)
        numbers = Numbers(
            claim.control_number, claim.frequency, before.numbers.payer_control_number
        )
        claim.sheet_version, claim.behind = sheet.version, None
        state = self._judge(
            claim, draft_claim(material, turn, numbers), open_verdict(practice, claim), material
        )
        writes = self._writes()
        writes.move(claim, state, kind)
        writes.commit()

    def judge_again(
        self,
        claim: ClaimItem,
        draft: ClaimDraft,
        verdict: Verdict,
        material: Material,
        rules: Rules | None = None,
    ) -> ClaimState:
        """Hold the draft against what is known today; the state that the claim then belongs in.

        The item has both afterwards, and is not written.
        """
        return self._judge(claim, draft, verdict, material, rules)

    def _judge(
        self,
        claim: ClaimItem,
        draft: ClaimDraft,
        verdict: Verdict,
        material: Material,
        rules: Rules | None = None,
    ) -> ClaimState:
        """Put the draft and what is said of it into the item; the state that it then has."""
        practice = self.actor.practice_id
        edited = with_edits(draft, verdict.edits)
        judged = judge(practice, edited, material, int(claim.turn), self.day, rules)
        kept = verdict.model_copy(
            update={
                "findings": judged.findings,
                "scrubbed_on": judged.on,
                "rules": judged.rules,
            }
        )
        put_draft(practice, claim, edited)
        put_verdict(practice, claim, kept)
        payee = material.payee(int(claim.turn))
        if payee is not None:
            claim.coverage_id = payee.coverage.coverage_id
            claim.payer_id = payee.payer.payer_id if payee.payer else ""
        return self.state_of(kept)

    def state_of(self, verdict: Verdict) -> ClaimState:
        """Where a claim that is here belongs, by what is said of it."""
        if not verdict.clean:
            return S.HELD
        billing = self.known.setup.practice.billing
        return S.APPROVED if billing and billing.auto_approve else S.CLEAN

    def _follow(self, tail: ClaimOfSheetItem, sheet: SheetItem, material: Material) -> None:
        claim = self._read(tail)
        if not claim.behind and int(claim.sheet_version) >= int(sheet.version):
            return
        payee = material.payee(int(claim.turn))
        if payee is None or payee.coverage.coverage_id != claim.coverage_id:
            # Another payer, or none: what this one has is taken back.
            self._take_back(tail)
            if payee is not None:
                self.make(sheet, material, int(claim.turn))
            return
        if claim.state in HERE:
            self.redo(claim, sheet, material)
        elif claim.went == Went.CROSSOVER:
            # What was forwarded is corrected by whom it came from, with its own claim.
            return
        elif claim.state == S.DENIED and unprocessable(self.actor.practice_id, claim):
            self.make(sheet, material, int(claim.turn), before=claim, frequency=ORIGINAL)
        elif claim.state in THERE and claim.payer_control_number and self.corrects(claim):
            self.make(sheet, material, int(claim.turn), before=claim)
        elif claim.state not in OVER:
            self._mark_behind(claim)

    def _take_back(self, tail: ClaimOfSheetItem) -> None:
        """Void the claim: here at once, at the payer by a claim of frequency 8."""
        claim = self._read(tail)
        if claim.state in HERE:
            earlier = self._earlier(claim)
            writes = self._writes()
            if earlier is not None:
                self.stand_again(earlier, writes)
            writes.move(claim, S.VOIDED, "voided", {"frequency": claim.frequency})
            writes.commit()
            if earlier is not None and claim.frequency == REPLACEMENT:
                self._void_there(earlier)
        elif claim.frequency != VOID:
            self._void_there(claim)

    def stand_again(self, earlier: ClaimItem, writes: ClaimWrites) -> None:
        """What was to come in its place does not: it stands for its sheet, and waits again."""
        state = ClaimState(earlier.state)
        earlier.replaced_by = None
        writes.move(earlier, state, "correction-dropped")
        earlier.due_at = due_at(earlier, state, self.known.setup, self.now)

    def _void_there(self, claim: ClaimItem) -> None:
        if claim.state in OVER:
            return
        if is_forwarded(claim):
            writes = self._writes()
            writes.move(claim, S.VOIDED, "not-awaited")
            writes.commit()
            return
        if claim.state == S.REVERSED and not self.corrects(claim):
            # The payer has taken it back, as it was to be asked.
            writes = self._writes()
            claim.behind = None
            reopening.take_off(claim, writes)
            writes.move(claim, S.VOIDED, "voided", {"frequency": claim.frequency})
            writes.commit()
            return
        numbered = claim.payer_control_number and self.corrects(claim)
        if claim.state in UNDER_WAY or not numbered:
            self._mark_behind(claim, "voided")
            return
        self.make_void(claim)

    def make_void(self, before: ClaimItem) -> ClaimItem:
        """The claim that takes back one that the payer has: the same but for its frequency."""
        practice = self.actor.practice_id
        numbers = self._numbers(VOID, before)
        sent = open_draft(practice, before)
        draft = sent.model_copy(
            update={
                "control_number": numbers.control_number,
                "frequency": VOID,
                "numbers": sent.numbers.model_copy(
                    update={"payer_control_number": numbers.payer_control_number}
                ),
            }
        )
        sheet = sheet_named(practice, SheetId(before.sheet_id))
        if sheet is None:
            raise NotFound
        claim = self._new(sheet, int(before.turn), numbers, before, draft)
        claim.coverage_id, claim.payer_id = before.coverage_id, before.payer_id
        # It was judged when it went out: taking it back needs no charge to be right.
        verdict = Verdict(scrubbed_on=self.day)
        put_draft(practice, claim, draft)
        put_verdict(practice, claim, verdict)
        claim.state = self.state_of(verdict)
        self._write_new(claim, before)
        return claim

    # -- reading and writing ------------------------------------------------------

    def _new(
        self,
        sheet: SheetItem,
        turn: int,
        numbers: Numbers,
        before: ClaimItem | None,
        draft: ClaimDraft,
    ) -> ClaimItem:
        practice = self.actor.practice_id
        # The same for who makes it at the same time: one of them is told that it is there.
        claim_id = ClaimId.derived(
            practice,
            sheet.sheet_id,
            str(turn),
            before.claim_id if before else "",
            self._generation(sheet, turn, before),
        )
        return ClaimItem(
            claim_key(practice, claim_id),
            CLAIM,
            claim_id=claim_id,
            sheet_id=sheet.sheet_id,
            sheet_version=sheet.version,
            patient_id=sheet.patient_id,
            encounter_id=sheet.encounter_id,
            coverage_id=draft.ours.coverage,
            payer_id=draft.ours.payer,
            turn=turn,
            frequency=numbers.frequency,
            control_number=numbers.control_number,
            replaces=before.claim_id if before else None,
            state=S.HELD,
            day=sheet.day,
            charge_cents=draft.charge.cents,
            version=0,
        )

    def _generation(self, sheet: SheetItem, turn: int, before: ClaimItem | None) -> str:
        """How many were made in its place, and voided since."""
        found = claims_of_sheet(
            self.actor.practice_id, PatientId(sheet.patient_id), SheetId(sheet.sheet_id)
        )
        replaces = before.claim_id if before else None
        return str(sum(int(one.turn) == turn and one.replaces == replaces for one in found))

    def _numbers(self, frequency: str, before: ClaimItem | None) -> Numbers:
        return Numbers(
            control_number=next_claim_number(self.actor.practice_id),
            frequency=frequency,
            # TR3 2300 REF F8: of a claim that replaces or voids another.
            payer_control_number=(before.payer_control_number or "")
            if before and frequency != ORIGINAL
            else "",
        )

    def _write_new(self, claim: ClaimItem, before: ClaimItem | None, note: str = "") -> None:
        writes = self._writes()
        refers: dict[str, Any] = {"sheet": claim.sheet_id, "sheet_version": claim.sheet_version}
        if before is not None:
            refers["replaces"] = before.claim_id
            if before.behind and not self.corrects(before):
                reopening.take_off(before, writes)
            before.replaced_by, before.behind = claim.claim_id, None
            kind = _MADE[claim.frequency]
            writes.move(
                before, ClaimState(before.state), kind, {"claim": claim.claim_id}, note=note
            )
            # The new one has a clock of its own.
            before.due_at = None
        writes.add(claim, "made", refers)
        writes.commit()

    def _mark_behind(self, claim: ClaimItem, why: reopening.Why = "changed") -> None:
        """It says something else than its sheet; where no claim can mend it, a person has to."""
        by_word = not self.corrects(claim)
        if claim.behind and not (by_word and self._listed(claim) != why):
            return
        claim.behind = True
        writes = self._writes()
        if by_word:
            reopening.put_on(claim, why, writes, self.now)
            writes.move(claim, ClaimState(claim.state), "to-reopen", {"charges": why})
        else:
            writes.move(claim, ClaimState(claim.state), "behind")
        writes.commit()

    def _listed(self, claim: ClaimItem) -> reopening.Why | None:
        return reopening.listed(self.actor.practice_id, ClaimId(claim.claim_id))

    def _tails(self, sheet: SheetItem) -> list[ClaimOfSheetItem]:
        """The claims that stand for the sheet now: of each chain of corrections, the last."""
        found = claims_of_sheet(
            self.actor.practice_id, PatientId(sheet.patient_id), SheetId(sheet.sheet_id)
        )
        replaced = {one.replaces for one in found if one.state != S.VOIDED}
        return [
            one
            for one in found
            if one.state not in OVER and one.claim_id not in replaced and one.frequency != VOID
        ]

    def _earlier(self, claim: ClaimItem) -> ClaimItem | None:
        return self.read(ClaimId(claim.replaces)) if claim.replaces else None

    def _read(self, tail: ClaimOfSheetItem) -> ClaimItem:
        return self.read(ClaimId(tail.claim_id))

    def read(self, claim: ClaimId) -> ClaimItem:
        """The claim, its patient named to the audit trail. Raises NotFound."""
        item = get_claim(self.actor.practice_id, claim)
        if item is None:
            raise NotFound
        audit().about(PatientId(item.patient_id))
        audit().record(item.claim_id)
        return item

    def _writes(self) -> ClaimWrites:
        return ClaimWrites(self.actor, self.now, self.known.setup)


_MADE: Final = {
    ORIGINAL: "made-anew",
    REPLACEMENT: "correction-made",
    VOID: "void-made",
}
"""What an earlier claim's history says of the one in its place."""
_ATTEMPTS: Final = 4


def follow(actor: Actor, now: Instant, sheet_id: SheetId) -> None:
    """Make the sheet's claims say what it says; reads again where others were faster."""
    for attempt in range(_ATTEMPTS):
        sheet = sheet_named(actor.practice_id, sheet_id)
        if sheet is None:
            return
        try:
            Maker.of(actor, now).follow_sheet(sheet)
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return
