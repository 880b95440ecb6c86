"""What an entry of a chart says, in lines that a person reads: for a drawer, and for versions.

Every field that says something is a line of its own, so that two versions of an
entry can be laid beside each other whatever kind it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from caresmith.ids import EntityId
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import Concept, Quantity
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.history import FamilyHistory, SocialHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.observation import Vitals
from caresmith.records.clinical.planning import CarePlan, Task
from caresmith.web.partial_dates import partial_date
from functions.encounters import shown

_LABELS: Final[Mapping[str, str]] = {
    "abatement": "Ended",
    "addresses": "Problems",
    "at": "Taken",
    "at_age": "Age at death",
    "code": "What",
    "coded": "Value",
    "given_on": "Given",
    "merges": "Merges",
    "on": "As of",
    "onset": "Since",
    "ordered_at": "Ordered",
    "owner_id": "For",
    "performed": "Done",
    "performer": "Where",
    "performer_id": "By",
    "placer_number": "Order number",
    "primary_source": "Given or seen here",
    "requester_id": "Ordered by",
    "text": "Text",
    "verification": "Certainty",
    "wanted_on": "Wanted on",
}
_CODES: Final = frozenset({"status", "sex", "source"})
"""Fields whose values are codes of FHIR, said with spaces for dashes."""


class Telling:
    """Says contents in the practice's words: with its people's names and by its clock."""

    def __init__(self, names: Mapping[str, str], zone: ZoneInfo) -> None:
        self._zone = zone
        # The first that fits counts: a time is a date as well.
        self._sayings: tuple[tuple[type, Callable[[Any], str]], ...] = (
            (bool, lambda _: "Yes"),
            (Concept, coded),
            (Quantity, shown.quantity),
            (EntityId, lambda entity: names.get(entity, "Somebody who is no longer here")),
            (StrEnum, lambda one: one.name.replace("_", " ").capitalize()),
            (dt.datetime, lambda at: at.astimezone(zone).strftime("%m/%d/%Y %-I:%M %p")),
            (dt.date, lambda day: day.strftime("%m/%d/%Y")),
            (Decimal, shown.number),
            (BaseModel, self._part),
        )

    def lines(self, content: Content) -> list[tuple[str, str]]:
        """Each field that says something, with its label."""
        if isinstance(content, Vitals):
            return self._sitting(content)
        return [
            (label(name), said)
            for name in type(content).model_fields
            if (said := self.value(getattr(content, name), code=name in _CODES))
        ]

    def changes(self, before: Content, after: Content) -> list[tuple[str, str, str]]:
        """Each label whose value changed: before and after, empty where there was none."""
        old, new = dict(self.lines(before)), dict(self.lines(after))
        return [
            (name, old.get(name, ""), new.get(name, ""))
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ]

    def _sitting(self, vitals: Vitals) -> list[tuple[str, str]]:
        told = [("Taken", self.value(vitals.at)), *shown.vitals(vitals)]
        if vitals.note:
            told.append(("Note", vitals.note))
        return [*told, ("Status", "Entered in error")] if vitals.entered_in_error else told

    def value(self, value: Any, *, code: bool = False) -> str:
        """The value in words; empty where it says nothing."""
        if value is None or value == () or value is False:
            return ""
        if isinstance(value, tuple):
            return "; ".join(self.value(one) for one in value)
        for kind, say in self._sayings:
            if isinstance(value, kind):
                return say(value)
        return str(value).replace("-", " ") if code else partial_date(str(value))

    def _part(self, value: BaseModel) -> str:
        """A reaction, a relative's condition: what its fields say, on one line."""
        fields = type(value).model_fields
        said = (self._within(name, getattr(value, name)) for name in fields)
        return ", ".join(one for one in said if one)

    def _within(self, name: str, value: Any) -> str:
        """A part of a part: a condition's age, a reaction's severity."""
        if value is True:
            return label(name).lower()
        said = self.value(value)
        return f"{label(name).lower()} {said}" if said and name.endswith("_age") else said


def label(field: str) -> str:
    return _LABELS.get(field, field.removesuffix("_id").replace("_", " ").capitalize())


def coded(concept: Concept) -> str:
    """``Asthma (J45.909)``."""
    codes = [coding.code for coding in concept.codings if coding.code != concept.words]
    return f"{concept.words} ({', '.join(codes)})" if codes else concept.words


_HEADLINES: Final[tuple[tuple[type, Callable[[Any], str]], ...]] = (
    (Allergy, lambda one: _with(one.substance.words, _reactions(one))),
    (Immunization, lambda one: one.vaccine.words),
    (
        FamilyHistory,
        lambda one: _with(
            one.relationship.words, [had.code.words for had in one.conditions] or ["nothing known"]
        ),
    ),
    (SocialHistory, lambda one: _with(one.code.words, [_answer(one)])),
    (CarePlan, lambda one: one.title),
    (Task, lambda one: one.what),
    (Vitals, lambda one: ", ".join(f"{name} {value}" for name, value in shown.vitals(one))),
)


def headline(content: Any) -> str:
    """The entry in one line."""
    for kind, say in _HEADLINES:
        if isinstance(content, kind):
            return say(content)
    return str(content.code.words)


def _with(name: str, more: list[str]) -> str:
    return f"{name}: {', '.join(more)}" if more else name


def _reactions(allergy: Allergy) -> list[str]:
    return [one.words for reaction in allergy.reactions for one in reaction.manifestations]


def _answer(fact: SocialHistory) -> str:
    if fact.quantity:
        return shown.quantity(fact.quantity)
    return fact.coded.words if fact.coded else fact.text or ""
