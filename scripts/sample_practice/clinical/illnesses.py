"""All lasting problems of the sample by the names that other tables use."""

from __future__ import annotations

from typing import Final

from scripts.sample_practice.clinical.illness import Illness
from scripts.sample_practice.clinical.illnesses_heart import HEART
from scripts.sample_practice.clinical.illnesses_mind import MIND
from scripts.sample_practice.clinical.illnesses_organs import ORGANS

ILLNESSES: Final[dict[str, Illness]] = {**HEART, **ORGANS, **MIND}

IMPLIED: Final[dict[str, tuple[tuple[str, int, int], ...]]] = {
    "Diabetes follow-up": (("diabetes", 32, 120), ("diabetes-1", 8, 31)),
    "Newly diagnosed diabetes": (("diabetes", 32, 120), ("diabetes-1", 8, 31)),
    "Diabetes self-management": (("diabetes", 32, 120),),
    "Blood pressure check": (("hypertension", 28, 120),),
    "Seasonal allergies": (("rhinitis", 3, 120),),
    "Eczema flare": (("eczema", 0, 120),),
    "Acne": (("acne", 12, 40),),
    "Psoriasis, narrow-band UVB": (("psoriasis", 18, 120),),
    "Weight management": (("obesity", 18, 120),),
}
"""What a reason for a visit says of whoever gives it, with the ages that it fits."""
