"""A file of messages: kept whole, then worked through in slices, each within a function's time.

A slice that is worked through twice files nothing twice: a message's id is made of
the file and its place in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, from_text, to_text
from caresmith.errors import NotFound
from caresmith.ids import ImportId, LabId, PracticeId, RawMessageId
from functions.results import intake, store
from functions.results.delivering import messages_in
from functions.results.errors import NothingThere
from functions.results.hl7.framing import Part, Piece, pieces
from functions.results.intake import Source
from functions.results.labs import any_lab, open_lab
from functions.results.models import ImportRead
from functions.results.records import IMPORT, Format, ImportItem, import_key

SLICE_SECONDS: Final = 8.0
"""How long one call works on a file; what is left goes on by itself."""
_MOST_REMARKS: Final = 20
_CHUNK: Final = 64 * 1024


def start(raw: bytes, lab_id: LabId, language: Format, *, actor: Actor, clock: Clock) -> ImportRead:
    """Take a file. Raises UnknownLab, LabClosed, NothingThere."""
    if not raw.strip():
        raise NothingThere
    now = clock.now()
    lab = open_lab(actor.practice_id, lab_id)
    import_id = ImportId.new()
    store.keep_file(actor.practice_id, import_id, raw)
    item = ImportItem(
        import_key(actor.practice_id, import_id),
        IMPORT,
        import_id=import_id,
        lab_id=lab.lab_id,
        format=language,
        received_at=to_text(now),
        received_by=actor.user_id,
        digest=sha256(raw).hexdigest(),
        size=len(raw),
        counts={},
    )
    item.save()
    audit().record(import_id)
    return _slice(item, raw, actor=actor, clock=clock)


def go_on(event: Mapping[str, Any], clock: Clock) -> None:
    """Task: the next slice of a file."""
    actor = current_actor()
    item = _item(actor.practice_id, ImportId(event["import_id"]))
    audit().record(item.import_id)
    if item.done or int(item.offset) != event["offset"]:
        # Delivered twice, or somebody else has gone on.
        return
    raw = store.read_file(actor.practice_id, ImportId(item.import_id))
    _slice(item, raw, actor=actor, clock=clock)


def read_import(practice: PracticeId, import_id: ImportId) -> ImportRead:
    """How far it is. Raises NotFound."""
    audit().record(import_id)
    return _answer(_item(practice, import_id))


def _slice(item: ImportItem, raw: bytes, *, actor: Actor, clock: Clock) -> ImportRead:
    lab = any_lab(actor.practice_id, LabId(item.lab_id))
    language = Format(item.format)
    source = Source(lab.lab_id, lab.settings, language, ImportId(item.import_id))
    began = clock.now()
    received = from_text(item.received_at)
    counts: dict[str, int] = dict(item.counts or {})
    remarks: list[Any] = list(item.remarks)
    for message, end in _messages(raw, item, language, remarks):
        raw_id = RawMessageId.derived_at(received, item.import_id, str(message.offset))
        taken = intake.take(
            message.raw, source, actor=actor, now=clock.now(), message=raw_id, line=message.line
        )
        counts[taken.state] = counts.get(taken.state, 0) + 1
        item.offset, item.line = end.offset, end.line
        if (clock.now() - began).total_seconds() > SLICE_SECONDS:
            break
    else:
        item.offset, item.done = len(raw), True
    item.counts, item.remarks = counts, remarks[:_MOST_REMARKS]
    item.save()
    if not item.done:
        _plan(clock.now(), actor.practice_id, item)
    return _answer(item)


def _messages(
    raw: bytes, item: ImportItem, language: Format, remarks: list[Any]
) -> Iterator[tuple[Piece, Piece]]:
    """Each message that is still to be read, with the place at which the next one begins."""
    if language is Format.FHIR:
        whole = Piece(Part.MESSAGE, raw, 1, 0)
        yield whole, Piece(Part.BLANK, b"", 1, len(raw))
        return
    start, line = int(item.offset), int(item.line)
    batch, batches = 0, 0
    for piece in messages_in(pieces(_chunks(raw, start))):
        if piece.part is Part.ENVELOPE:
            name = piece.raw.strip()[:3]
            if name == b"BHS":
                batch = 0
            elif name == b"BTS":
                batches += 1
                # A slice that begins within a batch does not know how many came before.
                if start == 0:
                    _compare(remarks, piece, batch, "BTS-1", "messages")
            elif name == b"FTS" and start == 0:
                _compare(remarks, piece, batches, "FTS-1", "batches")
            continue
        batch += 1
        at = Piece(piece.part, piece.raw, line + piece.line - 1, start + piece.offset)
        end = Piece(
            Part.BLANK,
            b"",
            at.line + len(piece.raw.splitlines()),
            at.offset + len(piece.raw),
        )
        yield at, end


def _compare(remarks: list[Any], piece: Piece, came: int, field: str, what: str) -> None:
    fields = piece.raw.decode("ascii", "replace").strip().split("|")
    said = fields[1].strip() if len(fields) > 1 else ""
    if said and (not said.isdecimal() or int(said) != came):
        remarks.append(f"{field} does not say {came}, and {came} {what} came")


def _chunks(raw: bytes, start: int) -> Iterator[bytes]:
    view = memoryview(raw)
    for at in range(start, len(raw), _CHUNK):
        yield bytes(view[at : at + _CHUNK])


def _plan(now: Instant, practice: PracticeId, item: ImportItem) -> None:
    later.at(
        now,
        name=f"import-{item.import_id}-{int(item.offset)}",
        target="results",
        payload={
            "task": "import",
            "practice_id": practice,
            "import_id": item.import_id,
            "offset": int(item.offset),
        },
    )


def _item(practice: PracticeId, import_id: ImportId) -> ImportItem:
    try:
        return ImportItem.get(import_key(practice, import_id), IMPORT, consistent_read=True)
    except ImportItem.DoesNotExist:
        raise NotFound from None


def _answer(item: ImportItem) -> ImportRead:
    return ImportRead(
        import_id=ImportId(item.import_id),
        lab_id=LabId(item.lab_id),
        format=Format(item.format),
        received_at=from_text(item.received_at),
        size=int(item.size),
        read=int(item.offset),
        done=bool(item.done),
        counts={name: int(number) for name, number in (item.counts or {}).items()},
        remarks=[str(one) for one in item.remarks],
    )
