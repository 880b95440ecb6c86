"""Check-ups and what specialists are seen for, by the reason that was given for the visit."""

from __future__ import annotations

from typing import Final

from scripts.sample_practice.clinical.complaint import Outcome

_NEVUS: Final = Outcome(
    "Melanocytic nevus of trunk",
    "D22.5",
    "400096001",
    ages=(10, 90),
    story=("Mole of the back has [grown|darkened] over <3-9> months, [no bleeding|itches].",),
    exam=(
        "Back: <4-7> mm, [symmetric|slightly irregular] brown macule, even network by dermoscopy.",
    ),
    judged=("Benign-looking nevus.",),
    plan=("Photograph today; [recheck in 6 months|biopsy if it changes].",),
)
_UNCERTAIN: Final = Outcome(
    "Neoplasm of uncertain behavior of skin",
    "D48.5",
    "",
    ages=(25, 95),
    weight=5,
    procedure=("Shave biopsy of skin", "240977001"),
    imaging="biopsy",
    story=("Spot of the [cheek|shoulder|back] that [bleeds|does not heal] for <2-6> months.",),
    exam=("<5-9> mm [pearly papule|scaly plaque], fine vessels by dermoscopy.",),
    judged=("Suspicious lesion.",),
    plan=("Shave biopsy after consent; wound care sheet; result in a week.",),
)
_KERATOSIS: Final = Outcome(
    "Seborrheic keratosis",
    "L82.1",
    "25499005",
    ages=(40, 95),
    story=("Rough spots of the back, itchy under the bra strap or belt.",),
    exam=("Stuck-on, waxy plaques of the trunk.",),
    judged=("Seborrheic keratoses, harmless.",),
    plan=("No treatment needed; back if one changes.",),
)
_SUN: Final = Outcome(
    "Actinic keratosis",
    "L57.0",
    "201101007",
    ages=(45, 95),
    procedure=("Cryotherapy", "26782000"),
    story=("Rough, sometimes sore spots of the [scalp|forehead|hands].",),
    exam=("<2-6> gritty pink papules of the [scalp|temple|back of the hands].",),
    judged=("Actinic keratoses.",),
    plan=("Liquid nitrogen to each; sunscreen daily; full skin check in a year.",),
)
_WART: Final = Outcome(
    "Viral wart",
    "B07.9",
    "57019003",
    ages=(6, 44),
    procedure=("Cryotherapy", "26782000"),
    story=("Warts of the [hand|foot] for <2-8> months, acid plasters did not help.",),
    exam=("<1-4> rough papules with black dots.",),
    judged=("Common warts.",),
    plan=("Frozen twice; again in <3-4> weeks.",),
)
_SKIN_CHECK: Final = Outcome(
    "Screening for malignant neoplasm of skin",
    "Z12.83",
    "",
    ages=(12, 95),
    story=("Here for a skin check; [burnt easily as a child|a parent had melanoma|no new spots].",),
    exam=(
        "Full skin seen: [few nevi, none suspicious|scattered lentigines, no suspicious lesion].",
    ),
    judged=("Skin check without suspicious lesion.",),
    plan=("Self-check monthly; sunscreen; back in a year.",),
)
_ADULT_EXAM: Final = Outcome(
    "General adult medical examination",
    "Z00.00",
    "",
    ages=(18, 120),
    panels=("lipids", "cmp"),
    story=(
        "Here for the annual physical. [No new complaints|Would like blood work|Asks about screening].",
        "Feels well. [Exercises three times a week|Sits most of the day|Walks the dog twice a day].",
    ),
    exam=(
        "Heart regular, lungs clear, abdomen soft, no edema.",
        "Normal examination, [wears glasses|teeth in good repair].",
    ),
    judged=(
        "Healthy examination for age.",
        "Preventive visit; [screening up to date|screening discussed].",
    ),
    plan=(
        "Labs as ordered; back in a year.",
        "Exercise, sleep and alcohol discussed; [screening ordered|vaccines reviewed].",
    ),
)
_CHILD_EXAM: Final = Outcome(
    "Routine child health examination",
    "Z00.129",
    "",
    ages=(0, 17),
    story=(
        "[No concerns|Picky with vegetables|Sleep regression last month|Asks about screen time].",
    ),
    exam=(
        "Well-appearing, heart without murmur, hips and spine normal for age.",
        "Alert, good tone, red reflex or vision fine, abdomen soft.",
    ),
    judged=("Well child, growing along the curve.", "Healthy, development right for age."),
    plan=(
        "Next well visit by schedule; vaccines as recorded.",
        "Anticipatory guidance given; back sooner for any concern.",
    ),
)
_ESTABLISH: Final = Outcome(
    "Encounter to establish care",
    "Z76.89",
    "",
    panels=("cmp", "lipids"),
    ages=(18, 120),
    story=(
        "New here, [moved for work|recommended by a relative|former physician retired]. Records requested.",
    ),
    exam=("Well-appearing; heart and lungs normal.",),
    judged=("Establishing care; history taken and reconciled.",),
    plan=("Baseline labs; physical within the year.",),
)
_BIRTH_CONTROL: Final = Outcome(
    "Surveillance of contraceptive pills",
    "Z30.41",
    "",
    ages=(15, 45),
    sex="female",
    drugs=("pill",),
    story=(
        "On the pill, [no spotting|spotting in the first month]; no migraine with aura, does not smoke.",
    ),
    exam=("Pressure normal, abdomen soft.",),
    judged=("Contraception, [suits her|wants to go on].",),
    plan=("{drug}; missed-pill rules repeated.",),
)
_GYN_EXAM: Final = Outcome(
    "Routine gynecological examination",
    "Z01.419",
    "",
    ages=(16, 95),
    sex="female",
    imaging="pap",
    story=(
        "Annual exam, no complaints; [cycles regular|no bleeding since menopause|cycles a little longer].",
    ),
    exam=("Breasts without mass; cervix normal; uterus and adnexa not tender.",),
    judged=("Normal gynecological examination.",),
    plan=("Cytology by schedule; [mammogram by age|vaccines reviewed]; back in a year.",),
)
_HEAVY: Final = Outcome(
    "Heavy menstrual bleeding",
    "N92.0",
    "386692008",
    ages=(18, 50),
    sex="female",
    panels=("cbc",),
    imaging="pelvis",
    days=120,
    story=("Heavy periods for <3-8> months, pads every <1-3> hours on the worst day.",),
    exam=("Uterus [normal size|slightly enlarged], adnexa free.",),
    judged=("Heavy menstrual bleeding, [structural cause looked for|fibroid possible].",),
    plan=("Ultrasound, CBC; options discussed.",),
)
_DIET: Final = Outcome(
    "Dietary counseling",
    "Z71.3",
    "",
    story=(
        "24-hour recall: [skips breakfast|two sodas|fast food twice this week|late snacks]; cooks <2-6> evenings a week.",
    ),
    judged=(
        "[Ready to change one thing at a time|Motivated by the last lab results|Needs simple swaps].",
    ),
    plan=(
        "Goals: [half the plate vegetables|water instead of soda|breakfast with protein]; food log for a week.",
    ),
)

WELL: Final[dict[str, tuple[Outcome, ...]]] = {
    "Establishing care": (_ESTABLISH, _CHILD_EXAM),
    "Annual physical": (_ADULT_EXAM, _CHILD_EXAM),
    "School sports form": (
        Outcome(
            "Examination for participation in sport",
            "Z02.5",
            "",
            ages=(6, 18),
            story=(
                "Sports form for [soccer|track|basketball|swimming]. No fainting, no heart disease in the family.",
            ),
            exam=("Heart without murmur lying and standing, joints stable.",),
            judged=("Fit for sports.",),
            plan=("Form signed; concussion rules told.",),
        ),
    ),
    "Pre-employment physical": (
        Outcome(
            "Pre-employment examination",
            "Z02.1",
            "",
            ages=(16, 70),
            story=("Starts as [a driver|a teacher aide|a warehouse worker] next month.",),
            exam=("Normal examination, vision 20/<20-30> on both sides.",),
            judged=("No restriction.",),
            plan=("Form completed; tuberculosis test read in 2 days.",),
        ),
    ),
    "Well-child check": (_CHILD_EXAM,),
    "Immunizations due": (_CHILD_EXAM,),
    "Changing mole": (_NEVUS, _UNCERTAIN),
    "Skin check": (_SKIN_CHECK, _KERATOSIS, _SUN),
    "Biopsy": (_UNCERTAIN, _NEVUS),
    "Excision": (_NEVUS,),
    "Cryotherapy": (_SUN, _WART),
    "Contraception": (_BIRTH_CONTROL, _GYN_EXAM),
    "Annual exam": (_GYN_EXAM,),
    "Pelvic ultrasound": (_HEAVY,),
    "Food allergies": (_DIET,),
    "Diet": (_DIET,),
}
