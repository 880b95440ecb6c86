"""Request and answer types of claims."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    computed_field,
    model_validator,
)

from caresmith.claims.draft import ClaimDraft
from caresmith.ids import ClaimId, DocumentId, ExchangeFileId, PatientId, ProviderId, SheetId
from caresmith.records.revenue.claim import ClaimState, Went
from caresmith.records.revenue.ledger import LineId
from caresmith.text import Note
from caresmith.x12.claims.codes import ATTACHMENTS
from functions.claims.scrubbing.findings import Finding
from functions.claims.scrubbing.payer_rules.model import PayerRule
from functions.claims.verdict import Answer, Hold, Override

MOST_AT_ONCE = 100

Key = Annotated[str, StringConstraints(min_length=3, max_length=120)]
"""A finding's: edit, line and a digest."""


def _attachment(kind: str) -> str:
    if kind not in ATTACHMENTS:
        raise ValueError("is no kind of attachment (PWK01)")
    return kind


AttachmentKind = Annotated[str, AfterValidator(_attachment)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FindingRead(Finding):
    """A finding as it is told, with the key by which a fix or an override names it."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def key(self) -> str:
        return super().key

    @classmethod
    def of(cls, one: Finding) -> FindingRead:
        return cls.model_construct(**dict(one))


class BoardRow(_Closed):
    claim_id: ClaimId
    version: int
    control_number: str
    patient_id: PatientId
    payer_id: str
    """"" where the directory has no such payer."""
    provider_id: ProviderId | None
    day: dt.date
    since: dt.datetime
    due_at: dt.datetime | None
    stuck: bool
    turn: int
    charge_cents: int
    errors: int
    warnings: int


class BoardPage(_Closed):
    state: ClaimState
    rows: list[BoardRow]
    after: str = ""
    """Where the next page begins; "" where there is none."""


class Search(_Closed):
    """Whose claims, or the claim of which number of ours."""

    patient_id: PatientId | None = None
    control_number: Annotated[str, StringConstraints(min_length=1, max_length=38)] | None = None
    """CLM01."""

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.patient_id is None) == (self.control_number is None):
            raise ValueError("say whose claims, or which number: one of both")
        return self


class FoundClaim(_Closed):
    claim_id: ClaimId
    sheet_id: SheetId
    patient_id: PatientId
    payer_id: str
    control_number: str
    payer_control_number: str | None
    day: dt.date
    state: ClaimState
    since: dt.datetime
    turn: int
    frequency: str
    charge_cents: int
    paid_cents: int


class FoundClaims(_Closed):
    rows: list[FoundClaim]
    more: bool = False
    """Whether there are earlier ones, which are not shown."""


class Counts(_Closed):
    """How many claims are in each state in which something is still to come."""

    counts: dict[ClaimState, int]


class Trouble(_Closed):
    """What keeps files from going or coming."""

    direction: Literal["out", "in"]
    reason: str
    """A code of the exchange's, or what of the set-up is missing."""
    since: dt.datetime
    file_id: ExchangeFileId | None = None
    """Of a file of ours that could not be delivered."""


class ToReopen(_Closed):
    """A claim that its payer is to be asked to reopen, by telephone or in its portal."""

    claim_id: ClaimId
    patient_id: PatientId
    payer_id: str
    day: dt.date
    charge_cents: int
    why: Literal["changed", "voided"]
    """What became of its charges."""
    since: dt.datetime


class Stuck(_Closed):
    """Claims whose next answer, or next hand, is overdue, and what is wrong with the way."""

    rows: dict[ClaimState, list[BoardRow]]
    more: bool = False
    troubles: list[Trouble] = []
    reopen: list[ToReopen] = []


class ClaimEvent(_Closed):
    kind: str
    state: ClaimState
    at: dt.datetime
    by: str
    refers_to: dict[str, object]
    note: str = ""


class ClaimRead(_Closed):
    claim_id: ClaimId
    version: int
    state: ClaimState
    since: dt.datetime
    due_at: dt.datetime | None
    sheet_id: SheetId
    patient_id: PatientId
    payer_id: str
    turn: int
    frequency: str
    control_number: str
    payer_control_number: str
    replaces: ClaimId | None
    replaced_by: ClaimId | None
    behind: bool
    reopen: Literal["changed", "voided"] | None
    """Why its payer has to be asked to reopen it; None where it has not."""
    went: Went | None
    """How it went, where not by wire."""
    day: dt.date
    charge_cents: int
    paid_cents: int
    file_id: ExchangeFileId | None
    draft: ClaimDraft
    findings: list[FindingRead]
    overrides: list[Override]
    hold: Hold | None
    answers: list[Answer]
    history: list[ClaimEvent]


class FixRequest(_Closed):
    key: Key


class OverrideRequest(_Closed):
    key: Key
    reason: Note


class Reason(_Closed):
    reason: Note


class EditRequest(_Closed):
    facts: dict[
        Annotated[str, StringConstraints(max_length=60)],
        Annotated[str, StringConstraints(max_length=200)],
    ] = Field(max_length=40)
    """By path; "" sets nothing there."""


class Attach(_Closed):
    """A document of the patient's chart that is sent beside the claim (PWK)."""

    kind: AttachmentKind
    transmission: Literal["AA", "BM", "EL", "EM", "FT", "FX"]
    document_id: DocumentId
    line: LineId | None = None
    """The sheet's line of the service that it is about; None: the claim as a whole."""


class Detach(_Closed):
    document_id: DocumentId
    line: LineId | None = None


class HandedOver(_Closed):
    """How an approved claim went that goes by no wire."""

    way: Literal["paper", "portal"]
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class Reopening(_Closed):
    """How the payer was asked to decide anew, and what it was told."""

    way: Literal["telephone", "portal", "letter", "none"]
    """``none``: nothing has to be asked after all, and the note says why."""
    note: Note


class Confirmed(_Closed):
    """The payer says that it has the claim."""

    payer_control_number: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[ -)+-9;-\]_-}]{0,50}$")
    ] = ""
    """TR3 REF F8 has 50 characters; a later correction names it."""
    note: Note


class Chosen(_Closed):
    claim_id: ClaimId
    version: int = Field(ge=1)


class ApproveMany(_Closed):
    claims: list[Chosen] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ApprovedOne(_Closed):
    claim_id: ClaimId
    approved: bool
    reason: str = ""
    """The kind of problem, where it was not."""


class ApprovedMany(_Closed):
    claims: list[ApprovedOne]


class FileRead(_Closed):
    file_id: ExchangeFileId
    direction: Literal["out", "in"]
    kind: str
    state: str
    name: str
    way: str
    at: dt.datetime
    by: str
    size: int
    sha256: str
    remark: str
    counts: dict[str, int]
    interchange: int | None
    charge_cents: int


class Files(_Closed):
    day: dt.date
    files: list[FileRead]


class Taken(_Closed):
    """What became of a file that was handed in."""

    file: FileRead
    known: bool
    """Whether the very same bytes were here before: then nothing was done again."""


class SendStarted(_Closed):
    file_id: ExchangeFileId


class RuleRead(_Closed):
    version: int
    sentence: str
    rule: PayerRule


class RulesRead(_Closed):
    rules: list[RuleRead]


class RuleTry(_Closed):
    """What a rule would say of the claims that are here."""

    looked_at: int
    hits: list[ClaimId]
