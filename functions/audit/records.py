"""What sealing adds to the audit table, beside the entries of :mod:`caresmith.audit`.

=========================  =================================  =====================
 access                     pk                                 sk
=========================  =================================  =====================
 the chain, its head        ``<practice>#chain``               sequence, 12 digits
 (1 query, newest first)
 where an entry is sealed   ``<practice>#sealed#<utc date>``   ``<entry id>``
 who looked at a patient    ``<practice>#<patient>``           ``<instant>#<ulid>``
 (1 query, newest first)
=========================  =================================  =====================

Everything is put once, under the condition that it does not exist: the function
is granted no update and no delete. Marks lie by day, so that a day's entries
and their marks can be compared with a query each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.connection.base import MetaTable

from caresmith.audit import SHARDS, day_partition
from caresmith.settings import Domain, table_name
from caresmith.tables import AuditItem
from caresmith.transactions import (
    CONDITION_FAILED,
    TransactionCancelled,
    transaction,
    when_not_busy,
)
from functions.audit.errors import Overtaken
from functions.audit.segments import Entry, Segment, plain

_WRITES: Final = 100
"""What one transaction, and one batch of reads, takes."""

Key = tuple[str, str]
"""Partition and sort key."""


class LinkRecord(AuditItem, discriminator="link"):
    """One link of the chain: which object is the segment of that number, and its hash."""

    sequence = NumberAttribute()
    digest = UnicodeAttribute()
    previous = UnicodeAttribute()
    object_key = UnicodeAttribute()
    entries = NumberAttribute()
    first_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    sealed_at = UnicodeAttribute()


class MarkRecord(AuditItem, discriminator="sealed"):
    """Which segment sealed an entry."""

    sequence = NumberAttribute()


class ReferenceRecord(AuditItem, discriminator="reference"):
    """An entry that names the patient; the sort key is the entry's own."""

    entry_pk = UnicodeAttribute()


def chain_key(practice: str) -> str:
    return f"{practice}#chain"


def marks_key(practice: str, day: str) -> str:
    return f"{practice}#sealed#{day}"


def patient_key(practice: str, patient: str) -> str:
    return f"{practice}#{patient}"


def _number(sequence: int) -> str:
    return f"{sequence:012d}"


# -- the chain ------------------------------------------------------------


def head(practice: str) -> LinkRecord | None:
    """The chain's newest link; None where nothing has been sealed yet."""
    newest = LinkRecord.query(
        chain_key(practice), scan_index_forward=False, limit=1, consistent_read=True
    )
    return next(iter(newest), None)


def links(practice: str, first: int, last: int) -> Iterator[LinkRecord]:
    """The links of these numbers that exist, in order."""
    if last < first:
        return
    between = LinkRecord.sk.between(_number(first), _number(last))
    yield from LinkRecord.query(chain_key(practice), between, consistent_read=True)


def append(segment: Segment) -> None:
    """Make ``segment`` the chain's next link and mark its entries, all or nothing.

    Raises Overtaken where its number is taken or one of its entries is sealed.
    """
    header = segment.header
    link = LinkRecord(
        chain_key(segment.practice),
        _number(segment.sequence),
        sequence=segment.sequence,
        digest=segment.digest,
        previous=segment.previous,
        object_key=segment.key,
        entries=header["count"],
        first_at=header["first"],
        last_at=header["last"],
        sealed_at=segment.sealed_at,
    )
    marks = [
        MarkRecord(*mark_place(segment.practice, entry), sequence=segment.sequence)
        for entry in segment.entries
    ]
    try:
        when_not_busy(partial(_put, [link, *marks]))
    except TransactionCancelled as error:
        if error.only_busy or CONDITION_FAILED in error.codes:
            raise Overtaken from None
        raise


def mark_place(practice: str, entry: Entry) -> Key:
    return marks_key(practice, entry["occurred_at"][:10]), entry["entry_id"]


def marks_of(practice: str, entries: Iterable[Entry]) -> dict[str, int]:
    """The segment that sealed each entry, by entry id; unsealed ones are left out."""
    places = [mark_place(practice, entry) for entry in entries]
    found = MarkRecord.batch_get(places, consistent_read=True)
    return {mark.sk: int(mark.sequence) for mark in found}


# -- patients -------------------------------------------------------------


def references_of(practice: str, entry: Entry) -> list[Key]:
    """Where the references to ``entry`` lie, one for each patient that it names."""
    patients = dict.fromkeys(entry.get("patient_ids", ()))
    return [(patient_key(practice, patient), entry["sk"]) for patient in patients]


def file_references(practice: str, entries: Iterable[Entry]) -> None:
    """Put a reference to each entry under each of its patients, where there is none yet."""
    wanted: list[AuditItem] = [
        ReferenceRecord(*place, entry_pk=entry["pk"])
        for entry in entries
        for place in references_of(practice, entry)
    ]
    for start in range(0, len(wanted), _WRITES):
        _put_absent(wanted[start : start + _WRITES])


def _put_absent(items: Sequence[AuditItem]) -> None:
    """Put those of ``items`` that do not exist; DynamoDB's refusal says which do."""
    while items:
        try:
            return when_not_busy(partial(_put, items))
        except TransactionCancelled as error:
            told = zip(items, error.codes, strict=True)
            absent = [item for item, code in told if code != CONDITION_FAILED]
            if len(absent) == len(items):
                raise
            items = absent
    return None


def _put(items: Sequence[AuditItem]) -> None:
    with transaction() as writes:
        for item in items:
            writes.save(item, condition=AuditItem.pk.does_not_exist())


# -- raw items ------------------------------------------------------------


@cache
def _table() -> TableConnection:
    name = table_name(Domain.AUDIT)
    keys = {"pk": "HASH", "sk": "RANGE"}
    # Told here, so that no process has to ask DynamoDB for it (nor may).
    meta = {
        "TableName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
    }
    return TableConnection(name, meta_table=MetaTable(meta))


def stored(places: Iterable[Key]) -> dict[Key, Entry]:
    """The items at these places with all their attributes, known to the model or not."""
    waiting = list(dict.fromkeys(places))
    found: dict[Key, Entry] = {}
    while waiting:
        batch, waiting = waiting[:_WRITES], waiting[_WRITES:]
        answer = _table().batch_get_item(
            [{"pk": pk, "sk": sk} for pk, sk in batch],  # type: ignore[misc] # keys are maps
            consistent_read=True,
        )
        for item in answer["Responses"].get(table_name(Domain.AUDIT), []):
            entry = plain(item)
            found[entry["pk"], entry["sk"]] = entry
        unread = answer.get("UnprocessedKeys", {}).get(table_name(Domain.AUDIT), {})
        waiting += [(key["pk"]["S"], key["sk"]["S"]) for key in unread.get("Keys", [])]
    return found


def stored_on(practice: str, day: str) -> Iterator[Entry]:
    """All entries of a UTC day with all their attributes, shard by shard."""
    for shard in range(SHARDS):
        start: Any = None
        while True:
            answer = _table().query(
                day_partition(practice, day, shard), consistent_read=True, exclusive_start_key=start
            )
            yield from map(plain, answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if not start:
                break
