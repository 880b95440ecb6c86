"""One-time schedules: EventBridge Scheduler's ``at(...)``, fired by the clock of the stack.

    schedules = OnceSchedules(now, path)
    schedules.answer("CreateSchedule", {...})     # what boto3 asks
    schedules.fire_due(deliver)                   # hand over what is due

What is not delivered is tried again, as Scheduler and Lambda's asynchronous
invocation do together, and then kept as lost, to be looked at. An entry that was
delivered is gone: ``ActionAfterCompletion`` is DELETE wherever ours are made.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from scripts.localstack.answering import ApiError

_AT: Final = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
# Seconds before the next attempt: one minute, two, and from then on a quarter of an hour.
_PAUSES: Final = (60, 120, 300, 900)
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS once (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  grp TEXT, name TEXT, at REAL, due REAL, tries INTEGER, lost TEXT, body TEXT,
  UNIQUE (grp, name)
);
CREATE INDEX IF NOT EXISTS once_due ON once (due) WHERE lost IS NULL;
"""


@dataclass(frozen=True)
class Entry:
    """A schedule that is due."""

    serial: int
    """No other that ever was has it, also not of the same name."""
    name: str
    at: float
    """The epoch second for which it was made."""
    target: str
    """The ARN of a function or a state machine."""
    payload: Any

    @property
    def key(self) -> str:
        """The same for each attempt to deliver it, and no other's."""
        return f"{self.name}-{self.serial}"


Deliver = Callable[[Entry], str | None]
"""Hands an entry over; returns why it could not, or None."""


class OnceSchedules:
    """Safe to use from many threads. ``path`` None keeps everything in memory."""

    def __init__(self, now: Callable[[], float], path: Path | None = None) -> None:
        self._now, self._lock = now, threading.RLock()
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._operations: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "CreateSchedule": self._create,
            "UpdateSchedule": self._update,
            "DeleteSchedule": self._delete,
            "GetSchedule": self._get,
            "ListSchedules": self._list,
            "ListScheduleGroups": lambda _: {"ScheduleGroups": []},
            "CreateScheduleGroup": lambda given: {"ScheduleGroupArn": given["Name"]},
        }

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # -- the API ------------------------------------------------------------

    def answer(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """An operation of the Scheduler API. Raises ApiError as the cloud does."""
        if operation not in self._operations:
            raise ApiError("UnknownOperationException", f"{operation} is not answered here")
        return self._operations[operation](given)

    def _create(self, given: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._row(given) is not None:
                raise ApiError("ConflictException", f"Schedule {given['Name']} already exists.")
            return self._put(given)

    def _update(self, given: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._there(given)
            return self._put(given)

    def _delete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._there(given)
            self._db.execute(
                "DELETE FROM once WHERE grp = ? AND name = ?", (_group(given), given["Name"])
            )
        return {}

    def _get(self, given: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            body, _ = self._there(given)
        return {"Arn": _arn(given), "State": "ENABLED", **json.loads(body)}

    def _list(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All at once: a page of the cloud has a hundred at most."""
        with self._lock:
            rows = self._db.execute(
                "SELECT grp, name, body FROM once WHERE (? IS NULL OR grp = ?)"
                " AND substr(name, 1, length(?)) = ? AND lost IS NULL ORDER BY name",
                (given.get("GroupName"),) * 2 + (given.get("NamePrefix") or "",) * 2,
            ).fetchall()
        listed = [
            {"GroupName": group, "Name": name, "Target": {"Arn": json.loads(body)["Target"]["Arn"]}}
            for group, name, body in rows
        ]
        return {"Schedules": listed}

    def _put(self, given: Mapping[str, Any]) -> dict[str, Any]:
        at = _moment(given)
        with self._lock:
            self._db.execute(
                "REPLACE INTO once (grp, name, at, due, tries, body) VALUES (?, ?, ?, ?, 0, ?)",
                (_group(given), given["Name"], at, at, json.dumps(dict(given))),
            )
        return {"ScheduleArn": _arn(given)}

    def _there(self, given: Mapping[str, Any]) -> tuple[str, float]:
        row = self._row(given)
        if row is None:
            raise ApiError("ResourceNotFoundException", f"Schedule {given['Name']} does not exist.")
        return row

    def _row(self, given: Mapping[str, Any]) -> tuple[str, float] | None:
        row: tuple[str, float] | None = self._db.execute(
            "SELECT body, at FROM once WHERE grp = ? AND name = ? AND lost IS NULL",
            (_group(given), given["Name"]),
        ).fetchone()
        return row

    # -- firing -------------------------------------------------------------

    def next_due(self) -> float | None:
        """The epoch second of the next attempt; None where nothing is scheduled."""
        with self._lock:
            row = self._db.execute("SELECT min(due) FROM once WHERE lost IS NULL").fetchone()
        return None if row[0] is None else float(row[0])

    def due(self, most: int = 1000) -> list[Entry]:
        """What is to be delivered now, the longest due first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT serial, name, at, body FROM once WHERE lost IS NULL AND due <= ?"
                " ORDER BY due, name LIMIT ?",
                (self._now(), most),
            ).fetchall()
        found = []
        for serial, name, at, body in rows:
            target = json.loads(body)["Target"]
            found.append(Entry(serial, name, at, target["Arn"], json.loads(target["Input"])))
        return found

    def fire_due(self, deliver: Deliver) -> int:
        """Deliver all that is due; returns how many attempts that were."""
        found = self.due()
        for entry in found:
            self.settle(entry, deliver(entry))
        return len(found)

    def settle(self, entry: Entry, problem: str | None) -> None:
        """It was delivered, or is to be tried again, or is given up.

        An entry that was replaced or cancelled meanwhile stays as it is now.
        """
        with self._lock:
            row = self._db.execute(
                "SELECT tries, body FROM once WHERE serial = ?", (entry.serial,)
            ).fetchone()
            if row is None:
                return
            if problem is None:
                self._db.execute("DELETE FROM once WHERE serial = ?", (entry.serial,))
                return
            tries, body = row[0] + 1, json.loads(row[1])
            policy = body["Target"].get("RetryPolicy", {})
            due = self._now() + _PAUSES[min(tries, len(_PAUSES)) - 1]
            too_late = due - entry.at > policy.get("MaximumEventAgeInSeconds", 86_400)
            lost = problem if too_late or tries > policy.get("MaximumRetryAttempts", 185) else None
            self._db.execute(
                "UPDATE once SET tries = ?, due = ?, lost = ? WHERE serial = ?",
                (tries, due, lost, entry.serial),
            )

    def waiting(self, most: int = 200) -> list[tuple[str, float, int, str]]:
        """Name, due time, attempts so far, and why it was lost: to be shown to people."""
        with self._lock:
            return self._db.execute(
                "SELECT name, due, tries, coalesce(lost, '') FROM once ORDER BY due LIMIT ?",
                (most,),
            ).fetchall()


def _group(given: Mapping[str, Any]) -> str:
    return str(given.get("GroupName") or "default")


def _arn(given: Mapping[str, Any]) -> str:
    return f"arn:aws:scheduler:us-east-1:123456789012:schedule/{_group(given)}/{given['Name']}"


def _moment(given: Mapping[str, Any]) -> float:
    """Raises ApiError where it is no one-time schedule."""
    found = _AT.fullmatch(given["ScheduleExpression"])
    if found is None or given.get("ActionAfterCompletion") != "DELETE":
        raise ApiError("ValidationException", "Only one-time schedules that end are run here.")
    try:
        zone = ZoneInfo(given.get("ScheduleExpressionTimezone") or "UTC")
        return datetime.fromisoformat(found.group(1)).replace(tzinfo=zone).timestamp()
    except (KeyError, ValueError) as error:
        raise ApiError("ValidationException", "No such time or zone.") from error
