"""What a laboratory's system hands in by HTTPS, and what it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.ids import LabId
from functions.results import intake
from functions.results.errors import NothingThere, TooMany
from functions.results.hl7.acks import Acknowledgment, write_ack
from functions.results.hl7.findings import Condition, Finding, Place, Severity
from functions.results.hl7.framing import Part, Piece, pieces
from functions.results.intake import Source, Taken
from functions.results.labs import open_lab
from functions.results.models import Deliveries
from functions.results.records import Format, State
from functions.results.worklist import delivery_of

MOST_MESSAGES: Final = 50
"""In one call, which has to end within a gateway's patience."""
_CONTROL_ID: Final = 20
"""MSH-10 of version 2.5.1 holds no more."""
_UNCERTAIN: Final = Finding(
    Severity.WARNING,
    Condition.UNKNOWN_KEY,
    Place("PID", 2, 3),
    "was kept, and waits for a person who says whose results they are",
)
_BROKEN: Final = Finding(
    Severity.ERROR,
    Condition.INTERNAL,
    Place("MSH", 1),
    "was kept, and could not be worked through",
)


def deliver_hl7(raw: bytes, *, actor: Actor, now: Instant) -> bytes:
    """Messages of the lab that calls, each answered by an ACK.

    Raises UnknownLab, LabClosed, NothingThere, TooMany; then nothing was kept.
    """
    found = [piece for piece in messages_in(pieces([raw])) if piece.part is not Part.ENVELOPE]
    if len(found) > MOST_MESSAGES:
        raise TooMany
    source = _source(actor, Format.HL7V2)
    if not found:
        raise NothingThere
    answers = []
    for piece in found:
        taken = intake.take(piece.raw, source, actor=actor, now=now, line=piece.line)
        answers.append(_ack(taken, now))
    return b"".join(answers)


def deliver_fhir(raw: bytes, *, actor: Actor, now: Instant) -> Deliveries:
    """A FHIR Bundle or DiagnosticReport of the lab that calls."""
    source = _source(actor, Format.FHIR)
    taken = intake.take(raw, source, actor=actor, now=now)
    return Deliveries(deliveries=[delivery_of(taken.item)])


def messages_in(found: Iterable[Piece]) -> Iterator[Piece]:
    """Messages, what belongs to none, and envelopes; without what is blank."""
    return (piece for piece in found if piece.part is not Part.BLANK)


def _source(actor: Actor, language: Format) -> Source:
    lab = open_lab(actor.practice_id, LabId(actor.user_id))
    return Source(lab.lab_id, lab.settings, language)


def _ack(taken: Taken, now: Instant) -> bytes:
    findings = list(taken.reading.hl7_findings)
    answer = taken.reading.acknowledgment
    if taken.broken:
        findings.append(_BROKEN)
        answer = Acknowledgment.ERROR
    elif taken.reading.acknowledgment is Acknowledgment.ACCEPT and taken.state is not State.FILED:
        findings.append(_UNCERTAIN)
    return write_ack(
        taken.reading.header,
        answer,
        findings,
        now=now,
        control_id=taken.item.message_id[-_CONTROL_ID:],
    )
