"""Units of measure by UCUM, the Unified Code for Units of Measure (unitsofmeasure.org).

    convert(Decimal("98.6"), "[degF]", "Cel")            # Decimal("37")
    convert(Decimal(90), "mg/dL", "mmol/L", GLUCOSE)      # 4.995...

Arithmetic is exact (fractions), so a value that goes there and back is the same
value. Units are case sensitive (UCUM's c/s column). The table ``ucum.json`` is
taken from the official ``ucum-essence.xml`` by ``scripts/reference ucum``.

Where this is stricter than UCUM: there a mole is a pure number and an
equivalent a mole. Here each is a dimension of its own, because "3 mmol/L" must
never turn into a count, nor mmol of calcium into as many mEq, by itself: these
go into one another, and into mass, through a :class:`Substance` only.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

MAX_LENGTH: Final = 100
_MAX_EXPONENT: Final = 30
_MAX_DEPTH: Final = 10
_DIGITS: Final = Context(prec=28)
# An atom with its exponent: ``m2``, ``s-1``, ``10*-3``, ``mm[Hg]``.
_POWER: Final = re.compile(r"(?P<atom>.*[^0-9+\-])(?P<exponent>[+\-]?[0-9]+)?")
# What stands in brackets belongs to the atom: ``B[10.nV]``, ``[m/s2/Hz^(1/2)]``.
_TOKEN: Final = re.compile(r"(?:\[[^\[\]]*\]|[^./(){}\[\]])+")
_OWN_DIMENSION: Final = frozenset({"mol", "eq"})


class UnknownUnit(ValueError):
    """The text is no UCUM unit."""

    def __init__(self) -> None:
        super().__init__("is not a UCUM unit")


class NotCommensurable(ValueError):
    """The units measure different things."""

    def __init__(self) -> None:
        super().__init__("measures something else")


@dataclass(frozen=True, slots=True)
class Substance:
    """What lets mass, amount and charge of a substance go into one another."""

    molar_mass: Decimal
    """Grams in a mole."""
    valence: int | None = None
    """Equivalents in a mole, of an ion."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A special unit's way to its proper unit and back; both may be undefined (ValueError)."""

    to_proper: Callable[[Fraction], Fraction]
    from_proper: Callable[[Fraction], Fraction]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a factor of base units. ``scale`` where it has no fixed zero or is no ratio."""

    factor: Fraction
    dimension: tuple[tuple[str, int], ...]
    scale: Scale | None = None
    prefix: Fraction = Fraction(1)

    def to_base(self, value: Fraction) -> Fraction:
        proper = self.scale.to_proper(value * self.prefix) if self.scale else value
        return proper * self.factor

    def from_base(self, value: Fraction) -> Fraction:
        proper = value / self.factor
        return self.scale.from_proper(proper) / self.prefix if self.scale else proper


def parse(code: str) -> Unit:
    """Read a UCUM code. Raises UnknownUnit."""
    if not code or len(code) > MAX_LENGTH or not code.isascii():
        raise UnknownUnit
    return _parsed(code)


def is_unit(code: str) -> bool:
    """Whether the text is a UCUM code."""
    try:
        parse(code)
    except UnknownUnit:
        return False
    return True


def commensurable(first: str, second: str) -> bool:
    """Whether values go from one unit into the other without knowing the substance."""
    return parse(first).dimension == parse(second).dimension


def convert(
    value: Decimal, source: str, target: str, substance: Substance | None = None
) -> Decimal:
    """``value`` of unit ``source`` in unit ``target``, to 28 digits: round it where it is shown.

    Raises UnknownUnit, NotCommensurable, and ValueError for a value that the unit
    can't have (the logarithm of nothing).
    """
    if source == target:
        return value
    origin, goal = parse(source), parse(target)
    amount = origin.to_base(Fraction(value))
    if origin.dimension != goal.dimension:
        amount *= _bridge(Counter(dict(origin.dimension)), Counter(dict(goal.dimension)), substance)
    return _decimal(goal.from_base(amount))


def _bridge(origin: Counter[str], goal: Counter[str], substance: Substance | None) -> Fraction:
    """The factor that takes grams, moles and equivalents of a substance into one another."""
    if substance is None:
        raise NotCommensurable
    grams = {"g": Fraction(1), "mol": Fraction(substance.molar_mass)}
    if substance.valence:
        grams["eq"] = grams["mol"] / substance.valence
    difference = {
        base: goal[base] - origin[base]
        for base in origin.keys() | goal.keys()
        if goal[base] != origin[base]
    }
    if sum(difference.values()) or not difference.keys() <= grams.keys():
        raise NotCommensurable
    factor = Fraction(1)
    for base, steps in difference.items():
        factor /= grams[base] ** steps
    return factor


def _decimal(value: Fraction) -> Decimal:
    exact = _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    exact = exact.normalize(_DIGITS)
    # 100, not 1E+2.
    return exact.quantize(Decimal(1)) if 0 < _exponent(exact) < _DIGITS.prec else exact


def _exponent(value: Decimal) -> int:
    return int(value.as_tuple().exponent)


# -- reading codes --------------------------------------------------------


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(Path(__file__).with_name("ucum.json").read_text("ascii"))
    return table


@cache
def _parsed(code: str) -> Unit:
    reader = _Reader(code)
    unit = reader.term(0)
    if reader.rest:
        raise UnknownUnit
    return unit


class _Reader:
    """Recursive descent over UCUM's grammar: terms of components joined by ``.`` and ``/``."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def term(self, depth: int) -> Unit:
        if depth > _MAX_DEPTH:
            raise UnknownUnit
        unit = Unit(Fraction(1), ())
        sign = 1
        if self.rest.startswith("/"):
            self.rest, sign = self.rest[1:], -1
        first = True
        while True:
            component = self._component(depth)
            alone = first and sign == 1 and not self.rest.startswith((".", "/"))
            if component.scale and not (alone and depth == 0):
                raise UnknownUnit
            unit = component if alone else _times(unit, component, sign)
            if not self.rest.startswith((".", "/")):
                return unit
            sign = 1 if self.rest[0] == "." else -1
            self.rest, first = self.rest[1:], False

    def _component(self, depth: int) -> Unit:
        if self.rest.startswith("("):
            self.rest = self.rest[1:]
            unit = self.term(depth + 1)
            if not self.rest.startswith(")"):
                raise UnknownUnit
            self.rest = self.rest[1:]
            self._annotation()
            return unit
        token = self._token()
        annotated = self._annotation()
        if not token:
            if not annotated:
                raise UnknownUnit
            return Unit(Fraction(1), ())
        if token.isdigit():
            # The grammar lets no number be annotated; UCUM's own examples do ("/100{WBCs}").
            if int(token) == 0:
                raise UnknownUnit
            return Unit(Fraction(int(token)), ())
        return _power(token)

    def _token(self) -> str:
        match = _TOKEN.match(self.rest)
        token = match[0] if match else ""
        self.rest = self.rest[len(token) :]
        return token

    def _annotation(self) -> bool:
        if not self.rest.startswith("{"):
            return False
        end = self.rest.find("}")
        if end < 0 or "{" in self.rest[1:end]:
            raise UnknownUnit
        self.rest = self.rest[end + 1 :]
        return True


def _times(unit: Unit, other: Unit, power: int) -> Unit:
    dimension = Counter(dict(unit.dimension))
    for base, exponent in other.dimension:
        dimension[base] += exponent * power
    bases = tuple(sorted((base, e) for base, e in dimension.items() if e))
    return Unit(unit.factor * other.factor**power, bases)


def _power(token: str) -> Unit:
    match = _POWER.fullmatch(token)
    if match is None:
        raise UnknownUnit
    unit = _simple(match["atom"])
    if match["exponent"] is None:
        return unit
    exponent = int(match["exponent"])
    if unit.scale or abs(exponent) > _MAX_EXPONENT or exponent == 0:
        raise UnknownUnit
    return _times(Unit(Fraction(1), ()), unit, exponent)


def _simple(code: str) -> Unit:
    units, prefixes = _table()["units"], _table()["prefixes"]
    if code in units:
        return _atom(code)
    for length in (2, 1):
        prefix, atom = code[:length], code[length:]
        if prefix in prefixes and atom in units and units[atom].get("metric"):
            unit, factor = _atom(atom), Fraction(prefixes[prefix])
            if unit.scale:
                return Unit(unit.factor, unit.dimension, unit.scale, factor)
            return Unit(unit.factor * factor, unit.dimension)
    raise UnknownUnit


@cache
def _atom(code: str) -> Unit:
    entry = _table()["units"][code]
    if "unit" not in entry or entry.get("arbitrary") or code in _OWN_DIMENSION:
        return Unit(Fraction(1), ((code, 1),))
    defined = _parsed(entry["unit"])
    scale = _SCALES[entry["function"]] if "function" in entry else None
    return Unit(Fraction(entry["value"]) * defined.factor, defined.dimension, scale)


# -- special units --------------------------------------------------------


def _offset(zero: str) -> Scale:
    """Degrees that begin at another zero than absolute zero, which lies ``-zero`` below it."""
    shift = Fraction(zero)
    return Scale(lambda value: value + shift, lambda value: value - shift)


def _logarithm(base: float, times: int = 1) -> Scale:
    return Scale(
        lambda value: Fraction(_finite(base, float(value) / times)),
        lambda value: Fraction(times * math.log(_positive(value), base)),
    )


def _dilution(base: int) -> Scale:
    """Homeopathic potencies: how many times one part was thinned to ``base``."""
    return Scale(
        lambda value: Fraction(_finite(base, -float(value))),
        lambda value: Fraction(-math.log(_positive(value), base)),
    )


def _finite(base: float, power: float) -> float:
    try:
        return math.pow(base, power)
    except OverflowError:
        raise ValueError("is too large") from None


def _positive(value: Fraction) -> Fraction:
    if value <= 0:
        raise ValueError("must be more than zero on this scale")
    return value


_TANGENT: Final = Scale(
    lambda value: Fraction(math.atan(float(value) / 100)),
    lambda value: Fraction(100 * math.tan(float(value))),
)

# UCUM 2.2, §22: f and its inverse; a "proper" unit of 5 K/9 makes °F steps.
_SCALES: Final[Mapping[str, Scale]] = {
    "Cel": _offset("273.15"),
    "degF": _offset("459.67"),
    "degRe": _offset("218.52"),
    "pH": _dilution(10),
    "ln": _logarithm(math.e),
    "lg": _logarithm(10),
    "lgTimes2": _logarithm(10, 2),
    "ld": _logarithm(2),
    "tanTimes100": _TANGENT,
    # The slope's proper unit is the degree in the table; its formula is of radians.
    "100tan": Scale(
        lambda value: Fraction(math.degrees(math.atan(float(value) / 100))),
        lambda value: Fraction(100 * math.tan(math.radians(float(value)))),
    ),
    "sqrt": Scale(lambda value: value * value, lambda value: Fraction(math.sqrt(value))),
    "hpX": _dilution(10),
    "hpC": _dilution(100),
    "hpM": _dilution(1000),
    "hpQ": _dilution(50000),
}
