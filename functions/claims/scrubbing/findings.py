"""What scrubbing a claim answers: findings, and the certain fixes of some of them."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from caresmith.claims.draft import ClaimDraft


class Severity(StrEnum):
    ERROR = "error"
    """It can't go out, or is certain to come back."""
    WARNING = "warning"
    """A biller decides."""
    INFO = "info"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(_Told):
    """One field of a draft and what it becomes, as the draft's JSON has it."""

    path: str
    """Like ``lines.0.procedure.modifiers``."""
    value: JsonValue


class Fix(_Told):
    """A change that is certain to be right: offered by one click, derived anew on the server."""

    title: str
    changes: tuple[Change, ...]

    def apply(self, draft: ClaimDraft) -> ClaimDraft:
        """The draft with the changes made. Raises KeyError for a field that is not there."""
        data = draft.model_dump(mode="json")
        for change in self.changes:
            *way, last = change.path.split(".")
            part: Any = data
            for step in way:
                part = part[int(step) if isinstance(part, list) else step]
            if isinstance(part, list):
                part[int(last)] = change.value
            elif last not in part:
                raise KeyError(change.path)
            else:
                part[last] = change.value
        return ClaimDraft.model_validate(data)


class Finding(_Told):
    """That an edit has something against a claim. The message may name codes and lines."""

    edit: str
    severity: Severity
    title: str
    message: str
    line: int | None = None
    """Counted from one; None is the claim."""
    field: str = ""
    """The draft's field, like ``lines.0.procedure.code``; "" is the claim."""
    fix: Fix | None = None

    @property
    def key(self) -> str:
        """The same for the same finding of the same claim: a page names it, and no fix."""
        said = hashlib.sha256(f"{self.field}\0{self.message}".encode()).hexdigest()[:12]
        return f"{self.edit}:{self.line or 0}:{said}"
