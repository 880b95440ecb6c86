"""Pairs of procedures that are not paid beside each other: NCCI's PTP edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.codes.ncci import Indicator, Pair
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits.modifier_table import DISTINCT, OF_EM, SEPARATES
from functions.claims.scrubbing.families import EM
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, edit, hit, line_edit

_AT: Final = "procedure.modifiers"
_BETWEEN_PROCEDURES: Final = SEPARATES - OF_EM


def _pairs(case: Case, line: Line) -> Iterator[tuple[Line, Pair]]:
    """The other lines of the day beside which this line, as column two, is not paid."""
    day = line.first
    if day is None:
        return
    pair = case.facts.code_sets.coding.pair
    for other in case.same_day(line):
        if other.code != line.code and case.same_provider(line, other):
            found = pair(other.code, line.code, day)
            if found:
                yield other, found


def _separated(line: Line, other: Line) -> bool:
    """Whether a modifier of one of the two says that they were apart.

    A visit is separated by 24, 25 or 57 on the visit alone (NCCI Policy Manual ch. I §E.1).
    """
    visits = [one for one in (line, other) if one.code in EM]
    if visits:
        return any(not OF_EM.isdisjoint(one.modifiers) for one in visits)
    return any(not _BETWEEN_PROCEDURES.isdisjoint(one.modifiers) for one in (line, other))


@line_edit(
    "PTP-NEVER",
    ERROR,
    "A procedure that another of the day has in it",
    guards="2400 SV101-2",
    source="CMS, NCCI PTP edits, modifier indicator 0; NCCI Policy Manual ch. I §E",
    message="{code} is never paid beside {other} on the same day: no modifier separates them.",
)
def never_together(case: Case, line: Line) -> Iterator[Hit]:
    for other, pair in _pairs(case, line):
        if pair.indicator is Indicator.NEVER:
            yield hit("procedure.code", other=other.code)


@line_edit(
    "PTP-MODIFIER",
    ERROR,
    "A procedure that needs a modifier beside another of the day",
    guards="2400 SV101-3",
    source="CMS, NCCI PTP edits, modifier indicator 1; NCCI Policy Manual ch. I §E",
    message="{code} is paid beside {other} on the same day only where a modifier says that they "
    "were apart: {wanted}.",
)
def together_with_modifier(case: Case, line: Line) -> Iterator[Hit]:
    for other, pair in _pairs(case, line):
        if pair.indicator is Indicator.WITH_MODIFIER and not _separated(line, other):
            visit = line.code in EM
            wanted = "25 (or 24, 57)" if visit else "a side or site, XE, XP, XS, XU or 59"
            yield hit(_AT, other=other.code, wanted=wanted)


@line_edit(
    "PTP-SEPARATED",
    INFO,
    "A modifier that separates two procedures",
    guards="2400 SV101-3",
    source="NCCI Policy Manual ch. I §E.1.d: the record must show that they were apart",
    message="{code} is paid beside {other} because a modifier separates them: the record must "
    "show it.",
)
def separated(case: Case, line: Line) -> Iterator[Hit]:
    for other, pair in _pairs(case, line):
        if pair.indicator is Indicator.WITH_MODIFIER and _separated(line, other):
            yield hit(_AT, other=other.code)


@line_edit(
    "PTP-EARLIER",
    WARNING,
    "A procedure that an earlier claim of the day has in it",
    guards="2400 SV101-2",
    source="CMS, NCCI PTP edits: all claims of a patient, a provider and a day",
    message="{code} is not paid beside {other} of the same day, which stands on claim {claim}.",
)
def together_with_earlier(case: Case, line: Line) -> Iterator[Hit]:
    for past in case.facts.history if line.first and line.npi else ():
        if past.day != line.first or not past.counts or past.rendering != line.npi:
            continue
        found = case.facts.code_sets.coding.pair(past.code, line.code, past.day)
        blocked = found and found.indicator is not Indicator.NOT_APPLICABLE
        separating = OF_EM if line.code in EM else _BETWEEN_PROCEDURES
        if blocked and separating.isdisjoint(line.modifiers):
            yield hit("procedure.code", other=past.code, claim=past.claim or "(no number)")


@line_edit(
    "PTP-59-NEEDLESS",
    WARNING,
    "59 where nothing has to be separated",
    guards="2400 SV101-3",
    source="CMS, Proper Use of Modifiers 59 and X{EPSU} (MLN1783722)",
    message="{code} has {modifier}, and no pair of this claim needs it.",
    modifiers=DISTINCT,
)
def distinct_from_nothing(case: Case, line: Line) -> Iterator[Hit]:
    if line.code in EM or not case.facts.code_sets.coding.whole("ptp"):
        return
    needed = any(True for _ in _pairs(case, line)) or any(
        True for other in case.same_day(line) for _ in _pairs(case, other)
    )
    twice = any(other.code == line.code for other in case.same_day(line))
    if not needed and not twice:
        modifier = next(one for one in line.modifiers if one in DISTINCT)
        yield hit(_AT, modifier=modifier)


@line_edit(
    "PTP-59-PRECISE",
    INFO,
    "59, for a payer that wants XE, XP, XS or XU",
    guards="2400 SV101-3",
    source="CMS CR 8863: X{EPSU} are more precise than 59; the payer's profile",
    message="{code} has 59: this payer wants XE, XP, XS or XU, which say why.",
    modifiers=frozenset({"59"}),
)
def distinct_more_precise(case: Case, line: Line) -> Iterator[Hit]:
    if case.facts.payer.prefers_x_modifiers:
        yield hit(_AT)


@edit(
    "PTP-SAMPLE",
    INFO,
    "Pairs of codes are checked against a sample",
    guards="2400 SV101-2",
    source="CMS publishes the PTP edits each quarter: scripts/reference ncci-ptp",
    message="CMS's pairs of codes are not loaded: this claim was held against a few of them.",
)
def checked_by_sample(case: Case) -> Iterator[Hit]:
    if len(case.lines) > 1 and not case.facts.code_sets.coding.whole("ptp"):
        yield hit()
