"""Scrubbing a claim: every edit, on one draft, with its facts.

Pure: the same draft and facts give the same findings, in the same order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from caresmith.claims.draft import ClaimDraft
from functions.claims.scrubbing import edits
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.facts import Facts
from functions.claims.scrubbing.findings import Finding, Fix, Severity
from functions.claims.scrubbing.form import unsendable
from functions.claims.scrubbing.payer_rules.evaluating import findings_of_rules
from functions.claims.scrubbing.registry import Edit, Hit, LineRule

_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_REMEMBERED: Final = 8_192
_OF_CLAIM: Final = tuple((one, one.run) for one in edits.ALL if one.run)
_OF_LINE: Final = tuple((one, one.run_line) for one in edits.ALL if one.run_line)


class NoSuchFix(Exception):
    """The claim has no finding of that key any more, or it has no fix."""


def scrub(draft: ClaimDraft, facts: Facts) -> tuple[Finding, ...]:
    """All findings, the worst first, then by line; a fix is offered where it uncovers no error.

    Where none is an error, ``draft.claim()`` gives the claim to send: what no edit has
    seen and still can't be written, is told as one more error (see ``form``).
    """
    found = _scrubbed(draft, facts)
    return tuple(
        one
        if one.fix is None or _uncovers_nothing(one.fix, draft, facts, found)
        else one.model_copy(update={"fix": None})
        for one in found
    )


def _uncovers_nothing(
    fix: Fix, draft: ClaimDraft, facts: Facts, before: tuple[Finding, ...]
) -> bool:
    return _errors(_scrubbed(fix.apply(draft), facts)) <= _errors(before)


def _errors(found: tuple[Finding, ...]) -> set[str]:
    return {one.edit for one in found if one.severity is Severity.ERROR}


def _scrubbed(draft: ClaimDraft, facts: Facts) -> tuple[Finding, ...]:
    case = Case(draft, facts)
    found: list[Finding] = []
    for one, run in _OF_CLAIM:
        for each in run(case):
            found.append(_told(one, each))  # noqa: PERF401 - most find nothing
    for line in case.lines:
        for one, run_line in _edits_for(line.code, line.modifiers):
            for each in run_line(case, line):
                found.append(_told(one, each, line))  # noqa: PERF401
    found.extend(findings_of_rules(case))
    found.extend(unsendable(draft, found))
    once = {(one.edit, one.field, one.message): one for one in found}
    return tuple(
        sorted(once.values(), key=lambda one: (_ORDER[one.severity], one.line or 0, one.edit))
    )


def fixed(draft: ClaimDraft, facts: Facts, key: str) -> ClaimDraft:
    """The draft with one finding's fix made.

    The fix is found anew by scrubbing: of a browser only the key is taken. Raises NoSuchFix.
    """
    return fix_of(draft, facts, key).apply(draft)


def fix_of(draft: ClaimDraft, facts: Facts, key: str) -> Fix:
    found = _scrubbed(draft, facts)
    for one in found:
        if one.key == key and one.fix and _uncovers_nothing(one.fix, draft, facts, found):
            return one.fix
    raise NoSuchFix(key)


def may_go_out(findings: tuple[Finding, ...]) -> bool:
    return all(one.severity is not Severity.ERROR for one in findings)


@lru_cache(_REMEMBERED)
def _edits_for(code: str, modifiers: tuple[str, ...]) -> tuple[tuple[Edit, LineRule], ...]:
    """The edits that have something to say of lines with this code and these modifiers."""
    return tuple(
        (one, run)
        for one, run in _OF_LINE
        if (one.codes is None or code in one.codes)
        and not (one.modifiers and one.modifiers.isdisjoint(modifiers))
    )


def _told(edit: Edit, found: Hit, line: Line | None = None) -> Finding:
    values = (
        found.values if line is None else {"code": line.code, "line": line.number} | found.values
    )
    field = found.field
    if line is not None:
        field = f"{line.path}.{field}" if field else line.path
    return Finding(
        edit=edit.id,
        severity=edit.severity,
        title=edit.title,
        message=edit.message.format(**values),
        line=line.number if line else found.line,
        field=field,
        fix=found.fix,
    )
