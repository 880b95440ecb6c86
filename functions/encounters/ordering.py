"""Orders: placed, held, given up, completed. Each step tells its event."""

from __future__ import annotations

from typing import Any, Final

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.events import OrderChanged, OrderPlaced
from caresmith.ids import EncounterId, OrderId, PatientId
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.order import ORDER_MOVES, Order, OrderCategory
from caresmith.records.clinical.planning import RequestStatus
from caresmith.records.clinical.writing import ChartWrites
from functions.encounters import chart
from functions.encounters.errors import IllegalMove

C = OrderCategory
_NAMES: Final = {
    C.LAB: "lab",
    C.IMAGING: "imaging",
    C.PROCEDURE: "procedure",
    C.COUNSELLING: "counselling",
    C.EDUCATION: "education",
    C.REFERRAL: "referral",
}


def place(
    patient: PatientId,
    order: Order,
    *,
    encounter: EncounterId | None,
    actor: Actor,
    now: Instant,
    key: OrderId,
) -> ChartEntry:
    """Raises ChartNotOpen for an archived patient, InvalidRequest for another's encounter."""
    if order.status not in (RequestStatus.ACTIVE, RequestStatus.DRAFT):
        raise invalid("status", "an order begins as a draft, or active")
    chart.check_encounter(actor.practice_id, patient, encounter)
    writes = ChartWrites(actor, patient, now)
    # What a laboratory's result answers with (HL7 v2 ORC-2, OBR-2): 30 characters at most.
    given = (
        order
        if order.placer_number
        else order.model_copy(update={"placer_number": key.partition("_")[2]})
    )
    entry = writes.add(given, encounter=encounter, entry=key)
    if order.status is RequestStatus.ACTIVE:
        writes.tell(_placed(given, entry, patient, actor, now))
    writes.commit()
    return entry


def move(
    patient: PatientId,
    key: OrderId,
    status: RequestStatus,
    reason: str | None,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> ChartEntry:
    """Raises NotFound, VersionConflict, IllegalMove."""
    before = charts.find(actor.practice_id, patient, Kind.ORDER, key)
    chart.expect(before, expected)
    order = entries.open_entry(actor.practice_id, before, Order).content
    if status not in ORDER_MOVES[order.status]:
        raise IllegalMove(f"An order that is {order.status} can't become {status}.")
    after = order.model_copy(update={"status": status, "status_reason": reason})
    writes = ChartWrites(actor, patient, now)
    entry = writes.replace(before, after)
    if order.status is RequestStatus.DRAFT and status is RequestStatus.ACTIVE:
        writes.tell(_placed(after, entry, patient, actor, now))
    else:
        told = _told(patient, key, actor, now)
        writes.tell(OrderChanged(**told, status=status))
    writes.commit()
    return entry


def _told(patient: PatientId, key: OrderId, actor: Actor, now: Instant) -> dict[str, Any]:
    return {
        "practice_id": actor.practice_id,
        "occurred_at": now,
        "actor_id": actor.user_id,
        "patient_id": patient,
        "order_id": key,
    }


def _placed(
    order: Order, entry: ChartEntry, patient: PatientId, actor: Actor, now: Instant
) -> OrderPlaced:
    return OrderPlaced(
        **_told(patient, OrderId(entry.entry_id), actor, now),
        encounter_id=EncounterId(entry.encounter_id) if entry.encounter_id else None,
        provider_id=order.requester_id,
        category=_NAMES[order.category],
        priority=order.priority,
    )
