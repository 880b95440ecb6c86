"""Reading a chart: what matters now, a kind's history, one entry.

The caller names the patient to the audit trail. An answer is always of one
practice, since every key begins with its id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caresmith.clock import from_text
from caresmith.ids import EncounterId, EntityId, PatientId, PracticeId
from caresmith.records.clinical.content import ContentT, Read
from caresmith.records.clinical.layout import (
    CONTENT,
    NOW,
    ChartEntry,
    Kind,
    MergedItem,
    WhereItem,
    chart_key,
    now_key,
    past_prefix,
    was_key,
    where_key,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import ClinicalItem

_MOST_FORMER: Final = 200
"""Versions of one entry that are shown."""


@dataclass(frozen=True)
class Present:
    """What a chart holds under ``now#``."""

    entries: list[ChartEntry]
    merged_ids: list[PatientId]
    """Charts of the same person that were merged into this one."""

    def of(self, kind: Kind) -> list[ChartEntry]:
        return [entry for entry in self.entries if entry.kind == kind]


def read_present(practice: PracticeId, patient: PatientId) -> Present:
    """All that matters now, by one strongly consistent query."""
    entries, merged = [], []
    for item in ClinicalItem.query(
        chart_key(practice, patient), ClinicalItem.sk.startswith(NOW), consistent_read=True
    ):
        if isinstance(item, MergedItem):
            merged = [PatientId(str(one)) for one in item.merged_ids]
        elif isinstance(item, ChartEntry):
            entries.append(item)
    return Present(entries, merged)


def read_now(practice: PracticeId, patient: PatientId, kind: Kind) -> list[ChartEntry]:
    """The entries of one kind that matter now."""
    return list(
        ChartEntry.query(
            chart_key(practice, patient),
            ChartEntry.sk.startswith(now_key(kind)),
            consistent_read=True,
        )
    )


def read_past(
    practice: PracticeId,
    patient: PatientId,
    kind: Kind,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    before: str | None = None,
    limit: int | None = None,
) -> Iterator[ChartEntry]:
    """A kind's past entries, the latest date first, with dates in ``[first, last]``.

    ``before`` is the sort key of the last entry of the page before. One query,
    and one more for each MB that is read.
    """
    low = past_prefix(kind) + (first.isoformat() if first else "")
    high = before or past_prefix(kind) + (f"{last.isoformat()}~" if last else "~")
    if high < low:
        # Days the wrong way round have nothing between them; DynamoDB refuses to look.
        return iter(())
    found: Any = ChartEntry.query(
        chart_key(practice, patient),
        ChartEntry.sk.between(low, high),
        scan_index_forward=False,
        limit=limit + 1 if limit and before else limit,
    )
    return (entry for entry in found if entry.sk != before)


def find_entry(
    practice: PracticeId, patients: Sequence[PatientId], kind: Kind, entry: EntityId
) -> ChartEntry | None:
    """One entry in the first of these charts that has it (a chart, then those merged into it)."""
    keys = [
        (chart_key(practice, patient), sort_key)
        for patient in patients
        for sort_key in (now_key(kind, entry), where_key(entry))
    ]
    found = list(ClinicalItem.batch_get(keys, consistent_read=True))
    for item in found:
        if isinstance(item, ChartEntry):
            return item
    for item in found:
        if isinstance(item, WhereItem):
            for past in ChartEntry.query(
                item.pk, ChartEntry.sk == item.at, consistent_read=True, limit=1
            ):
                return past if past.kind == kind else None
    return None


def former_versions(entry: ChartEntry) -> list[ChartEntry]:
    """What the entry said before, the latest first."""
    return list(
        ChartEntry.query(
            entry.pk,
            ChartEntry.sk.startswith(was_key(entry.entry_id)),
            scan_index_forward=False,
            limit=_MOST_FORMER,
        )
    )


def open_entry(practice: PracticeId, item: ChartEntry, content: type[ContentT]) -> Read[ContentT]:
    """Unseal an entry. Raises CannotUnseal."""
    sealer = Sealer(practice, Domain.CLINICAL)
    return Read[content](  # type: ignore[valid-type]
        id=item.entry_id,
        patient_id=PatientId(item.patient_id),
        encounter_id=EncounterId(item.encounter_id) if item.encounter_id else None,
        version=int(item.version),
        recorded_at=from_text(item.recorded_at),
        recorded_by=item.recorded_by,
        changed_at=from_text(item.changed_at),
        changed_by=item.changed_by,
        content=sealer.unseal(item.entry_id, CONTENT, item.content, content),
    )
