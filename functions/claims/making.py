"""Claims out of charge sheets: made once, made anew while here, corrected when they are not.

================================  =====================================================
 the claim is                      and its sheet says something else
================================  =====================================================
 held, clean, approved, rejected   the same claim is drafted anew, under its number
 batched, sent, received           it is marked as behind: nobody knows yet which of
                                   the other rows it will be in
 with the payer, or adjudicated    a corrected claim (frequency 7) is made that names
                                   the payer's number of it; without that number it
                                   stays behind until one comes
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
from caresmith.ids import ClaimId, PatientId, SheetId
from caresmith.records.revenue.claim import (
    ADJUDICATED,
    EDITABLE,
    ClaimItem,
    ClaimOfSheetItem,
    ClaimState,
    claims_of_sheet,
    get_claim,
)
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.records.revenue.numbering import next_claim_number
from caresmith.records.revenue.sheet import SheetItem, SheetStatus
from caresmith.x12.claims.model import REPLACEMENT, VOID
from functions.claims.drafting.claim import draft_claim
from functions.claims.drafting.material import Material, Numbers
from functions.claims.gathering import Practice, gather, of_practice, sheet_named
from functions.claims.judging import judge
from functions.claims.payer_rules import Rules
from functions.claims.verdict import (
    Verdict,
    open_draft,
    open_verdict,
    put_draft,
    put_verdict,
    with_edits,
)
from functions.claims.writing import ClaimWrites

S = ClaimState

HERE: Final = EDITABLE | {S.APPROVED}
"""Not with the payer: its draft may be made anew."""
UNDER_WAY: Final = frozenset({S.BATCHED, S.SENT, S.RECEIVED})
THERE: Final = ADJUDICATED | {S.ACCEPTED, S.PENDED, S.REVERSED}
OVER: Final = frozenset({S.VOIDED, S.REPLACED, S.CLOSED})


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

    def catch_up(self, claim: ClaimItem) -> None:
        """What the claim could not follow while it was under way, if it can now."""
        if not claim.behind or claim.state in UNDER_WAY:
            return
        sheet = sheet_named(self.actor.practice_id, SheetId(claim.sheet_id))
        if sheet is not None:
            self.follow_sheet(sheet, first=False)

    # -- one claim --------------------------------------------------------------

    def make(
        self,
        sheet: SheetItem,
        material: Material,
        turn: int,
        before: ClaimItem | None = None,
    ) -> ClaimItem:
        """A new claim; with ``before``, the correction of that one."""
        frequency = REPLACEMENT if before else "1"
        numbers = self._numbers(frequency, before)
        draft = draft_claim(material, turn, numbers)
        verdict = Verdict()
        if before is not None:
            earlier = open_verdict(self.actor.practice_id, before)
            verdict = Verdict(edits=earlier.edits)
        claim = self._new(sheet, turn, numbers, before, draft)
        claim.state = self._judge(claim, draft, verdict, material)
        self._write_new(claim, before)
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
        elif claim.state in THERE and claim.payer_control_number:
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
                earlier.replaced_by = None
                writes.move(earlier, ClaimState(earlier.state), "correction-dropped")
            writes.move(claim, S.VOIDED, "voided", {"frequency": claim.frequency})
            writes.commit()
            if earlier is not None and claim.frequency == REPLACEMENT:
                self._void_there(earlier)
        elif claim.frequency != VOID:
            self._void_there(claim)

    def _void_there(self, claim: ClaimItem) -> None:
        if claim.state in OVER:
            return
        if claim.state in UNDER_WAY or not claim.payer_control_number:
            self._mark_behind(claim)
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
            payer_control_number=(before.payer_control_number or "") if before else "",
        )

    def _write_new(self, claim: ClaimItem, before: ClaimItem | None) -> None:
        writes = self._writes()
        refers: dict[str, Any] = {"sheet": claim.sheet_id, "sheet_version": claim.sheet_version}
        if before is not None:
            refers["replaces"] = before.claim_id
            before.replaced_by, before.behind = claim.claim_id, None
            kind = "void-made" if claim.frequency == VOID else "correction-made"
            writes.move(before, ClaimState(before.state), kind, {"claim": claim.claim_id})
        writes.add(claim, "made", refers)
        writes.commit()

    def _mark_behind(self, claim: ClaimItem) -> None:
        if claim.behind:
            return
        claim.behind = True
        writes = self._writes()
        writes.move(claim, ClaimState(claim.state), "behind")
        writes.commit()

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
