"""The front-end assets: packages from the npm registry as locked, then the web layer's build."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Final

from layers.web import build as web_build
from scripts.bootstrap.npm import ADVICE
from scripts.bootstrap.paths import ASSETS, BUILD, ROOT
from scripts.bootstrap.progress import run, step, tool

_LAYER: Final = ROOT / "layers" / "web"
_PACKAGES: Final = BUILD / "web" / "npm"
_NPM_FILES: Final = ("package.json", "package-lock.json", ".npmrc")


def ensure() -> None:
    """Install the packages and build the assets; at once where both are current."""
    _install()
    stamp = ASSETS.with_name("dist.sha256")
    wanted = source_digest()
    if not (ASSETS / "manifest.json").exists() or not _says(stamp, wanted):
        web_build.build(_PACKAGES / "node_modules", ASSETS)
        stamp.write_text(wanted)


def source_digest() -> str:
    """Changes when the assets must be built anew."""
    digest = hashlib.sha256()
    own = [f for f in sorted((_LAYER / "src").rglob("*")) if f.is_file()]
    for file in (_LAYER / "build.py", _LAYER / "package-lock.json", *own):
        digest.update(str(file.relative_to(_LAYER)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _install() -> None:
    locked = hashlib.sha256(b"".join((_LAYER / f).read_bytes() for f in _NPM_FILES)).hexdigest()
    stamp = _PACKAGES / "installed.sha256"
    if _says(stamp, locked):
        return
    npm = tool("npm", ADVICE)
    with step("Fetching the front-end packages"):
        _PACKAGES.mkdir(parents=True, exist_ok=True)
        for name in _NPM_FILES:
            shutil.copyfile(_LAYER / name, _PACKAGES / name)
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=_PACKAGES)
    stamp.write_text(locked)


def _says(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted
