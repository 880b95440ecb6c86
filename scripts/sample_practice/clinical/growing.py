"""How a note tells of a child's growth."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from caresmith.measures.age import age
from caresmith.measures.growth import Indicator, growth
from caresmith.measures.vitals import BY_LOINC
from scripts.sample_practice.clinical.scenes import Scene

_TOLD: Final = (
    ("weight", Indicator.WEIGHT, "Weight", "kg"),
    ("height", Indicator.LENGTH, "Length or height", "cm"),
    ("head_circumference", Indicator.HEAD, "Head", "cm"),
)


def growth_lines(scene: Scene) -> str:
    """Each measure with its percentile."""
    if scene.vitals is None:
        return "Not measured today."
    values: dict[str, Decimal] = {
        BY_LOINC[one.code.codings[0].code].code: one.quantity.value
        for one in scene.vitals.measurements
        if one.quantity
    }
    lines = []
    for code, indicator, name, unit in _TOLD:
        if code not in values:
            continue
        life = scene.life
        found = growth(indicator, life.sex, float(values[code]), age(life.born, scene.day))
        place = f", {_ordinal(round(found.percentile))} percentile" if found else ""
        lines.append(f"{name}: {values[code]} {unit}{place}")
    return "\n".join(lines)


def _ordinal(number: int) -> str:
    number = min(99, max(1, number))
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"
