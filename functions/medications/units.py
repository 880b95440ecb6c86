"""Routes, dose units and frequencies that the sig builder offers, with their words.

Words follow the Institute for Safe Medication Practices: no abbreviations that
are misread, no trailing nought, a nought before a decimal point.
https://www.ismp.org/recommendations/error-prone-abbreviations-list
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from caresmith.records.clinical.dosage import Timing, When


@dataclass(frozen=True, slots=True)
class Route:
    """A route by SNOMED CT, as FHIR's route-codes has it."""

    code: str
    display: str
    verb: str
    phrase: str


ROUTES: Final = (
    Route("26643006", "Oral route", "Take", "by mouth"),
    Route("37839007", "Sublingual route", "Place", "under the tongue"),
    Route("447694001", "Respiratory tract route", "Inhale", "by inhalation"),
    Route("46713006", "Nasal route", "Use", "in the nose"),
    Route("6064005", "Topical route", "Apply", "to the skin"),
    Route("45890007", "Transdermal route", "Apply", "to the skin"),
    Route("54485002", "Ophthalmic route", "Instill", "in the eye"),
    Route("10547007", "Otic route", "Instill", "in the ear"),
    Route("34206005", "Subcutaneous route", "Inject", "under the skin"),
    Route("78421000", "Intramuscular route", "Inject", "into a muscle"),
    Route("47625008", "Intravenous route", "Inject", "into a vein"),
    Route("37161004", "Rectal route", "Insert", "into the rectum"),
    Route("16857009", "Vaginal route", "Insert", "into the vagina"),
)
ROUTE_OF: Final = {route.code: route for route in ROUTES}
ORAL: Final = "26643006"


UNSPECIFIED: Final = "C38046"
"""NCI Thesaurus: a unit that is not specified."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of doses and amounts: UCUM's code, and how people say it.

    ``ncit`` is the NCI Thesaurus code by which NCPDP SCRIPT names it.
    """

    code: str
    one: str
    many: str
    ncit: str


UNITS: Final = (
    Unit("{tbl}", "tablet", "tablets", "C48542"),
    Unit("{capsule}", "capsule", "capsules", "C48480"),
    Unit("mL", "mL", "mL", "C28254"),
    Unit("mg", "mg", "mg", "C28253"),
    Unit("ug", "mcg", "mcg", "C48152"),
    Unit("g", "gram", "grams", "C48155"),
    Unit("[iU]", "unit", "units", "C44278"),
    Unit("[drp]", "drop", "drops", UNSPECIFIED),
    Unit("{puff}", "puff", "puffs", UNSPECIFIED),
    Unit("{spray}", "spray", "sprays", UNSPECIFIED),
    Unit("{patch}", "patch", "patches", "C48524"),
    Unit("{suppository}", "suppository", "suppositories", "C48539"),
    Unit("{packet}", "packet", "packets", "C48521"),
    Unit("{lozenge}", "lozenge", "lozenges", "C48506"),
    Unit("{application}", "application", "applications", UNSPECIFIED),
    Unit("{each}", "each", "each", "C64933"),
)
UNIT_OF: Final = {unit.code: unit for unit in UNITS}


@dataclass(frozen=True, slots=True)
class Frequency:
    """What the builder offers at one click."""

    key: str
    label: str
    timing: Timing


def _every(hours: int) -> Timing:
    return Timing(period=Decimal(hours), period_unit="h")


FREQUENCIES: Final = (
    Frequency("daily", "once daily", Timing()),
    Frequency("bid", "twice daily", Timing(frequency=2)),
    Frequency("tid", "3 times daily", Timing(frequency=3)),
    Frequency("qid", "4 times daily", Timing(frequency=4)),
    Frequency("morning", "every morning", Timing(when=(When.MORNING,))),
    Frequency("evening", "every evening", Timing(when=(When.EVENING,))),
    Frequency("bedtime", "at bedtime", Timing(when=(When.BEDTIME,))),
    Frequency("q4h", "every 4 hours", _every(4)),
    Frequency("q6h", "every 6 hours", _every(6)),
    Frequency("q8h", "every 8 hours", _every(8)),
    Frequency("q12h", "every 12 hours", _every(12)),
    Frequency("qod", "every other day", Timing(period=Decimal(2))),
    Frequency("weekly", "once a week", Timing(period_unit="wk")),
    Frequency("monthly", "once a month", Timing(period_unit="mo")),
    Frequency(
        "with-meals", "3 times daily with meals", Timing(frequency=3, when=(When.WITH_MEALS,))
    ),
    Frequency(
        "before-meals", "3 times daily before meals", Timing(frequency=3, when=(When.BEFORE_MEALS,))
    ),
)
FREQUENCY_OF: Final = {frequency.key: frequency for frequency in FREQUENCIES}
