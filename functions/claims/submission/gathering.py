"""Approved claims into a file: scrubbed once more where a day has passed or a rule or list is new.

A slice takes what a few seconds allow. A claim goes into one file only, since it goes
on condition of the version that was read; a slice that was killed is begun again, and
what it had taken is in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.claims.draft import NotSendable
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import ClaimId, ExchangeFileId, PracticeId, SheetId
from caresmith.records.revenue.claim import BoardItem, ClaimItem, ClaimState
from caresmith.records.revenue.exchange import ExchangeFileItem, FileState
from caresmith.records.revenue.exchanged import ClaimInFileItem, claim_in_file_sort_key
from caresmith.records.revenue.layout import CLAIM, board_key, claim_key
from caresmith.records.revenue.payer import Way
from functions.claims.app import app
from functions.claims.gathering import gather, sheet_named
from functions.claims.making import Maker
from functions.claims.payer_rules import Rules, rules_of
from functions.claims.submission import heads
from functions.claims.submission.building import MOST_IN_SET
from functions.claims.verdict import open_draft, open_verdict
from functions.claims.writing import ClaimWrites

S = ClaimState

SLICE_SECONDS: Final = 12.0
IN_TRANSACTION: Final = 15
"""Claims: each is six writes, and DynamoDB takes a hundred at once."""
_PAGE: Final = 90
_VOID: Final = "8"


@dataclass
class _Slice:
    practice: PracticeId
    head: ExchangeFileItem
    maker: Maker
    rules: Rules
    began: Instant
    paper: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.paper = frozenset(
            payer.payer_id
            for payer in self.maker.known.directory.payers
            if payer.facts.ways.claims is not Way.ELECTRONIC
        )

    @property
    def over(self) -> bool:
        return (app.clock.now() - self.began).total_seconds() > SLICE_SECONDS

    @property
    def room(self) -> int:
        return MOST_IN_SET - int(self.head.counts["claims"])


def gather_slice(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Task: put approved claims into the file; what there is to do then."""
    practice, file = heads.asked_file(asked)
    actor, now = current_actor(), app.clock.now()
    maker = Maker.of(actor, now)
    head = heads.begin(practice, file, maker.known.setup, actor, now)
    if head.state != FileState.GATHERING:
        # Begun again after it was built: what follows is repeated as well, to no effect.
        return {"action": "nothing" if head.state == FileState.EMPTY else "build"}
    work = _Slice(practice, head, maker, rules_of(practice), now)
    finished = _fill(work)
    if not finished:
        return {"action": "more"}
    if not int(head.counts["claims"]):
        head.state = FileState.EMPTY
        heads.save(head)
        return {"action": "nothing"}
    return {"action": "build"}


def _fill(work: _Slice) -> bool:
    """Take claims until there are no more, the file is full (True) or time is over (False)."""
    waiting = _waiting(work)
    while taken := list(islice(waiting, min(IN_TRANSACTION, work.room))):
        _take(work, taken)
        if work.over:
            return work.room == 0
    return True


def _waiting(work: _Slice) -> Iterator[ClaimItem]:
    """Approved claims that may go out now, by the wire."""
    board = BoardItem.query(board_key(work.practice, S.APPROVED), page_size=_PAGE)
    electronic = (one for one in board if one.payer_id not in work.paper)
    while page := list(islice(electronic, _PAGE)):
        keys = [(claim_key(work.practice, ClaimId(one.claim_id)), CLAIM) for one in page]
        found = ClaimItem.batch_get(keys, consistent_read=True)
        for claim in sorted(found, key=lambda item: (item.day, item.claim_id)):
            if claim.state == S.APPROVED and _still_right(work, claim):
                yield claim


def _still_right(work: _Slice, claim: ClaimItem) -> bool:
    """Whether nothing speaks against it today; what does holds it back."""
    verdict = open_verdict(work.practice, claim)
    draft = open_draft(work.practice, claim)
    fresh = work.maker.is_fresh(claim, verdict, work.rules)
    state = S.APPROVED
    if not fresh and claim.frequency != _VOID:
        sheet = sheet_named(work.practice, SheetId(claim.sheet_id))
        if sheet is None:
            return False
        try:
            material = gather(work.practice, sheet, work.maker.known)
        except NotFound:
            return False
        state = work.maker.judge_again(claim, draft, verdict, material, work.rules)
    if state is not S.HELD:
        try:
            draft.claim()
        except NotSendable:
            state = S.HELD
    if state is not S.HELD:
        return True
    _hold_back(work, claim)
    return False


def _hold_back(work: _Slice, claim: ClaimItem) -> None:
    writes = ClaimWrites(work.maker.actor, work.maker.now, work.maker.known.setup)
    writes.move(claim, S.HELD, "held-back", {"file": work.head.file_id})
    try:
        writes.commit()
    except VersionConflict:
        # Somebody has just changed it: it is not taken now.
        return


def _take(work: _Slice, claims: list[ClaimItem]) -> None:
    """All of them in one transaction; one by one where somebody was faster with one."""
    versions = [int(claim.version) for claim in claims]
    try:
        _put_in(work, claims)
    except VersionConflict:
        for claim, version in zip(claims, versions, strict=True):
            if len(claims) > 1:
                _restore(claim, version)
                _take(work, [claim])


def _restore(claim: ClaimItem, version: int) -> None:
    """As it was before the transaction that did not happen."""
    claim.version, claim.state, claim.file_id = version, S.APPROVED, None


def _put_in(work: _Slice, claims: list[ClaimItem]) -> None:
    head, count = work.head, int(work.head.counts["claims"])
    file = ExchangeFileId(head.file_id)
    writes = ClaimWrites(work.maker.actor, app.clock.now(), work.maker.known.setup)
    for place, claim in enumerate(claims, count + 1):
        claim.file_id = file
        writes.move(claim, S.BATCHED, "batched", {"file": file, "place": place})
        writes.revenue.put(
            ClaimInFileItem(
                head.pk,
                claim_in_file_sort_key(place),
                claim_id=claim.claim_id,
                control_number=claim.control_number,
                patient_id=claim.patient_id,
            )
        )
    charge = int(head.charge_cents)
    head.counts = {**head.counts, "claims": count + len(claims)}
    head.charge_cents = charge + sum(int(claim.charge_cents) for claim in claims)
    writes.revenue.put(head)
    if not count:
        writes.revenue.put(heads.list_it(work.practice, head))
    try:
        writes.commit()
    except VersionConflict:
        head.counts = {**head.counts, "claims": count}
        head.charge_cents = charge
        raise
