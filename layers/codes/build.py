"""Build the index of ICD-10-CM that the codes layer carries: one SQLite file, opened read-only.

ICD-10-CM is in the public domain (CDC/NCHS, CMS). The release with its notes comes
with the package ``simple-icd-10-cm``, at the version that the lock file names. Other
releases are CMS's *order files* in ``layers/codes/releases/<first day>.txt`` (see
``scripts/reference icd10cm``): they add codes, say what is billable, and end the codes
that they no longer have. Notes and index terms stay those of the newest release that
told them.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from caresmith.codes.icd10cm import dotted

RELEASES: Final = Path(__file__).with_name("releases")
SHIPPED: Final = date(2026, 4, 1)
"""First day of the release that the package carries: the update of April 2026."""

_CATEGORY: Final = 3
"""Characters before the dot."""
_FISCAL_YEAR: Final = 10
"""Codes change with the fiscal year, on 1 October, and in a small way on 1 April."""
_SCHEMA: Final = """
CREATE TABLE release (first TEXT PRIMARY KEY, last TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE code (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
  billable INTEGER NOT NULL, parent INTEGER, first TEXT NOT NULL, last TEXT NOT NULL,
  terms TEXT NOT NULL, notes TEXT NOT NULL
);
CREATE INDEX code_parent ON code (parent);
CREATE TABLE excludes1 (id INTEGER NOT NULL, low TEXT NOT NULL, high TEXT NOT NULL);
CREATE INDEX excludes1_id ON excludes1 (id);
CREATE VIRTUAL TABLE word USING fts5(
  title, terms, above, content='', detail=none, columnsize=0, prefix='2 3',
  tokenize='porter unicode61 remove_diacritics 2'
);
"""
_ORDER_LINE: Final = re.compile(
    r"^\d{5} (?P<code>[A-Z0-9]{3,7}) +(?P<billable>[01]) .{60} (?P<title>.+?)\s*$"
)
_REFERENCE: Final = re.compile(
    r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]*)?(?:\.?-)?(?:[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?)?"
)


class NotAnOrderFile(Exception):
    """The text says which line is wrong."""


@dataclass
class Entry:
    """One code, category, block or chapter on its way into the index."""

    code: str
    title: str
    billable: bool
    parent: str | None
    first: date | None = None
    last: date = date.max
    terms: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)


def build(target: Path, releases: Path = RELEASES) -> int:
    """Write the index; returns how many entries it has. Raises NotAnOrderFile."""
    files = _order_files(releases)
    told = {first: parse_order_file(file.read_text("utf-8")) for first, file in files.items()}
    entries = _shipped()
    # The package's own list is a release like the others, unless a file tells it anew.
    told.setdefault(SHIPPED, {e.code: (e.title, e.billable) for e in entries.values()})
    _date(entries, told)
    fresh = target.with_name(target.name + ".new")
    fresh.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(fresh)) as store:
        store.executescript(_SCHEMA)
        store.executemany(
            "INSERT INTO release VALUES (?, ?)",
            [(first.isoformat(), last.isoformat()) for first, last in _spans(sorted(told))],
        )
        _fill(store, entries)
        store.execute("INSERT INTO word(word) VALUES ('optimize')")
        store.commit()
        store.execute("VACUUM")
    fresh.replace(target)
    return len(entries)


def parse_order_file(text: str) -> dict[str, tuple[str, bool]]:
    """CMS's ``icd10cm_order_<year>.txt``: code (with its dot) to title and whether it is billable.

    Raises NotAnOrderFile naming the line that has another form.
    """
    found: dict[str, tuple[str, bool]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _ORDER_LINE.match(line)
        if match is None:
            raise NotAnOrderFile(f"line {number} has not the form of an ICD-10-CM order file")
        found[dotted(match["code"])] = (match["title"], match["billable"] == "1")
    if not found:
        raise NotAnOrderFile("the file has no codes")
    return found


def exclusions(note: str) -> Iterator[tuple[str, str]]:
    """The ranges of codes that an Excludes1 note names in its last parentheses.

    ``(E08.-)`` is all below E08, ``(O10-O11, O13-O16)`` two ranges of categories.
    """
    listed = re.findall(r"\(([^()]*)\)", note)
    for group in listed:
        for part in re.split(r"[,;]\s*", group):
            text = part.strip()
            if not _REFERENCE.fullmatch(text):
                continue
            low, _, high = text.partition("-")
            low = low.rstrip(".")
            yield low, (high or low)


def _shipped() -> dict[str, Entry]:
    import simple_icd_10_cm as icd

    entries: dict[str, Entry] = {}
    for code in icd.get_all_codes(with_dots=True):
        by_block = icd.is_block(code)
        full: Mapping[str, Any] = {
            "includes": icd.get_includes(code, by_block),
            "excludes1": icd.get_excludes1(code, by_block),
            "excludes2": icd.get_excludes2(code, by_block),
            "code_first": _lines(icd.get_code_first(code, prioritize_blocks=by_block)),
            "use_additional": _lines(icd.get_use_additional_code(code, prioritize_blocks=by_block)),
            "code_also": _lines(icd.get_code_also(code, prioritize_blocks=by_block)),
        }
        entries[code] = Entry(
            code=code,
            title=icd.get_description(code, by_block),
            billable=icd.is_leaf(code, by_block) and not icd.is_chapter_or_block(code),
            parent=icd.get_parent(code, by_block) or None,
            terms=icd.get_inclusion_term(code, by_block) + icd.get_includes(code, by_block),
            notes={kind: list(notes) for kind, notes in full.items() if notes},
        )
    return entries


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _order_files(releases: Path) -> dict[date, Path]:
    files = sorted(releases.glob("*.txt")) if releases.is_dir() else []
    return {date.fromisoformat(file.stem): file for file in files}


def _date(entries: dict[str, Entry], told: Mapping[date, Mapping[str, tuple[str, bool]]]) -> None:
    """Bring all releases in: codes get their last title, and begin and end with releases.

    What the earliest known release has is as old as can be; what the latest has, goes on.
    """
    spans = dict(_spans(sorted(told)))
    starts = sorted(spans)
    for first in starts:
        for code, (title, billable) in told[first].items():
            entry = entries.get(code)
            if entry is None:
                entries[code] = entry = Entry(code, title, billable, _parent(code, entries))
            entry.title, entry.billable = title, billable
            if entry.first is None:
                entry.first = date.min if first == starts[0] else first
            entry.last = date.max if first == starts[-1] else spans[first]


def _spans(starts: list[date]) -> Iterator[tuple[date, date]]:
    """First and last day of each release. A fiscal year's codes end with September."""
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        year = start.year + (start.month >= _FISCAL_YEAR)
        last = date(year, _FISCAL_YEAR, 1) - timedelta(days=1)
        yield start, min(last, after - timedelta(days=1)) if after else last


def _parent(code: str, entries: Mapping[str, Entry]) -> str | None:
    shorter = code[:-1].rstrip(".")
    while len(shorter) >= _CATEGORY:
        if shorter in entries:
            return shorter
        shorter = shorter[:-1].rstrip(".")
    return None


def _fill(store: sqlite3.Connection, entries: Mapping[str, Entry]) -> None:
    ids = {code: number for number, code in enumerate(entries, 1)}
    for code, entry in entries.items():
        number, parent = ids[code], ids.get(entry.parent or "")
        store.execute(
            "INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, code, entry.title, int(entry.billable), parent),
                *(
                    (entry.first or date.min).isoformat(),
                    entry.last.isoformat(),
                    "\n".join(entry.terms),
                ),
                json.dumps(entry.notes) if entry.notes else "",
            ),
        )
        store.execute(
            "INSERT INTO word (rowid, title, terms, above) VALUES (?, ?, ?, ?)",
            (number, entry.title, "\n".join(entry.terms), "\n".join(_above(entry, entries))),
        )
        for note in entry.notes.get("excludes1", ()):
            store.executemany(
                "INSERT INTO excludes1 VALUES (?, ?, ?)",
                [(number, low, high) for low, high in exclusions(note)],
            )


def _above(entry: Entry, entries: Mapping[str, Entry]) -> Iterator[str]:
    """The terms of what an entry belongs to, up to its category: they mean it as well."""
    parent = entries.get(entry.parent or "")
    while parent is not None and re.match(r"[A-Z]\d[0-9A-Z](\.|$)", parent.code):
        yield parent.title
        yield from parent.terms
        parent = entries.get(parent.parent or "")
