"""Safety checks by public data alone: few rules, each with its source.

This finds much less than a bought drug knowledge base does, and says so in
:meth:`PublicChecks.coverage` and, in each case, in ``not_checked``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Final

from caresmith.measures.ucum import NotCommensurable, UnknownUnit, convert
from caresmith.records.clinical.coding import SNOMED, Quantity
from functions.medications.safety.knowledge import Knowledge, Part, Resolved, Rule, knowledge
from functions.medications.safety.port import (
    Alert,
    AlertKind,
    Allergic,
    Coverage,
    Findings,
    Question,
    Severity,
    Taken,
)

_ADULT_YEARS: Final = 18
_WORST: Final = {"high": 0, "moderate": 1, "low": 2}
_EACH: Final = frozenset({"{tbl}", "{capsule}"})


class PublicChecks:
    """Allergies, duplicates, interactions and daily doses, by ``public.json``."""

    def __init__(self, table: Knowledge | None = None) -> None:
        self._table = table or knowledge()

    def check(self, question: Question) -> Findings:
        drug = self._table.resolve(question.drug)
        not_checked = [f"{name}: not in the table" for name in drug.unknown]
        alerts: dict[str, Alert] = {}
        found = [
            *self._allergies(question, drug, not_checked),
            *self._others(question, drug, not_checked),
            *self._dose(question, drug, not_checked),
        ]
        for alert in found:
            alerts.setdefault(alert.key, alert)
        worst_first = sorted(alerts.values(), key=lambda a: (_WORST[a.severity], a.kind, a.key))
        return Findings(tuple(worst_first), tuple(dict.fromkeys(not_checked)), self.coverage())

    def coverage(self) -> Coverage:
        return self._coverage

    @cached_property
    def _coverage(self) -> Coverage:
        t = self._table
        return Coverage(
            name="Public data only",
            date=t.date,
            covers=(
                f"{t.ingredient_count} ingredients, by RxCUI or RxNorm name",
                f"Allergies to the same ingredient, and {len(t.allergies)} rules of cross-reaction",
                f"{len(t.interactions)} interactions, among them the 15 of the ONC's list",
                f"The same ingredient twice, and two drugs of one of {len(t.duplicates)} classes",
                f"The highest oral daily dose for adults of {len(t.maximum)} ingredients",
            ),
            does_not_cover=(
                "Any drug or interaction that is not listed",
                "Food, alcohol, herbal products but St. John's wort",
                "Pregnancy, lactation, diseases, laboratory values, kidney and liver function",
                "Doses for children, doses by weight, doses by other routes than by mouth",
                "Excipients, dyes, latex",
            ),
            sources=tuple(f"{source['title']} ({source['date']})" for source in t.sources.values()),
        )

    # -- allergies ----------------------------------------------------------

    def _allergies(
        self, question: Question, drug: Resolved, not_checked: list[str]
    ) -> Iterator[Alert]:
        for one in question.allergies:
            if one.allergy.says_none_known:
                continue
            allergens, group = self._table.allergen(one.allergy.substance)
            if not allergens:
                not_checked.append(f"Allergy to {one.allergy.substance.words}: not in the table")
                yield from self._by_word(one, question)
                continue
            if allergens & drug.ingredients:
                said = one.allergy.substance.words
                text = f"Allergy to {said}, and this drug is {'one of them' if group else 'that'}."
                yield self._allergy_alert(one, "same", "high", text, "The chart")
                continue
            for rule in self._table.allergies:
                # A class that somebody reacts to counts for the class's own rules alone.
                known = rule.one >= allergens if group else rule.one & allergens
                if known and rule.other & drug.ingredients:
                    said = f"Allergy to {one.allergy.substance.words}. {rule.text}"
                    yield self._allergy_alert(
                        one, rule.id, rule.severity, said, self._source(rule.source)
                    )

    def _by_word(self, one: Allergic, question: Question) -> Iterator[Alert]:
        """An allergen that the table does not have, but whose very name is in the drug's."""
        said = one.allergy.substance.words
        if said.casefold() in question.drug.words.casefold():
            text = f"Allergy to {said}, which is in this drug's name."
            yield self._allergy_alert(one, "name", "high", text, "The chart")

    def _allergy_alert(
        self, one: Allergic, rule: str, severity: Severity, text: str, source: str
    ) -> Alert:
        key = f"{AlertKind.ALLERGY}.{rule}.{one.entry_id}"
        return Alert(key, AlertKind.ALLERGY, severity, text, source)

    # -- other medications ----------------------------------------------------

    def _others(
        self, question: Question, drug: Resolved, not_checked: list[str]
    ) -> Iterator[Alert]:
        for other in question.taken:
            known = self._table.resolve(other.drug)
            not_checked += [f"{name}: not in the table" for name in known.unknown]
            yield from self._twice(drug, other, known)
            for rule in self._table.interactions:
                if _clash(rule, drug, known):
                    text = f"With {other.drug.words}: {rule.text}"
                    yield Alert(
                        f"{AlertKind.INTERACTION}.{rule.id}.{other.entry_id}",
                        AlertKind.INTERACTION,
                        rule.severity,
                        text,
                        self._source(rule.source),
                    )

    def _twice(self, drug: Resolved, other: Taken, known: Resolved) -> Iterator[Alert]:
        kind = AlertKind.DUPLICATE
        if drug.ingredients & known.ingredients:
            text = f"{other.drug.words} has the same ingredient."
            key = f"{kind}.same.{other.entry_id}"
            yield Alert(key, kind, "moderate", text, "The chart")
            return
        for group in self._table.duplicates:
            if drug.ingredients & group.members and known.ingredients & group.members:
                text = f"{other.drug.words} is of the same class."
                key = f"{kind}.{group.id}.{other.entry_id}"
                yield Alert(key, kind, group.severity, text, self._source("rxnorm"))

    # -- dose -------------------------------------------------------------------

    def _dose(self, question: Question, drug: Resolved, not_checked: list[str]) -> Iterator[Alert]:
        route = question.directions.route.code_in(SNOMED) if question.directions.route else None
        for part in drug.parts:
            most = self._table.maximum.get((part.ingredient, route or ""))
            if most is None:
                not_checked.append(f"Daily dose of {part.ingredient}: no limit in the table")
                continue
            if _age(question.birth_date, question.today) < _ADULT_YEARS:
                not_checked.append(f"Daily dose of {part.ingredient}: the limit is for adults")
                continue
            daily = _milligrams_a_day(question, part)
            if daily is None:
                not_checked.append(f"Daily dose of {part.ingredient}: can't be worked out")
            elif daily > most:
                text = (
                    f"{daily.normalize():f} mg of {part.ingredient} a day: the highest labelled "
                    f"dose for adults is {most.normalize():f} mg."
                )
                key = f"{AlertKind.DOSE}.{part.ingredient.replace(' ', '-')}"
                yield Alert(key, AlertKind.DOSE, "high", text, self._source("fda-labels"))

    def _source(self, name: str) -> str:
        return self._table.sources[name]["title"]


def _clash(rule: Rule, drug: Resolved, other: Resolved) -> bool:
    a, b = drug.ingredients, other.ingredients
    both = (bool(rule.one & a) and bool(rule.other & b)) or (
        bool(rule.other & a) and bool(rule.one & b)
    )
    # The same ingredient twice is a duplicate and no interaction with itself.
    return both and not (a == b and len(a) == 1)


def _age(born: dt.date, today: dt.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _milligrams_a_day(question: Question, part: Part) -> Decimal | None:
    """The most of an ingredient that the directions allow on one day; None where unknown."""
    given = question.directions
    if given.most_per_day is not None:
        return _milligrams(given.most_per_day, part)
    dose = given.dose_high or given.dose
    if dose is None or given.timing is None:
        return None
    each = _milligrams(dose, part)
    # Taken every other day, a day's dose is still a whole one.
    return each * max(Decimal(1), given.timing.most_per_day) if each is not None else None


def _milligrams(amount: Quantity, part: Part) -> Decimal | None:
    try:
        return Decimal(convert(amount.value, amount.unit, "mg"))
    except (UnknownUnit, NotCommensurable):
        pass
    if part.milligrams is None:
        return None
    if amount.unit == "mL" and part.per_ml:
        return amount.value * part.milligrams
    if amount.unit in _EACH and not part.per_ml:
        return amount.value * part.milligrams
    return None
