"""Which claim of ours a payer answers.

Its own number decides (CLP01 is our CLM01), else the payer's number that is known for it
(CLP07). Without either nothing is certain: a biller gets suggestions, by the day, the
charge and the patient, and says which it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.audit import audit
from caresmith.ids import ClaimId, PatientId, PracticeId
from caresmith.records.patient import PatientCard, patient_cards
from caresmith.records.revenue.claim import (
    ADJUDICATED,
    OUT,
    BoardItem,
    ClaimItem,
    ClaimState,
    claim_of_control,
    get_claim,
)
from caresmith.records.revenue.layout import board_key
from caresmith.records.revenue.remittance import claim_of_payer_control
from caresmith.records.revenue.remitted import RemittedClaim

ANSWERABLE: Final = frozenset(OUT | ADJUDICATED | {ClaimState.REVERSED, ClaimState.CLOSED}) | {
    ClaimState.REJECTED,
    ClaimState.REPLACED,
    ClaimState.VOIDED,
}
"""Claims that have gone out: a payer can have answered them."""
_LOOKED_AT: Final = tuple(sorted(OUT | ADJUDICATED))
_MOST: Final = 10
_UNKNOWN_NUMBERS: Final = frozenset({"", "0"})
"""TR3 CLP01: a 0 where the payer never had our number."""


def claim_for(practice: PracticeId, said: RemittedClaim) -> ClaimItem | None:
    """The claim that the numbers name, by strongly consistent reads."""
    found: ClaimId | None = None
    number = said.control_number.strip()
    if number not in _UNKNOWN_NUMBERS:
        found = claim_of_control(practice, number)
        if found is None and number != number.upper():
            found = claim_of_control(practice, number.upper())
    if found is None and said.payer_control_number:
        found = claim_of_payer_control(practice, said.payer_control_number)
    return get_claim(practice, found) if found else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    claim_id: ClaimId
    control_number: str
    state: str
    card: PatientCard
    charge_cents: int
    day: str
    why: tuple[str, ...]
    score: int


def suggestions(practice: PracticeId, said: RemittedClaim) -> list[Suggestion]:
    """Claims of that day that could be meant, the likeliest first."""
    if said.first is None:
        return []
    rows = [
        (state, row)
        for state in _LOOKED_AT
        for row in BoardItem.query(
            board_key(practice, state), BoardItem.sk.startswith(f"{said.first}#"), limit=200
        )
    ]
    cards = patient_cards(practice, [PatientId(row.patient_id) for _, row in rows])
    # Whoever is compared with is read: the trail says so.
    audit().about(*cards)
    found = []
    for state, row in rows:
        card = cards.get(PatientId(row.patient_id))
        if card is None:
            continue
        why, score = _alike(said, row, card)
        if score:
            found.append(
                Suggestion(
                    ClaimId(row.claim_id),
                    row.control_number,
                    state,
                    card,
                    int(row.charge_cents),
                    row.day,
                    why,
                    score,
                )
            )
    return sorted(found, key=lambda one: (-one.score, one.control_number))[:_MOST]


def _alike(said: RemittedClaim, row: BoardItem, card: PatientCard) -> tuple[tuple[str, ...], int]:
    why, score = ["same day"], 0
    if abs(said.charge.cents) == int(row.charge_cents):
        why.append("same charge")
        score += 2
    names = card.sort_name.casefold()
    for person in (said.patient, said.corrected):
        if person and person.last and person.last.casefold() in names:
            why.append("same family name")
            score += 2
            if person.first and person.first.casefold() in names:
                why.append("same first name")
                score += 1
            break
    # A day alone is no likeness.
    return tuple(why), score
