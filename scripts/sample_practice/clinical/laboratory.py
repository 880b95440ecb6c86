"""When something is measured, and the report that comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.ids import LabId, OrderId, ProviderId, ReportId
from caresmith.records.clinical.observation import Observation
from caresmith.records.clinical.report import Report, ReportCategory
from functions.results import progress
from scripts.sample_practice.clinical.analytes import ANALYTES, PANELS, Analyte
from scripts.sample_practice.clinical.codes import concept, measured
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.clinical.studies import Study
from scripts.sample_practice.clinical.values import Body
from scripts.sample_practice.clinical.wording import said
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.places import Area
from scripts.sample_practice.premises import PLACES, PRACTICE

_ids = Dice("laboratories")
LAB_ID: Final = _ids.id(LabId)
IMAGING_ID: Final = _ids.id(LabId)
LAB_NAME: Final = "Great Lakes Reference Laboratory"
IMAGING_NAME: Final = "North Shore Imaging and Pathology"
OWN_NAME: Final = "Lakeshore, in the practice"
_MOST: Final = {"a1c": 8, "inr": 8, "tsh": 5}
_MOST_OF_OTHERS: Final = 3
"""Reports of one panel in a chart: the latest."""
_YEARS_BACK: Final = dt.timedelta(days=800)
_NEAR: Final = dt.timedelta(days=21)
_FINDINGS: Final = ("Findings", "18782-3")
_IMPRESSION: Final = ("Impression", "19005-8")
_SCREENED: Final = {"lead": (12, 24), "hgb": (12, 24)}
"""Measured at these ages in months (AAP Bright Futures)."""


@dataclass(frozen=True)
class Draw:
    """A panel that is taken at some time."""

    panel: str
    at: dt.datetime
    visit: int | None = None
    """The place of the visit at which it was taken, among its patient's."""


def draws(
    life: Life, dice: Dice, visits: Sequence[dt.datetime], drugs: set[str], now: dt.datetime
) -> list[Draw]:
    """All that is watched over the years, at visits where one is near, by time."""
    found: list[Draw] = []
    opened = max(life.patient.registered_at.date(), now.date() - _YEARS_BACK)
    watched: dict[str, tuple[int, dt.date]] = {}
    for name, onset in life.illnesses.items():
        for panel, months in ILLNESSES[name].panels.items():
            if panel == "inr" and "warfarin" not in drugs:
                continue
            since = max(opened, onset)
            known = watched.get(panel, (months, since))
            watched[panel] = (min(months, known[0]), min(since, known[1]))
    for panel, (months, since) in watched.items():
        found += _regular(panel, months, since, dice, visits, now)
    for panel, ages in _SCREENED.items():
        for number, at in enumerate(visits):
            before = visits[number - 1] if number else None
            if any(_passes(life, month, before, at) for month in ages):
                found.append(Draw(panel, at + dt.timedelta(minutes=14), number))
    return sorted(found, key=lambda draw: (draw.at, draw.panel))


def _passes(life: Life, month: int, before: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether this is the first visit from that age on, and not long after."""
    now = life.months_on(at.date())
    earlier = life.months_on(before.date()) if before else -1
    return month <= now < month + 6 and earlier < month


def _regular(
    panel: str,
    months: int,
    since: dt.date,
    dice: Dice,
    visits: Sequence[dt.datetime],
    now: dt.datetime,
) -> list[Draw]:
    day, found = since + dt.timedelta(days=dice.randrange(4, 25)), list[Draw]()
    while day < now.date():
        found.append(_placed(panel, day, dice, visits))
        step = months * 30.4 * dice.uniform(0.85, 1.2)
        day = found[-1].at.date() + dt.timedelta(days=max(9, int(step)))
    known = {draw.at: draw for draw in found if draw.at < now - dt.timedelta(minutes=40)}
    return list(known.values())[-_MOST.get(panel, _MOST_OF_OTHERS) :]


def _placed(panel: str, day: dt.date, dice: Dice, visits: Sequence[dt.datetime]) -> Draw:
    """At the visit that is near, else on a working day's morning."""
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    near = [n for n, at in enumerate(visits) if abs(at - noon) <= _NEAR]
    if near:
        number = min(near, key=lambda n: abs(visits[n] - noon))
        return Draw(panel, visits[number] + dt.timedelta(minutes=16), number)
    day -= dt.timedelta(days=max(0, day.weekday() - 4))
    zone = ZoneInfo(PLACES[Area.CHICAGO].zone)
    at = dt.datetime.combine(day, dt.time(dice.randrange(7, 10), dice.randrange(0, 60)), zone)
    return Draw(panel, at.astimezone(dt.UTC))


# -- reports -------------------------------------------------------------------


@dataclass(frozen=True)
class Filed:
    """A report with its id, before anybody has looked at it."""

    report_id: ReportId
    report: Report

    @property
    def issued(self) -> dt.datetime:
        if self.report.issued is None:
            raise ValueError("a report of the sample is issued")
        return self.report.issued

    def issued_at(self, at: dt.datetime) -> Filed:
        return replace(self, report=self.report.model_copy(update={"issued": at}))

    def of_nobody(self) -> Filed:
        """Nobody of the practice is named as who ordered it."""
        return replace(self, report=self.report.model_copy(update={"responsible_id": None}))

    def reviewed(self, by: str, at: dt.datetime, note: str | None) -> Filed:
        update = {"reviewed_by": by, "reviewed_at": at, "note": note}
        return replace(self, report=self.report.model_copy(update=update))


def report_of(
    draw: Draw, body: Body, dice: Dice, ordered_by: ProviderId, order: OrderId | None
) -> Filed:
    """What the laboratory says."""
    panel = PANELS[draw.panel]
    day = draw.at.date()
    seen = [_value(ANALYTES[key], body, day) for key in panel.analytes]
    seen += [_words(*one, dice) for one in panel.words]
    hours = 0.2 if panel.at_once else dice.uniform(9, 44)
    filler = f"GL{draw.at:%y%m%d}{dice.randrange(10**6):06d}"
    return Filed(
        ReportId.derived(PRACTICE.id, LAB_ID, f"{filler}||{panel.loinc or panel.name}|"),
        Report(
            code=measured(panel.name, panel.loinc),
            collected_at=draw.at,
            issued=draw.at + dt.timedelta(hours=hours),
            performer=OWN_NAME if panel.at_once else LAB_NAME,
            order_id=order,
            filler_number=filler,
            source=LAB_ID,
            responsible_id=ordered_by,
            specimen=concept(panel.specimen),
            observations=tuple(seen),
            flag=progress.flag_of(seen),
        ),
    )


def _value(analyte: Analyte, body: Body, day: dt.date) -> Observation:
    value = body.value(analyte.key, day)
    low, high = body.usual(analyte.key)
    return observed(analyte, value, low, high)


def observed(analyte: Analyte, value: float, low: float | None, high: float | None) -> Observation:
    """The value with its range and flag, as a laboratory tells it."""
    return Observation.model_validate(
        {
            "code": measured(analyte.name, analyte.loinc),
            "quantity": {"value": _decimal(value, analyte), "unit": analyte.unit},
            "interpretation": (_flag(analyte, value, low, high),),
            "low": None if low is None else _decimal(low, analyte),
            "high": None if high is None else _decimal(high, analyte),
            "range": _range(analyte, low, high),
        }
    )


def _flag(analyte: Analyte, value: float, low: float | None, high: float | None) -> str:
    if analyte.critical_low is not None and value < analyte.critical_low:
        return "LL"
    if analyte.critical_high is not None and value > analyte.critical_high:
        return "HH"
    if low is not None and value < low:
        return "L"
    return "H" if high is not None and value > high else "N"


def _decimal(value: float, analyte: Analyte) -> Decimal:
    return Decimal(f"{value:.{analyte.decimals}f}")


def _range(analyte: Analyte, low: float | None, high: float | None) -> str | None:
    if low is not None and high is not None:
        return f"{_decimal(low, analyte)}-{_decimal(high, analyte)}"
    if high is not None:
        return f"<={_decimal(high, analyte)}"
    return f">={_decimal(low, analyte)}" if low is not None else None


def _words(name: str, loinc: str, says: tuple[str, ...], abnormal: bool, dice: Dice) -> Observation:
    return Observation(
        code=measured(name, loinc), text=dice.one(says), interpretation=("A" if abnormal else "N",)
    )


def study_report(
    study: Study,
    at: dt.datetime,
    dice: Dice,
    ordered_by: ProviderId,
    order: OrderId | None,
    facts: dict[str, str],
) -> Filed:
    """What the radiologist or pathologist says, taken at ``at``."""
    text = said(dice, dice.one(study.findings), facts)
    comes_to, abnormal = dice.one(study.impression)
    flag = "A" if abnormal else "N"
    seen = (
        Observation(code=measured(*_FINDINGS), text=text),
        Observation(code=measured(*_IMPRESSION), text=comes_to, interpretation=(flag,)),
    )
    filler = f"NS{at:%y%m%d}{dice.randrange(10**5):05d}"
    days = (
        dt.timedelta(days=study.days, hours=dice.uniform(1, 5))
        if study.days
        else (dt.timedelta(minutes=20))
    )
    tissue = study.category is ReportCategory.PATHOLOGY
    return Filed(
        ReportId.derived(PRACTICE.id, IMAGING_ID, f"{filler}||{study.loinc or study.name}|"),
        Report(
            code=measured(study.name, study.loinc),
            category=study.category,
            collected_at=at,
            issued=at + days,
            performer=IMAGING_NAME if study.days else OWN_NAME,
            interpreter="C. Whitmore, MD" if tissue else "J. Halvorsen, MD",
            order_id=order,
            filler_number=filler,
            source=IMAGING_ID,
            responsible_id=ordered_by,
            observations=seen,
            conclusion=comes_to,
            flag=progress.flag_of(seen),
        ),
    )
