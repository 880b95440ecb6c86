"""What the pharmacy has on file: one row a prescription, kept across restarts."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4


class Store:
    """Prescriptions by the identifier that their prescriber gave them."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False)
        with self._lock, self._db:
            self._db.execute(
                "create table if not exists rx ("
                "id text primary key, identifier text unique, came text, body text)"
            )

    def close(self) -> None:
        self._db.close()

    def add_once(self, identifier: str, came: str, body: dict[str, Any]) -> tuple[str, bool]:
        """File it, unless one of that identifier is there; its id, and whether it is new."""
        with self._lock, self._db:
            known = self._db.execute(
                "select id from rx where identifier = ?", (identifier,)
            ).fetchone()
            if known:
                return str(known[0]), False
            made = str(uuid4())
            told = json.dumps({**body, "id": made})
            self._db.execute("insert into rx values (?, ?, ?, ?)", (made, identifier, came, told))
            return made, True

    def put(self, identifier: str, came: str, body: dict[str, Any]) -> tuple[str, bool]:
        """What is on file under that identifier becomes this; returns its id, whether it is new."""
        made, new = self.add_once(identifier, came, body)
        if not new:
            with self._lock, self._db:
                self._db.execute(
                    "update rx set body = ? where id = ?", (json.dumps({**body, "id": made}), made)
                )
        return made, new

    def read(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            found = self._db.execute("select body from rx where id = ?", (key,)).fetchone()
        return dict(json.loads(found[0])) if found else None

    def all(self) -> list[tuple[str, dict[str, Any]]]:
        """When each came, and what it says; the latest first."""
        with self._lock:
            found = self._db.execute("select came, body from rx order by came desc").fetchall()
        return [(str(came), json.loads(body)) for came, body in found]
