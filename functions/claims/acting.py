"""What people do with a claim: mend it, decide on a warning, hold, approve, void, send it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import ClaimId, SheetId
from caresmith.records.revenue.claim import ADJUDICATED, EDITABLE, ClaimItem, ClaimState, Went
from caresmith.records.revenue.sheet import SheetItem
from caresmith.records.revenue.writing import WrongMove
from caresmith.x12.claims.model import ORIGINAL
from functions.claims import reopening
from functions.claims.clocks import ADJUDICATING
from functions.claims.denied import unprocessable
from functions.claims.drafting.material import Material
from functions.claims.errors import (
    FindingGone,
    NoPayerNumber,
    NotAWarning,
    NotEditable,
    StillFlawed,
    TakesNoCorrections,
    WasProcessed,
)
from functions.claims.fact_changes import changes_of
from functions.claims.gathering import gather, sheet_named
from functions.claims.inquiries import ask_now
from functions.claims.making import Maker
from functions.claims.models import FileRead
from functions.claims.payer_rules import Rules, rules_of
from functions.claims.scrubbing.findings import Change, Severity
from functions.claims.standing import HERE, THERE, is_forwarded
from functions.claims.verdict import (
    Hold,
    Override,
    Verdict,
    open_draft,
    open_verdict,
    put_verdict,
)
from functions.claims.writing import ClaimWrites

S = ClaimState
_VOID = "8"
_ON_ITS_WAY = "A correction of it is on its way already."


@dataclass(frozen=True)
class Asked:
    """A claim that somebody acts upon, as it was read, and as they saw it."""

    claim: ClaimItem
    maker: Maker

    @classmethod
    def of(cls, claim_id: ClaimId, expected: int, *, actor: Actor, now: Instant) -> Asked:
        """Raises NotFound, VersionConflict."""
        maker = Maker.of(actor, now)
        claim = maker.read(claim_id)
        if int(claim.version) != expected:
            raise VersionConflict
        return cls(claim, maker)

    @property
    def state(self) -> ClaimState:
        return ClaimState(self.claim.state)

    def sheet(self) -> SheetItem:
        """Raises NotFound."""
        found = sheet_named(self.maker.actor.practice_id, SheetId(self.claim.sheet_id))
        if found is None:
            raise NotFound
        return found

    def material(self) -> Material:
        return gather(self.maker.actor.practice_id, self.sheet(), self.maker.known)

    def verdict(self) -> Verdict:
        return open_verdict(self.maker.actor.practice_id, self.claim)

    def write(self, state: ClaimState, kind: str, refers: dict[str, Any], note: str = "") -> None:
        writes = ClaimWrites(self.maker.actor, self.maker.now, self.maker.known.setup)
        writes.move(self.claim, state, kind, refers, note=note)
        writes.commit()


def fix(asked: Asked, key: str) -> None:
    """Make the change that a finding offers: found anew here, never taken from a browser."""
    _expect_editable(asked)
    practice, claim = asked.maker.actor.practice_id, asked.claim
    draft, verdict = open_draft(practice, claim), asked.verdict()
    found = verdict.found(key)
    if found is None or found.fix is None:
        raise FindingGone
    state = asked.maker.judge_again(claim, found.fix.apply(draft), verdict, asked.material())
    asked.write(state, "fixed", {"edit": found.edit})


def edit(asked: Asked, values: Mapping[str, str]) -> None:
    """Set facts of the claim's own. Raises InvalidRequest."""
    _expect_editable(asked)
    change(asked, changes_of(values, open_draft(asked.maker.actor.practice_id, asked.claim)))


def change(asked: Asked, changes: tuple[Change, ...]) -> None:
    """What a biller sets outlives a new draft of the sheet."""
    _expect_editable(asked)
    practice, claim = asked.maker.actor.practice_id, asked.claim
    draft, verdict = open_draft(practice, claim), asked.verdict()
    if not changes:
        return
    kept = verdict.model_copy(update={"edits": _merged(verdict.edits, changes)})
    state = asked.maker.judge_again(claim, draft, kept, asked.material())
    asked.write(state, "edited", {"fields": [one.path for one in changes]})


def override(asked: Asked, key: str, reason: str) -> None:
    """Say why a warning is none here. Raises FindingGone, NotAWarning."""
    _expect_editable(asked)
    verdict, maker = asked.verdict(), asked.maker
    found = verdict.found(key)
    if found is None:
        raise FindingGone
    if found.severity is not Severity.WARNING:
        raise NotAWarning
    said = Override(key=key, reason=reason, by=maker.actor.user_id, at=maker.now)
    others = tuple(one for one in verdict.overrides if one.key != key)
    _say(asked, verdict.model_copy(update={"overrides": (*others, said)}), "overridden", reason)


def hold(asked: Asked, reason: str) -> None:
    """Keep it back until somebody lets it go."""
    if asked.state not in HERE:
        raise NotEditable
    maker = asked.maker
    kept = Hold(reason=reason, by=maker.actor.user_id, at=maker.now)
    _say(asked, asked.verdict().model_copy(update={"hold": kept}), "put-on-hold", reason)


def let_go(asked: Asked) -> None:
    _expect_editable(asked)
    _say(asked, asked.verdict().model_copy(update={"hold": None}), "let-go", "")


def approve(asked: Asked) -> None:
    """It goes out with the next batch. Raises StillFlawed.

    Scrubbed anew where a day has passed since, or a rule, list or payer is another now.
    """
    if asked.state is S.APPROVED:
        return
    _expect_editable(asked)
    practice, claim, verdict = asked.maker.actor.practice_id, asked.claim, asked.verdict()
    rules = rules_of(practice)
    if claim.frequency != _VOID and not asked.maker.is_fresh(claim, verdict, rules):
        draft, material = open_draft(practice, claim), asked.material()
        asked.maker.judge_again(claim, draft, verdict, material, rules)
        verdict = open_verdict(practice, claim)
    if not verdict.clean:
        raise StillFlawed
    asked.write(S.APPROVED, "approved", {})


def withdraw(asked: Asked) -> None:
    """Take an approved claim out of the next batch."""
    if asked.state is not S.APPROVED:
        raise WrongMove
    asked.write(S.CLEAN, "withdrawn", {})


def void(asked: Asked, reason: str) -> None:
    """Take it back: here at once, and where the payer has it by a claim of frequency 8."""
    if asked.state in HERE:
        claim, maker = asked.claim, asked.maker
        writes = ClaimWrites(maker.actor, maker.now, maker.known.setup)
        if claim.replaces:
            # What it corrected or took back stands again for its sheet.
            earlier = maker.read(ClaimId(claim.replaces))
            if earlier.replaced_by == claim.claim_id:
                maker.stand_again(earlier, writes)
        writes.move(claim, S.VOIDED, "voided", {"frequency": claim.frequency}, note=reason)
        writes.commit()
        return
    if is_forwarded(asked.claim):
        asked.write(S.VOIDED, "not-awaited", {}, reason)
        return
    _expect_there(asked)
    asked.maker.make_void(asked.claim)


def correct(asked: Asked) -> ClaimId:
    """A corrected claim (frequency 7) of one that the payer has, to be edited and approved."""
    _expect_there(asked)
    practice, maker, claim = asked.maker.actor.practice_id, asked.maker, asked.claim
    sheet = asked.sheet()
    material = gather(practice, sheet, maker.known)
    return ClaimId(maker.make(sheet, material, int(claim.turn), before=claim).claim_id)


def send_anew(asked: Asked, reason: str) -> ClaimId:
    """A new original claim (frequency 1) in the place of one that no payer has decided about.

    That is one which the payer returned as unprocessable (RARC MA130), or which the payer
    before should have forwarded. It waits to be approved; once it goes out, the other is over.
    Raises WasProcessed: the payer would call it a duplicate.
    """
    claim, maker = asked.claim, asked.maker
    if claim.replaced_by:
        raise NotEditable(_ON_ITS_WAY)
    if not is_forwarded(claim) and not (
        asked.state in THERE and unprocessable(maker.actor.practice_id, claim)
    ):
        raise WasProcessed
    sheet = asked.sheet()
    material = gather(maker.actor.practice_id, sheet, maker.known)
    made = maker.make(
        sheet, material, int(claim.turn), before=claim, frequency=ORIGINAL, note=reason
    )
    return ClaimId(made.claim_id)


def ask_to_reopen(asked: Asked, way: str, note: str) -> None:
    """The payer was asked to decide anew, in words; its answer is waited for.

    It was told what the charges say now: the claim is not behind them any more. Where
    nothing has to be asked (``none``), it is not either, and nothing is waited for.
    """
    if asked.state not in ADJUDICATED:
        raise WrongMove
    if asked.claim.replaced_by:
        raise NotEditable(_ON_ITS_WAY)
    claim, maker = asked.claim, asked.maker
    claim.sheet_version, claim.behind = asked.sheet().version, None
    writes = ClaimWrites(maker.actor, maker.now, maker.known.setup)
    reopening.take_off(claim, writes)
    if way == "none":
        writes.move(claim, asked.state, "reopening-dropped", note=note)
    else:
        writes.move(claim, S.PENDED, "reopening-asked", {"way": way}, note=note)
    writes.commit()


def confirm(asked: Asked, number: str, note: str) -> None:
    """The payer has said that it has the claim: by telephone, in its portal."""
    if asked.state not in {S.SENT, S.RECEIVED}:
        raise WrongMove
    if number:
        asked.claim.payer_control_number = number
    asked.write(S.ACCEPTED, "confirmed", {}, note)


def redraft(asked: Asked) -> None:
    """Take over what chart, practice and directory say now. Fixes made before are made again."""
    _expect_editable(asked)
    practice = asked.maker.actor.practice_id
    sheet = asked.sheet()
    asked.maker.redo(asked.claim, sheet, gather(practice, sheet, asked.maker.known))


def resubmit(asked: Asked, reason: str) -> None:
    """What went out and was never answered goes out once more, as it is."""
    if asked.state not in {S.SENT, S.RECEIVED, S.REJECTED} or is_forwarded(asked.claim):
        raise WrongMove
    if asked.state is S.REJECTED and not asked.verdict().clean:
        raise StillFlawed
    asked.write(S.APPROVED, "resubmitted", {"file": asked.claim.file_id or ""}, reason)


def rescrub(asked: Asked, rules: Rules | None = None) -> None:
    """Hold it against today's rules."""
    if asked.state not in HERE or asked.claim.frequency == _VOID:
        raise NotEditable
    practice, claim = asked.maker.actor.practice_id, asked.claim
    state = asked.maker.scrub_again(
        claim, open_draft(practice, claim), asked.verdict(), asked.material(), rules
    )
    asked.write(state, "scrubbed", {"errors": int(claim.errors)})


def mark_sent_elsewhere(asked: Asked, how: str, reason: str) -> None:
    """A claim that went by post, or was typed into a payer's portal."""
    if asked.state is not S.APPROVED:
        raise WrongMove
    writes = ClaimWrites(asked.maker.actor, asked.maker.now, asked.maker.known.setup)
    writes.move(asked.claim, S.BATCHED, "handed-over", {"way": how})
    asked.claim.went = Went(how)
    writes.move(asked.claim, S.SENT, "sent", {"way": how}, note=reason)
    _settle_earlier(asked, writes)
    writes.commit()


def ask(asked: Asked) -> FileRead:
    """Ask the payer in real time what became of it. Raises CannotAsk."""
    if asked.state not in ADJUDICATING:
        raise WrongMove
    return ask_now(asked.claim, asked.maker)


def _settle_earlier(asked: Asked, writes: ClaimWrites) -> None:
    claim = asked.claim
    if claim.replaces:
        earlier = asked.maker.read(ClaimId(claim.replaces))
        state = S.VOIDED if claim.frequency == _VOID else S.REPLACED
        writes.move(earlier, state, "replaced", {"claim": claim.claim_id})


def _say(asked: Asked, verdict: Verdict, kind: str, note: str) -> None:
    put_verdict(asked.maker.actor.practice_id, asked.claim, verdict)
    asked.write(asked.maker.state_of(verdict), kind, {}, note)


def _merged(before: tuple[Change, ...], changes: tuple[Change, ...]) -> tuple[Change, ...]:
    changed = {one.path for one in changes}
    return (*(one for one in before if one.path not in changed), *changes)


def _expect_editable(asked: Asked) -> None:
    if asked.state not in EDITABLE:
        raise NotEditable


def _expect_there(asked: Asked) -> None:
    if asked.state not in THERE:
        raise WrongMove
    if not asked.maker.corrects(asked.claim):
        raise TakesNoCorrections
    if not asked.claim.payer_control_number:
        raise NoPayerNumber
    if asked.claim.replaced_by:
        raise NotEditable(_ON_ITS_WAY)
