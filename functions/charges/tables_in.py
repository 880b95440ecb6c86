"""Reading a file of rows (CSV or TSV): every problem with its line, and nothing half taken."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from functions.charges.errors import RowsRefused

Row = TypeVar("Row")

MOST_ROWS: Final = 40_000
_MOST_PROBLEMS: Final = 25
_MOST_CELL: Final = 2_000
_US_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_PLAIN_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")


def rows(
    text: str, needed: tuple[str, ...], make: Callable[[dict[str, str]], Row]
) -> list[tuple[int, Row]]:
    """Each row as ``make`` makes it, with its line. The first line names the columns.

    ``make`` raises ValueError with a sentence for a row that is wrong. Raises RowsRefused.
    """
    problems: list[tuple[int, str]] = []
    found: list[tuple[int, Row]] = []
    for at, cells in _cells(text, needed):
        try:
            found.append((at, make(cells)))
        except ValueError as error:
            problems.append((at, _sentence(error)))
            if len(problems) >= _MOST_PROBLEMS:
                break
    if not problems and not found:
        problems.append((1, "There is no row below the column names."))
    if problems:
        raise RowsRefused(problems)
    return found


def _cells(text: str, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    first = lines.readline()
    lines.seek(0)
    separator = "\t" if "\t" in first else ","
    csv.field_size_limit(_MOST_CELL)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        names = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        missing = [name for name in needed if name not in names]
        if missing:
            raise RowsRefused([(1, f"The first line must name the column {missing[0]}.")])
        if len(set(names)) < len(names):
            raise RowsRefused([(1, "Two columns have the same name.")])
        for count, row in enumerate(reader):
            if count >= MOST_ROWS:
                raise RowsRefused([(reader.line_num, f"There are more than {MOST_ROWS:,} rows.")])
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                why = f"The line has {len(row)} columns and the first line {len(names)}."
                raise RowsRefused([(reader.line_num, why)])
            yield reader.line_num, dict(zip(names, (cell.strip() for cell in row), strict=True))
    except csv.Error:
        raise RowsRefused([(reader.line_num, "The line is no CSV: look at its quotes.")]) from None


def day(text: str) -> dt.date | None:
    """``2026-01-31``, ``01/31/2026`` or ``20260131``; None for an empty cell. Raises ValueError."""
    if not text:
        return None
    try:
        if found := _US_DAY.fullmatch(text):
            month, day_, year = map(int, found.groups())
            return dt.date(year, month, day_)
        if found := _PLAIN_DAY.fullmatch(text):
            return dt.date(*map(int, found.groups()))
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("A date is written 2026-01-31 or 01/31/2026.") from None


def _sentence(error: ValueError) -> str:
    """What is wrong, never what stood there."""
    from pydantic import ValidationError

    from caresmith.problems import sentence

    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        told = sentence(first["msg"])
        return f"{where}: {told}" if where else told
    return str(error)
