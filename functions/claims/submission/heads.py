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
from caresmith.records.revenue.exchange import (
    FILE,
    ExchangeFileItem,
    FileOfDayItem,
    FileState,
    get_file,
    object_key,
)
from caresmith.records.revenue.layout import file_key, files_key
from caresmith.transactions import transaction

WORKFLOW: Final = "workflow:submission"
KIND: Final = "837P"


def begin(
    practice: PracticeId, file: ExchangeFileId, setup: PracticeSetup, actor: Actor, now: Instant
) -> ExchangeFileItem:
    """The head, new or as it is: a task that runs twice begins one file."""
    found = get_file(practice, file)
    audit().record(file)
    if found is not None:
        return found
    head = ExchangeFileItem(
        file_key(practice, file),
        FILE,
        file_id=file,
        direction="out",
        kind=KIND,
        state=FileState.GATHERING,
        name=f"{file}.837",
        object_key=object_key(practice, file),
        at=to_text(now),
        by=actor.user_id,
        day=setup.practice.day_at(now).isoformat(),
        counts={"claims": 0},
    )
    head.save()
    return head


def save(head: ExchangeFileItem) -> None:
    """Write it on condition of the version that was read. Raises TransactionCancelled."""
    with transaction() as writes:
        writes.save(head)


def list_it(practice: PracticeId, head: ExchangeFileItem) -> FileOfDayItem:
    """Its line in the list of its day."""
    key = files_key(practice, dt.date.fromisoformat(str(head.day)))
    return FileOfDayItem(key, head.file_id, file_id=head.file_id, kind=head.kind)


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
