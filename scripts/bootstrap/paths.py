"""Where set-up puts things, all inside the repository and ignored by git."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
BUILD: Final = ROOT / ".build"
LOCAL: Final = ROOT / ".local"
"""Data of the local stack: deleting it starts afresh."""
VENV: Final = ROOT / ".venv"
VENV_PYTHON: Final = VENV / "bin" / "python"
ENGINE: Final = BUILD / "dynamodb-local"
ASSETS: Final = BUILD / "web" / "dist"
CODES: Final = BUILD / "codes" / "dist"
"""Indexes of public code sets."""
AXE: Final = BUILD / "web" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
"""The accessibility checker, for tests only: it is not among the served assets."""
