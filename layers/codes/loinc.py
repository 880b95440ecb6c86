"""Build the index of laboratory tests that the codes layer carries.

LOINC's table comes from https://loinc.org under a licence that whoever downloads it
accepts, so none is in this repository. ``scripts/reference loinc`` keeps what is needed
of it in ``layers/codes/kept/loinc.tsv``, which git ignores; without it the index has the
single codes of ``tests.json``.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caresmith.codes.opening import WORD_TABLE
from caresmith.records.clinical.coding import LOINC, Coding

KEPT: Final = Path(__file__).with_name("kept") / "loinc.tsv"
SHORT_LIST: Final = Path(__file__).with_name("tests.json")
TITLE: Final = "LOINC"
SHORT_TITLE: Final = "a short list of common tests"

# The columns: https://loinc.org/kb/users-guide/ appendix A.
_NEEDED: Final = ("LOINC_NUM", "COMPONENT", "SYSTEM", "METHOD_TYP", "CLASSTYPE", "STATUS")
_NAME: Final = "LONG_COMMON_NAME"
_LABORATORY: Final = "1"
"""Of CLASSTYPE."""
_SCHEMA: Final = (
    """
CREATE TABLE told (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE test (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, method TEXT NOT NULL,
  system TEXT NOT NULL, rank INTEGER NOT NULL, notice TEXT NOT NULL
);
"""
    + WORD_TABLE
)


class NotALoincTable(Exception):
    """The text says what is wrong."""


@dataclass(frozen=True)
class Entry:
    """One test on its way into the index."""

    code: str
    name: str
    method: str = ""
    system: str = ""
    rank: int = 0
    """Among the tests ordered or told most, from 1; 0 where the table does not say."""
    notice: str = ""
    """Somebody else's copyright."""
    terms: str = ""


def parse(lines: Iterable[str]) -> list[Entry]:
    """The laboratory tests in use, of ``LoincTableCore.csv`` (or the whole ``Loinc.csv``).

    Raises NotALoincTable naming the line that is wrong.
    """
    table = csv.DictReader(lines)
    missing = [name for name in (*_NEEDED, _NAME) if name not in (table.fieldnames or ())]
    if missing:
        raise NotALoincTable(f"the first line lacks the column {missing[0]}")
    found = []
    for row in table:
        if row["CLASSTYPE"] != _LABORATORY or row["STATUS"] != "ACTIVE":
            continue
        try:
            Coding(system=LOINC, code=row["LOINC_NUM"])
        except ValueError:
            raise NotALoincTable(
                f"line {table.line_num}: {row['LOINC_NUM']!r} is no LOINC code"
            ) from None
        found.append(_entry(row))
    if not found:
        raise NotALoincTable("the table has no laboratory test")
    return found


def _entry(row: dict[str, str]) -> Entry:
    # Only the whole table tells ranks and related names.
    ranks = [row.get(name) or "0" for name in ("COMMON_ORDER_RANK", "COMMON_TEST_RANK")]
    rank = next((int(one) for one in ranks if one.isdigit() and int(one)), 0)
    terms = (row["COMPONENT"], row.get("SHORTNAME"), row.get("RELATEDNAMES2"))
    return Entry(
        code=row["LOINC_NUM"],
        name=_clean(row[_NAME] or row["COMPONENT"]),
        method=_clean(row["METHOD_TYP"]),
        system=_clean(row["SYSTEM"]),
        rank=rank,
        notice=_clean(row.get("EXTERNAL_COPYRIGHT_NOTICE")),
        terms=_clean(" ".join(one for one in terms if one)),
    )


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())


def keep(entries: Sequence[Entry], version: str, kept: Path = KEPT) -> None:
    """Keep a release; the next set-up or deployment builds the index with it."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(kept.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(f"{version}\n")
        for one in entries:
            cells = (one.code, one.name, one.method, one.system, str(one.rank), one.notice)
            file.write("\t".join((*cells, one.terms)) + "\n")
    fresh.replace(kept)


def build(target: Path, kept: Path = KEPT, short_list: Path = SHORT_LIST) -> int:
    """Write the index; returns how many tests it has."""
    if kept.exists():
        with kept.open(encoding="utf-8") as file:
            version, title = next(file).strip(), TITLE
            entries = [_kept(line) for line in file]
    else:
        version, title = "", SHORT_TITLE
        rows = json.loads(short_list.read_text("utf-8"))["tests"]
        entries = [
            Entry(code, name, rank=place, terms=terms)
            for place, (code, name, terms) in enumerate(rows, 1)
        ]
    fresh = target.with_name(target.name + ".new")
    fresh.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(fresh)) as store:
        store.executescript(_SCHEMA)
        store.executemany(
            "INSERT INTO told VALUES (?, ?)", [("title", title), ("version", version)]
        )
        for number, one in enumerate(entries, 1):
            store.execute(
                "INSERT INTO test VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, one.code, one.name, one.method, one.system, one.rank, one.notice),
            )
            store.execute(
                "INSERT INTO word (rowid, name, terms) VALUES (?, ?, ?)",
                (number, one.name, one.terms),
            )
        store.execute("INSERT INTO word(word) VALUES ('optimize')")
        store.commit()
        store.execute("VACUUM")
    fresh.replace(target)
    return len(entries)


def _kept(line: str) -> Entry:
    code, name, method, system, rank, notice, terms = line.rstrip("\n").split("\t")
    return Entry(code, name, method, system, int(rank), notice, terms)
