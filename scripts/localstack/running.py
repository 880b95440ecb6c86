"""Finds the stack that runs on a data folder, for scripts that talk to it."""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path

from scripts.bootstrap.paths import LOCAL


class NotRunning(Exception):
    """No stack answers; the text says what to do."""


def data_folder() -> Path:
    """Where the stack keeps its data: ``logins.json`` for the sample log-ins goes there."""
    return Path(os.environ.get("CARESMITH_DATA", LOCAL))


def environment(data: Path | None = None) -> dict[str, str]:
    """The variables under which code reaches the running stack's tables, keys and pools.

    Includes ``CARESMITH_LOCAL_URL``. Raises NotRunning.
    """
    folder = data or data_folder()
    try:
        told: dict[str, str] = json.loads((folder / "environment.json").read_text())
        health = told["CARESMITH_LOCAL_URL"] + "/_local/health"
        urllib.request.urlopen(health, timeout=5)  # noqa: S310 - our own URL
    except OSError:
        raise NotRunning("The local stack does not run: start it with scripts/run.") from None
    return told
