"""Prescribing, prescribing again, and correcting what no pharmacy has yet."""

from __future__ import annotations

from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.events import MedicationChanged, MedicationPrescribed
from caresmith.ids import EncounterId, MedicationId, PatientId, ProviderId
from caresmith.records.clinical.coding import Concept, Quantity
from caresmith.records.clinical.dosage import Directions
from caresmith.records.clinical.medication import Medication, MedicationStatus, Override
from caresmith.records.clinical.writing import ChartWrites
from caresmith.records.practice import Provider, practice_setup
from functions.medications import chart, checking, controlled, pharmacies, sending, supply
from functions.medications.chart import Entry
from functions.medications.errors import AlreadySent, MedicationMove, NotAPrescriber
from functions.medications.models import PrescriptionRequest, RenewalRequest
from functions.medications.sig import sentence

S = MedicationStatus
RENEWABLE: Final = frozenset({S.ACTIVE, S.ON_HOLD, S.COMPLETED})
_DIRECTIONS: Final = tuple(name for name in Directions.model_fields if name != "sig")


def prescriber_of(actor: Actor) -> tuple[ProviderId, Provider]:
    """The provider who acts. Raises NotAPrescriber."""
    providers = practice_setup(actor.practice_id).providers
    found = providers.get(actor.provider_id) if actor.provider_id else None
    if actor.provider_id is None or found is None or not found.active:
        raise NotAPrescriber
    return actor.provider_id, found


def prescribe(
    patient: PatientId,
    request: PrescriptionRequest,
    *,
    actor: Actor,
    now: Instant,
    key: MedicationId,
) -> Entry:
    """Write a prescription.

    Raises NotAPrescriber, NotFound, InvalidRequest, UnresolvedAlerts, ChartNotOpen.
    """
    medication = _written(patient, request, actor=actor, now=now)
    writes = ChartWrites(actor, patient, now)
    item = writes.add(medication, encounter=request.encounter_id, entry=key)
    writes.tell(_prescribed(medication, key, patient, request.encounter_id, actor, now))
    _note_reasons(medication.overrides)
    writes.commit()
    return chart.opened(actor.practice_id, item)


def correct(
    patient: PatientId,
    key: MedicationId,
    request: PrescriptionRequest,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> Entry:
    """Say otherwise what is prescribed, while no pharmacy has it. What it said is kept.

    Raises NotAPrescriber, NotFound, VersionConflict, MedicationMove, AlreadySent and what
    :func:`prescribe` raises.
    """
    before = chart.find(actor.practice_id, patient, key)
    chart.expect(before, expected)
    check_correctable(before, actor=actor)
    # A correction is checked against all but itself.
    asked = request.model_copy(update={"instead_of": key})
    after = _written(patient, asked, actor=actor, now=now)
    after = after.model_copy(update={"prior_id": before.medication.prior_id})
    writes = ChartWrites(actor, patient, now)
    item = writes.replace(before.item, after)
    writes.tell(MedicationChanged(**told(patient, key, actor, now), status=after.status))
    _note_reasons(after.overrides)
    writes.commit()
    return chart.opened(actor.practice_id, item)


def check_correctable(entry: Entry, *, actor: Actor) -> None:
    """Raises MedicationMove, AlreadySent for what is to be stopped and prescribed anew instead."""
    if entry.medication.reported or entry.medication.status is not S.ACTIVE:
        raise MedicationMove("Only an active prescription of this practice is corrected.")
    if sending.sending_of(actor.practice_id, entry) is not None:
        raise AlreadySent


def renew(
    patient: PatientId,
    key: MedicationId,
    request: RenewalRequest,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
    renewal: MedicationId,
) -> Entry:
    """Prescribe the same again. The prescription before is completed in the same transaction.

    Raises NotAPrescriber, NotFound, VersionConflict, MedicationMove, UnresolvedAlerts,
    InvalidRequest, ChartNotOpen.
    """
    before = chart.find(actor.practice_id, patient, key)
    chart.expect(before, expected)
    writes = ChartWrites(actor, patient, now)
    item = place_renewal(writes, before, request, renewal, actor=actor, now=now)
    writes.commit()
    return chart.opened(actor.practice_id, item)


def place_renewal(
    writes: ChartWrites,
    before: Entry,
    request: RenewalRequest,
    renewal: MedicationId,
    *,
    actor: Actor,
    now: Instant,
) -> Any:
    """The renewal's writes, for a transaction that may tell more. Raises as :func:`renew`."""
    provider_id, provider = prescriber_of(actor)
    patient, old = writes.patient, before.medication
    if old.reported or old.status not in RENEWABLE:
        raise MedicationMove(
            "Only a prescription of this practice that was not stopped is renewed."
        )
    chart.check_encounter(actor.practice_id, patient, request.encounter_id)
    controlled.check_prescription(old.schedule, request.refills, provider)
    found = checking.findings(
        patient, checking.Asked(old.drug, old, (before.id,)), actor=actor, now=now
    )
    pharmacy = request.pharmacy_id or old.pharmacy_id
    pharmacies.check_pharmacy(actor.practice_id, request.pharmacy_id)
    medication = Medication.model_validate(
        {
            **dict(old),
            "status": S.ACTIVE,
            "dispense": request.dispense,
            "refills": request.refills,
            "days_supply": request.days_supply or supply.days_of(old, request.dispense),
            "pharmacy_id": pharmacy,
            "prescriber_id": provider_id,
            "authored": now,
            "prior_id": before.id,
            "overrides": checking.overrides(found, request.reasons),
            "started": chart.local_day(actor.practice_id, now).isoformat(),
            "ended": None,
            "status_reason": None,
        }
    )
    item = writes.add(medication, encounter=request.encounter_id, entry=renewal)
    writes.tell(_prescribed(medication, renewal, patient, request.encounter_id, actor, now))
    if old.matters_now:
        done = old.model_copy(
            update={
                "status": S.COMPLETED,
                "status_reason": Concept(text="Renewed"),
                "ended": chart.local_day(actor.practice_id, now).isoformat(),
            }
        )
        writes.replace(before.item, done)
    _note_reasons(medication.overrides)
    return item


def _written(
    patient: PatientId, request: PrescriptionRequest, *, actor: Actor, now: Instant
) -> Medication:
    """The prescription as it stands once all rules are met."""
    provider_id, provider = prescriber_of(actor)
    chart.check_encounter(actor.practice_id, patient, request.encounter_id)
    pharmacies.check_pharmacy(actor.practice_id, request.pharmacy_id)
    schedule = checking.schedule(request.drug, request.schedule)
    controlled.check_prescription(schedule, request.refills, provider)
    _check_supply(request, request.dispense)
    instead = (request.instead_of,) if request.instead_of else ()
    found = checking.findings(
        patient, checking.Asked(request.drug, request, instead), actor=actor, now=now
    )
    given = {name: getattr(request, name) for name in _DIRECTIONS}
    return Medication(
        **given,
        sig=sentence(request),
        drug=request.drug,
        dispense=request.dispense,
        refills=request.refills,
        days_supply=request.days_supply or supply.days_of(request, request.dispense),
        pharmacy_id=request.pharmacy_id,
        as_written=request.as_written,
        as_written_reason=request.as_written_reason,
        pharmacist_note=request.pharmacist_note,
        schedule=schedule,
        reason=request.reason,
        prescriber_id=provider_id,
        authored=now,
        overrides=checking.overrides(found, request.reasons),
        started=request.started or chart.local_day(actor.practice_id, now).isoformat(),
        note=request.note,
    )


def _check_supply(given: Directions, dispensed: Quantity) -> None:
    """Raises InvalidRequest where the amount does not last one single day."""
    daily = supply.units_a_day(given, dispensed.unit)
    if (
        daily is not None
        and given.duration
        and given.timing
        and dispensed.value < (given.dose.value if given.dose else 0)
    ):
        raise invalid("dispense", "is less than one dose")


def _note_reasons(found: tuple[Override, ...]) -> None:
    """The audit entry says that warnings were overridden, and which rules'; not the words."""
    if found:
        audit().reason = "overrode " + ", ".join(
            ".".join(one.alert.split(".")[:2]) for one in found
        )


def told(patient: PatientId, key: MedicationId, actor: Actor, now: Instant) -> dict[str, Any]:
    """What every event of a medication says."""
    return {
        "practice_id": actor.practice_id,
        "occurred_at": now,
        "actor_id": actor.user_id,
        "patient_id": patient,
        "medication_id": key,
    }


def _prescribed(
    medication: Medication,
    key: MedicationId,
    patient: PatientId,
    encounter: EncounterId | None,
    actor: Actor,
    now: Instant,
) -> MedicationPrescribed:
    if medication.prescriber_id is None:
        raise ValueError("a prescription has a prescriber")
    return MedicationPrescribed(
        **told(patient, key, actor, now),
        provider_id=medication.prescriber_id,
        encounter_id=encounter,
        prior_id=medication.prior_id,
    )
