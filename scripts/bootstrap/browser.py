"""Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil

from scripts.bootstrap.progress import SetupError, run, step

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def ensure() -> str:
    """The path of a Chromium, installed by apt where that is possible.

    Raises SetupError where there is none and none can be installed.
    """
    found = _find()
    if found is None and shutil.which("apt-get"):
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not as_root or shutil.which("sudo"):
            with step("Installing Chromium"):
                run([*as_root, "apt-get", "install", "-y", "-qq", "chromium"])
            found = _find()
    if found is None:
        raise SetupError(
            "Chromium is missing: install it, for instance `apt-get install chromium`."
        )
    return found


def _find() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
