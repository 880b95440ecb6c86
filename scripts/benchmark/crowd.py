"""A practice with very many patients, for measuring a search.

The people are the sample practice's, only more of them, and two in three are
named as the US census counts names (Faker's frequencies): the sample has a few
thousand names, and would make many more namesakes of 50,000 people than any
practice has. Of the index, only the partitions that the measured searches read
are written: no other one is touched by them, and two million more items would
take the local engine an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from faker import Faker

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import SystemClock, to_text
from caresmith.ids import PatientId, PracticeId
from caresmith.keystore import create_keys
from caresmith.records.demographics import HumanName
from caresmith.records.patient import (
    CHART,
    ChartStatus,
    FindItem,
    Identifiers,
    Patient,
    chart_key,
)
from caresmith.records.practice import Practice, SetupRecord, setup_key
from functions.patients.chart import ChartChange, Groups
from functions.patients.models import Registration
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.people import patients

SEARCHES: Final = 40
"""How many people each kind of search looks for."""


@dataclass(frozen=True)
class Wanted:
    """Somebody to be found, and what is typed."""

    patient_id: PatientId
    by_name: str
    by_beginning: str
    misspelt: str
    by_birth_date: str


@dataclass(frozen=True)
class Crowd:
    practice: PracticeId
    people: list[tuple[PatientId, Registration]]

    def wanted(self) -> list[Wanted]:
        """The same people in a small and a large crowd: the first of the people."""
        found = []
        for patient_id, registration in self.people:
            name = registration.demographics.main_name()
            if name.given and name.family and len(name.family) > _LONG and name.family.isascii():
                found.append(_wanted(patient_id, name, registration.demographics.birth_date))
            if len(found) == SEARCHES:
                break
        return found


_LONG: Final = 4
_SEED: Final = 1


def _wanted(patient_id: PatientId, name: HumanName, born: date) -> Wanted:
    given, family = name.given[0], str(name.family)
    return Wanted(
        patient_id,
        f"{given} {family}",
        f"{family[:4]} {given[:3]}",
        f"{given} {family[:2]}{family[2]}{family[2:]}",
        f"{born.month}/{born.day}/{born.year}",
    )


def draw(count: int, today: date) -> Crowd:
    """So many people and an empty practice for them."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    thing = Practice(id=practice, name="Crowd", zone="UTC")
    body = thing.model_dump_json()
    SetupRecord(practice, setup_key(thing.kind, practice), kind=thing.kind, body=body).save()
    census = Faker("en_US")
    census.seed_instance(_SEED)
    people = []
    for number, person in enumerate(patients(count, today)):
        named = person.registration
        if number % 3:
            named = _renamed(named, census.first_name(), census.last_name())
        people.append((person.patient_id, named))
    return Crowd(practice, people)


def _renamed(registration: Registration, given: str, family: str) -> Registration:
    names = [HumanName(given=[given], family=family)]
    demographics = registration.demographics.model_copy(update={"names": names})
    return registration.model_copy(update={"demographics": demographics})


class _CollectedChart(ChartChange):
    """A new chart whose items go to ``bulk``, index items of other partitions left out."""

    def __init__(self, actor: Actor, item: Patient, bulk: Bulk, partitions: set[str]) -> None:
        super().__init__(actor, datetime.now(UTC), None, item)
        self._bulk, self._partitions = bulk, partitions

    def save(self, item: Any, condition: Any = None) -> None:
        self._bulk.add(item)

    def find_by(self, item: FindItem) -> None:
        if item.pk in self._partitions:
            self._bulk.add(item)


def write(crowd: Crowd, partitions: set[str]) -> None:
    """Write all charts, and of the index these partitions."""
    actor = Actor.system(crowd.practice, "bench")
    at = to_text(datetime.now(UTC))
    trail = AuditTrail(actor, "bench", SystemClock())
    with acting_as(actor), audited(trail), Bulk() as bulk:
        for number, (patient_id, registration) in enumerate(crowd.people):
            item = Patient(
                chart_key(crowd.practice, patient_id),
                CHART,
                patient_id=patient_id,
                status=ChartStatus.ACTIVE,
                registered_at=at,
                changed_at=at,
            )
            chart = _CollectedChart(actor, item, bulk, partitions)
            chart.set_groups(
                Groups(
                    Identifiers(mrn=str(number)),
                    registration.demographics,
                    registration.contact,
                    registration.relations,
                )
            )
            bulk.add(item)
