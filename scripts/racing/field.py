"""A practice with one doctor, patients, and clients that all want the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock, SystemClock
from caresmith.ids import (
    AppointmentTypeId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
    RuleId,
    UserId,
)
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.demographics import Demographics, HumanName
from caresmith.records.practice import (
    AppointmentType,
    AvailabilityRule,
    Location,
    Npi,
    Practice,
    Provider,
    SetupRecord,
    setup_key,
)
from functions.patients import service as patients
from functions.patients.models import Registration

HOLD_MINUTES: Final = 5


@dataclass(frozen=True)
class Field:
    """Who and where; ``slots`` are free starts, one for each round."""

    practice: PracticeId
    provider: ProviderId
    location: LocationId
    kind: AppointmentTypeId
    patients: list[PatientId]
    now: datetime

    def slot(self, number: int) -> datetime:
        """The start of the round's slot: half hours of coming days, all of them open."""
        first = datetime.combine(self.now.date() + timedelta(days=2), time(0), UTC)
        return first + timedelta(minutes=30 * number)


@dataclass
class Client:
    """Somebody at a counter of their own."""

    field: Field
    number: int

    @property
    def patient(self) -> PatientId:
        return self.field.patients[self.number % len(self.field.patients)]

    def call(self, action: Any, *given: Any, now: datetime, **more: Any) -> Any:
        """Run a service as this client, with an actor and an audit trail as a request has."""
        user = UserId.new()
        actor = Actor(self.field.practice, user, frozenset({Role.MANAGER}))
        trail = AuditTrail(actor, "race", FixedClock(now))
        with acting_as(actor), audited(trail):
            return action(*given, actor=actor, now=now, **more)


def open_field(clients: int) -> Field:
    """A practice that is open day and night, so that a round's slot is always free at first."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    provider, location, kind = ProviderId.new(), LocationId.new(), AppointmentTypeId.new()
    for thing in (
        Practice(
            id=practice,
            name="Race",
            zone="UTC",
            hold_minutes=HOLD_MINUTES,
            federal_holidays=False,
        ),
        Location(id=location, name="Here", zone="UTC"),
        Provider(
            id=provider,
            given="Only",
            family="One",
            npi=Npi("1234567893"),
            taxonomy="207Q00000X",
            specialty="Family Medicine",
            location_ids=(location,),
        ),
        AppointmentType(id=kind, name="Visit", minutes=30),
        AvailabilityRule(
            id=RuleId.new(),
            provider_id=provider,
            location_id=location,
            rrule="FREQ=DAILY",
            starts_on=date(2026, 1, 1),
            start=time(0),
            end=time(0),
        ),
    ):
        body = thing.model_dump_json()
        SetupRecord(practice, setup_key(thing.kind, thing.id), kind=thing.kind, body=body).save()
    field = Field(practice, provider, location, kind, [], now)
    for number in range(min(clients, 10)):
        who = Demographics(
            names=[HumanName(family=f"Runner{number}")], birth_date=date(1980, 1, 1 + number)
        )
        request = Registration(demographics=who, confirmed_not_duplicate=True)
        chart = Client(field, number).call(patients.register, request, now=now)
        field.patients.append(chart.patient_id)
    return field
