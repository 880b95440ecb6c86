"""The text of a note: its sections, what was copied from earlier notes, and its digest.

Nothing that somebody wrote is refused for what hides in it, since an editor
saves on its own while they type: characters that can't be seen are taken out,
and everything else stays as it is.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict, deque
from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from caresmith.ids import EncounterId
from caresmith.text import Line

MOST_BYTES: Final = 100 * 1024
"""Of a note's sections together, as UTF-8: an item of DynamoDB holds 400 KB."""

_BREAKS: Final = dict.fromkeys(map(ord, "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
# Direction overrides (Unicode TR36 2.5), byte order marks: they change how a text reads.
_UNSEEN: Final = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)


def clean_prose(text: str) -> str:
    """Composed (NFC), line breaks as ``\\n``, without characters that nobody sees."""
    text = text.replace("\r\n", "\n").translate(_BREAKS).translate(_UNSEEN)
    seen = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(seen))


Prose = Annotated[str, StringConstraints(max_length=MOST_BYTES), AfterValidator(clean_prose)]
Part = Literal["subjective", "objective", "assessment", "plan", "other"]
KEY: Final = r"^[a-z][a-z0-9-]{0,39}$"
Key = Annotated[str, StringConstraints(pattern=KEY)]


class Copied(BaseModel):
    """A line that stands as it was copied from an earlier note."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: int = Field(ge=0)
    """From 0, in the section's text."""
    encounter_id: EncounterId
    note_version: int = Field(ge=1)


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key
    part: Part
    title: Line
    text: Prose = ""


class MarkedSection(Section):
    """A section as it is kept: with marks on what was copied."""

    copied: tuple[Copied, ...] = ()


def within_limit(sections: tuple[Section, ...]) -> None:
    """Raises ValueError for a text that is too long or a section that is there twice."""
    keys = [section.key for section in sections]
    if len(set(keys)) < len(keys):
        raise ValueError("a section is there twice")
    if sum(len(section.text.encode()) for section in sections) > MOST_BYTES:
        raise ValueError(f"a note holds at most {MOST_BYTES // 1024} KB of text")


class NoteBody(BaseModel):
    """The whole text of one version of a note, as it is sealed and signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template_id: Key
    sections: tuple[MarkedSection, ...] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        within_limit(self.sections)
        return self

    @property
    def is_blank(self) -> bool:
        return not any(section.text.strip() for section in self.sections)

    def digest(self) -> str:
        """SHA-256 of the canonical text: what a signature is about."""
        return digest_of(self.model_dump(mode="json"))

    def same_words(self, other: NoteBody) -> bool:
        """Whether both say the same, whatever is marked as copied."""
        return _words(self) == _words(other)


def _words(body: NoteBody) -> list[tuple[str, str]]:
    return [(section.key, section.text) for section in body.sections]


def digest_of(facts: object) -> str:
    """SHA-256 of the facts as JSON in one canonical form."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def marked(sections: tuple[Section, ...], before: NoteBody | None) -> tuple[MarkedSection, ...]:
    """The sections with the marks that still hold: on lines that stand unchanged.

    A line that was edited is its editor's own; a copied line that moved keeps its mark.
    """
    known = {section.key: section for section in before.sections} if before else {}
    return tuple(
        MarkedSection(**section.model_dump(), copied=_still_copied(section, known.get(section.key)))
        for section in sections
    )


def _still_copied(section: Section, before: MarkedSection | None) -> tuple[Copied, ...]:
    if before is None or not before.copied:
        return ()
    lines = before.text.split("\n")
    waiting: dict[str, deque[Copied]] = defaultdict(deque)
    for mark in before.copied:
        if mark.line < len(lines):
            waiting[lines[mark.line]].append(mark)
    return tuple(
        waiting[line].popleft().model_copy(update={"line": number})
        for number, line in enumerate(section.text.split("\n"))
        if line.strip() and waiting[line]
    )


def carried_forward(
    into: NoteBody, source: NoteBody, wanted: frozenset[str], encounter: EncounterId, version: int
) -> NoteBody:
    """``into`` with the wanted sections of an earlier note below what they say, each line marked.

    Nothing that stands is replaced. A section that ``into`` does not have is added.
    Raises pydantic's ValidationError for a note that would be too long.
    """
    present = {section.key: section for section in into.sections}
    for section in source.sections:
        if section.key not in wanted or not section.text.strip():
            continue
        own = present.get(section.key)
        present[section.key] = _below(own, section, encounter, version)
    return NoteBody(template_id=into.template_id, sections=tuple(present.values()))


def _below(
    own: MarkedSection | None, source: MarkedSection, encounter: EncounterId, version: int
) -> MarkedSection:
    start = own.text.rstrip("\n") if own else ""
    first = start.count("\n") + 1 if start else 0
    marks = tuple(
        Copied(line=first + number, encounter_id=encounter, note_version=version)
        for number, line in enumerate(source.text.split("\n"))
        if line.strip()
    )
    kept = own.copied if own else ()
    text = f"{start}\n{source.text}" if start else source.text
    return MarkedSection(
        key=source.key,
        part=own.part if own else source.part,
        title=own.title if own else source.title,
        text=text,
        copied=(*kept, *marks),
    )
