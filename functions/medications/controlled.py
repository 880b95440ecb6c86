"""Controlled substances: which drugs are, and what is asked of a prescription of one.

==================  ======================================================
 21 CFR 1306.05      name, address and DEA number of the prescriber
 21 CFR 1306.12      schedule II: no refills
 21 CFR 1306.22      schedules III and IV: at most 5 refills within 6 months
 21 CFR 1311         electronic prescriptions: certified systems alone
==================  ======================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from caresmith.errors import invalid
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.medication import Schedule
from caresmith.records.practice import Provider
from functions.medications.safety.knowledge import knowledge

_TABLE: Final = Path(__file__).with_name("schedules.json")
MOST_REFILLS: Final[Mapping[str, int]] = {"II": 0, "III": 5, "IV": 5}
"""Schedule V has no federal limit."""
SCHEDULES: Final[tuple[Schedule, ...]] = ("II", "III", "IV", "V")


@cache
def _table() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(_TABLE.read_text())
    return loaded


def known_schedules(drug: Concept) -> Sequence[Schedule]:
    """The schedules that a drug can be in, the strictest first; none where the table has none.

    Several where it depends on form and combination: codeine alone is in II, with
    acetaminophen in III, in a cough syrup in V.
    """
    table = _table()
    found: set[str] = set()
    for name in knowledge().resolve(drug).ingredients:
        found |= {table["one"][name]} if name in table["one"] else set()
        found |= set(table["by_form"].get(name, ()))
    return cast(Sequence[Schedule], [one for one in SCHEDULES if one in found])


def schedule_of(drug: Concept, stated: Schedule | None) -> Schedule | None:
    """The schedule of a prescription. Raises InvalidRequest where the table knows better.

    Where the table knows one, it is that, said or not; of several the prescriber
    names one; of a drug that the table does not have, the prescriber's word stands.
    """
    known = known_schedules(drug)
    if not known:
        return stated
    if stated is None and len(known) == 1:
        return known[0]
    if stated not in known:
        listed = " or ".join(known)
        raise invalid("schedule", f"this drug is controlled: name its schedule, {listed}")
    return stated


def check_prescription(schedule: Schedule | None, refills: int, prescriber: Provider) -> None:
    """Raises InvalidRequest for what federal law rules out."""
    if schedule is None:
        return
    if prescriber.dea is None:
        raise invalid(
            "schedule", "needs the prescriber's DEA number, which the practice's set-up lacks"
        )
    most = MOST_REFILLS.get(schedule)
    if most is not None and refills > most:
        said = "has no refills" if most == 0 else f"has at most {most} refills"
        raise invalid("refills", f"a prescription of schedule {schedule} {said}")
