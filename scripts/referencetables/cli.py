"""The command line of ``scripts/reference``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TextIO

from layers.codes import build as icd10cm
from layers.codes import loinc, ncci, rxnorm
from scripts.bootstrap.paths import ROOT
from scripts.referencetables import growth, units

_MEASURES: Final = ROOT / "layers" / "common" / "python" / "caresmith" / "measures"
_PUBLISHED: Final = ROOT / "tests" / "unit" / "measures" / "cdc_percentiles.json"


def main(arguments: list[str]) -> int:
    """Write the tables that were asked for."""
    parser = argparse.ArgumentParser(
        prog="scripts/reference",
        description="Write the tables of public reference data in the packages anew. "
        "Each module of scripts/referencetables names its source and licence.",
    )
    tables = parser.add_subparsers(dest="table", required=True)
    tables.add_parser("units", help="UCUM's units")
    tables.add_parser("growth", help="growth charts of CDC and WHO")
    icd = tables.add_parser("icd10cm", help="take in another release of ICD-10-CM")
    icd.add_argument("order_file", type=Path, help="CMS's icd10cm_order_<year>.txt")
    icd.add_argument(
        "--first", type=date.fromisoformat, required=True, help="the release's first day"
    )
    ptp = tables.add_parser("ncci-ptp", help="take in CMS's PTP edits of a quarter")
    ptp.add_argument("files", type=Path, nargs="+", help="ccipra-v….txt, all parts of them")
    mue = tables.add_parser("ncci-mue", help="take in CMS's MUEs of a quarter")
    mue.add_argument("files", type=Path, nargs=1, help="MCR_MUE_PractitionerServices_….csv")
    mue.add_argument(
        "--first", type=date.fromisoformat, required=True, help="the quarter's first day"
    )
    days = tables.add_parser("global-days", help="take in the days of aftercare of a year")
    days.add_argument("files", type=Path, nargs=1, help="CMS's PPRRVU….csv")
    drugs = tables.add_parser("rxnorm", help="take in a release of RxNorm")
    drugs.add_argument(
        "file",
        type=Path,
        help="NLM's Current Prescribable Content: its zip, or RXNCONSO.RRF out of it",
    )
    drugs.add_argument(
        "--released",
        type=date.fromisoformat,
        help="the release's day, where no name of the file or its folders tells it",
    )
    tests = tables.add_parser("loinc", help="take in a release of LOINC, under its licence")
    tests.add_argument("file", type=Path, help="LoincTableCore.csv of loinc.org")
    tests.add_argument("--version", required=True, help="the release, as 2.81")
    chosen = parser.parse_args(arguments)
    if chosen.table in _TAKEN_IN:
        return _take_in(chosen)
    if chosen.table == "icd10cm":
        return _take_release(chosen.order_file, chosen.first)
    if chosen.table == "rxnorm":
        return _take_drugs(chosen.file, chosen.released)
    if chosen.table == "loinc":
        return _take_tests(chosen.file, chosen.version)
    if chosen.table == "units":
        essence = files("ucumvert") / "vendor" / "ucum-essence.xml"
        _write(_MEASURES / "ucum.json", units.extract(Path(str(essence))))
        return 0
    with tempfile.TemporaryDirectory() as work:
        _write(_MEASURES / "growth.json", growth.extract(Path(work)))
        _write(_PUBLISHED, growth.published_percentiles(Path(work)))
    return 0


def _take_release(order_file: Path, first: date) -> int:
    """Keep the release; the next set-up or deployment builds the index with it."""
    try:
        text = order_file.read_text("utf-8")
        codes = icd10cm.parse_order_file(text)
    except (OSError, UnicodeDecodeError, icd10cm.NotAnOrderFile) as error:
        return _refused(order_file, error)
    icd10cm.RELEASES.mkdir(exist_ok=True)
    kept = icd10cm.RELEASES / f"{first}.txt"
    kept.write_text(text, "utf-8")
    print(f"written: {kept.relative_to(ROOT)}, {len(codes):,} codes from {first} on")
    return 0


def _take_in(chosen: argparse.Namespace) -> int:
    """CMS's file of a quarter into the plain tables of the codes layer, whole or not at all."""
    try:
        with ExitStack() as opened:
            # CMS writes Latin-1, and codes and numbers in plain ASCII.
            files = [opened.enter_context(file.open(encoding="latin-1")) for file in chosen.files]
            count = _TAKEN_IN[chosen.table](files, chosen)
    except (OSError, ncci.NotAnNcciFile) as error:
        print(f"{chosen.files[0]}: {error}. Nothing was changed.", file=sys.stderr)
        return 1
    print(f"written: {ncci.TABLES.relative_to(ROOT)}, {count:,} rows")
    return 0


_TAKEN_IN: Final[dict[str, Callable[[list[TextIO], argparse.Namespace], int]]] = {
    "ncci-ptp": lambda files, _: ncci.keep_ptp(row for f in files for row in ncci.parse_ptp(f)),
    "ncci-mue": lambda files, chosen: ncci.keep_mue(ncci.parse_mue(files[0]), chosen.first),
    "global-days": lambda files, _: ncci.keep_global_days(ncci.parse_global_days(files[0])),
}


def _take_drugs(file: Path, told: date | None) -> int:
    day = told or rxnorm.released(file.absolute())
    if day is None:
        return _refused(file, "its name does not tell the release's day: give it with --released")
    try:
        drugs = rxnorm.read(file)
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, rxnorm.NotARelease) as error:
        return _refused(file, error)
    rxnorm.keep(drugs, day)
    return _kept(rxnorm.KEPT, f"{len(drugs):,} drugs of the release of {day}")


def _take_tests(file: Path, version: str) -> int:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            tests = loinc.parse(lines)
    except (OSError, UnicodeDecodeError, loinc.NotALoincTable) as error:
        return _refused(file, error)
    loinc.keep(tests, version)
    return _kept(loinc.KEPT, f"{len(tests):,} laboratory tests of LOINC {version}")


def _kept(file: Path, what: str) -> int:
    print(f"written: {file.relative_to(ROOT)}, {what}")
    print("The next scripts/setup, scripts/run or scripts/deploy builds the index with it.")
    return 0


def _refused(file: Path, why: object) -> int:
    print(f"{file}: {why}. Nothing was changed.", file=sys.stderr)
    return 1


def _write(file: Path, table: Any) -> None:
    file.write_text(json.dumps(table, separators=(",", ":")) + "\n")
    print(f"written: {file.relative_to(ROOT)}, {file.stat().st_size:,} bytes")
