"""How an edit is declared, and all that are.

    @line_edit(
        "CHIRO-AT",
        WARNING,
        "Spinal manipulation without AT",
        guards="2400 SV101-3",
        source="Medicare Benefit Policy Manual ch. 15 §240.1.3",
        message="Medicare takes {code} without AT as maintenance and denies it.",
        codes=CHIROPRACTIC,
    )
    def chiropractic_without_at(case: Case, line: Line) -> Iterator[Hit]:
        if case.is_medicare and not line.has("AT"):
            yield hit("procedure.modifiers")

An edit of a line is only called for the codes and modifiers that it names: the engine
keeps, for each code, the edits that it calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from caresmith.codes.ranges import Codes
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.findings import Change, Fix, Severity

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
INFO: Final = Severity.INFO

_ID: Final = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Hit:
    """That an edit has found something, and where."""

    field: str
    line: int | None
    values: dict[str, object]
    """For the message's template."""
    fix: Fix | None


def hit(
    field: str = "", *, line: int | None = None, fix: Fix | None = None, **values: object
) -> Hit:
    return Hit(field, line, values, fix)


def fix(title: str, *changes: tuple[str, object]) -> Fix:
    """A certain change of fields, each a path and what it becomes."""
    return Fix.model_validate(
        {
            "title": title,
            "changes": tuple(Change.model_validate({"path": p, "value": v}) for p, v in changes),
        }
    )


@dataclass(frozen=True)
class Edit:
    """One rule about claims."""

    id: str
    severity: Severity
    title: str
    """For a list of edits: has no data of a patient."""
    guards: str
    """Loop, segment and element of the 837P."""
    source: str
    message: str
    run: Callable[[Case], Iterator[Hit]] | None = None
    run_line: Callable[[Case, Line], Iterator[Hit]] | None = None
    codes: Codes | None = None
    """Of a line's edit: the procedure codes that it is about."""
    modifiers: frozenset[str] = frozenset()
    """Of a line's edit: one of them is on the line."""


EDITS: Final[dict[str, Edit]] = {}
"""All edits by id, in the order of declaration. ``edits/__init__.py`` fills it."""

ClaimRule = Callable[[Case], Iterator[Hit]]
LineRule = Callable[[Case, Line], Iterator[Hit]]


def edit(
    name: str, severity: Severity, title: str, *, guards: str, source: str, message: str
) -> Callable[[ClaimRule], ClaimRule]:
    """Declare an edit of the claim as a whole."""

    def declared(rule: ClaimRule) -> ClaimRule:
        _add(Edit(name, severity, title, guards, source, message, run=rule))
        return rule

    return declared


def line_edit(
    name: str,
    severity: Severity,
    title: str,
    *,
    guards: str,
    source: str,
    message: str,
    codes: Codes | None = None,
    modifiers: frozenset[str] = frozenset(),
) -> Callable[[LineRule], LineRule]:
    """Declare an edit of each line; fields of its hits are those of the line."""

    def declared(rule: LineRule) -> LineRule:
        _add(
            Edit(
                name,
                severity,
                title,
                guards,
                source,
                message,
                run_line=rule,
                codes=codes,
                modifiers=modifiers,
            )
        )
        return rule

    return declared


def _add(one: Edit) -> None:
    if one.id in EDITS or not _ID.fullmatch(one.id):
        raise ValueError(f"{one.id}: an edit's id is unique, and like DX-EXCLUDES1")
    EDITS[one.id] = one
