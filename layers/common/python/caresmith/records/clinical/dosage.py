"""How a medication is taken: the structure that a sig is written from.

===================  ======================================  =====================================
 our field            FHIR R4 Dosage                          value set
===================  ======================================  =====================================
 sig                  text
 dose                 doseAndRate.doseQuantity                UCUM
 dose_high            doseAndRate.doseRange.high              UCUM
 route                route                                   SNOMED CT route codes
 timing               timing.repeat
   .frequency         .frequency
   .frequency_max     .frequencyMax
   .period            .period
   .period_max        .periodMax
   .period_unit       .periodUnit                             UCUM: h, d, wk, mo
   .days              .dayOfWeek (0..*)                       days-of-week
   .when              .when (0..*)                            event-timing
 duration             timing.repeat.boundsDuration            UCUM: d, wk, mo
 as_needed            asNeededBoolean
 as_needed_for        asNeededCodeableConcept                 SNOMED CT
 most_per_day         maxDosePerPeriod (denominator 1 d)      UCUM
 instructions         patientInstruction
===================  ======================================  =====================================

http://hl7.org/fhir/R4/dosage.html, http://hl7.org/fhir/R4/datatypes.html#Timing
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caresmith.records.clinical.coding import Concept, Quantity
from caresmith.text import Line, Note


class When(StrEnum):
    """http://hl7.org/fhir/R4/valueset-event-timing.html: those that patients are told."""

    MORNING = "MORN"
    NOON = "NOON"
    EVENING = "EVE"
    BEDTIME = "HS"
    WAKING = "WAKE"
    WITH_MEALS = "C"
    BEFORE_MEALS = "AC"
    AFTER_MEALS = "PC"


class Day(StrEnum):
    """http://hl7.org/fhir/R4/valueset-days-of-week.html"""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class _Type(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Period = Annotated[Decimal, Field(gt=0, le=366, max_digits=6, decimal_places=2)]
_Times = Annotated[int, Field(ge=1, le=24)]

_HOURS: Final = {
    "h": Decimal(1),
    "d": Decimal(24),
    "wk": Decimal(24 * 7),
    "mo": Decimal(24 * 30),
}


class Timing(_Type):
    """``frequency`` times in every ``period`` of ``period_unit``, on which days, at what point."""

    frequency: _Times = 1
    frequency_max: _Times | None = None
    period: _Period = Decimal(1)
    period_max: _Period | None = None
    period_unit: Literal["h", "d", "wk", "mo"] = "d"
    days: tuple[Day, ...] = Field(default=(), max_length=7)
    when: tuple[When, ...] = Field(default=(), max_length=4)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        # FHIR R4 Timing: the maximum of a range lies above its minimum.
        if self.frequency_max is not None and self.frequency_max <= self.frequency:
            raise ValueError("the most times are not above the least")
        if self.period_max is not None and self.period_max <= self.period:
            raise ValueError("the longest period is not above the shortest")
        if self.days and self.period_unit != "d":
            raise ValueError("days of the week go with times a day")
        if len(set(self.days)) < len(self.days) or len(set(self.when)) < len(self.when):
            raise ValueError("names the same twice")
        return self

    @property
    def most_per_day(self) -> Decimal:
        """How many doses fall on one day at most; below one where it is taken less often."""
        times = Decimal(self.frequency_max or self.frequency)
        return times * 24 / (self.period * _HOURS[self.period_unit])


class Duration(_Type):
    """For how long (FHIR Duration)."""

    value: Annotated[Decimal, Field(gt=0, le=1000, max_digits=6, decimal_places=1)]
    unit: Literal["d", "wk", "mo"] = "d"

    @property
    def days(self) -> Decimal:
        return self.value * _HOURS[self.unit] / 24


class Directions(BaseModel):
    """What a medication's entry and a request to prescribe have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dose: Quantity | None = None
    dose_high: Quantity | None = None
    """The upper end, where the dose is a range of ``dose`` to this."""
    route: Concept | None = None
    timing: Timing | None = None
    as_needed: bool = False
    as_needed_for: Concept | None = None
    duration: Duration | None = None
    most_per_day: Quantity | None = None
    instructions: Line | None = None
    """What the patient is told besides: ``Take with food.``"""
    sig: Note | None = None
    """The directions in words."""

    @model_validator(mode="after")
    def _doses_agree(self) -> Self:
        for name in ("dose", "dose_high", "most_per_day"):
            given: Quantity | None = getattr(self, name)
            if given is not None and (given.comparator or given.value <= 0):
                raise ValueError(f"{name} must be above nought, without a comparator")
        if self.dose_high is not None:
            low: Any = self.dose
            if low is None or low.unit != self.dose_high.unit or low.value >= self.dose_high.value:
                raise ValueError("dose_high is above the dose, in the same unit")
        if self.as_needed_for and not self.as_needed:
            raise ValueError("as_needed_for goes with as_needed")
        return self
