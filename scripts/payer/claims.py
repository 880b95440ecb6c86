"""The claims that are kept, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Literal

from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.envelope import Party
from caresmith.x12.writer import Addressing
from scripts.payer.decision import Decision
from scripts.payer.store import Row, Store

State = Literal["rejected", "accepted", "pended", "paid", "replaced", "voided", "void", "lost"]
"""``replaced`` and ``voided`` hold no more, ``void`` is the one that took another away."""
OPEN = frozenset({"accepted", "pended", "lost"})
"""Not decided yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    icn: str
    claim: ProfessionalClaim
    state: State
    received: date
    wire: Addressing
    """How answers of it are addressed."""
    decision: Decision | None
    told: str
    paid: str


class Claims:
    """Claims by the payer's number."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        icn: str,
        claim: ProfessionalClaim,
        state: State,
        received: date,
        wire: Addressing,
        told: str = "",
        due: date | None = None,
    ) -> None:
        self._store.add_claim(
            {
                "icn": icn,
                "control": claim.control_number,
                "payer": claim.payer.id,
                "member": claim.subscriber.member_id,
                "state": state,
                "received": received.isoformat(),
                "due": due.isoformat() if due else None,
                "claim": claim.model_dump_json(exclude_defaults=True),
                "wire": _wire(wire),
                "told": told,
            }
        )

    def get(self, icn: str) -> Kept | None:
        row = self._store.claim(icn)
        return _kept(row) if row else None

    def holds(self, icn: str, claim: ProfessionalClaim) -> Kept | None:
        """The claim of that number, if it is one that may be replaced or voided by this one."""
        one = self.get(icn)
        if one is None or one.state not in OPEN | {"paid"}:
            return None
        same = (
            one.claim.payer.id == claim.payer.id
            and one.claim.subscriber.member_id == claim.subscriber.member_id
        )
        return one if same else None

    def of_member(self, payer: str, member: str) -> list[Kept]:
        return [_kept(row) for row in self._store.claims_of(payer, member)]

    def move(self, icn: str, state: State, told: str = "") -> None:
        self._store.change_claim(icn, state=state, told=told)

    def wait_until(self, icn: str, due: date) -> None:
        self._store.change_claim(icn, due=due.isoformat())

    def decide(self, icn: str, state: State, decision: Decision) -> None:
        told = f"{decision.status.value} {decision.paid}"
        self._store.change_claim(
            icn, state=state, decision=decision.model_dump_json(), told=told, due=None
        )

    def pay(self, icn: str, payment: str) -> None:
        self._store.change_claim(icn, paid=payment)


def _wire(one: Addressing) -> str:
    ends = (one.sender.qualifier, one.sender.id, one.receiver.qualifier, one.receiver.id)
    return json.dumps([*ends, one.group_sender, one.group_receiver, one.test])


def _kept(row: Row) -> Kept:
    sender, sender_id, receiver, receiver_id, *groups = json.loads(row["wire"])
    wire = Addressing(Party(sender, sender_id), Party(receiver, receiver_id), *groups)
    return Kept(
        icn=row["icn"],
        claim=ProfessionalClaim.model_validate_json(row["claim"]),
        state=row["state"],
        received=date.fromisoformat(row["received"]),
        wire=wire,
        decision=Decision.model_validate_json(row["decision"]) if row["decision"] else None,
        told=row["told"],
        paid=row["paid"],
    )
