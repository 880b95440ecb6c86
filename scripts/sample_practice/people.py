"""The sample's patients: families first, then charts that look alike and charts that are closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from caresmith.ids import LocationId, PatientId, ProviderId
from caresmith.records.demographics import BirthSex
from functions.patients.models import Registration
from scripts.sample_practice import identity, insurance, reach
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.households import Families, Household, Member
from scripts.sample_practice.lookalikes import lookalike
from scripts.sample_practice.places import Area
from scripts.sample_practice.premises import PLACES, PROVIDERS

_DOUBLES_PER_HUNDRED: Final = 2
_ARCHIVED_PER_HUNDRED: Final = 2
_OLDEST_CHART_DAYS: Final = 4 * 365
_ARCHIVE_REASONS: Final = (
    "Moved out of state; records sent to the new practice",
    "Transferred care to another practice",
    "Chart opened by mistake",
)


@dataclass(frozen=True)
class SamplePatient:
    """A chart to be, with what the calendar wants to know of the person."""

    patient_id: PatientId
    registration: Registration
    registered_at: datetime
    area: Area
    archived_at: datetime | None = None
    archive_reason: str = ""

    @property
    def birth_date(self) -> date:
        return self.registration.demographics.birth_date

    @property
    def female(self) -> bool:
        return self.registration.demographics.birth_sex is BirthSex.FEMALE

    @property
    def sort_name(self) -> str:
        """As the calendar shows the patient."""
        return self.registration.demographics.main_name().sortable()

    def age_on(self, day: date) -> int:
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def patients(count: int, today: date, *, seed: str = "people") -> list[SamplePatient]:
    """``count`` patients, always the same for the same day and seed."""
    dice = Dice(seed)
    doubles = count * _DOUBLES_PER_HUNDRED // 100
    plain = list(islice(_everybody(dice, today), count - doubles))
    twice = dice.sample(_likely_doubles(plain), doubles)
    found = plain + [_second_chart(dice, patient, today) for patient in twice]
    closed = {p.patient_id for p in dice.sample(plain, count * _ARCHIVED_PER_HUNDRED // 100)}
    closed -= {p.patient_id for p in twice}
    return [_archived(dice, p, today) if p.patient_id in closed else p for p in found]


def _everybody(dice: Dice, today: date) -> Iterator[SamplePatient]:
    for home in Families(dice, today):
        policy = insurance.household_policy(dice, home, today)
        charts = {id(member): dice.id(PatientId) for member in home.members}
        opened = today - timedelta(days=dice.randrange(8, _OLDEST_CHART_DAYS))
        for member in home.members:
            since = reach.noon(max(opened, member.birth_date + timedelta(days=3)))
            registration = Registration(
                demographics=identity.demographics(dice, member, home),
                contact=reach.contact(dice, member, home, since),
                relations=reach.relations(dice, member, home, charts),
                preferred_provider_id=_usual_provider(dice, member, home),
                preferred_location_id=LocationId(PLACES[home.area].id),
                coverages=insurance.coverages(dice, member, home, policy, today),
                confirmed_not_duplicate=True,
            )
            yield SamplePatient(charts[id(member)], registration, since, home.area)


def _usual_provider(dice: Dice, member: Member, home: Household) -> ProviderId:
    """Children see the pediatrician where there is one, others whoever works nearby."""
    if member.age < 16 and home.area is not Area.GRAND_RAPIDS:
        return PROVIDERS["raman" if dice.chance(0.85) else "okafor"].id
    if home.area is Area.GRAND_RAPIDS:
        return PROVIDERS[dice.pick({"lindqvist": 55.0, "whitfield": 45})].id
    if member.age < 18:
        return PROVIDERS["okafor"].id
    return PROVIDERS[dice.pick({"okafor": 50.0, "torres": 42, "lindqvist": 8})].id


def _likely_doubles(found: list[SamplePatient]) -> list[SamplePatient]:
    """Who is registered twice in real life: adults with a family name."""
    return [
        patient
        for patient in found
        if patient.registration.demographics.main_name().family
        and not patient.registration.demographics.multiple_birth
    ]


def _second_chart(dice: Dice, of: SamplePatient, today: date) -> SamplePatient:
    """The same person, registered again by somebody who did not find the first chart."""
    again = min(reach.noon(today - timedelta(days=1)), of.registered_at + timedelta(days=200))
    return SamplePatient(
        dice.id(PatientId), lookalike(dice, of.registration, again.date()), again, of.area
    )


def _archived(dice: Dice, patient: SamplePatient, today: date) -> SamplePatient:
    latest = reach.noon(today - timedelta(days=2))
    at = min(latest, patient.registered_at + timedelta(days=dice.randrange(30, 700)))
    return replace(patient, archived_at=at, archive_reason=dice.one(_ARCHIVE_REASONS))
