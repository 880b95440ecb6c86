"""Filing a report: in the chart, the inbox and the outbox by one transaction, once.

A report's id is made of its lab, filler number and test, so that every telling of it
leads to the same entry. What a message has told is remembered under its digest
(control id, filler number, content): delivered again, it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.events import OrderChanged, ResultArrived
from caresmith.ids import LabId, OrderId, PatientId, RawMessageId, ReportId
from caresmith.records.clinical.entries import find_entry, open_entry
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.order import ORDER_MOVES
from caresmith.records.clinical.planning import RequestStatus
from caresmith.records.clinical.report import Report, ReportStatus
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.records.patient import PatientCard, current_card, merged_charts
from caresmith.tables import ClinicalItem
from functions.results import making, progress
from functions.results.errors import KeepsChanging
from functions.results.inboxes import place_in_inbox
from functions.results.incoming import IncomingReport
from functions.results.matching import Unmatched
from functions.results.models import LabSettings
from functions.results.ordering import OrderMatch, match_order
from functions.results.progress import SETTLED, Step
from functions.results.records import (
    FILED,
    FiledItem,
    SeenItem,
    patient_of,
    report_key,
    seen_key,
)

_ATTEMPTS: Final = 8


class Outcome(StrEnum):
    """What has become of one report of a message."""

    NEW = "new"
    UPDATED = "updated"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    REPEATED = "repeated"
    LATE = "late"
    """Older or less settled than what stands in the chart: kept, and shown nowhere."""


@dataclass(frozen=True)
class Filed:
    report_id: ReportId
    outcome: Outcome


class NotThisChart(Exception):
    """The report can't be filed in this chart; a person has to see why."""

    def __init__(self, reason: Unmatched) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Telling:
    """One report of one message, on its way to a chart."""

    lab: LabId
    settings: LabSettings
    message: RawMessageId
    control_id: str
    came: IncomingReport
    actor: Actor
    now: Instant

    @property
    def report_id(self) -> ReportId:
        return ReportId.derived(self.actor.practice_id, self.lab, self.came.key)

    @property
    def digest(self) -> str:
        told = f"{self.control_id}|{self.came.key}|{self.came.digest()}"
        return sha256(told.encode()).hexdigest()[:40]


def file_report(telling: Telling, card: PatientCard, *, by_person: bool = False) -> Filed:
    """File it in that chart. Raises NotThisChart, making.TooLarge, KeepsChanging.

    ``by_person`` where somebody has said whose it is: then it stands without its order
    where the order is another's.
    """
    practice = telling.actor.practice_id
    charts = [card.patient_id, *merged_charts(practice, card.patient_id)]
    for _ in range(_ATTEMPTS):
        filed, seen = _known(telling)
        if filed is not None and not _in(filed, charts, telling):
            raise NotThisChart(Unmatched.FILED_ELSEWHERE)
        if seen is not None:
            return Filed(telling.report_id, Outcome.REPEATED)
        order = match_order(practice, charts, telling.came.placer_number)
        if order.of_another and not by_person:
            raise NotThisChart(Unmatched.ORDER_OF_ANOTHER)
        before = find_entry(practice, charts, Kind.REPORT, telling.report_id) if filed else None
        try:
            return _write(telling, card, filed, before, order)
        except WriteLost:
            continue
    raise KeepsChanging


def _known(telling: Telling) -> tuple[FiledItem | None, SeenItem | None]:
    """Where the report is filed, and whether it has taken this telling: one BatchGet."""
    key = report_key(telling.actor.practice_id, telling.report_id)
    filed, seen = None, None
    wanted = [(key, FILED), (key, seen_key(telling.digest))]
    for item in ClinicalItem.batch_get(wanted, consistent_read=True):
        if isinstance(item, FiledItem):
            filed = item
        elif isinstance(item, SeenItem):
            seen = item
    return filed, seen


def _in(filed: FiledItem, charts: list[PatientId], telling: Telling) -> bool:
    if filed.patient_id in charts:
        return True
    card = current_card(telling.actor.practice_id, patient_of(filed))
    return card is not None and card.patient_id in charts


def _write(
    telling: Telling,
    card: PatientCard,
    filed: FiledItem | None,
    before: ChartEntry | None,
    order: OrderMatch,
) -> Filed:
    practice = telling.actor.practice_id
    known = open_entry(practice, before, Report).content if before else None
    responsible = order.read.content.requester_id if order.read else None
    told = making.make_report(
        practice,
        telling.lab,
        telling.settings,
        telling.came,
        order=order.order_id,
        responsible=responsible or making.responsible_for(practice, telling.came),
        now=telling.now,
    )
    what = progress.step(known, told)
    keeps = [one.key for one in telling.came.observed if one.keeps_value]
    after = told
    if known is not None and what is Step.ONWARD:
        after = making.fitted(practice, progress.joined(known, told, keeps))
        # Told in part only, and all of that part was known.
        what = Step.SAME if progress.says_the_same(known, after) else what
    outcome = _outcome(what, known, after)
    writes = ChartWrites(telling.actor, card.patient_id, telling.now, also_closed=True)
    writes.put(_seen(telling, outcome), SeenItem.pk.does_not_exist())
    if what in {Step.NEW, Step.ONWARD}:
        entry = (
            writes.replace(before, after) if before else writes.add(after, entry=telling.report_id)
        )
        _put_into_inbox(writes, telling, card, filed, after)
        writes.tell(_arrived(telling, card, entry, after, corrected=_corrects(known)))
        _complete(writes, telling, order, after)
    writes.commit()
    return Filed(telling.report_id, outcome)


def _outcome(what: Step, before: Report | None, after: Report) -> Outcome:
    if what is Step.NEW:
        return Outcome.NEW
    if what is Step.SAME:
        return Outcome.REPEATED
    if what is Step.LATE:
        return Outcome.LATE
    if after.status is ReportStatus.CANCELLED:
        return Outcome.CANCELLED
    return Outcome.CORRECTED if _corrects(before) else Outcome.UPDATED


def _corrects(before: Report | None) -> bool:
    """Whether what is replaced was final, so that somebody may have acted on it."""
    return before is not None and SETTLED[before.status] >= SETTLED[ReportStatus.FINAL]


def _seen(telling: Telling, outcome: Outcome) -> SeenItem:
    return SeenItem(
        report_key(telling.actor.practice_id, telling.report_id),
        seen_key(telling.digest),
        message_id=telling.message,
        outcome=outcome,
        seen_at=to_text(telling.now),
    )


# -- the inbox ---------------------------------------------------------------


def _put_into_inbox(
    writes: ChartWrites,
    telling: Telling,
    card: PatientCard,
    filed: FiledItem | None,
    report: Report,
) -> None:
    """It waits to be reviewed: also what was reviewed before, for it says something else now."""
    place_in_inbox(
        writes,
        telling.actor,
        telling.report_id,
        card.patient_id,
        filed,
        report,
        report.responsible_id,
        telling.now,
    )


# -- what is told ------------------------------------------------------------


def _arrived(
    telling: Telling, card: PatientCard, entry: ChartEntry, report: Report, *, corrected: bool
) -> ResultArrived:
    return ResultArrived(
        practice_id=telling.actor.practice_id,
        occurred_at=telling.now,
        actor_id=telling.actor.user_id,
        patient_id=card.patient_id,
        report_id=telling.report_id,
        order_id=report.order_id,
        report_version=int(entry.version),
        provider_id=report.responsible_id,
        flag=report.flag.value,
        corrected=corrected,
    )


def _complete(writes: ChartWrites, telling: Telling, order: OrderMatch, report: Report) -> None:
    """A final report completes the order that it answers."""
    if order.entry is None or order.read is None:
        return
    if report.status is ReportStatus.CANCELLED:
        return
    content = order.read.content
    done = RequestStatus.COMPLETED
    settled = SETTLED[report.status] >= SETTLED[ReportStatus.FINAL]
    if not settled or done not in ORDER_MOVES[content.status]:
        return
    writes.replace(order.entry, content.model_copy(update={"status": done}))
    writes.tell(
        OrderChanged(
            practice_id=telling.actor.practice_id,
            occurred_at=telling.now,
            actor_id=telling.actor.user_id,
            patient_id=PatientId(order.entry.patient_id),
            order_id=OrderId(order.read.id),
            status=done,
        )
    )
