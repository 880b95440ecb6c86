"""Acting upon what was said: a claim's state follows, in any order and however often it is told.

==================  ==========================================================================
 said                moves a claim that is
==================  ==========================================================================
 received (999)      batched or sent
 accepted            batched, sent, received or pended; and one that was rejected, by a file
                     that went out since
 rejected            batched, sent, received, accepted or pended
 pended              sent, received or accepted
==================  ==========================================================================

What is said of a file that the claim has left since, or behind a remittance, is written
into its history and moves nothing. The payer's number of a claim is kept from wherever
it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import VersionConflict
from caresmith.ids import ClaimId, ExchangeFileId, PatientId, PracticeId
from caresmith.records.revenue.claim import ClaimItem, ClaimState, ControlItem, get_claim
from caresmith.records.revenue.layout import CLAIM, claim_key, control_key
from functions.claims.answers.said import Said, Verdict
from functions.claims.following import Follower
from functions.claims.making import Maker
from functions.claims.submission.sending import settle_earlier
from functions.claims.verdict import Answer, open_verdict, put_verdict
from functions.claims.writing import ClaimWrites

S = ClaimState

_FROM: Final[Mapping[Verdict, frozenset[ClaimState]]] = {
    Verdict.RECEIVED: frozenset({S.BATCHED, S.SENT}),
    Verdict.ACCEPTED: frozenset({S.BATCHED, S.SENT, S.RECEIVED, S.PENDED, S.REJECTED}),
    Verdict.REJECTED: frozenset({S.BATCHED, S.SENT, S.RECEIVED, S.ACCEPTED, S.PENDED}),
    Verdict.PENDED: frozenset({S.BATCHED, S.SENT, S.RECEIVED, S.ACCEPTED}),
}
_TO: Final[Mapping[Verdict, ClaimState]] = {
    Verdict.RECEIVED: S.RECEIVED,
    Verdict.ACCEPTED: S.ACCEPTED,
    Verdict.REJECTED: S.REJECTED,
    Verdict.PENDED: S.PENDED,
}
_SHARED: Final = 12
"""Claims in one transaction: each is eight writes at most, and DynamoDB takes a hundred."""
_MOST_ANSWERS: Final = 20
_BATCH: Final = 100
_ATTEMPTS: Final = 5


@dataclass
class Applied:
    """How many of what, for the file's head."""

    accepted: int = 0
    rejected: int = 0
    received: int = 0
    pended: int = 0
    told: int = 0
    unmatched: int = 0

    def count(self, verdict: Verdict) -> None:
        setattr(self, verdict.value, getattr(self, verdict.value) + 1)


@dataclass(frozen=True)
class Applying:
    maker: Maker
    file: ExchangeFileId
    """The file that says it."""
    now: Instant
    ours: Mapping[int, str]
    """Files of ours by their interchange's number."""

    @property
    def practice(self) -> PracticeId:
        return self.maker.actor.practice_id

    def apply(self, said: list[Said], counts: Applied) -> None:
        """All of them, a hundred at most."""
        claims = self._claims(said)
        for one in said:
            if one.control_number in claims:
                counts.count(one.verdict)
            else:
                counts.unmatched += 1
        once = _by_claim(one for one in said if one.control_number in claims)
        todo = [(claims[number], every) for number, every in once.items()]
        plain = [pair for pair in todo if not pair[0].replaces]
        for start in range(0, len(plain), _SHARED):
            self._commit(plain[start : start + _SHARED])
        for pair in todo:
            if pair[0].replaces:
                self._commit([pair])

    def _claims(self, said: list[Said]) -> dict[str, ClaimItem]:
        """By control number: two BatchGetItems."""
        numbers = list(dict.fromkeys(one.control_number for one in said if one.control_number))
        keys = [(control_key(self.practice, number), CLAIM) for number in numbers[:_BATCH]]
        led = list(ControlItem.batch_get(keys, consistent_read=True)) if keys else []
        if not led:
            return {}
        heads = [(claim_key(self.practice, ClaimId(one.claim_id)), CLAIM) for one in led]
        found = list(ClaimItem.batch_get(heads, consistent_read=True))
        audit().about(*(PatientId(one.patient_id) for one in found))
        return {one.control_number: one for one in found}

    def _commit(self, pairs: list[tuple[ClaimItem, list[Said]]]) -> None:
        writes = ClaimWrites(self.maker.actor, self.now, self.maker.known.setup)
        changed = [claim for claim, every in pairs if self._change(claim, every, writes)]
        if not changed:
            return
        try:
            writes.commit()
        except VersionConflict:
            for claim, every in pairs:
                self._alone(claim, every)
            return
        for claim in changed:
            if claim.behind:
                Follower(self.maker).catch_up(claim)

    def _alone(self, claim: ClaimItem, every: list[Said]) -> None:
        """Somebody was faster with one of several: each for itself, as it is by now."""
        for attempt in range(_ATTEMPTS):
            fresh = get_claim(self.practice, ClaimId(claim.claim_id))
            if fresh is None:
                return
            writes = ClaimWrites(self.maker.actor, self.now, self.maker.known.setup)
            if not self._change(fresh, every, writes):
                return
            try:
                writes.commit()
            except VersionConflict:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            if fresh.behind:
                Follower(self.maker).catch_up(fresh)
            return

    def _change(self, claim: ClaimItem, every: list[Said], writes: ClaimWrites) -> bool:
        """Whether anything of it is new."""
        verdict = open_verdict(self.practice, claim)
        fresh = [one for one in every if _answer(one, self.file) not in verdict.answers]
        if not fresh:
            return False
        answers = (*verdict.answers, *(_answer(one, self.file) for one in fresh))
        kept = verdict.model_copy(update={"answers": answers[-_MOST_ANSWERS:]})
        put_verdict(self.practice, claim, kept)
        for one in fresh:
            if one.payer_control_number:
                claim.payer_control_number = one.payer_control_number
            self._move(claim, one, writes)
        return True

    def _move(self, claim: ClaimItem, one: Said, writes: ClaimWrites) -> None:
        state = ClaimState(claim.state)
        refers: dict[str, Any] = {"file": self.file, "codes": list(one.codes[:20])}
        target = _TO.get(one.verdict)
        stale = one.interchange is not None and self.ours.get(one.interchange) != claim.file_id
        fits = target is not None and state in _FROM[one.verdict] and not stale
        # A rejected claim is accepted only by an answer to the file that it last went out in.
        if state is S.REJECTED and one.interchange is None:
            fits = False
        if target is None or not fits:
            kind = "stale-answer" if stale else "answer"
            writes.move(claim, state, kind, {**refers, "source": one.source}, note=one.message)
            return
        if state is S.BATCHED:
            # The answer was faster than our own bookkeeping.
            writes.move(claim, S.SENT, "sent", {"file": claim.file_id})
            settle_earlier(self.maker, claim, writes)
        writes.move(
            claim, target, one.verdict.value, {**refers, "source": one.source}, note=one.message
        )


def _answer(one: Said, file: ExchangeFileId) -> Answer:
    return Answer(
        source=one.source,
        codes=one.codes[:20],
        message=one.message,
        on=one.on,
        file=file,
    )


def _by_claim(said: Iterable[Said]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = {}
    for one in said:
        found.setdefault(one.control_number, []).append(one)
    return found
