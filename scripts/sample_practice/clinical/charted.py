"""A chart as it is told, before it is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from caresmith.actor import Actor
from caresmith.ids import EncounterId, EntityId, PatientId, PracticeId, ProviderId, UserId
from caresmith.permissions import Role
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.encounter import (
    BillingPart,
    EncounterClass,
    EncounterStatus,
    VisitPart,
)
from functions.encounters.prose import NoteBody
from functions.scheduling.models import Visit
from scripts.sample_practice.clinical.laboratory import Filed
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.clinical.values import Body
from scripts.sample_practice.premises import PRACTICE, PROVIDERS
from scripts.sample_practice.staff import STAFF

_LOGINS: Final = {member.provider_id: member.user_id for member in STAFF if member.provider_id}

SIGNERS: Final[dict[ProviderId, Actor]] = {
    provider.id: Actor(
        PracticeId(PRACTICE.id),
        _LOGINS.get(provider.id, UserId.derived("sample-provider", provider.id)),
        frozenset({Role.CLINICIAN}),
        provider_id=provider.id,
    )
    for provider in PROVIDERS.values()
}
"""Who writes and signs what a provider does."""


@dataclass(frozen=True)
class Entry:
    """One entry of the chart."""

    content: Content
    entry_id: EntityId
    at: dt.datetime
    """When it was recorded."""
    by: Actor
    encounter: EncounterId | None = None
    matters: bool | None = None
    changed_at: dt.datetime | None = None
    """When it was last changed, where that was later: noted as over."""


@dataclass(frozen=True)
class Note:
    body: NoteBody
    saved_at: dt.datetime
    signed_at: dt.datetime | None = None
    cosigner: ProviderId | None = None
    """Who is still to co-sign."""


@dataclass(frozen=True)
class Told:
    """One visit: its encounter and its note."""

    encounter_id: EncounterId
    visit: Visit
    provider: ProviderId
    class_code: EncounterClass
    moves: tuple[tuple[EncounterStatus, dt.datetime], ...]
    """Each status with when it was taken on; the last one stands."""
    part: VisitPart
    billing: BillingPart
    note: Note | None

    @property
    def status(self) -> EncounterStatus:
        return self.moves[-1][0]


@dataclass
class Charted:
    """All that is written of one patient."""

    patient_id: PatientId
    life: Life
    body: Body
    entries: list[Entry] = field(default_factory=list)
    visits: list[Told] = field(default_factory=list)
    results: list[Filed] = field(default_factory=list)
