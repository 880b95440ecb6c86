"""What every domain event carries."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from caresmith.ids import EventId, PracticeId


class DomainEvent(BaseModel):
    """Base of all events. The class name is the event's detail type on the bus."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: ClassVar[str]
    """The feature that tells it."""
    version: ClassVar[int] = 1

    event_id: EventId = Field(default_factory=EventId.new)
    practice_id: PracticeId
    occurred_at: datetime
    actor_id: str = Field(max_length=80, description="Who did it: a user's id or system:<function>")

    @classmethod
    def detail_type(cls) -> str:
        return cls.__name__
