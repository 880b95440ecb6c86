"""The lifecycle of an encounter: FHIR R4's statuses and the moves between them that are legal.

https://hl7.org/fhir/R4/valueset-encounter-status.html names the statuses; FHIR
leaves the moves to us. Nobody moves an encounter to ``finished`` by hand: it
closes when its note is signed and what a charge needs is there.
"""

from __future__ import annotations

from typing import Final

from caresmith.records.clinical.encounter import BillingPart, EncounterStatus
from functions.encounters.errors import IllegalMove

S = EncounterStatus

MOVES: Final[dict[EncounterStatus, frozenset[EncounterStatus]]] = {
    S.PLANNED: frozenset({S.ARRIVED, S.IN_PROGRESS, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.ARRIVED: frozenset({S.TRIAGED, S.IN_PROGRESS, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.TRIAGED: frozenset({S.ARRIVED, S.IN_PROGRESS, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.IN_PROGRESS: frozenset({S.ON_LEAVE, S.FINISHED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.ON_LEAVE: frozenset({S.IN_PROGRESS, S.FINISHED, S.ENTERED_IN_ERROR}),
    S.FINISHED: frozenset({S.ENTERED_IN_ERROR}),
    # The desk took the patient for gone, and they are there after all.
    S.CANCELLED: frozenset({S.ARRIVED, S.ENTERED_IN_ERROR}),
    S.ENTERED_IN_ERROR: frozenset(),
    S.UNKNOWN: frozenset({S.IN_PROGRESS, S.CANCELLED, S.ENTERED_IN_ERROR}),
}

WRITABLE: Final = frozenset({S.PLANNED, S.ARRIVED, S.TRIAGED, S.IN_PROGRESS, S.ON_LEAVE})
"""In these the note is written and codes are chosen."""

BY_HAND: Final = frozenset(set(S) - {S.FINISHED, S.PLANNED, S.UNKNOWN})
"""Where a person may move an encounter to."""


def check_move(present: EncounterStatus, wanted: EncounterStatus) -> None:
    """Raises IllegalMove with both states in words."""
    if wanted not in MOVES[present]:
        raise IllegalMove(f"An encounter that is {present} can't become {wanted}.")


def missing(billing: BillingPart, *, signed: bool, awaits_cosigner: bool) -> list[str]:
    """What an encounter still needs before it closes, as codes."""
    wanted = {
        "signature": not signed,
        "cosignature": awaits_cosigner,
        "diagnosis": not billing.no_charge and not billing.diagnoses,
        "service": not billing.no_charge and not billing.services,
    }
    return [what for what, lacking in wanted.items() if lacking]
