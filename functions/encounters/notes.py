"""Saving and reading a note. Nothing that anybody saved is ever overwritten or lost.

Every save is an item of its own; the head says which one stands. Whoever saves
over a version that they had not read is told so, and their text is kept beside
the note until somebody merges it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeGuard

from caresmith.actor import Actor
from caresmith.blindindex import BlindIndex
from caresmith.clock import Instant, to_text
from caresmith.errors import VersionConflict, invalid
from caresmith.ids import EncounterId, PracticeId
from caresmith.records.clinical.layout import encounter_key
from caresmith.records.clinical.writing import WriteLost
from caresmith.settings import Domain
from functions.encounters import models as m
from functions.encounters import texts
from functions.encounters.errors import EncounterOver, NoteConflict, NoteSigned
from functions.encounters.prose import NoteBody, Section, marked
from functions.encounters.records import (
    NOTE_HEAD,
    NoteHead,
    NoteText,
    SideText,
    side_key,
    text_key,
)
from functions.encounters.status import WRITABLE
from functions.encounters.visit_change import OpenVisit, VisitChange, load

_ATTEMPTS: Final = 5


class Verdict(Enum):
    """What becomes of a text that somebody saves."""

    STORE = auto()
    """It becomes the next version."""
    SAME = auto()
    """It stands already: the answer to an earlier try was lost."""
    STALE = auto()
    """An earlier text of the same editor that arrives late: kept, and not to be merged."""
    BESIDE = auto()
    """It was written over an older version: kept beside the note, to be merged."""


def verdict(
    *,
    current: int,
    expected: int,
    own_run: bool,
    late: bool,
    same_words: bool,
    open_for_writing: bool,
) -> Verdict:
    """The rule for one save.

    ``expected`` is the version its writer had read, ``current`` the one that stands.
    ``own_run``: all that was saved since then is of the same editor, which had not
    heard the answer and goes on with its own text. ``late``: it said so before
    something that has been saved already.
    """
    if same_words:
        return Verdict.SAME
    if late:
        return Verdict.STALE
    if not open_for_writing:
        return Verdict.BESIDE
    return Verdict.STORE if expected == current or own_run else Verdict.BESIDE


@dataclass(frozen=True)
class Writer:
    """Which open editor saves, for which time, and which waiting texts it takes up."""

    editor: str
    turn: int
    merges: tuple[str, ...] = ()


def save(
    encounter: EncounterId, request: m.NoteSave, expected: int, *, actor: Actor, now: Instant
) -> m.NoteSaved:
    """Raises NotFound, NoteConflict and NoteSigned (the text is kept), EncounterOver."""
    for _ in range(_ATTEMPTS):
        visit = load(actor.practice_id, encounter)
        try:
            return _save_once(visit, request, expected, actor, now)
        except WriteLost:
            # Somebody saved, signed or moved it just then: look again at how it stands.
            continue
    raise VersionConflict


def _save_once(
    visit: OpenVisit, request: m.NoteSave, expected: int, actor: Actor, now: Instant
) -> m.NoteSaved:
    head, practice = visit.note, actor.practice_id
    current = int(head.note_version) if head else 0
    before = texts.read_text(practice, visit.encounter_id, current) if current else None
    if expected > current:
        raise VersionConflict
    body = body_of(request.template_id, request.sections, before)
    judged = verdict(
        current=current,
        expected=expected,
        own_run=_same_editor(head, request) and int(head.editor_base) <= expected,
        late=_same_editor(head, request) and request.turn <= int(head.editor_turn),
        same_words=before is not None and before.same_words(body) and not request.merges,
        open_for_writing=visit.status in WRITABLE and not visit.signed,
    )
    if judged is Verdict.SAME:
        return m.NoteSaved(note_version=current, saved_at=now)
    if judged is Verdict.STALE:
        _keep_beside(visit, body, request, expected, actor, now, merged_in=current)
        return m.NoteSaved(note_version=current, saved_at=now)
    if judged is Verdict.BESIDE:
        _keep_beside(visit, body, request, expected, actor, now)
        if head is None or (visit.status not in WRITABLE and not visit.signed):
            raise EncounterOver(f"The encounter is {visit.status}.")
        raise NoteSigned if visit.signed else NoteConflict(current_version=current)
    writer = Writer(request.editor, request.turn, request.merges)
    store(visit, body, writer, actor=actor, now=now)
    return m.NoteSaved(note_version=current + 1, saved_at=now)


def _same_editor(head: NoteHead | None, request: m.NoteSave) -> TypeGuard[NoteHead]:
    return head is not None and head.editor == request.editor


def body_of(template: str, sections: tuple[Section, ...], before: NoteBody | None) -> NoteBody:
    """The text as it is kept, with the marks of what was copied and not edited since."""
    return NoteBody(template_id=template, sections=marked(sections, before))


def store(
    visit: OpenVisit,
    body: NoteBody,
    writer: Writer,
    *,
    actor: Actor,
    now: Instant,
) -> None:
    """Make ``body`` the note's next version. Raises WriteLost where somebody was faster."""
    change = VisitChange(visit, actor, now)
    change.begin()
    head = visit.note or _new_head(visit, actor.practice_id)
    version = int(head.note_version) + 1
    taken = _mark_merged(change, visit, writer.merges, version, actor.practice_id)
    item = NoteText(
        encounter_key(actor.practice_id, visit.encounter_id),
        text_key(version),
        note_version=version,
        saved_at=to_text(now),
        saved_by=actor.user_id,
        text=texts.seal_text(actor.practice_id, visit.encounter_id, f"{version}", body),
    )
    change.writes.put(item, NoteText.pk.does_not_exist())
    if head.editor != writer.editor:
        head.editor, head.editor_base = writer.editor, version - 1
    head.editor_turn = writer.turn
    head.note_version = version
    head.waiting = int(head.waiting) - taken
    put_head(change, head)
    change.commit()


def _new_head(visit: OpenVisit, practice: PracticeId) -> NoteHead:
    return NoteHead(
        encounter_key(practice, visit.encounter_id),
        NOTE_HEAD,
        encounter_id=visit.encounter_id,
        state="draft",
        note_version=0,
        signatures=0,
        waiting=0,
        change=0,
        editor="",
        editor_base=0,
        editor_turn=0,
    )


def put_head(change: VisitChange, head: NoteHead) -> None:
    """Write the note's head on condition that nobody wrote it since it was read."""
    before = int(head.change)
    unchanged = NoteHead.change == before if before else NoteHead.pk.does_not_exist()
    head.change = before + 1
    change.writes.put(head, unchanged)


def _mark_merged(
    change: VisitChange, visit: OpenVisit, merges: tuple[str, ...], version: int, p: PracticeId
) -> int:
    """Note on the waiting texts which version took them up; returns how many waited."""
    if not merges:
        return 0
    waiting = {item.side_id: item for item in texts.sides(p, visit.encounter_id)}
    unknown = set(merges) - set(waiting)
    if unknown:
        raise invalid("merges", "names a text that does not wait beside this note")
    taken = 0
    for side in dict.fromkeys(merges):
        item = waiting[side]
        if item.merged_in is None:
            item.merged_in = version
            change.writes.put(item, SideText.merged_in.does_not_exist())
            taken += 1
    return taken


def _keep_beside(
    visit: OpenVisit,
    body: NoteBody,
    request: m.NoteSave,
    base: int,
    actor: Actor,
    now: Instant,
    *,
    merged_in: int | None = None,
) -> None:
    """Keep a text that can't become the next version. The same one is kept once."""
    practice, encounter = actor.practice_id, visit.encounter_id
    told = f"{encounter}|{actor.user_id}|{request.editor}|{base}|{body.digest()}"
    side = BlindIndex(practice, Domain.CLINICAL).token("side-text", told)
    key = encounter_key(practice, encounter)
    if any(item.side_id == side for item in texts.sides(practice, encounter)):
        return
    change = VisitChange(visit, actor, now)
    head = visit.note or _new_head(visit, practice)
    item = SideText(
        key,
        side_key(side),
        side_id=side,
        base_version=base,
        saved_at=to_text(now),
        saved_by=actor.user_id,
        merged_in=merged_in,
        text=texts.seal_text(practice, encounter, side, body),
    )
    change.writes.put(item, SideText.pk.does_not_exist())
    head.waiting = int(head.waiting) + (merged_in is None)
    put_head(change, head)
    change.commit()
