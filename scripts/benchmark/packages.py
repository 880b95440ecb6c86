"""What each function costs before it answers: imports at cold start and size.

Every figure comes from fresh interpreters, and time is told as a ratio to
importing boto3 measured in the same run, since the machine's speed is not ours.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.manifest import FUNCTIONS

ROOT = Path(__file__).parents[2]
_RUNS = 5
_PROBE = """
import sys, time
begin = time.perf_counter()
import {module}
print(time.perf_counter() - begin, len(sys.modules))
"""


@dataclass(frozen=True)
class ImportCost:
    function: str
    ratio: float
    """Import time over that of boto3."""
    modules: int
    unzipped_kib: int
    """The function's own folder; layers are counted once, apart."""


def import_costs() -> list[ImportCost]:
    """Measure every function of the manifest, boto3 in between."""
    costs = []
    for function in FUNCTIONS:
        module = function.handler.rpartition(".")[0]
        pairs = [(_probe("boto3")[0], _probe(module)) for _ in range(_RUNS)]
        costs.append(
            ImportCost(
                function.name,
                statistics.median(cost[0] / baseline for baseline, cost in pairs),
                pairs[0][1][1],
                folder_kib(ROOT / "functions" / function.name),
            )
        )
    return costs


def _probe(module: str) -> tuple[float, int]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers/common/python")])
    run = subprocess.run(
        [sys.executable, "-c", _PROBE.format(module=module)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, modules = run.stdout.split()
    return float(seconds), int(modules)


def folder_kib(folder: Path) -> int:
    """Bytes of the folder's files in KiB, caches left out."""
    files = (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return sum(f.stat().st_size for f in files) // 1024
