"""Which of our lines a payer's lines are about, and in words why that is thought.

From the surest: our own line number (REF 6R), which comes back as it was sent; then
code, modifiers, day and charge; then with modifiers that the payer dropped or changed;
then one line of ours told as several, or several as one (TR3 1.10.2.6 and 1.10.2.11).
What fits in none of these ways, or in more than one, waits for a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidLine
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.remitted import RemittedClaim, Service
from caresmith.records.revenue.sheet import ChargeLine
from functions.payments.posting.spreading import added, divided, with_claim_level

_MOST_COMBINED: Final = 6
"""Lines told as one: more than these are not tried."""


@dataclass(slots=True)
class Match:
    lines: tuple[SaidLine, ...] = ()
    notes: list[str] = field(default_factory=list)
    """Where it was not told exactly as it was billed."""
    doubts: list[str] = field(default_factory=list)
    """Why a person has to look before it is posted."""
    services: dict[int, tuple[LineId, ...]] = field(default_factory=dict)
    """The payer's line, counted from nought, and ours."""

    @property
    def certain(self) -> bool:
        return not self.doubts


def match_lines(
    claim: RemittedClaim,
    ours: Sequence[ChargeLine],
    chosen: dict[int, tuple[LineId, ...]] | None = None,
) -> Match:
    """Our lines as the payer adjudicated them. ``chosen`` is what a person has said."""
    if not claim.services:
        return _whole(claim, ours)
    matching = _Matching(claim, ours)
    for place, lines in (chosen or {}).items():
        matching.take([place], lines)
    matching.by_number()
    matching.each(_exactly, "")
    matching.each(_but_modifiers, "The payer shows {service} with other modifiers than {line}")
    matching.split()
    matching.combined()
    matching.each(_another_day, "The payer shows {service} for another day than {line}", doubt=True)
    return matching.done()


def _whole(claim: RemittedClaim, ours: Sequence[ChargeLine]) -> Match:
    """No lines are told (a claim denied or taken back as a whole): each gets its part."""
    match = Match()
    sign = -1 if claim.charge.cents < 0 else 1
    charges = [sign * line.charge.cents for line in ours]
    if not ours or sum(charges) != claim.charge.cents:
        match.doubts.append(
            f"No lines are told, and the charge of {claim.charge} is not that of the claim"
        )
        return match
    match.notes.append("No lines are told: what was paid is divided over the lines by charge")
    parts = divided(charges, claim.paid.cents, claim.adjustments)
    match.lines = tuple(
        SaidLine(
            line=line.line,
            charge=Money(charge),
            paid=Money(paid),
            adjustments=tuple(reasons),
        )
        for line, charge, (paid, reasons) in zip(ours, charges, parts, strict=True)
    )
    return match


_Test = Callable[[Service, ChargeLine], bool]


def _charge(service: Service) -> int:
    return abs(service.charge.cents)


def _same_day(service: Service, line: ChargeLine) -> bool:
    return service.first is None or line.day <= service.first <= (line.last_day or line.day)


def _same_code(service: Service, line: ChargeLine) -> bool:
    return line.code in {service.billed[0], service.code}


def _exactly(service: Service, line: ChargeLine) -> bool:
    return (
        service.billed[0] == line.code
        and sorted(service.billed[1]) == sorted(line.modifiers)
        and _same_day(service, line)
        and _charge(service) == line.charge.cents
    )


def _but_modifiers(service: Service, line: ChargeLine) -> bool:
    return (
        _same_code(service, line)
        and _same_day(service, line)
        and _charge(service) == line.charge.cents
    )


def _another_day(service: Service, line: ChargeLine) -> bool:
    return _same_code(service, line) and _charge(service) == line.charge.cents


class _Matching:
    def __init__(self, claim: RemittedClaim, ours: Sequence[ChargeLine]) -> None:
        self._claim = claim
        self._ours = {line.line: line for line in ours}
        self._free = dict(self._ours)
        self._left = dict(enumerate(claim.services))
        self._parts: dict[LineId, list[SaidLine]] = {}
        self._match = Match()

    def take(self, places: Iterable[int], lines: Iterable[LineId], note: str = "") -> None:
        """These services are these lines: all of the one as one of the others, or more."""
        lines = tuple(line for line in lines if line in self._ours)
        if not lines:
            return
        for place in places:
            service = self._left.pop(place, None)
            if service is None:
                continue
            self._match.services[place] = lines
            self._divide(service, lines)
        for line in lines:
            self._free.pop(line, None)
        if note:
            self._match.notes.append(note)

    def _divide(self, service: Service, lines: tuple[LineId, ...]) -> None:
        sign = -1 if service.charge.cents < 0 else 1
        charges = [sign * self._ours[line].charge.cents for line in lines]
        if len(lines) == 1:
            charges = [service.charge.cents]
        elif sum(charges) != service.charge.cents:
            charges = [service.charge.cents, *[0] * (len(lines) - 1)]
        parts = divided(charges, service.paid.cents, service.adjustments)
        for place, (line, charge) in enumerate(zip(lines, charges, strict=True)):
            paid, reasons = parts[place]
            allowed = service.allowed if place == 0 else None
            self._parts.setdefault(line, []).append(
                SaidLine(
                    line=line,
                    charge=Money(charge),
                    paid=Money(paid),
                    adjustments=tuple(reasons),
                    allowed=allowed,
                )
            )

    def by_number(self) -> None:
        numbered: dict[LineId, list[int]] = {}
        for place, service in self._left.items():
            line = self._free.get(service.line_number)
            # An old system's numbers look like ours: the code or the charge has to fit too.
            if line and (_same_code(service, line) or _charge(service) == line.charge.cents):
                numbered.setdefault(line.line, []).append(place)
        for number, places in numbered.items():
            services = [self._left[place] for place in places]
            self.take(places, [number], self._numbered_note(services, self._ours[number]))

    def _numbered_note(self, services: list[Service], line: ChargeLine) -> str:
        if len(services) > 1:
            return f"The payer tells {_ours(line)} as {len(services)} lines"
        [service] = services
        if not _same_code(service, line):
            return f"The payer answers {_ours(line)} as {service.code}"
        if service.submitted and service.code != line.code:
            return f"The payer changed the code of {_ours(line)} to {service.code}"
        if sorted(service.billed[1]) != sorted(line.modifiers):
            return f"The payer shows {_theirs(service)} with other modifiers than {_ours(line)}"
        return ""

    def each(self, fits: _Test, note: str, *, doubt: bool = False) -> None:
        """One to one. Lines that are alike in all that is compared are taken in their order."""
        for place, service in list(self._left.items()):
            found = [line for line in self._free.values() if fits(service, line)]
            if not found:
                continue
            alike = all(_alike(found[0], line) for line in found)
            said = note.format(service=_theirs(service), line=_ours(found[0])) if note else ""
            self.take([place], [found[0].line], "" if doubt else said)
            if doubt:
                self._match.doubts.append(said)
            elif not alike:
                self._match.doubts.append(
                    f"{_theirs(service)} could be any of {len(found)} lines of ours"
                )

    def split(self) -> None:
        """One line of ours told as several of the same code."""
        for line in list(self._free.values()):
            places = [
                place
                for place, service in self._left.items()
                if _same_code(service, line) and _same_day(service, line)
            ]
            several = _summing(places, lambda at: _charge(self._left[at]), line.charge.cents)
            if len(several) > 1:
                note = f"The payer tells {_ours(line)} as {len(several)} lines"
                self.take(several, [line.line], note)

    def combined(self) -> None:
        """Several lines of ours told as one."""
        for place, service in list(self._left.items()):
            same = [n for n, line in self._free.items() if _same_code(service, line)]
            for pool, sure in ((same, True), (list(self._free), False)):
                several = _summing(
                    [n for n in pool if _same_day(service, self._free[n])],
                    lambda n: self._free[n].charge.cents,
                    _charge(service),
                )
                if len(several) < 2:  # noqa: PLR2004 - two are several
                    continue
                named = ", ".join(_ours(self._ours[n]) for n in several)
                said = f"The payer tells {named} as one line, {service.code}"
                self.take([place], several, said)
                if not sure:
                    self._match.doubts.append(said)
                break

    def done(self) -> Match:
        match = self._match
        for service in self._left.values():
            match.doubts.append(f"{_theirs(service)} for {service.charge} is no line of the claim")
        lines = [added(parts) for _, parts in sorted(self._parts.items(), key=lambda p: int(p[0]))]
        for line in lines:
            charge = self._ours[line.line].charge
            if abs(line.charge.cents) != charge.cents:
                match.doubts.append(
                    f"The payer shows {_ours(self._ours[line.line])} with a charge of "
                    f"{line.charge}; it is {charge}"
                )
        for missing in self._free.values():
            match.notes.append(f"The payer says nothing of {_ours(missing)}")
        if lines:
            match.lines = tuple(with_claim_level(lines, self._claim.adjustments))
        return match


def _alike(one: ChargeLine, other: ChargeLine) -> bool:
    return (one.code, sorted(one.modifiers), one.day, one.charge) == (
        other.code,
        sorted(other.modifiers),
        other.day,
        other.charge,
    )


def _summing(keys: Sequence[Any], amount: Callable[[Any], int], wanted: int) -> tuple[Any, ...]:
    """All of the keys, or else the first few of them, whose amounts sum to what is wanted."""
    if sum(map(amount, keys)) == wanted:
        return tuple(keys)
    for count in range(2, min(len(keys), _MOST_COMBINED) + 1):
        for some in combinations(keys[:12], count):
            if sum(map(amount, some)) == wanted:
                return some
    return ()


def _ours(line: ChargeLine) -> str:
    return f"line {line.line} ({_code(line.code, line.modifiers)})"


def _theirs(service: Service) -> str:
    day = f" of {service.first:%m/%d/%Y}" if isinstance(service.first, dt.date) else ""
    return _code(service.code, service.modifiers) + day


def _code(code: str, modifiers: Sequence[str]) -> str:
    return "-".join((code, *modifiers))
