"""Vital signs: checked against life, the latest sitting shown in the summary."""

from __future__ import annotations

from decimal import Decimal

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import FieldError, InvalidRequest, invalid
from caresmith.ids import EncounterId, PatientId
from caresmith.measures.ucum import UnknownUnit
from caresmith.measures.vitals import BY_LOINC, Measure, pressures_fit
from caresmith.records.clinical import entries
from caresmith.records.clinical.coding import LOINC
from caresmith.records.clinical.content import ENTERED_IN_ERROR
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.observation import Observation, Vitals
from caresmith.records.clinical.writing import ChartWrites
from functions.encounters import chart


def check(vitals: Vitals, now: Instant) -> None:
    """Raises InvalidRequest that names each measurement no living person can have."""
    if vitals.at > now:
        raise invalid("at", "lies in the future")
    wrong: list[FieldError] = []
    values: dict[str, Decimal] = {}
    for place, one in enumerate(vitals.measurements):
        try:
            measure, value = _measured(one)
        except ValueError as error:
            wrong.append(FieldError(f"measurements.{place}", str(error)))
            continue
        if measure.code in values:
            wrong.append(FieldError(f"measurements.{place}", "is there twice"))
        if value is not None:
            values[measure.code] = value
    upper, lower = values.get("systolic"), values.get("diastolic")
    if upper is not None and lower is not None and not pressures_fit(upper, lower):
        wrong.append(FieldError("measurements", "the systolic pressure is the higher one"))
    if wrong:
        raise InvalidRequest(fields=wrong)


def _measured(one: Observation) -> tuple[Measure, Decimal | None]:
    """The measure and the value in its own unit. Raises ValueError with a sentence."""
    measure = BY_LOINC.get(one.code.code_in(LOINC) or "")
    if measure is None:
        raise ValueError("is not a vital sign that is kept here: give its LOINC code")
    if one.quantity is None:
        if one.absent is None:
            raise ValueError("has no value and no reason why")
        return measure, None
    try:
        value = measure.in_own_unit(one.quantity.value, one.quantity.unit)
    except UnknownUnit:
        units = ", ".join(measure.units)
        raise ValueError(f"{measure.display} is measured in {units}") from None
    if not measure.life.holds(value):
        life = f"{measure.life.low} to {measure.life.high} {measure.unit}"
        raise ValueError(f"{measure.display} lies outside what a person can live with: {life}")
    return measure, value


def record(
    patient: PatientId,
    vitals: Vitals,
    *,
    encounter: EncounterId | None,
    actor: Actor,
    now: Instant,
) -> ChartEntry:
    """A sitting; the summary shows the latest one. Raises InvalidRequest, ChartNotOpen."""
    check(vitals, now)
    chart.check_encounter(actor.practice_id, patient, encounter)
    writes = ChartWrites(actor, patient, now)
    latest = True
    for shown in entries.read_now(actor.practice_id, patient, Kind.VITALS):
        before = entries.open_entry(actor.practice_id, shown, Vitals).content
        if before.at <= vitals.at:
            writes.replace(shown, before, matters=False)
        else:
            latest = False
    entry = writes.add(vitals, encounter=encounter, matters=latest)
    writes.commit()
    return entry


def correct(
    patient: PatientId, before: ChartEntry, vitals: Vitals, *, actor: Actor, now: Instant
) -> ChartEntry:
    """Another reading of the same sitting, or that it was entered in error."""
    check(vitals, now)
    writes = ChartWrites(actor, patient, now)
    shown = before.sk.startswith("now#") and not vitals.entered_in_error
    entry = writes.replace(before, vitals, matters=shown)
    if vitals.entered_in_error and before.sk.startswith("now#"):
        _show_the_one_before(writes, actor, patient)
    writes.commit()
    return entry


def _show_the_one_before(writes: ChartWrites, actor: Actor, patient: PatientId) -> None:
    """The latest of the older sittings that hold takes the place in the summary."""
    for older in entries.read_past(actor.practice_id, patient, Kind.VITALS):
        if older.status != ENTERED_IN_ERROR:
            content = entries.open_entry(actor.practice_id, older, Vitals).content
            writes.replace(older, content, matters=True)
            return
