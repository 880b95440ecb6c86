"""From what was done to charge sheets: pure, without prices.

A draft may hold more than one claim can. It falls apart into sheets of one
rendering provider (TR3 X222 2310B stands once in a claim), twelve diagnoses
(2300 HI) and fifty lines (2400 LX). A line goes where its diagnoses are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from caresmith.codes.tests_by_code import DIAGNOSTIC
from caresmith.ids import ProviderId
from caresmith.money import Money
from caresmith.records.clinical.encounter import BillingPart, EncounterClass, Service
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.service import LineFacts
from caresmith.records.revenue.sheet import MAX_LINES
from functions.charges.places import HOME

MAX_DIAGNOSES: Final = 12
_POINTERS: Final = 4


@dataclass(frozen=True)
class DraftLine:
    """A service before it has a price, with its diagnoses by code."""

    code: str
    day: dt.date
    rendering_id: ProviderId
    diagnoses: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    charge: Money | None = None
    """None: what the fee schedule says."""
    line: LineId | None = None
    """The number that it has already."""
    facts: LineFacts = field(default_factory=LineFacts)


@dataclass(frozen=True)
class Draft:
    """What one sheet, or several, are made of."""

    diagnoses: tuple[str, ...]
    lines: tuple[DraftLine, ...] = field(default=())


def plain(code: str) -> str:
    """A diagnosis code as a sheet holds it: without its point."""
    return code.replace(".", "").strip().upper()


def split(draft: Draft) -> list[Draft]:
    """The sheets that the draft makes, in its order: one at least, and one where one can hold it.

    A line whose diagnoses are not listed is a mistake of the caller's (ValueError).
    """
    listed = set(draft.diagnoses)
    if any(not listed.issuperset(line.diagnoses) for line in draft.lines):
        raise ValueError("a line has a diagnosis that is not listed")
    sheets: list[list[DraftLine]] = []
    for line in draft.lines:
        for sheet in sheets:
            if _fits(sheet, line, len(draft.diagnoses)):
                sheet.append(line)
                break
        else:
            sheets.append([line])
    if not sheets:
        return [Draft(draft.diagnoses[:MAX_DIAGNOSES])]
    return [_with_diagnoses(draft, sheet, first=at == 0) for at, sheet in enumerate(sheets)]


def _fits(sheet: Sequence[DraftLine], line: DraftLine, listed: int) -> bool:
    if sheet[0].rendering_id != line.rendering_id or len(sheet) >= MAX_LINES:
        return False
    return listed <= MAX_DIAGNOSES or len(_used([*sheet, line])) <= MAX_DIAGNOSES


def _used(lines: Iterable[DraftLine]) -> set[str]:
    return {code for line in lines for code in line.diagnoses}


def _with_diagnoses(draft: Draft, lines: Sequence[DraftLine], *, first: bool) -> Draft:
    """The sheet with the diagnoses that it uses, and the first sheet with others while it can."""
    used = _used(lines)
    room = MAX_DIAGNOSES - len(used) if first else 0
    kept = []
    for code in draft.diagnoses:
        if code in used:
            kept.append(code)
        elif room > 0:
            kept.append(code)
            room -= 1
    return Draft(tuple(kept), tuple(lines))


def pointers(diagnoses: Sequence[str], wanted: Iterable[str]) -> tuple[int, ...]:
    """Places, from 1, of these diagnoses in the sheet's list; four at most (SV107)."""
    places = {code: at for at, code in enumerate(diagnoses, 1)}
    return tuple(places[code] for code in wanted if code in places)[:_POINTERS]


# -- from an encounter ------------------------------------------------------------


def place_of(class_code: EncounterClass, usual: str, telehealth: str) -> str:
    """CMS place of service: the location's, or home, or telehealth."""
    return {EncounterClass.HOME: HOME, EncounterClass.VIRTUAL: telehealth}.get(class_code, usual)


def of_billing(billing: BillingPart, day: dt.date, rendering: ProviderId) -> Draft:
    """What the clinician coded, as a draft."""
    codes = tuple(plain(one.code.code) for one in billing.diagnoses)
    return Draft(
        codes,
        tuple(
            DraftLine(
                code=service.code.code.upper(),
                day=day,
                rendering_id=rendering,
                diagnoses=tuple(codes[place - 1] for place in service.diagnoses),
                modifiers=service.modifiers,
                units=str(service.units),
                # What was done at the visit was ordered at the visit: Medicare pays a test
                # only with who ordered it, even where it is who rendered it (42 CFR 424.507).
                facts=LineFacts(
                    ordering_id=rendering if service.code.code.upper() in DIAGNOSTIC else None
                ),
            )
            for service in billing.services
        ),
    )


_Key = tuple[str, tuple[str, ...], int]
"""A service by its code, its modifiers, and which of the same it is."""


def _services(billing: BillingPart) -> dict[_Key, Service]:
    found: dict[_Key, Service] = {}
    for service in billing.services:
        code, modifiers, turn = service.code.code.upper(), service.modifiers, 0
        while (code, modifiers, turn) in found:
            turn += 1
        found[code, modifiers, turn] = service
    return found


def recoded(present: Draft, before: BillingPart, after: BillingPart, plan: Draft) -> Draft:
    """The draft once its visit was coded anew: what changed there changes here.

    ``plan`` is :func:`of_billing` of ``after``. What a person entered or changed on the
    sheet and the coding never said stays.
    """
    old, new = _services(before), _services(after)
    fresh = dict(zip(new, plan.lines, strict=True))
    named = {
        code for one in (*before.diagnoses, *after.diagnoses) if (code := plain(one.code.code))
    }
    by_hand = tuple(code for code in present.diagnoses if code not in named)
    lines: list[DraftLine] = []
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    for line in present.lines:
        turn = seen.get((line.code, line.modifiers), 0)
        seen[line.code, line.modifiers] = turn + 1
        key = (line.code, line.modifiers, turn)
        if key not in old:
            lines.append(line)
        elif key in new:
            coded = fresh.pop(key)
            lines.append(
                line if _unchanged(key, old, new, before, after) else _follows(line, coded)
            )
    # What a person took off the sheet stays off, unless the coding says something new of it.
    lines.extend(
        coded
        for key, coded in fresh.items()
        if key not in old or not _unchanged(key, old, new, before, after)
    )
    diagnoses = (*plan.diagnoses, *by_hand)
    return Draft(
        diagnoses,
        tuple(
            replace(line, diagnoses=tuple(c for c in line.diagnoses if c in diagnoses))
            for line in lines
        ),
    )


def _unchanged(
    key: _Key,
    old: Mapping[_Key, Service],
    new: Mapping[_Key, Service],
    before: BillingPart,
    after: BillingPart,
) -> bool:
    return _said(old[key], before) == _said(new[key], after)


def _said(service: Service, billing: BillingPart) -> tuple[int, tuple[str, ...]]:
    codes = [one.code.code for one in billing.diagnoses]
    return service.units, tuple(codes[place - 1] for place in service.diagnoses)


def _follows(line: DraftLine, coded: DraftLine) -> DraftLine:
    """The line with the units and diagnoses that are coded now."""
    charge = line.charge if line.units == coded.units else None
    return replace(line, units=coded.units, diagnoses=coded.diagnoses, charge=charge)
