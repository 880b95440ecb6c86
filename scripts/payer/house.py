"""The payers and their clearinghouse without a server: files in, files out, a day that moves.

::

    house = House(Store(), default_rules(), date(2026, 11, 27))
    house.take("claims-1.837", raw)
    house.advance(14)
    for row in house.files(): house.file(row["name"])
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from caresmith.x12.segment import Segment
from caresmith.x12.writer import written
from scripts.payer import actions
from scripts.payer.adjudicating import Adjudicator
from scripts.payer.claims import Claims
from scripts.payer.decision import Spent
from scripts.payer.envelopes import Taken, take_apart
from scripts.payer.intake import Intake, Opened, Question, opened
from scripts.payer.memory import Memory
from scripts.payer.producing import Producing
from scripts.payer.rules import Rules
from scripts.payer.sending import Sending, garbled
from scripts.payer.store import Row, Store

_MOST_DAYS: Final = 3_660
How = Literal["answered", "silent", "down"]


class OtherBytes(Exception):
    """A file of this name came before, and it was another."""


class NotAsked(ValueError):
    """Real time is for one interchange with questions (270 or 276)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question gets: bytes, no answer ever, or an error; after so many seconds."""

    how: How
    raw: bytes = b""
    seconds: float = 0


class House:
    """All of it. Safe to use from many threads: the store makes each call one transaction."""

    def __init__(self, store: Store, rules: Rules, start: date) -> None:
        self.store = store
        kept = store.fact("rules")
        chosen = Rules.model_validate_json(kept) if kept else rules
        if store.fact("day") is None:
            store.set_fact("day", start.isoformat())
        self._claims, self._sending = Claims(store), Sending(store)
        self._use(Adjudicator(chosen, self._remembered()))

    def _remembered(self) -> Memory:
        spent = self.store.remembered("spent").items()
        return Memory(
            {name: Spent.model_validate_json(value) for name, value in spent},
            self.store.remembered("service"),
            self.store.remembered("visit"),
        )

    @contextmanager
    def _together(self) -> Iterator[None]:
        """One transaction: what adjudication remembers is written with it, or forgotten."""
        try:
            with self.store.together():
                yield
                memory = self._adjudicator.memory
                self.store.remember(memory.changes)
                memory.changes = {}
        except BaseException:
            self._use(Adjudicator(self.rules, self._remembered()))
            raise

    def _use(self, adjudicator: Adjudicator) -> None:
        self._adjudicator = adjudicator
        parts = (self.store, self._claims, self._sending, adjudicator)
        self._intake, self._producing = Intake(*parts), Producing(*parts)

    # -- rules and time --------------------------------------------------------

    @property
    def rules(self) -> Rules:
        return self._adjudicator.rules

    def set_rules(self, rules: Rules) -> None:
        """From now on; what was decided stays."""
        with self.store.together():
            self.store.set_fact("rules", rules.model_dump_json(exclude_defaults=True))
            self._use(Adjudicator(rules, self._adjudicator.memory))

    @property
    def day(self) -> date:
        return date.fromisoformat(self.store.fact("day") or "")

    def advance(self, days: int) -> date:
        """Let days pass, each with what falls due on it; 0 does what is due today."""
        if not 0 <= days <= _MOST_DAYS:
            raise ValueError(f"from 0 to {_MOST_DAYS} days")
        for number in range(days + 1):
            with self._together():
                today = self.day + timedelta(days=min(number, 1))
                self.store.set_fact("day", today.isoformat())
                self._producing.produce(today)
        return self.day

    # -- files ---------------------------------------------------------------

    def take(self, name: str, raw: bytes) -> bool:
        """Take a file in; False if that very file came before.

        Raises:
            OtherBytes: another file of that name came before.
            Unanswerable: it has no ISA to which anything could be answered.
        """
        sha256 = hashlib.sha256(raw).hexdigest()
        with self._together():
            known = self.store.came(name)
            if known:
                if known["sha256"] == sha256:
                    return False
                raise OtherBytes(name)
            interchanges = take_apart(raw)
            day = self.day
            came = self.store.take(name, sha256, self._sending.at(day).isoformat() + "Z", raw)
            fates = [self._intake.take(one, came, day) for one in interchanges]
            self.store.set_fate(came, "; ".join(fates))
        return True

    def files(self, after: int = 0, most: int = 100) -> list[Row]:
        """What waits to be fetched, oldest first."""
        return self.store.waiting(after, most)

    def file(self, name: str) -> bytes | None:
        return self.store.raw_out(name)

    # -- real time -----------------------------------------------------------

    def ask(self, raw: bytes) -> Reply:
        """Answer a 270 or 276 at once.

        Raises:
            NotAsked: it is no question.
            Unanswerable: it has no ISA to which anything could be answered.
        """
        interchanges = take_apart(raw)
        with self._together():
            one = interchanges[0]
            if one.code != "000":
                return Reply("answered", written(self._intake.refusals(one, None, self.day)))
            if len(interchanges) > 1 or len(one.groups) != 1:
                raise NotAsked("one interchange with one group is asked at a time")
            of = opened(one.groups[0])
            if any(judged.set.kind not in {"270", "276"} for judged in of.judged):
                raise NotAsked("only 270 and 276 are answered in real time")
            if of.group.code or not all(judged.accepted for judged in of.judged) or not of.judged:
                return Reply("answered", written(self._intake.refusals(one, of, self.day)))
            return self._asked(one, of)

    def _asked(self, one: Taken, of: Opened) -> Reply:
        every: list[Question] = [*of.inquiries, *of.status_inquiries]
        first = every[0].inquiry
        rule = self._adjudicator.matcher.of_member(
            actions.RealTime, first.payer_id, first.subscriber.member_id, first.trace
        )
        how = rule.how if rule else ""
        seconds = rule.seconds if rule and rule.how == "slow" else 0
        if how == "silent":
            return Reply("silent")
        if how == "down":
            return Reply("down")
        back = one.back(of.group)
        segments: list[Segment] = self._intake.answers(every, back, self.day, busy=how == "busy")
        raw = written(segments, line_break="\n")
        if how == "garbled":
            raw = garbled(raw, "truncate")
        return Reply("answered", raw, seconds)
