"""What people are allergic to, what it did, and how bad that was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.records.clinical.allergy import AllergyCategory, Criticality, ReactionSeverity
from caresmith.records.clinical.coding import RXNORM, SNOMED

C, K, S = AllergyCategory, Criticality, ReactionSeverity

MANIFESTATIONS: Final = {
    "hives": ("Hives", "247472004"),
    "anaphylaxis": ("Anaphylaxis", "39579001"),
    "rash": ("Rash", "271807003"),
    "swelling": ("Angioedema", "41291007"),
    "nausea": ("Nausea", "422587007"),
    "cough": ("Cough", "49727002"),
    "wheezing": ("Wheezing", "56018004"),
    "runny nose": ("Runny nose", "64531003"),
    "itching": ("Itching", "418290006"),
    "vomiting": ("Vomiting", "422400008"),
    "muscle pain": ("Muscle pain", "68962001"),
}
"""SNOMED CT."""


@dataclass(frozen=True)
class Allergen:
    name: str
    system: str
    code: str
    category: AllergyCategory
    share: float
    """How many of a thousand have it."""
    reactions: dict[str, ReactionSeverity]
    criticality: Criticality
    from_age: int = 1
    intolerance: bool = False


ALLERGENS: Final[dict[str, Allergen]] = {
    "penicillin": Allergen(
        "Penicillin",
        RXNORM,
        "70618",
        C.MEDICATION,
        70,
        {"hives": S.MODERATE, "rash": S.MILD, "anaphylaxis": S.SEVERE},
        K.HIGH,
        2,
    ),
    "sulfa": Allergen(
        "Sulfamethoxazole",
        RXNORM,
        "10180",
        C.MEDICATION,
        35,
        {"rash": S.MODERATE, "hives": S.MODERATE},
        K.HIGH,
        3,
    ),
    "codeine": Allergen(
        "Codeine",
        RXNORM,
        "2670",
        C.MEDICATION,
        15,
        {"nausea": S.MODERATE, "itching": S.MILD},
        K.LOW,
        18,
        intolerance=True,
    ),
    "aspirin": Allergen(
        "Aspirin",
        RXNORM,
        "1191",
        C.MEDICATION,
        10,
        {"wheezing": S.MODERATE, "hives": S.MODERATE},
        K.HIGH,
        18,
    ),
    "ibuprofen": Allergen(
        "Ibuprofen",
        RXNORM,
        "5640",
        C.MEDICATION,
        15,
        {"hives": S.MILD, "swelling": S.SEVERE},
        K.HIGH,
        12,
    ),
    "lisinopril": Allergen(
        "Lisinopril",
        RXNORM,
        "29046",
        C.MEDICATION,
        18,
        {"cough": S.MODERATE, "swelling": S.SEVERE},
        K.LOW,
        35,
        intolerance=True,
    ),
    "atorvastatin": Allergen(
        "Atorvastatin",
        RXNORM,
        "83367",
        C.MEDICATION,
        10,
        {"muscle pain": S.MODERATE},
        K.LOW,
        40,
        intolerance=True,
    ),
    "peanut": Allergen(
        "Peanut",
        SNOMED,
        "762952008",
        C.FOOD,
        18,
        {"hives": S.MODERATE, "anaphylaxis": S.SEVERE},
        K.HIGH,
    ),
    "shellfish": Allergen(
        "Shellfish",
        SNOMED,
        "735029006",
        C.FOOD,
        20,
        {"hives": S.MODERATE, "swelling": S.SEVERE},
        K.HIGH,
        12,
    ),
    "milk": Allergen(
        "Cow's milk",
        SNOMED,
        "3718001",
        C.FOOD,
        10,
        {"vomiting": S.MODERATE, "rash": S.MILD},
        K.LOW,
        0,
    ),
    "bee": Allergen(
        "Bee venom",
        SNOMED,
        "288328004",
        C.ENVIRONMENT,
        12,
        {"swelling": S.MODERATE, "anaphylaxis": S.SEVERE},
        K.HIGH,
        5,
    ),
    "grass": Allergen(
        "Grass pollen",
        SNOMED,
        "256277009",
        C.ENVIRONMENT,
        35,
        {"runny nose": S.MILD, "itching": S.MILD},
        K.LOW,
        4,
    ),
    "mites": Allergen(
        "House dust mite",
        SNOMED,
        "260147004",
        C.ENVIRONMENT,
        20,
        {"runny nose": S.MILD, "wheezing": S.MODERATE},
        K.LOW,
        4,
    ),
    "latex": Allergen(
        "Latex",
        SNOMED,
        "111088007",
        C.ENVIRONMENT,
        8,
        {"itching": S.MODERATE, "hives": S.MODERATE},
        K.HIGH,
        10,
    ),
}
SECOND_CHOICE: Final = {
    "amoxicillin": "azithromycin",
    "lisinopril": "losartan",
    "lisinopril-20": "losartan",
    "atorvastatin": "simvastatin",
    "atorvastatin-80": "simvastatin",
    "naproxen": "acetaminophen",
    "ibuprofen": "acetaminophen",
    "aspirin": "clopidogrel",
}
"""What is given to whom does not bear the first; where nothing is named, nothing is given."""
