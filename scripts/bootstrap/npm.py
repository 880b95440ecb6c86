"""Files out of packages of the npm registry that nobody installs: their tarballs, checked."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from scripts.bootstrap.paths import BUILD
from scripts.bootstrap.progress import SetupError, run, step, tool

ADVICE: Final = "It comes with Node.js: on Debian or Ubuntu, `apt-get install nodejs npm`."


def ensure(target: Path, package: str, sha512: str, folder: str, what: str) -> None:
    """Put ``folder`` of that package into ``target``; at once where that version is there.

    ``package`` is ``name@version``, ``sha512`` the registry's digest of its tarball in
    base64, ``what`` is told while it is fetched. Raises SetupError where it is another file.
    """
    stamp = target / "version"
    if stamp.exists() and stamp.read_text() == package:
        return
    npm = tool("npm", ADVICE)
    BUILD.mkdir(exist_ok=True)
    with step(f"Fetching {what}"), tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        run([npm, "pack", package, "--silent", "--pack-destination", scratch], cwd=Path(scratch))
        tarball = next(Path(scratch).glob("*.tgz"))
        if _digest(tarball) != sha512:
            raise SetupError(f"{package} is not the file that was pinned: its digest differs.")
        with tarfile.open(tarball) as archive:
            wanted = [m for m in archive if m.name.startswith(f"package/{folder}/") and m.isfile()]
            archive.extractall(scratch, wanted, filter="data")
        unpacked = Path(scratch) / "package" / folder
        (unpacked / "version").write_text(package)
        shutil.rmtree(target, ignore_errors=True)
        unpacked.rename(target)


def _digest(tarball: Path) -> str:
    return base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
