"""Tells one patient's whole chart: background, results, and each visit in turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from caresmith.ids import ConditionId, MedicationId, ProcedureId, VitalsId
from caresmith.records.appointment import VisitView
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from caresmith.records.clinical.procedure import Procedure
from functions.encounters.checkins import encounter_for
from functions.scheduling.status import Status
from scripts.sample_practice.clinical import codes, laboratory, prescribing
from scripts.sample_practice.clinical.background import Background, medication
from scripts.sample_practice.clinical.charted import SIGNERS, Charted, Entry
from scripts.sample_practice.clinical.courses import course_of
from scripts.sample_practice.clinical.lives import Life, live
from scripts.sample_practice.clinical.measuring import Scales
from scripts.sample_practice.clinical.moments import Moments, Seen
from scripts.sample_practice.clinical.planning import Plans
from scripts.sample_practice.clinical.reporting import Reporting
from scripts.sample_practice.clinical.scenes import Scene, measured_facts
from scripts.sample_practice.clinical.seeing import scene_of
from scripts.sample_practice.clinical.vaccines import Dose, doses
from scripts.sample_practice.clinical.values import Body
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.people import SamplePatient

HERE: Final = frozenset({Status.CHECKED_IN, Status.FULFILLED})
"""Statuses of appointments that have an encounter."""
_KINDS: Final = {visit_type.id: key for key, visit_type in TYPES.items()}
_MEASURED: Final = frozenset(
    {"new", "office", "physical", "well-child", "sick-child", "gyn", "new-gyn"}
)
_VACCINATING: Final = frozenset({"well-child", "physical", "office", "new"})
_NEAR_A_DOSE: Final = dt.timedelta(days=45)


def tell(patient: SamplePatient, tales: Sequence[Tale], now: dt.datetime) -> Charted:
    """The chart as of ``now``; ``tales`` are all of the patient's visits, by start."""
    return _Teller(patient, tales, now).tell()


class _Teller:
    def __init__(self, patient: SamplePatient, tales: Sequence[Tale], now: dt.datetime) -> None:
        self._patient, self._now = patient, now
        self._tales = [tale for tale in tales if tale.visit.status in HERE]
        self._life: Life = live(patient, tales, now.date())
        self._dice = Dice(f"chart:{patient.patient_id}")
        self._seen = [self._seen_at(tale) for tale in self._tales]
        self._moments = Moments(patient, self._seen, now)
        self._taken = prescribing.lasting(self._life)
        self._scales = Scales(self._life)
        self._drugs = {one.drug.key for one in self._taken}
        self._body = Body(self._life, self._drugs)
        self._chart = Charted(patient.patient_id, self._life, self._body)
        self._background = Background(self._life, self._dice, self._moments)

    def tell(self) -> Charted:
        chart, background = self._chart, self._background
        if not self._tales:
            return chart
        chart.entries += background.problem_entries()
        chart.entries += background.allergies()
        chart.entries += background.drugs(self._taken)
        chart.entries += background.prenatal()
        given = self._at_visits(doses(self._dice, self._life.born, self._now.date()))
        chart.entries += background.vaccines(given)
        chart.entries += background.habits()
        chart.entries += background.family()
        at_visits = [one.at for one in self._seen]
        regular = laboratory.draws(self._life, self._dice, at_visits, self._drugs, self._now)
        reporting = Reporting(self._life, self._dice, self._body, self._seen, regular, self._now)
        scenes = [self._scene(number, given, reporting) for number in range(len(self._tales))]
        for entry, filed in reporting.told():
            chart.entries += [entry] if entry else []
            chart.results.append(filed)
        for number, scene in enumerate(scenes):
            self._close(number, scene)
        plans = Plans(self._life, self._dice, self._moments, self._background.problems, self._now)
        chart.entries += plans.told(scenes, self._seen)
        return chart

    def _seen_at(self, tale: Tale) -> Seen:
        view = VisitView.model_validate(tale.visit.model_dump(), from_attributes=True, strict=False)
        encounter = encounter_for(view, self._patient.patient_id)
        return Seen(encounter, min(tale.visit.start, self._now), tale.visit.provider_id)

    def _at_visits(self, given: list[Dose]) -> list[Dose]:
        """Doses that were due shortly before a visit are given there."""
        days = [
            seen.at.date()
            for seen, tale in zip(self._seen, self._tales, strict=True)
            if _KINDS[tale.visit.type_id] in _VACCINATING
        ]
        moved = []
        for dose in given:
            near = [day for day in days if dt.timedelta(0) <= day - dose.day <= _NEAR_A_DOSE]
            moved.append(replace(dose, day=near[0]) if near else dose)
        return moved

    # -- a visit ----------------------------------------------------------------

    def _scene(self, number: int, given: list[Dose], reporting: Reporting) -> Scene:
        tale, seen = self._tales[number], self._seen[number]
        kind, day = _KINDS[tale.visit.type_id], seen.at.date()
        scene = scene_of(self._life, self._dice, day, kind, tale.details.note)
        scene.given = [dose.vaccine.name for dose in given if dose.day == day]
        scene.drugs = {one.illness: one.drug for one in reversed(self._taken) if one.since <= day}
        if scene.outcome and not scene.prenatal:
            beside = [one.drug.key for one in self._taken]
            found = (
                prescribing.chosen(self._life, key, day, beside) for key in scene.outcome.drugs
            )
            scene.prescribed = [drug for drug in found if drug][:1]
        if kind in _MEASURED and tale.visit.flow != "waiting":
            outcome = scene.outcome
            fever = self._dice.chance(outcome.fever / 100) if outcome else False
            pain = outcome.pain if outcome else 0
            at = min(seen.at + dt.timedelta(minutes=2), self._now)
            scene.vitals = self._scales.vitals(at, day, fever=fever, pain=pain)
            scene.facts |= measured_facts(scene.vitals)
        reporting.take(number, scene)
        return scene

    def _close(self, number: int, scene: Scene) -> None:
        """The entries that the visit leaves, then its encounter with the note."""
        seen, chart = self._seen[number], self._chart
        by = SIGNERS[seen.provider]
        at = min(seen.at + dt.timedelta(minutes=11), self._now)

        if scene.vitals:
            latest = not any(
                later
                for later, tale in enumerate(self._tales)
                if later > number and self._is_measured(tale)
            )
            chart.entries.append(
                Entry(
                    scene.vitals,
                    self._dice.id(VitalsId),
                    scene.vitals.at,
                    by,
                    seen.encounter,
                    latest,
                )
            )
        for entry in self._found(scene, seen, at):
            chart.entries.append(entry)
        told = course_of(scene, self._tales[number], seen, self._background.problems, self._now)
        chart.visits.append(told)

    def _is_measured(self, tale: Tale) -> bool:
        return _KINDS[tale.visit.type_id] in _MEASURED and tale.visit.flow != "waiting"

    def _found(self, scene: Scene, seen: Seen, at: dt.datetime) -> Iterator[Entry]:
        """A passing illness, what was prescribed for it, what was done."""
        outcome, by = scene.outcome, SIGNERS[seen.provider]
        if outcome is None or scene.prenatal:
            return
        over = scene.day + dt.timedelta(days=outcome.days)
        past = over < self._now.date()
        code = codes.problem(outcome.name, outcome.icd, outcome.snomed)
        if outcome.days and (past or outcome.icd not in self._background.problems):
            began = scene.day - dt.timedelta(days=min(3, outcome.days // 3))
            began = max(began, self._life.born)
            content = Condition(
                code=code,
                clinical_status=ClinicalStatus.RESOLVED if past else ClinicalStatus.ACTIVE,
                onset=began.isoformat(),
                abatement=over.isoformat() if past else None,
            )
            entry_id = self._dice.id(ConditionId)
            if not past:
                self._background.problems[outcome.icd] = entry_id
            yield Entry(
                content, entry_id, at, by, seen.encounter, changed_at=_noted(over) if past else None
            )
        for drug in scene.prescribed:
            ends = scene.day + dt.timedelta(days=drug.days)
            until = ends if drug.days and ends < self._now.date() else None
            taken = medication(drug, scene.day, until=until).model_copy(
                update={"reason": code, "prescriber_id": seen.provider}
            )
            changed = _noted(ends) if until else None
            key = self._dice.id(MedicationId)
            yield Entry(taken, key, at, by, seen.encounter, changed_at=changed)
        if outcome.procedure[0]:
            done = Procedure(
                code=codes.finding(*outcome.procedure),
                performed=scene.day.isoformat(),
                reason=code,
                performer_id=seen.provider,
            )
            yield Entry(done, self._dice.id(ProcedureId), at, by, seen.encounter)


def _noted(day: dt.date) -> dt.datetime:
    """When it was noted that something was over."""
    return dt.datetime.combine(day, dt.time(15), dt.UTC)
