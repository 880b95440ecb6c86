"""What the audit routes take and give."""

from __future__ import annotations

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from functions.audit.findings import Finding

MAX_SEGMENTS: Final = 500
"""How many segments one request may ask to verify."""


class EntryView(BaseModel):
    """One audit entry: ids, codes and the caller's address."""

    entry_id: str
    occurred_at: str
    """RFC 3339, UTC, to the microsecond."""
    actor_id: str
    actor_roles: list[str]
    session_id: str | None
    action: str
    service: str
    outcome: str
    status: int | None
    patient_ids: list[str]
    records: list[str]
    reason: str | None
    source_ip: str | None
    correlation_id: str | None
    emergency: bool
    """Whether somebody broke the glass here, or acted on having broken it."""


class EntryPage(BaseModel):
    """Entries, newest first. With a cursor there may be more, even after an empty page."""

    entries: list[EntryView]
    missing: list[str] = []
    """Entries that the patient's list names and the table does not have."""
    cursor: str | None = None


class ChainStatus(BaseModel):
    """The chain's head. Noted elsewhere, it later proves that the chain was not rewritten."""

    sequence: int
    """0 where nothing has been sealed yet."""
    sha256: str
    sealed_at: str | None
    unsealed_today: int
    """Entries of the present UTC day that stand in no segment yet."""


class VerifyRequest(BaseModel):
    """Which segments to verify, both ends included."""

    model_config = ConfigDict(extra="forbid")

    first: int = Field(ge=1, lt=10**12)
    last: int = Field(ge=1, lt=10**12)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.last < self.first:
            raise ValueError("last must not come before first")
        if self.last - self.first >= MAX_SEGMENTS:
            raise ValueError(f"at most {MAX_SEGMENTS} segments at once")
        return self


class Verification(BaseModel):
    """What verifying has found. ``ok`` speaks of segments ``first`` to ``last`` only."""

    ok: bool
    first: int
    last: int
    """The last segment that was looked at."""
    findings: list[Finding]
    next: int | None
    """Where to go on, where time or findings ran over before the end."""
