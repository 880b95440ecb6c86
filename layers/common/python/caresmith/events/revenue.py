"""What happened between the practice and those who pay: ids and codes, nobody's data."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from caresmith.events.base import DomainEvent
from caresmith.ids import CoverageId, EligibilityId, PatientId


class CoverageVerified(DomainEvent):
    """It is known anew whether a policy covers the patient, or that it can't be known now."""

    source: ClassVar[str] = "coverage"
    patient_id: PatientId
    coverage_id: CoverageId
    eligibility_id: EligibilityId
    outcome: Literal["active", "inactive", "unverified"]
    reason: str = Field(default="", max_length=40, description="Why it could not be verified")
    by_telephone: bool = False
