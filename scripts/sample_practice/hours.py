"""Who works when and where: weekly hours, lunch, time off, single exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Final

from caresmith.ids import RuleId
from caresmith.records.practice import AvailabilityRule
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.places import Area
from scripts.sample_practice.premises import PLACES, PROVIDERS

CLASS_DAY: Final = 3
"""Group classes are on Thursdays."""
_AM, _NOON, _LATE = time(8), time(12), time(17)
_BEGAN: Final = timedelta(weeks=104)
C, E, G = Area.CHICAGO, Area.EVANSTON, Area.GRAND_RAPIDS


def working_hours(today: date) -> tuple[AvailabilityRule, ...]:
    """All rules, begun two years before ``today``."""
    table = _Timetable(today)
    return (*table.weeks(), *table.lunches(), *table.absences())


def training_day(today: date) -> date:
    """A day of their own, some weeks ahead, on which all places are closed."""
    return _on_or_after(today + timedelta(days=24), 4)


def _on_or_after(day: date, weekday: int) -> date:
    """That weekday (0 is Monday) on or after ``day``."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


class _Timetable:
    def __init__(self, today: date) -> None:
        self._today = today
        self._ids = Dice("hours")

    def weeks(self) -> Iterator[AvailabilityRule]:
        """When each provider is in."""
        yield self._open("okafor", C, "MO,TU,TH,FR", _AM, _LATE)
        yield self._open("okafor", C, "WE", time(10), time(19), note="Evening hours")
        yield self._open(
            "okafor", C, "SA", time(9), time(13), interval=2, note="Every other Saturday"
        )
        # The same doctor in two zones: Chicago on Mondays, Grand Rapids on the other days.
        yield self._open("lindqvist", C, "MO", time(9), _LATE)
        out = _on_or_after(self._today + timedelta(days=9), 1)
        yield self._open("lindqvist", G, "TU,WE,TH", _AM, _LATE, except_on=(out,))
        yield self._open("lindqvist", G, "FR", _AM, time(13))
        yield self._open("raman", E, "MO,TU,WE,TH,FR", _AM, time(16, 30))
        yield self._open("torres", C, "MO,TU,WE,TH", _AM, _LATE)
        yield self._open("torres", C, "FR", _AM, _NOON)
        yield self._open("whitfield", G, "MO,TU,WE,TH,FR", time(7, 30), time(16))
        yield self._open("kobayashi", E, "MO,WE,FR", _AM, time(16))
        yield self._open("kobayashi", C, "TU,TH", time(9), _LATE)
        yield self._open("feldman", C, "MO,TU,WE,FR", time(9), _LATE)
        yield self._open("haddad", C, "MO,TU", _AM, time(16))
        yield self._open("haddad", E, "WE,FR", time(9), time(15))
        classes = (TYPES["class"].id,)
        yield self._open(
            "haddad", C, "TH", time(16), time(19), type_ids=classes, note="Group classes only"
        )

    def lunches(self) -> Iterator[AvailabilityRule]:
        for key in PROVIDERS:
            yield self._rule(
                key,
                effect="closed",
                rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                start=_NOON,
                end=time(12, 45),
                note="Lunch",
            )

    def absences(self) -> Iterator[AvailabilityRule]:
        """Days off, past and to come, and a monthly meeting."""
        for key, begins, days in (("torres", 17, 5), ("raman", -60, 8), ("kobayashi", -150, 12)):
            first = _on_or_after(self._today + timedelta(days=begins), 0)
            yield self._rule(
                key,
                effect="closed",
                rrule="FREQ=DAILY",
                starts_on=first,
                ends_on=first + timedelta(days=days - 1),
                start=time(0),
                end=time(0),
                note="Time off",
            )
        yield self._rule(
            "okafor",
            effect="closed",
            location_id=PLACES[C].id,
            rrule="FREQ=MONTHLY;BYDAY=1TU",
            start=_AM,
            end=time(9),
            note="Staff meeting",
        )

    def _open(
        self,
        key: str,
        area: Area,
        days: str,
        start: time,
        end: time,
        *,
        interval: int = 1,
        **given: object,
    ) -> AvailabilityRule:
        every = f"INTERVAL={interval};" if interval > 1 else ""
        return self._rule(
            key,
            location_id=PLACES[area].id,
            rrule=f"FREQ=WEEKLY;{every}BYDAY={days}",
            start=start,
            end=end,
            **given,
        )

    def _rule(self, key: str, **given: object) -> AvailabilityRule:
        began = self._today - _BEGAN
        return AvailabilityRule.model_validate(
            {
                "id": self._ids.id(RuleId),
                "provider_id": PROVIDERS[key].id,
                "starts_on": began - timedelta(days=began.weekday()),
                **given,
            }
        )
