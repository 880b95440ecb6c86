"""Changing claims: state, history, due date and event in one transaction."""

from __future__ import annotations

from typing import Any, Final

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.events import ClaimMoved
from caresmith.ids import ClaimId, PatientId, SheetId
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.claim import ClaimItem, ClaimState
from caresmith.records.revenue.writing import RevenueWrites
from functions.claims.clocks import due_at

_SILENT: Final = frozenset({ClaimState.BATCHED})
"""Nobody acts upon it: it lasts for minutes."""


class ClaimWrites:
    """One change of one or several claims. Use it once."""

    def __init__(self, actor: Actor, now: Instant, setup: PracticeSetup | None = None) -> None:
        self.actor, self.now = actor, now
        self.setup = setup or practice_setup(actor.practice_id)
        self.revenue = RevenueWrites(actor, now, self.setup.practice.day_at(now))

    def add(self, claim: ClaimItem, kind: str, refers_to: dict[str, Any] | None = None) -> None:
        """A claim that is new, in the state that it has."""
        state = ClaimState(claim.state)
        claim.due_at = due_at(claim, state, self.setup, self.now)
        self.revenue.add_claim(claim, kind, refers_to or {})
        self._tell(claim, state, None)

    def move(
        self,
        claim: ClaimItem,
        state: ClaimState,
        kind: str,
        refers_to: dict[str, Any] | None = None,
        *,
        note: str = "",
    ) -> None:
        """As :meth:`RevenueWrites.move`; where the state is new, its clock begins."""
        before = ClaimState(claim.state)
        if state is ClaimState.BATCHED:
            # It goes by wire, until somebody says that it went otherwise.
            claim.went = None
        self.revenue.move(claim, state, kind, refers_to or {}, note=note)
        if state is not before:
            claim.due_at = due_at(claim, state, self.setup, self.now)
            self._tell(claim, state, before)

    def commit(self) -> None:
        """As :meth:`RevenueWrites.commit`."""
        self.revenue.commit()

    def _tell(self, claim: ClaimItem, state: ClaimState, before: ClaimState | None) -> None:
        if state in _SILENT:
            return
        self.revenue.tell(
            ClaimMoved(
                practice_id=self.actor.practice_id,
                occurred_at=self.now,
                actor_id=self.actor.user_id,
                patient_id=PatientId(claim.patient_id),
                claim_id=ClaimId(claim.claim_id),
                sheet_id=SheetId(claim.sheet_id),
                state=state.value,
                before=before.value if before else None,
            )
        )
