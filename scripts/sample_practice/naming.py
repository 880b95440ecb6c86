"""Gives people their names, and families the names that they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from caresmith.records.demographics import HumanName, NameUse
from scripts.sample_practice.cultures import Culture, Style, inflected
from scripts.sample_practice.dice import Dice

_NICKNAMES: Final = {
    "Margaret": "Peggy",
    "Elizabeth": "Betsy",
    "Katherine": "Kate",
    "William": "Bill",
    "Robert": "Bob",
    "Theodore": "Teddy",
    "James": "Jim",
    "Richard": "Rick",
    "Patricia": "Pat",
    "Rebecca": "Becky",
    "Abigail": "Abby",
    "Benjamin": "Ben",
    "Kathleen": "Kathy",
    "Francisco Javier": "Paco",
    "José Luis": "Pepe",
    "María Guadalupe": "Lupita",
    "Concepción": "Concha",
    "Ignacio": "Nacho",
    "Małgorzata": "Gosia",
    "Katarzyna": "Kasia",
    "Konstantinos": "Gus",
    "Chukwuemeka": "Emeka",
    "Luzviminda": "Luz",
    "Xiaoyan": "Grace",
    "Xiaoming": "Kevin",
    "Yichen": "Eason",
    "Seo-yeon": "Sophie",
    "Sung-ho": "Steve",
}
_MIDDLE_NAME: Final = 0.45
_TAKES_HIS_NAME: Final = 0.62
_HYPHENATES: Final = 0.12


@dataclass(frozen=True)
class PersonName:
    """A name and what a child or a spouse would take of it."""

    culture: Culture
    female: bool
    given: tuple[str, ...]
    family: str | None
    root: str
    """The family name as children get it, in both forms."""
    maiden: str | None = None
    suffix: str | None = None

    @property
    def first(self) -> str:
        return self.given[0] if self.given else (self.family or "")

    def human_names(self, *, with_nickname: bool) -> list[HumanName]:
        """FHIR names: the official one, then a former one, then what friends say."""
        official = HumanName(family=self.family, given=list(self.given), suffix=self.suffix)
        found = [official]
        if self.maiden:
            former = HumanName(use=NameUse.MAIDEN, family=self.maiden, given=list(self.given))
            found.append(former)
        nickname = _NICKNAMES.get(self.first)
        if nickname and with_nickname:
            found.append(HumanName(use=NameUse.NICKNAME, given=[nickname]))
        return found


def person(
    dice: Dice,
    culture: Culture,
    *,
    female: bool,
    father: PersonName | None = None,
    mother: PersonName | None = None,
    avoid: frozenset[str] = frozenset(),
) -> PersonName:
    """A name of that culture; with parents, one as their child would have it."""
    stock = culture.women if female else culture.men
    fresh = [name for name in stock if name not in avoid] or list(stock)
    first = dice.one(fresh)
    named = PersonName(culture, female, (first,), None, dice.one(culture.families))
    parent = father or mother
    if parent:
        named = replace(named, root=parent.root)
    return _dressed(dice, named, father, mother)


def _dressed(
    dice: Dice, named: PersonName, father: PersonName | None, mother: PersonName | None
) -> PersonName:
    """The whole name, by the culture's way."""
    given, family = _WAYS[named.culture.style](dice, named, father, mother)
    return replace(named, given=given, family=family)


Parts = tuple[tuple[str, ...], str | None]
"""Given names, and what stands as family name."""
Parent = PersonName | None


def _plain(dice: Dice, named: PersonName, _: Parent, __: Parent) -> Parts:
    stock = named.culture.women if named.female else named.culture.men
    middle = dice.one(stock)
    if dice.chance(_MIDDLE_NAME) and middle != named.first:
        return (named.first, middle), _own_form(named)
    return named.given, _own_form(named)


def _kept(_: Dice, named: PersonName, __: Parent, ___: Parent) -> Parts:
    return named.given, _own_form(named)


def _two_families(dice: Dice, named: PersonName, father: Parent, mother: Parent) -> Parts:
    if mother and not father:
        return named.given, mother.family
    return named.given, f"{_own_form(named)} {_mothers_family(dice, named, mother)}"


def _mothers_as_middle(dice: Dice, named: PersonName, _: Parent, mother: Parent) -> Parts:
    return (named.first, _mothers_family(dice, named, mother)), _own_form(named)


def _patronymic_middle(dice: Dice, named: PersonName, father: Parent, _: Parent) -> Parts:
    return (named.first, _patronymic(dice, named, father)), _own_form(named)


def _patronymic_only(dice: Dice, named: PersonName, father: Parent, _: Parent) -> Parts:
    return named.given, _patronymic(dice, named, father)


def _fathers_name(dice: Dice, named: PersonName, father: Parent, _: Parent) -> Parts:
    return named.given, father.first if father else _another(dice, named)


def _forefathers(dice: Dice, named: PersonName, father: Parent, _: Parent) -> Parts:
    if father:
        return (named.first, father.first), father.given[-1]
    return (named.first, _another(dice, named)), dice.one(named.culture.men)


def _middle_by_sex(_: Dice, named: PersonName, __: Parent, ___: Parent) -> Parts:
    middle = inflected(named.culture.middles, female=named.female)
    return (named.first, middle), _own_form(named)


def _single(_: Dice, named: PersonName, __: Parent, ___: Parent) -> Parts:
    return named.given, None


_WAYS: Final[dict[Style, Callable[[Dice, PersonName, Parent, Parent], Parts]]] = {
    Style.PLAIN: _plain,
    Style.KEPT: _kept,
    Style.TWO_FAMILIES: _two_families,
    Style.MOTHERS_AS_MIDDLE: _mothers_as_middle,
    Style.PATRONYMIC_MIDDLE: _patronymic_middle,
    Style.PATRONYMIC: _patronymic_only,
    Style.FATHERS_NAME: _fathers_name,
    Style.FOREFATHERS: _forefathers,
    Style.MIDDLE_BY_SEX: _middle_by_sex,
    Style.SINGLE: _single,
}


def _own_form(named: PersonName) -> str:
    return inflected(named.root, female=named.female)


def _mothers_family(dice: Dice, named: PersonName, mother: Parent) -> str:
    if mother:
        return inflected(mother.root, female=False)
    return dice.one([family for family in named.culture.families if family != named.root])


def _patronymic(dice: Dice, named: PersonName, father: Parent) -> str:
    culture = named.culture
    known = father.first if father and father.first in culture.men else dice.one(culture.men)
    return inflected(culture.patronymics[culture.men.index(known)], female=named.female)


def _another(dice: Dice, named: PersonName) -> str:
    return dice.one([name for name in named.culture.men if name != named.first])


def married(dice: Dice, wife: PersonName, husband: PersonName) -> PersonName:
    """What a wife is called after the wedding, where both cultures have wives take a name."""
    if Style.PLAIN is not wife.culture.style or husband.culture.style is not Style.PLAIN:
        return wife
    draw = dice.random()
    theirs = inflected(husband.root, female=True)
    if draw < _TAKES_HIS_NAME:
        return replace(wife, family=theirs, maiden=wife.family, root=husband.root)
    if draw < _TAKES_HIS_NAME + _HYPHENATES and _can_join(theirs, wife.family):
        return replace(wife, family=f"{wife.family}-{theirs}")
    return wife


def _can_join(one: str, other: str | None) -> bool:
    return one != other and "-" not in f"{one}{other}"
