"""Running tools with a line of progress, and saying plainly what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class SetupError(Exception):
    """Set-up cannot go on; the text says why and what to do."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show that something slow has begun, and how long it took."""
    print(f"  {what} ...", end="", flush=True, file=sys.stderr)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", file=sys.stderr)
        raise
    print(f" {time.monotonic() - began:.0f} s", file=sys.stderr)


def tool(name: str, how_to_get: str) -> str:
    """The path of a program. Raises SetupError naming it where it is missing."""
    found = shutil.which(name)
    if found is None:
        raise SetupError(f"{name} is missing. {how_to_get}")
    return found


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a tool quietly; returns its output. Raises SetupError with its last lines."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()[-12:]
        raise SetupError(f"{Path(str(command[0])).name} failed:\n    " + "\n    ".join(told))
    return done.stdout
