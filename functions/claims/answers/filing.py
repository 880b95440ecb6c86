"""Files from payers: kept first, whatever they are, then looked at, then told of.

The same bytes again are the same file. What can't be read stays, with the place and the
reason; so does what is addressed to somebody else.
"""

from __future__ import annotations

import datetime as dt
import io
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.events import ExchangeFileArrived, RevenueOutbox, tell
from caresmith.exchange import ExchangeFailed
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.exchange import (
    FILE,
    BytesItem,
    ExchangeFileItem,
    FileOfDayItem,
    FileState,
    file_of_bytes,
    object_key,
)
from caresmith.records.revenue.exchanged import (
    files_of_day,
    keep_bytes,
    known_file,
    read_bytes,
)
from caresmith.records.revenue.layout import bytes_key, file_key, files_key
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from caresmith.x12.envelope import Header, Interchange
from caresmith.x12.flaws import X12Refused
from caresmith.x12.status.grammar import ACKNOWLEDGEMENT_VERSION
from caresmith.x12.transactions import headers
from functions.claims import models as m
from functions.claims.errors import EmptyFile
from functions.claims.submission.outlets import NoOutlet, connection

_KINDS: Final = frozenset({"999", "835", "271"})
OTHER: Final = "other"
OURS: Final = frozenset({"TA1", "999", "277CA", "277"})
"""What claims act upon; an 835 is what payments wait for."""
_TOLD: Final = OURS | {"835"}
_NAME: Final = 120


@dataclass(frozen=True)
class Looked:
    """What a look through a file's envelopes has found."""

    kind: str
    state: FileState
    remark: str = ""
    receivers: frozenset[str] = frozenset()


def take(name: str, content: bytes, way: str, *, actor: Actor, now: Instant) -> m.Taken:
    """Keep a file and tell of it; one that is known is told as such. Raises EmptyFile."""
    if not content.strip():
        raise EmptyFile
    practice, digest = actor.practice_id, sha256(content).hexdigest()
    known = file_of_bytes(practice, digest)
    if known is not None:
        audit().record(known)
        return m.Taken(file=shown(known_file(practice, known)), known=True)
    setup = practice_setup(practice)
    looked = look(content)
    if looked.state is FileState.RECEIVED:
        looked = _for_us(practice, setup, looked)
    # The same bytes are the same id, also where two take them at once.
    file = ExchangeFileId.derived_at(now, practice, digest)
    head = ExchangeFileItem(
        file_key(practice, file),
        FILE,
        file_id=file,
        kind=looked.kind,
        state=looked.state,
        name=_printable(name) or f"{file}.{looked.kind}",
        way=way,
        at=to_text(now),
        by=actor.user_id,
        day=setup.practice.day_at(now).isoformat(),
        object_key=object_key(practice, file),
        refusal=looked.remark or None,
    )
    keep_bytes(practice, head, content)
    audit().record(file)
    try:
        when_not_busy(lambda: _write(practice, head, actor, now))
    except TransactionCancelled:
        kept = file_of_bytes(practice, digest)
        if kept is None:
            raise
        return m.Taken(file=shown(known_file(practice, kept)), known=True)
    return m.Taken(file=shown(head), known=False)


def look(content: bytes) -> Looked:
    """Which file it is, by its envelopes alone: all of it is looked through."""
    kinds: set[str] = set()
    receivers: set[str] = set()
    try:
        for one in headers(io.BytesIO(content)):
            if isinstance(one, Interchange):
                receivers.add(one.receiver.id)
            else:
                kinds.add(kind_of(one))
    except X12Refused as refused:
        return Looked(
            next(iter(kinds), OTHER), FileState.GARBLED, str(refused), frozenset(receivers)
        )
    if len(kinds) > 1:
        said = ", ".join(sorted(kinds))
        remark = f"It holds transactions of several kinds: {said}."
        return Looked(OTHER, FileState.REFUSED, remark, frozenset(receivers))
    kind = next(iter(kinds), "TA1")
    return Looked(kind, FileState.RECEIVED, receivers=frozenset(receivers))


def kind_of(header: Header) -> str:
    if header.kind == "277":
        return "277CA" if header.version == ACKNOWLEDGEMENT_VERSION else "277"
    return header.kind if header.kind in _KINDS else OTHER


def addressed_to(content: bytes) -> str:
    """ISA08 by its place, even of a file that can't be read further; "" where there is no ISA."""
    # ISA's elements have fixed widths: the receiver's id is the eighth.
    start = content.lstrip()[:106]
    if not start.startswith(b"ISA") or len(start) < 106:  # noqa: PLR2004 - TR3 appendix C
        return ""
    return start[54:69].decode("ascii", "replace").strip()


def _for_us(practice: PracticeId, setup: PracticeSetup, looked: Looked) -> Looked:
    """Refuse what is for another, and what nobody here reads."""
    try:
        own = connection(practice, setup).address.sender.id
    except (NoOutlet, ExchangeFailed):
        own = ""
    if own and looked.receivers - {own}:
        return Looked(
            looked.kind,
            FileState.REFUSED,
            "ISA08: it is addressed to somebody else, not to this practice.",
            looked.receivers,
        )
    if looked.kind not in _TOLD:
        return Looked(looked.kind, FileState.TAKEN, "Nothing is made of files of this kind.")
    return looked


def _write(practice: PracticeId, head: ExchangeFileItem, actor: Actor, now: Instant) -> None:
    file, digest = ExchangeFileId(head.file_id), str(head.sha256)
    with transaction() as writes:
        writes.save(
            BytesItem(bytes_key(practice, digest), FILE, file_id=file),
            condition=BytesItem.pk.does_not_exist(),
        )
        writes.save(head)
        key = files_key(practice, dt.date.fromisoformat(str(head.day)))
        writes.save(FileOfDayItem(key, file, file_id=file, kind=head.kind))
        if head.state == FileState.RECEIVED:
            tell(
                ExchangeFileArrived(
                    practice_id=practice,
                    occurred_at=now,
                    actor_id=actor.user_id,
                    file_id=file,
                    kind=head.kind,
                ),
                RevenueOutbox,
                writes,
            )
        join_audit(writes)


def list_files(practice: PracticeId, day: dt.date | None, now: Instant) -> m.Files:
    asked = day or practice_setup(practice).practice.day_at(now)
    files = files_of_day(practice, asked)
    audit().record(*(one.file_id for one in files))
    return m.Files(day=asked, files=[shown(one) for one in files])


def read_file(practice: PracticeId, file: ExchangeFileId) -> m.FileRead:
    """Raises NotFound."""
    audit().record(file)
    return shown(known_file(practice, file))


def content(practice: PracticeId, file: ExchangeFileId) -> Response[Any]:
    """The bytes as they are, to be saved. Raises NotFound."""
    audit().record(file)
    head = known_file(practice, file)
    answer = Response[Any](
        200,
        content_type="application/edi-x12",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{file}.x12"',
            "X-Content-Type-Options": "nosniff",
        },
        body=b64encode(read_bytes(head)).decode(),
    )
    answer.base64_encoded = True
    return answer


def shown(head: ExchangeFileItem) -> m.FileRead:
    return m.FileRead(
        file_id=ExchangeFileId(head.file_id),
        direction="out" if head.direction == "out" else "in",
        kind=head.kind,
        state=head.state,
        name=head.name,
        way=head.way,
        at=from_text(head.at),
        by=head.by,
        size=int(head.size),
        sha256=head.sha256 or "",
        remark=head.refusal or "",
        counts={name: int(number) for name, number in (head.counts or {}).items()},
        interchange=int(head.interchange) if head.interchange is not None else None,
        charge_cents=int(head.charge_cents),
    )


def _printable(name: str) -> str:
    return "".join(one for one in name if one.isprintable())[:_NAME].strip()
