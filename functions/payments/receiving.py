"""A file comes in: by hand, or from a payer's exchange; kept, then checked as a whole.

Whatever becomes of it, it stays: who brought it, when, and the SHA-256 of its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pynamodb.exceptions import PutError

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, to_text
from caresmith.errors import NotFound
from caresmith.events import ExchangeFileArrived
from caresmith.ids import ExchangeFileId, PracticeId, RemittanceId
from caresmith.records.revenue.exchange import (
    FILE,
    BytesItem,
    ExchangeFileItem,
    FileOfDayItem,
    FileState,
    file_of_bytes,
    get_file,
    object_key,
)
from caresmith.records.revenue.layout import (
    bytes_key,
    file_key,
    files_key,
    remittance_key,
)
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.records.revenue.remittance import (
    HEAD,
    RemittanceItem,
    RemittanceState,
    get_remittance,
    row_of,
    trace_of,
)
from caresmith.transactions import TransactionCancelled, transaction
from functions.payments import store
from functions.payments.checking import Checked, Refused, check
from functions.payments.deposits import awaited
from functions.payments.errors import NoFileYet
from functions.payments.settings import own_ids

KIND: Final = "835"
_CHANGED_MEANWHILE: Final = "ConditionalCheckFailedException"


def begin(name: str, size: int, *, actor: Actor, now: Instant) -> tuple[ExchangeFileItem, Any]:
    """A record for a file, and where a browser may post it: address and fields."""
    file = ExchangeFileId.new()
    item = _item(actor, file, name, now)
    item.size, item.state = size, FileState.EXPECTED
    _add(item, actor, now)
    return item, store.upload_form(item.object_key, size)


def take(name: str, raw: bytes, *, actor: Actor, clock: Clock) -> ExchangeFileItem:
    """Keep a file whose bytes are here already, and check it."""
    now = clock.now()
    file = ExchangeFileId.new()
    item = _item(actor, file, name, now)
    kept = store.put(item.object_key, raw)
    item.object_version, item.size, item.state = kept.version, kept.size, FileState.RECEIVED
    _add(item, actor, now)
    examine(item, actor=actor, clock=clock)
    return item


def complete(file: ExchangeFileId, *, actor: Actor, now: Instant) -> ExchangeFileItem:
    """The browser has posted the file: it is checked by itself. Safe to repeat.

    Raises NotFound, NoFileYet.
    """
    item = _known(actor.practice_id, file)
    if item.state != FileState.EXPECTED:
        return item
    if not _received(item):
        raise NoFileYet
    # Planned first: where the record is not saved after it, the task saves it.
    plan(now, actor.practice_id, file, "check-remittance")
    audit().record(file)
    return _saved(item)


def _received(item: ExchangeFileItem) -> bool:
    """Whether its bytes have come; from now on it is this version of them."""
    kept = store.find(item.object_key)
    if kept is None:
        return False
    item.object_version, item.size, item.state = kept.version, kept.size, FileState.RECEIVED
    return True


def arrived(event: ExchangeFileArrived, clock: Clock) -> None:
    """Consumer: somebody has kept a file from a payer. Those of other kinds are others'."""
    if event.kind != KIND:
        return
    audit().record(event.file_id)
    examine(_known(event.practice_id, event.file_id), actor=current_actor(), clock=clock)


def check_task(event: Mapping[str, Any], clock: Clock) -> None:
    """Task: look at a file that was uploaded."""
    actor = current_actor()
    file = ExchangeFileId(event["file_id"])
    audit().record(file)
    item = _known(actor.practice_id, file)
    if item.state == FileState.EXPECTED and _received(item):
        item = _saved(item)
    examine(item, actor=actor, clock=clock)


def _saved(item: ExchangeFileItem) -> ExchangeFileItem:
    """The record as it stands: the browser's word and the task may save it at once."""
    try:
        item.save()
    except PutError as error:
        if error.cause_response_code != _CHANGED_MEANWHILE:
            raise
        item.refresh(consistent_read=True)
    return item


def read_file(practice: PracticeId, file: ExchangeFileId) -> ExchangeFileItem:
    """Raises NotFound."""
    return _known(practice, file)


def files_of(practice: PracticeId, day: date) -> list[ExchangeFileItem]:
    """Remittance files of a day, newest first."""
    rows = FileOfDayItem.query(files_key(practice, day), scan_index_forward=False, limit=100)
    keys = [(file_key(practice, ExchangeFileId(r.file_id)), FILE) for r in rows if r.kind == KIND]
    found = list(ExchangeFileItem.batch_get(keys)) if keys else []
    return sorted(found, key=lambda one: str(one.file_id), reverse=True)


def examine(item: ExchangeFileItem, *, actor: Actor, clock: Clock) -> None:
    """Check a file as a whole, then take its payments or refuse it. Safe to repeat."""
    if item.state != FileState.RECEIVED:
        return
    practice, file = actor.practice_id, ExchangeFileId(item.file_id)
    source = store.opened(item.object_key, item.object_version)
    try:
        payments = check(source, *own_ids(practice))
        source.rest()
        item.sha256, item.size = source.hexdigest, source.size
        _first_of_its_bytes(practice, file, source.hexdigest)
        directory = payer_directory(practice)
        taken = [_take(one, item, directory, actor, clock.now()) for one in payments]
    except Refused as refused:
        source.rest()
        item.sha256, item.size = source.hexdigest, source.size
        item.state = FileState.REFUSED
        item.refusal, item.refusal_line = refused.reason[:1000], refused.line
        item.save()
        return
    known = [one for one, new in taken if not new]
    item.remarks = [f"Payment {one} came before: it is not taken again." for one in known]
    item.contents = [str(one) for one, new in taken if new]
    if not item.contents:
        item.state, item.refusal = FileState.REFUSED, "Every payment in it came before."
    else:
        item.state = FileState.TAKEN
    with transaction() as writes:
        writes.save(item)
        writes.save(BytesItem(bytes_key(practice, item.sha256), FILE, file_id=file))
    if item.contents:
        plan(clock.now(), practice, file, "file-remittance")


def _first_of_its_bytes(practice: PracticeId, file: ExchangeFileId, sha256: str) -> None:
    first = file_of_bytes(practice, sha256)
    if first is not None and first != file:
        raise Refused(f"The very same file came before, as {first}.")


def _take(
    one: Checked, file: ExchangeFileItem, directory: Directory, actor: Actor, now: Instant
) -> tuple[RemittanceId, bool]:
    """The payment's head, and whether it is new (of this very file)."""
    remittance = one.identity(actor.practice_id)
    item = head_of(one, remittance, directory, actor, now)
    item.file_id = file.file_id
    try:
        add_head(item, actor)
    except TransactionCancelled:
        known = get_remittance(actor.practice_id, remittance)
        return remittance, known is not None and known.file_id == file.file_id
    return remittance, True


def head_of(
    one: Checked, remittance: RemittanceId, directory: Directory, actor: Actor, now: Instant
) -> RemittanceItem:
    payer = directory.remitting(one.payer_ids, one.payer_tax_id, one.payer_name)
    return RemittanceItem(
        remittance_key(actor.practice_id, remittance),
        HEAD,
        remittance_id=remittance,
        ordinal=one.ordinal,
        payer_name=payer.facts.name if payer else one.payer_name[:80],
        payer_told=one.payer_name[:80],
        payer_id=payer.payer_id if payer else None,
        payer_tax_id=one.payer_tax_id,
        trace=one.trace[:50],
        amount_cents=one.amount.cents,
        method=one.method,
        paid_on=one.paid_on.isoformat(),
        state=RemittanceState.FILING,
        claims=one.claims,
        adjustments=one.adjustments,
        at=to_text(now),
        by=actor.user_id,
    )


def add_head(item: RemittanceItem, actor: Actor) -> None:
    """Raises TransactionCancelled where the payment is known."""
    practice = actor.practice_id
    audit().record(item.remittance_id)
    with transaction() as writes:
        writes.save(item, condition=RemittanceItem.pk.does_not_exist())
        writes.save(row_of(practice, item, item.state))
        writes.save(trace_of(practice, item))
        if item.amount_cents > 0:
            writes.save(awaited(practice, item))
        audit().join(writes)


def plan(now: Instant, practice: PracticeId, file: ExchangeFileId, task: str) -> None:
    later.at(
        now,
        name=f"{task}-{file}",
        target="payments",
        payload={"task": task, "practice_id": practice, "file_id": file},
    )


def _item(actor: Actor, file: ExchangeFileId, name: str, now: Instant) -> ExchangeFileItem:
    return ExchangeFileItem(
        file_key(actor.practice_id, file),
        FILE,
        file_id=file,
        kind=KIND,
        name=name[:200],
        object_key=object_key(actor.practice_id, file),
        at=to_text(now),
        by=actor.user_id,
    )


def _add(item: ExchangeFileItem, actor: Actor, now: Instant) -> None:
    audit().record(item.file_id)
    with transaction() as writes:
        writes.save(item, condition=ExchangeFileItem.pk.does_not_exist())
        writes.save(
            FileOfDayItem(
                files_key(actor.practice_id, now.date()),
                item.file_id,
                file_id=item.file_id,
                kind=item.kind,
            )
        )
        audit().join(writes)


def _known(practice: PracticeId, file: ExchangeFileId) -> ExchangeFileItem:
    item = get_file(practice, file)
    if item is None:
        raise NotFound
    return item
