"""Puts answers out, or does not: lost, late, garbled, twice, as the rules have it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.segment import Segment
from caresmith.x12.writer import ControlNumbers, written
from scripts.payer.actions import Answer, Delay, Garble, Lose, Repeat
from scripts.payer.matching import Matcher
from scripts.payer.store import Due, Store

_HOUR: Final = time(12, 0)
"""The one time of day of all that is sent: a run is the same each time."""


@dataclass(frozen=True, slots=True)
class _Fates:
    lost: bool = False
    twice: bool = False
    garbled: str = ""
    late: int = 0


class Sending:
    """Names and numbers what is sent, and keeps it for who fetches it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def numbers(self) -> ControlNumbers:
        number = self._store.count("interchange")
        return ControlNumbers(interchange=number, group=number)

    def at(self, day: date) -> datetime:
        return datetime.combine(day, _HOUR)

    def send(
        self,
        kind: Answer | str,
        segments: Iterable[Segment],
        day: date,
        matcher: Matcher | None = None,
        claims: Sequence[ProfessionalClaim] = (),
    ) -> str:
        """Put an answer out; ``claims`` are those that it is about. Returns its name."""
        raw = written(segments, line_break="\n")
        name = f"{self._store.count('file'):06d}.{kind}"
        fates = _fates(matcher, claims, kind) if matcher else _Fates()
        if fates.lost:
            self._store.say(day, f"{name} is lost: it never leaves.")
            return name
        if fates.garbled:
            raw = garbled(raw, fates.garbled)
            self._store.say(day, f"{name} leaves garbled ({fates.garbled}).")
        copies = [name]
        if fates.twice:
            copies.append(f"{self._store.count('file'):06d}.{kind}")
            self._store.say(day, f"{name} leaves twice: also as {copies[1]}.")
        for one in copies:
            if fates.late:
                told = {"name": one, "kind": kind, "raw": base64.b64encode(raw).decode()}
                self._store.plan(day + timedelta(days=fates.late), "deliver", json.dumps(told))
                self._store.say(day, f"{one} leaves {fates.late} days late.")
            else:
                self._put(one, kind, raw, day)
        return name

    def deliver(self, due: Due, day: date) -> None:
        """What was late leaves now."""
        told = json.loads(due.what)
        self._put(told["name"], told["kind"], base64.b64decode(told["raw"]), day)

    def _put(self, name: str, kind: str, raw: bytes, day: date) -> None:
        sha256 = hashlib.sha256(raw).hexdigest()
        self._store.put_out(name, kind, sha256, self.at(day).isoformat() + "Z", raw)


def _fates(matcher: Matcher, claims: Sequence[ProfessionalClaim], kind: str) -> _Fates:
    """What becomes of an answer that is about these claims: one of them decides for all."""
    lost, twice, broken, late = False, False, "", 0
    for claim in claims:
        lost |= any(rule.what == kind for rule in matcher.of_claim(Lose, claim))
        twice |= any(rule.what == kind for rule in matcher.of_claim(Repeat, claim))
        for garble in matcher.of_claim(Garble, claim):
            if garble.what == kind:
                broken = garble.how
        for delay in matcher.of_claim(Delay, claim):
            if delay.what == kind:
                late = max(late, delay.days)
    return _Fates(lost, twice, broken, late)


def garbled(raw: bytes, how: str) -> bytes:
    """Cut off in the middle, or with a byte that no character of X12 has."""
    middle = len(raw) // 2
    if how == "truncate":
        return raw[:middle]
    return raw[:middle] + b"\x80" + raw[middle + 1 :]
