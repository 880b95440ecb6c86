"""The visit's record in the ``schedule`` table, for the features that read it.

======================  ================================  ========================
 access                  pk                                sk
======================  ================================  ========================
 a visit                 ``<practice>#<appointment>``      ``visit``
 calendar of a           ``<practice>#res#<provider>``,    ``entry#<start>#<visit>``
 provider or patient     ``#<patient>``
======================  ================================  ========================

Only ``functions/scheduling`` writes here. Ids, times and states lie in clear;
names and notes are sealed and are no business of other features.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.expressions.condition import Condition

from caresmith.clock import Instant, to_text
from caresmith.ids import (
    AppointmentId,
    AppointmentTypeId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
)
from caresmith.tables import ScheduleItem

VISIT: Final = "visit"
AWAITED: Final = frozenset({"proposed", "pending", "booked"})
"""FHIR statuses in which the patient is still expected and nobody has seen them yet."""


class VisitRecord(ScheduleItem, discriminator="visit"):
    version = VersionAttribute()
    body = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class EntryRecord(ScheduleItem, discriminator="entry"):
    """A visit as it stands in the calendar of one who takes part."""

    visit_version = NumberAttribute()
    body = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class VisitView(BaseModel):
    """A visit as other features see it: ids, times and states."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    appointment_id: AppointmentId
    version: int = 0
    status: str
    confirmed: bool = False
    """Everybody who is to come has said so; of a group, ask :meth:`has_confirmed`."""
    confirmed_by: tuple[PatientId, ...] = ()
    type_id: AppointmentTypeId
    provider_id: ProviderId
    location_id: LocationId
    start: datetime
    end: datetime
    patient_ids: tuple[PatientId, ...]

    @property
    def awaited(self) -> bool:
        """Whether its patients are still expected."""
        return self.status in AWAITED

    def has_confirmed(self, patient: PatientId) -> bool:
        """Whether that patient has said that they will come."""
        return self.confirmed or patient in self.confirmed_by


def visit_key(practice: PracticeId, appointment: AppointmentId) -> str:
    """The partition of a visit."""
    return f"{practice}#{appointment}"


def resource_key(practice: PracticeId, resource: str) -> str:
    """The partition of the calendar of a provider, room or patient."""
    return f"{practice}#res#{resource}"


def read_visit(practice: PracticeId, appointment: AppointmentId) -> VisitView | None:
    """One visit by one strongly consistent read; None for an unknown id."""
    try:
        record = VisitRecord.get(
            visit_key(practice, appointment),
            VISIT,
            consistent_read=True,
            attributes_to_get=["entity", "version", "body"],
        )
    except VisitRecord.DoesNotExist:
        return None
    view = VisitView.model_validate_json(record.body)
    return view.model_copy(update={"version": int(record.version or 0)})


def visit_is_still(version: int) -> Condition:
    """The condition, on a visit's record, that nobody has changed it since that version."""
    condition: Condition = VisitRecord.version == version
    return condition


def visits_between(
    practice: PracticeId, taker: ProviderId | PatientId, begin: Instant, end: Instant
) -> Iterator[VisitView]:
    """The visits of one calendar that start in ``[begin, end)``, by start. One query.

    Eventually consistent: a visit changed in this very second may show as it was.
    """
    low, high = f"entry#{to_text(begin)}", f"entry#{to_text(end)}"
    for entry in EntryRecord.query(
        resource_key(practice, taker),
        EntryRecord.sk.between(low, high),
        attributes_to_get=["entity", "visit_version", "body"],
    ):
        view = VisitView.model_validate_json(entry.body)
        if begin <= view.start < end:
            yield view.model_copy(update={"version": int(entry.visit_version)})
