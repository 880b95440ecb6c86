"""Is the person of an outside document the one of the chart?"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from caresmith.records.patient import PatientCard
from functions.documents.ccda.incoming.header import Header

Difference = Literal["name", "birth_date", "gender"]
_GENDERS: Final = {"M": "male", "F": "female"}


def differences(told: Header, card: PatientCard) -> list[Difference]:
    """What of the header does not fit the chart; what it does not tell can't differ."""
    differs: list[Difference] = []
    names = [_bare(name) for name in (card.name, *card.other_names)]
    family = _bare(told.family or "")
    first = _bare(told.given[0]) if told.given else ""
    if not any(family in name and first in name for name in names):
        differs.append("name")
    if told.birth_date and not card.birth_date.isoformat().startswith(told.birth_date):
        differs.append("birth_date")
    gender = _GENDERS.get(told.gender or "")
    if gender and card.gender in _GENDERS.values() and gender != card.gender:
        differs.append("gender")
    return differs


def _bare(name: str) -> str:
    """Letters alone, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
