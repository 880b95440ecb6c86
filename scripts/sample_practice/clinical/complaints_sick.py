"""Passing illnesses, by the reason that was given for the visit."""

from __future__ import annotations

from typing import Final

from scripts.sample_practice.clinical.complaint import Outcome

_KID: Final = (0, 12)
_COLD: Final = Outcome(
    "Acute upper respiratory infection",
    "J06.9",
    "54150009",
    days=9,
    fever=25,
    story=(
        "[Runny nose|Stuffy nose] and cough for <3-8> days, [sick contacts at school|a colleague is ill|no known contact].",
        "Started with a sore throat, now mostly cough; [drinks well|sleeps badly]. No shortness of breath.",
    ),
    exam=(
        "Ears clear, throat [red|slightly red] without exudate, lungs clear.",
        "Nasal congestion; lungs clear on both sides.",
    ),
    judged=(
        "Viral upper respiratory infection.",
        "Common cold, [day <3-8>], no sign of pneumonia.",
    ),
    plan=(
        "Fluids, rest, honey at night. Back if fever or worse after ten days.",
        "Saline rinses; no antibiotic needed. [Work|School] when fever-free for a day.",
    ),
)
_OTITIS: Final = Outcome(
    "Acute otitis media, right ear",
    "H66.91",
    "3110003",
    ages=_KID,
    days=12,
    fever=60,
    pain=6,
    drugs=("amoxicillin-child",),
    story=(
        "Pulls at the right ear since [yesterday|two days], [woke crying|fever at night], cold for a week.",
    ),
    exam=("Right eardrum bulging and red, [left clear|left dull]. Lungs clear.",),
    judged=("Acute otitis media, right.",),
    plan=("{drug_or_watch} Recheck if not better in 48 hours.",),
)
_VIRAL_FEVER: Final = Outcome(
    "Viral infection",
    "B34.9",
    "34014006",
    ages=(0, 17),
    days=5,
    fever=90,
    story=(
        "Fever up to <101-103> °F for <1-3> days, [eats less|playful between fevers|one vomit]. Wet diapers or toilet as usual.",
    ),
    exam=("[Alert, consolable|Tired but interactive], moist mucosa, no rash, neck supple.",),
    judged=("Febrile illness, most likely viral.",),
    plan=(
        "Antipyretics by weight, fluids; [back in 2 days if still febrile|call for stiff neck or fewer wet diapers].",
    ),
)
_PHARYNGITIS: Final = Outcome(
    "Acute pharyngitis",
    "J02.9",
    "363746003",
    days=6,
    fever=35,
    pain=5,
    panels=("strep",),
    story=("Sore throat for <2-4> days, [with cough|no cough], swallowing hurts.",),
    exam=("Pharynx red, [no exudate|small tonsils], no large nodes.",),
    judged=("Pharyngitis; rapid strep sent.",),
    plan=("Salt-water gargle, pain relief; antibiotic only if strep is positive.",),
)
_ECZEMA_LIKE: Final = Outcome(
    "Contact dermatitis",
    "L25.9",
    "40275004",
    ages=(4, 90),
    days=12,
    drugs=("hydrocortisone",),
    story=("Itchy rash for <3-7> days after [a new soap|gardening|a new bracelet].",),
    exam=("Red, slightly raised, scratched patches of the [forearms|wrists|neck].",),
    judged=("Contact dermatitis.",),
    plan=("Avoid the trigger; {drug} for a week.",),
)

SICK: Final[dict[str, tuple[Outcome, ...]]] = {
    "Cough for a week": (
        _COLD,
        Outcome(
            "Acute bronchitis",
            "J20.9",
            "10509002",
            ages=(16, 100),
            days=18,
            fever=15,
            imaging="",
            drugs=(),
            story=(
                "Cough for <6-10> days with [yellow|clear] sputum, chest sore from coughing, no fever now.",
            ),
            exam=("Scattered rhonchi that clear with cough; no crackles.",),
            judged=("Acute bronchitis, viral.",),
            plan=(
                "Cough may last three weeks. Honey, inhaled steam; chest X-ray if fever returns.",
            ),
        ),
        Outcome(
            "Pneumonia",
            "J18.9",
            "233604007",
            ages=(30, 100),
            weight=4,
            days=21,
            fever=85,
            imaging="chest",
            drugs=("azithromycin",),
            panels=("cbc",),
            story=("Cough with fever and chills for <3-5> days, short of breath on stairs.",),
            exam=("Crackles at the [right|left] base, breath sounds reduced there.",),
            judged=("Community-acquired pneumonia, can be treated at home.",),
            plan=("{drug}; chest X-ray today; recheck in 2 days.",),
        ),
    ),
    "Sore throat": (
        _PHARYNGITIS,
        Outcome(
            "Streptococcal pharyngitis",
            "J02.0",
            "43878008",
            ages=(3, 45),
            weight=6,
            days=10,
            fever=65,
            pain=6,
            panels=("strep-positive",),
            drugs=("amoxicillin-child", "amoxicillin"),
            story=(
                "Sore throat and fever since [yesterday|two days], no cough, [a classmate has strep|headache].",
            ),
            exam=("Tonsils enlarged with exudate, tender nodes at the neck.",),
            judged=("Strep pharyngitis, rapid test positive.",),
            plan=("{drug_or_watch} Contagious until 24 hours on antibiotic.",),
        ),
    ),
    "Back pain": (
        Outcome(
            "Low back pain",
            "M54.50",
            "279039007",
            ages=(14, 100),
            days=28,
            pain=7,
            drugs=("ibuprofen", "acetaminophen"),
            story=(
                "Low back pain since [lifting a box|shoveling|a long drive] <3-12> days ago, [no radiation|into the right buttock]. No weakness, bladder normal.",
            ),
            exam=(
                "Lumbar muscles tight; straight-leg raise negative; strength and reflexes equal.",
            ),
            judged=("Mechanical low back pain, no red flags.",),
            plan=(
                "Stay active, heat, {drug}. [Physical therapy if not better in 4 weeks|Exercises shown].",
            ),
            referral="Physical therapy",
        ),
    ),
    "Knee pain": (
        Outcome(
            "Pain in right knee",
            "M25.561",
            "30989003",
            ages=(12, 100),
            days=35,
            pain=6,
            imaging="knee",
            drugs=("ibuprofen", "acetaminophen"),
            story=(
                "Right knee pain for <2-6> weeks, [after running|after a twist|on stairs], no locking.",
            ),
            exam=(
                "Right knee: [small effusion|no effusion], stable ligaments, [joint line tender|patella tender].",
            ),
            judged=("Right knee pain, [overuse|meniscus possible].",),
            plan=("Ice, {drug}, X-ray; physical therapy.",),
            referral="Physical therapy",
        ),
    ),
    "Fatigue": (
        Outcome(
            "Fatigue",
            "R53.83",
            "84229001",
            ages=(12, 100),
            days=60,
            panels=("cbc", "tsh", "cmp"),
            story=(
                "Tired for <1-4> months, sleeps <5-7> hours, [works two shifts|new baby at home|low mood denied]. No weight loss, no fever.",
            ),
            exam=("Well-appearing, no pallor, thyroid not enlarged, no nodes.",),
            judged=(
                "Fatigue, most likely [sleep debt|strain]; anemia and thyroid to be ruled out.",
            ),
            plan=("CBC, TSH, metabolic panel; sleep hygiene; back with results.",),
        ),
    ),
    "Fever": (_VIRAL_FEVER, _OTITIS),
    "Ear pain": (
        _OTITIS,
        Outcome(
            "Otitis externa, left ear",
            "H60.92",
            "3135009",
            ages=(5, 17),
            weight=4,
            days=9,
            pain=6,
            story=("Left ear hurts when touched, swims [every day|twice a week].",),
            exam=("Left canal swollen and moist, eardrum normal.",),
            judged=("Swimmer's ear.",),
            plan=("Drops for 7 days; keep dry.",),
        ),
    ),
    "Rash": (
        Outcome(
            "Hand, foot and mouth disease",
            "B08.4",
            "266108008",
            ages=(0, 8),
            days=8,
            fever=45,
            story=(
                "Spots of hands and mouth since [yesterday|two days], [day care outbreak|drools|eats little].",
            ),
            exam=("Vesicles of palms and soles, small ulcers of the mouth.",),
            judged=("Hand, foot and mouth disease.",),
            plan=("Cold fluids, pain relief; day care when fever-free.",),
        ),
        Outcome(
            "Impetigo",
            "L01.00",
            "48277006",
            ages=(1, 14),
            days=9,
            story=("Crusts around the [nose|chin] for <3-5> days, spreading.",),
            exam=("Honey-colored crusts, no swelling.",),
            judged=("Impetigo.",),
            plan=("Antibiotic ointment three times a day; own towel.",),
        ),
        _ECZEMA_LIKE,
    ),
    "Vomiting since last night": (
        Outcome(
            "Viral gastroenteritis",
            "A08.4",
            "111843007",
            ages=(0, 60),
            days=4,
            fever=35,
            story=(
                "Vomited <3-8> times since last night, [loose stools twice|no diarrhea yet]; last urine <2-5> hours ago.",
            ),
            exam=("Mucosa [moist|slightly dry], abdomen soft, capillary refill under 2 seconds.",),
            judged=("Gastroenteritis, [not dehydrated|mildly dehydrated].",),
            plan=("Small sips of rehydration solution; back for blood, or no urine in 8 hours.",),
        ),
    ),
    "A cold": (_COLD,),
    "Dysuria": (
        Outcome(
            "Urinary tract infection",
            "N39.0",
            "68566005",
            ages=(16, 90),
            sex="female",
            days=6,
            drugs=("nitrofurantoin",),
            panels=("urine",),
            story=("Burning and frequency for <1-3> days, no flank pain, no fever.",),
            exam=("Abdomen soft, no flank tenderness.",),
            judged=("Uncomplicated cystitis.",),
            plan=("{drug}; culture sent; call if fever.",),
        ),
    ),
}
