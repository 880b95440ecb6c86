"""Looking at results: the inbox, the sign-off, what the patient sees.

A result is the patient's at once (45 CFR 171.103). Keeping it back is one person's
decision about one report, on one of the grounds of 45 CFR 171.201 to 171.205, with a
reason and an end; there is no setting that delays results as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import PatientId, PracticeId, ProviderId, ReportId
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.entries import find_entry, former_versions, open_entry
from caresmith.records.clinical.layout import ChartEntry, Kind, chart_key, now_key
from caresmith.records.clinical.report import Flag, Report, Withheld
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.records.patient import current_card, merged_charts
from caresmith.records.practice import practice_setup
from functions.results import store
from functions.results.errors import Reviewed
from functions.results.inboxes import leave_inbox, place_in_inbox, put_filed
from functions.results.models import (
    Former,
    Forwarding,
    Inbox,
    InboxEntry,
    ReportRead,
    Review,
    Withholding,
)
from functions.results.records import (
    FILED,
    FiledItem,
    InboxItem,
    inbox_key,
    patient_of,
    report_key,
)

MOST_SHOWN: Final = 200
"""Of an inbox: the most urgent, which come first."""
LONGEST_WITHHELD: Final = dt.timedelta(days=366)


# -- the inbox ---------------------------------------------------------------


def read_inbox(practice: PracticeId, provider: ProviderId | None) -> Inbox:
    """What a provider has to see, critical first; what nobody is responsible for, for None.

    The caller names its patients to the audit trail.
    """
    found = list(
        InboxItem.query(inbox_key(practice, provider), consistent_read=True, limit=MOST_SHOWN + 1)
    )
    return Inbox(
        provider_id=provider,
        entries=[_entry(item) for item in found[:MOST_SHOWN]],
        more=len(found) > MOST_SHOWN,
    )


def opened(practice: PracticeId, entries: list[InboxEntry]) -> dict[ReportId, Report]:
    """What these entries are about: a BatchGet for each hundred, and for what was cancelled
    or lies in a merged chart, reads of its own."""
    keys = [
        (chart_key(practice, entry.patient_id), now_key(Kind.REPORT, entry.report_id))
        for entry in entries
    ]
    found = list(ChartEntry.batch_get(keys)) if keys else []
    known = {item.entry_id for item in found}
    for entry in entries:
        if entry.report_id not in known:
            found.append(_find(practice, entry.report_id)[1])
    return {ReportId(item.entry_id): _open(practice, item).content for item in found}


def count_inbox(practice: PracticeId, provider: ProviderId | None) -> int:
    return int(InboxItem.count(inbox_key(practice, provider)))


# -- one report --------------------------------------------------------------


def read_report(report_id: ReportId, *, actor: Actor, now: Instant) -> ReportRead:
    """The report with all that it said before. Raises NotFound."""
    _, entry = _find(actor.practice_id, report_id)
    audit().about(PatientId(entry.patient_id))
    audit().record(report_id)
    return _answer(actor.practice_id, entry, now)


def read_form(report_id: ReportId, digest: str, *, actor: Actor) -> tuple[str, bytes]:
    """A document of the report: its type and its bytes. Raises NotFound."""
    _, entry = _find(actor.practice_id, report_id)
    audit().about(PatientId(entry.patient_id))
    audit().record(report_id)
    versions = [entry, *former_versions(entry)]
    for version in versions:
        for form in _open(actor.practice_id, version).content.forms:
            if form.digest == digest:
                return form.content_type, store.read_form(actor.practice_id, digest)
    raise NotFound


def review(
    report_id: ReportId, request: Review, expected: int, *, actor: Actor, now: Instant
) -> ReportRead:
    """Sign the report off as seen. Raises NotFound, Reviewed, VersionConflict."""

    def change(report: Report) -> Report:
        if report.reviewed_at is not None:
            raise Reviewed
        return report.model_copy(
            update={"reviewed_by": actor.user_id, "reviewed_at": now, "note": request.note}
        )

    def out_of_inbox(writes: ChartWrites, filed: FiledItem, _: Report) -> None:
        leave_inbox(writes, filed)
        put_filed(writes, actor, report_id, patient_of(filed), filed, None)

    return _change(report_id, expected, change, out_of_inbox, actor, now)


def forward(
    report_id: ReportId, request: Forwarding, expected: int, *, actor: Actor, now: Instant
) -> ReportRead:
    """Give it to another provider to review. Raises NotFound, Reviewed, VersionConflict."""
    if request.provider_id not in practice_setup(actor.practice_id).providers:
        raise invalid("provider_id", "there is no such provider")

    def change(report: Report) -> Report:
        if report.reviewed_at is not None:
            raise Reviewed
        return report.model_copy(update={"responsible_id": request.provider_id})

    def into_inbox(writes: ChartWrites, filed: FiledItem, report: Report) -> None:
        patient = patient_of(filed)
        place_in_inbox(writes, actor, report_id, patient, filed, report, request.provider_id, now)

    return _change(report_id, expected, change, into_inbox, actor, now)


def withhold(
    report_id: ReportId, request: Withholding, expected: int, *, actor: Actor, now: Instant
) -> ReportRead:
    """Keep it from the patient until then. Raises NotFound, InvalidRequest, VersionConflict."""
    if request.until <= now:
        raise invalid("until", "lies in the past")
    if request.until > now + LONGEST_WITHHELD:
        raise invalid("until", "lies more than a year ahead: decide again then")
    audit().reason = f"{request.ground}: {request.reason}"
    withheld = Withheld(
        ground=request.ground,
        reason=request.reason,
        by=actor.user_id,
        at=now,
        until=request.until,
    )
    return _set_withheld(report_id, withheld, expected, actor, now)


def release(report_id: ReportId, expected: int, *, actor: Actor, now: Instant) -> ReportRead:
    """Let the patient see it now. Raises NotFound, VersionConflict."""
    return _set_withheld(report_id, None, expected, actor, now)


def _set_withheld(
    report_id: ReportId, withheld: Withheld | None, expected: int, actor: Actor, now: Instant
) -> ReportRead:
    return _change(
        report_id,
        expected,
        lambda report: report.model_copy(update={"withheld": withheld}),
        lambda *_: None,
        actor,
        now,
    )


# -- what every change does --------------------------------------------------

Also = Callable[[ChartWrites, FiledItem, Report], None]


def _change(
    report_id: ReportId,
    expected: int,
    change: Callable[[Report], Report],
    also: Also,
    actor: Actor,
    now: Instant,
) -> ReportRead:
    filed, entry = _find(actor.practice_id, report_id)
    audit().about(PatientId(entry.patient_id))
    if int(entry.version) != expected:
        raise VersionConflict
    report = change(_open(actor.practice_id, entry).content)
    writes = ChartWrites(actor, PatientId(entry.patient_id), now, also_closed=True)
    after = writes.replace(entry, report)
    also(writes, filed, report)
    try:
        writes.commit()
    except WriteLost:
        raise VersionConflict from None
    return _answer(actor.practice_id, after, now)


def _find(practice: PracticeId, report_id: ReportId) -> tuple[FiledItem, ChartEntry]:
    """Where the report stands: its chart's own partition, or that of one merged into it."""
    try:
        filed = FiledItem.get(report_key(practice, report_id), FILED, consistent_read=True)
    except FiledItem.DoesNotExist:
        raise NotFound from None
    patient = patient_of(filed)
    entry = find_entry(practice, [patient], Kind.REPORT, report_id)
    if entry is None:
        card = current_card(practice, patient)
        charts = [card.patient_id, *merged_charts(practice, card.patient_id)] if card else []
        entry = find_entry(practice, charts, Kind.REPORT, report_id)
    if entry is None:
        raise NotFound
    return filed, entry


def _open(practice: PracticeId, entry: ChartEntry) -> Read[Report]:
    return open_entry(practice, entry, Report)


def _answer(practice: PracticeId, entry: ChartEntry, now: Instant) -> ReportRead:
    read = _open(practice, entry)
    report, study = read.content, read.content.study
    root = (study.endpoint or "").rstrip("/") if study else ""
    return ReportRead(
        report_id=ReportId(read.id),
        patient_id=read.patient_id,
        version=read.version,
        recorded_at=read.recorded_at,
        changed_at=read.changed_at,
        changed_by=read.changed_by,
        report=report,
        shown_to_patient=report.shown_to_patient(now),
        # DICOM PS3.18 10.4: a study's resource.
        study_link=f"{root}/studies/{study.uid}" if study and root else None,
        former=[
            Former(
                version=former.version,
                changed_at=former.changed_at,
                changed_by=former.changed_by,
                report=former.content,
            )
            for former in (_open(practice, one) for one in former_versions(entry))
        ],
    )


def _entry(item: InboxItem) -> InboxEntry:
    return InboxEntry(
        report_id=ReportId(item.report_id),
        patient_id=patient_of(item),
        provider_id=ProviderId(item.provider_id) if item.provider_id else None,
        flag=Flag(item.flag),
        status=item.status,
        arrived_at=from_text(item.arrived_at),
    )
