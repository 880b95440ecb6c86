"""What the processor knows: pages, payments and events, in one file across restarts."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any


class Store:
    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file, self._lock = file, threading.RLock()
        self._kept: dict[str, dict[str, Any]] = (
            json.loads(file.read_text()) if file.exists() else {}
        )

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        with self._lock:
            self._kept.setdefault(kind, {})[key] = value
            draft = self._file.with_suffix(".new")
            draft.write_text(json.dumps(self._kept))
            draft.replace(self._file)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        with self._lock:
            found = self._kept.get(kind, {}).get(key)
            return dict(found) if found else None

    def all(self, kind: str) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(one) for one in self._kept.get(kind, {}).values()]

    def next(self, kind: str) -> int:
        with self._lock:
            return len(self._kept.get(kind, {})) + 1
