"""People who live together: couples, parents with children, three generations, singles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from caresmith.records.contact import Address
from scripts.sample_practice.cultures import Culture, Style, all_cultures
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.naming import PersonName, married, person
from scripts.sample_practice.places import Area, Directory, address

ADULT: Final = 18


@dataclass
class Member:
    """One person of a household."""

    name: PersonName
    birth_date: date
    age: int
    role: str
    """``adult``, ``partner``, ``child`` or ``elder``."""
    mobile: str | None = None
    twin: bool = False
    widowed: bool = False

    @property
    def female(self) -> bool:
        return self.name.female

    @property
    def minor(self) -> bool:
        return self.age < ADULT


@dataclass
class Household:
    area: Area
    address: Address
    phone: str
    married: bool
    """Whether its couple is; else they live together."""
    members: list[Member] = field(default_factory=list)

    def of(self, *roles: str) -> list[Member]:
        return [member for member in self.members if member.role in roles]

    @property
    def grown_ups(self) -> list[Member]:
        """Adult and partner: the parents, where there are children."""
        return self.of("adult", "partner")


_SHAPES: Final = {"family": 34.0, "single-parent": 10, "couple": 20, "single": 18, "elders": 20}
_OTHER_CULTURE: Final = 0.12
_TWINS: Final = 0.05
_GRANDPARENT: Final = 0.14
_SAME_SEX: Final = 0.05
_MARRIED: Final = 0.88


class Families:
    """Makes households one after another."""

    def __init__(self, dice: Dice, today: date) -> None:
        self._dice, self._today = dice, today
        self._directory = Directory()
        self._cultures = {culture: float(culture.share) for culture in all_cultures()}
        self._unseen = list(self._cultures)
        self._shapes: dict[str, Callable[[Household, Culture], None]] = {
            "family": self._family,
            "single-parent": self._single_parent,
            "couple": self._couple,
            "single": self._single,
            "elders": self._elders,
        }

    def __iter__(self) -> Iterator[Household]:
        while True:
            dice = self._dice
            area = dice.pick({Area.CHICAGO: 45, Area.EVANSTON: 25, Area.GRAND_RAPIDS: 30})
            phone = self._directory.next_number(area)
            home = Household(area, address(dice, area), phone, married=dice.chance(_MARRIED))
            # Each culture comes once early, so that even a small sample shows many.
            culture = self._unseen.pop() if self._unseen else dice.pick(self._cultures)
            self._shapes[dice.pick(_SHAPES)](home, culture)
            self._give_mobiles(home)
            yield home

    # -- shapes -------------------------------------------------------------

    def _family(self, home: Household, culture: Culture) -> None:
        mother, father = self._pair(culture, self._dice.randrange(24, 50))
        home.members += [father, mother]
        self._children(home, father, mother, self._dice.pick({1: 25, 2: 40, 3: 22, 4: 9, 5: 4}))
        if self._dice.chance(_GRANDPARENT):
            home.members.append(self._grandparent(father if self._dice.chance(0.5) else mother))

    def _single_parent(self, home: Household, culture: Culture) -> None:
        female = self._dice.chance(0.8)
        parent = self._adult(culture, self._dice.randrange(21, 48), female=female)
        home.members.append(parent)
        father, mother = (None, parent) if female else (parent, None)
        self._children(home, father, mother, self._dice.pick({1: 50, 2: 35, 3: 15}))

    def _couple(self, home: Household, culture: Culture) -> None:
        age = self._dice.randrange(23, 66)
        if self._dice.chance(_SAME_SEX):
            female = self._dice.chance(0.5)
            one = self._adult(culture, age, female=female)
            avoid = frozenset(one.name.given)
            other = self._adult(culture, age, female=female, role="partner", avoid=avoid)
            home.members += [one, other]
            return
        wife, husband = self._pair(culture, age)
        home.members += [husband, wife]

    def _single(self, home: Household, culture: Culture) -> None:
        home.members.append(
            self._adult(culture, self._dice.randrange(ADULT, 76), female=self._dice.chance(0.52))
        )

    def _elders(self, home: Household, culture: Culture) -> None:
        wife, husband = self._pair(culture, self._dice.randrange(66, 90))
        if self._dice.chance(0.45):
            alone = wife if self._dice.chance(0.75) else husband
            alone.role, alone.widowed = "adult", True
            home.members.append(alone)
            return
        home.members += [husband, wife]

    # -- people -------------------------------------------------------------

    def _pair(self, culture: Culture, age: int) -> tuple[Member, Member]:
        """A wife and a husband."""
        other = culture
        if culture.style is not Style.SINGLE and self._dice.chance(_OTHER_CULTURE):
            other = self._dice.pick(self._cultures)
        husband = self._adult(other, max(20, age + self._dice.randrange(-3, 7)), female=False)
        wife = self._adult(culture, age, female=True, role="partner")
        wife.name = married(self._dice, wife.name, husband.name)
        return wife, husband

    def _adult(
        self,
        culture: Culture,
        age: int,
        *,
        female: bool,
        role: str = "adult",
        avoid: frozenset[str] = frozenset(),
    ) -> Member:
        name = person(self._dice, culture, female=female, avoid=avoid)
        return Member(name, self._born(age), age, role)

    def _children(
        self, home: Household, father: Member | None, mother: Member | None, count: int
    ) -> None:
        known = [parent for parent in (father, mother) if parent]
        # No child is born before its younger parent is eighteen, or after fifty.
        oldest = min(parent.age for parent in known) - ADULT
        youngest = max(0, (mother.age if mother else oldest) - 47)
        culture = known[0].name.culture
        taken = frozenset(parent.name.first for parent in known)
        age = min(oldest, self._dice.randrange(2, ADULT))
        for _ in range(count):
            age = max(0, age - self._dice.randrange(1, 4))
            if age < youngest:
                break
            child = self._child(culture, father, mother, age, taken)
            taken |= {child.name.first}
            home.members.append(child)
            if self._dice.chance(_TWINS):
                twin = self._child(culture, father, mother, age, taken)
                twin.birth_date = child.birth_date
                child.twin = twin.twin = True
                taken |= {twin.name.first}
                home.members.append(twin)
            if age == 0:
                break

    def _child(
        self,
        culture: Culture,
        father: Member | None,
        mother: Member | None,
        age: int,
        taken: frozenset[str],
    ) -> Member:
        name = person(
            self._dice,
            culture,
            female=self._dice.chance(0.49),
            father=father.name if father else None,
            mother=mother.name if mother else None,
            avoid=taken,
        )
        return Member(name, self._born(age), age, "child")

    def _grandparent(self, of: Member) -> Member:
        """The widowed mother or father of one of the parents."""
        age = min(92, of.age + self._dice.randrange(22, 35))
        female = self._dice.chance(0.7)
        name = person(self._dice, of.name.culture, female=female, avoid=frozenset({of.name.first}))
        return Member(name, self._born(age), age, "elder", widowed=True)

    def _born(self, age: int) -> date:
        """A birth date that makes somebody so old today."""
        youngest = 2 if age else 10
        return self._today - timedelta(
            days=int(age * 365.2425) + self._dice.randrange(youngest, 363)
        )

    def _give_mobiles(self, home: Household) -> None:
        for member in home.members:
            has_one = member.age >= 14 and self._dice.chance(0.94 if member.age < 75 else 0.6)
            if has_one:
                member.mobile = self._directory.next_number(home.area)
