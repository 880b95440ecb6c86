"""Writes the text of a visit's note, section by section of the feature's own templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from functions.encounters.prose import MarkedSection, NoteBody
from functions.encounters.starting import STARTING
from scripts.sample_practice.clinical import phrases as p
from scripts.sample_practice.clinical.complaint import Outcome
from scripts.sample_practice.clinical.growing import growth_lines
from scripts.sample_practice.clinical.illness import Illness
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.scenes import Scene
from scripts.sample_practice.clinical.wording import one_of

TEMPLATES: Final = {
    "new": "soap",
    "office": "soap",
    "physical": "annual-wellness",
    "telehealth": "follow-up",
    "well-child": "well-child",
    "sick-child": "soap",
    "new-gyn": "ob-gyn",
    "gyn": "ob-gyn",
    "ultrasound": "ob-gyn",
    "derm": "dermatology",
    "skin": "procedure",
    "phototherapy": "nurse",
    "nutrition": "follow-up",
    "class": "nurse",
}
"""By kind of visit."""

_INFANT_MONTHS: Final = 15


def template_of(scene: Scene) -> str:
    """The note's template: a child's physical is a well-child visit."""
    if scene.kind == "physical" and scene.child:
        return "well-child"
    return TEMPLATES[scene.kind]


def write(scene: Scene, *, part: float = 1.0) -> NoteBody:
    """The note; of one that is being written only the first ``part`` of its sections."""
    key = template_of(scene)
    sections = STARTING[key].sections
    done = max(1, int(len(sections) * part))
    return NoteBody(
        template_id=key,
        sections=tuple(
            MarkedSection(
                key=section.key,
                part=section.part,
                title=section.title,
                text=_WRITERS[section.key](scene) if number < done else section.text,
            )
            for number, section in enumerate(sections)
        ),
    )


def _say(scene: Scene, phrases: tuple[str, ...]) -> str:
    return one_of(scene.dice, phrases, scene.facts)


def _of_illnesses(scene: Scene, pick: Callable[[Illness], tuple[str, ...]], most: int) -> list[str]:
    """One phrase for each of the first illnesses that have something to say."""
    lines = [
        one_of(scene.dice, pick(ILLNESSES[name]), scene.facts_for(name))
        for name in scene.illnesses[:most]
    ]
    return [line for line in lines if line]


def _of_outcome(scene: Scene, pick: Callable[[Outcome], tuple[str, ...]]) -> str:
    if scene.outcome is None:
        return ""
    drug = scene.prescribed[0].short if scene.prescribed else "supportive care"
    watch = f"{drug} for 10 days." if scene.prescribed else "Watchful waiting."
    facts = {**scene.facts, "drug": drug, "drug_or_watch": watch[0].upper() + watch[1:]}
    return one_of(scene.dice, pick(scene.outcome), facts)


def _chief_complaint(scene: Scene) -> str:
    plain = {"class": "Diabetes self-management class", "phototherapy": "Phototherapy"}
    named = scene.outcome.name if scene.outcome else "Follow-up"
    return scene.reason or plain.get(scene.kind) or named


def _story(scene: Scene) -> str:
    if scene.prenatal:
        return _say(scene, p.PRENATAL_STORY)
    lines = [_of_outcome(scene, lambda outcome: outcome.story)]
    lines += _of_illnesses(scene, lambda illness: illness.interval, 3)
    return " ".join(line for line in lines if line) or _say(scene, p.GENERAL_STORY)


def _ros(scene: Scene) -> str:
    return _say(scene, p.ROS_ILL if scene.outcome and scene.outcome.fever else p.ROS_WELL)


def _exam(scene: Scene) -> str:
    if scene.kind == "nutrition":
        return ""
    if scene.kind == "telehealth":
        return _say(scene, ("By video: [comfortable|well-appearing], speaks in full sentences.",))
    if scene.prenatal and scene.life.pregnancy:
        weeks = scene.life.pregnancy.weeks_on(scene.day)
        height = f"Fundal height: {weeks} cm\n" if weeks >= 20 else ""
        return f"{height}Fetal heart rate: {scene.dice.randrange(134, 158)}/min\nPelvic: deferred"
    lines = [_of_outcome(scene, lambda outcome: outcome.exam)]
    lines += _of_illnesses(scene, lambda illness: illness.exam, 2)
    if scene.kind != "derm" or not any(lines):
        young = p.EXAM_INFANT if scene.months < _INFANT_MONTHS else p.EXAM_CHILD
        lines.append(_say(scene, young if scene.child else p.EXAM_ADULT))
    return "\n".join(line for line in lines if line)


def _data(scene: Scene) -> str:
    return "\n".join(scene.results[:4])


def _numbered(lines: list[str]) -> str:
    if len(lines) < 2:
        return "".join(lines)
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _assessment(scene: Scene) -> str:
    lines = []
    if scene.prenatal and scene.life.pregnancy:
        lines.append(f"{scene.life.pregnancy.icd(scene.day)[1]}, {scene.facts['weeks']} weeks.")
    else:
        judged = _of_outcome(scene, lambda outcome: outcome.judged)
        lines += [judged] if judged else []
    lines += _of_illnesses(scene, lambda illness: illness.judged, 3)
    return _numbered(lines or [_say(scene, p.GENERAL_JUDGED)])


def _plan(scene: Scene) -> str:
    if scene.kind == "phototherapy":
        return "Continue three times a week; stop for burning."
    if scene.kind == "class":
        return "Next class in two weeks; goal set with each participant."
    lines = []
    if scene.prenatal:
        lines.append(_say(scene, p.PRENATAL_PLAN))
    else:
        plan = _of_outcome(scene, lambda outcome: outcome.plan)
        lines += [plan] if plan else []
    lines += _of_illnesses(scene, lambda illness: illness.plan, 3)
    return _numbered(lines or [_say(scene, p.GENERAL_PLAN)])


def _follow_up(scene: Scene) -> str:
    if scene.kind == "well-child":
        months = next(m for m in (2, 4, 6, 9, 12, 15, 18, 24, 36, 999) if m > scene.months)
        return f"Next well visit at {months} months." if months < 999 else "Well visit in a year."
    sick = scene.outcome is not None and scene.outcome.days > 0
    return _say(scene, p.FOLLOW_UP["sick" if sick else "watch" if scene.illnesses else "check"])


def _prevention(scene: Scene) -> str:
    years, female = scene.life.age_on(scene.day), scene.life.female
    due = ["blood pressure today"]
    due += ["colorectal screening"] if 45 <= years <= 75 else []
    due += ["mammogram"] if female and 40 <= years <= 74 else []
    due += ["cervical cytology"] if female and 21 <= years <= 65 else []
    due += ["bone density"] if female and years >= 65 else []
    given = ", ".join(scene.given) or "none today"
    return f"Screening due: {', '.join(due)}\nImmunizations due: {given}"


def _ob_history(scene: Scene) -> str:
    if scene.life.pregnancy is None or not scene.prenatal:
        return _say(scene, ("Cycles [regular|every <26-34> days]; G<0-3>.",))
    pregnancy = scene.life.pregnancy
    history = "G1 P0" if pregnancy.first else "G2 P1"
    return f"{history}\nEDD: {pregnancy.due.strftime('%m/%d/%Y')}"


def _procedure(scene: Scene) -> str:
    done = scene.outcome.procedure[0] if scene.outcome else ""
    return f"{done}. {_say(scene, p.CONSENT)}" if done else ""


def _done(scene: Scene) -> str:
    return _say(scene, p.PHOTOTHERAPY if scene.kind == "phototherapy" else p.CLASS)


def _immunizations(scene: Scene) -> str:
    return f"Given today: {', '.join(scene.given)}." if scene.given else "None due today."


def _phrase(phrases: tuple[str, ...]) -> Callable[[Scene], str]:
    return lambda scene: _say(scene, phrases)


def _by_age(table: p.ByMonths) -> Callable[[Scene], str]:
    return lambda scene: _say(scene, p.by_months(table, scene.months))


_WRITERS: Final[dict[str, Callable[[Scene], str]]] = {
    "chief-complaint": _chief_complaint,
    "hpi": _story,
    "interval": _story,
    "ros": _ros,
    "exam": _exam,
    "data": _data,
    "assessment": _assessment,
    "plan": _plan,
    "follow-up": _follow_up,
    "concerns": lambda scene: _say(scene, p.CONCERNS_CHILD if scene.child else p.CONCERNS_ADULT),
    "risks": _phrase(p.RISKS),
    "function": _phrase(p.FUNCTION),
    "prevention": _prevention,
    "advance-care": _phrase(p.ADVANCE_CARE),
    "feeding": _by_age(p.FEEDING),
    "development": _by_age(p.DEVELOPMENT),
    "growth": growth_lines,
    "guidance": _by_age(p.GUIDANCE),
    "immunizations": _immunizations,
    "skin": _exam,
    "procedure": _procedure,
    "ob-history": _ob_history,
    "indication": _story,
    "consent": _phrase(p.CONSENT),
    "technique": _phrase(p.TECHNIQUE),
    "complications": _phrase(p.COMPLICATIONS),
    "done": _done,
}
"""What is written into a section, by its key in the templates."""
