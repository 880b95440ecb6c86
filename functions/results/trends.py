"""How a value has gone over time: one series for each unit that can't become another.

Values are compared only where their code is the same and their units are converted by
UCUM (with the substance's molar mass where mass becomes moles). A laboratory's own
unit makes a series of its own: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Final

from caresmith.ids import PracticeId, ReportId
from caresmith.measures.substances import SUBSTANCES
from caresmith.measures.ucum import NotCommensurable, UnknownUnit, convert
from caresmith.records.clinical.entries import open_entry, read_now, read_past
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.observation import Observation, ObservationStatus
from caresmith.records.clinical.report import Report
from caresmith.records.patient import merged_charts
from functions.results.models import Series, Trend, TrendPoint, TrendRequest

MOST_POINTS: Final = 500
_GONE: Final = frozenset({ObservationStatus.CANCELLED, ObservationStatus.ENTERED_IN_ERROR})
_DIGITS: Final = 4
"""Significant digits of a converted value: no more than laboratories tell."""


@dataclass(frozen=True)
class _Value:
    """One observation of the code that was asked for."""

    report_id: ReportId
    at: dt.datetime
    observation: Observation

    @property
    def unit(self) -> tuple[str, bool]:
        """Its unit, and whether that is the laboratory's own."""
        if self.observation.quantity:
            return self.observation.quantity.unit, False
        local = self.observation.local
        return (local.unit or "" if local else ""), True


def read_trend(practice: PracticeId, request: TrendRequest) -> Trend:
    """All values of that code in the chart, oldest first. The caller names the patient."""
    values = sorted(_values(practice, request), key=lambda one: one.at)[-MOST_POINTS:]
    name = values[-1].observation.code.words if values else request.code
    series: dict[tuple[str, bool], list[TrendPoint]] = {}
    # What is asked for comes first, then the units of the values, the latest first.
    known = [unit for unit, own in (one.unit for one in reversed(values)) if not own]
    targets = list(dict.fromkeys([request.unit, *known] if request.unit else known))
    for one in values:
        key, point = _placed(one, targets, request)
        series.setdefault(key, []).append(point)
    return Trend(
        patient_id=request.patient_id,
        code=request.code,
        name=name,
        series=[
            Series(unit=unit, local=own, points=points) for (unit, own), points in series.items()
        ],
    )


def _values(practice: PracticeId, request: TrendRequest) -> Iterator[_Value]:
    patient = request.patient_id
    for chart in [patient, *merged_charts(practice, patient)]:
        for entry in chain(
            read_now(practice, chart, Kind.REPORT), read_past(practice, chart, Kind.REPORT)
        ):
            read = open_entry(practice, entry, Report)
            for one in read.content.observations:
                if one.code.code_in(request.system) != request.code or one.status in _GONE:
                    continue
                if one.quantity is None and one.local is None:
                    continue
                at = one.at or read.content.collected_at or read.content.issued
                yield _Value(ReportId(read.id), at or read.recorded_at, one)


def _placed(
    one: _Value, targets: Sequence[str], request: TrendRequest
) -> tuple[tuple[str, bool], TrendPoint]:
    """The series that the value belongs to, and its point there."""
    unit, own = one.unit
    if own:
        return (unit, True), _point(one, None, request)
    for target in targets:
        try:
            return (target, False), _point(one, target, request)
        except (UnknownUnit, NotCommensurable, ValueError):
            continue
    return (unit, False), _point(one, unit, request)


def _point(one: _Value, target: str | None, request: TrendRequest) -> TrendPoint:
    observation = one.observation
    quantity = observation.quantity or observation.local
    if quantity is None:
        raise ValueError("no number")
    unit = quantity.unit or ""

    def shown(value: Decimal | None) -> float | None:
        if value is None:
            return None
        if target is None or target == unit:
            return float(value)
        converted = convert(value, unit, target, SUBSTANCES.get(request.code))
        return float(f"{converted:.{_DIGITS}g}")

    value = shown(quantity.value)
    if value is None:
        raise ValueError("no number")
    reported = f"{quantity.comparator or ''}{quantity.value} {unit}".strip()
    return TrendPoint(
        report_id=one.report_id,
        at=one.at,
        value=value,
        comparator=quantity.comparator,
        low=shown(observation.low),
        high=shown(observation.high),
        flags=list(observation.interpretation),
        reported=reported,
    )
