"""Lasting problems of lungs, gut, bones and other organs."""

from __future__ import annotations

from typing import Final

from scripts.sample_practice.clinical.illness import Illness

ORGANS: Final[dict[str, Illness]] = {
    "copd": Illness(
        "Chronic obstructive pulmonary disease",
        "J44.9",
        "13645005",
        share={55: 6, 65: 10},
        begins=(50, 80),
        drugs=(("salmeterol",), ("albuterol",)),
        saturation=4,
        excludes=("asthma", "asthma-child"),
        interval=(
            "Short of breath on [one flight|two flights|the hill to the bus]; uses the rescue inhaler <1-5> times a week.",
        ),
        exam=("Breath sounds [distant|with a few wheezes], no accessory muscles.",),
        judged=("COPD, [no flare since last visit|one flare this winter].",),
        plan=(
            "Inhaler technique checked; [pulmonary rehabilitation offered|influenza vaccine each fall].",
        ),
        referral="Pulmonology",
    ),
    "asthma": Illness(
        "Mild persistent asthma",
        "J45.30",
        "426979002",
        share={18: 8, 50: 6},
        begins=(6, 45),
        drugs=(("fluticasone-inhaled",), ("albuterol",)),
        excludes=("asthma-child",),
        interval=(
            "Rescue inhaler <0-3> times a week, [no night waking|woke once at night|worse with cats].",
        ),
        exam=("Lungs clear, [no wheeze|slight wheeze on forced breath].",),
        judged=("Asthma, [well|partly] controlled.",),
        plan=("Controller continues; action plan [given|reviewed].",),
    ),
    "reflux": Illness(
        "Gastro-esophageal reflux disease",
        "K21.9",
        "235595009",
        share={25: 8, 45: 16, 65: 19},
        begins=(20, 75),
        drugs=(("omeprazole",),),
        interval=(
            "Heartburn [once a week|only after late meals|gone on treatment]; no trouble swallowing.",
        ),
        exam=("Abdomen soft, not tender.",),
        judged=("Reflux, [controlled|controlled while on omeprazole].",),
        plan=("[Try every other day|Continue]; head of the bed up; no late meals.",),
    ),
    "anemia": Illness(
        "Iron deficiency anemia",
        "D50.9",
        "87522002",
        share={16: 6, 50: 2},
        begins=(14, 48),
        sex="female",
        drugs=(("iron",),),
        panels={"cbc": 3, "ferritin": 6},
        interval=("[Less tired since on iron|Still tired on stairs]; periods [heavy|as before].",),
        judged=("Iron deficiency anemia, hemoglobin {hgb}.",),
        plan=(
            "Iron for 3 months past normal hemoglobin; [with vitamin C|stool softener as needed].",
        ),
    ),
    "vitamin-d": Illness(
        "Vitamin D deficiency",
        "E55.9",
        "34713006",
        share={20: 8, 50: 12},
        begins=(18, 80),
        drugs=(("vitamin-d",),),
        panels={"vitamin-d": 12},
        judged=("Vitamin D deficiency, on replacement.",),
        plan=("Vitamin D daily; level once a year.",),
    ),
    "gout": Illness(
        "Gout",
        "M10.9",
        "90560007",
        share={45: 5, 65: 7},
        begins=(40, 75),
        sex="male",
        drugs=(("allopurinol",),),
        panels={"urate": 12},
        interval=(
            "[No attack since last visit|One attack of the great toe, settled in four days].",
        ),
        judged=("Gout on allopurinol.",),
        plan=("Urate goal below 6 mg/dL; [less beer|water with meals].",),
    ),
    "knees": Illness(
        "Osteoarthritis of both knees",
        "M17.0",
        "239873007",
        share={55: 17, 70: 26},
        begins=(50, 80),
        drugs=(("acetaminophen", "naproxen"),),
        interval=(
            "Knees hurt on [stairs|standing up|long walks], stiff for <5-20> minutes in the morning.",
        ),
        exam=(
            "Knees: [crepitus|bony swelling], no effusion, [full extension|flexion to <110-125> degrees].",
        ),
        judged=("Osteoarthritis of the knees, [stable|a little worse].",),
        plan=("[Physical therapy|Exercises at home]; {drug} as needed.",),
        referral="Physical therapy",
    ),
    "osteoporosis": Illness(
        "Age-related osteoporosis",
        "M81.0",
        "64859006",
        share={65: 18, 75: 26},
        begins=(62, 84),
        sex="female",
        drugs=(("alendronate",), ("vitamin-d",)),
        interval=(
            "No fall, no fracture. [Takes alendronate as told|Some heartburn with alendronate].",
        ),
        judged=("Osteoporosis on treatment.",),
        plan=("Bone density every two years; balance exercises.",),
    ),
    "prostate": Illness(
        "Benign prostatic hyperplasia with symptoms",
        "N40.1",
        "266569009",
        share={55: 14, 65: 30},
        begins=(52, 80),
        sex="male",
        drugs=(("tamsulosin",),),
        panels={"psa": 12},
        interval=("Up <1-3> times a night; stream [better on tamsulosin|weak in the morning].",),
        judged=("BPH, [symptoms bearable|symptoms better].",),
        plan=("Continue tamsulosin; less to drink after supper.",),
        referral="Urology",
    ),
}
