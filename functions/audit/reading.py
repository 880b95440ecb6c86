"""The trail as an auditor reads it: by day, by patient, and where the chain stands.

Newest first and page by page. A page reads a bounded number of entries: with a
filter it may be short, and its cursor still goes on.
"""

from __future__ import annotations

import heapq
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import date
from typing import Final

from caresmith.audit import SHARDS, AuditEntry, day_partition
from caresmith.errors import invalid
from caresmith.ids import PatientId, PracticeId
from caresmith.permissions import Role
from functions.audit import records
from functions.audit.models import ChainStatus, EntryPage, EntryView
from functions.audit.records import MarkRecord, ReferenceRecord, marks_key, patient_key
from functions.audit.segments import GENESIS

PAGE: Final = 50
MAX_READ: Final = 500
"""Entries that one page looks at while it filters."""
_SORT_KEY: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#[0-9A-Z]{26}")
BREAK_GLASS: Final = "break-glass"


def is_emergency(entry: AuditEntry) -> bool:
    """Emergency access, 45 CFR 164.312(a)(2)(ii)."""
    return Role.EMERGENCY in entry.actor_roles or BREAK_GLASS in entry.action


def read_day(
    practice: PracticeId, day: date, *, cursor: str | None = None, emergency: bool = False
) -> EntryPage:
    """Entries of a UTC day, from all of its shards. Raises InvalidRequest for a strange cursor."""
    before = _opened(cursor)
    shards = (_newest_of(practice, day, shard, before) for shard in range(SHARDS))
    entries = heapq.merge(*shards, key=lambda entry: entry.sk, reverse=True)
    kept: list[EntryView] = []
    last = ""
    for read, entry in enumerate(entries):
        if len(kept) == PAGE or read == MAX_READ:
            return EntryPage(entries=kept, cursor=_closed(last))
        last = entry.sk
        if not emergency or is_emergency(entry):
            kept.append(_view(entry))
    return EntryPage(entries=kept)


def _newest_of(
    practice: PracticeId, day: date, shard: int, before: str | None
) -> Iterator[AuditEntry]:
    yield from AuditEntry.query(
        day_partition(practice, day.isoformat(), shard),
        AuditEntry.sk < before if before else None,
        scan_index_forward=False,
        page_size=2 * PAGE // SHARDS,
    )


def read_patient(
    practice: PracticeId, patient: PatientId, *, cursor: str | None = None, emergency: bool = False
) -> EntryPage:
    """Entries that name a patient. Raises InvalidRequest for a strange cursor."""
    before = _opened(cursor)
    newest = ReferenceRecord.query(
        patient_key(practice, patient),
        ReferenceRecord.sk < before if before else None,
        scan_index_forward=False,
        limit=PAGE + 1,
    )
    places = [(reference.entry_pk, reference.sk) for reference in newest]
    page, more = places[:PAGE], len(places) > PAGE
    held = {entry.sk: entry for entry in AuditEntry.batch_get(page)} if page else {}
    found = [held[sort_key] for _, sort_key in page if sort_key in held]
    return EntryPage(
        entries=[_view(entry) for entry in found if not emergency or is_emergency(entry)],
        missing=[sk.rpartition("#")[2] for _, sk in page if sk not in held],
        cursor=_closed(page[-1][1]) if more else None,
    )


def chain_status(practice: PracticeId, today: date) -> ChainStatus:
    """The chain's head, and how many of today's entries wait for the sealer."""
    head = records.head(practice)
    day = today.isoformat()
    # Marks are counted first: an entry sealed meanwhile is then counted as waiting.
    sealed = MarkRecord.count(marks_key(practice, day))
    entries = sum(AuditEntry.count(day_partition(practice, day, shard)) for shard in range(SHARDS))
    return ChainStatus(
        sequence=int(head.sequence) if head else 0,
        sha256=head.digest if head else GENESIS,
        sealed_at=head.sealed_at if head else None,
        unsealed_today=max(0, entries - sealed),
    )


def _view(entry: AuditEntry) -> EntryView:
    held = entry.attribute_values
    return EntryView(
        **{name: held.get(name) for name in EntryView.model_fields if name != "emergency"},
        emergency=is_emergency(entry),
    )


def _closed(sort_key: str) -> str:
    return urlsafe_b64encode(sort_key.encode()).decode()


def _opened(cursor: str | None) -> str | None:
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        text = ""
    if not _SORT_KEY.fullmatch(text):
        raise invalid("cursor", "is not one that was given out")
    return text
