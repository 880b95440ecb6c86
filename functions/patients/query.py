"""What somebody typed into the search box, read as names, dates and numbers.

``garcia maria 3/14/1985``, ``(206) 555-0100``, ``100123``, ``wang 0199``: any
mixture in any order. A number may be several things at once (the end of a
telephone number, an MRN); a chart fits if it is any of them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import jellyfish

from caresmith.records.contact import phone_number
from caresmith.records.patient import PatientCard
from functions.patients.names import PARTICLES, all_words, sound, words
from functions.patients.tokens import LAST_DIGITS

_DATES: Final = (
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)"), "mdy"),
    (re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](\d{2})(?!\d)"), "mdy"),
    (re.compile(r"(?<!\d)(\d{2})(\d{2})((?:19|20)\d{2})(?!\d)"), "mdy"),
)
_PHONE: Final = re.compile(r"(?:\+\d[\d\s().-]{8,18}\d|\(?\d{3}\)?[\s.-]*\d{3}[\s.-]*\d{4})(?!\d)")
_LOCAL: Final = re.compile(r"(?<![\w-])(\d{3})[\s.](\d{4})(?![\w-])")
"""A telephone number without its area code, as it is said."""
_NUMBER: Final = re.compile(r"[A-Za-z0-9-]*\d[A-Za-z0-9-]*")
_MOST_WORDS: Final = 6
_SIMILAR: Final = 0.88


@dataclass(frozen=True, slots=True)
class Query:
    """A search as understood. All that is given must fit."""

    names: tuple[str, ...]
    birth_date: dt.date | None = None
    phone: str | None = None
    """E.164."""
    number: str | None = None
    """An MRN, or the last digits of a telephone number."""

    @property
    def ending(self) -> str:
        """The digits with which a telephone number may end; empty where there are too few."""
        digits = (self.number or "").replace("-", "")
        return digits if digits.isdecimal() and len(digits) >= LAST_DIGITS else ""

    @property
    def last_digits(self) -> str | None:
        """Four digits that a telephone number may end with."""
        return self.ending[-LAST_DIGITS:] or None

    def fits(self, card: PatientCard, *, by_mrn: bool = False) -> bool:
        """Whether the card has all that was asked, names by their beginnings.

        ``by_mrn``: the chart was found by the number, perhaps a former one.
        """
        return self._facts_fit(card, by_mrn=by_mrn) and all(
            any(word.startswith(asked) for word in _words_of(card)) for asked in self.names
        )

    def sounds_like(self, card: PatientCard) -> bool:
        """Whether the card fits if names may be misspelt."""
        return self._facts_fit(card, by_mrn=False) and all(
            any(_alike(asked, word) for word in _words_of(card)) for asked in self.names
        )

    def _facts_fit(self, card: PatientCard, *, by_mrn: bool) -> bool:
        if self.birth_date and card.birth_date != self.birth_date:
            return False
        if self.phone and self.phone not in card.phones:
            return False
        if self.number is None or by_mrn or card.mrn == self.number.upper():
            return True
        return bool(self.ending) and any(p.endswith(self.ending) for p in card.phones)


def _words_of(card: PatientCard) -> set[str]:
    return all_words((card.name, card.sort_name, *card.other_names))


def _alike(asked: str, word: str) -> bool:
    if word.startswith(asked) or (sound(asked) and sound(asked) == sound(word)):
        return True
    return jellyfish.jaro_winkler_similarity(asked, word) >= _SIMILAR


def read_query(text: str, today: dt.date) -> Query:
    """Understand what was typed. Two-digit years lie in the past of ``today``."""
    rest, birth_date = _take_date(text, today)
    rest, phone = _take_phone(rest)
    rest = _LOCAL.sub(r"\1\2", rest)
    number = None
    for match in _NUMBER.finditer(rest):
        number = match.group().strip("-")
        rest = rest.replace(match.group(), " ", 1)
        break
    found = list(dict.fromkeys(w for w in words(rest) if w.isalpha()))[:_MOST_WORDS]
    # "van" alone finds nobody in particular; with "dyke" it is only noise.
    telling = [w for w in found if w not in PARTICLES] or found
    return Query(tuple(telling), birth_date, phone, number)


def _take_date(text: str, today: dt.date) -> tuple[str, dt.date | None]:
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            parts = dict(zip(order, map(int, match.groups()), strict=True))
            year = parts["y"]
            if year < 100:  # noqa: PLR2004 - a year of two digits
                year += 2000 if 2000 + year <= today.year else 1900
            try:
                found = dt.date(year, parts["m"], parts["d"])
            except ValueError:
                continue
            return text[: match.start()] + " " + text[match.end() :], found
    return text, None


def _take_phone(text: str) -> tuple[str, str | None]:
    for match in _PHONE.finditer(text):
        try:
            number = phone_number(match.group())
        except ValueError:
            continue
        return text[: match.start()] + " " + text[match.end() :], number
    return text, None


def neighbours(names: tuple[str, ...]) -> tuple[str, ...]:
    """Neighbouring words written as one: "mary ann" also finds "Maryann"."""
    return tuple(a + b for a, b in pairwise(names))
