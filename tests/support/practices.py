"""A small practice to schedule in, and patients to schedule for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from caresmith.ids import (
    AppointmentTypeId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
    RoomId,
    RuleId,
)
from caresmith.records import patient as charts
from caresmith.records.demographics import Contact, Demographics, HumanName, Relations
from caresmith.records.practice import (
    AppointmentType,
    AvailabilityRule,
    Location,
    Npi,
    Practice,
    Provider,
    Room,
    SetupRecord,
    forget_setup,
    setup_key,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain

NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"
WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def put(practice: PracticeId, *things: Any) -> None:
    """Write parts of a practice's set-up, in one call: whatever was there is replaced."""
    with SetupRecord.batch_write() as batch:
        for thing in things:
            key = setup_key(thing.kind, thing.id)
            record = SetupRecord(practice, key, kind=thing.kind, body=thing.model_dump_json())
            record.version = 1
            batch.save(record)
    forget_setup(practice)


@dataclass
class SmallPractice:
    """Two places in two zones, two doctors who work nine to five, a few kinds of visits."""

    practice: PracticeId
    east: LocationId
    central: LocationId
    room: RoomId
    ana: ProviderId
    ben: ProviderId
    visit: AppointmentTypeId
    """Thirty minutes, no buffers, no room."""
    roomed: AppointmentTypeId
    """Thirty minutes in an exam room, with five minutes before and ten after."""
    group: AppointmentTypeId
    """An hour for up to three."""


def small_practice(practice: PracticeId, **policy: Any) -> SmallPractice:
    small = SmallPractice(
        practice,
        LocationId.new(),
        LocationId.new(),
        RoomId.new(),
        ProviderId.new(),
        ProviderId.new(),
        AppointmentTypeId.new(),
        AppointmentTypeId.new(),
        AppointmentTypeId.new(),
    )
    put(
        practice,
        Practice(
            id=practice,
            name="Small",
            zone=NEW_YORK,
            **{"booking_horizon_days": 730, "federal_holidays": False, **policy},
        ),
        Location(id=small.east, name="East", zone=NEW_YORK),
        Location(id=small.central, name="Central", zone=CHICAGO),
        Room(id=small.room, location_id=small.east, name="Room 1"),
        provider(small.ana, "Ana", (small.east, small.central)),
        provider(small.ben, "Ben", (small.east,)),
        AppointmentType(id=small.visit, name="Visit", minutes=30),
        AppointmentType(
            id=small.roomed,
            name="Procedure",
            minutes=30,
            buffer_before=5,
            buffer_after=10,
            room_kind="exam",
        ),
        AppointmentType(id=small.group, name="Class", minutes=60, capacity=3),
        rule(small.ana, small.east),
        rule(small.ben, small.east),
    )
    return small


def provider(provider_id: ProviderId, given: str, places: tuple[LocationId, ...]) -> Provider:
    return Provider(
        id=provider_id,
        given=given,
        family="Example",
        npi=Npi("1234567893"),
        taxonomy="207Q00000X",
        specialty="Family Medicine",
        location_ids=places,
    )


def rule(
    provider_id: ProviderId,
    place: LocationId | None,
    *,
    rrule: str = WEEKDAYS,
    start: time = time(9),
    end: time = time(17),
    **given: Any,
) -> AvailabilityRule:
    return AvailabilityRule(
        id=RuleId.new(),
        provider_id=provider_id,
        location_id=place,
        rrule=rrule,
        starts_on=given.pop("starts_on", date(2026, 1, 1)),
        start=start,
        end=end,
        **given,
    )


def add_patient(
    practice: PracticeId,
    family: str = "Doe",
    given: str = "Jo",
    status: charts.ChartStatus = charts.ChartStatus.ACTIVE,
    *,
    contact: Contact | None = None,
    merged_into: PatientId | None = None,
    **about: Any,
) -> PatientId:
    """A chart, written directly: other features only read it.

    ``about`` is more of the demographics: language, deceased...
    """
    patient = PatientId.new()
    sealer = Sealer(practice, Domain.PATIENTS)
    about = {"birth_date": date(1980, 2, 29), **about}
    who = Demographics(names=[HumanName(family=family, given=[given])], **about)
    contact = contact or Contact()
    number = charts.Identifiers(mrn="MRN-" + patient[-6:])
    groups: dict[str, Any] = {
        "identifiers": number,
        "demographics": who,
        "contact": contact,
        "relations": Relations(),
        "card": charts.card_of(number, who, contact),
    }
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    charts.Patient(
        charts.chart_key(practice, patient),
        charts.CHART,
        patient_id=patient,
        status=charts.ChartStatus.MERGED if merged_into else status,
        merged_into=merged_into,
        registered_at=now,
        changed_at=now,
        **{name: sealer.seal(patient, name, value) for name, value in groups.items()},
    ).save()
    return patient
