"""What a laboratory measures (``analytes.csv``), and the panels in which it reports it.

Codes are single LOINC codes, units are UCUM. Means and ranges are those of healthy
adults; ``values`` knows who differs.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Analyte:
    key: str
    loinc: str
    name: str
    unit: str
    mean: float
    sd: float
    """Between people."""
    wobble: float
    """Of one person, from one time to the next."""
    decimals: int
    low: float | None
    high: float | None
    critical_low: float | None
    critical_high: float | None


@dataclass(frozen=True)
class Panel:
    name: str
    loinc: str
    analytes: tuple[str, ...] = ()
    words: tuple[tuple[str, str, tuple[str, ...], bool], ...] = ()
    """Results in words: name, LOINC, what it may say, whether that is abnormal."""
    specimen: str = "Serum"
    at_once: bool = False
    """Measured in the practice while the patient waits."""
    fasting: bool = False


def _number(text: str) -> float | None:
    return float(text) if text else None


def _read() -> dict[str, Analyte]:
    with Path(__file__).with_name("analytes.csv").open(newline="") as file:
        return {
            row["key"]: Analyte(
                row["key"],
                row["loinc"],
                row["name"],
                row["unit"],
                float(row["mean"]),
                float(row["sd"]),
                float(row["wobble"]),
                int(row["decimals"]),
                _number(row["low"]),
                _number(row["high"]),
                _number(row["critical_low"]),
                _number(row["critical_high"]),
            )
            for row in csv.DictReader(file)
        }


ANALYTES: Final = _read()

_CMP: Final = (
    *("glucose", "urea", "creatinine", "egfr", "sodium", "potassium", "chloride", "bicarbonate"),
    *("calcium", "protein", "albumin", "bilirubin", "alp", "ast", "alt"),
)
_STREP: Final = "Streptococcus pyogenes antigen (throat, rapid)"

PANELS: Final[dict[str, Panel]] = {
    "a1c": Panel("Hemoglobin A1c", "4548-4", ("a1c",), specimen="Whole blood"),
    "cmp": Panel("Comprehensive metabolic panel", "24323-8", _CMP),
    "lipids": Panel(
        "Lipid panel", "24331-1", ("cholesterol", "triglycerides", "hdl", "ldl"), fasting=True
    ),
    "tsh": Panel("Thyrotropin (TSH)", "3016-3", ("tsh",)),
    "inr": Panel("INR", "6301-6", ("inr",), specimen="Capillary blood", at_once=True),
    "cbc": Panel(
        "Complete blood count",
        "58410-2",
        ("wbc", "hgb", "hct", "mcv", "platelets"),
        specimen="Whole blood",
    ),
    "ferritin": Panel("Ferritin", "2276-4", ("ferritin",)),
    "hgb": Panel("Hemoglobin", "718-7", ("hgb",), specimen="Capillary blood", at_once=True),
    "lead": Panel("Lead (venous blood)", "77307-7", ("lead",), specimen="Whole blood"),
    "acr": Panel("Albumin/creatinine (urine)", "9318-7", ("acr",), specimen="Urine"),
    "urate": Panel("Urate", "3084-1", ("urate",)),
    "vitamin-d": Panel("25-Hydroxyvitamin D", "62292-8", ("vitamin-d",)),
    "psa": Panel("Prostate specific antigen", "2857-1", ("psa",)),
    "bnp": Panel("NT-proBNP", "33762-6", ("bnp",)),
    "ogtt": Panel("Glucose 1 hour after 50 g", "1504-0", ("ogtt",)),
    "strep": Panel(
        _STREP,
        "78012-2",
        words=((_STREP, "78012-2", ("Negative",), False),),
        specimen="Throat swab",
        at_once=True,
    ),
    "strep-positive": Panel(
        _STREP,
        "78012-2",
        words=((_STREP, "78012-2", ("Positive",), True),),
        specimen="Throat swab",
        at_once=True,
    ),
    "urine": Panel(
        "Urine culture",
        "630-4",
        words=(
            (
                "Bacteria identified in urine by culture",
                "630-4",
                ("Escherichia coli, over 100,000 CFU/mL", "Escherichia coli, 50,000 CFU/mL"),
                True,
            ),
        ),
        specimen="Urine",
    ),
    "prenatal": Panel(
        "Prenatal panel",
        "",
        words=(
            ("ABO and Rh group", "882-1", ("O positive", "A positive", "B positive"), False),
            ("Hepatitis B surface antigen", "5196-1", ("Negative",), False),
            ("Rubella IgG", "8014-3", ("Immune",), False),
            ("HIV 1 and 2 antibody and p24 antigen", "56888-1", ("Negative",), False),
        ),
    ),
}
