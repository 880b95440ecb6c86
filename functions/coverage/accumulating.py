"""Amounts and counts of which a payer tells total, used and left in separate segments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from caresmith.money import Money
from caresmith.x12.eligibility.model import Benefit
from caresmith.x12.values import Quantity
from functions.coverage.benefits import About, Accumulator, Count, about
from functions.coverage.words import LEFT, UNITS, USED


@dataclass
class _Amounts:
    about: About
    totals: set[tuple[int, str]] = field(default_factory=set)
    """Amounts in cents, with the period of each."""
    used: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    authorization: set[bool] = field(default_factory=set)


def amounts(benefits: Iterable[Benefit]) -> tuple[Accumulator, ...]:
    """Those of one kind (deductibles, or most out of pocket), paired by what they are for.

    Of a total and what is used, what is left is reckoned where the payer does not say it.
    Where it names several totals or several rests for one thing, each stands by itself.
    """
    grouped: dict[tuple[object, ...], _Amounts] = {}
    for one in benefits:
        if one.amount is None:
            continue
        what = about(one)
        group = grouped.setdefault(what.key, _Amounts(what))
        if one.time_period in LEFT:
            group.left.add(one.amount.cents)
        elif one.time_period in USED:
            group.used.add(one.amount.cents)
        else:
            group.totals.add((one.amount.cents, one.time_period))
        group.notes |= set(what.notes)
        if what.authorization is not None:
            group.authorization.add(what.authorization)
    made = [item for group in grouped.values() for item in _accumulators(group)]
    return tuple(sorted(made, key=lambda a: (a.about.network, a.about.level, repr(a))))


def _accumulators(group: _Amounts) -> list[Accumulator]:
    what = _whole(group)
    single = all(len(values) <= 1 for values in (group.totals, group.used, group.left))
    if not single:
        return [
            *(_made(what, total=Money(cents), period=p) for cents, p in sorted(group.totals)),
            *(_made(what, used=Money(cents)) for cents in sorted(group.used)),
            *(_made(what, left=Money(cents)) for cents in sorted(group.left)),
        ]
    total, period = next(iter(group.totals), (None, ""))
    used, left = next(iter(group.used), None), next(iter(group.left), None)
    if total is not None and left is None and used is not None:
        left = max(0, total - used)
    if total is not None and used is None and left is not None:
        used = max(0, total - left)
    return [
        _made(
            what,
            total=None if total is None else Money(total),
            used=None if used is None else Money(used),
            left=None if left is None else Money(left),
            period=period,
        )
    ]


def _whole(group: _Amounts) -> About:
    said = group.authorization
    return group.about.model_copy(
        update={
            "notes": tuple(sorted(group.notes)),
            # One segment that asks for authorization is enough.
            "authorization": True if True in said else (False if said else None),
        }
    )


def _made(
    what: About,
    *,
    total: Money | None = None,
    used: Money | None = None,
    left: Money | None = None,
    period: str = "",
) -> Accumulator:
    return Accumulator(about=what, total=total, used=used, left=left, period=period)


def is_count(one: Benefit) -> bool:
    """Whether it says how often, or for how long: in EB itself, or in HSD."""
    return one.quantity is not None or any(d.quantity is not None for d in one.deliveries)


def counts(benefits: Iterable[Benefit]) -> tuple[Count, ...]:
    """Visits, days, hours: what is left beside what is granted, where both are for one thing."""
    rows: dict[tuple[object, ...], dict[str, set[str]]] = {}
    firsts: dict[tuple[object, ...], About] = {}
    for one in benefits:
        what = about(one)
        for unit, quantity, period, pattern in _quantities(one):
            key = (*what.key, unit, pattern)
            firsts.setdefault(key, what)
            row = rows.setdefault(key, {"total": set(), "used": set(), "left": set()})
            row.setdefault("notes", set()).update(what.notes)
            if period in LEFT:
                row["left"].add(str(quantity))
            elif period in USED:
                row["used"].add(str(quantity))
            else:
                row["total"].add(str(quantity))
                row.setdefault("period", set()).add(period)
    made = [_count(firsts[key], str(key[-2]), str(key[-1]), row) for key, row in rows.items()]
    return tuple(sorted(made, key=lambda c: (c.about.services, repr(c))))


def _quantities(one: Benefit) -> Iterable[tuple[str, Quantity, str, str]]:
    if one.quantity is not None:
        yield one.quantity_qualifier, one.quantity, one.time_period, ""
    for delivery in one.deliveries:
        if delivery.quantity is not None:
            pattern = " ".join(
                part for part in (delivery.unit, delivery.sample, delivery.pattern) if part
            )
            period = delivery.period_qualifier or one.time_period
            yield delivery.quantity_qualifier, delivery.quantity, period, pattern


def _count(what: About, unit: str, pattern: str, row: dict[str, set[str]]) -> Count:
    def several(name: str) -> str | None:
        return " or ".join(sorted(row.get(name, ()))) or None

    return Count(
        about=what.model_copy(update={"notes": tuple(sorted(row["notes"]))}),
        unit=UNITS.get(unit, unit),
        total=several("total"),
        used=several("used"),
        left=several("left"),
        period=next(iter(sorted(row.get("period", ()))), ""),
        pattern=pattern,
    )
