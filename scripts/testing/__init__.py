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
from threading import Event
from typing import Final

from scripts.bootstrap import browser, environment
from scripts.bootstrap.paths import ROOT, VENV, VENV_PYTHON
from scripts.bootstrap.progress import SetupError

SECOND_PYTHON: Final = "3.13"
_SECOND: Final = ROOT / f".venv-{SECOND_PYTHON}"
_NOTHING_COLLECTED: Final = 5
_CHUNK: Final = 65_536
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
    """It runs beside what follows, one such part at a time.

    What it says is told at its end, or as it comes once nothing else runs.
    """


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
    # Beside the browser, which waits more than it works: first what uses one core.
    Part("conformance", _politely(*_pytest("tests/conformance")), beside=True),
    Part(
        f"python{SECOND_PYTHON}",
        _politely(str(_SECOND / "bin" / "python"), "-m", "pytest", "-q", "tests/unit"),
        _second_python,
        beside=True,
    ),
    Part("integration", _politely(*_pytest("-n", "2", "tests/integration")), beside=True),
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
    alone = Event()
    # One at a time: what runs beside the others leaves them most of the machine.
    with ThreadPoolExecutor(max_workers=1) as others:
        for part in parts:
            passes = others.submit(_passes, part, alone) if part.beside else _passes(part)
            results.append((part.name, passes))
        alone.set()
    return [
        name
        for name, passes in results
        if not (passes.result() if isinstance(passes, Future) else passes)
    ]


def _passes(part: Part, alone: Event | None = None) -> bool:
    """Run it; ``alone`` is set as soon as what it says disturbs nobody."""
    heading = f"\n== {part.name}"
    if alone is None:
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
    code = _run(part.command) if alone is None else _run_beside(part.command, heading, alone)
    print(f"-- {part.name}: {time.monotonic() - began:.0f} s", flush=True)
    # A folder may hold no test yet; that is no failure.
    is_pytest = "pytest" in part.command
    return code == 0 or (is_pytest and code == _NOTHING_COLLECTED)


def _run(command: tuple[str, ...]) -> int:
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _run_beside(command: tuple[str, ...], heading: str, alone: Event) -> int:
    held = [f"{heading}\n".encode()]

    def tell() -> None:
        sys.stdout.buffer.write(b"".join(held))
        sys.stdout.buffer.flush()
        held.clear()

    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        # Not by lines: a test runner's progress is a line of dots that grows.
        while running.stdout and (said := os.read(running.stdout.fileno(), _CHUNK)):
            held.append(said)
            if alone.is_set():
                tell()
    tell()
    return running.returncode


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": _PYTHONPATH}
