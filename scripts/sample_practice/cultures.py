"""Where names come from: what a name is made of, and how families hand it on.

The names themselves stand in :mod:`.names_west` and :mod:`.names_east`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caresmith.records.demographics import Ethnicity, Race


class Style(StrEnum):
    """How a person's name is made."""

    PLAIN = "plain"
    """Given, perhaps a middle name, and a family name that wives may take."""
    KEPT = "kept"
    """Given and family; nobody changes it at marriage."""
    TWO_FAMILIES = "two-families"
    """The father's first family name, then the mother's."""
    MOTHERS_AS_MIDDLE = "mothers-as-middle"
    """The mother's family name stands as middle name."""
    PATRONYMIC_MIDDLE = "patronymic-middle"
    """The father's name, inflected, between given and family name."""
    PATRONYMIC = "patronymic"
    """The father's name, inflected, instead of a family name."""
    FATHERS_NAME = "fathers-name"
    """The father's given name as it is, where forms ask for a family name."""
    FOREFATHERS = "forefathers"
    """Father's and grandfather's given names."""
    MIDDLE_BY_SEX = "middle-by-sex"
    """A middle name that tells woman from man (Thị and Văn, Kaur and Singh)."""
    SINGLE = "single"
    """One name and no other."""


@dataclass(frozen=True)
class Culture:
    """A stock of names with what usually goes with them."""

    key: str
    share: int
    """How many of about a thousand families."""
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    """``Kowalski/Kowalska``: a man's form and a woman's. Common ones stand there repeatedly."""
    race: Race
    language: str
    """BCP 47, of those in the family who prefer it to English."""
    prefers_it: float = 0.0
    """How many do."""
    style: Style = Style.PLAIN
    race_detail: str | None = None
    ethnicity: Ethnicity = Ethnicity.NOT_HISPANIC
    ethnicity_detail: str | None = None
    patronymics: tuple[str, ...] = ()
    """Parallel to ``men``: what their sons and daughters are called after them."""
    middles: str = ""
    """``man's/woman's`` for MIDDLE_BY_SEX."""


def names(text: str) -> tuple[str, ...]:
    """The comma-separated names of a text."""
    return tuple(" ".join(name.split()) for name in text.split(",") if name.strip())


def inflected(form: str, *, female: bool) -> str:
    """``Kowalski/Kowalska`` as a man's or a woman's name."""
    man, _, woman = form.partition("/")
    return woman if female and woman else man


def all_cultures() -> tuple[Culture, ...]:
    from scripts.sample_practice.names_east import EAST
    from scripts.sample_practice.names_west import WEST

    return (*WEST, *EAST)


HISPANIC: Final = Ethnicity.HISPANIC
