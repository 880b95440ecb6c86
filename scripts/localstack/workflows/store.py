"""Executions in one SQLite file: what waits survives restarts and kills.

==============  =========================================================
 table           row
==============  =========================================================
 executions      an execution as JSON, with when it is next due
 tasks           a task token: whose it is, and the answer once it is there
 history         what happened, one line each
 definitions     a definition's text by its digest
==============  =========================================================

An answer is an outcome as JSON: ``{"output": ...}`` or ``{"error", "cause"}``.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from scripts.localstack.workflows.execution import Execution, Happening, Status

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS executions (
  arn TEXT PRIMARY KEY, machine TEXT, status TEXT, due REAL, started REAL, body TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_due ON executions (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_start ON executions (machine, started);
CREATE TABLE IF NOT EXISTS tasks (
  token TEXT PRIMARY KEY, arn TEXT, open INTEGER, answer TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
  arn TEXT, number INTEGER, body TEXT, PRIMARY KEY (arn, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS definitions (digest TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
"""


class Store:
    """Safe to use from many threads. ``path`` None keeps everything in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        # A committed row survives the death of the process; WAL makes a commit cheap.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    @contextmanager
    def one_change(self) -> Iterator[None]:
        """All that is written inside is written together, and nobody else writes meanwhile."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # -- executions ---------------------------------------------------------

    def save(self, execution: Execution) -> None:
        """An execution whose task is answered already is due at once."""
        due = execution.due()
        if due is not None and execution.token and self.answer(execution.token) is not None:
            due = 0.0
        with self._lock:
            self._db.execute(
                "REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?)",
                (
                    execution.arn,
                    execution.machine_arn,
                    execution.status,
                    due,
                    execution.started,
                    json.dumps(execution.as_json()),
                ),
            )

    def load(self, arn: str) -> Execution | None:
        with self._lock:
            row = self._db.execute("SELECT body FROM executions WHERE arn = ?", (arn,)).fetchone()
        return Execution.from_json(json.loads(row[0])) if row else None

    def is_running(self, arn: str) -> bool:
        with self._lock:
            row = self._db.execute("SELECT status FROM executions WHERE arn = ?", (arn,)).fetchone()
        return bool(row) and row[0] == Status.RUNNING

    def due(self, now: float, most: int = 1000) -> list[str]:
        """The ARNs of executions that are due, the longest due first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT arn FROM executions WHERE due <= ? ORDER BY due, arn LIMIT ?", (now, most)
            ).fetchall()
        return [arn for (arn,) in rows]

    def next_due(self) -> float | None:
        with self._lock:
            row = self._db.execute(
                "SELECT min(due) FROM executions WHERE due IS NOT NULL"
            ).fetchone()
        return None if row[0] is None else float(row[0])

    def newest(
        self, machine: str | None, status: Status | None, most: int, skip: int = 0
    ) -> list[Execution]:
        with self._lock:
            rows = self._db.execute(
                "SELECT body FROM executions WHERE (? IS NULL OR machine = ?)"
                " AND (? IS NULL OR status = ?) ORDER BY started DESC, arn LIMIT ? OFFSET ?",
                (machine, machine, status, status, most, skip),
            ).fetchall()
        return [Execution.from_json(json.loads(body)) for (body,) in rows]

    # -- tasks --------------------------------------------------------------

    def ask(self, token: str, arn: str) -> None:
        """Somebody may answer the token from now on. The same one again changes nothing."""
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO tasks VALUES (?, ?, 1, NULL)", (token, arn))

    def asked(self, token: str) -> tuple[str, bool] | None:
        """Whose token it is, and whether it still waits; None for one that there never was."""
        with self._lock:
            row = self._db.execute(
                "SELECT arn, open AND answer IS NULL FROM tasks WHERE token = ?", (token,)
            ).fetchone()
        return (row[0], bool(row[1])) if row else None

    def put_answer(self, token: str, arn: str, answer: dict[str, Any]) -> None:
        """Keep the answer and make the execution due at once."""
        with self.one_change():
            self._db.execute(
                "UPDATE tasks SET answer = ? WHERE token = ?", (json.dumps(answer), token)
            )
            self._db.execute("UPDATE executions SET due = 0 WHERE arn = ? AND due > 0", (arn,))

    def answer(self, token: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute(
                "SELECT answer FROM tasks WHERE token = ? AND open", (token,)
            ).fetchone()
        return json.loads(row[0]) if row and row[0] else None

    def close_task(self, token: str) -> None:
        """Whoever answers now is too late."""
        with self._lock:
            self._db.execute("UPDATE tasks SET open = 0 WHERE token = ?", (token,))

    # -- history and definitions --------------------------------------------

    def note(self, execution: Execution, happening: Happening) -> None:
        execution.events += 1
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO history VALUES (?, ?, ?)",
                (execution.arn, execution.events, json.dumps(vars(happening))),
            )

    def history(self, arn: str) -> list[Happening]:
        with self._lock:
            rows = self._db.execute(
                "SELECT body FROM history WHERE arn = ? ORDER BY number", (arn,)
            ).fetchall()
        return [Happening(**json.loads(body)) for (body,) in rows]

    def keep_definition(self, digest: str, text: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO definitions VALUES (?, ?)", (digest, text))

    def definition(self, digest: str) -> str:
        with self._lock:
            row = self._db.execute(
                "SELECT text FROM definitions WHERE digest = ?", (digest,)
            ).fetchone()
        return str(row[0])
