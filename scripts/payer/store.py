"""What the payers keep, in one SQLite file: files, claims, what is due, and what is remembered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import RLock
from typing import Any, Final

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS came (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, sha256 TEXT NOT NULL,
    at TEXT NOT NULL, raw BLOB NOT NULL, fate TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS interchanges (
    sender TEXT NOT NULL, receiver TEXT NOT NULL, number TEXT NOT NULL, came INTEGER NOT NULL,
    PRIMARY KEY (sender, receiver, number));
CREATE TABLE IF NOT EXISTS waiting (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, at TEXT NOT NULL, raw BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS claims (
    icn TEXT PRIMARY KEY, control TEXT NOT NULL, payer TEXT NOT NULL, member TEXT NOT NULL,
    state TEXT NOT NULL, received TEXT NOT NULL, due TEXT, claim TEXT NOT NULL,
    wire TEXT NOT NULL, decision TEXT, told TEXT NOT NULL DEFAULT '',
    paid TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS claims_by_control ON claims (control);
CREATE INDEX IF NOT EXISTS claims_by_member ON claims (payer, member);
CREATE TABLE IF NOT EXISTS agenda (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due TEXT NOT NULL, kind TEXT NOT NULL,
    what TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS agenda_by_day ON agenda (due, seq);
CREATE TABLE IF NOT EXISTS remembered (
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, text TEXT NOT NULL);
"""

_KEPT: Final = ("came", "interchanges", "waiting", "claims", "agenda", "remembered", "log")
_STAYS: Final = ("day", "skipped", "rules")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    seq: int
    due: date
    kind: str
    what: str


class Store:
    """Safe to use from many threads; ``with store.together()`` is one transaction."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` None keeps all in memory."""
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._depth = 0
        self._database = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._database.row_factory = sqlite3.Row
        if path:
            self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All of it is kept, or none of it: the file that came, and what follows from it."""
        with self._lock:
            if self._depth:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            else:
                self._database.execute("COMMIT")
            finally:
                self._depth -= 1

    def hand_over(self, to: Store) -> None:
        """Let ``to`` know what this one knows instead of what it knew, but for day and rules."""
        with to.together():
            for table in _KEPT:
                to._do(f"DELETE FROM {table}", ())  # noqa: S608 - the program's own names
                for row in self._rows(f"SELECT * FROM {table}", ()):  # noqa: S608
                    to._insert(table, row)
            to._do("DELETE FROM facts WHERE name NOT IN (?, ?, ?)", _STAYS)
            for row in self._rows("SELECT * FROM facts WHERE name NOT IN (?, ?, ?)", _STAYS):
                to._insert("facts", row)

    def _insert(self, table: str, row: Row) -> None:
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        # The names are the program's own.
        self._do(f"INSERT INTO {table} ({names}) VALUES ({places})", row)  # noqa: S608

    # -- plain facts ---------------------------------------------------------

    def fact(self, name: str) -> str | None:
        found = self._one("SELECT value FROM facts WHERE name = ?", (name,))
        return str(found["value"]) if found else None

    def set_fact(self, name: str, value: str) -> None:
        self._do("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def count(self, name: str) -> int:
        """The next number of that series, from one."""
        with self._lock:
            number = int(self.fact(f"count:{name}") or 0) + 1
            self.set_fact(f"count:{name}", str(number))
            return number

    def say(self, day: date, text: str) -> None:
        """For the page: what happened and why."""
        self._do("INSERT INTO log (day, text) VALUES (?, ?)", (day.isoformat(), text))

    def said(self, most: int = 200) -> list[Row]:
        return self._rows("SELECT * FROM log ORDER BY seq DESC LIMIT ?", (most,))

    # -- files ---------------------------------------------------------------

    def came(self, name: str) -> Row | None:
        return self._one("SELECT * FROM came WHERE name = ?", (name,))

    def take(self, name: str, sha256: str, at: str, raw: bytes) -> int:
        cursor = self._do(
            "INSERT INTO came (name, sha256, at, raw) VALUES (?, ?, ?, ?)", (name, sha256, at, raw)
        )
        return int(cursor.lastrowid or 0)

    def set_fate(self, came: int, fate: str) -> None:
        self._do("UPDATE came SET fate = ? WHERE seq = ?", (fate, came))

    def every_file_that_came(self, most: int = 200) -> list[Row]:
        return self._rows(
            "SELECT seq, name, at, fate, length(raw) AS size FROM came ORDER BY seq DESC LIMIT ?",
            (most,),
        )

    def new_interchange(self, sender: str, receiver: str, number: str, came: int) -> bool:
        """Note it, unless one of that number came before."""
        cursor = self._do(
            "INSERT OR IGNORE INTO interchanges VALUES (?, ?, ?, ?)",
            (sender, receiver, number, came),
        )
        return cursor.rowcount == 1

    def put_out(self, name: str, kind: str, sha256: str, at: str, raw: bytes) -> None:
        self._do(
            "INSERT INTO waiting (name, kind, sha256, at, raw) VALUES (?, ?, ?, ?, ?)",
            (name, kind, sha256, at, raw),
        )

    def waiting(self, after: int = 0, most: int = 100) -> list[Row]:
        return self._rows(
            "SELECT seq, name, kind, sha256, at, length(raw) AS size FROM waiting"
            " WHERE seq > ? ORDER BY seq LIMIT ?",
            (after, most),
        )

    def latest_out(self, most: int = 200) -> list[Row]:
        return self._rows(
            "SELECT seq, name, kind, at, length(raw) AS size FROM waiting"
            " ORDER BY seq DESC LIMIT ?",
            (most,),
        )

    def raw_out(self, name: str) -> bytes | None:
        found = self._one("SELECT raw FROM waiting WHERE name = ?", (name,))
        return bytes(found["raw"]) if found else None

    # -- claims --------------------------------------------------------------

    def add_claim(self, row: Row) -> None:
        self._insert("claims", row)

    def change_claim(self, icn: str, **facts: str | None) -> None:
        names = ", ".join(f"{name} = :{name}" for name in facts)
        self._do(f"UPDATE claims SET {names} WHERE icn = :icn", {"icn": icn, **facts})  # noqa: S608

    def claim(self, icn: str) -> Row | None:
        return self._one("SELECT * FROM claims WHERE icn = ?", (icn,))

    def claims_of(self, payer: str, member: str) -> list[Row]:
        return self._rows(
            "SELECT * FROM claims WHERE payer = ? AND member = ? ORDER BY icn", (payer, member)
        )

    def latest_claims(self, most: int = 200) -> list[Row]:
        return self._rows(
            "SELECT icn, control, payer, member, state, received, due, told, paid FROM claims"
            " ORDER BY icn DESC LIMIT ?",
            (most,),
        )

    def claims_by_state(self) -> dict[str, int]:
        found = self._rows("SELECT state, count(*) AS many FROM claims GROUP BY state", ())
        return {str(one["state"]): int(one["many"]) for one in found}

    # -- what is due ---------------------------------------------------------

    def plan(self, due: date, kind: str, what: str) -> None:
        self._do(
            "INSERT INTO agenda (due, kind, what) VALUES (?, ?, ?)", (due.isoformat(), kind, what)
        )

    def due(self, by: date) -> list[Due]:
        found = self._rows(
            "SELECT * FROM agenda WHERE due <= ? ORDER BY due, seq", (by.isoformat(),)
        )
        return [
            Due(one["seq"], date.fromisoformat(one["due"]), one["kind"], one["what"])
            for one in found
        ]

    def done(self, every: Iterable[Due]) -> None:
        with self._lock:
            self._database.executemany(
                "DELETE FROM agenda WHERE seq = ?", [(one.seq,) for one in every]
            )

    # -- what adjudication remembers ------------------------------------------

    def remembered(self, kind: str) -> dict[str, str]:
        found = self._rows("SELECT name, value FROM remembered WHERE kind = ?", (kind,))
        return {one["name"]: one["value"] for one in found}

    def remember(self, changes: dict[tuple[str, str], str | None]) -> None:
        kept = [(*key, value) for key, value in changes.items() if value is not None]
        gone = [key for key, value in changes.items() if value is None]
        with self._lock:
            self._database.executemany("INSERT OR REPLACE INTO remembered VALUES (?, ?, ?)", kept)
            self._database.executemany("DELETE FROM remembered WHERE kind = ? AND name = ?", gone)

    # -- parts ---------------------------------------------------------------

    def _do(self, statement: str, values: Sequence[Any] | Row) -> sqlite3.Cursor:
        with self._lock:
            return self._database.execute(statement, values)

    def _rows(self, statement: str, values: Sequence[Any]) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._database.execute(statement, values)]

    def _one(self, statement: str, values: Sequence[Any]) -> Row | None:
        return next(iter(self._rows(statement, values)), None)
