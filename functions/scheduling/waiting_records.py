"""What the calendar stores of freed times, of who was asked for them, and of replies.

=========================  ===================================  ============================
 access                     pk                                   sk
=========================  ===================================  ============================
 freed times of a           ``<practice>#freed#<provider>``      ``<start>#<location>``
 provider (1 query)
 what somebody who waits    ``<practice>#<entry>``               ``asked``
 is being asked
 an offer that is open      ``<practice>#offers``                ``<offer>``
 an offer that is over      ``<practice>#<offer>``               ``offer``
 who would come earlier     ``<practice>#<appointment>``         ``earlier``
 the last reply about a     ``<practice>#<appointment>``,        ``reply#<patient>``
 visit or an offer          ``<practice>#<offer>``
=========================  ===================================  ============================

All of it is ids, times and states in clear, and goes away some time after the
visit that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import ListAttribute, UnicodeAttribute, VersionAttribute

from caresmith.clock import Instant, to_text
from caresmith.ids import (
    AppointmentId,
    LocationId,
    OfferId,
    PatientId,
    PracticeId,
    ProviderId,
    WaitlistEntryId,
)
from caresmith.records.practice import MAX_VISIT_MINUTES
from caresmith.tables import ScheduleItem
from functions.scheduling.models import Slot

KEEP: Final = timedelta(days=30)
"""How long these records outlive the visit or time that they are about."""
_LONGEST: Final = timedelta(minutes=MAX_VISIT_MINUTES)


class FreedRecord(ScheduleItem, discriminator="freed"):
    version = VersionAttribute()
    body = UnicodeAttribute()


class AskedRecord(ScheduleItem, discriminator="asked"):
    version = VersionAttribute()
    offers = ListAttribute(of=UnicodeAttribute, default=list)


class EarlierRecord(ScheduleItem, discriminator="earlier"):
    patient_id = UnicodeAttribute()
    entry_sk = UnicodeAttribute()
    """Where in the waitlist the wish stands."""


class ReplyMark(ScheduleItem, discriminator="reply-mark"):
    """The last reply that was acted on: an earlier one, or the same, changes nothing."""

    latest = UnicodeAttribute()
    """``<when it was received>#<message>``: sorts as text."""
    outcome = UnicodeAttribute()
    stood = UnicodeAttribute(null=True)
    """When and where the visit was as times were last offered for it."""
    options = ListAttribute(of=UnicodeAttribute, default=list)
    """Those times, SlotOption as JSON."""


class Freed(BaseModel):
    """A time that somebody gave back, and who has been asked for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot: Slot
    event_id: str
    """The event that freed it."""
    former_events: tuple[str, ...] = ()
    """Events that told of it before: told again, they start nothing."""
    without: tuple[PatientId, ...] = ()
    """Who gave it back is not asked for it."""
    waves: int = 0
    """How many waves have been asked."""
    asked_at: datetime | None = None
    """When the last one was."""
    asked: tuple[OfferId, ...] = ()
    former: tuple[OfferId, ...] = ()
    """Offers of the same time from when it was freed before."""
    state: Literal["open", "taken", "over"] = "open"

    def knows(self, event_id: str) -> bool:
        return event_id == self.event_id or event_id in self.former_events

    def name(self, what: str) -> str:
        """The name of a one-time schedule about it; the same for the same freeing."""
        told = f"{self.event_id}|{self.slot.provider_id}|{to_text(self.slot.start)}|{what}"
        return f"freed-{sha256(told.encode()).hexdigest()[:32]}-{what}"


def freed_key(
    practice: PracticeId, provider: ProviderId, location: LocationId, start: Instant
) -> tuple[str, str]:
    return f"{practice}#freed#{provider}", f"{to_text(start)}#{location}"


def read_freed(
    practice: PracticeId, provider: ProviderId, location: LocationId, start: Instant
) -> tuple[FreedRecord, Freed] | None:
    """A freed time by its place in the calendar; None where it never was freed."""
    try:
        record = FreedRecord.get(
            *freed_key(practice, provider, location, start), consistent_read=True
        )
    except FreedRecord.DoesNotExist:
        return None
    return record, Freed.model_validate_json(record.body)


def freed_between(
    practice: PracticeId, provider: ProviderId, begin: Instant, end: Instant
) -> Iterator[tuple[FreedRecord, Freed]]:
    """A provider's freed times that overlap ``[begin, end)`` and are being offered. One query."""
    low, high = to_text(begin - _LONGEST), to_text(end)
    for record in FreedRecord.query(
        f"{practice}#freed#{provider}", FreedRecord.sk.between(low, high), consistent_read=True
    ):
        freed = Freed.model_validate_json(record.body)
        if freed.state == "open" and freed.slot.start < end and begin < freed.slot.end:
            yield record, freed


def freed_record(practice: PracticeId, freed: Freed, before: FreedRecord | None) -> FreedRecord:
    """The record to put; it fails where ``before`` is no longer what is stored."""
    slot = freed.slot
    record = FreedRecord(
        *freed_key(practice, slot.provider_id, slot.location_id, slot.start),
        body=freed.model_dump_json(),
        expires_at=int((slot.start + KEEP).timestamp()),
    )
    if before is not None:
        record.version = before.version
    return record


def asked_key(practice: PracticeId, entry: WaitlistEntryId) -> tuple[str, str]:
    return f"{practice}#{entry}", "asked"


def mark_key(
    practice: PracticeId, about: AppointmentId | OfferId, patient: PatientId
) -> tuple[str, str]:
    return f"{practice}#{about}", f"reply#{patient}"


def read_mark(
    practice: PracticeId, about: AppointmentId | OfferId, patient: PatientId
) -> ReplyMark | None:
    """The last reply of that patient about that visit or offer."""
    try:
        return ReplyMark.get(*mark_key(practice, about, patient), consistent_read=True)
    except ReplyMark.DoesNotExist:
        return None
