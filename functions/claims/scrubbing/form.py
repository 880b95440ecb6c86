"""The last edit: what no other has seen, and still can't be written as an 837P.

So a claim without an error always has a claim to send, whatever edits there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from caresmith.claims.draft import ClaimDraft
from functions.claims.scrubbing.findings import Finding, Severity

FORM: Final = "CLM-FORM"


def unsendable(draft: ClaimDraft, found: Iterable[Finding]) -> Iterator[Finding]:
    """What the conversion refuses, but for what an error has said of the same field."""
    said = [one.field for one in found if one.severity is Severity.ERROR]
    for flaw in draft.flaws():
        if any(_same(flaw.field, field) for field in said):
            continue
        words = flaw.field.replace(".", " ").replace("_", " ") or "the claim"
        yield Finding(
            edit=FORM,
            severity=Severity.ERROR,
            title="A field can't be sent as it is",
            message=f"{words[0].upper()}{words[1:]}: {flaw.reason}.",
            line=flaw.line,
            field=flaw.field,
        )


def _same(one: str, other: str) -> bool:
    """Whether one is the other or a part of it; the claim as a whole is part of nothing."""
    if not one or not other:
        return not one
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
