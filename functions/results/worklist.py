"""What waits for a person: results whose patient is not certain, messages that can't be read.

Somebody says whose results they are, and that is written down with the reason; or
that they are not to be filed. A garbled message is read again where its laboratory's
settings, or the reader, have become better.
"""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import LabId, PatientId, PracticeId, RawMessageId
from caresmith.records.patient import PatientCard, current_card
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.results import intake, store
from functions.results.errors import StillGarbled, WrongChart
from functions.results.filing import NotThisChart
from functions.results.incoming import PatientResults
from functions.results.intake import Source
from functions.results.labs import any_lab
from functions.results.matching import link_patient
from functions.results.models import (
    Assignment,
    Delivery,
    Dismissal,
    FindingShown,
    RawMessage,
    Shown,
    Unfiled,
)
from functions.results.reading import Reading, read
from functions.results.records import (
    Format,
    RawItem,
    State,
    UnfiledItem,
    WaitsItem,
    lab_of,
    raw_key,
    unfiled_key,
    unfiled_sort_key,
    waits_key,
)

MOST_SHOWN: Final = 200


def waiting(practice: PracticeId) -> list[Unfiled]:
    """The oldest of the list; of these what is critical first, then what has waited longest."""
    sealer = Sealer(practice, Domain.CLINICAL)
    found = [
        _unfiled(item, sealer)
        for item in UnfiledItem.query(unfiled_key(practice), consistent_read=True, limit=MOST_SHOWN)
    ]
    return sorted(found, key=lambda one: (one.shown.flag != "critical", one.arrived_at))


def count_waiting(practice: PracticeId) -> int:
    return int(UnfiledItem.count(unfiled_key(practice)))


def read_raw(practice: PracticeId, message: RawMessageId) -> RawMessage:
    """A message as it came. Raises NotFound."""
    item = raw_item(practice, message)
    audit().record(message)
    raw = store.read_message(practice, message)
    return RawMessage(
        message_id=message,
        lab_id=lab_of(item),
        format=Format(item.format),
        received_at=from_text(item.received_at),
        received_by=item.received_by,
        digest=item.digest,
        size=int(item.size),
        state=State(item.state),
        text=raw.decode("utf-8", "replace"),
        findings=[FindingShown.model_validate(one) for one in item.findings or []],
    )


def assign(
    message: RawMessageId,
    part: int,
    assignment: Assignment,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> Delivery:
    """File the results in the chart that a person names.

    Raises NotFound, VersionConflict, StillGarbled, WrongChart where the chart can't
    be the one (unknown, or the report stands in another).
    """
    practice = actor.practice_id
    waits = _waiting(practice, message, part, expected)
    item = raw_item(practice, message)
    reading, source = _read_again(practice, item)
    if reading.garbled or part not in range(len(reading.patients)):
        raise StillGarbled
    card = current_card(practice, assignment.patient_id)
    if card is None:
        raise WrongChart("There is no such chart.")
    results = reading.patients[part]
    audit().reason = assignment.reason
    audit().about(card.patient_id)
    audit().record(message)
    try:
        filed = intake.file_all(
            results, card, source, reading.control_id, message, actor, now, by_person=True
        )
    except NotThisChart:
        raise WrongChart("The report stands in another patient's chart.") from None
    for one in filed:
        intake.note_outcome(item, one)
    _close(waits, item, State.FILED, _links(results, source.lab, card, assignment, actor, now))
    return delivery_of(item)


def dismiss(
    message: RawMessageId, part: int, dismissal: Dismissal, expected: int, *, actor: Actor
) -> Delivery:
    """Say that it is not to be filed. It stays kept. Raises NotFound, VersionConflict."""
    waits = _waiting(actor.practice_id, message, part, expected)
    item = raw_item(actor.practice_id, message)
    audit().reason = dismissal.reason
    audit().record(message)
    _close(waits, item, State.DISMISSED, [])
    return delivery_of(item)


def read_again(
    message: RawMessageId, part: int, expected: int, *, actor: Actor, now: Instant
) -> Delivery:
    """Work a message through once more. Raises NotFound, VersionConflict."""
    practice = actor.practice_id
    waits = _waiting(practice, message, part, expected)
    item = raw_item(practice, message)
    audit().record(message)
    lab = any_lab(practice, lab_of(item))
    source = Source(lab.lab_id, lab.settings, Format(item.format))
    _forget(waits, item)
    raw = store.read_message(practice, message)
    taken = intake.work_through(item, raw, source, actor=actor, now=now)
    return delivery_of(taken.item)


def delivery_of(item: RawItem) -> Delivery:
    """What has become of a message."""
    return Delivery.model_validate(
        {
            "message_id": item.message_id,
            "state": item.state,
            "reports": list(item.report_ids),
            "outcomes": [str(one) for one in item.outcomes],
            "findings": item.findings or [],
        }
    )


def raw_item(practice: PracticeId, message: RawMessageId) -> RawItem:
    """The ledger's entry. Raises NotFound."""
    try:
        return RawItem.get(raw_key(practice, message), message, consistent_read=True)
    except RawItem.DoesNotExist:
        raise NotFound from None


def _read_again(practice: PracticeId, item: RawItem) -> tuple[Reading, Source]:
    lab = any_lab(practice, lab_of(item))
    language = Format(item.format)
    raw = store.read_message(practice, RawMessageId(item.message_id))
    return read(raw, language, lab.settings), Source(lab.lab_id, lab.settings, language)


def _waiting(practice: PracticeId, message: RawMessageId, part: int, expected: int) -> UnfiledItem:
    key = unfiled_sort_key(message, part)
    try:
        item = UnfiledItem.get(unfiled_key(practice), key, consistent_read=True)
    except UnfiledItem.DoesNotExist:
        raise NotFound from None
    if item.version != expected:
        raise VersionConflict
    return item


def _close(waits: UnfiledItem, item: RawItem, state: State, links: list[object]) -> None:
    """It waits no more: with the ledger, the links and the audit entry in one transaction."""
    others = [
        other
        for other in UnfiledItem.query(
            waits.pk, UnfiledItem.sk.startswith(f"{waits.message_id}#"), consistent_read=True
        )
        if other.sk != waits.sk
    ]
    item.state = State.WAITING if others else state

    def attempt() -> None:
        with transaction() as writes:
            writes.delete(waits, condition=UnfiledItem.version == waits.version)
            writes.delete(_once(waits, item))
            writes.save(item)
            for link in links:
                writes.save(link)  # type: ignore[type-var]
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _forget(waits: UnfiledItem, item: RawItem) -> None:
    """It waits no more as it was; whether it waits again is seen when it is worked through."""

    def attempt() -> None:
        with transaction() as writes:
            writes.delete(waits, condition=UnfiledItem.version == waits.version)
            writes.delete(_once(waits, item))

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _once(waits: UnfiledItem, item: RawItem) -> WaitsItem:
    practice = PracticeId(str(waits.pk).partition("#")[0])
    return WaitsItem(waits_key(practice, item), str(int(waits.part)))


def _links(
    results: PatientResults,
    lab: LabId,
    card: PatientCard,
    assignment: Assignment,
    actor: Actor,
    now: Instant,
) -> list[object]:
    """The lab's numbers as this patient's, where that is asked for. They need still agree
    with name, birth date and sex, each time."""
    if not assignment.remember:
        return []
    return [
        link_patient(
            actor.practice_id, lab, one, PatientId(card.patient_id), actor.user_id, to_text(now)
        )
        for one in results.identity.identifiers
    ]


def _unfiled(item: UnfiledItem, sealer: Sealer) -> Unfiled:
    return Unfiled(
        message_id=RawMessageId(item.message_id),
        part=int(item.part),
        version=int(item.version or 0),
        lab_id=lab_of(item),
        reason=item.reason,
        arrived_at=from_text(item.arrived_at),
        shown=sealer.unseal(item.sk, "shown", item.shown, Shown),
    )
