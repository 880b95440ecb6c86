"""Units as people write them, from their UCUM codes (https://ucum.org)."""

from __future__ import annotations

from typing import Final

_WRITTEN: Final = {
    "mm[Hg]": "mmHg",
    "[degF]": "°F",
    "Cel": "°C",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "[ft_i]": "ft",
    "[oz_av]": "oz",
    "/min": "per min",
    "{beats}/min": "per min",
    "{breaths}/min": "per min",
    "kg/m2": "kg/m²",
    "{score}": "of 10",
    "{INR}": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "m[IU]/L": "mIU/L",
    "u[IU]/mL": "µIU/mL",
    "10*3/uL": "×10³/µL",
    "10*6/uL": "×10⁶/µL",
    "ug/dL": "µg/dL",
}


def unit_words(code: str) -> str:
    """``mmHg`` for ``mm[Hg]``; a code without other words stands as it is."""
    return _WRITTEN.get(code, code)
