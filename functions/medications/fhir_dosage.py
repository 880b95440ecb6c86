"""Directions as FHIR R4 Dosage, and back.

http://hl7.org/fhir/R4/dosage.html. Going there and back gives the same
directions, as long as they were written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from caresmith.records.clinical.coding import UCUM, Coding, Concept, Quantity
from caresmith.records.clinical.dosage import Day, Directions, Duration, Timing, When

Json = dict[str, Any]
_DAY: Final = "d"


def dosage(given: Directions, *, started: str | None = None, ended: str | None = None) -> Json:
    """A Dosage; empty where nothing is said."""
    found: Json = {}
    if given.sig:
        found["text"] = given.sig
    if given.instructions:
        found["patientInstruction"] = given.instructions
    repeat = _repeat(given, started, ended)
    if repeat:
        found["timing"] = {"repeat": repeat}
    if given.as_needed_for:
        # Dosage.asNeeded[x] holds one: the reason says that it is as needed, too.
        found["asNeededCodeableConcept"] = concept(given.as_needed_for)
    elif given.as_needed:
        found["asNeededBoolean"] = True
    if given.route:
        found["route"] = concept(given.route)
    if given.dose and given.dose_high:
        found["doseAndRate"] = [
            {"doseRange": {"low": quantity(given.dose), "high": quantity(given.dose_high)}}
        ]
    elif given.dose:
        found["doseAndRate"] = [{"doseQuantity": quantity(given.dose)}]
    if given.most_per_day:
        a_day = quantity(Quantity(value=Decimal(1), unit=_DAY))
        found["maxDosePerPeriod"] = {
            "numerator": quantity(given.most_per_day),
            "denominator": a_day,
        }
    return found


def directions(given: Mapping[str, Any]) -> Directions:
    """What a Dosage of our making says. Raises pydantic's ValidationError."""
    rates = (given.get("doseAndRate") or [{}])[0]
    span = rates.get("doseRange") or {}
    reason = given.get("asNeededCodeableConcept")
    repeat = (given.get("timing") or {}).get("repeat") or {}
    most = (given.get("maxDosePerPeriod") or {}).get("numerator")
    return Directions(
        dose=_quantity(rates.get("doseQuantity") or span.get("low")),
        dose_high=_quantity(span.get("high")),
        route=_concept(given.get("route")),
        timing=_timing(repeat),
        as_needed=bool(given.get("asNeededBoolean") or reason),
        as_needed_for=_concept(reason),
        duration=_duration(repeat.get("boundsDuration")),
        most_per_day=_quantity(most),
        instructions=given.get("patientInstruction"),
        sig=given.get("text"),
    )


def concept(given: Concept) -> Json:
    """A CodeableConcept."""
    codings = [one.model_dump(exclude_none=True) for one in given.codings]
    return {
        **({"coding": codings} if codings else {}),
        **({"text": given.text} if given.text else {}),
    }


def quantity(given: Quantity) -> Json:
    """A Quantity whose code is UCUM's. The value stays a decimal: JSON must not round it."""
    return {"value": given.value, "unit": given.unit, "system": UCUM, "code": given.unit}


def _repeat(given: Directions, started: str | None, ended: str | None) -> Json:
    repeat: Json = {}
    # Timing.repeat.bounds[x] holds one: a length that was ordered, else the dates.
    if given.duration:
        repeat["boundsDuration"] = {
            "value": given.duration.value,
            "unit": given.duration.unit,
            "system": UCUM,
            "code": given.duration.unit,
        }
    elif started or ended:
        bounds = {"start": started, "end": ended}
        repeat["boundsPeriod"] = {name: day for name, day in bounds.items() if day}
    timing = given.timing
    if timing is None:
        return repeat
    repeat |= {
        "frequency": timing.frequency,
        "period": timing.period,
        "periodUnit": timing.period_unit,
    }
    if timing.frequency_max:
        repeat["frequencyMax"] = timing.frequency_max
    if timing.period_max:
        repeat["periodMax"] = timing.period_max
    if timing.days:
        repeat["dayOfWeek"] = [str(day) for day in timing.days]
    if timing.when:
        repeat["when"] = [str(when) for when in timing.when]
    return repeat


def _timing(repeat: Mapping[str, Any]) -> Timing | None:
    if "frequency" not in repeat:
        return None
    return Timing(
        frequency=repeat["frequency"],
        frequency_max=repeat.get("frequencyMax"),
        period=Decimal(str(repeat["period"])),
        period_max=Decimal(str(repeat["periodMax"])) if "periodMax" in repeat else None,
        period_unit=repeat["periodUnit"],
        days=tuple(Day(day) for day in repeat.get("dayOfWeek", ())),
        when=tuple(When(when) for when in repeat.get("when", ())),
    )


def _duration(given: Mapping[str, Any] | None) -> Duration | None:
    return Duration(value=Decimal(str(given["value"])), unit=given["code"]) if given else None


def _quantity(given: Mapping[str, Any] | None) -> Quantity | None:
    return Quantity(value=Decimal(str(given["value"])), unit=given["code"]) if given else None


def _concept(given: Mapping[str, Any] | None) -> Concept | None:
    if not given:
        return None
    codings = tuple(Coding(**one) for one in given.get("coding", ()))
    return Concept(codings=codings, text=given.get("text"))
