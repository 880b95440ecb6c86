"""``scripts/audit show``: entries as lines, newest first.

Looking is recorded, here as through the front door: the operator is named in an
entry of the very trail that is shown.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, Outcome
from caresmith.clock import SystemClock
from caresmith.ids import PatientId, PracticeId
from functions.audit import reading
from functions.audit.models import EntryPage, EntryView
from scripts.audittrail import CannotLook, practice_named

ACTION = "audit.show"


def show(chosen: argparse.Namespace) -> int:
    """Print the entries asked for. Raises CannotLook."""
    practice, patient, day = _asked(chosen)

    def page(cursor: str | None) -> EntryPage:
        if patient is not None:
            return reading.read_patient(
                practice, patient, cursor=cursor, emergency=chosen.emergency
            )
        return reading.read_day(practice, day, cursor=cursor, emergency=chosen.emergency)

    try:
        _record(practice, patient, day)
        lines = _lines(page)
        print(next(lines, "No entries."))
        for line in lines:
            print(line)
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        raise CannotLook(f"AWS does not let us look: {type(error).__name__}") from error
    return 0


def _asked(chosen: argparse.Namespace) -> tuple[PracticeId, PatientId | None, date]:
    practice = practice_named(chosen.practice)
    try:
        patient = PatientId(chosen.patient) if chosen.patient else None
        day = date.fromisoformat(chosen.day) if chosen.day else datetime.now(UTC).date()
    except ValueError as error:
        raise CannotLook(str(error)) from None
    return practice, patient, day


def _record(practice: PracticeId, patient: PatientId | None, day: date) -> None:
    operator = Actor(practice, f"operator:{getpass.getuser()}", frozenset())
    trail = AuditTrail(operator, ACTION, SystemClock())
    if patient is not None:
        trail.about(patient)
    else:
        trail.record(f"audit:{day}")
    trail.close(Outcome.SUCCESS, 200)


def _lines(page: Callable[[str | None], EntryPage]) -> Iterator[str]:
    cursor: str | None = None
    while True:
        found = page(cursor)
        yield from map(_line, found.entries)
        for entry_id in found.missing:
            yield f"entry {entry_id} names this patient and is gone from the table"
        cursor = found.cursor
        if cursor is None:
            return


def _line(entry: EntryView) -> str:
    who = f"{entry.actor_id} ({', '.join(entry.actor_roles)})"
    parts = [entry.occurred_at, "EMERGENCY" if entry.emergency else "", entry.action]
    parts += [entry.outcome, who, entry.source_ip or "", " ".join(entry.patient_ids)]
    return "  ".join(part for part in (*parts, entry.reason or "") if part)
