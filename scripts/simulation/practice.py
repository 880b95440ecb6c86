"""The simulated practice: twelve providers in two time zones, and their patients."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from caresmith.clock import SystemClock
from caresmith.ids import (
    AppointmentTypeId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
    RuleId,
)
from caresmith.keystore import create_keys
from caresmith.messages.records import SenderRecord, sender_key
from caresmith.messages.settings import MessagingSettings, SettingsRecord, settings_key
from caresmith.records.directory import listed
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
from scripts.benchmark.operations import Caller
from scripts.simulation.temper import Temper, draw

NUMBER: Final = "+16025550100"
ZONES: Final = ("America/New_York", "America/Phoenix")
OPENS, CLOSES = time(8), time(17)
VISIT_MINUTES: Final = 30


@dataclass(frozen=True)
class Person:
    """A patient, what reaches them, and how they are."""

    patient_id: PatientId
    phone: str
    email: str
    texts: bool
    mails: bool
    language: str
    temper: Temper


@dataclass
class SimulatedPractice:
    practice: PracticeId
    type_id: AppointmentTypeId
    providers: dict[ProviderId, LocationId]
    zones: dict[LocationId, str]
    desk: Caller
    settings: MessagingSettings
    people: dict[PatientId, Person] = field(default_factory=dict)

    def by_phone(self, number: str) -> list[Person]:
        return [person for person in self.people.values() if person.phone == number]


def build(providers: int, patients: int, dice: random.Random) -> SimulatedPractice:
    """Set the practice up and register its patients through the front door."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    places = [LocationId.new() for _ in ZONES]
    kind = AppointmentTypeId.new()
    staff = {ProviderId.new(): places[n % len(places)] for n in range(providers)}
    listed(practice).save()
    _put(
        practice,
        Practice(id=practice, name="Simulated", zone=ZONES[0], booking_horizon_days=400),
        AppointmentType(id=kind, name="Visit", minutes=VISIT_MINUTES),
        *(
            Location(id=place, name=f"Place {n + 1}", zone=ZONES[n], phone="602-555-0199")
            for n, place in enumerate(places)
        ),
        *(_provider(provider, place, n) for n, (provider, place) in enumerate(staff.items())),
        *(_hours(provider, place) for provider, place in staff.items()),
    )
    settings = MessagingSettings(sms_number=NUMBER, email_from="desk@simulated.example")
    SettingsRecord(*settings_key(practice), body=settings.model_dump_json()).save()
    SenderRecord(sender_key(NUMBER), "sender", practice_id=practice, channel="sms").save()
    made = SimulatedPractice(
        practice,
        kind,
        staff,
        dict(zip(places, ZONES, strict=True)),
        Caller(practice),
        settings,
    )
    for number in range(patients):
        person = _register(made, number, dice)
        made.people[person.patient_id] = person
    return made


def _put(practice: PracticeId, *things: Any) -> None:
    for thing in things:
        key = setup_key(thing.kind, thing.id)
        SetupRecord(practice, key, kind=thing.kind, body=thing.model_dump_json()).save()


def _provider(provider: ProviderId, place: LocationId, number: int) -> Provider:
    return Provider(
        id=provider,
        given="Ada",
        family=f"Provider{chr(65 + number)}",
        npi=Npi("1234567893"),
        taxonomy="207Q00000X",
        specialty="Family Medicine",
        location_ids=(place,),
    )


def _hours(provider: ProviderId, place: LocationId) -> AvailabilityRule:
    return AvailabilityRule(
        id=RuleId.new(),
        provider_id=provider,
        location_id=place,
        rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        starts_on=date(2020, 1, 1),
        start=OPENS,
        end=CLOSES,
    )


def _register(made: SimulatedPractice, number: int, dice: random.Random) -> Person:
    """One in eight shares the telephone of the one before; some can't be texted, or reached."""
    former = list(made.people.values())[-1:]
    shares = bool(former) and dice.random() < 0.12
    phone = former[0].phone if shares else f"+1480{2_000_000 + number:07}"
    texts = former[0].texts if shares else dice.random() < 0.88
    mails = dice.random() < 0.8
    language = "es" if dice.random() < 0.2 else "en"
    email = f"person{number}@mail.example"
    consent = {"status": "granted" if texts else "declined", "source": "verbal"}
    telecoms: list[dict[str, Any]] = [
        {"system": "phone", "value": phone, "use": "mobile", "consents": {"sms": consent}}
    ]
    if mails:
        telecoms.append({"system": "email", "value": email})
    body = {
        "demographics": {
            "names": [{"given": [f"Pat{_letters(number)}"], "family": f"Ient{_letters(number)}"}],
            "birth_date": date(1950 + number % 60, 1 + number % 12, 1 + number % 28).isoformat(),
            "language": language,
        },
        "contact": {"telecoms": telecoms},
        "confirmed_not_duplicate": True,
    }
    told = json.loads(made.desk.send("POST", "/patients", body))
    return Person(PatientId(told["patient_id"]), phone, email, texts, mails, language, draw(dice))


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05}")
