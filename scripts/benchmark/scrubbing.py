"""Scrubbing claims, beside writing the same claims as an 837P in the same run."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from rich.table import Table

from caresmith.claims.draft import ClaimDraft
from caresmith.codes.icd10cm import Conflict, Icd10Code
from caresmith.codes.ncci import Pair, UnitLimit
from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.model import Submission
from caresmith.x12.claims.parties import Contact, Receiver, Submitter
from caresmith.x12.envelope import Party
from caresmith.x12.writer import Addressing, ControlNumbers, written
from functions.claims.scrubbing import edits
from functions.claims.scrubbing.codesets import CodeSets, public_code_sets
from functions.claims.scrubbing.engine import scrub
from functions.claims.scrubbing.facts import Facts, PastService
from scripts.benchmark import wirefiles
from scripts.bootstrap.paths import CODES

TODAY: Final = date(2026, 11, 27)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What was measured; seconds of CPU."""

    claims: int
    edits: int
    seconds: float
    build_seconds: float
    findings: float
    asked: dict[str, float]
    """Questions to the code sets by kind, for each claim."""

    @property
    def ratio(self) -> float:
        return self.seconds / self.build_seconds


class _Counted:
    """Code sets that count what they are asked."""

    def __init__(self, inner: CodeSets, counts: Counter[str]) -> None:
        self._inner = inner
        self._counts = counts

    def find(self, code: str) -> Icd10Code | None:
        self._counts["diagnosis"] += 1
        return self._inner.diagnoses.find(code)

    def knows(self, on: date) -> bool:
        self._counts["release"] += 1
        return self._inner.diagnoses.knows(on)

    def conflicts(self, codes: Sequence[str]) -> Sequence[Conflict]:
        self._counts["Excludes1"] += 1
        return self._inner.diagnoses.conflicts(codes)

    def pair(self, column_one: str, column_two: str, on: date) -> Pair | None:
        self._counts["PTP pair"] += 1
        return self._inner.coding.pair(column_one, column_two, on)

    def limit(self, code: str, on: date) -> UnitLimit | None:
        self._counts["MUE"] += 1
        return self._inner.coding.limit(code, on)

    def global_days(self, code: str) -> str | None:
        self._counts["global days"] += 1
        return self._inner.coding.global_days(code)

    def whole(self, table: str) -> bool:
        return self._inner.coding.whole(table)


def measure(count: int = 2_000) -> Scrubbed:
    """Scrub claims of two lines with a history of twenty services, and build them."""
    os.environ.setdefault("CARESMITH_CODES_DIR", str(CODES))
    claims = tuple(wirefiles.claims(count))
    drafts = [ClaimDraft.of(claim) for claim in claims]
    sets = public_code_sets()
    history = tuple(PastService("99213", date(2024, 1, 1 + day)) for day in range(20))
    facts = Facts(today=TODAY, code_sets=sets, history=history)
    scrub(drafts[0], facts)
    begin = time.process_time()
    found = sum(len(scrub(draft, facts)) for draft in drafts)
    seconds = time.process_time() - begin
    counts: Counter[str] = Counter()
    counting = _Counted(sets, counts)
    scrub(
        drafts[1],
        replace(facts, code_sets=replace(sets, diagnoses=counting, coding=counting)),
    )
    submission = Submission(
        submitter=Submitter(
            name="Lakeside Clinic", id="SUB1", contacts=(Contact(name="Bo", phone="3125550100"),)
        ),
        receiver=Receiver(name="Clearinghouse", id="CH1"),
        reference="B1",
        claims=claims,
    )
    addressing = Addressing(Party("ZZ", "CLINIC"), Party("ZZ", "PAYER"), "CLINIC", "PAYER")
    at = datetime(2026, 11, 27, 9, 5)  # noqa: DTZ001 - a wall clock
    begin = time.process_time()
    written(claim_file([submission], addressing, ControlNumbers(1, 1), at))
    built = time.process_time() - begin
    return Scrubbed(count, len(edits.ALL), seconds, built, found / count, dict(counts))


def table(one: Scrubbed) -> Table:
    shown = Table("scrubbing", "measured")
    shown.add_row("edits", f"{one.edits}")
    shown.add_row("claims scrubbed per CPU second", f"{one.claims / one.seconds:,.0f}")
    shown.add_row("the same built as 837P per CPU second", f"{one.claims / one.build_seconds:,.0f}")
    shown.add_row("time ÷ building the same claims' 837P", f"{one.ratio:.1f}")
    shown.add_row("findings of a claim", f"{one.findings:.1f}")
    asked = ", ".join(f"{number:g} {kind}" for kind, number in sorted(one.asked.items()))
    shown.add_row("code sets asked by a claim of two lines", asked)
    return shown
