"""A visit as it is to be told: who, when, why, what was found and done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from caresmith.measures.vitals import BY_LOINC
from caresmith.records.clinical.observation import Vitals
from scripts.sample_practice.clinical.complaint import Outcome
from scripts.sample_practice.clinical.drugs import Drug
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.dice import Dice


@dataclass
class Scene:
    """All that a note is written from."""

    life: Life
    dice: Dice
    day: dt.date
    kind: str
    """The key of the visit's type."""
    reason: str
    """What was said when it was booked; empty where nothing was."""
    outcome: Outcome | None
    illnesses: list[str]
    """The lasting problems that were gone through, the foremost first."""
    vitals: Vitals | None = None
    drugs: Mapping[str, Drug] = field(default_factory=dict)
    """What is taken, by illness: the first of each."""
    prescribed: list[Drug] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """Vaccines of the day."""
    results: list[str] = field(default_factory=list)
    """The latest results, as the note quotes them."""
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def child(self) -> bool:
        return self.life.age_on(self.day) < 18

    @property
    def months(self) -> int:
        return self.life.months_on(self.day)

    @property
    def prenatal(self) -> bool:
        pregnancy = self.life.pregnancy
        gynecologic = self.kind in {"gyn", "new-gyn", "ultrasound"}
        return gynecologic and pregnancy is not None and pregnancy.goes_on(self.day)

    def facts_for(self, illness: str) -> dict[str, str]:
        """The facts with the drug that is taken for that illness."""
        drug = self.drugs.get(illness)
        return {**self.facts, "drug": drug.short} if drug else self.facts


def measured_facts(vitals: Vitals) -> dict[str, str]:
    """What a note says of a sitting."""
    values = {
        BY_LOINC[coding.code].code: (one.quantity.value, one.quantity.unit)
        for one in vitals.measurements
        for coding in one.code.codings[:1]
        if one.quantity
    }
    facts: dict[str, str] = {}
    if "systolic" in values:
        upper, lower = values["systolic"][0], values["diastolic"][0]
        facts["bp"] = f"{upper}/{lower}"
        high = upper >= Decimal(140) or lower >= Decimal(90)
        near = upper >= Decimal(130) or lower >= Decimal(80)
        facts["bp_word"] = "above goal" if high else "a little above goal" if near else "at goal"
    if "weight" in values:
        number, unit = values["weight"]
        facts["weight"] = f"{number} {'lb' if unit == '[lb_av]' else 'kg'}"
    for name in ("bmi", "height", "head_circumference"):
        if name in values:
            facts[name] = f"{values[name][0]}"
    return facts
