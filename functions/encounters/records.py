"""What the encounters feature keeps beside chart entries (keys: caresmith.records.clinical).

==============  =====================================  =====================================
 record          key                                    holds
==============  =====================================  =====================================
 EncounterItem   encounter / ``head#encounter``         the visit (records.clinical.encounter)
 NoteHead        encounter / ``head#note``              which version of the note stands
 NoteText        encounter / ``text#<version>``         one saved version, never changed
 SideText        encounter / ``side#<id>``              a text that came too late, to merge
 Signature       encounter / ``sign#<number>``          who signed which version, chained
 OpenItem        ``<practice>#open#<provider>`` /       a note to finish or to co-sign
                 ``<start>#<encounter>``
 TodoItem        ``<practice>#todo#<owner>`` /          a task of somebody, or of nobody yet
                 ``<due>#<task>``
 TemplateItem    ``<practice>#templates`` /             a template of the practice's own
                 ``<template>``
 PhraseItem      ``<practice>#phrases#<owner>`` /       a dot-phrase of the practice or a user
                 ``<name>``
==============  =====================================  =====================================

Texts, signatures and tasks' words are sealed. Templates and phrases are
wording, nobody's data, and lie in clear. Open and todo items hold ids and dates.
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from caresmith.ids import EncounterId, PracticeId, ProviderId
from caresmith.tables import ClinicalItem

NOTE_HEAD: Final = "head#note"
NOBODY: Final = "nobody"
PRACTICE_WIDE: Final = "practice"


class NoteHead(ClinicalItem, discriminator="note-head"):
    encounter_id = UnicodeAttribute()
    state = UnicodeAttribute()
    note_version = NumberAttribute()
    """The version of the text that stands."""
    signatures = NumberAttribute()
    """How many there are, addenda and co-signatures included."""
    waiting = NumberAttribute()
    """How many texts wait beside the note to be merged."""
    change = NumberAttribute()
    """Goes up with every write: what the next one is conditional on."""
    editor = UnicodeAttribute()
    """Which open editor saved last."""
    editor_base = NumberAttribute()
    """The version on which that editor's unbroken run of saves began."""
    editor_turn = NumberAttribute()
    """The number of that editor's last save, by its own count."""
    cosigner_id = UnicodeAttribute(null=True)
    """Who is to co-sign; None where nobody is."""


class NoteText(ClinicalItem, discriminator="note-text"):
    note_version = NumberAttribute()
    saved_at = UnicodeAttribute()
    saved_by = UnicodeAttribute()
    text = BinaryAttribute(legacy_encoding=False)


class SideText(ClinicalItem, discriminator="note-side"):
    side_id = UnicodeAttribute()
    base_version = NumberAttribute()
    """The version that its writer had read."""
    saved_at = UnicodeAttribute()
    saved_by = UnicodeAttribute()
    merged_in = NumberAttribute(null=True)
    """The version of the note that took it up, or was judged not to need it."""
    text = BinaryAttribute(legacy_encoding=False)


class Signature(ClinicalItem, discriminator="note-signature"):
    number = NumberAttribute()
    signed_at = UnicodeAttribute()
    signed_by = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class OpenItem(ClinicalItem, discriminator="open"):
    what = UnicodeAttribute()
    """``finish`` or ``cosign``."""
    encounter_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    start = UnicodeAttribute()


class TodoItem(ClinicalItem, discriminator="todo"):
    task_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    due = UnicodeAttribute(null=True)


class TemplateItem(ClinicalItem, discriminator="template"):
    version = NumberAttribute()
    body = UnicodeAttribute()


class PhraseItem(ClinicalItem, discriminator="phrase"):
    version = NumberAttribute()
    body = UnicodeAttribute()


def text_key(version: int) -> str:
    return f"text#{version:06d}"


def side_key(side: str) -> str:
    return f"side#{side}"


def sign_key(number: int) -> str:
    return f"sign#{number:04d}"


def open_key(practice: PracticeId, provider: ProviderId | str) -> str:
    """The partition of what a provider has to finish or to co-sign."""
    return f"{practice}#open#{provider}"


def open_sort_key(start: str, encounter: EncounterId | str, what: str) -> str:
    return f"{start}#{encounter}#{what}"


def todo_key(practice: PracticeId, owner: str) -> str:
    """The partition of somebody's tasks."""
    return f"{practice}#todo#{owner}"


def templates_key(practice: PracticeId) -> str:
    return f"{practice}#templates"


def phrases_key(practice: PracticeId, owner: str) -> str:
    return f"{practice}#phrases#{owner}"
