"""The tasks behind gathering: build, deliver, mark as sent, wait, give back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import from_text, to_precise_text, to_text
from caresmith.errors import VersionConflict
from caresmith.exchange import ExchangeFailed
from caresmith.ids import ClaimId, ExchangeFileId, PatientId, PracticeId
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.claim import ClaimItem, ClaimState, get_claim
from caresmith.records.revenue.exchange import FILE, ExchangeFileItem, FileState
from caresmith.records.revenue.exchanged import (
    FileOfNumberItem,
    claims_in_file,
    keep_bytes,
    known_file,
    number_key,
    read_bytes,
)
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.records.revenue.numbering import next_numbers
from caresmith.task_tokens import complete
from caresmith.x12.writer import ControlNumbers, written
from functions.claims.app import app
from functions.claims.making import Maker
from functions.claims.submission import heads
from functions.claims.submission.building import claims_837, local_time
from functions.claims.submission.gathering import IN_TRANSACTION, SLICE_SECONDS
from functions.claims.submission.outlets import Connection, NoOutlet, connection
from functions.claims.verdict import open_draft
from functions.claims.writing import ClaimWrites

S = ClaimState
_VOID: Final = "8"
_BATCH: Final = 100  # DynamoDB's limit of keys in one BatchGetItem
ANSWERED: Final = "answered"


class ExchangeDown(Exception):
    """Nobody takes the file now: worth another try."""


class ExchangeRefuses(Exception):
    """It will not be taken however often it is tried."""


def build(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Task: write the file. Its numbers and its time stand first, so that it is always the same."""
    practice, file = heads.asked_file(asked)
    head = known_file(practice, file)
    audit().record(file)
    if head.state != FileState.GATHERING:
        return {"action": "deliver"}
    setup = practice_setup(practice)
    with _way_out(head, setup) as link:
        address, way = link.address, link.way
    if head.interchange is None:
        numbers = next_numbers(practice, sets=1)
        head.interchange, head.first_set = numbers.interchange, numbers.first_set
        head.built_at, head.way = to_precise_text(app.clock.now()), way
        heads.save(head)
    number = int(head.interchange)
    segments = claims_837(
        (open_draft(practice, claim) for claim in _claims(practice, file)),
        setup,
        address,
        ControlNumbers(number, number, int(head.first_set or 1)),
        local_time(from_text(str(head.built_at)), setup),
    )
    keep_bytes(practice, head, written(segments))
    head.state = FileState.BUILT
    FileOfNumberItem(number_key(practice, number), FILE, file_id=file).save()
    heads.save(head)
    return {"action": "deliver"}


def deliver(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Task: hand it over. Raises ExchangeDown, ExchangeRefuses."""
    practice, file = heads.asked_file(asked)
    head = known_file(practice, file)
    audit().record(file)
    if head.state != FileState.BUILT:
        return {"outcome": "known"}
    with _way_out(head, practice_setup(practice)) as link:
        outcome = link.outlet.send(head.name, read_bytes(head))
    head.state, head.refusal = FileState.DELIVERED, None
    head.delivered_at = to_text(app.clock.now())
    heads.save(head)
    return {"outcome": outcome}


def mark_sent(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Task: the claims of a delivered file say that they are sent, in slices."""
    practice, file = heads.asked_file(asked)
    head = known_file(practice, file)

    def sent(claim: ClaimItem, writes: ClaimWrites) -> None:
        writes.move(claim, S.SENT, "sent", {"file": file, "way": head.way})

    if not _each_batched(practice, file, sent):
        return {"action": "more"}
    if head.state == FileState.DELIVERED:
        head.state = FileState.SENT
        heads.save(head)
    return {"action": "wait"}


def give_back(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Task: a file that could not be delivered gives its claims back, in slices."""
    practice, file = heads.asked_file(asked)
    head = known_file(practice, file)
    if head.state in {FileState.DELIVERED, FileState.SENT, FileState.ANSWERED}:
        # It arrived after all: what comes back will say so.
        return {"action": "sent"}

    def returned(claim: ClaimItem, writes: ClaimWrites) -> None:
        claim.file_id = None
        writes.move(claim, S.APPROVED, "given-back", {"file": file})

    if not _each_batched(practice, file, returned):
        return {"action": "more"}
    if head.state != FileState.RETURNED:
        head.state = FileState.RETURNED
        head.refusal = head.refusal or str(asked.get("error", ""))[:80]
        heads.save(head)
    return {"action": "returned"}


def await_answer(asked: Mapping[str, Any]) -> None:
    """Task: keep the token with which the 999 lets the execution go on."""
    practice, file = heads.asked_file(asked)
    head = known_file(practice, file)
    audit().record(file)
    token = str(asked["token"])
    if head.state == FileState.ANSWERED:
        complete(token, ANSWERED)
        return
    head.token = token
    heads.save(head)


def overdue(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Task: no 999 came in time. Its claims stand on the list of what is stuck."""
    practice, file = heads.asked_file(asked)
    head = known_file(practice, file)
    audit().record(file)
    if head.state == FileState.SENT:
        head.state, head.token = FileState.OVERDUE, None
        heads.save(head)
    return {"state": head.state}


@contextmanager
def _way_out(head: ExchangeFileItem, setup: PracticeSetup) -> Iterator[Connection]:
    """How its file goes; what is in the way stands on its head.

    Raises ExchangeDown, ExchangeRefuses.
    """
    try:
        link = connection(current_actor().practice_id, setup)
        with closing(link.outlet):
            yield link
    except NoOutlet as error:
        _remark(head, f"set-up: {error.missing}")
        raise ExchangeRefuses(error.missing) from None
    except ExchangeFailed as error:
        _remark(head, error.reason)
        raise (ExchangeDown if error.temporary else ExchangeRefuses)(error.reason) from None


def _remark(head: ExchangeFileItem, reason: str) -> None:
    if head.refusal != reason:
        head.refusal = reason
        heads.save(head)


def _claims(practice: PracticeId, file: ExchangeFileId) -> Iterator[ClaimItem]:
    """The claims of the file that are still in it, in its order."""
    listed = iter(claims_in_file(practice, file))
    while page := list(islice(listed, _BATCH)):
        keys = [(claim_key(practice, ClaimId(one.claim_id)), CLAIM) for one in page]
        found = {item.claim_id: item for item in ClaimItem.batch_get(keys, consistent_read=True)}
        audit().about(*(PatientId(one.patient_id) for one in page))
        for one in page:
            claim = found.get(one.claim_id)
            if claim is not None and claim.file_id == file:
                yield claim


Change = Callable[[ClaimItem, ClaimWrites], None]


def _each_batched(practice: PracticeId, file: ExchangeFileId, change: Change) -> bool:
    """Do it to every claim of the file that is in delivery; False where time is over."""
    began = app.clock.now()
    maker = Maker.of(current_actor(), began)
    batched = (claim for claim in _claims(practice, file) if claim.state == S.BATCHED)
    while taken := list(islice(batched, IN_TRANSACTION)):
        plain = [claim for claim in taken if not claim.replaces]
        for some in (plain, *([one] for one in taken if one.replaces)):
            if some:
                _commit(maker, some, change)
        if (app.clock.now() - began) > dt.timedelta(seconds=SLICE_SECONDS):
            return False
    return True


def _commit(maker: Maker, claims: list[ClaimItem], change: Change) -> None:
    writes = ClaimWrites(maker.actor, app.clock.now(), maker.known.setup)
    for claim in claims:
        change(claim, writes)
        settle_earlier(maker, claim, writes)
    try:
        writes.commit()
    except VersionConflict:
        if len(claims) == 1:
            # An answer may have come before: the next round reads it again.
            fresh = get_claim(maker.actor.practice_id, ClaimId(claims[0].claim_id))
            if fresh is None or fresh.state != S.BATCHED:
                return
            raise
        for claim in claims:
            again = get_claim(maker.actor.practice_id, ClaimId(claim.claim_id))
            if again is not None and again.state == S.BATCHED:
                _commit(maker, [again], change)


def settle_earlier(maker: Maker, claim: ClaimItem, writes: ClaimWrites) -> None:
    """What a correction or void that is out now stands for, is over."""
    if claim.state != S.SENT or not claim.replaces:
        return
    earlier = maker.read(ClaimId(claim.replaces))
    state = S.VOIDED if claim.frequency == _VOID else S.REPLACED
    if ClaimState(earlier.state) is not state:
        writes.move(earlier, state, "replaced", {"claim": claim.claim_id})
