"""Build the index of RxNorm that the codes layer carries.

NLM gives its *Current Prescribable Content* out monthly, without a licence
(https://www.nlm.nih.gov/research/umls/rxnorm/docs/rxnormfiles.html), as pipe-delimited
files (RRF). ``scripts/reference rxnorm`` keeps what is needed of one release in
``layers/codes/kept/rxnorm.tsv``; without it the index has the short list ``drugs.json``,
whose codes and names were each seen together in the source that it names.
"""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from caresmith.codes import naming
from caresmith.codes.opening import WORD_TABLE
from caresmith.codes.rxnorm import DrugKind

KEPT: Final = Path(__file__).with_name("kept") / "rxnorm.tsv"
SHORT_LIST: Final = Path(__file__).with_name("drugs.json")
TITLE: Final = "RxNorm, Current Prescribable Content"
SHORT_TITLE: Final = "a short list of common drugs"

_FILE: Final = "RXNCONSO.RRF"
# RXNCONSO's columns: https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html section 12.4
_RXCUI, _SAB, _TTY, _STR, _SUPPRESS = 0, 11, 12, 14, 16
_COLUMNS: Final = 18
_FORM: Final = "DF"
_OTHER_NAMES: Final = frozenset({"SY", "TMSY", "PSN"})
_RELEASED: Final = re.compile(r"(?:prescribe|full)\w*?_(\d{2})(\d{2})(\d{4})", re.IGNORECASE)
_SCHEMA: Final = (
    """
CREATE TABLE told (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE drug (
  id INTEGER PRIMARY KEY, rxcui TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
  ingredients TEXT NOT NULL, form TEXT NOT NULL, brand TEXT NOT NULL
);
"""
    + WORD_TABLE
)


class NotARelease(Exception):
    """The text says what is wrong."""


@dataclass(frozen=True)
class Entry:
    """One drug on its way into the index."""

    rxcui: str
    kind: DrugKind
    name: str
    form: str = ""
    others: tuple[str, ...] = ()
    """What else RxNorm calls it."""


def released(file: Path) -> date | None:
    """The day of a release, as NLM's names of its files tell: ``..._prescribe_11022026``."""
    for name in (file.name, *(parent.name for parent in file.parents)):
        found = _RELEASED.search(name)
        if found:
            month, day, year = map(int, found.groups())
            try:
                return date(year, month, day)
            except ValueError:
                continue
    return None


def read(file: Path) -> list[Entry]:
    """What can be prescribed, of a release: its zip, or ``RXNCONSO.RRF`` out of it.

    Raises NotARelease, naming the line that has another form.
    """
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            inside = [name for name in packed.namelist() if name.rpartition("/")[2] == _FILE]
            if len(inside) != 1:
                raise NotARelease(f"the zip has {len(inside)} files {_FILE}, not one")
            with packed.open(inside[0]) as raw:
                return parse(TextIOWrapper(raw, "utf-8"))
    with file.open(encoding="utf-8") as lines:
        return parse(lines)


def parse(lines: Iterable[str]) -> list[Entry]:
    """The drugs of RXNCONSO. Other sources' names, which have licences, are passed over."""
    names: dict[str, tuple[DrugKind, str]] = {}
    others: dict[str, list[str]] = defaultdict(list)
    forms: set[str] = set()
    kinds = {kind.value: kind for kind in DrugKind}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = line.rstrip("\n").split("|")
        if len(cells) < _COLUMNS or not cells[_RXCUI].isdigit():
            raise NotARelease(f"line {number} has not the form of {_FILE}")
        if cells[_SAB] != "RXNORM" or cells[_SUPPRESS] not in ("", "N"):
            continue
        tty, said = cells[_TTY], " ".join(cells[_STR].split())
        if tty == _FORM:
            forms.add(said)
        elif tty in kinds:
            names[cells[_RXCUI]] = (kinds[tty], said)
        elif tty in _OTHER_NAMES:
            others[cells[_RXCUI]].append(said)
    if not names:
        raise NotARelease("the file has no drug that can be prescribed")
    longest = sorted(forms, key=len, reverse=True)
    return [
        Entry(rxcui, kind, name, _form(name, longest), tuple(dict.fromkeys(others[rxcui])))
        for rxcui, (kind, name) in names.items()
    ]


def keep(entries: Sequence[Entry], day: date, kept: Path = KEPT) -> None:
    """Keep a release; the next set-up or deployment builds the index with it."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(kept.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(f"{day.isoformat()}\n")
        for one in entries:
            file.write("\t".join((one.rxcui, one.kind, one.name, one.form, *one.others)) + "\n")
    fresh.replace(kept)


def build(target: Path, kept: Path = KEPT, short_list: Path = SHORT_LIST) -> int:
    """Write the index; returns how many drugs it has."""
    if kept.exists():
        with kept.open(encoding="utf-8") as file:
            day, title = next(file).strip(), TITLE
            entries = [_kept(line) for line in file]
    else:
        day, title = "", SHORT_TITLE
        rows = json.loads(short_list.read_text("utf-8"))["drugs"]
        entries = [_short(rxcui, name) for rxcui, name, _source in rows]
    fresh = target.with_name(target.name + ".new")
    fresh.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(fresh)) as store:
        store.executescript(_SCHEMA)
        store.executemany("INSERT INTO told VALUES (?, ?)", [("title", title), ("released", day)])
        for number, one in enumerate(entries, 1):
            inside = "\n".join(naming.ingredients(one.name))
            store.execute(
                "INSERT INTO drug VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(number, one.rxcui, one.kind, one.name, inside),
                    *(one.form, naming.brand(one.name) or ""),
                ),
            )
            store.execute(
                "INSERT INTO word (rowid, name, terms) VALUES (?, ?, ?)",
                (number, one.name, "\n".join(one.others)),
            )
        store.execute("INSERT INTO word(word) VALUES ('optimize')")
        store.commit()
        store.execute("VACUUM")
    fresh.replace(target)
    return len(entries)


def _form(name: str, forms: Sequence[str]) -> str:
    """The longest dose form with which a name ends."""
    own = naming.brand(name)
    whole = name.removesuffix(f"[{own}]").rstrip() if own else name
    return next((form for form in forms if whole.endswith(f" {form}")), "")


def _short(rxcui: str, name: str) -> Entry:
    """A drug of the short list, which has no list of dose forms: the name tells."""
    kind = DrugKind.PACK if name.startswith("{") else DrugKind.CLINICAL
    return Entry(rxcui, kind, name, naming.dose_form(name))


def _kept(line: str) -> Entry:
    rxcui, kind, name, form, *others = line.rstrip("\n").split("\t")
    return Entry(rxcui, DrugKind(kind), name, form, tuple(others))
