"""What becomes of a medication: stopped, held, taken up again; and what patients report."""

from __future__ import annotations

from typing import Any, Final

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.events import MedicationChanged
from caresmith.ids import MedicationId, PatientId
from caresmith.records.clinical.coding import Concept, first_day
from caresmith.records.clinical.dosage import Directions
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.writing import ChartWrites
from functions.medications import chart, sending
from functions.medications.chart import Entry
from functions.medications.errors import MedicationMove
from functions.medications.models import AddedLine, ReportedRequest, StatusRequest
from functions.medications.prescribing import told
from functions.medications.sig import sentence

S = MedicationStatus
_ENDS: Final = frozenset({S.STOPPED, S.COMPLETED, S.CANCELLED, S.ENTERED_IN_ERROR})
MOVES: Final[dict[MedicationStatus, frozenset[MedicationStatus]]] = {
    S.ACTIVE: frozenset({S.ON_HOLD, *_ENDS}),
    S.ON_HOLD: frozenset({S.ACTIVE, *_ENDS}),
    S.DRAFT: frozenset({S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.UNKNOWN: frozenset({S.ACTIVE, S.STOPPED, S.COMPLETED, S.ENTERED_IN_ERROR}),
    S.COMPLETED: frozenset({S.ENTERED_IN_ERROR}),
    S.STOPPED: frozenset({S.ENTERED_IN_ERROR}),
    S.CANCELLED: frozenset({S.ENTERED_IN_ERROR}),
    S.ENTERED_IN_ERROR: frozenset(),
}
TELLABLE: Final = frozenset({S.ACTIVE, S.STOPPED, S.UNKNOWN})
"""What a patient can say of a medication; one that is held here is taken up first."""
_SAYS_WHY: Final = frozenset({S.ON_HOLD, S.STOPPED, S.CANCELLED, S.ENTERED_IN_ERROR})


def move(
    patient: PatientId,
    key: MedicationId,
    request: StatusRequest,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> Entry:
    """Stop, hold, take up again. A pharmacy that has the prescription is told that it ends.

    Raises NotFound, VersionConflict, MedicationMove, InvalidRequest, ChartNotOpen.
    """
    before = chart.find(actor.practice_id, patient, key)
    chart.expect(before, expected)
    writes = ChartWrites(actor, patient, now)
    item = place_move(writes, before, request.status, request.reason, actor=actor, now=now)
    writes.commit()
    return chart.opened(actor.practice_id, item)


def place_move(
    writes: ChartWrites,
    before: Entry,
    status: MedicationStatus,
    reason: str | None,
    *,
    actor: Actor,
    now: Instant,
) -> Any:
    """The writes of a move, for a transaction that may tell more. Raises as :func:`move`."""
    present = before.medication.status
    if status not in MOVES[present]:
        raise MedicationMove(f"A medication that is {present} can't become {status}.")
    if status in _SAYS_WHY and reason is None:
        raise invalid("reason", "say why")
    ends = status in _ENDS
    after = before.medication.model_copy(
        update={
            "status": status,
            "status_reason": Concept(text=reason) if reason else None,
            "ended": chart.local_day(actor.practice_id, now).isoformat() if ends else None,
        }
    )
    item = writes.replace(before.item, after)
    writes.tell(MedicationChanged(**told(writes.patient, before.id, actor, now), status=status))
    if ends:
        sending.place_stop(writes, before, actor=actor, now=now)
    return item


def report(
    patient: PatientId, request: ReportedRequest, *, actor: Actor, now: Instant, key: MedicationId
) -> Entry:
    """Write down what the patient says. Raises InvalidRequest, ChartNotOpen."""
    chart.check_encounter(actor.practice_id, patient, request.encounter_id)
    writes = ChartWrites(actor, patient, now)
    item = writes.add(_reported(request, actor, now), encounter=request.encounter_id, entry=key)
    writes.commit()
    return chart.opened(actor.practice_id, item)


def change_reported(
    patient: PatientId,
    key: MedicationId,
    request: ReportedRequest,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> Entry:
    """Say otherwise what the patient takes. Raises NotFound, VersionConflict, MedicationMove."""
    before = chart.find(actor.practice_id, patient, key)
    chart.expect(before, expected)
    check_reported(before)
    after = _reported(request, actor, now)
    if after.status is before.medication.status:
        # Why it was stopped still holds.
        after = after.model_copy(update={"status_reason": before.medication.status_reason})
    writes = ChartWrites(actor, patient, now)
    item = writes.replace(before.item, after)
    writes.commit()
    return chart.opened(actor.practice_id, item)


def check_reported(entry: Entry) -> None:
    """Raises MedicationMove for what is not the patient's word, or was never to be written."""
    if not entry.medication.reported:
        raise MedicationMove("What was prescribed here is stopped, and prescribed otherwise.")
    if entry.medication.status is S.ENTERED_IN_ERROR:
        raise MedicationMove("It was entered in error: write it down anew.")


def added(line: AddedLine) -> Medication:
    """What a reconciliation adds to the list."""
    return Medication(**_facts(line), drug=line.drug, started=line.started, reported=True)


def _reported(request: ReportedRequest, actor: Actor, now: Instant) -> Medication:
    for name in ("started", "ended"):
        day = getattr(request, name)
        if day and first_day(day) > chart.local_day(actor.practice_id, now):
            raise invalid(name, "lies in the future")
    return Medication(
        **_facts(request),
        drug=request.drug,
        status=request.status,
        reported=True,
        reason=request.reason,
        started=request.started,
        ended=request.ended,
        note=request.note,
    )


def _facts(given: Directions) -> dict[str, Any]:
    """The directions; in words, where they are told by structure alone."""
    facts = {name: getattr(given, name) for name in Directions.model_fields}
    return {**facts, "sig": given.sig or sentence(given) or None}
