"""Which results a patient has: what is watched over the years, and what visits order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.ids import OrderId, ProviderId
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.order import Order, OrderCategory
from caresmith.records.clinical.planning import RequestStatus
from caresmith.records.clinical.report import ReportCategory
from scripts.sample_practice.clinical import codes, phrases
from scripts.sample_practice.clinical.analytes import ANALYTES, PANELS
from scripts.sample_practice.clinical.charted import SIGNERS, Entry
from scripts.sample_practice.clinical.laboratory import Draw, Filed, report_of, study_report
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.clinical.moments import Seen
from scripts.sample_practice.clinical.scenes import Scene
from scripts.sample_practice.clinical.studies import STUDIES
from scripts.sample_practice.clinical.values import Body
from scripts.sample_practice.dice import Dice

_QUOTED: Final = ("a1c", "ldl", "tsh", "inr", "egfr", "hgb", "lead")
"""Values that notes quote."""
_UNITS: Final = {"{INR}": "", "mL/min/{1.73_m2}": "mL/min/1.73 m2", "m[IU]/L": "mIU/L"}
"""UCUM codes as people write the unit."""
_ORDERS_KEPT_DAYS: Final = 100
_NEW_DAYS: Final = 4
_RECENT_DAYS: Final = 12
_NOBODYS: Final = 0.05
_STALE: Final = dt.timedelta(hours=10)
_SCREENING: Final = (
    ("mammogram", frozenset({"physical", "gyn", "new-gyn"}), 40, 74, 0.7),
    ("bones", frozenset({"physical"}), 65, 85, 0.4),
)
"""Studies of women by kind of visit and age, once a year at most, with their chance."""


@dataclass(frozen=True)
class _Taken:
    """A study or panel that a visit ordered."""

    key: str
    at: dt.datetime
    visit: int


class Reporting:
    """Collects a patient's tests, then tells their reports with the orders."""

    def __init__(
        self,
        life: Life,
        dice: Dice,
        body: Body,
        seen: Sequence[Seen],
        regular: Sequence[Draw],
        now: dt.datetime,
    ) -> None:
        self._life, self._dice, self._body = life, dice, body
        self._seen, self._now = seen, now
        self._draws = list(regular)
        self._studies: list[_Taken] = []
        self._usual = life.patient.registration.preferred_provider_id

    def take(self, number: int, scene: Scene) -> None:
        """What that visit measures and orders; gives the scene what is known until then."""
        at = self._seen[number].at
        for panel in self._panels(scene):
            if not any(
                d.panel == panel and abs(d.at - at) < dt.timedelta(days=5) for d in self._draws
            ):
                self._draws.append(Draw(panel, at + dt.timedelta(minutes=13), number))
        for study in self._studies_of(scene):
            self._studies.append(_Taken(study, at + dt.timedelta(minutes=15), number))
        self._quote(scene, at)

    def told(self) -> Iterator[tuple[Entry | None, Filed]]:
        """Each report that has come until now, with the entry of its order where it has one."""
        for draw in sorted(self._draws, key=lambda one: (one.at, one.panel)):
            provider = self._orderer(draw.visit)
            order = self._order_of(draw)
            filed = report_of(draw, self._body, self._dice, provider or self._fallback, order)
            if provider is None:
                filed = filed.of_nobody()
            if draw.at < self._now and filed.issued <= self._now:
                entry = self._lab_entry(draw, order) if order else None
                yield entry, self._looked_at(filed, provider)
        for taken in self._studies:
            seen, order = self._seen[taken.visit], self._dice.id(OrderId)
            weeks = self._life.pregnancy.weeks_on(taken.at.date()) if self._life.pregnancy else 0
            facts = {"weeks": str(weeks)}
            study = STUDIES[taken.key]
            filed = study_report(study, taken.at, self._dice, seen.provider, order, facts)
            if filed.issued <= self._now:
                yield self._study_entry(taken, order), self._looked_at(filed, seen.provider)

    # -- what is ordered ----------------------------------------------------------

    def _panels(self, scene: Scene) -> list[str]:
        pregnancy = self._life.pregnancy
        if scene.prenatal and pregnancy:
            weeks = pregnancy.weeks_on(scene.day)
            known = {draw.panel for draw in self._draws}
            found = [] if "prenatal" in known else ["prenatal", "cbc"]
            return [*found, *(["ogtt", "cbc"] if 24 <= weeks <= 28 and "ogtt" not in known else [])]
        return list(scene.outcome.panels) if scene.outcome else []

    def _studies_of(self, scene: Scene) -> Iterator[str]:
        if scene.kind == "ultrasound" and scene.prenatal and self._life.pregnancy:
            yield "dating" if self._life.pregnancy.weeks_on(scene.day) < 14 else "anatomy"
        elif scene.outcome and not scene.prenatal:
            wanted = scene.outcome.imaging
            if wanted and not self._had(wanted, scene.day):
                yield wanted
        for key, kinds, low, high, chance in _SCREENING:
            fits = scene.kind in kinds and low <= self._life.age_on(scene.day) <= high
            due = fits and self._life.female and not self._had(key, scene.day)
            if due and self._dice.chance(chance):
                yield key

    def _had(self, key: str, day: dt.date) -> bool:
        """Within the last months: nobody is screened twice a year."""
        return any(t.key == key and (day - t.at.date()).days < 300 for t in self._studies)

    def _orderer(self, visit: int | None) -> ProviderId | None:
        if visit is not None:
            return self._seen[visit].provider
        return None if self._dice.chance(_NOBODYS) else self._fallback

    @property
    def _fallback(self) -> ProviderId:
        return self._usual or self._seen[0].provider

    def _order_of(self, draw: Draw) -> OrderId | None:
        recent = (self._now - draw.at).days <= _ORDERS_KEPT_DAYS
        return self._dice.id(OrderId) if draw.visit is not None and recent else None

    def _lab_entry(self, draw: Draw, order: OrderId) -> Entry:
        panel = PANELS[draw.panel]
        code = codes.measured(panel.name, panel.loinc)
        return self._entry(draw.at, draw.visit or 0, order, code, OrderCategory.LAB, panel.fasting)

    def _study_entry(self, taken: _Taken, order: OrderId) -> Entry:
        study = STUDIES[taken.key]
        code = codes.measured(study.name, study.loinc)
        pathology = study.category is ReportCategory.PATHOLOGY
        category = OrderCategory.LAB if pathology else OrderCategory.IMAGING
        return self._entry(taken.at, taken.visit, order, code, category, fasting=False)

    def _entry(
        self,
        at: dt.datetime,
        visit: int,
        order: OrderId,
        code: Concept,
        category: OrderCategory,
        fasting: bool,
    ) -> Entry:
        seen = self._seen[visit]
        ordered = max(seen.at, at - dt.timedelta(minutes=3))
        content = Order(
            code=code,
            category=category,
            status=RequestStatus.COMPLETED,
            ordered_at=ordered,
            requester_id=seen.provider,
            fasting=fasting,
            placer_number=order.partition("_")[2],
        )
        return Entry(content, order, ordered, SIGNERS[seen.provider], seen.encounter)

    # -- who has looked -------------------------------------------------------------

    def _looked_at(self, filed: Filed, provider: ProviderId | None) -> Filed:
        """Signed off by who ordered it, but for some of the last days."""
        dice, issued = self._dice, filed.issued
        after = dt.timedelta(hours=dice.uniform(0.5, 46))
        note = dice.one(phrases.REVIEW_NOTES) if dice.chance(0.3) else None
        days = (self._now - issued).total_seconds() / 86_400
        waits = dice.chance(0.8 if days < _NEW_DAYS else 0.22 if days < _RECENT_DAYS else 0.0)
        if waits or issued + after > self._now:
            return filed
        return filed.reviewed(SIGNERS[provider or self._fallback].user_id, issued + after, note)

    # -- what notes quote -----------------------------------------------------------

    def _quote(self, scene: Scene, at: dt.datetime) -> None:
        """The latest values that were known at the visit."""
        latest: dict[str, dt.datetime] = {}
        for draw in self._draws:
            known = draw.at < at - _STALE or (
                PANELS[draw.panel].at_once and draw.at.date() == at.date()
            )
            for key in PANELS[draw.panel].analytes if known else ():
                if key in _QUOTED:
                    latest[key] = max(draw.at, latest.get(key, draw.at))
        for key, when in latest.items():
            analyte = ANALYTES[key]
            value = self._body.value(key, when.date())
            scene.facts[key] = f"{value:.{analyte.decimals}f}"
            unit = f" {_UNITS.get(analyte.unit, analyte.unit)}".rstrip()
            scene.results.append(
                f"{analyte.name} {scene.facts[key]}{unit} ({when.strftime('%m/%d/%Y')})"
            )
        scene.facts |= _in_words({key: float(scene.facts[key]) for key in latest})


def _in_words(values: dict[str, float]) -> dict[str, str]:
    facts: dict[str, str] = {}
    if (a1c := values.get("a1c")) is not None:
        facts["a1c_word"] = "at goal" if a1c < 7 else "near goal" if a1c < 8 else "above goal"
    if (tsh := values.get("tsh")) is not None:
        low, high = 0.4, 4.5
        facts["tsh_word"] = "too low" if tsh < low else "too high" if tsh > high else "in range"
        facts["tsh_plan"] = (
            "Dose lowered." if tsh < low else "Dose raised." if tsh > high else "Same dose."
        )
    if (inr := values.get("inr")) is not None and inr > 1.2:
        facts["inr_plan"] = (
            f"INR {inr}: {'dose up by 10 %' if inr < 2 else 'one dose held' if inr > 3 else 'no change'}; "
            f"again in {'1 to 2 weeks' if not 2 <= inr <= 3 else '4 weeks'}."
        )
    return facts
