"""Signatures as they are kept and shown, and whether they hold."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from caresmith.actor import Actor
from caresmith.clock import from_text
from caresmith.errors import NotFound
from caresmith.ids import EncounterId, PracticeId, ProviderId
from caresmith.records.clinical.layout import encounter_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.encounters import models as m
from functions.encounters import texts
from functions.encounters.prose import digest_of
from functions.encounters.records import NoteHead, Signature
from functions.encounters.visit_change import OpenVisit, load

Role = Literal["author", "addendum", "cosigner"]


class Signed(BaseModel):
    """Sealed whole: the digest of a short text could be guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encounter_id: EncounterId
    number: int
    role: Role
    note_version: int
    text_sha256: str
    """Of the version that was signed."""
    text: str = ""
    """The addendum, or what the co-signer attests."""
    signed_at: str
    signed_by: str
    provider_id: ProviderId | None = None
    previous: str = ""
    """The digest of the signature before this one."""

    @property
    def digest(self) -> str:
        return digest_of(self.model_dump(mode="json"))


def read_signatures(practice: PracticeId, encounter: EncounterId) -> list[Signed]:
    """In the order in which they were given."""
    sealer = Sealer(practice, Domain.CLINICAL)
    return [
        sealer.unseal(f"{encounter}#sign#{int(item.number)}", "signature", item.sealed, Signed)
        for item in Signature.query(
            encounter_key(practice, encounter),
            Signature.sk.startswith("sign#"),
            consistent_read=True,
        )
    ]


def is_intact(signatures: list[Signed], count: int, digest: str) -> bool:
    """Whether all are there, each follows the one before, and all signed the text that stands."""
    previous = ""
    for place, signed in enumerate(signatures, start=1):
        if (signed.number, signed.previous, signed.text_sha256) != (place, previous, digest):
            return False
        previous = signed.digest
    return len(signatures) == count


def read_note(encounter: EncounterId, *, actor: Actor) -> m.NoteRead:
    """The note as it stands, with its signatures and what waits beside it. Raises NotFound."""
    practice = actor.practice_id
    visit = load(practice, encounter)
    head = head_of(visit)
    version = int(head.note_version)
    body = texts.read_text(practice, encounter, version)
    signatures = read_signatures(practice, encounter) if int(head.signatures) else []
    waiting = [s for s in texts.sides(practice, encounter) if s.merged_in is None]
    addenda = any(one.role == "addendum" for one in signatures)
    final: Literal["final", "amended"] = "amended" if addenda else "final"
    return m.NoteRead(
        encounter_id=encounter,
        patient_id=visit.patient_id,
        note_version=version,
        state="signed" if visit.signed else "draft",
        fhir_status=final if visit.signed and visit.cosigner is None else "preliminary",
        cosigner_id=visit.cosigner,
        template_id=body.template_id,
        sections=[m.SectionRead(**section.model_dump()) for section in body.sections],
        signatures=[_shown(one) for one in signatures],
        waiting=[texts.read_side(practice, encounter, side) for side in waiting],
        intact=is_intact(signatures, int(head.signatures), body.digest()),
    )


def _shown(signed: Signed) -> m.SignatureRead:
    return m.SignatureRead(
        number=signed.number,
        role=signed.role,
        note_version=signed.note_version,
        signed_at=from_text(signed.signed_at),
        signed_by=signed.signed_by,
        provider_id=signed.provider_id,
        text=signed.text,
        digest=signed.digest,
    )


def head_of(visit: OpenVisit) -> NoteHead:
    if visit.note is None or not int(visit.note.note_version):
        raise NotFound("There is no note yet.")
    return visit.note
