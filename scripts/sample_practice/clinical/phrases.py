"""What notes say beside complaints and illnesses, by section and by age."""

from __future__ import annotations

from typing import Final

ByMonths = tuple[tuple[int, tuple[str, ...]], ...]
"""From an age in months on."""

ROS_WELL: Final = (
    "Constitutional: [no fever, weight steady|no fever or chills|sleeps well]\nCardiovascular: no chest pain[, no palpitations|]\nRespiratory: [no cough|no shortness of breath]\nGastrointestinal: [no complaints|bowels regular|no heartburn]\nNeurological: [no headache|no dizziness]",
    "Constitutional: [appetite good|energy fair]\nCardiovascular: no [chest pain|edema]\nRespiratory: [breathes easily|no cough]\nGastrointestinal: no [abdominal pain|nausea]\nNeurological: no [weakness|numbness]",
)
ROS_ILL: Final = (
    "Constitutional: as above\nCardiovascular: no chest pain\nRespiratory: no shortness of breath at rest\nGastrointestinal: [eats less|drinks enough]\nNeurological: no [neck stiffness|confusion]",
)
EXAM_ADULT: Final = (
    "General: [no distress|well-appearing|comfortable]\nHEENT: [moist mucosa|unremarkable|no nodes]\nHeart: regular[, no murmur|]\nLungs: clear[ on both sides|]\nAbdomen: soft, [not tender|no mass]\nExtremities: [no edema|warm, pulses felt]",
    "General: [alert, well-groomed|appears stated age]\nHeart: regular rate and rhythm\nLungs: clear to auscultation\nAbdomen: [soft|not distended]\nExtremities: [no swelling|full range of motion]",
)
EXAM_INFANT: Final = (
    "General: [smiles|clings to parent, consolable|alert]\nHEENT: [fontanelle flat|eardrums clear]\nHeart: no murmur\nLungs: clear\nAbdomen: soft, no mass\nExtremities: hips stable, moves all well",
)
EXAM_CHILD: Final = (
    "General: [active and curious|cooperative|talkative]\nHEENT: [eardrums clear|teeth clean|no large nodes]\nHeart: no murmur\nLungs: clear\nAbdomen: soft, no mass\nExtremities: [moves all well|gait normal|spine straight]",
)
CONCERNS_ADULT: Final = (
    "[None today|Sleep|Memory, mild|Wants to lose weight|Would like labs reviewed].",
)
CONCERNS_CHILD: Final = (
    "[None|Spits up after feeds|Constipation now and then|Picky eater|Bedtime battles|Snoring|Stomach aches before school].",
)
RISKS: Final = (
    "Falls: [none this year|one, on ice, no injury|none]\nMood (PHQ-2): <0-2>\nAlcohol: [none|<1-7> drinks a week|on holidays]",
)
FUNCTION: Final = (
    "Activities of daily living: [independent|independent, cooks and drives|needs help with heavy work]\nHome: [lives with spouse|lives alone, daughter nearby|lives with family]; [grab bars in the bath|smoke alarms checked|throw rugs removed]",
)
ADVANCE_CARE: Final = (
    "[Health care proxy on file|Form given to take home|Discussed; prefers to talk with family first].",
)
FEEDING: Final[ByMonths] = (
    (
        0,
        (
            "Feeding: [breast|breast and bottle|formula], every <2-4> hours\nSleep: wakes <2-4> times a night, on the back\nElimination: <5-8> wet diapers, stools [yellow, soft|after most feeds]",
        ),
    ),
    (
        6,
        (
            "Feeding: [purées twice a day|finger foods] beside milk\nSleep: <9-11> hours with <1-2> wakings\nElimination: normal",
        ),
    ),
    (
        15,
        (
            "Feeding: table food, <12-20> oz of milk a day, [uses a cup|learns the spoon]\nSleep: <10-12> hours, one nap\nElimination: [diapers|shows interest in the potty]",
        ),
    ),
    (
        48,
        (
            "Feeding: [eats with the family|few vegetables|likes fruit], milk twice a day\nSleep: <9-11> hours\nElimination: [dry at night|wets once a week]",
        ),
    ),
    (
        144,
        (
            "Feeding: [regular meals|skips breakfast], [sports drinks|water]\nSleep: <6-9> hours, phone [out of the room|in the bed]\nElimination: no complaints",
        ),
    ),
)
DEVELOPMENT: Final[ByMonths] = (
    (
        0,
        ("Gross motor: lifts head\nFine motor: hands open\nLanguage: coos\nSocial: follows faces",),
    ),
    (
        4,
        (
            "Gross motor: [rolls|holds head steady]\nFine motor: reaches\nLanguage: laughs\nSocial: smiles at others",
        ),
    ),
    (
        8,
        (
            "Gross motor: sits, [crawls|pulls to stand]\nFine motor: [pincer begins|passes toys]\nLanguage: babbles\nSocial: shy of strangers",
        ),
    ),
    (
        12,
        (
            "Gross motor: [first steps|walks alone]\nFine motor: pincer grasp\nLanguage: <2-6> words\nSocial: points, waves",
        ),
    ),
    (
        22,
        (
            "Gross motor: runs, [kicks a ball|climbs stairs]\nFine motor: tower of <4-8>\nLanguage: [two-word phrases|over 50 words]\nSocial: parallel play; M-CHAT negative",
        ),
    ),
    (
        36,
        (
            "Gross motor: [pedals|hops]\nFine motor: draws a [circle|cross]\nLanguage: sentences, understood by strangers\nSocial: [takes turns|imaginative play]",
        ),
    ),
    (
        66,
        (
            "Gross motor: [rides a bike|skips rope]\nFine motor: writes [name|letters]\nLanguage: [reads at grade level|tells stories]\nSocial: [friends at school|plays in a team]",
        ),
    ),
    (
        144,
        (
            "Gross motor: [sports twice a week|active]\nFine motor: no concern\nLanguage: grades [good|fair]\nSocial: [close friends|part-time job]; PHQ-A <0-4>",
        ),
    ),
)
GUIDANCE: Final[ByMonths] = (
    (
        0,
        (
            "Back to sleep, no pillows; car seat facing backwards; call for fever above 100.4 °F.",
            "Tummy time; vitamin D drops; never leave on the changing table.",
        ),
    ),
    (
        6,
        (
            "Introduce peanut and egg; gates at stairs; brush the first teeth.",
            "Read every day; poison control number on the fridge.",
        ),
    ),
    (
        18,
        (
            "No screens but video calls; dentist; cut grapes and hot dogs lengthwise.",
            "Praise good behavior; car seat; water safety.",
        ),
    ),
    (
        48,
        (
            "Helmet, booster seat, sunscreen; two hours of screens at most.",
            "Bedtime routine; dentist twice a year; talk about strangers.",
        ),
    ),
    (
        132,
        (
            "Seat belt, helmet, phone outside the bedroom; talk about vaping and puberty.",
            "Sleep <8-9> hours; time alone with the clinician offered and taken.",
        ),
    ),
)
FOLLOW_UP: Final = {
    "check": ("Return in [one year|12 months] for the next physical, sooner as needed.",),
    "watch": (
        "Return in <3-4> months.",
        "Follow-up in <8-12> weeks with labs before.",
        "See again in 6 months.",
    ),
    "sick": (
        "Return if not better in <3-5> days.",
        "No follow-up needed if well.",
        "Call in 48 hours if no better.",
    ),
}
PRENATAL_STORY: Final = (
    "{weeks} weeks. [Fetal movement felt|Nausea better|Sleeps poorly|Feels well]; no bleeding, no [leak of fluid|contractions].",
    "At {weeks} weeks [without complaints|with heartburn after supper|with some back pain]; takes prenatal vitamin.",
)
PRENATAL_PLAN: Final = (
    "Prenatal vitamin; [glucose screen at 24 to 28 weeks|Tdap after 27 weeks|influenza vaccine offered]; warning signs told.",
    "Next visit in [4 weeks|2 weeks]; kick counts [from 28 weeks|daily]; labs reviewed.",
)
SCAN: Final = ("{scan}. Heart activity seen, fluid normal.",)
PHOTOTHERAPY: Final = (
    "Narrow-band UVB, session <4-28>, dose <380-1900> mJ/cm2, [no burning after the last one|slight pink until evening]. Goggles worn, shield used.",
)
CLASS: Final = (
    "Group of the diabetes self-management class: [carbohydrate counting|sick days|foot care|reading labels]. Took part, [brought a food log|asked about snacks|practised with the meter].",
)
GENERAL_STORY: Final = (
    "[Here for refills|Doing well on present drugs|Wants results explained]; no new complaints.",
    "Reviews the last months: [no emergency visits|one urgent care visit for a cold|a trip abroad without problems].",
)
GENERAL_JUDGED: Final = ("[No active problem|Stable, no change needed|Questions answered].",)
GENERAL_PLAN: Final = (
    "[Refills sent|Nothing to change]; preventive care up to date.",
    "Continue as before.",
)
REVIEW_NOTES: Final = (
    "Discussed at the visit.",
    "Patient told by message.",
    "Stable, no change.",
    "Letter sent.",
    "Called, understands.",
)
TECHNIQUE: Final = (
    "Site cleaned, <1-3> mL of lidocaine 1 % with epinephrine. [Shave|Punch|Excision] carried out, bleeding stopped with [aluminum chloride|two sutures], dressing.",
)
CONSENT: Final = (
    "Risks, benefits and alternatives explained; consent signed; time-out with two identifiers.",
)
COMPLICATIONS: Final = ("None[; blood loss minimal|].",)


def by_months(table: ByMonths, months: int) -> tuple[str, ...]:
    """The phrases of that age."""
    return next(phrases for start, phrases in reversed(table) if months >= start)
