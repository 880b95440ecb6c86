"""Collect the front-end files that pages use, each under a path that never changes meaning.

Every group (a vendor package, our own sources) is copied into a folder named
after a digest of the group's content, so files inside refer to each other by
their plain relative paths, and ``manifest.json`` maps each plain name to its
place: ``vendor/htmx/htmx.min.js`` -> ``vendor/htmx-0c9d.../htmx.min.js``,
``js/calendar.js`` -> ``app-77aa.../js/calendar.js``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).with_name("src")

VENDOR: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    # Name in URLs: (npm package, files or folders of it; the first part "dist" is dropped).
    "htmx": ("htmx.org", ("dist/htmx.min.js", "LICENSE")),
    "tabler": (
        "@tabler/core",
        ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
    ),
    "tabler-icons": (
        "@tabler/icons-webfont",
        ("dist/tabler-icons.min.css", "dist/fonts/tabler-icons.woff2"),
    ),
    "event-calendar": (
        "@event-calendar/build",
        ("dist/event-calendar.min.css", "dist/event-calendar.min.js"),
    ),
    "echarts": ("echarts", ("dist/echarts.min.js", "LICENSE", "NOTICE")),
}


def build(node_modules: Path, target: Path) -> dict[str, str]:
    """Write the assets and their manifest to ``target``; returns the manifest.

    The new tree replaces the old in one rename, so a reader never sees half of
    it. Raises FileNotFoundError where a package lacks a file named above.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    names: dict[str, str] = {}
    for name, (package, wanted) in VENDOR.items():
        files = {file.removeprefix("dist/"): node_modules / package / file for file in wanted}
        place = _copy_group(files, fresh, f"vendor/{name}")
        names |= {f"vendor/{name}/{file}": f"{place}/{file}" for file in files}
    if SOURCES.is_dir():
        files = {str(f.relative_to(SOURCES)): f for f in _files(SOURCES)}
        place = _copy_group(files, fresh, "app")
        names |= {file: f"{place}/{file}" for file in files}
    (fresh / "manifest.json").write_text(json.dumps(names, indent=1, sort_keys=True))
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return names


def _files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and not f.name.startswith("."))


def _copy_group(files: Mapping[str, Path], target: Path, name: str) -> str:
    digest = hashlib.sha256()
    for file, source in sorted(files.items()):
        digest.update(file.encode() + b"\0" + hashlib.sha256(source.read_bytes()).digest())
    place = f"{name}-{digest.hexdigest()[:16]}"
    for file, source in files.items():
        copied = target / place / file
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copied)
    return place
