"""What became of a note from save to save: who wrote when, and which lines came and went."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import ndiff
from typing import Final

from caresmith.actor import Actor
from caresmith.ids import EncounterId
from functions.encounters import models as m
from functions.encounters import texts
from functions.encounters.prose import NoteBody

SHOWN: Final = 100
_MARKS: Final = {"+ ": "added", "- ": "removed", "  ": "same"}


@dataclass(frozen=True)
class Changed:
    """One section in which something changed."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """Each line with ``added``, ``removed`` or ``same``."""


def latest(encounter: EncounterId, *, actor: Actor) -> list[m.VersionLine]:
    """The versions that were saved last, the latest first. Raises NotFound."""
    found = texts.versions(actor.practice_id, encounter).versions
    return found[: -SHOWN - 1 : -1]


def changes(encounter: EncounterId, version: int, *, actor: Actor) -> list[Changed]:
    """What that version says otherwise than the one before it. Raises NotFound."""
    after = texts.read_version(encounter, version, actor=actor)
    before = texts.read_version(encounter, version - 1, actor=actor) if version > 1 else None
    return compared(before, after)


def compared(before: NoteBody | None, after: NoteBody) -> list[Changed]:
    """Section by section, those that say the same left out."""
    old = {section.key: section for section in before.sections} if before else {}
    new = {section.key: section for section in after.sections}
    found = []
    for key in dict.fromkeys([*new, *old]):
        was = old[key].text if key in old else ""
        now = new[key].text if key in new else ""
        if was != now:
            title = (new.get(key) or old[key]).title
            found.append(Changed(title, _lines(was, now)))
    return found


def _lines(before: str, after: str) -> tuple[tuple[str, str], ...]:
    told = ndiff(before.splitlines(), after.splitlines())
    # Lines that begin with "? " only point at characters within the line above.
    return tuple((_MARKS[line[:2]], line[2:]) for line in told if line[:2] in _MARKS)
