"""``scripts/test``: every check and every test, one part after another."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from scripts.bootstrap import browser, environment
from scripts.bootstrap.paths import ROOT, VENV, VENV_PYTHON
from scripts.bootstrap.progress import SetupError

SECOND_PYTHON: Final = "3.13"
_SECOND: Final = ROOT / f".venv-{SECOND_PYTHON}"
_NOTHING_COLLECTED: Final = 5
_PYTHONPATH: Final = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])


class Absent(Exception):
    """What a part needs is not on this machine, and need not be."""


@dataclass(frozen=True)
class Part:
    """One thing that must succeed."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], object] = lambda: None
    beside: bool = False
    """It uses one core only: it runs beside what follows, and tells at its end what it said."""


def _pytest(*arguments: str) -> tuple[str, ...]:
    return (str(VENV_PYTHON), "-m", "pytest", "-q", *arguments)


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(VENV / "bin" / name), *arguments)


def _politely(*command: str) -> tuple[str, ...]:
    return ("nice", "-n", "10", *command)


def _second_python() -> None:
    """Set up another Python for the unit tests. Raises Absent where none really runs."""
    found = environment.other_python(SECOND_PYTHON)
    if found is None:
        raise Absent(f"python{SECOND_PYTHON} is not on this machine, skipped")
    environment.ensure(_SECOND, interpreter=found)


PARTS: Final = (
    Part("lint", _tool("ruff", "check", ".")),
    Part("format", _tool("ruff", "format", "--check", "-q", ".")),
    Part("types", _tool("mypy"), beside=True),
    Part("infra", _pytest("tests/infra")),
    Part("unit", _pytest("-n", "2", "tests/unit")),
    Part("integration", _pytest("-n", "2", "tests/integration")),
    # Beside the browser, which waits more than it works.
    Part("conformance", _politely(*_pytest("tests/conformance")), beside=True),
    Part(
        f"python{SECOND_PYTHON}",
        _politely(str(_SECOND / "bin" / "python"), "-m", "pytest", "-q", "tests/unit"),
        _second_python,
        beside=True,
    ),
    Part("e2e", _pytest("tests/e2e"), browser.ensure),
)


def main(arguments: list[str]) -> int:
    """Run the chosen parts, all by default; 1 where any has failed."""
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__)
    names = [part.name for part in PARTS]
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of: {' '.join(names)}")
    chosen = parser.parse_args(arguments).parts
    unknown = set(chosen) - set(names)
    if unknown:
        parser.error(f"there is no part {' '.join(sorted(unknown))}; there are {' '.join(names)}")
    failed = _failed([part for part in PARTS if part.name in (chosen or names)])
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything passed.", flush=True)
    return 1 if failed else 0


def _failed(parts: list[Part]) -> list[str]:
    """Run them; returns the names of those that failed."""
    results: list[tuple[str, bool | Future[bool]]] = []
    # One at a time: what runs beside the others leaves them most of the machine.
    with ThreadPoolExecutor(max_workers=1) as others:
        for part in parts:
            passes = others.submit(_passes, part) if part.beside else _passes(part)
            results.append((part.name, passes))
    return [
        name
        for name, passes in results
        if not (passes.result() if isinstance(passes, Future) else passes)
    ]


def _passes(part: Part) -> bool:
    heading = f"\n== {part.name}"
    if not part.beside:
        print(heading, flush=True)
    began = time.monotonic()
    try:
        part.prepare()
    except Absent as absent:
        print(f"{heading}: {absent}", flush=True)
        return True
    except SetupError as error:
        print(error, file=sys.stderr)
        return False
    done = subprocess.run(
        part.command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": _PYTHONPATH},
        stdout=subprocess.PIPE if part.beside else None,
        stderr=subprocess.STDOUT if part.beside else None,
        text=True,
        check=False,
    )
    if part.beside:
        print(f"{heading}\n{done.stdout}", end="")
    print(f"-- {part.name}: {time.monotonic() - began:.0f} s", flush=True)
    # A folder may hold no test yet; that is no failure.
    is_pytest = "pytest" in part.command
    return done.returncode == 0 or (is_pytest and done.returncode == _NOTHING_COLLECTED)
