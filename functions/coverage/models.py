"""What the coverage API takes and answers, and what is sealed of a check."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from caresmith.claims.authorized import REFUSED, Counted, Kind
from caresmith.ids import AuthorizationId, CoverageId, EligibilityId, PatientId
from caresmith.records.revenue.authorization import AuthorizationRead
from caresmith.records.revenue.payer import Payer
from caresmith.records.revenue.standing import Glance, Outcome
from caresmith.text import Line, Note, Word
from functions.coverage.benefits import Benefits
from functions.coverage.differing import Difference
from functions.coverage.records import Origin
from functions.coverage.settings import ServiceType


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Payers(BaseModel):
    payers: list[Payer]


class VerifyRequest(_Closed):
    """Ask the payer now. Today's answer to the same question is given again unless ``force``."""

    force: bool = False
    service_types: list[ServiceType] | None = Field(default=None, min_length=1, max_length=10)
    """Without them, those that the practice always asks for."""


class TelephoneRequest(_Closed):
    """What the payer said by telephone, or its portal showed."""

    outcome: Literal["active", "inactive"]
    reference: Word | None = None
    """The call's number, as the payer gave it."""
    spoke_with: Line | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _can_be_shown_later(self) -> TelephoneRequest:
        if not (self.reference or self.spoke_with or self.note):
            raise ValueError("reference: give the call's number, who it was, or a note")
        return self


class Asked(BaseModel):
    """Sealed with a check: what the question was made of, and what a person wrote down."""

    fingerprint: str = ""
    """Of what the payer was told: another one means that the chart has changed since."""
    payer_name: str = ""
    trace: str = ""
    service_types: list[str] = []
    reference: str | None = None
    spoke_with: str | None = None
    note: str | None = None


class Waiting(BaseModel):
    """Sealed with a line of the work list."""

    payer_name: str = ""
    says: list[str] = []
    """What the payer says, or why it could not be asked, in sentences."""
    do: list[str] = []


Badge = Literal["active", "inactive", "unverified", "never", "stale"]


class Standing(BaseModel):
    """How one policy of a chart stands."""

    patient_id: PatientId
    coverage_id: CoverageId
    order: int
    payer_name: str
    holds_today: bool
    badge: Badge
    outcome: Outcome | None = None
    reason: str | None = None
    stale_because: Literal["old", "changed"] | None = None
    checked_at: AwareDatetime | None = None
    eligibility_id: EligibilityId | None = None
    retry_at: AwareDatetime | None = None
    asking: bool = False
    glance: Glance = Glance()


class Standings(BaseModel):
    patient_id: PatientId
    """The chart that stands for the person: another one where the asked one was merged."""
    standings: list[Standing]


class Check(BaseModel):
    """One check of a policy, without what the payer said."""

    eligibility_id: EligibilityId
    coverage_id: CoverageId
    origin: Origin
    outcome: Outcome
    reason: str | None
    checked_at: AwareDatetime
    checked_by: str
    asked_for: dt.date
    sha256: str | None
    """Of the file that came; None where none did."""
    payer_name: str
    reference: str | None = None
    spoke_with: str | None = None
    note: str | None = None


class CheckRead(Check):
    """A check with what the payer said."""

    benefits: Benefits | None
    differences: list[Difference]
    kept: bool = False
    """It was there already: the payer was not asked again."""


class CoverageView(BaseModel):
    """One policy: how it stands, the last answer, and all checks, the newest first."""

    standing: Standing
    last: CheckRead | None
    checks: list[Check]
    more: bool


class DoneRequest(_Closed):
    """Take it off the list: somebody has seen to it."""

    because: Literal["seen-to", "patient-pays", "visit-changed", "not-needed"] = "seen-to"


class AssignRequest(_Closed):
    to_me: bool
    """False gives it back to everybody."""


class Work(BaseModel):
    """Something that waits for a person."""

    patient_id: PatientId
    coverage_id: CoverageId
    eligibility_id: EligibilityId
    version: int
    what: str
    payer_name: str
    says: list[str]
    do: list[str]
    since: AwareDatetime
    visit_at: AwareDatetime | None
    tries: int
    assigned_to: str | None
    assigned_name: str | None


class WorkList(BaseModel):
    items: list[Work]
    more: bool = False


class AuthorizationShown(AuthorizationRead):
    """One on file, with what is left of it."""

    payer_name: str
    left: int | None
    """Of what was approved, less what was charged under it; None where it is without limit."""
    expired: bool

    @property
    def over(self) -> bool:
        """Nothing more can be billed under it."""
        return self.expired or self.status in REFUSED or self.left == 0


class AuthorizationsRead(BaseModel):
    patient_id: PatientId
    """The chart that stands for the person."""
    authorizations: list[AuthorizationShown]


class AuthorizationVersions(BaseModel):
    """As it was after each change, the latest first."""

    versions: list[AuthorizationRead]


class RunsOut(BaseModel):
    """An authorization that ends soon, or of which little is left."""

    patient_id: PatientId
    authorization_id: AuthorizationId
    kind: Kind
    number: str
    payer_name: str
    codes: tuple[str, ...]
    last: dt.date | None
    left: int | None
    approved: int | None
    counted: Counted


class RunningOut(BaseModel):
    days: int
    left: int
    items: list[RunsOut]
    more: bool
