"""Where a page finds its static files.

The web layer's build writes ``manifest.json`` beside the files: each plain name
(``vendor/htmx/htmx.min.js``) with its path that includes a digest of its
content. Such a path never changes its meaning, so browsers may keep it for ever.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Final

STATIC_PATH: Final = "/console/static"


def assets_dir() -> Path:
    """The folder of the web layer's files."""
    return Path(os.environ.get("CARESMITH_ASSETS_DIR", "/opt/web"))


@cache
def asset_manifest() -> dict[str, str]:
    """Plain name to content-addressed path. Empty where the layer is absent."""
    try:
        names: dict[str, str] = json.loads((assets_dir() / "manifest.json").read_text())
    except FileNotFoundError:
        return {}
    return names


def asset_url(name: str) -> str:
    """The URL of a static file by its plain name."""
    return f"{STATIC_PATH}/{asset_manifest().get(name, name)}"
