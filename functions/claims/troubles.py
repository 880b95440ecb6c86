"""What keeps files from going to payers or coming from them now, for the page of what is stuck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from caresmith.audit import audit
from caresmith.clock import Instant, from_text
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.exchange import ExchangeFileItem, FileState
from caresmith.records.revenue.exchanged import files_of_day
from functions.claims import models as m
from functions.claims.answers import mailbox

_DAYS: Final = 2
_WENT: Final = frozenset(
    {FileState.DELIVERED, FileState.SENT, FileState.ANSWERED, FileState.OVERDUE}
)
_WAITS: Final = frozenset({FileState.BUILT, FileState.GATHERING, FileState.RETURNED})


def troubles(practice: PracticeId, now: Instant) -> list[m.Trouble]:
    """The newest file of each kind that did not go, unless a later one went; and the mailbox."""
    found = [
        m.Trouble(
            direction="out",
            reason=str(head.refusal),
            since=from_text(head.at),
            file_id=ExchangeFileId(head.file_id),
        )
        for head in _newest(practice, now)
        if head.refusal and head.state in _WAITS
    ]
    audit().record(*(one.file_id for one in found if one.file_id))
    box = mailbox.trouble(practice)
    if box is not None:
        found.append(m.Trouble(direction="in", reason=box.reason, since=from_text(box.since)))
    return found


def _newest(practice: PracticeId, now: Instant) -> Iterator[ExchangeFileItem]:
    """Of each kind that goes out, of today and yesterday."""
    today, kinds = practice_setup(practice).practice.day_at(now), set()
    for back in range(_DAYS):
        for head in files_of_day(practice, today - dt.timedelta(days=back)):
            tells = head.state in _WENT or bool(head.refusal)
            if head.direction == "out" and tells and head.kind not in kinds:
                kinds.add(head.kind)
                yield head
