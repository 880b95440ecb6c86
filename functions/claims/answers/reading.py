"""A file that came, read whole and acted upon in slices, each within a function's time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from caresmith import later
from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import to_text
from caresmith.events import ExchangeFileArrived
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.revenue.exchange import ExchangeFileItem, FileState, get_file
from caresmith.records.revenue.exchanged import (
    claims_in_file,
    file_of_number,
    known_file,
    read_bytes,
)
from caresmith.task_tokens import complete
from caresmith.x12.flaws import X12Refused
from functions.claims.answers.acknowledged import acknowledgements
from functions.claims.answers.applying import Applied, Applying
from functions.claims.answers.filing import OURS
from functions.claims.answers.positions import SetMap, map_sets
from functions.claims.answers.said import FileAnswer, Said
from functions.claims.answers.statuses import statuses
from functions.claims.app import app
from functions.claims.making import Maker
from functions.claims.submission import heads
from functions.claims.submission.gathering import SLICE_SECONDS
from functions.claims.submission.sending import ANSWERED

_AT_ONCE: Final = 96


class _Ours:
    """Files of ours, each looked up once."""

    def __init__(self, practice: PracticeId) -> None:
        self._practice = practice
        self._known: dict[int, ExchangeFileItem | None] = {}

    def head(self, number: int) -> ExchangeFileItem | None:
        if number not in self._known:
            self._known[number] = file_of_number(self._practice, number)
        return self._known[number]

    def sets(self, number: int) -> Mapping[str, SetMap] | None:
        head = self.head(number)
        if head is None:
            return None
        return map_sets(read_bytes(head))

    def claims(self, number: int) -> list[str]:
        head = self.head(number)
        if head is None:
            return []
        listed = claims_in_file(self._practice, ExchangeFileId(head.file_id))
        return [one.control_number for one in listed]

    def ids(self) -> dict[int, str]:
        return {number: head.file_id for number, head in self._known.items() if head}


def on_file(event: ExchangeFileArrived) -> None:
    practice = current_actor().practice_id
    if event.kind in OURS and get_file(practice, event.file_id) is not None:
        _read(practice, event.file_id, 0)


def go_on(asked: Mapping[str, Any]) -> None:
    """Task: the next slice of a file."""
    _read(PracticeId(asked["practice_id"]), ExchangeFileId(asked["file_id"]), int(asked["offset"]))


def _read(practice: PracticeId, file: ExchangeFileId, offset: int) -> None:
    head = known_file(practice, file)
    audit().record(file)
    done = int((head.counts or {}).get("done", 0))
    if head.state != FileState.RECEIVED or done > offset:
        # Told twice, or somebody else has gone on.
        return
    ours = _Ours(practice)
    content = read_bytes(head)
    try:
        every = list(_everything(head.kind, content, ours))
    except X12Refused as refused:
        head.state, head.refusal = FileState.GARBLED, str(refused)
        heads.save(head)
        return
    for answer in every:
        if isinstance(answer, Said) and answer.interchange is not None:
            ours.head(answer.interchange)
    _act(practice, head, every, ours, done)


def _everything(kind: str, content: bytes, ours: _Ours) -> Iterator[Said | FileAnswer]:
    if kind in {"TA1", "999"}:
        yield from acknowledgements(content, ours.sets)
    else:
        yield from statuses(content, ours.claims)


def _act(
    practice: PracticeId,
    head: ExchangeFileItem,
    every: list[Said | FileAnswer],
    ours: _Ours,
    done: int,
) -> None:
    began = app.clock.now()
    file = ExchangeFileId(head.file_id)
    claims = [one for one in every if isinstance(one, Said)]
    counted = {k: v for k, v in (head.counts or {}).items() if k in Applied.__dataclass_fields__}
    counts = Applied(**counted)
    applying = Applying(Maker.of(current_actor(), began), file, began, ours.ids())
    while some := list(islice(claims, done, done + _AT_ONCE)):
        applying.apply(some, counts)
        done += len(some)
        if done < len(claims) and (app.clock.now() - began).total_seconds() > SLICE_SECONDS:
            head.counts = {**asdict(counts), "done": done}
            heads.save(head)
            _plan(practice, file, done)
            return
    for one in every:
        if isinstance(one, FileAnswer):
            _answer_file(one, ours)
    unknown = sum(isinstance(o, FileAnswer) and ours.head(o.interchange) is None for o in every)
    head.counts = {**asdict(counts), "done": done}
    head.state = FileState.TAKEN
    if unknown:
        head.refusal = "It answers a file that is none of ours."
    heads.save(head)


def _answer_file(one: FileAnswer, ours: _Ours) -> None:
    """A file of ours has its acknowledgement: whoever waits for it goes on."""
    head = ours.head(one.interchange)
    if head is None or not one.final:
        return
    if head.state != FileState.ANSWERED:
        token = head.token
        head.state, head.answered_at, head.token = (
            FileState.ANSWERED,
            to_text(app.clock.now()),
            None,
        )
        if not one.accepted:
            head.refusal = f"{one.source}: refused ({', '.join(one.codes) or 'no code'})"
        heads.save(head)
        if token:
            complete(token, ANSWERED)


def _plan(practice: PracticeId, file: ExchangeFileId, offset: int) -> None:
    later.at(
        app.clock.now(),
        name=f"answer-{file}-{offset}",
        target="claims",
        payload={
            "task": "read-answers",
            "practice_id": practice,
            "file_id": file,
            "offset": offset,
        },
    )
