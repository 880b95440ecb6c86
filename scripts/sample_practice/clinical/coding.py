"""What a visit is charged as: diagnoses in ICD-10-CM, services by code alone.

CPT codes stand without words, which are not ours to repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from caresmith.ids import ConditionId
from caresmith.records.clinical.coding import CPT, HCPCS, ICD10CM, Coding
from caresmith.records.clinical.encounter import BillingPart, Diagnosis, Service
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.scenes import Scene

_PREVENTIVE: Final = (
    (0, "99391"),
    (1, "99392"),
    (5, "99393"),
    (12, "99394"),
    (18, "99395"),
    (40, "99396"),
)
_MEDICARE_AGE: Final = 65
_USUAL: Final = {
    "new": ("99203", "99204"),
    "office": ("99213", "99214"),
    "telehealth": ("99213",),
    "sick-child": ("99213",),
    "new-gyn": ("99203",),
    "gyn": ("99213",),
    "derm": ("99213",),
    "phototherapy": ("96910",),
    "nutrition": ("97803",),
}
_SCANS: Final = {"Dating scan": "76801", "Anatomy scan": "76805"}
_SKIN: Final = {"Shave biopsy of skin": "11102", "Cryotherapy": "17000"}
_ROUTINE: Final = {"Routine child health examination", "General adult medical examination"}


def billing_of(scene: Scene, known: Mapping[str, ConditionId]) -> BillingPart:
    """``known`` are the problems of the chart by their ICD-10-CM codes."""
    wanted: dict[str, str] = {}
    if scene.prenatal and scene.life.pregnancy:
        code, words = scene.life.pregnancy.icd(scene.day)
        wanted[code] = words
    elif scene.outcome:
        wanted[scene.outcome.icd] = scene.outcome.name
    for name in scene.illnesses[:4]:
        wanted.setdefault(ILLNESSES[name].icd, ILLNESSES[name].name)
    if not wanted:
        wanted["Z76.89"] = "Other specified reason for a visit"
    diagnoses = tuple(
        Diagnosis(
            code=Coding(system=ICD10CM, code=code, display=words), condition_id=known.get(code)
        )
        for code, words in wanted.items()
    )
    pointed = tuple(range(1, min(4, len(diagnoses)) + 1))
    return BillingPart(diagnoses=diagnoses, services=_services(scene, pointed))


def _services(scene: Scene, pointed: tuple[int, ...]) -> tuple[Service, ...]:
    system, code = _service(scene)
    modifiers = ("95",) if scene.kind == "telehealth" else ()
    found = [Service(code=Coding(system=system, code=code), modifiers=modifiers, diagnoses=pointed)]
    if scene.given:
        found.append(Service(code=Coding(system=CPT, code="90471"), diagnoses=(1,)))
    if len(scene.given) > 1:
        more = len(scene.given) - 1
        found.append(Service(code=Coding(system=CPT, code="90472"), units=more, diagnoses=(1,)))
    return tuple(found)


def _service(scene: Scene) -> tuple[str, str]:
    years = scene.life.age_on(scene.day)
    if scene.kind == "class":
        return HCPCS, "G0109"
    if scene.kind in {"physical", "well-child"} or scene.reason == "Annual exam":
        if years >= _MEDICARE_AGE:
            return HCPCS, "G0439"
        return CPT, next(code for start, code in reversed(_PREVENTIVE) if years >= start)
    if scene.kind == "ultrasound":
        return CPT, _SCANS.get(scene.reason, "76805" if scene.prenatal else "76830")
    if scene.kind == "skin":
        return CPT, _SKIN.get(scene.outcome.procedure[0] if scene.outcome else "", "11402")
    return CPT, scene.dice.one(_USUAL[scene.kind])
