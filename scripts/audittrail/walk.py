"""``scripts/audit verify``: every practice's chain from its first link to the present."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from caresmith.ids import PracticeId
from caresmith.records.practice import SetupRecord
from functions.audit import records, store
from functions.audit.completeness import days_of, verify_day, verify_objects
from functions.audit.findings import HARMLESS, Fault, Finding, finding
from functions.audit.segments import GENESIS
from functions.audit.verifying import verify_links
from scripts.audittrail import CannotLook, practice_named

_QUIET_SECONDS: Final = 2.0
_STEP_SECONDS: Final = 0.5


class Progress:
    """One line, rewritten, from the moment that the work takes longer than two seconds."""

    def __init__(self) -> None:
        self._told = time.monotonic() + _QUIET_SECONDS - _STEP_SECONDS
        self._width = 0

    def at(self, what: str) -> None:
        if time.monotonic() - self._told >= _STEP_SECONDS:
            self._told = time.monotonic()
            self._write(what)

    def clear(self) -> None:
        if self._width:
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _write(self, what: str) -> None:
        print(f"\r{what:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(what)


def verify(chosen: argparse.Namespace) -> int:
    """Print what is wrong, line by line; 1 where anything is. Raises CannotLook."""
    try:
        practices = [practice_named(chosen.practice)] if chosen.practice else list(all_practices())
        noted = _noted(chosen.head)
        wrong = sum(_verify_one(practice, noted) for practice in practices)
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        raise CannotLook(f"AWS does not let us look: {type(error).__name__}") from error
    if not practices:
        print("There is no practice yet.")
    elif wrong:
        print(f"\n{wrong} findings. The trail is NOT as it was sealed.")
    else:
        print(f"\nThe trail of {len(practices)} practices is whole.")
    return 1 if wrong else 0


def _noted(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != len(GENESIS):
        raise CannotLook("--head: expected <sequence>:<sha256>")
    return int(number), digest


def all_practices() -> Iterator[PracticeId]:
    """Every practice that is set up or has a stored segment."""
    is_practice = SetupRecord.kind == "practice"
    found = {record.pk for record in SetupRecord.scan(is_practice, attributes_to_get=["pk"])}
    for practice in sorted(found | set(store.practices())):
        yield PracticeId(practice)


def _verify_one(practice: PracticeId, noted: tuple[int, str] | None) -> int:
    """Verify a practice's whole trail and tell of it; returns how many things are wrong."""
    progress, counts = Progress(), Counter[Fault]()
    head = records.head(practice)
    end = int(head.sequence) if head else 0
    said: set[tuple[Fault, int | None, str | None]] = set()
    for found in _everything(practice, end, noted, progress):
        place = (found.fault, found.sequence, found.entry_id)
        if place in said:
            continue
        said.add(place)
        counts[found.fault] += 1
        if found.fault is not Fault.ENTRY_WAITING:
            progress.clear()
            _tell(practice, found)
    progress.clear()
    wrong = sum(count for fault, count in counts.items() if fault not in HARMLESS)
    state = f"{wrong} findings" if wrong else "whole"
    if counts[Fault.ENTRY_WAITING]:
        state += f", {counts[Fault.ENTRY_WAITING]} new entries wait to be sealed"
    print(f"{practice}  {end} segments  {state}  head {head.digest if head else GENESIS}")
    return wrong


def _everything(
    practice: PracticeId, end: int, noted: tuple[int, str] | None, progress: Progress
) -> Iterator[Finding]:
    """Links and segments, then each day's entries, then what else lies in the bucket."""
    for number, found in verify_links(practice, 1, end):
        progress.at(f"{practice}: segment {number} of {end}")
        yield from found
    now = datetime.now(UTC)
    linked = {int(link.sk): link for link in records.links(practice, 1, end)}
    for day in days_of(practice, linked[min(linked)] if linked else None, now.date()):
        progress.at(f"{practice}: entries of {day}")
        yield from verify_day(practice, day, now)
    progress.at(f"{practice}: stored objects")
    # The chain may have grown while it was verified.
    linked |= {int(link.sk): link for link in records.links(practice, end + 1, end + 10**6)}
    yield from verify_objects(
        practice, {number: link.object_key for number, link in linked.items()}, now
    )
    if noted and (noted[0] not in linked or linked[noted[0]].digest != noted[1]):
        yield finding(Fault.HEAD_DIFFERS, noted[0])


def _tell(practice: PracticeId, found: Finding) -> None:
    segment = f" segment {found.sequence}" if found.sequence is not None else ""
    entry = f" entry {found.entry_id}" if found.entry_id else ""
    print(f"{practice}{segment}{entry}: {found.fault}: {found.message}")
