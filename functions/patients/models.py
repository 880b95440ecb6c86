"""What the patients API takes and answers. The groups are those of the chart itself."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.ids import LocationId, PatientId, ProviderId
from caresmith.records.coverage import Coverage, CoverageRead
from caresmith.records.demographics import Contact, Demographics, Mrn, Relations
from caresmith.records.patient import ChartStatus, PatientCard
from caresmith.text import Line, Note, Word


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CoverageEnd(_Closed):
    end: dt.date
    """The last day that is covered."""


class CoverageFacts(_Closed):
    """What a payer says of its own policy and the chart takes over; what is left out stays."""

    member_id: Word | None = None
    own_member_id: Word | None = None
    group_number: Word | None = None
    group_name: Line | None = None
    plan_name: Line | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(value is not None for _, value in self):
            raise ValueError("name at least one field to take over")
        return self


class Registration(_Closed):
    """A new chart. Without ``mrn`` the practice's next number is given."""

    mrn: Mrn | None = None
    demographics: Demographics
    contact: Contact = Field(default_factory=Contact)
    relations: Relations = Field(default_factory=Relations)
    preferred_provider_id: ProviderId | None = None
    preferred_location_id: LocationId | None = None
    coverages: list[Coverage] = Field(default_factory=list, max_length=4)
    confirmed_not_duplicate: bool = False
    """A person has seen the charts that look alike and says that this is another person."""


class Change(_Closed):
    """A group that is given replaces the whole group; one left out stays as it is."""

    mrn: Mrn | None = None
    demographics: Demographics | None = None
    contact: Contact | None = None
    relations: Relations | None = None
    preferred_provider_id: ProviderId | None = None
    preferred_location_id: LocationId | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one group to change")
        for field in self.model_fields_set - {"preferred_provider_id", "preferred_location_id"}:
            if getattr(self, field) is None:
                raise ValueError(f"{field} can't be null")
        return self


class PatientRead(BaseModel):
    """An opened chart."""

    patient_id: PatientId
    mrn: str
    other_mrns: list[str]
    status: ChartStatus
    merged_into: PatientId | None
    merged_ids: list[PatientId]
    version: int
    demographics: Demographics
    contact: Contact
    relations: Relations
    preferred_provider_id: ProviderId | None
    preferred_location_id: LocationId | None
    coverages: list[CoverageRead]
    registered_at: dt.datetime
    changed_at: dt.datetime


class StatusReason(_Closed):
    reason: Note


class Search(_Closed):
    """``text`` mixes names, birth date, telephone and MRN in any order."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None
    limit: int = Field(default=25, ge=1, le=25)
    include_archived: bool = True


class Found(BaseModel):
    patients: list[PatientCard]
    cursor: str | None = None
    """Send it with the same text to see more."""
    refine: bool = False
    """More fit than are shown: add a birth date or another name."""


class MergeSearch(_Closed):
    """For which chart another one of the same person is looked for."""

    patient_id: PatientId


class DuplicateCheck(_Closed):
    demographics: Demographics
    contact: Contact = Field(default_factory=Contact)


class Likelihood(StrEnum):
    STRONG = "strong"
    POSSIBLE = "possible"


class Candidate(BaseModel):
    """A chart that may be the same person, with why."""

    patient: PatientCard
    score: float
    """Log2 likelihood ratio: each point doubles the odds that it is one person."""
    likelihood: Likelihood
    reasons: list[str]


class Candidates(BaseModel):
    candidates: list[Candidate]


TakeField = Literal[
    "demographics.names",
    "demographics.birth_date",
    "demographics.gender",
    "demographics.birth_sex",
    "demographics.gender_identity",
    "demographics.pronouns",
    "demographics.race",
    "demographics.ethnicity",
    "demographics.marital_status",
    "demographics.language",
    "demographics.interpreter_needed",
    "contact.addresses",
    "contact.telecoms",
    "relations.emergency_contacts",
    "relations.guarantor",
    "relations.proxies",
]


class MergeRequest(_Closed):
    """Say that ``merged_id`` is the same person as the chart in the path, which survives."""

    merged_id: PatientId
    merged_version: int = Field(ge=1, le=2**53)
    take: list[TakeField] = Field(default_factory=list, max_length=16)
    """Fields whose value comes from the merged chart; else the survivor's stands."""
    reason: Note


class TimelineEntry(BaseModel):
    """One thing that happened. ``patient_id`` is the chart it happened to."""

    event_id: str
    kind: str
    occurred_at: dt.datetime
    actor_id: str
    patient_id: PatientId
    refers_to: dict[str, Any]


class Timeline(BaseModel):
    entries: list[TimelineEntry]
    cursor: str | None = None
