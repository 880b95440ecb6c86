"""In whose inbox a report stands: one place at a time, moved with the report's own change."""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.ids import PatientId, ProviderId, ReportId
from caresmith.records.clinical.report import Flag, Report
from caresmith.records.clinical.writing import ChartWrites
from functions.results.records import FILED, FiledItem, InboxItem, inbox_key, report_key

_URGENCY: Final = {Flag.CRITICAL: 0, Flag.ABNORMAL: 1, Flag.NORMAL: 2}


def place_in_inbox(
    writes: ChartWrites,
    actor: Actor,
    report_id: ReportId,
    patient: PatientId,
    filed: FiledItem | None,
    report: Report,
    provider: ProviderId | None,
    now: Instant,
) -> None:
    """Put the report into that provider's inbox, and take it out of the one it was in."""
    practice = actor.practice_id
    item = InboxItem(
        inbox_key(practice, provider),
        f"{_URGENCY[report.flag]}#{report_id}",
        report_id=report_id,
        patient_id=patient,
        provider_id=provider,
        flag=report.flag,
        status=report.status,
        arrived_at=to_text(now),
    )
    if filed is not None:
        leave_inbox(writes, filed, unless=item)
    writes.put(item)
    put_filed(writes, actor, report_id, patient, filed, item)


def leave_inbox(writes: ChartWrites, filed: FiledItem, unless: InboxItem | None = None) -> None:
    """Take the report out of the inbox in which it stands."""
    if filed.inbox is None or filed.inbox_key is None:
        return
    if unless is not None and (unless.pk, unless.sk) == (filed.inbox, filed.inbox_key):
        return
    writes.delete(InboxItem(filed.inbox, filed.inbox_key))


def put_filed(
    writes: ChartWrites,
    actor: Actor,
    report_id: ReportId,
    patient: PatientId,
    before: FiledItem | None,
    inbox: InboxItem | None,
) -> None:
    """Where the report is now, on condition that nobody has moved it meanwhile."""
    item = FiledItem(
        report_key(actor.practice_id, report_id),
        FILED,
        report_id=report_id,
        patient_id=before.patient_id if before else patient,
        inbox=inbox.pk if inbox else None,
        inbox_key=inbox.sk if inbox else None,
        changes=int(before.changes) + 1 if before else 1,
    )
    unchanged = FiledItem.changes == before.changes if before else FiledItem.pk.does_not_exist()
    writes.put(item, unchanged)
