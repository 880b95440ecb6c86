"""The policies that pay for a patient, as the chart holds them.

======================================  ===============================================
 our field                               where it goes
======================================  ===============================================
 payer_id, payer_name                    837P 2010BB, 270 2100A; FHIR Coverage.payor
 member_id, member_suffix, own_member_id 837P 2010BA and 270 2100C NM109
 group_number, group_name                837P 2000B SBR03, SBR04
 plan_name, plan_type                    FHIR Coverage.class, .type
 relationship, claim_relationship        837P PAT01 (SBR02 is 18), 270 INS02
 subscriber_*                            837P 2010BA, 270 2100C
 filing                                  837P SBR09, where it is not the payer's own
 msp_reason                              837P SBR05: why Medicare does not pay first
 case_number                             837P 2010BA, 2010CA REF Y4
 assigns_benefits                        837P CLM08, OI03
 release_signed_on                       837P CLM09, OI06
 order                                   837P SBR01; FHIR Coverage.order
 card_front_id, card_back_id             pictures of the card, among the documents
======================================  ===============================================

Items lie in the chart's partition (see :mod:`caresmith.records.patient`), sealed;
only ``functions/patients`` writes them. When charts are merged, the policies go
over to the chart that survives and keep their ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute, VersionAttribute

from caresmith.errors import NotFound
from caresmith.ids import CoverageId, DocumentId, PatientId, PayerId, PracticeId
from caresmith.records.contact import Address, Phone
from caresmith.records.demographics import Period
from caresmith.records.patient import CHART, Chart, Patient, chart_key, open_groups
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import PatientsItem
from caresmith.text import Line, NamePart, Word
from caresmith.x12.claims.codes import FILING_INDICATORS, SELF

COVERAGE: Final = "chart#coverage#"
_GROUP: Final = "coverage"
_HOPS: Final = 5  # merges of merges that are followed


class Subscriber(StrEnum):
    """How the patient stands to the policy's subscriber (FHIR subscriber-relationship)."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    COMMON = "common"
    OTHER = "other"
    INJURED = "injured"


class PlanType(StrEnum):
    """What kind of plan it is, as a card names it."""

    HMO = "hmo"
    PPO = "ppo"
    POS = "pos"
    EPO = "epo"
    HDHP = "hdhp"
    INDEMNITY = "indemnity"
    MEDICARE = "medicare"
    MEDICARE_ADVANTAGE = "medicare-advantage"
    MEDIGAP = "medigap"
    MEDICAID = "medicaid"
    MEDICAID_MANAGED = "medicaid-managed"
    TRICARE = "tricare"
    WORKERS_COMPENSATION = "workers-compensation"
    AUTO = "auto"
    OTHER = "other"


# TR3 837P 2000C PAT01: what the relationship is called on a claim.
_ON_CLAIMS: Final = {
    Subscriber.SELF: SELF,
    Subscriber.SPOUSE: "01",
    Subscriber.CHILD: "19",
    Subscriber.COMMON: "53",
}
_OTHER_ON_CLAIMS: Final = "G8"
_EMPLOYEE: Final = "20"


def _filing(code: str) -> str:
    if code not in FILING_INDICATORS:
        raise ValueError("is no claim filing indicator (SBR09)")
    return code


FilingCode = Annotated[str, AfterValidator(_filing)]
MspReason = Literal["12", "13", "14", "15", "16", "41", "42", "43", "47"]
"""TR3 837P SBR05: why another policy pays before Medicare."""
ClaimRelationship = Literal["01", "19", "20", "21", "39", "40", "53", "G8"]


class Coverage(BaseModel):
    """A policy that pays for this patient's care (FHIR R4 Coverage, its core)."""

    model_config = ConfigDict(extra="forbid")

    payer_id: PayerId | None = None
    """In the practice's directory; None where only a name is known."""
    payer_name: Line
    member_id: Word
    member_suffix: Word | None = None
    """What stands behind the member id on a card and tells a family's members apart."""
    own_member_id: Word | None = None
    """Where the payer gave a dependent a whole id of their own: they then stand in claims
    and questions as a subscriber does (TR3 837P 1.4.2, 270 1.4.2)."""
    group_number: Word | None = None
    group_name: Line | None = None
    plan_name: Line | None = None
    plan_type: PlanType | None = None
    relationship: Subscriber = Subscriber.SELF
    claim_relationship: ClaimRelationship | None = None
    """PAT01 where it is not what the relationship gives."""
    subscriber_name: Line | None = None
    subscriber_given: NamePart | None = None
    subscriber_family: NamePart | None = None
    subscriber_birth_date: dt.date | None = None
    subscriber_sex: Literal["F", "M"] | None = None
    subscriber_address: Address | None = None
    """None where it is the patient's."""
    subscriber_company: NamePart | None = None
    """Who holds the policy where that is no person: an employer (2010BA NM102 2)."""
    filing: FilingCode | None = None
    """SBR09 where it is not the payer's usual one."""
    msp_reason: MspReason | None = None
    assigns_benefits: Literal["Y", "N", "W"] | None = None
    """Whether the insured has signed that the practice is paid; W: has refused to say (CLM08).
    None: nobody has asked."""
    release_signed_on: dt.date | None = None
    """When it was signed that claims may tell what they tell (CLM09)."""
    case_number: Word | None = None
    """What the insurer of an accident calls it (REF Y4)."""
    accident_on: dt.date | None = None
    """The one accident that such an insurer's policy pays for; None where it is any."""
    adjuster_name: NamePart | None = None
    adjuster_phone: Phone | None = None
    """With whom the practice speaks about the case."""
    card_front_id: DocumentId | None = None
    card_back_id: DocumentId | None = None
    period: Period = Field(default_factory=Period)
    order: int = Field(default=1, ge=1, le=9)
    """1 pays first."""

    @model_validator(mode="after")
    def _names_its_subscriber(self) -> Self:
        parts = [part for part in (self.subscriber_given, self.subscriber_family) if part]
        if parts:
            self.subscriber_name = " ".join(parts)[:200]
        named = self.subscriber_name or self.subscriber_company
        if self.relationship is not Subscriber.SELF and not named:
            raise ValueError("subscriber_name is needed where the patient is not the subscriber")
        return self

    @property
    def is_subscriber(self) -> bool:
        return self.relationship is Subscriber.SELF and not self.subscriber_company

    @property
    def on_claims(self) -> str:
        """The relationship as SBR02 (18) or PAT01 names it."""
        if self.subscriber_company and self.relationship is Subscriber.SELF:
            return self.claim_relationship or _EMPLOYEE
        return self.claim_relationship or _ON_CLAIMS.get(self.relationship, _OTHER_ON_CLAIMS)

    def subscriber_parts(self) -> tuple[str, str]:
        """Given and family name; of a name written as one, the last word is the family's.
        A company has its name where people have their family's."""
        if self.subscriber_company:
            return "", self.subscriber_company
        if self.subscriber_given or self.subscriber_family:
            return self.subscriber_given or "", self.subscriber_family or ""
        given, _, family = (self.subscriber_name or "").rpartition(" ")
        return given, family

    def holds_on(self, day: dt.date) -> bool:
        """Whether the policy's period has that day in it."""
        start, end = self.period.start, self.period.end
        return (start is None or start <= day) and (end is None or day <= end)


class CoverageRead(Coverage):
    coverage_id: CoverageId
    version: int


class CoverageItem(PatientsItem, discriminator="coverage"):
    coverage_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    version = VersionAttribute()
    coverage = BinaryAttribute(legacy_encoding=False)


@dataclass(frozen=True)
class CoveredChart:
    """A chart with its policies, in the order in which they pay."""

    chart: Chart
    coverages: tuple[CoverageRead, ...]
    merged: tuple[PatientId, ...] = ()
    """Charts that were merged into it: what lies under their ids is this person's too."""

    @property
    def patient_id(self) -> PatientId:
        return self.chart.patient_id

    @property
    def charts(self) -> tuple[PatientId, ...]:
        """Under whose ids this person's things lie."""
        return (self.patient_id, *self.merged)

    def coverage(self, coverage: CoverageId) -> CoverageRead:
        """Raises NotFound."""
        for one in self.coverages:
            if one.coverage_id == coverage:
                return one
        raise NotFound

    def on(self, day: dt.date) -> list[CoverageRead]:
        """Those that pay on that day."""
        return [one for one in self.coverages if one.holds_on(day)]


def seal_coverage(practice: PracticeId, key: CoverageId, coverage: Coverage) -> bytes:
    """The policy as its item holds it."""
    return Sealer(practice, Domain.PATIENTS).seal(key, _GROUP, coverage)


def open_coverage(practice: PracticeId, item: CoverageItem) -> CoverageRead:
    opened = Sealer(practice, Domain.PATIENTS).unseal(
        item.coverage_id, _GROUP, item.coverage, Coverage
    )
    return CoverageRead(
        **dict(opened),
        coverage_id=CoverageId(item.coverage_id),
        version=int(item.version or 0),
    )


def in_order(coverages: Iterable[CoverageRead]) -> list[CoverageRead]:
    """As they pay."""
    return sorted(coverages, key=lambda one: (one.order, one.coverage_id))


def covered_chart(practice: PracticeId, patient: PatientId) -> CoveredChart:
    """The chart that stands for this person today, with its policies: one query a chart.

    The caller names the patient to the audit trail. Raises NotFound.
    """
    for _ in range(_HOPS):
        found = list(
            PatientsItem.query(
                chart_key(practice, patient),
                PatientsItem.sk.startswith(CHART),
                consistent_read=True,
            )
        )
        head = next((item for item in found if isinstance(item, Patient)), None)
        if head is None:
            raise NotFound
        if not head.merged_into:
            opened = (open_coverage(practice, i) for i in found if isinstance(i, CoverageItem))
            chart = open_groups(Sealer(practice, Domain.PATIENTS), head)
            merged = tuple(PatientId(str(one)) for one in head.merged_ids or ())
            return CoveredChart(chart, tuple(in_order(opened)), merged)
        patient = PatientId(head.merged_into)
    raise NotFound
