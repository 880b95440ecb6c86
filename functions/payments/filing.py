"""The claims of a remittance are kept one by one, in slices, each within a function's time.

The file was checked as a whole before. A slice that is worked through twice keeps the
same: a claim's record is named by its place. Nothing is posted here: when all claims of a
payment are kept, ``RemittanceFiled`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pynamodb.exceptions import UpdateError

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant
from caresmith.errors import NotFound
from caresmith.events import RemittanceFiled, RevenueOutbox, tell
from caresmith.ids import ExchangeFileId, PracticeId, RemittanceId
from caresmith.records.revenue.exchange import ExchangeFileItem, get_file
from caresmith.records.revenue.layout import remittance_key, remittances_key
from caresmith.records.revenue.remittance import (
    HEAD,
    ClaimPosting,
    ProviderAdjustmentItem,
    RemittanceItem,
    RemittanceRowItem,
    RemittanceState,
    RemittedClaimItem,
    claim_sort_key,
    get_remittance,
    plb_sort_key,
    remitted_record,
    row_of,
    row_sort_key,
)
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction
from caresmith.x12.remittance.model import (
    ClaimPayment,
    PaymentEnd,
    PaymentHeader,
    ProviderAdjustment,
)
from caresmith.x12.remittance.reading import Piece, read_remittances
from functions.payments import store
from functions.payments.reading import remitted

SLICE_SECONDS: Final = 60.0
"""How long one call files; what is left goes on by itself."""
_BATCH: Final = 100
CONDITION_FAILED_EXCEPTION: Final = "ConditionalCheckFailedException"


class SomebodyElseFiles(Exception):
    """The same slice was delivered twice, and the other is ahead."""


def file_task(event: Mapping[str, Any], clock: Clock) -> None:
    """Task: keep the claims of a checked file, from where the last slice has ended."""
    actor = current_actor()
    file = get_file(actor.practice_id, ExchangeFileId(event["file_id"]))
    if file is None:
        raise NotFound
    audit().record(file.file_id)
    began = clock.now()
    source = store.opened(file.object_key, file.object_version)
    # Read by chunks and never as a whole; what is kept already is read past.
    pieces = read_remittances(source)
    try:
        for kept in _payments(pieces, file, actor, clock):
            if (clock.now() - began).total_seconds() > SLICE_SECONDS:
                _plan(clock.now(), actor.practice_id, file, kept)
                return
    except SomebodyElseFiles:
        return


def _payments(
    pieces: Iterator[Piece], file: ExchangeFileItem, actor: Actor, clock: Clock
) -> Iterator[str]:
    """Files, and pauses after each batch so that its caller may stop; yields how far it is."""
    ordinal = 0
    heads = _heads(actor.practice_id, file)
    for piece in pieces:
        if not isinstance(piece, PaymentHeader):
            continue
        ordinal += 1
        head = heads.get(ordinal)
        if head is None or head.state != RemittanceState.FILING:
            _skip(pieces)
            continue
        yield from _payment(pieces, head, actor, clock)


def _skip(pieces: Iterator[Piece]) -> None:
    for piece in pieces:
        if isinstance(piece, PaymentEnd):
            return


def _heads(practice: PracticeId, file: ExchangeFileItem) -> dict[int, RemittanceItem]:
    found = {}
    for remittance in file.contents:
        head = get_remittance(practice, RemittanceId(str(remittance)))
        if head is not None and head.file_id == file.file_id:
            found[int(head.ordinal)] = head
    return found


def _payment(
    pieces: Iterator[Piece], head: RemittanceItem, actor: Actor, clock: Clock
) -> Iterator[str]:
    filed = int(head.filed)
    batch: list[tuple[int, RemittedClaim]] = []
    for piece in pieces:
        if isinstance(piece, ClaimPayment):
            if piece.number > filed:
                batch.append((piece.number, remitted(piece)))
            if len(batch) == _BATCH:
                keep_claims(head, batch, actor)
                batch = []
                yield f"{head.ordinal}-{piece.number}"
        elif isinstance(piece, PaymentEnd):
            keep_claims(head, batch, actor)
            keep_adjustments(head, piece.provider_adjustments, actor)
            filed_now(head, actor, clock.now())
            yield f"{head.ordinal}-all"
            return


def keep_claims(
    head: RemittanceItem, claims: Iterable[tuple[int, RemittedClaim]], actor: Actor
) -> None:
    """Write them, and how far it has come."""
    practice = actor.practice_id
    remittance = RemittanceId(head.remittance_id)
    key, sealer = remittance_key(practice, remittance), Sealer(practice, Domain.REVENUE)
    last = 0
    with RemittedClaimItem.batch_write() as writes:
        for position, claim in claims:
            record = remitted_record(remittance, position)
            writes.save(
                RemittedClaimItem(
                    key,
                    claim_sort_key(position),
                    remittance_id=remittance,
                    position=position,
                    state=ClaimPosting.WAITING,
                    status=claim.status.value,
                    charge_cents=claim.charge.cents,
                    paid_cents=claim.paid.cents,
                    claim=sealer.seal(record, "claim", claim),
                )
            )
            last = position
    if not last:
        return
    try:
        head.update(
            actions=[RemittanceItem.filed.set(last)],
            condition=RemittanceItem.filed == int(head.filed),
        )
    except UpdateError as error:
        if error.cause_response_code == CONDITION_FAILED_EXCEPTION:
            raise SomebodyElseFiles from None
        raise


def keep_adjustments(
    head: RemittanceItem, adjustments: Iterable[ProviderAdjustment], actor: Actor
) -> None:
    key = remittance_key(actor.practice_id, RemittanceId(head.remittance_id))
    with ProviderAdjustmentItem.batch_write() as writes:
        for number, one in enumerate(adjustments, 1):
            writes.save(
                ProviderAdjustmentItem(
                    key,
                    plb_sort_key(number),
                    remittance_id=head.remittance_id,
                    number=number,
                    reason=one.reason,
                    reference=one.reference[:80],
                    provider=one.provider[:80],
                    amount_cents=one.amount.cents,
                )
            )


def filed_now(head: RemittanceItem, actor: Actor, now: Instant) -> None:
    """All of it is kept: it is posted from there. Told once."""
    practice, remittance = actor.practice_id, RemittanceId(head.remittance_id)
    event = RemittanceFiled(
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        remittance_id=remittance,
    )
    audit().record(remittance)
    before, after = RemittanceState.FILING, RemittanceState.POSTING
    try:
        with transaction() as writes:
            writes.delete(RemittanceRowItem(remittances_key(practice, before), row_sort_key(head)))
            writes.save(row_of(practice, head, after))
            tell(event, RevenueOutbox, writes)
            writes.update(
                RemittanceItem(remittance_key(practice, remittance), HEAD),
                actions=[RemittanceItem.state.set(after.value)],
                condition=RemittanceItem.state == before.value,
            )
    except TransactionCancelled:
        # Another slice was there first.
        return
    head.state = after


def _plan(now: Instant, practice: PracticeId, file: ExchangeFileItem, kept: str) -> None:
    later.at(
        now,
        name=f"file-835-{file.file_id}-{kept}",
        target="payments",
        payload={"task": "file-remittance", "practice_id": practice, "file_id": file.file_id},
    )
