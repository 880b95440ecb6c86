"""The practice's lists of procedure codes: loaded from its own files, searched, asked for validity.

CPT is the AMA's: a practice loads its list under its own licence, and words for a code
are those of that file or the practice's own. HCPCS Level II is public (CMS). A list that
is not loaded says nothing: then only a code's form is looked at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from pynamodb.exceptions import PutError

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import VersionConflict
from caresmith.ids import PracticeId
from caresmith.records.revenue.price_lists import (
    CODE_LISTS,
    CODE_SETS,
    HEAD,
    SINGLE_DOSE,
    CodeListItem,
    CodeListName,
    CodeSet,
    PartItem,
    codes_key,
    part_sort_key,
    set_of,
    unpacked,
)
from caresmith.text import clean_line
from functions.charges import models as m
from functions.charges import tables_in
from functions.charges.errors import RowsRefused
from functions.charges.records import forget_parts, new_load, write_parts

NAMES: Final[Mapping[str, str]] = {
    "cpt": "CPT",
    "hcpcs": "HCPCS Level II",
    SINGLE_DOSE: "Drugs of single-dose containers",
}
_KINDS: Final[Mapping[str, str]] = {**NAMES, SINGLE_DOSE: "HCPCS Level II"}
# CPT: categories I, II (F) and III (T), proprietary laboratory (U), multianalyte (M),
# administrative; HCPCS Level II: a letter from A to V and four digits.
_FORMS: Final = {
    "cpt": re.compile(r"\d{4}[0-9FTUMA]"),
    "hcpcs": re.compile(r"[A-V]\d{4}"),
    SINGLE_DOSE: re.compile(r"[A-V]\d{4}"),
}
_MOST_WORDS: Final = 300
_KEPT: Final = 4  # practices whose lists a warm process remembers
_TYPED_CODE: Final = re.compile(r"[0-9A-Za-z]{1,5}")
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code of a list, with the words that the practice has for it."""

    code: str
    words: str
    first: dt.date
    last: dt.date

    def holds_on(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class CodeList:
    """One loaded list; a code may stand in it for several times, in turn."""

    code_set: CodeSet
    codes: tuple[ListedCode, ...]
    loaded_at: str = ""

    @cached_property
    def _by_code(self) -> dict[str, list[ListedCode]]:
        found: dict[str, list[ListedCode]] = {}
        for one in self.codes:
            found.setdefault(one.code, []).append(one)
        return found

    @cached_property
    def _said(self) -> list[tuple[list[str], ListedCode]]:
        return [(_WORD.findall(one.words.lower()), one) for one in self.codes]

    def of(self, code: str) -> list[ListedCode]:
        return self._by_code.get(code, [])

    def beginning(self, typed: str, day: dt.date) -> list[ListedCode]:
        return [one for one in self.codes if one.code.startswith(typed) and one.holds_on(day)]

    def saying(self, words: Sequence[str], day: dt.date) -> list[tuple[int, ListedCode]]:
        """Those of whose words each typed word begins one, with how far off they are."""
        return [
            (len(said), one)
            for said, one in self._said
            if one.holds_on(day)
            and all(any(word.startswith(typed) for word in said) for typed in words)
        ]


@dataclass(frozen=True)
class CodeBook:
    """All lists of a practice."""

    lists: Mapping[str, CodeList]

    def validity(self, code: str, day: dt.date) -> Literal["valid", "unknown", "ended", "unlisted"]:
        """``unlisted`` where the list that it would stand in is not loaded."""
        listed = self.lists.get(set_of(code))
        if listed is None:
            return "unlisted"
        found = listed.of(code)
        if not found:
            return "unknown"
        return "valid" if any(one.holds_on(day) for one in found) else "ended"

    def words_of(self, code: str) -> str:
        """What the practice calls it, in the list's latest words; empty where it has none."""
        listed = self.lists.get(set_of(code))
        found = listed.of(code) if listed else []
        return max(found, key=lambda one: one.last).words if found else ""

    def search(self, text: str, day: dt.date, *, limit: int = 20) -> list[ListedCode]:
        """Codes valid on the day: those that begin as typed, else those that have the words."""
        typed = text.strip()
        if _TYPED_CODE.fullmatch(typed):
            begin = typed.upper()
            found = [one for some in self.lists.values() for one in some.beginning(begin, day)]
            if found:
                return sorted(found, key=lambda one: one.code)[:limit]
        words = _WORD.findall(typed.lower())
        if not words:
            return []
        said = [each for some in self.lists.values() for each in some.saying(words, day)]
        return [one for _, one in sorted(said, key=lambda each: (each[0], each[1].code))[:limit]]


# -- reading ----------------------------------------------------------------------

_remembered: OrderedDict[tuple[str, str], CodeList] = OrderedDict()


def code_book(practice: PracticeId) -> CodeBook:
    """The practice's lists: one BatchGetItem, and one query for a list not read before."""
    heads = CodeListItem.batch_get([(codes_key(practice, one), HEAD) for one in CODE_SETS])
    return CodeBook({head.code_set: _read(head) for head in heads})


def _read(head: CodeListItem) -> CodeList:
    known = _remembered.get((head.pk, head.load))
    if known is None:
        code_set: CodeSet = "cpt" if head.code_set == "cpt" else "hcpcs"
        codes = [
            ListedCode(code, words, dt.date.fromordinal(first), dt.date.fromordinal(last))
            for part in PartItem.query(
                head.pk, PartItem.sk.startswith(part_sort_key(head.load, ""))
            )
            for code, words, first, last in unpacked(part)
        ]
        known = _remembered[head.pk, head.load] = CodeList(code_set, tuple(codes), head.loaded_at)
    _remembered.move_to_end((head.pk, head.load))
    while len(_remembered) > _KEPT * len(CODE_SETS):
        _remembered.popitem(last=False)
    return known


def loaded(practice: PracticeId) -> list[m.LoadedList]:
    """Which lists the practice has: one BatchGetItem."""
    heads = CodeListItem.batch_get([(codes_key(practice, one), HEAD) for one in CODE_LISTS])
    return [
        m.LoadedList(code_set=head.code_set, codes=int(head.size), loaded_at=head.loaded_at)
        for head in sorted(heads, key=lambda head: head.code_set)
    ]


# -- loading ----------------------------------------------------------------------


def load(code_set: CodeListName, text: str, *, actor: Actor, now: Instant) -> int:
    """Replace a list by what a file says; returns how many codes it has.

    Columns: ``code``, and perhaps ``description``, ``from``, ``until``. Raises RowsRefused
    with the line of each problem, VersionConflict; then the list is as it was.
    """
    found = tables_in.rows(text, ("code",), lambda cells: _code(code_set, cells))
    _refuse_doubles(found)
    pk, name = codes_key(actor.practice_id, code_set), new_load()
    head = next(iter(CodeListItem.query(pk, CodeListItem.sk == HEAD, consistent_read=True)), None)
    head = head or CodeListItem(pk, HEAD, code_set=code_set)
    ordered = sorted((one for _, one in found), key=lambda one: (one.code, one.first))
    count = write_parts(pk, name, (as_row(one) for one in ordered))
    former, head.load, head.size = head.load or name, name, count
    head.loaded_at, head.loaded_by = to_text(now), actor.user_id
    try:
        # On condition of the version that was read: of two who load at once, one is refused.
        head.save()
    except PutError:
        raise VersionConflict from None
    forget_parts(pk, name, former)
    audit().record(f"codes#{code_set}")
    return count


def as_row(one: ListedCode) -> tuple[str, str, int, int]:
    return one.code, one.words, one.first.toordinal(), one.last.toordinal()


def _code(code_set: CodeListName, cells: Mapping[str, str]) -> ListedCode:
    code = cells["code"].upper()
    if not _FORMS[code_set].fullmatch(code):
        raise ValueError(f"This is no {_KINDS[code_set]} code.")
    first, last = tables_in.day(cells.get("from", "")), tables_in.day(cells.get("until", ""))
    words = cells.get("description", "")
    if len(words) > _MOST_WORDS:
        raise ValueError(f"A description has {_MOST_WORDS} characters at most.")
    one = ListedCode(
        code,
        clean_line(words) if words else "",
        first or dt.date.min,
        last or dt.date.max,
    )
    if one.last < one.first:
        raise ValueError("The last day lies before the first.")
    return one


def _refuse_doubles(found: Sequence[tuple[int, ListedCode]]) -> None:
    """A code stands once for any day."""
    at_lines: dict[str, list[tuple[int, ListedCode]]] = {}
    problems = []
    for at, one in found:
        for line, other in at_lines.get(one.code, ()):
            if one.first <= other.last and other.first <= one.last:
                problems.append((at, f"The code stands in line {line} for the same days."))
        at_lines.setdefault(one.code, []).append((at, one))
    if problems:
        raise RowsRefused(problems[:25])
