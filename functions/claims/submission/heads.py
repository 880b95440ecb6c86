"""The head of a file of ours: begun once, and changed by one task at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from caresmith import later
from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.exchange_file import (
    FILE,
    Direction,
    FileItem,
    FileOfDayItem,
    FileState,
)
from caresmith.records.revenue.layout import file_key, files_key
from caresmith.transactions import transaction
from functions.claims.clocks import today

WORKFLOW: Final = "workflow:submission"
KIND: Final = "837P"


def begin(
    practice: PracticeId, file: ExchangeFileId, setup: PracticeSetup, actor: Actor, now: Instant
) -> FileItem:
    """The head, new or as it is: a task that runs twice begins one file."""
    found = next(
        iter(FileItem.query(file_key(practice, file), FileItem.sk == FILE, consistent_read=True)),
        None,
    )
    audit().record(file)
    if found is not None:
        return found
    head = FileItem(
        file_key(practice, file),
        FILE,
        file_id=file,
        direction=Direction.OUT,
        kind=KIND,
        state=FileState.GATHERING,
        name=f"{file}.837",
        way="",
        at=to_text(now),
        by=actor.user_id,
        day=today(setup, now).isoformat(),
        counts={"claims": 0},
        version=1,
    )
    head.save()
    return head


def save(head: FileItem) -> None:
    """Write it on condition of the version that was read. Raises TransactionCancelled."""
    before = int(head.version)
    head.version = before + 1
    with transaction() as writes:
        writes.save(head, condition=FileItem.version == before)


def list_it(practice: PracticeId, head: FileItem) -> FileOfDayItem:
    """Its line in the list of its day."""
    key = files_key(practice, dt.date.fromisoformat(head.day))
    return FileOfDayItem(key, head.file_id, file_id=head.file_id)


def start(practice: PracticeId, file: ExchangeFileId, now: Instant) -> None:
    """Let the workflow begin now. The same file again begins nothing else."""
    later.at(
        now,
        name=f"submit-{file}",
        target=WORKFLOW,
        payload={"practice_id": practice, "file_id": file},
    )


def asked_file(asked: Mapping[str, Any]) -> tuple[PracticeId, ExchangeFileId]:
    """Of which file a task is."""
    return PracticeId(asked["practice_id"]), ExchangeFileId(asked["file_id"])
