"""The day goes on with the clock, ahead by the days that were skipped; files drop in and out."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool

from caresmith.clock import Clock
from scripts.payer.envelopes import Unanswerable
from scripts.payer.house import House, OtherBytes

_EVERY_SECONDS: Final = 2.0
_STILL_SECONDS: Final = 1.0
"""A file that was changed a moment ago may still be written."""
_UNFINISHED: Final = (".tmp", ".part", ".filepart")


class Days:
    """Turns the clock's day and the days that were skipped into the house's day."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._house, self._clock = house, clock

    @property
    def _skipped(self) -> int:
        return int(self._house.store.fact("skipped") or 0)

    def skip(self, days: int) -> date:
        """Let so many days pass at once."""
        day = self._house.advance(days)
        self._house.store.set_fact("skipped", str(self._skipped + days))
        return day

    def follow(self) -> None:
        """Catch up with the clock; a day never comes twice."""
        today = self._clock.now().date() + timedelta(days=self._skipped)
        if today > self._house.day:
            self._house.advance((today - self._house.day).days)


class Folder:
    """``in/`` and ``out/``: for who would rather drop files than post them."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._in, self._out = folder / "in", folder / "out"
        self._taken, self._refused = self._in / "taken", self._in / "refused"
        for one in (self._taken, self._refused, self._out):
            one.mkdir(parents=True, exist_ok=True)

    def exchange(self) -> None:
        """Take in what lies there, and lay out what waits."""
        for path in sorted(self._in.iterdir()):
            if path.is_file() and path.suffix not in _UNFINISHED and self._is_still(path):
                self._take(path)
        while waiting := self._house.files(int(self._house.store.fact("laid-out") or 0)):
            for one in waiting:
                draft = self._out / f".{one['name']}.tmp"
                draft.write_bytes(self._house.file(one["name"]) or b"")
                draft.rename(self._out / one["name"])
                self._house.store.set_fact("laid-out", str(one["seq"]))

    def _is_still(self, path: Path) -> bool:
        return time.time() - path.stat().st_mtime > _STILL_SECONDS

    def _take(self, path: Path) -> None:
        try:
            self._house.take(path.name, path.read_bytes())
        except (OtherBytes, Unanswerable) as refused:
            path.rename(self._refused / path.name)
            why = "another file had this name" if isinstance(refused, OtherBytes) else str(refused)
            (self._refused / f"{path.name}.txt").write_text(why + "\n")
        else:
            path.rename(self._taken / path.name)


async def run(days: Days, folder: Folder) -> None:
    """Until cancelled. What fails once is told and tried again."""
    while True:
        for step in (days.follow, folder.exchange):
            try:
                await run_in_threadpool(step)
            except Exception as error:  # the program goes on, whatever one round met
                print(f"payer: {type(error).__name__} while it ticked", file=sys.stderr)
        await asyncio.sleep(_EVERY_SECONDS)
