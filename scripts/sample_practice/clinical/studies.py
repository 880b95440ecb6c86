"""Images and tissue: what was looked at, and what the report says in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.records.clinical.report import ReportCategory

C = ReportCategory


@dataclass(frozen=True)
class Study:
    name: str
    loinc: str
    category: ReportCategory
    findings: tuple[str, ...]
    impression: tuple[tuple[str, bool], ...]
    """What it comes to, and whether that is abnormal."""
    days: int = 2
    """From the order to the report."""


STUDIES: Final[dict[str, Study]] = {
    "chest": Study(
        "X-ray of the chest, two views",
        "36643-5",
        C.IMAGING,
        ("Heart size normal. [No effusion|Costophrenic angles sharp]. Bones without fracture.",),
        (
            ("Patchy opacity of the right lower lobe, in keeping with pneumonia.", True),
            ("No acute cardiopulmonary abnormality.", False),
        ),
        days=1,
    ),
    "knee": Study(
        "X-ray of the right knee, three views",
        "",
        C.IMAGING,
        (
            "[Joint space preserved|Slight narrowing of the medial joint space]. No fracture. [No effusion|Small effusion].",
        ),
        (
            ("Mild medial osteoarthritis.", True),
            ("Normal knee.", False),
            ("No acute bony abnormality.", False),
        ),
    ),
    "mammogram": Study(
        "Screening mammogram, both breasts",
        "24606-6",
        C.IMAGING,
        (
            "Breast tissue [scattered fibroglandular|heterogeneously dense]. Compared with the study of last year.",
        ),
        (
            ("BI-RADS 1: negative. Routine screening in one year.", False),
            ("BI-RADS 2: benign calcifications. Routine screening in one year.", False),
            (
                "BI-RADS 0: asymmetry of the left upper outer quadrant; diagnostic views and ultrasound needed.",
                True,
            ),
        ),
        days=4,
    ),
    "bones": Study(
        "Bone density (DXA), hip and spine",
        "38269-7",
        C.IMAGING,
        ("Lumbar spine T-score -<1-2>.<1-9>; femoral neck T-score -<1-2>.<1-9>.",),
        (("Osteopenia.", True), ("Bone density normal for age.", False)),
        days=4,
    ),
    "pelvis": Study(
        "Ultrasound of the pelvis",
        "24869-0",
        C.IMAGING,
        ("Uterus <8-10> cm, endometrium <5-11> mm. Ovaries [normal|with follicles].",),
        (("Intramural fibroid of 2.4 cm.", True), ("Normal pelvic ultrasound.", False)),
    ),
    "dating": Study(
        "Ultrasound in pregnancy, dating",
        "11525-3",
        C.IMAGING,
        (
            "Single live intrauterine pregnancy; heart rate <150-172>/min; crown-rump length fits {weeks} weeks.",
        ),
        (("Single pregnancy, dates confirmed.", False),),
        days=0,
    ),
    "anatomy": Study(
        "Ultrasound in pregnancy, anatomy",
        "11525-3",
        C.IMAGING,
        (
            "Single fetus, {weeks} weeks by measures; four-chamber heart, spine, kidneys, limbs seen; placenta [posterior|anterior], clear of the cervix.",
        ),
        (("Normal anatomy for dates.", False),),
        days=0,
    ),
    "biopsy": Study(
        "Surgical pathology, skin",
        "11529-5",
        C.PATHOLOGY,
        ("Shave biopsy, [0.6|0.8|0.5] cm, inked and bisected.",),
        (
            ("Basal cell carcinoma, nodular; margins involved.", True),
            ("Seborrheic keratosis, irritated.", False),
            ("Compound nevus, no atypia.", False),
        ),
        days=6,
    ),
    "pap": Study(
        "Cervical cytology",
        "47527-7",
        C.PATHOLOGY,
        ("Satisfactory for evaluation; endocervical cells present.",),
        (
            ("Negative for intraepithelial lesion or malignancy.", False),
            ("Negative for intraepithelial lesion or malignancy. HPV negative.", False),
            ("Atypical squamous cells of undetermined significance; HPV positive.", True),
        ),
        days=7,
    ),
}
