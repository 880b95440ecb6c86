"""Where in a draft a fact stands that a biller has set, by a path that outlives a new draft.

=======================  ==========================================================
 a path that begins       stands
=======================  ==========================================================
 ``person.``              with the patient, or with the subscriber who is the patient
 ``services.<line>.``     with the service of that line of the sheet, at any place
 anything else            where it says
=======================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from caresmith.claims.draft import ClaimDraft
from functions.claims.scrubbing.findings import Change, Fix

PERSON: Final = "person"
SERVICES: Final = "services"


def of_service(line: str, field: str) -> str:
    """The path of a field of the sheet's line."""
    return f"{SERVICES}.{line}.{field}"


def place(draft: ClaimDraft, path: str) -> str | None:
    """The draft's own path; None for a service that it has no more."""
    first, _, rest = path.partition(".")
    if first == PERSON:
        return f"patient.{rest}" if draft.patient else f"subscriber.{rest}"
    if first != SERVICES:
        return path
    line, _, field = rest.partition(".")
    at = next((at for at, one in enumerate(draft.lines) if one.charge_id == line), None)
    return None if at is None else f"lines.{at}.{field}"


def with_edits(draft: ClaimDraft, edits: Iterable[Change]) -> ClaimDraft:
    """The draft with what a biller has set."""
    placed = tuple(
        Change(path=at, value=one.value)
        for one in edits
        if (at := place(draft, one.path)) is not None
    )
    return Fix(title="", changes=placed).apply(draft) if placed else draft
