"""What the scrubber says of a claim, and what people have decided on it."""

from __future__ import annotations

import datetime as dt

from pydantic import AwareDatetime, BaseModel, ConfigDict

from caresmith.claims.draft import ClaimDraft
from caresmith.ids import ClaimId, PracticeId
from caresmith.records.revenue.authorized import seal_numbers
from caresmith.records.revenue.claim import ClaimItem
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.text import Note
from functions.claims.scrubbing.findings import Change, Finding, Severity

DRAFT, FINDINGS = "draft", "findings"


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Override(_Value):
    """Somebody's reason why a warning is none here."""

    key: str
    reason: Note
    by: str
    at: AwareDatetime


class Hold(_Value):
    """Somebody keeps the claim back."""

    reason: Note
    by: str
    at: AwareDatetime


class Answer(_Value):
    """What the other side said of it last: codes, which ``answers.words`` explains."""

    source: str
    """TA1, 999, 277CA, 277."""
    codes: tuple[str, ...] = ()
    """Like ``A7:562:85``."""
    message: str = ""
    on: dt.date | None = None
    file: str = ""
    """The file that said so."""


class Verdict(_Value):
    """Sealed group ``findings`` of a claim."""

    findings: tuple[Finding, ...] = ()
    overrides: tuple[Override, ...] = ()
    hold: Hold | None = None
    edits: tuple[Change, ...] = ()
    """Facts of the claim's own that a biller has set: they outlive a new draft of the sheet."""
    answers: tuple[Answer, ...] = ()
    scrubbed_on: dt.date | None = None
    """The practice's day."""
    rules: str = ""
    """Which payer rules, lists, fees and payer's profile it was held against."""

    def overridden(self, finding: Finding) -> Override | None:
        return next((one for one in self.overrides if one.key == finding.key), None)

    @property
    def errors(self) -> int:
        return sum(one.severity is Severity.ERROR for one in self.findings)

    @property
    def warnings(self) -> int:
        """Those that nobody has decided on."""
        return sum(
            one.severity is Severity.WARNING and self.overridden(one) is None
            for one in self.findings
        )

    @property
    def clean(self) -> bool:
        return not (self.errors or self.warnings or self.hold)

    def found(self, key: str) -> Finding | None:
        return next((one for one in self.findings if one.key == key), None)


def open_draft(practice: PracticeId, item: ClaimItem) -> ClaimDraft:
    return Sealer(practice, Domain.REVENUE).unseal(item.claim_id, DRAFT, item.draft, ClaimDraft)


def open_verdict(practice: PracticeId, item: ClaimItem) -> Verdict:
    if item.findings is None:
        return Verdict()
    return Sealer(practice, Domain.REVENUE).unseal(item.claim_id, FINDINGS, item.findings, Verdict)


def put_draft(practice: PracticeId, item: ClaimItem, draft: ClaimDraft) -> None:
    """Seal the draft into the item, with what lists show of it."""
    item.draft = Sealer(practice, Domain.REVENUE).seal(ClaimId(item.claim_id), DRAFT, draft)
    item.authorized = seal_numbers(practice, item.claim_id, draft)
    item.charge_cents = draft.charge.cents
    item.frequency = draft.frequency
    item.provider_id = draft.ours.rendering_provider or None


def put_verdict(practice: PracticeId, item: ClaimItem, verdict: Verdict) -> None:
    item.findings = Sealer(practice, Domain.REVENUE).seal(ClaimId(item.claim_id), FINDINGS, verdict)
    item.errors, item.warnings = verdict.errors, verdict.warnings
