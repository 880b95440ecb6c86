"""The virtual environment, from the lock file and nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from scripts.bootstrap.paths import ROOT, VENV
from scripts.bootstrap.progress import SetupError, run, step

_LOCK: Final = ROOT / "requirements.lock"
_UV_LOCK: Final = Path(__file__).with_name("uv.txt")


def ensure(venv: Path = VENV, *, interpreter: str = sys.executable) -> None:
    """Make ``venv`` hold exactly what the lock names; at once where it already does."""
    python = venv / "bin" / "python"
    stamp = venv / "caresmith.lock.sha256"
    wanted = hashlib.sha256(_LOCK.read_bytes() + _UV_LOCK.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not _works(python):
        with step("Making the virtual environment"):
            _create(venv, interpreter)
    with step("Installing the locked Python packages"):
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        run([*pip, "--require-hashes", "--only-binary=:all:", "-r", _UV_LOCK])
        uv: list[str | Path] = [venv / "bin" / "uv", "pip", "sync", "--quiet", "--python", python]
        run([*uv, "--require-hashes", _LOCK])
    stamp.write_text(wanted)


def other_python(version: str) -> str | None:
    """An interpreter of that version ("3.13") that really runs, or None.

    A version manager's shim may stand in the path and fail: only an answer counts.
    """
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(managed.glob(f"{version}.*/bin/python3"), reverse=True)
    for command in (f"python{version}", *map(str, installed)):
        try:
            told = subprocess.run(
                [command, "-c", "import sys, ssl, venv; print(sys.executable)"],
                capture_output=True,
                text=True,
                check=True,
                timeout=20,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return told.stdout.strip()
    return None


def _works(python: Path) -> bool:
    return python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0


def _create(venv: Path, interpreter: str) -> None:
    try:
        run([interpreter, "-m", "venv", "--clear", venv])
    except SetupError as error:
        raise SetupError(
            f"{error}\nPython's venv module is needed: on Debian or Ubuntu, "
            "`apt-get install python3-venv`."
        ) from None
