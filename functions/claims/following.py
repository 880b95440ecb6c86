"""Claims follow their charge sheets: made once, made anew while here, corrected when not.

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

from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import VersionConflict
from caresmith.ids import ClaimId, PatientId, SheetId
from caresmith.records.revenue.claim import (
    ClaimItem,
    ClaimOfSheetItem,
    ClaimState,
    Went,
    claims_of_sheet,
)
from caresmith.records.revenue.sheet import SheetItem, SheetStatus
from caresmith.x12.claims.model import ORIGINAL, REPLACEMENT, VOID
from functions.claims import reopening
from functions.claims.denied import unprocessable
from functions.claims.drafting.material import Material
from functions.claims.gathering import gather, sheet_named
from functions.claims.making import Maker
from functions.claims.standing import HERE, OVER, THERE, UNDER_WAY, is_forwarded

S = ClaimState


@dataclass(frozen=True)
class Follower:
    """Makes the claims of sheets say what the sheets say."""

    maker: Maker

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
        material = gather(self.maker.actor.practice_id, sheet, self.maker.known)
        for tail in tails:
            self._follow(tail, sheet, material)
        if first and 1 in material.payees and not any(int(t.turn) == 1 for t in tails):
            self.maker.make(sheet, material, 1)

    def pass_turn(self, sheet: SheetItem, turn: int) -> None:
        """The next payer's claim, with what those before have said. Told twice, once."""
        if any(int(tail.turn) == turn for tail in self._tails(sheet)):
            return
        material = gather(self.maker.actor.practice_id, sheet, self.maker.known)
        if turn in material.payees:
            self.maker.make(sheet, material, turn)

    def expect_turn(self, sheet: SheetItem, turn: int) -> None:
        """The next payer has its claim from the one before: its answer is waited for.

        The claim stands for what was forwarded, so that the answer finds it and its silence
        shows; nothing of it is sent. Told twice, once.
        """
        if any(int(tail.turn) == turn for tail in self._tails(sheet)):
            return
        material = gather(self.maker.actor.practice_id, sheet, self.maker.known)
        if turn not in material.payees or turn in material.answers:
            return
        self.maker.make_forwarded(sheet, material, turn)

    def no_longer_awaited(self, sheet: SheetItem) -> None:
        """The patient owes what is left: forwarded claims without an answer are over."""
        for tail in self._tails(sheet):
            claim = self.maker.read(ClaimId(tail.claim_id))
            if is_forwarded(claim):
                writes = self.maker.writes()
                writes.move(claim, S.VOIDED, "not-awaited")
                writes.commit()

    def catch_up(self, claim: ClaimItem) -> None:
        """What the claim could not follow while it was under way, if it can now."""
        if not claim.behind or claim.state in UNDER_WAY:
            return
        sheet = sheet_named(self.maker.actor.practice_id, SheetId(claim.sheet_id))
        if sheet is not None:
            self.follow_sheet(sheet, first=False)

    def _follow(self, tail: ClaimOfSheetItem, sheet: SheetItem, material: Material) -> None:
        claim = self.maker.read(ClaimId(tail.claim_id))
        if not claim.behind and int(claim.sheet_version) >= int(sheet.version):
            return
        payee = material.payee(int(claim.turn))
        if payee is None or payee.coverage.coverage_id != claim.coverage_id:
            # Another payer, or none: what this one has is taken back.
            self._take_back(tail)
            if payee is not None:
                self.maker.make(sheet, material, int(claim.turn))
            return
        if claim.state in HERE:
            self.maker.redo(claim, sheet, material)
        elif claim.went == Went.CROSSOVER:
            # What was forwarded is corrected by whom it came from, with its own claim.
            return
        elif claim.state == S.DENIED and unprocessable(self.maker.actor.practice_id, claim):
            self.maker.make(sheet, material, int(claim.turn), before=claim, frequency=ORIGINAL)
        elif claim.state in THERE and claim.payer_control_number and self.maker.corrects(claim):
            self.maker.make(sheet, material, int(claim.turn), before=claim)
        elif claim.state not in OVER:
            self._mark_behind(claim)

    def _take_back(self, tail: ClaimOfSheetItem) -> None:
        """Void the claim: here at once, at the payer by a claim of frequency 8."""
        claim = self.maker.read(ClaimId(tail.claim_id))
        if claim.state in HERE:
            earlier = self.maker.earlier(claim)
            writes = self.maker.writes()
            if earlier is not None:
                self.maker.stand_again(earlier, writes)
            writes.move(claim, S.VOIDED, "voided", {"frequency": claim.frequency})
            writes.commit()
            if earlier is not None and claim.frequency == REPLACEMENT:
                self._void_there(earlier)
        elif claim.frequency != VOID:
            self._void_there(claim)

    def _void_there(self, claim: ClaimItem) -> None:
        if claim.state in OVER:
            return
        if is_forwarded(claim):
            writes = self.maker.writes()
            writes.move(claim, S.VOIDED, "not-awaited")
            writes.commit()
            return
        if claim.state == S.REVERSED and not self.maker.corrects(claim):
            # The payer has taken it back, as it was to be asked.
            writes = self.maker.writes()
            claim.behind = None
            reopening.take_off(claim, writes)
            writes.move(claim, S.VOIDED, "voided", {"frequency": claim.frequency})
            writes.commit()
            return
        numbered = claim.payer_control_number and self.maker.corrects(claim)
        if claim.state in UNDER_WAY or not numbered:
            self._mark_behind(claim, "voided")
            return
        self.maker.make_void(claim)

    def _mark_behind(self, claim: ClaimItem, why: reopening.Why = "changed") -> None:
        """It says something else than its sheet; where no claim can mend it, a person has to."""
        by_word = not self.maker.corrects(claim)
        if claim.behind and not (by_word and self._listed(claim) != why):
            return
        claim.behind = True
        writes = self.maker.writes()
        if by_word:
            reopening.put_on(claim, why, writes, self.maker.now)
            writes.move(claim, ClaimState(claim.state), "to-reopen", {"charges": why})
        else:
            writes.move(claim, ClaimState(claim.state), "behind")
        writes.commit()

    def _listed(self, claim: ClaimItem) -> reopening.Why | None:
        return reopening.listed(self.maker.actor.practice_id, ClaimId(claim.claim_id))

    def _tails(self, sheet: SheetItem) -> list[ClaimOfSheetItem]:
        """The claims that stand for the sheet now: of each chain of corrections, the last."""
        found = claims_of_sheet(
            self.maker.actor.practice_id, PatientId(sheet.patient_id), SheetId(sheet.sheet_id)
        )
        replaced = {one.replaces for one in found if one.state != S.VOIDED}
        return [
            one
            for one in found
            if one.state not in OVER and one.claim_id not in replaced and one.frequency != VOID
        ]


_ATTEMPTS: Final = 4


def follow(actor: Actor, now: Instant, sheet_id: SheetId) -> None:
    """Make the sheet's claims say what it says; reads again where others were faster."""
    for attempt in range(_ATTEMPTS):
        sheet = sheet_named(actor.practice_id, sheet_id)
        if sheet is None:
            return
        try:
            Follower(Maker.of(actor, now)).follow_sheet(sheet)
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return
