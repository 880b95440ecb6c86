"""A laboratory's values, as they fit who somebody is, what they have, and the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from scripts.sample_practice.clinical.analytes import ANALYTES, Analyte
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.dice import Dice

_TODDLER_MONTHS: Final = 72
Range = tuple[float | None, float | None]


class Body:
    """The chemistry of one patient: draws values that go on from one day to the next."""

    def __init__(self, life: Life, drugs: set[str]) -> None:
        self._life, self._drugs = life, drugs
        self._dice = Dice(f"body:{life.patient.patient_id}")
        self._own: dict[str, float] = {}
        self._today: dict[tuple[str, dt.date], float] = {}

    def value(self, key: str, day: dt.date) -> float:
        """Of that day, always the same one once it is drawn."""
        known = (key, day)
        if known not in self._today:
            analyte = ANALYTES[key]
            drawn = _RULES[key](self, day) if key in _RULES else self._plain(analyte)
            lowest = 10.0**-analyte.decimals
            self._today[known] = round(max(lowest, drawn), analyte.decimals)
        return self._today[known]

    def force(self, key: str, day: dt.date, value: float) -> None:
        """Have it be that value on that day."""
        self._today[key, day] = value

    def usual(self, key: str) -> Range:
        """The reference range for somebody like that."""
        analyte = ANALYTES[key]
        if key == "hgb":
            return self._usual_hemoglobin()
        if key == "creatinine":
            return (0.58, 1.04) if self._life.female else (0.74, 1.35)
        if key == "hct":
            return (35, 46) if self._life.female else (39, 50)
        return analyte.low, analyte.high

    # -- what the rules use ---------------------------------------------------

    def own(self, key: str, mean: float, sd: float) -> float:
        """What is this patient's own of it, drawn once."""
        if key not in self._own:
            self._own[key] = mean + sd * max(-2.2, min(2.2, self._dice.gauss(0, 1)))
        return self._own[key]

    def wobble(self, size: float) -> float:
        return size * max(-2.2, min(2.2, self._dice.gauss(0, 1)))

    def years_with(self, name: str, day: dt.date) -> float:
        return max(0.0, (day - self._life.illnesses[name]).days / 365.25)

    def has(self, name: str, day: dt.date) -> bool:
        return self._life.has(name, day)

    def takes(self, *keys: str) -> bool:
        return any(key in self._drugs for key in keys)

    def chance(self, probability: float) -> bool:
        return self._dice.chance(probability)

    def between(self, low: float, high: float) -> float:
        return self._dice.uniform(low, high)

    @property
    def life(self) -> Life:
        return self._life

    def _plain(self, analyte: Analyte) -> float:
        drawn = self.own(analyte.key, analyte.mean, analyte.sd) + self.wobble(analyte.wobble)
        low, high = self.usual(analyte.key)
        # A healthy value lies within its range but for one in thirty.
        if not self.chance(1 / 30):
            span = analyte.wobble / 2
            drawn = max(drawn, low + span) if low is not None else drawn
            drawn = min(drawn, high - span) if high is not None else drawn
        return drawn

    def _usual_hemoglobin(self) -> Range:
        if self._life.months_on(self._life.today) < _TODDLER_MONTHS:
            return 10.5, 13.5
        if self._life.pregnancy:
            return 11.0, 14.5
        return (11.7, 15.5) if self._life.female else (13.2, 17.1)


def _a1c(body: Body, day: dt.date) -> float:
    if body.has("diabetes", day):
        first, goal = body.own("a1c-first", 8.8, 1.1), body.own("a1c-goal", 7.1, 0.55)
        treated = min(1.0, body.years_with("diabetes", day) / 1.5)
        return max(6.0, first + (goal - first) * treated + body.wobble(0.25))
    if body.has("diabetes-1", day):
        return max(6.2, body.own("a1c-one", 7.7, 0.6) + body.wobble(0.3))
    if body.has("prediabetes", day):
        return min(6.4, max(5.7, body.own("a1c-pre", 6.0, 0.2) + body.wobble(0.1)))
    return min(5.6, body.own("a1c", 5.3, 0.2) + body.wobble(0.08))


def _glucose(body: Body, day: dt.date) -> float:
    a1c = body.value("a1c", day)
    if body.has("diabetes", day) or body.has("diabetes-1", day):
        # Nathan 2008: mean glucose = 28.7 * A1c - 46.7; fasting lies below the mean.
        return 0.88 * (28.7 * a1c - 46.7) + body.wobble(14)
    if body.has("prediabetes", day):
        return body.between(100, 119)
    return min(98.0, body.own("glucose", 90, 5) + body.wobble(3))


def _ldl(body: Body, day: dt.date) -> float:
    if body.has("coronary", day):
        return body.own("ldl-low", 66, 10) + body.wobble(6)
    if body.has("lipids", day):
        treated = body.takes("atorvastatin", "atorvastatin-80", "simvastatin")
        known = body.years_with("lipids", day) > 0.15
        mean = 96 if treated and known else 158
        return body.own(f"ldl-{mean}", mean, 14) + body.wobble(8)
    return min(128.0, body.own("ldl", 104, 16) + body.wobble(8))


def _triglycerides(body: Body, day: dt.date) -> float:
    more = 55 if body.has("obesity", day) or body.has("diabetes", day) else 0
    return max(45.0, body.own("triglycerides", 102 + more, 26) + body.wobble(15))


def _cholesterol(body: Body, day: dt.date) -> float:
    # Friedewald 1972, the other way round.
    return body.value("ldl", day) + body.value("hdl", day) + body.value("triglycerides", day) / 5


def _tsh(body: Body, day: dt.date) -> float:
    if not body.has("hypothyroid", day):
        return min(4.3, max(0.5, body.own("tsh", 1.9, 0.6) + body.wobble(0.25)))
    if body.years_with("hypothyroid", day) < 0.2 or body.chance(0.18):
        return body.between(5.2, 9.6)
    return body.between(0.15, 0.38) if body.chance(0.07) else body.between(0.9, 3.8)


def _inr(body: Body, _: dt.date) -> float:
    if not body.takes("warfarin"):
        return 1.0
    if body.chance(0.2):
        return body.between(1.4, 1.9) if body.chance(0.5) else body.between(3.1, 4.2)
    return body.between(2.0, 3.0)


def _egfr(body: Body, day: dt.date) -> float:
    """CKD-EPI 2021 (Inker, NEJM 2021), without race."""
    woman = body.life.female
    kappa, alpha = (0.7, -0.241) if woman else (0.9, -0.302)
    ratio = body.value("creatinine", day) / kappa
    age = body.life.age_on(day)
    found = float(142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938**age)
    return min(120.0, found * (1.012 if woman else 1))


def _creatinine(body: Body, day: dt.date) -> float:
    woman = body.life.female
    if body.has("ckd", day):
        # The value that gives an eGFR of stage 3a, which sinks by one each year.
        wanted = body.own("egfr-ckd", 53, 3) - min(5.0, body.years_with("ckd", day)) * 0.8
        kappa = 0.7 if woman else 0.9
        factor = 142 * 0.9938 ** body.life.age_on(day) * (1.012 if woman else 1)
        return float(kappa * (wanted / factor) ** (-1 / 1.2)) + body.wobble(0.02)
    return body.own("creatinine", 0.76 if woman else 0.95, 0.07) + body.wobble(0.03)


def _hemoglobin(body: Body, day: dt.date) -> float:
    life = body.life
    if life.months_on(day) < _TODDLER_MONTHS:
        return body.between(9.9, 10.4) if body.chance(0.06) else body.own("hgb-small", 12, 0.5)
    if body.has("anemia", day):
        treated = min(1.0, body.years_with("anemia", day) / 0.6)
        return body.own("hgb-low", 9.9, 0.6) + 2.4 * treated + body.wobble(0.2)
    if life.pregnancy and life.pregnancy.goes_on(day):
        return body.own("hgb-pregnant", 11.8, 0.5) + body.wobble(0.2)
    if body.has("ckd", day):
        return body.own("hgb-ckd", 12.1, 0.5) + body.wobble(0.2)
    return body.own("hgb", 13.5 if life.female else 15.0, 0.6) + body.wobble(0.2)


def _iron_dependent(poor: float, gain: float, key: str) -> Callable[[Body, dt.date], float]:
    def rule(body: Body, day: dt.date) -> float:
        if body.has("anemia", day):
            treated = min(1.0, body.years_with("anemia", day) / 0.6)
            return body.own(f"{key}-poor", poor, poor / 15) + gain * treated
        analyte = ANALYTES[key]
        return body.own(key, analyte.mean, analyte.sd) + body.wobble(analyte.wobble)

    return rule


def _among(key: str, names: tuple[str, ...], mean: float, sd: float) -> Callable[..., float]:
    """Another middle for who has one of these illnesses."""

    def rule(body: Body, day: dt.date) -> float:
        analyte = ANALYTES[key]
        if any(body.has(name, day) for name in names):
            return max(mean / 3, body.own(f"{key}-ill", mean, sd) + body.wobble(sd / 3))
        return body.own(key, analyte.mean, analyte.sd) + body.wobble(analyte.wobble)

    return rule


def _lead(body: Body, _: dt.date) -> float:
    return body.between(3.6, 7.5) if body.chance(0.06) else body.between(0.8, 3.1)


_RULES: Final[dict[str, Callable[[Body, dt.date], float]]] = {
    "a1c": _a1c,
    "glucose": _glucose,
    "ldl": _ldl,
    "triglycerides": _triglycerides,
    "cholesterol": _cholesterol,
    "tsh": _tsh,
    "inr": _inr,
    "egfr": _egfr,
    "creatinine": _creatinine,
    "hgb": _hemoglobin,
    "hct": lambda body, day: 3 * body.value("hgb", day) + body.wobble(0.3),
    "mcv": _iron_dependent(74, 9, "mcv"),
    "ferritin": _iron_dependent(8, 26, "ferritin"),
    "acr": _among("acr", ("ckd", "diabetes"), 34, 20),
    "urate": _among("urate", ("gout",), 5.9, 0.7),
    "psa": _among("psa", ("prostate",), 2.6, 0.8),
    "bnp": _among("bnp", ("failure",), 920, 260),
    "vitamin-d": _among("vitamin-d", ("vitamin-d",), 30, 5),
    "lead": _lead,
}
