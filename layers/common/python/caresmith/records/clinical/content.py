"""What every kind of chart entry has in common, and an entry as it is read."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from caresmith.clock import Instant
from caresmith.ids import EncounterId, EntityId, PatientId
from caresmith.records.clinical.layout import Kind

ENTERED_IN_ERROR = "entered-in-error"


class Content(BaseModel):
    """Base of all kinds: what is sealed of an entry. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[Kind]
    id_type: ClassVar[type[EntityId]]

    @property
    def status_code(self) -> str:
        """The status that lies in clear beside the entry."""
        raise NotImplementedError

    @property
    def matters_now(self) -> bool:
        """Whether the chart's summary shows it."""
        raise NotImplementedError

    @property
    def day(self) -> dt.date | None:
        """The date that orders the history; None where only the day of recording is known."""
        return None


ContentT = TypeVar("ContentT", bound=Content)


class Read(BaseModel, Generic[ContentT]):
    """An entry as a reader sees it: who wrote what, and which version it is."""

    model_config = ConfigDict(frozen=True)

    id: str
    patient_id: PatientId
    encounter_id: EncounterId | None = None
    version: int
    recorded_at: Instant
    recorded_by: str
    changed_at: Instant
    changed_by: str
    content: ContentT
