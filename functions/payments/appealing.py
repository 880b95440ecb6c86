"""A letter of appeal is made, and kept as it was sent: which words went, how, and when."""

from __future__ import annotations

from hashlib import sha256

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock, to_text
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import ClaimId, PatientId, PayerId, PracticeId
from caresmith.records.patient import current_card
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.denial import (
    DenialState,
    LetterItem,
    denial_key,
    letter_sort_key,
    letters_of,
)
from caresmith.records.revenue.payer import payer_directory
from caresmith.records.revenue.writing import RevenueWrites
from functions.payments import letters, runs, store, working
from functions.payments import models as m

_MEDIA_TYPE = "application/pdf"
_BY = {"mail": "by post", "fax": "by fax", "portal": "through the payer's portal"}


def drafted(claim_id: ClaimId, line: str, *, actor: Actor, clock: Clock) -> bytes:
    """The letter as it would be sent now, as PDF. Raises NotFound."""
    practice = actor.practice_id
    today = runs.today(practice, clock.now())
    denial = working.read(practice, claim_id, line, today)
    claim = get_claim(practice, claim_id)
    if claim is None:
        raise NotFound
    payer = payer_directory(practice).get(PayerId(claim.payer_id))
    return letters.pdf(
        letters.letter_of(
            denial,
            claim,
            current_card(practice, PatientId(claim.patient_id)),
            practice_setup(practice),
            payer.facts if payer else None,
            signer=actor.display_name,
            today=today,
        )
    )


def send(
    claim_id: ClaimId,
    line: str,
    wanted: m.LetterRequest,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> m.DenialRead:
    """It went out: the very file is kept, and the denial is appealed.

    Raises NotFound, VersionConflict, DenialMove, InvalidRequest.
    """
    practice, today = actor.practice_id, runs.today(actor.practice_id, clock.now())
    sent_on = wanted.sent_on or today
    if sent_on > today:
        raise invalid("sent_on", "That day has not come.")
    before = working.find(practice, claim_id, line)
    if int(before.version) != version:
        raise VersionConflict
    number = len(letters_of(practice, claim_id, line)) + 1
    body = drafted(claim_id, line, actor=actor, clock=clock)
    key = f"letters/{practice}/{claim_id}/{line}/{number}"
    kept = store.put(key, body, _MEDIA_TYPE)
    item = LetterItem(
        denial_key(practice, claim_id),
        letter_sort_key(line, number),
        claim_id=claim_id,
        line=line,
        number=number,
        way=wanted.way,
        sent_on=sent_on.isoformat(),
        object_key=key,
        object_version=kept.version,
        sha256=sha256(body).hexdigest(),
        at=to_text(clock.now()),
        by=actor.user_id,
    )

    def keep(writes: RevenueWrites) -> None:
        writes.put(item, LetterItem.pk.does_not_exist())

    note = f"Letter {number} sent {_BY[wanted.way]}"
    state = None if before.state == DenialState.APPEALED else DenialState.APPEALED
    change = m.DenialChange(state=state, note=note, due_on=wanted.due_on)
    return working.change(
        claim_id, line, change, version=version, actor=actor, clock=clock, besides=keep
    )


def kept_letter(practice: PracticeId, claim_id: ClaimId, line: str, number: int) -> bytes:
    """The file as it was sent. Raises NotFound."""
    working.find(practice, claim_id, line)
    found = next(
        (one for one in letters_of(practice, claim_id, line) if int(one.number) == number), None
    )
    if found is None:
        raise NotFound
    audit().record(f"{claim_id}#{line}#letter-{number}")
    return store.opened(found.object_key, found.object_version).whole()
