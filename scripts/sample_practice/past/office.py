"""The billing office: claims made of what was released, sent, mended, sent again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.ids import ClaimId, ExchangeFileId, SheetId
from caresmith.permissions import Role
from caresmith.records.revenue.claim import BoardItem, ClaimState
from caresmith.records.revenue.layout import board_key
from functions.claims import acting
from functions.claims.acting import Asked
from functions.claims.answers import polling
from functions.claims.errors import CannotAsk, StillFlawed
from functions.claims.following import Follower
from functions.claims.gathering import of_practice, sheet_named
from functions.claims.making import Maker
from functions.claims.scrubbing.findings import Severity
from functions.claims.submission import gathering, sending
from scripts.sample_practice.past.stage import P, Stage
from scripts.sample_practice.staff import BILLER as KEVIN

BILLER: Final = Actor(P, KEVIN.user_id, frozenset({Role.BILLER}), display_name=KEVIN.display_name)
CLAIMS: Final = Actor.system(P, "claims")
_STEPS: Final = 6
"""Fixes and decisions on one claim before somebody would ask the provider."""
_REASONS: Final = {
    "VAC-PRODUCT": "The vaccine came from the state's programme and is not charged",
    "EPS-INDICATOR": "Not a screening visit of the programme",
}


@dataclass
class Office:
    stage: Stage

    def __post_init__(self) -> None:
        self._known = of_practice(P)
        setup = self._known.setup
        billing = setup.practice.billing
        if billing is None:
            raise ValueError("the sample practice bills")
        practice = setup.practice.model_copy(
            update={"billing": billing.model_copy(update={"auto_approve": True})}
        )
        self._letting_go = replace(self._known, setup=replace(setup, practice=practice))

    def bill(self, sheets: Iterable[SheetId], *, approved: bool) -> None:
        """The claims of released sheets; ``approved`` where nothing speaks against them."""
        known = self._letting_go if approved else self._known
        for sheet in sheets:
            with self.stage.acting(CLAIMS):
                found = sheet_named(P, sheet)
                if found is not None:
                    Follower(Maker(CLAIMS, self.stage.clock.now(), known)).follow_sheet(found)

    def send(self) -> None:
        """The day's batch, as the workflow of submission does it."""
        at = self.stage.clock.now()
        file = ExchangeFileId.derived_at(at, P, at.date().isoformat())
        asked: dict[str, Any] = {"practice_id": P, "file_id": file}
        with self.stage.acting(CLAIMS):
            todo: dict[str, Any] = {"action": "more"}
            while todo["action"] == "more":
                todo = gathering.gather_slice(asked)
            if todo["action"] == "nothing":
                return
            sending.build(asked)
            sending.deliver(asked)
            sending.mark_sent(asked)

    def read_mail(self) -> None:
        """What payers have left in the mailbox, and all that follows from it."""
        with self.stage.acting(CLAIMS):
            polling.poll({"practice_id": P})
        self.stage.follow()

    def mend(self, before: dt.date) -> None:
        """Work what was held since before that day: fixes that are certain, warnings that are none.

        What needs a person's thought stays where it is.
        """
        for claim in self._on_board(ClaimState.HELD, before):
            for _ in range(_STEPS):
                if not self._step(claim):
                    break

    def _step(self, claim: ClaimId) -> bool:
        asked = self._asked(claim)
        if asked.state is not ClaimState.HELD:
            return False
        verdict = asked.verdict()
        fixable = next((one for one in verdict.findings if one.fix), None)
        decided = {one.key for one in verdict.overrides}
        doubted = next(
            (
                one
                for one in verdict.findings
                if one.severity is Severity.WARNING and one.key not in decided
            ),
            None,
        )
        with self.stage.acting(BILLER):
            if fixable:
                acting.fix(asked, fixable.key)
            elif doubted:
                reason = _REASONS.get(doubted.edit, "Looked at with the provider: it is right")
                acting.override(asked, doubted.key, reason)
            else:
                return False
        return True

    def approve(self, before: dt.date) -> None:
        """What was clean since before that day: claims of next payers, and what was mended."""
        for claim in self._on_board(ClaimState.CLEAN, before):
            asked = self._asked(claim)
            with self.stage.acting(BILLER), suppress(StillFlawed):
                acting.approve(asked)

    def send_again(self, before: dt.date) -> None:
        """What was turned away before that day goes out once more."""
        for claim in self._on_board(ClaimState.REJECTED, before):
            asked = self._asked(claim)
            with self.stage.acting(BILLER), suppress(StillFlawed):
                acting.resubmit(asked, "Checked with the payer: it was their error")

    def correct(self, claim: ClaimId) -> None:
        """A corrected claim of one that was denied: it waits to be looked at."""
        asked = self._asked(claim, letting_go=False)
        with self.stage.acting(BILLER):
            acting.correct(asked)

    def ask(self, before: dt.date) -> None:
        """Ask the payers about what they have had since before that day."""
        for claim in self._on_board(ClaimState.ACCEPTED, before):
            asked = self._asked(claim)
            with self.stage.acting(BILLER), suppress(CannotAsk):
                acting.ask(asked)
        self.stage.follow()

    def _asked(self, claim: ClaimId, *, letting_go: bool = True) -> Asked:
        known = self._letting_go if letting_go else self._known
        maker = Maker(BILLER, self.stage.clock.now(), known)
        with self.stage.acting(BILLER):
            return Asked(maker.read(claim), maker)

    def _on_board(self, state: ClaimState, before: dt.date) -> list[ClaimId]:
        """By their numbers: the same each time."""
        rows = BoardItem.query(board_key(P, state))
        found = [one for one in rows if str(one.since) < before.isoformat()]
        return [ClaimId(one.claim_id) for one in sorted(found, key=lambda one: one.claim_id)]
