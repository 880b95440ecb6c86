"""Visits that were seen and coded: of each kind a few in a hundred are coded wrongly."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from caresmith.clock import to_text
from caresmith.events import EncounterClosed
from caresmith.ids import EncounterId, PatientId
from caresmith.records.clinical.coding import CPT, HCPCS, ICD10CM, Coding
from caresmith.records.clinical.encounter import (
    ENCOUNTER_HEAD,
    BillingPart,
    Diagnosis,
    EncounterClass,
    EncounterItem,
    EncounterStatus,
    Service,
    VisitPart,
)
from caresmith.records.clinical.layout import encounter_key
from caresmith.records.practice import Provider
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from scripts.revenuecycle.practice import BILLERS, Billed
from scripts.sample_practice.people import SamplePatient

_MINUTES: Final = timedelta(minutes=20)


@dataclass(frozen=True)
class Line:
    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    diagnoses: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Kind:
    """What was done, to whom it is done, and how often."""

    weight: int
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    ages: tuple[int, int] = (0, 120)
    video: bool = False


KINDS: Final = (
    Kind(16, ("I10",), (Line("99213"),), (25, 120)),
    Kind(12, ("E11.9", "I10"), (Line("99214", diagnoses=(1, 2)), Line("83036")), (30, 120)),
    Kind(9, ("E78.5",), (Line("99213"), Line("80061"), Line("36415")), (30, 120)),
    Kind(12, ("J06.9",), (Line("99213"),)),
    Kind(6, ("J02.9",), (Line("99213"), Line("87880", ("QW",)))),
    Kind(5, ("J10.1",), (Line("99213"), Line("87804", ("QW",)))),
    Kind(7, ("M54.50",), (Line("99213"),), (18, 120)),
    Kind(5, ("M17.11",), (Line("99213", ("25",)), Line("20610", ("RT",))), (45, 120)),
    Kind(5, ("K21.9",), (Line("99213"),), (18, 120)),
    Kind(6, ("F41.1",), (Line("99214"),), (16, 120)),
    Kind(4, ("L57.0",), (Line("99213", ("25",)), Line("17000")), (40, 120)),
    Kind(3, ("B07.9",), (Line("17110"),), (5, 60)),
    Kind(4, ("H61.21",), (Line("69210", ("RT",)),)),
    Kind(4, ("N39.0",), (Line("99213"), Line("81002")), (18, 120)),
    Kind(5, ("J45.20",), (Line("99213"), Line("94010")), (6, 120)),
    Kind(6, ("I10",), (Line("99213", ("95",)),), (18, 64), video=True),
    Kind(4, ("Z00.129",), (Line("99392"),), (1, 4)),
    Kind(4, ("Z00.129",), (Line("99393"),), (5, 11)),
    Kind(3, ("Z00.129",), (Line("99394"),), (12, 17)),
    Kind(6, ("Z00.00",), (Line("99395"),), (18, 39)),
    Kind(7, ("Z00.00",), (Line("99396"),), (40, 64)),
    Kind(4, ("Z00.00",), (Line("G0439"),), (66, 120)),
    Kind(3, ("R07.9",), (Line("99214"), Line("93000")), (30, 120)),
    Kind(2, ("E53.8",), (Line("96372"), Line("J3420")), (40, 120)),
)


def _without_modifiers(kind: Kind) -> Kind:
    lines = tuple(replace(line, modifiers=()) for line in kind.lines)
    return replace(kind, lines=lines)


def _less_specific(kind: Kind) -> Kind:
    """The category alone, which no payer takes where it has more digits."""
    first, *others = kind.diagnoses
    return replace(kind, diagnoses=(first.partition(".")[0], *others))


def _twice(kind: Kind) -> Kind:
    return replace(kind, lines=(*kind.lines, kind.lines[-1]))


_SLIPS: Final = (_without_modifiers, _less_specific, _twice)


@dataclass
class Clinic:
    """Sees patients, each kind as often as it comes."""

    billed: Billed
    dice: random.Random
    slips: float
    """Share of visits that somebody coded in a hurry."""

    def __post_init__(self) -> None:
        self._sealer = Sealer(self.billed.practice, Domain.CLINICAL)
        self._providers: list[Provider] = sorted(
            (one for one in self.billed.setup.providers.values() if one.location_ids),
            key=lambda one: one.id,
        )

    def see(self, at: datetime) -> EncounterClosed:
        """Write one visit that ended just now, coded and closed; what is told of it."""
        patient = self.dice.choice(self.billed.people)
        kind = self._kind(patient, at)
        provider = self.dice.choice(self._providers)
        place = self.dice.choice(provider.location_ids)
        encounter = EncounterId.new()
        item = EncounterItem(
            encounter_key(self.billed.practice, encounter),
            ENCOUNTER_HEAD,
            encounter_id=encounter,
            patient_id=patient.patient_id,
            provider_id=provider.id,
            location_id=place,
            status=EncounterStatus.FINISHED,
            class_code=EncounterClass.VIRTUAL if kind.video else EncounterClass.AMBULATORY,
            start=to_text(at - _MINUTES),
            end=to_text(at),
            version=1,
            history=[],
            visit=self._sealer.seal(encounter, "visit", VisitPart()),
            billing=self._sealer.seal(encounter, "billing", _billing(kind)),
        )
        item.save()
        return EncounterClosed(
            practice_id=self.billed.practice,
            occurred_at=at,
            actor_id=BILLERS.user_id,
            patient_id=PatientId(patient.patient_id),
            encounter_id=encounter,
            provider_id=provider.id,
            location_id=place,
            start=at - _MINUTES,
            chargeable=True,
        )

    def _kind(self, patient: SamplePatient, at: datetime) -> Kind:
        years = (at.date() - patient.birth_date).days / 365.25
        fitting = [kind for kind in KINDS if kind.ages[0] <= years < kind.ages[1] + 1]
        [kind] = self.dice.choices(fitting, [kind.weight for kind in fitting])
        if self.dice.random() < self.slips:
            return self.dice.choice(_SLIPS)(kind)
        return kind


def _billing(kind: Kind) -> BillingPart:
    return BillingPart(
        diagnoses=tuple(
            Diagnosis(code=Coding(system=ICD10CM, code=code, display=code))
            for code in kind.diagnoses
        ),
        services=tuple(_services(kind.lines)),
    )


def _services(lines: Iterable[Line]) -> Iterable[Service]:
    for line in lines:
        system = HCPCS if line.code[0].isalpha() else CPT
        yield Service(
            code=Coding(system=system, code=line.code),
            modifiers=line.modifiers,
            units=line.units,
            diagnoses=line.diagnoses,
        )
