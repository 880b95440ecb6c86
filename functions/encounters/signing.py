"""Signatures: author's, co-signer's, and addenda, each an item that is never changed.

A signature is about the SHA-256 of the text that its signer saw, and carries
the digest of the signature before it: nothing can be taken out, put in or
changed afterwards without its showing (21 CFR 11.70: linked to their records).
"""

from __future__ import annotations

from typing import Any

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.errors import VersionConflict, invalid
from caresmith.events import NoteSigned as NoteSignedEvent
from caresmith.ids import EncounterId, PracticeId, ProviderId
from caresmith.records.clinical.layout import encounter_key
from caresmith.records.clinical.writing import WriteLost
from caresmith.records.practice import practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.encounters import models as m
from functions.encounters import notes, texts
from functions.encounters.errors import (
    EncounterOver,
    NeedsCosigner,
    NoCosignWanted,
    NoteNotSigned,
    NoteSigned,
    NotForYouToCosign,
    TextsToMerge,
)
from functions.encounters.records import (
    NoteHead,
    OpenItem,
    Signature,
    open_key,
    open_sort_key,
    sign_key,
)
from functions.encounters.signatures import Role, Signed, head_of, read_signatures
from functions.encounters.status import WRITABLE
from functions.encounters.visit_change import OpenVisit, VisitChange, load


def sign(
    encounter: EncounterId, request: m.SignRequest, expected: int, *, actor: Actor, now: Instant
) -> None:
    """Sign the version that the signer saw; the encounter closes, if all else is there.

    Raises TextsToMerge, NeedsCosigner, VersionConflict, EncounterOver, NoteSigned.
    """
    visit = load(actor.practice_id, encounter)
    head = head_of(visit)
    if visit.signed:
        if _signed_already(actor, encounter, head, expected):
            return
        raise NoteSigned("The note is signed already.")
    if visit.status not in WRITABLE:
        raise EncounterOver(f"The encounter is {visit.status}.")
    if int(head.note_version) != expected:
        raise VersionConflict
    if int(head.waiting):
        raise TextsToMerge
    _check_cosigner(request.cosigner_id, actor)
    if texts.read_text(actor.practice_id, encounter, expected).is_blank:
        raise invalid("sections", "an empty note can't be signed")
    head.state, head.cosigner_id = "signed", request.cosigner_id
    change = VisitChange(visit, actor, now)
    _add(change, visit, head, "author", "")
    if request.cosigner_id:
        change.writes.put(_to_cosign(visit, actor.practice_id, request.cosigner_id))
    change.touch()
    change.close_if_ready(signed=True, cosigner=request.cosigner_id)
    _commit(change)


def _check_cosigner(cosigner: ProviderId | None, actor: Actor) -> None:
    """Raises NeedsCosigner where the signer is no provider; InvalidRequest for a wrong one."""
    if cosigner is None:
        if actor.provider_id is None:
            raise NeedsCosigner
        return
    if cosigner == actor.provider_id:
        raise invalid("cosigner_id", "names the signer")
    if cosigner not in practice_setup(actor.practice_id).providers:
        raise invalid("cosigner_id", "is nobody of this practice")


def _signed_already(actor: Actor, encounter: EncounterId, head: NoteHead, expected: int) -> bool:
    """Whether this very person signed this very version: the first answer was lost."""
    return int(head.note_version) == expected and any(
        one.role == "author" and one.signed_by == actor.user_id
        for one in read_signatures(actor.practice_id, encounter)
    )


def add_addendum(
    encounter: EncounterId, request: m.Addendum, *, actor: Actor, now: Instant
) -> None:
    """Add to a signed note. The same words of the same person, sent again, stand there once.

    Raises NoteNotSigned, VersionConflict where others signed at the same time.
    """
    visit = load(actor.practice_id, encounter)
    head = head_of(visit)
    if not visit.signed:
        raise NoteNotSigned
    if not request.text.strip():
        raise invalid("text", "must not be empty")
    known = read_signatures(actor.practice_id, encounter)
    if any(
        one.role == "addendum" and one.signed_by == actor.user_id and one.text == request.text
        for one in known
    ):
        return
    change = VisitChange(visit, actor, now)
    _add(change, visit, head, "addendum", request.text)
    _commit(change)


def cosign(encounter: EncounterId, request: m.Cosignature, *, actor: Actor, now: Instant) -> None:
    """A second provider stands for the note. Raises NoCosignWanted, NotForYouToCosign."""
    visit = load(actor.practice_id, encounter)
    head = head_of(visit)
    signatures = read_signatures(actor.practice_id, encounter)
    mine = [one for one in signatures if one.signed_by == actor.user_id]
    if visit.cosigner is None:
        if any(one.role == "cosigner" for one in mine):
            return
        raise NoCosignWanted
    if actor.provider_id is None or any(one.role == "author" for one in mine):
        raise NotForYouToCosign
    change = VisitChange(visit, actor, now)
    asked = _to_cosign(visit, actor.practice_id, visit.cosigner)
    change.writes.delete(OpenItem(asked.pk, asked.sk))
    head.cosigner_id = None
    _add(change, visit, head, "cosigner", request.attestation)
    if visit.status in WRITABLE:
        change.touch()
        change.close_if_ready(signed=True, cosigner=None)
    _commit(change)


def _commit(change: VisitChange) -> None:
    try:
        change.commit()
    except WriteLost:
        raise VersionConflict from None


def _add(change: VisitChange, visit: OpenVisit, head: NoteHead, role: Role, text: str) -> None:
    """The next signature of the chain, with the head and the event that go with it."""
    actor, practice = change.actor, change.actor.practice_id
    before = read_signatures(practice, visit.encounter_id)
    body = texts.read_text(practice, visit.encounter_id, int(head.note_version))
    number = int(head.signatures) + 1
    signed = Signed(
        encounter_id=visit.encounter_id,
        number=number,
        role=role,
        note_version=int(head.note_version),
        text_sha256=body.digest(),
        text=text,
        signed_at=to_text(change.now),
        signed_by=actor.user_id,
        provider_id=actor.provider_id,
        previous=before[-1].digest if before else "",
    )
    item = Signature(
        encounter_key(practice, visit.encounter_id),
        sign_key(number),
        number=number,
        signed_at=signed.signed_at,
        signed_by=actor.user_id,
        sealed=Sealer(practice, Domain.CLINICAL).seal(_record(signed), "signature", signed),
    )
    change.writes.put(item, Signature.pk.does_not_exist())
    head.signatures = number
    notes.put_head(change, head)
    change.writes.tell(_event(change, visit, head, role))


def _event(change: VisitChange, visit: OpenVisit, head: NoteHead, role: Role) -> NoteSignedEvent:
    told: dict[str, Any] = {
        "practice_id": change.actor.practice_id,
        "occurred_at": change.now,
        "actor_id": change.actor.user_id,
    }
    return NoteSignedEvent(
        **told,
        patient_id=visit.patient_id,
        encounter_id=visit.encounter_id,
        provider_id=change.actor.provider_id,
        signature=role,
        note_version=int(head.note_version),
        awaits_cosigner=head.cosigner_id is not None,
    )


def _record(signed: Signed) -> str:
    return f"{signed.encounter_id}#sign#{signed.number}"


def _to_cosign(visit: OpenVisit, practice: PracticeId, cosigner: ProviderId) -> OpenItem:
    return OpenItem(
        open_key(practice, cosigner),
        open_sort_key(visit.item.start, visit.encounter_id, "cosign"),
        what="cosign",
        encounter_id=visit.encounter_id,
        patient_id=visit.patient_id,
        start=visit.item.start,
    )
