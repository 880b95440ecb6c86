"""What stands in a chart beside its visits: problems, allergies, drugs, vaccines, histories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from caresmith.ids import (
    AllergyId,
    ConditionId,
    FamilyHistoryId,
    ImmunizationId,
    MedicationId,
    SocialHistoryId,
)
from caresmith.records.clinical.allergy import (
    NO_KNOWN_ALLERGY,
    Allergy,
    AllergyType,
    Reaction,
)
from caresmith.records.clinical.coding import LOINC, SNOMED, Quantity
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.history import FamilyCondition, FamilyHistory, SocialHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.medication import Medication, MedicationStatus
from scripts.sample_practice.clinical import codes
from scripts.sample_practice.clinical.allergens import MANIFESTATIONS
from scripts.sample_practice.clinical.charted import Entry
from scripts.sample_practice.clinical.drugs import DRUGS, ROUTES, Drug
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.clinical.moments import Moments
from scripts.sample_practice.clinical.prescribing import Taken
from scripts.sample_practice.clinical.vaccines import Dose
from scripts.sample_practice.dice import Dice

_ROLE_CODES: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_SMOKING: Final = {
    "never": ("Never smoked tobacco", "266919005"),
    "former": ("Ex-smoker", "8517006"),
    "current": ("Smokes tobacco daily", "449868002"),
}
_WORK: Final = (
    "Teacher",
    "Retired",
    "Software developer",
    "Bus driver",
    "Nurse's aide",
    "Student",
    "Electrician",
    "Shop assistant",
    "Accountant",
    "Cook",
    "At home with children",
    "Carpenter",
)
_INHERITED: Final = ("diabetes", "hypertension", "coronary", "lipids", "depression", "hypothyroid")
_FAMILY: Final = (("MTH", "Mother", "female"), ("FTH", "Father", "male"))
_WORKING: Final = (18, 66)
_WHERE: Final = {
    "arm": ("Left deltoid", "LD"),
    "thigh": ("Left thigh", "LT"),
    "mouth": ("Mouth", ""),
}
_V3_SITES: Final = "http://terminology.hl7.org/CodeSystem/v3-ActSite"


class Background:
    """Makes the entries, each noted when somebody could first have noted it."""

    def __init__(self, life: Life, dice: Dice, moments: Moments) -> None:
        self._life, self._dice, self._moments = life, dice, moments
        self.problems: dict[str, ConditionId] = {}
        """Active problems by their ICD-10-CM codes."""

    def problem_entries(self) -> Iterator[Entry]:
        for name, onset in self._life.illnesses.items():
            illness = ILLNESSES[name]
            known = onset.isoformat()[: 7 if (self._life.today - onset).days < 900 else 4]
            content = Condition(
                code=codes.problem(illness.name, illness.icd, illness.snomed), onset=known
            )
            entry_id = self._dice.id(ConditionId)
            self.problems[illness.icd] = entry_id
            yield self._moments.entry(content, entry_id, onset)
        pregnancy = self._life.pregnancy
        if pregnancy and pregnancy.goes_on(self._life.today):
            begun = pregnancy.due - dt.timedelta(days=280)
            code = codes.concept("Pregnancy", (SNOMED, "77386006"))
            entry_id = self._dice.id(ConditionId)
            yield self._moments.entry(
                Condition(code=code, onset=begun.isoformat()), entry_id, begun
            )

    def allergies(self) -> Iterator[Entry]:
        """What somebody is allergic to; that nothing is known, where they were asked."""
        for allergen, reaction, severity, since in self._life.allergies:
            words, code = MANIFESTATIONS[reaction]
            content = Allergy(
                substance=codes.concept(allergen.name, (allergen.system, allergen.code)),
                type=AllergyType.INTOLERANCE if allergen.intolerance else AllergyType.ALLERGY,
                category=(allergen.category,),
                criticality=allergen.criticality,
                reactions=(
                    Reaction(manifestations=(codes.finding(words, code),), severity=severity),
                ),
                onset=f"{since.year}",
            )
            yield self._moments.entry(content, self._dice.id(AllergyId), since)
        if not self._life.allergies and self._dice.chance(0.93):
            none = codes.finding("No known allergy", NO_KNOWN_ALLERGY)
            yield self._moments.entry(
                Allergy(substance=none), self._dice.id(AllergyId), self._life.born
            )

    def drugs(self, taken: list[Taken]) -> Iterator[Entry]:
        prescriber = self._life.patient.registration.preferred_provider_id
        opened = self._life.patient.registered_at.date()
        for one in taken:
            ours = one.since > opened
            illness = ILLNESSES[one.illness]
            content = medication(one.drug, one.since).model_copy(
                update={
                    "reason": codes.problem(illness.name, illness.icd, illness.snomed),
                    "prescriber_id": prescriber if ours else None,
                    "reported": not ours,
                }
            )
            yield self._moments.entry(content, self._dice.id(MedicationId), one.since)

    def prenatal(self) -> Iterator[Entry]:
        """What everybody takes who is pregnant."""
        pregnancy = self._life.pregnancy
        if pregnancy is None or not pregnancy.goes_on(self._life.today):
            return
        since = pregnancy.due - dt.timedelta(days=224)
        content = medication(DRUGS["prenatal"], min(since, self._life.today)).model_copy(
            update={"reason": codes.concept("Pregnancy", (SNOMED, "77386006")), "reported": True}
        )
        yield self._moments.entry(content, self._dice.id(MedicationId), since)

    def vaccines(self, given: list[Dose]) -> Iterator[Entry]:
        for dose in given:
            seen = self._moments.visit_on(dose.day)
            words, site = _WHERE[dose.vaccine.site]
            content = Immunization(
                vaccine=codes.vaccine(dose.vaccine.name, dose.vaccine.cvx),
                given_on=dose.day.isoformat(),
                primary_source=seen is not None,
                manufacturer=codes.manufacturer(dose.vaccine.mvx) if seen else None,
                lot=f"{self._dice.one('ABCEHKLMRTX')}{self._dice.randrange(1000, 9999)}{self._dice.one('ABCD')}"
                if seen
                else None,
                site=codes.concept(words, (_V3_SITES, site) if site else None) if seen else None,
                dose_number=dose.number,
                performer_id=seen.provider if seen else None,
            )
            yield self._moments.entry(content, self._dice.id(ImmunizationId), dose.day)

    def habits(self) -> Iterator[Entry]:
        """Social history, from twelve years on."""
        life = self._life
        age = life.age_on(life.today)
        if age < 12:
            return
        since = self._moments.first_day
        yield self._social("72166-2", "Tobacco smoking status", since, coded=_SMOKING[life.smoking])
        if age >= 21:
            drinks = self._dice.one(
                ("None", "1 to 2 drinks a week", "3 to 6 drinks a week", "On holidays")
            )
            yield self._social("11331-6", "Alcohol use", since, text=drinks)
        if _WORKING[0] <= age:
            work = self._dice.one(_WORK) if age <= _WORKING[1] else "Retired"
            yield self._social("11341-5", "Occupation", since, text=work)

    def family(self) -> Iterator[Entry]:
        """What parents had: more often what their child has too."""
        dice = self._dice
        for code, words, sex in _FAMILY:
            had = [
                name
                for name in _INHERITED
                if dice.chance(0.45 if name in self._life.illnesses else 0.14)
            ]
            if not had:
                continue
            conditions = tuple(
                FamilyCondition(
                    code=codes.problem(ILLNESSES[n].name, ILLNESSES[n].icd, ILLNESSES[n].snomed),
                    onset_age=dice.randrange(38, 66),
                )
                for n in had
            )
            content = FamilyHistory(
                relationship=codes.concept(words, (_ROLE_CODES, code)),
                sex="female" if sex == "female" else "male",
                conditions=conditions,
            )
            yield self._moments.entry(content, dice.id(FamilyHistoryId), self._life.born)

    def _social(
        self,
        loinc: str,
        name: str,
        day: dt.date,
        *,
        coded: tuple[str, str] | None = None,
        text: str | None = None,
    ) -> Entry:
        content = SocialHistory(
            code=codes.concept(name, (LOINC, loinc)),
            coded=codes.finding(*coded) if coded else None,
            text=text,
            on=day.isoformat(),
        )
        return self._moments.entry(content, self._dice.id(SocialHistoryId), day)


def medication(drug: Drug, since: dt.date, *, until: dt.date | None = None) -> Medication:
    """The drug as it is taken, or was until that day."""
    words, route = ROUTES[drug.route]
    return Medication(
        drug=codes.drug(drug.name, drug.rxnorm),
        status=MedicationStatus.COMPLETED if until else MedicationStatus.ACTIVE,
        sig=drug.sig,
        as_needed=drug.as_needed,
        route=codes.finding(words, route),
        dispense=Quantity.model_validate({"value": drug.dispense, "unit": drug.unit}),
        refills=drug.refills,
        started=since.isoformat(),
        ended=until.isoformat() if until else None,
    )
