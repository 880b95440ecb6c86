"""What is sent beside a claim (TR3 837P 2300 PWK): which document, how, under which number.

The number stands in the claim and on what is sent, so that the payer brings both together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import JsonValue

from caresmith.claims.drafted_lines import AttachmentDraft
from caresmith.errors import invalid
from functions.claims import models as m
from functions.claims.acting import Asked, change
from functions.claims.scrubbing.findings import Change
from functions.claims.verdict import open_draft

MOST: Final = 10
"""TR3 837P 2300 PWK: ten at most."""
ON_REQUEST: Final = "AA"


def attach(asked: Asked, wanted: m.Attach) -> None:
    """Tell the payer of a document. Raises InvalidRequest, NotEditable."""
    present = _present(asked)
    if len(present) >= MOST:
        raise invalid("kind", f"a claim has {MOST} attachments at most")
    if any(one.document == wanted.document_id for one in present):
        raise invalid("document_id", "is attached to this claim already")
    number = "" if wanted.transmission == ON_REQUEST else _number(asked, present)
    added = AttachmentDraft(
        kind=wanted.kind,
        transmission=wanted.transmission,
        control_number=number,
        document=wanted.document_id,
    )
    _keep(asked, (*present, added))


def detach(asked: Asked, wanted: m.Detach) -> None:
    """Raises InvalidRequest, NotEditable."""
    present = _present(asked)
    kept = tuple(one for one in present if one.document != wanted.document_id)
    if len(kept) == len(present):
        raise invalid("document_id", "is not attached to this claim")
    _keep(asked, kept)


def _present(asked: Asked) -> tuple[AttachmentDraft, ...]:
    return open_draft(asked.maker.actor.practice_id, asked.claim).attachments


def _number(asked: Asked, present: Iterable[AttachmentDraft]) -> str:
    """One that no attachment of the claim has; one that was taken off may be used again."""
    used = {one.control_number for one in present}
    free = (f"{asked.claim.control_number}-{count}" for count in range(1, MOST + 1))
    return next(one for one in free if one not in used)


def _keep(asked: Asked, attachments: Iterable[AttachmentDraft]) -> None:
    told: list[JsonValue] = [one.model_dump(mode="json") for one in attachments]
    change(asked, (Change(path="attachments", value=told),))
