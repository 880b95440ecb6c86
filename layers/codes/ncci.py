"""Build the index of NCCI edits that the codes layer carries: one SQLite file, read-only.

CMS publishes PTP edits, MUEs and the relative value file (global days) each quarter, free
of charge and with numbers of codes. ``scripts/reference ncci-ptp``, ``ncci-mue`` and
``global-days`` bring them into the plain tables of ``layers/codes/ncci_tables/``, from which this
is built. Until then it is built from the small sample there, which says what it is.
"""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from caresmith.codes.ncci import as_number

TABLES: Final = Path(__file__).with_name("ncci_tables")
PTP: Final = "ptp.tsv.gz"
GLOBAL: Final = "global.tsv"
_SAMPLES: Final = {"ptp": "sample-ptp.tsv", "mue": "sample-mue.tsv", "global": "sample-global.tsv"}
_MUE_RELEASE: Final = re.compile(r"mue-(\d{4}-\d{2}-\d{2})\.tsv")

_CODE: Final = re.compile(r"[0-9A-Z]{5}")
_DAY: Final = re.compile(r"\d{8}")
_DAYS: Final = frozenset({"000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"})
_INDICATORS: Final = frozenset("019")
_SCHEMA: Final = """
CREATE TABLE origin (name TEXT PRIMARY KEY, complete INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ptp (
  one TEXT NOT NULL, two TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  indicator INTEGER NOT NULL, PRIMARY KEY (one, two, first, last)
) WITHOUT ROWID;
CREATE TABLE mue (
  code TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  units INTEGER NOT NULL, adjudication INTEGER NOT NULL, PRIMARY KEY (code, first)
) WITHOUT ROWID;
CREATE TABLE global (code TEXT PRIMARY KEY, days TEXT NOT NULL) WITHOUT ROWID;
"""


class NotAnNcciFile(Exception):
    """The text says which line is wrong."""


@dataclass(frozen=True, slots=True)
class PtpRow:
    one: str
    two: str
    first: date
    """``date.min`` where it is not told since when."""
    last: date
    """The last day in effect; ``date.max`` where it is not deleted."""
    indicator: str


@dataclass(frozen=True, slots=True)
class MueRow:
    code: str
    units: int
    adjudication: int


def parse_ptp(lines: Iterable[str]) -> Iterator[PtpRow]:
    """CMS's PTP file of practitioner services, as tab-separated text (``ccipra-v….txt``).

    Columns: one, two, "*" if older than 1996, effective date, deletion date or "*",
    modifier indicator, rationale. What stands above the first pair is the header. Raises
    NotAnNcciFile naming the line that has another form.
    """
    begun = False
    for number, line in enumerate(lines, 1):
        cells = [cell.strip().strip('"') for cell in line.rstrip("\r\n").split("\t")]
        row = _ptp_row(cells)
        if row is not None:
            begun = True
            yield row
        elif begun and any(cells):
            raise NotAnNcciFile(f"line {number} has not the form of a PTP edit")
    if not begun:
        raise NotAnNcciFile("the file has no PTP edits; it is read as tab-separated text")


def _ptp_row(cells: list[str]) -> PtpRow | None:
    match cells:
        case [one, two, _, first, last, indicator, *_] if (
            _CODE.fullmatch(one)
            and _CODE.fullmatch(two)
            and _DAY.fullmatch(first)
            and (last in {"*", ""} or _DAY.fullmatch(last))
            and indicator in _INDICATORS
        ):
            until = date.max if last in {"*", ""} else _day(last)
            begin = _day(first)
            return PtpRow(one, two, begin, until, indicator) if begin and until else None
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_mue(lines: Iterable[str]) -> Iterator[MueRow]:
    """CMS's MUE table of practitioner services, as CSV: code, units, indicator, rationale."""
    begun = False
    for number, cells in enumerate(csv.reader(lines), 1):
        match [cell.strip() for cell in cells]:
            case [code, units, said, *_] if (
                _CODE.fullmatch(code) and units.isdecimal() and said[:1] in {"1", "2", "3"}
            ):
                begun = True
                yield MueRow(code, int(units), int(said[0]))
            case row if begun and any(row):
                raise NotAnNcciFile(f"row {number} has not the form of an MUE")
    if not begun:
        raise NotAnNcciFile("the file has no MUEs; it is read as comma-separated text")


def parse_global_days(lines: Iterable[str]) -> dict[str, str]:
    """CMS's relative value file (``PPRRVU….csv``): the column GLOB DAYS by code."""
    rows = csv.reader(lines)
    for row in rows:
        header = [" ".join(cell.split()).upper() for cell in row]
        if "HCPCS" in header and "GLOB DAYS" in header:
            break
    else:
        raise NotAnNcciFile("the file has no columns HCPCS and GLOB DAYS")
    code_at, days_at = header.index("HCPCS"), header.index("GLOB DAYS")
    found: dict[str, str] = {}
    for row in rows:
        if len(row) <= max(code_at, days_at) or not _CODE.fullmatch(row[code_at].strip()):
            continue
        days = row[days_at].strip()
        if days not in _DAYS:
            raise NotAnNcciFile(f"{row[code_at].strip()} has global days that are none")
        found.setdefault(row[code_at].strip(), days)
    if not found:
        raise NotAnNcciFile("the file has no codes")
    return found


def keep_ptp(rows: Iterable[PtpRow], tables: Path = TABLES) -> int:
    """Take the quarter's PTP edits in; the files are cumulative, so it replaces the last."""
    every = sorted({(r.one, r.two, r.first, r.last, r.indicator) for r in rows})
    with gzip.open(tables / PTP, "wt", encoding="ascii") as file:
        for row in every:
            file.write("\t".join(map(str, row)) + "\n")
    return len(every)


def keep_mue(rows: Iterable[MueRow], first: date, tables: Path = TABLES) -> int:
    """Take a quarter's MUEs in: the files have no dates, the quarters have."""
    every = {row.code: row for row in rows}
    text = "".join(f"{r.code}\t{r.units}\t{r.adjudication}\n" for r in every.values())
    (tables / f"mue-{first}.tsv").write_text(text, "ascii")
    return len(every)


def keep_global_days(days: dict[str, str], tables: Path = TABLES) -> int:
    text = "".join(f"{code}\t{said}\n" for code, said in sorted(days.items()))
    (tables / GLOBAL).write_text(text, "ascii")
    return len(days)


def build(target: Path, tables: Path = TABLES) -> None:
    """Write the index."""
    fresh = target.with_name(target.name + ".new")
    fresh.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    complete = {
        "ptp": (tables / PTP).exists(),
        "mue": bool(_mue_releases(tables)),
        "global": (tables / GLOBAL).exists(),
    }
    with closing(sqlite3.connect(fresh)) as store:
        store.executescript(_SCHEMA)
        store.executemany("INSERT INTO origin VALUES (?, ?)", complete.items())
        ptp = tables / (PTP if complete["ptp"] else _SAMPLES["ptp"])
        store.executemany("INSERT OR REPLACE INTO ptp VALUES (?, ?, ?, ?, ?)", _pairs(ptp))
        store.executemany("INSERT INTO mue VALUES (?, ?, ?, ?, ?)", _limits(tables))
        global_days = tables / (GLOBAL if complete["global"] else _SAMPLES["global"])
        store.executemany("INSERT INTO global VALUES (?, ?)", _cells(global_days))
        store.commit()
        store.execute("VACUUM")
    fresh.replace(target)


def _mue_releases(tables: Path) -> dict[date, Path]:
    named = ((_MUE_RELEASE.fullmatch(file.name), file) for file in tables.iterdir())
    return {date.fromisoformat(match[1]): file for match, file in named if match}


def _limits(tables: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Each quarter's limits until the next; the first known hold for the time before."""
    releases = _mue_releases(tables) or {date.min: tables / _SAMPLES["mue"]}
    starts = sorted(releases)
    for first, after in zip(starts, [*starts[1:], None], strict=True):
        begin = date.min if first == starts[0] else first
        end = after - timedelta(days=1) if after else date.max
        for code, units, adjudication in _cells(releases[first]):
            yield code, as_number(begin), as_number(end), int(units), int(adjudication)


def _pairs(file: Path) -> Iterator[tuple[str, str, int, int, int]]:
    for one, two, first, last, indicator in _cells(file):
        span = (as_number(date.fromisoformat(first)), as_number(date.fromisoformat(last)))
        yield one, two, *span, int(indicator)


def _cells(file: Path) -> Iterator[list[str]]:
    read = gzip.open if file.suffix == ".gz" else open
    with read(file, "rt", encoding="utf-8") as opened:
        for line in opened:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
