"""Which payer in turn an answer is of.

A payer that forwards a claim to the next one (CLP02 19 to 21) hands our number on, so the
next payer's 835 names the claim that was billed to the one before. It is not by the number
alone that an answer finds its turn:

1. A claim that no later coverage follows has its own turn.
2. The payer decides where the directory knows it, and one coverage alone is its.
3. A takeback (22) is of the turn that was told under the same payer's number (CLP07).
4. A payer that says it comes later (CLP02 2, 3, 20, 21) does, where the claim was forwarded
   or it tells what the payers before it did (CARC 23). Else it only believes so: a first
   payer that thinks another is before it is the first one all the same.
5. Who has answered in a turn before, by the tax id of TRN03, answers in it again.
6. Another payer than the one that forwarded the claim is the next one, whatever it calls
   itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from caresmith.ids import ClaimId, PatientId, PracticeId, RemittanceId, SheetId
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.claim import (
    ClaimItem,
    ClaimOfSheetItem,
    ClaimState,
    claims_of_sheet,
    get_claim,
)
from caresmith.records.revenue.remittance import RemittanceItem, get_remittance
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments.whose import ANSWERABLE

FORWARDED: Final = frozenset(
    {
        ClaimStatus.PRIMARY_FORWARDED,
        ClaimStatus.SECONDARY_FORWARDED,
        ClaimStatus.TERTIARY_FORWARDED,
    }
)
SAYS: Final[Mapping[ClaimStatus, int]] = {
    ClaimStatus.PRIMARY: 1,
    ClaimStatus.PRIMARY_FORWARDED: 1,
    ClaimStatus.SECONDARY: 2,
    ClaimStatus.SECONDARY_FORWARDED: 2,
    ClaimStatus.TERTIARY: 3,
    ClaimStatus.TERTIARY_FORWARDED: 3,
}
"""As whose payer it answers (CLP02)."""
_BEFORE_ME: Final = "23"
"""CARC 23: the impact of what payers before have adjudicated."""
_OVER: Final = frozenset({ClaimState.REPLACED, ClaimState.VOIDED})


def turn_of(
    practice: PracticeId,
    head: RemittanceItem,
    told: RemittedClaim,
    claim: ClaimItem,
    coverages: int,
    said: Sequence[Adjudication],
) -> tuple[ClaimItem, int]:
    """The claim that is answered, and the turn of who answers it.

    ``claim`` is the one that the numbers name, ``coverages`` how many pay for its sheet and
    ``said`` what is posted of it. Where nothing was sent to the payer by us and nothing is
    expected of it, the claim stays and only the turn is another.
    """
    own = int(claim.turn)
    if own >= coverages:
        return claim, own
    rows = _rows(practice, claim)
    turn = _turn(practice, head, told, claim, coverages, said, rows)
    if turn == own:
        return claim, own
    return _claim(practice, rows, turn) or claim, turn


def _turn(
    practice: PracticeId,
    head: RemittanceItem,
    told: RemittedClaim,
    claim: ClaimItem,
    coverages: int,
    said: Sequence[Adjudication],
    rows: Sequence[ClaimOfSheetItem],
) -> int:
    own = int(claim.turn)
    if head.payer_id:
        turns = {int(row.turn) for row in rows if row.payer_id == head.payer_id}
        if len(turns) == 1:
            return turns.pop()
    if told.status is ClaimStatus.REVERSAL:
        number = told.payer_control_number
        same = {one.turn for one in said if number and one.payer_control_number == number}
        if len(same) == 1:
            return same.pop()
    forwarded = {one.turn + 1 for one in said if one.status in FORWARDED}
    following = sorted(turn for turn in forwarded if own < turn <= coverages)
    answered = _answered_by(practice, head, said)
    says = SAYS.get(told.status, 0)
    if own < says <= coverages and (
        says in following or (own not in answered and _tells_of_others(told))
    ):
        return says
    if answered:
        return own if own in answered else min(answered)
    return following[0] if following and head.payer_tax_id else own


def _answered_by(
    practice: PracticeId, head: RemittanceItem, said: Sequence[Adjudication]
) -> set[int]:
    """The turns in which this remittance's payer has answered before, by its tax id."""
    known = {str(head.remittance_id): str(head.payer_tax_id)}
    found = set()
    for one in said:
        if one.remittance_id not in known:
            other = get_remittance(practice, RemittanceId(one.remittance_id))
            known[one.remittance_id] = str(other.payer_tax_id) if other else ""
        if head.payer_tax_id and known[one.remittance_id] == head.payer_tax_id:
            found.add(one.turn)
    return found


def _tells_of_others(told: RemittedClaim) -> bool:
    every = (*told.adjustments, *(one for line in told.services for one in line.adjustments))
    return any(one.reason == _BEFORE_ME for one in every)


def _rows(practice: PracticeId, claim: ClaimItem) -> list[ClaimOfSheetItem]:
    return [
        row
        for row in claims_of_sheet(practice, PatientId(claim.patient_id), SheetId(claim.sheet_id))
        if ClaimState(row.state) in ANSWERABLE
    ]


def _claim(practice: PracticeId, rows: Sequence[ClaimOfSheetItem], turn: int) -> ClaimItem | None:
    """The last claim of the turn that stands, else the last at all; None where there is none."""
    of_turn = [row for row in rows if int(row.turn) == turn]
    standing = [row for row in of_turn if ClaimState(row.state) not in _OVER]
    chosen = next(reversed(standing or of_turn), None)
    return get_claim(practice, ClaimId(chosen.claim_id)) if chosen else None
