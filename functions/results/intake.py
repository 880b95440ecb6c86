"""A message comes in: kept first, then read, matched and filed; what can't be, waits.

Whatever happens after a message was kept, it is not lost: the ledger says
``received`` until it is worked through, and what goes wrong puts it on the list of
what waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, Outcome, audit, audit_or_none, audited
from caresmith.clock import FixedClock, Instant, to_text
from caresmith.ids import ImportId, LabId, RawMessageId
from caresmith.log import describe, logger
from caresmith.records.patient import PatientCard
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.results import progress, store
from functions.results.errors import KeepsChanging
from functions.results.filing import Filed, NotThisChart, Telling, file_report
from functions.results.incoming import PatientResults
from functions.results.making import TooLarge
from functions.results.matching import match_patient
from functions.results.models import LabSettings, Shown
from functions.results.reading import Reading, read
from functions.results.records import (
    Format,
    RawItem,
    State,
    UnfiledItem,
    WaitsItem,
    raw_key,
    unfiled_key,
    unfiled_sort_key,
    waits_key,
)

WHOLE = -1
"""The part of a message that waits as a whole."""
GARBLED, TOO_LARGE, BROKEN = "garbled", "too-large", "broken"
_MOST_TESTS = 20


@dataclass(frozen=True)
class Source:
    """Where a message comes from."""

    lab: LabId
    settings: LabSettings
    language: Format
    import_id: ImportId | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a message."""

    item: RawItem
    reading: Reading
    broken: bool = False
    """Whether it could not be worked through, though it may be in order."""

    @property
    def state(self) -> State:
        return State(self.item.state)


def take(
    raw: bytes,
    source: Source,
    *,
    actor: Actor,
    now: Instant,
    message: RawMessageId | None = None,
    line: int | None = None,
) -> Taken:
    """Keep the message, then work it through.

    ``message`` is the id of one that may have been begun before (a slice of a file
    that is worked through again): what was filed then is not filed twice.
    """
    message = message or RawMessageId.derived_at(now, source.lab, RawMessageId.new())
    with own_trail("take-message", actor, now):
        item = keep(raw, source, message, actor=actor, now=now, line=line)
        return work_through(item, raw, source, actor=actor, now=now)


@contextmanager
def own_trail(action: str, actor: Actor, now: Instant) -> Iterator[None]:
    """An audit entry for each message, which names its patients and no others."""
    around = audit_or_none()
    trail = AuditTrail(
        actor,
        f"results.{action}",
        FixedClock(now),
        source_ip=around.source_ip if around else "",
        correlation_id=around.correlation_id if around else "",
        reason=around.reason if around else "",
    )
    with audited(trail):
        yield
        trail.close(Outcome.SUCCESS, 200)


def keep(
    raw: bytes,
    source: Source,
    message: RawMessageId,
    *,
    actor: Actor,
    now: Instant,
    line: int | None = None,
) -> RawItem:
    """Its bytes into the bucket, then into the ledger who brought it and when."""
    practice = actor.practice_id
    store.keep_message(practice, message, raw)
    item = RawItem(
        raw_key(practice, message),
        message,
        message_id=message,
        lab_id=source.lab,
        format=source.language,
        received_at=to_text(now),
        received_by=actor.user_id,
        digest=sha256(raw).hexdigest(),
        size=len(raw),
        state=State.RECEIVED,
        import_id=source.import_id,
        line=line,
    )
    item.save()
    audit().record(message)
    return item


def work_through(item: RawItem, raw: bytes, source: Source, *, actor: Actor, now: Instant) -> Taken:
    """Read, match, file; then the ledger says what became of it."""
    reading, broken = Reading("", ()), False
    try:
        reading = read(raw, source.language, source.settings)
        _Work(item, source, reading, actor, now).run()
    except Exception as error:
        # Whatever it is, the message waits for a person rather than for nobody.
        logger().error(
            "message not worked through",
            extra={"error": describe(error), "message_id": item.message_id},
        )
        broken = True
        _wait(item, WHOLE, BROKEN, Shown(), actor)
        item.state = State.WAITING
    item.save()
    return Taken(item, reading, broken)


class _Work:
    """One message on its way into charts."""

    def __init__(
        self, item: RawItem, source: Source, reading: Reading, actor: Actor, now: Instant
    ) -> None:
        self._item, self._source, self._reading = item, source, reading
        self._actor, self._now = actor, now
        self._state = State.FILED

    def run(self) -> None:
        reading, item = self._reading, self._item
        item.findings = [one.model_dump() for one in reading.findings] or None
        if reading.refused:
            item.state = State.REFUSED
            return
        if reading.garbled:
            shown = Shown(findings=list(reading.findings)[:50])
            first = _wait(item, WHOLE, GARBLED, shown, self._actor)
            item.state = State.GARBLED if first else State.REPEATED
            return
        for part, patient in enumerate(reading.patients):
            self._patient(part, patient)
        item.state = self._state

    def _patient(self, part: int, results: PatientResults) -> None:
        source = self._source
        match = match_patient(
            self._actor.practice_id, source.lab, source.settings, results.identity
        )
        if match.card is None:
            self._put_aside(part, str(match.reason), results)
            return
        try:
            for filed in file_all(
                results,
                match.card,
                source,
                self._reading.control_id,
                self._message,
                self._actor,
                self._now,
            ):
                note_outcome(self._item, filed)
        except NotThisChart as error:
            self._put_aside(part, str(error.reason), results)
        except TooLarge:
            self._put_aside(part, TOO_LARGE, results)
        except KeepsChanging:
            self._put_aside(part, BROKEN, results)

    @property
    def _message(self) -> RawMessageId:
        return RawMessageId(self._item.message_id)

    def _put_aside(self, part: int, reason: str, results: PatientResults) -> None:
        first = _wait(self._item, part, reason, shown_of(results), self._actor)
        if first or self._state is not State.WAITING:
            self._state = State.WAITING if first else State.REPEATED


def file_all(
    results: PatientResults,
    card: PatientCard,
    source: Source,
    control_id: str,
    message: RawMessageId,
    actor: Actor,
    now: Instant,
    *,
    by_person: bool = False,
) -> list[Filed]:
    """File each report of the patient in that chart. Raises what :func:`file_report` does."""
    filed = []
    for came in results.reports:
        telling = Telling(
            lab=source.lab,
            settings=source.settings,
            message=message,
            control_id=control_id,
            came=came,
            actor=actor,
            now=now,
        )
        filed.append(file_report(telling, card, by_person=by_person))
    return filed


def note_outcome(item: RawItem, filed: Filed) -> None:
    """Into the ledger: which report, and what the message did to it."""
    reports: list[Any] = [*item.report_ids, filed.report_id]
    outcomes: list[Any] = [*item.outcomes, filed.outcome]
    item.report_ids, item.outcomes = reports, outcomes


def shown_of(results: PatientResults) -> Shown:
    """What tells these results from others on the waiting list."""
    identity = results.identity
    flags = [
        progress.flag_of(one.observation for one in report.observed) for report in results.reports
    ]
    worst = next((flag for flag in ("critical", "abnormal") if flag in flags), "normal")
    return Shown.model_validate(
        {
            "name": next((f"{n.family}, {n.given}" for n in identity.names), ""),
            "birth_date": identity.birth_date,
            "sex": identity.sex,
            "numbers": [
                " ".join(part for part in (one.value, one.authority, one.kind) if part)
                for one in identity.identifiers
            ],
            "tests": [report.code.words for report in results.reports][:_MOST_TESTS],
            "flag": worst,
        }
    )


def _wait(item: RawItem, part: int, reason: str, shown: Shown, actor: Actor) -> bool:
    """Put it on the list of what waits for a person; False where the same waits already."""
    practice = actor.practice_id
    key = unfiled_sort_key(RawMessageId(item.message_id), part)
    waiting = UnfiledItem(
        unfiled_key(practice),
        key,
        message_id=item.message_id,
        part=part,
        lab_id=item.lab_id,
        reason=reason,
        arrived_at=item.received_at,
        shown=Sealer(practice, Domain.CLINICAL).seal(key, "shown", shown),
    )
    once = WaitsItem(waits_key(practice, item), str(part), message_id=item.message_id)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(once, condition=WaitsItem.pk.does_not_exist())
            writes.save(waiting)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        found = WaitsItem.get(once.pk, once.sk, consistent_read=True)
        return bool(found.message_id == item.message_id)
    return True
