"""The texts of a note: sealed, opened, and listed, version by version and beside it."""

from __future__ import annotations

import zlib

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.errors import NotFound
from caresmith.ids import EncounterId, PracticeId
from caresmith.records.clinical.layout import encounter_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import ClinicalItem
from functions.encounters import models as m
from functions.encounters.prose import NoteBody
from functions.encounters.records import NoteText, SideText, text_key
from functions.encounters.visit_change import load


def seal_text(practice: PracticeId, encounter: EncounterId, part: str, body: NoteBody) -> bytes:
    """Compressed before it is sealed: sealed bytes do not compress."""
    plain = zlib.compress(body.model_dump_json().encode(), 6)
    return Sealer(practice, Domain.CLINICAL).seal_bytes(f"{encounter}#{part}", "note", plain)


def open_text(practice: PracticeId, encounter: EncounterId, part: str, sealed: bytes) -> NoteBody:
    plain = Sealer(practice, Domain.CLINICAL).unseal_bytes(f"{encounter}#{part}", "note", sealed)
    return NoteBody.model_validate_json(zlib.decompress(plain))


def read_text(practice: PracticeId, encounter: EncounterId, version: int) -> NoteBody:
    """One version of a note. Raises NotFound."""
    for item in NoteText.query(
        encounter_key(practice, encounter),
        NoteText.sk == text_key(version),
        consistent_read=True,
        limit=1,
    ):
        return open_text(practice, encounter, f"{version}", item.text)
    raise NotFound


def versions(practice: PracticeId, encounter: EncounterId) -> m.Versions:
    """Every version that was saved, the first one first; their texts are read one by one."""
    load(practice, encounter)
    found = NoteText.query(
        encounter_key(practice, encounter),
        NoteText.sk.startswith("text#"),
        attributes_to_get=["entity", "note_version", "saved_at", "saved_by"],
    )
    return m.Versions(
        versions=[
            m.VersionLine(
                note_version=int(item.note_version),
                saved_at=from_text(item.saved_at),
                saved_by=item.saved_by,
            )
            for item in found
        ]
    )


def sides(practice: PracticeId, encounter: EncounterId) -> list[SideText]:
    """The texts beside a note, merged ones too."""
    return [
        item
        for item in ClinicalItem.query(
            encounter_key(practice, encounter),
            ClinicalItem.sk.startswith("side#"),
            consistent_read=True,
        )
        if isinstance(item, SideText)
    ]


def read_side(practice: PracticeId, encounter: EncounterId, item: SideText) -> m.SideRead:
    return m.SideRead(
        side_id=item.side_id,
        base_version=int(item.base_version),
        saved_at=from_text(item.saved_at),
        saved_by=item.saved_by,
        merged_in=int(item.merged_in) if item.merged_in is not None else None,
        body=open_text(practice, encounter, item.side_id, item.text),
    )


def beside(encounter: EncounterId, *, actor: Actor) -> m.Beside:
    """Every text that was kept beside the note, merged and late ones too. Raises NotFound."""
    load(actor.practice_id, encounter)
    found = sides(actor.practice_id, encounter)
    return m.Beside(texts=[read_side(actor.practice_id, encounter, item) for item in found])


def read_version(encounter: EncounterId, version: int, *, actor: Actor) -> NoteBody:
    """One version's text, signed or not. Raises NotFound."""
    load(actor.practice_id, encounter)
    audit().record(f"{encounter}#{version}")
    return read_text(actor.practice_id, encounter, version)
