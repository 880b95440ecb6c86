"""The command line of ``scripts/reference``."""

from __future__ import annotations

import argparse
import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

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
    parser.add_argument("table", choices=("units", "growth"))
    chosen = parser.parse_args(arguments)
    if chosen.table == "units":
        essence = files("ucumvert") / "vendor" / "ucum-essence.xml"
        _write(_MEASURES / "ucum.json", units.extract(Path(str(essence))))
        return 0
    with tempfile.TemporaryDirectory() as work:
        _write(_MEASURES / "growth.json", growth.extract(Path(work)))
        _write(_PUBLISHED, growth.published_percentiles(Path(work)))
    return 0


def _write(file: Path, table: Any) -> None:
    file.write_text(json.dumps(table, separators=(",", ":")) + "\n")
    print(f"written: {file.relative_to(ROOT)}, {file.stat().st_size:,} bytes")
