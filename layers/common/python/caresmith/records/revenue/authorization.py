"""What payers have agreed to beforehand, on file: prior authorizations and referrals of a patient.

===============================  ======================================  =====================
 access                           pk                                      sk
===============================  ======================================  =====================
 those of a chart (one query)     ``<practice>#authorizations#<patient>`` ``<authorization>``
 what became of one, version by   ``<practice>#authorization#<id>``       ``<version>``
   version (one query)
 those that end soon (one query)  ``<practice>#authorizations``           ``ends#<day>#<id>``
 those of which little is left    ``<practice>#authorizations``           ``left#<n>#<id>``
   (one query)
===============================  ======================================  =====================

===================  ======================================  =====================================
 our field            FHIR R4                                 X12
===================  ======================================  =====================================
 kind, number         ClaimResponse.preAuthRef                837P REF G1, 9F; 278 HCR02
 status               ClaimResponse.outcome, item review      278 HCR01
 codes, approved      ClaimResponse.item, .adjudication       278 SV1, HSD
 first, last          ClaimResponse.preAuthPeriod             278 DTP AAH
===================  ======================================  =====================================

Whoever writes one (``functions/coverage``) writes its version and its lines of the lists in
the same transaction, and tells of it there: claims wait for it. How much of one is left is kept
nowhere but in the list of those of which little is: it is counted anew from the charges (see
:mod:`caresmith.records.revenue.authorized`).

In clear lie ids, days, states of the lists and how much is left; numbers, codes, diagnoses and
words are sealed. Whoever reads the table without keys learns that a payer agreed to something
for an unnamed person, and until when.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from caresmith.claims.authorized import HOLDING, Counted, Kind, Status
from caresmith.clock import from_text
from caresmith.ids import (
    AuthorizationId,
    CoverageId,
    LocationId,
    PatientId,
    PayerId,
    PracticeId,
    ProviderId,
)
from caresmith.records.revenue.payer import ServiceCode
from caresmith.records.revenue.sheet import DiagnosisCode
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.text import Line, Note, Word

ENDS: Final = "ends#"
LEFT: Final = "left#"
_GROUP: Final = "authorization"


def as_sent(number: str | None) -> str:
    """A number as claims carry it: in capitals; "" for none."""
    return (number or "").strip().upper()


def _number(text: str) -> str:
    if not re.fullmatch(r"[!-)+-9;-\]_-}][ -)+-9;-\]_-}]{0,49}", text):
        raise ValueError("has at most 50 plain letters and digits, without * ^ : ~")
    return as_sent(text)


AuthorizationNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60), AfterValidator(_number)
]
"""TR3 837P REF02 with G1 or 9F: as claims carry it."""


class Authorization(BaseModel):
    """What a payer was asked beforehand, and what it has said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coverage_id: CoverageId
    """The policy under which it was asked; another of the same payer is billed under it too."""
    kind: Kind = Kind.AUTHORIZATION
    status: Status
    number: Annotated[AuthorizationNumber | None, Field(validate_default=True)] = None
    """The payer's; none while it has not decided."""
    codes: tuple[ServiceCode, ...] = Field((), max_length=100)
    """Procedure codes and ranges of them; none is any."""
    diagnoses: tuple[DiagnosisCode, ...] = Field((), max_length=12)
    """One of them is on the claim; none is any."""
    rendering_id: ProviderId | None = None
    location_id: LocationId | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    approved: Annotated[int, Field(ge=1, le=9999)] | None = None
    """How much; None is without limit."""
    counted: Counted = Counted.UNITS
    agent: Line | None = None
    """Who at the payer said so."""
    call_reference: Word | None = None
    note: Note | None = None

    @field_validator("number")
    @classmethod
    def _is_known_once_it_is_approved(cls, number: str | None, info: ValidationInfo) -> str | None:
        if number is None and info.data.get("status") in HOLDING:
            raise ValueError("is needed: claims under it carry the payer's number")
        return number

    @field_validator("last")
    @classmethod
    def _ends_after_it_begins(cls, last: dt.date | None, info: ValidationInfo) -> dt.date | None:
        first = info.data.get("first")
        if last and first and last < first:
            raise ValueError("lies before the first day")
        return last


class AuthorizationRead(Authorization):
    """As it lies."""

    authorization_id: AuthorizationId
    patient_id: PatientId
    """In whose chart it was entered: that may have been merged into another since."""
    payer_id: PayerId | None
    """Of the directory; None where the policy's payer is not in it."""
    version: int
    changed_at: AwareDatetime
    changed_by: str

    @property
    def holds(self) -> bool:
        return self.status in HOLDING

    def is_of(self, coverage: CoverageId | str, payer: PayerId | str | None) -> bool:
        """Whether that payer is billed under it."""
        return self.coverage_id == coverage or (bool(payer) and self.payer_id == payer)


class AuthorizationItem(RevenueItem, discriminator="authorization"):
    authorization_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    payer_id = UnicodeAttribute(null=True)
    ends = UnicodeAttribute(null=True)
    """The day under which the list of those that end has it."""
    left = NumberAttribute(null=True)
    """How much the list of those of which little is left says of it."""
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    version = NumberAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    """Sealed :class:`Authorization`."""


class AuthorizationVersionItem(RevenueItem, discriminator="authorization-version"):
    """As it was after one change: written once, and kept."""

    authorization_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    payer_id = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    version = NumberAttribute()
    content = BinaryAttribute(legacy_encoding=False)


class ListedAuthorizationItem(RevenueItem, discriminator="authorization-listed"):
    """One that ends on a day, or of which so much is left."""

    authorization_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    last = UnicodeAttribute(null=True)
    left = NumberAttribute(null=True)


def authorizations_key(practice: PracticeId, patient: PatientId) -> str:
    return f"{practice}#authorizations#{patient}"


def versions_key(practice: PracticeId, authorization: AuthorizationId) -> str:
    return f"{practice}#authorization#{authorization}"


def version_sort_key(version: int) -> str:
    return f"{version:06}"


def listed_key(practice: PracticeId) -> str:
    return f"{practice}#authorizations"


def ends_sort_key(last: dt.date, authorization: AuthorizationId | str = "") -> str:
    return f"{ENDS}{last}#{authorization}"


def left_sort_key(left: int, authorization: AuthorizationId | str = "") -> str:
    return f"{LEFT}{left:06}#{authorization}"


def seal_authorization(practice: PracticeId, key: AuthorizationId, told: Authorization) -> bytes:
    return Sealer(practice, Domain.REVENUE).seal(key, _GROUP, told)


def open_authorization(
    practice: PracticeId, item: AuthorizationItem | AuthorizationVersionItem
) -> AuthorizationRead:
    told = Sealer(practice, Domain.REVENUE).unseal(
        item.authorization_id, _GROUP, item.content, Authorization
    )
    return AuthorizationRead(
        **dict(told),
        authorization_id=AuthorizationId(item.authorization_id),
        patient_id=PatientId(item.patient_id),
        payer_id=PayerId(item.payer_id) if item.payer_id else None,
        version=int(item.version),
        changed_at=from_text(item.changed_at),
        changed_by=item.changed_by,
    )


def authorization_items(
    practice: PracticeId, charts: Iterable[PatientId]
) -> list[AuthorizationItem]:
    """Those of a person, by one query a chart; the caller names them to the audit trail."""
    return [
        item
        for chart in charts
        for item in AuthorizationItem.query(
            authorizations_key(practice, chart), consistent_read=True
        )
    ]


def authorizations_of(
    practice: PracticeId, charts: Iterable[PatientId]
) -> tuple[AuthorizationRead, ...]:
    """Those of a person, the oldest first."""
    found = [open_authorization(practice, one) for one in authorization_items(practice, charts)]
    return tuple(sorted(found, key=lambda one: one.authorization_id))
