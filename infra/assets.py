"""What is uploaded: a function's own folder, and the layers it stands on.

Layers are built once for Lambda's platform from ``layers/<name>/requirements.in``
at the versions of ``requirements.lock``, and rebuilt only when one of the two
changes. A function's package holds its own feature and nothing else.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
BUILD: Final = ROOT / ".build" / "assets"
PYTHON_VERSION: Final = "3.14"
PLATFORM: Final = "aarch64-manylinux_2_28"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_UNZIPPED_BYTES: Final = 250 * 1024 * 1024
_NOT_SHIPPED: Final = shutil.ignore_patterns("__pycache__", "*.pyc")


def function_asset(name: str) -> Path:
    """A folder with ``functions/<name>`` and no other feature."""
    target = BUILD / "functions" / name
    shutil.rmtree(target, ignore_errors=True)
    (target / "functions").mkdir(parents=True)
    shutil.copy(ROOT / "functions" / "__init__.py", target / "functions")
    source = ROOT / "functions" / name
    if not (source / "handler.py").exists():
        raise FileNotFoundError(f"functions/{name}/handler.py: the manifest lists it")
    shutil.copytree(source, target / "functions" / name, ignore=_NOT_SHIPPED)
    return target


def layer_asset(name: str, *, skip: bool = False) -> Path:
    """The folder that becomes ``/opt``; empty but for a note where ``skip`` is set."""
    if skip:
        target = BUILD / "layers-skipped" / name
        target.mkdir(parents=True, exist_ok=True)
        (target / "SKIPPED").write_text("Built without its packages, for tests of templates.\n")
        return target
    if name == "common":
        return _copied(ROOT / "layers" / "common" / "python", BUILD / "layers" / name / "python")
    if name == "web":
        return _copied(ROOT / ".build" / "web" / "dist", BUILD / "layers" / name / "web")
    if name == "codes":
        return _copied(ROOT / ".build" / "codes" / "dist", BUILD / "layers" / name / "codes")
    return _installed(name)


def _copied(source: Path, target: Path) -> Path:
    if not source.is_dir():
        raise FileNotFoundError(f"{source.relative_to(ROOT)} is absent: run scripts/setup first")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=_NOT_SHIPPED)
    return target.parent


def _installed(name: str) -> Path:
    wanted = ROOT / "layers" / name / "requirements.in"
    lock = ROOT / "requirements.lock"
    digest = hashlib.sha256(
        b"\0".join(
            [wanted.read_bytes(), lock.read_bytes(), PYTHON_VERSION.encode(), PLATFORM.encode()]
        )
    ).hexdigest()
    target, stamp = BUILD / "layers" / name, BUILD / "layers" / f"{name}.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return target
    shutil.rmtree(target, ignore_errors=True)
    print(f"Building the layer {name} for {PLATFORM}, Python {PYTHON_VERSION} ...", flush=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet"),
            *("--target", str(target / "python")),
            *("--python-platform", PLATFORM, "--python-version", PYTHON_VERSION),
            *("--only-binary", ":all:"),
            *("--constraint", str(lock), "--requirements", str(wanted)),
        ],
        check=True,
    )
    stamp.write_text(digest)
    return target


def check_size(function: str, layers: Iterable[Path]) -> None:
    """Raises ValueError where Lambda would refuse the function for its size with its layers."""
    own = ROOT / "functions" / function
    size = sum(_unzipped_bytes(folder) for folder in (own, *layers))
    if size > MAX_UNZIPPED_BYTES:
        raise ValueError(
            f"{function} and its layers have {size} bytes unzipped: too many for Lambda"
        )


def _unzipped_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
