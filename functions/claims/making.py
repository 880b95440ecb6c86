"""Makes and remakes single claims: drafted, judged, numbered, corrected, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.claims.draft import ClaimDraft
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.ids import ClaimId, PatientId, PayerId, SheetId
from caresmith.records.revenue.claim import (
    ClaimItem,
    ClaimState,
    Went,
    claims_of_sheet,
    get_claim,
)
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.records.revenue.numbering import next_claim_number
from caresmith.records.revenue.sheet import SheetItem
from caresmith.x12.claims.model import ORIGINAL, REPLACEMENT, VOID
from functions.claims import reopening
from functions.claims.clocks import due_at
from functions.claims.drafting.claim import draft_claim
from functions.claims.drafting.material import Material, Numbers
from functions.claims.fact_places import with_edits
from functions.claims.gathering import Practice, of_practice, sheet_named
from functions.claims.judging import judge, stamp
from functions.claims.past import Past
from functions.claims.payer_rules import Rules
from functions.claims.standing import NO_CORRECTIONS
from functions.claims.verdict import (
    Verdict,
    open_draft,
    open_verdict,
    put_draft,
    put_verdict,
)
from functions.claims.writing import ClaimWrites

S = ClaimState

_MADE: Final = {
    ORIGINAL: "made-anew",
    REPLACEMENT: "correction-made",
    VOID: "void-made",
}
"""What an earlier claim's history says of the one in its place."""


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

    def corrects(self, claim: ClaimItem) -> bool:
        """Whether its payer takes corrected claims and voids (CLM05-3 of 7 and 8).

        Medicare Part B takes neither: it reopens (Medicare Claims Processing Manual ch. 34, 10).
        """
        payer = self.known.directory.get(PayerId(claim.payer_id)) if claim.payer_id else None
        return payer is None or payer.facts.filing not in NO_CORRECTIONS

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
        claim.state = self.judge_again(claim, draft, verdict, material)
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
        state = self.judge_again(
            claim, draft_claim(material, turn, numbers), open_verdict(practice, claim), material
        )
        writes = self.writes()
        writes.move(claim, state, kind)
        writes.commit()

    def scrub_again(
        self,
        claim: ClaimItem,
        draft: ClaimDraft,
        verdict: Verdict,
        material: Material,
        rules: Rules | None = None,
        past: Sequence[Past] | None = None,
    ) -> ClaimState:
        """As :meth:`judge_again`, for one that nobody has changed.

        What a person has approved stays so while nothing new speaks against it.
        """
        state = self.judge_again(claim, draft, verdict, material, rules, past)
        approved = claim.state == S.APPROVED and state is S.CLEAN
        return S.APPROVED if approved else state

    def judge_again(
        self,
        claim: ClaimItem,
        draft: ClaimDraft,
        verdict: Verdict,
        material: Material,
        rules: Rules | None = None,
        past: Sequence[Past] | None = None,
    ) -> ClaimState:
        """Hold the draft against what is known today; the state that the claim then belongs in.

        The item has both afterwards, and is not written.
        """
        practice = self.actor.practice_id
        edited = with_edits(draft, verdict.edits)
        judged = judge(practice, edited, material, int(claim.turn), self.day, rules, past)
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

    def is_fresh(self, claim: ClaimItem, verdict: Verdict, rules: Rules) -> bool:
        """Whether it was scrubbed today, against all that stands now but the patient's own."""
        payer = self.known.directory.get(PayerId(claim.payer_id)) if claim.payer_id else None
        held = stamp(rules, self.known.prices, payer)
        return verdict.scrubbed_on == self.day and verdict.rules == held

    def state_of(self, verdict: Verdict) -> ClaimState:
        """Where a claim that is here belongs, by what is said of it."""
        if not verdict.clean:
            return S.HELD
        billing = self.known.setup.practice.billing
        return S.APPROVED if billing and billing.auto_approve else S.CLEAN

    def make_forwarded(self, sheet: SheetItem, material: Material, turn: int) -> None:
        """A claim that stands for what the payer before has sent on: nothing of it is sent."""
        numbers = self._numbers("1", None)
        draft = draft_claim(material, turn, numbers)
        claim = self._new(sheet, turn, numbers, None, draft)
        claim.went = Went.CROSSOVER
        put_draft(self.actor.practice_id, claim, draft)
        payee = material.payees[turn]
        claim.coverage_id = payee.coverage.coverage_id
        claim.payer_id = payee.payer.payer_id if payee.payer else ""
        claim.state = S.SENT
        writes = self.writes()
        writes.add(claim, "crossed-over", {"sheet": claim.sheet_id})
        writes.commit()

    def stand_again(self, earlier: ClaimItem, writes: ClaimWrites) -> None:
        """What was to come in its place does not: it stands for its sheet, and waits again."""
        state = ClaimState(earlier.state)
        earlier.replaced_by = None
        writes.move(earlier, state, "correction-dropped")
        earlier.due_at = due_at(earlier, state, self.known.setup, self.now)

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
        writes = self.writes()
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

    def earlier(self, claim: ClaimItem) -> ClaimItem | None:
        """The one that it corrects or takes back."""
        return self.read(ClaimId(claim.replaces)) if claim.replaces else None

    def read(self, claim: ClaimId) -> ClaimItem:
        """The claim, its patient named to the audit trail. Raises NotFound."""
        item = get_claim(self.actor.practice_id, claim)
        if item is None:
            raise NotFound
        audit().about(PatientId(item.patient_id))
        audit().record(item.claim_id)
        return item

    def writes(self) -> ClaimWrites:
        """What is changed together."""
        return ClaimWrites(self.actor, self.now, self.known.setup)
