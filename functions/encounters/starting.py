"""The note templates that come with the system, by specialty. A practice changes any of them."""

from __future__ import annotations

from typing import Final

from functions.encounters.models import Template, TemplateSection
from functions.encounters.prose import Part

_CC: Final = ("chief-complaint", "subjective", "Chief complaint", "")
_HPI: Final = ("hpi", "subjective", "History of present illness", "")
_INTERVAL: Final = ("interval", "subjective", "Interval history", "")
_ROS: Final = (
    "ros",
    "subjective",
    "Review of systems",
    "Constitutional: \nCardiovascular: \nRespiratory: \nGastrointestinal: \nNeurological: ",
)
_EXAM: Final = (
    "exam",
    "objective",
    "Examination",
    "General: \nHEENT: \nHeart: \nLungs: \nAbdomen: \nExtremities: ",
)
_DATA: Final = ("data", "objective", "Results reviewed", "")
_ASSESSMENT: Final = ("assessment", "assessment", "Assessment", "")
_PLAN: Final = ("plan", "plan", "Plan", "")
_FOLLOW_UP: Final = ("follow-up", "plan", "Follow-up", "")


def _template(
    name: str, *sections: tuple[str, Part, str, str], specialties: tuple[str, ...] = ()
) -> Template:
    return Template(
        name=name,
        specialties=specialties,
        sections=tuple(
            TemplateSection(key=key, part=part, title=title, text=text)
            for key, part, title, text in sections
        ),
    )


STARTING: Final[dict[str, Template]] = {
    "soap": _template("SOAP note", _CC, _HPI, _ROS, _EXAM, _DATA, _ASSESSMENT, _PLAN, _FOLLOW_UP),
    "follow-up": _template("Follow-up visit", _INTERVAL, _EXAM, _DATA, _ASSESSMENT, _PLAN),
    "annual-wellness": _template(
        "Annual wellness visit",
        ("concerns", "subjective", "Concerns", ""),
        ("risks", "subjective", "Health risk assessment", "Falls: \nMood (PHQ-2): \nAlcohol: "),
        ("function", "subjective", "Function and safety", "Activities of daily living: \nHome: "),
        _EXAM,
        ("prevention", "assessment", "Prevention", "Screening due: \nImmunizations due: "),
        ("advance-care", "plan", "Advance care planning", ""),
        _PLAN,
        specialties=("Family Medicine", "Internal Medicine"),
    ),
    "well-child": _template(
        "Well-child visit",
        ("concerns", "subjective", "Parents' concerns", ""),
        (
            "feeding",
            "subjective",
            "Feeding, sleep, elimination",
            "Feeding: \nSleep: \nElimination: ",
        ),
        (
            "development",
            "subjective",
            "Development",
            "Gross motor: \nFine motor: \nLanguage: \nSocial: ",
        ),
        ("growth", "objective", "Growth", ""),
        _EXAM,
        _ASSESSMENT,
        ("guidance", "plan", "Anticipatory guidance", ""),
        ("immunizations", "plan", "Immunizations", ""),
        _FOLLOW_UP,
        specialties=("Pediatrics", "Family Medicine"),
    ),
    "cardiology": _template(
        "Cardiology visit",
        _CC,
        _HPI,
        ("cardiac-history", "subjective", "Cardiac history", ""),
        ("exam", "objective", "Examination", "Neck veins: \nHeart: \nLungs: \nPulses: \nEdema: "),
        ("ecg", "objective", "ECG and imaging", ""),
        _ASSESSMENT,
        _PLAN,
        specialties=("Cardiology",),
    ),
    "dermatology": _template(
        "Dermatology visit",
        _CC,
        _HPI,
        ("skin", "objective", "Skin examination", "Site: \nMorphology: \nDistribution: \nSize: "),
        ("procedure", "objective", "Procedure", ""),
        _ASSESSMENT,
        _PLAN,
        specialties=("Dermatology",),
    ),
    "behavioral": _template(
        "Behavioral health visit",
        _INTERVAL,
        (
            "mental-status",
            "objective",
            "Mental status",
            "Appearance: \nMood and affect: \nThought: \nInsight and judgment: ",
        ),
        ("risk", "assessment", "Risk", "Suicidal ideation: \nHomicidal ideation: "),
        _ASSESSMENT,
        _PLAN,
        specialties=("Psychiatry", "Psychology", "Behavioral Health"),
    ),
    "ob-gyn": _template(
        "Obstetric and gynecologic visit",
        _CC,
        _HPI,
        ("ob-history", "subjective", "Obstetric history", "G P \nLMP: \nEDD: "),
        ("exam", "objective", "Examination", "Fundal height: \nFetal heart rate: \nPelvic: "),
        _ASSESSMENT,
        _PLAN,
        specialties=("Obstetrics & Gynecology",),
    ),
    "procedure": _template(
        "Procedure note",
        ("indication", "subjective", "Indication", ""),
        ("consent", "subjective", "Consent and time-out", ""),
        ("technique", "objective", "Technique and findings", ""),
        ("complications", "assessment", "Complications", ""),
        _PLAN,
    ),
    "nurse": _template("Nurse visit", _CC, ("done", "objective", "Done", ""), _PLAN),
}
