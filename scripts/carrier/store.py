"""Texts, e-mails and posts still to be made, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS texts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT UNIQUE NOT NULL, direction TEXT NOT NULL,
    sender TEXT NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL,
    error INTEGER, segments INTEGER NOT NULL, at TEXT NOT NULL, callback TEXT);
CREATE INDEX IF NOT EXISTS texts_by_number ON texts (sender, recipient);
CREATE TABLE IF NOT EXISTS letters (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT UNIQUE NOT NULL, letter TEXT NOT NULL,
    told TEXT NOT NULL DEFAULT '', at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, thread TEXT NOT NULL, url TEXT NOT NULL,
    kind TEXT NOT NULL, content TEXT NOT NULL, due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'waiting');
CREATE INDEX IF NOT EXISTS posts_waiting ON posts (status, due);
CREATE TABLE IF NOT EXISTS modes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Post:
    """Something to be posted to the webhooks."""

    id: int
    thread: str
    """Posts of one thread are made one after another."""
    url: str
    kind: str
    """``form`` (signed as Twilio does when it leaves) or ``sns`` (signed already)."""
    content: dict[str, str]
    attempts: int


class Store:
    """Safe to use from many threads; every method is one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(_TABLES)
        self.revision = time.time_ns()
        """Another number after each change: pages ask whether there is something new."""

    def close(self) -> None:
        with self._lock:
            self._database.close()

    # -- texts ------------------------------------------------------------

    def add_text(self, text: Mapping[str, Any]) -> Row:
        names = ", ".join(text)
        places = ", ".join(f":{name}" for name in text)
        # The names are the program's own.
        self._change(f"INSERT INTO texts ({names}) VALUES ({places})", text)  # noqa: S608
        found = self.text(text["sid"])
        assert found is not None  # noqa: S101 - it has just been written
        return found

    def settle_text(self, sid: str, status: str, error: int | None) -> None:
        self._change("UPDATE texts SET status = ?, error = ? WHERE sid = ?", (status, error, sid))

    def text(self, sid: str) -> Row | None:
        rows = self._rows("SELECT * FROM texts WHERE sid = ?", (sid,))
        return rows[0] if rows else None

    def texts(self, *, after: int = 0, number: str = "", limit: int = 1000) -> list[Row]:
        """Texts after that ``seq``, oldest first; of one person's number where it is given."""
        return self._rows(
            "SELECT * FROM texts WHERE seq > ? AND (? = '' OR sender = ? OR recipient = ?) "
            "ORDER BY seq LIMIT ?",
            (after, number, number, number, limit),
        )

    def threads(self) -> list[Row]:
        """Each person's number with its last text, the newest first."""
        return self._rows(
            "SELECT t.*, CASE direction WHEN 'in' THEN sender ELSE recipient END AS person "
            "FROM texts t WHERE seq IN (SELECT MAX(seq) FROM texts "
            "GROUP BY CASE direction WHEN 'in' THEN sender ELSE recipient END) "
            "ORDER BY seq DESC LIMIT 500"
        )

    def last_to(self, number: str) -> Row | None:
        """The last text to that person."""
        rows = self._rows(
            "SELECT * FROM texts WHERE recipient = ? AND direction = 'out' "
            "ORDER BY seq DESC LIMIT 1",
            (number,),
        )
        return rows[0] if rows else None

    # -- e-mails ----------------------------------------------------------

    def add_letter(self, letter: Mapping[str, Any], at: str) -> None:
        self._change(
            "INSERT OR IGNORE INTO letters (message_id, letter, at) VALUES (?, ?, ?)",
            (letter["message_id"], json.dumps(letter), at),
        )

    def letters(self, *, after: int = 0, limit: int = 500) -> list[Row]:
        """E-mails after that ``seq``, the newest first."""
        rows = self._rows(
            "SELECT * FROM letters WHERE seq > ? ORDER BY seq DESC LIMIT ?", (after, limit)
        )
        return [self._letter(row) for row in rows]

    def letter(self, message_id: str) -> Row | None:
        rows = self._rows("SELECT * FROM letters WHERE message_id = ?", (message_id,))
        return self._letter(rows[0]) if rows else None

    def told_of(self, message_id: str, what: str) -> None:
        """A notice about the e-mail was sent."""
        self._change(
            "UPDATE letters SET told = TRIM(told || ' ' || ?) WHERE message_id = ?",
            (what, message_id),
        )

    @staticmethod
    def _letter(row: Row) -> Row:
        fields = {key: row[key] for key in ("seq", "told", "at")}
        return {**json.loads(row["letter"]), **fields}

    # -- posts ------------------------------------------------------------

    def add_post(
        self, thread: str, url: str, kind: str, content: Mapping[str, str], due: float
    ) -> None:
        self._change(
            "INSERT INTO posts (thread, url, kind, content, due) VALUES (?, ?, ?, ?, ?)",
            (thread, url, kind, json.dumps(dict(content)), due),
        )

    def due_posts(self, now: float, limit: int = 200) -> list[Post]:
        rows = self._rows(
            "SELECT * FROM posts WHERE status = 'waiting' AND due <= ? ORDER BY due, id LIMIT ?",
            (now, limit),
        )
        names = ("id", "thread", "url", "kind", "attempts")
        return [
            Post(**{name: row[name] for name in names}, content=json.loads(row["content"]))
            for row in rows
        ]

    def next_due(self) -> float | None:
        """When the next post is due, in epoch seconds."""
        [row] = self._rows("SELECT MIN(due) AS due FROM posts WHERE status = 'waiting'")
        due: float | None = row["due"]
        return due

    def post_done(self, post: Post, status: str) -> None:
        self._change("UPDATE posts SET status = ? WHERE id = ?", (status, post.id))

    def post_again(self, post: Post, due: float) -> None:
        self._change(
            "UPDATE posts SET attempts = attempts + 1, due = ? WHERE id = ?", (due, post.id)
        )

    def post_counts(self) -> dict[str, int]:
        """How many posts are waiting, and how many ended with which answer."""
        rows = self._rows("SELECT status, COUNT(*) AS n FROM posts GROUP BY status")
        return {row["status"]: row["n"] for row in rows}

    # -- modes ------------------------------------------------------------

    def mode(self, name: str, default: str) -> str:
        rows = self._rows("SELECT value FROM modes WHERE name = ?", (name,))
        return str(rows[0]["value"]) if rows else default

    def set_mode(self, name: str, value: str) -> None:
        self._change("INSERT OR REPLACE INTO modes (name, value) VALUES (?, ?)", (name, value))

    def _rows(self, statement: str, values: Any = ()) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._database.execute(statement, values)]

    def _change(self, statement: str, values: Any) -> None:
        with self._lock:
            self._database.execute(statement, values)
            self.revision += 1
