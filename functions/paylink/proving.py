"""Whose link it is: a birth date, and a last name or ZIP code, of the patient or who pays.

All of it is compared whatever was wrong first, and the answer never says which: neither its
words nor its time tells a guesser anything.
"""

from __future__ import annotations

import datetime as dt
import hmac
import unicodedata
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caresmith.records.revenue.people import Person

_ZIP: int = 5


class Proof(BaseModel):
    """What the form asks."""

    model_config = ConfigDict(extra="forbid")

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    year: int = Field(ge=1900, le=2100)
    other: str = Field(min_length=2, max_length=80)
    """Last name or ZIP code."""

    @model_validator(mode="after")
    def _is_a_day(self) -> Proof:
        dt.date(self.year, self.month, self.day)
        return self

    @property
    def born(self) -> dt.date:
        return dt.date(self.year, self.month, self.day)


def is_theirs(person: Person, proof: Proof) -> bool:
    right = False
    said = _plain(proof.other)
    for born, words in _known(person):
        same_day = hmac.compare_digest(born.isoformat(), proof.born.isoformat())
        same_word = False
        for word in words:
            same_word |= hmac.compare_digest(word.encode(), said.encode())
        right |= same_day and same_word
    return right


def _known(person: Person) -> Iterator[tuple[dt.date, list[str]]]:
    """Birth date, and the words that go with it, of the patient and of who pays."""
    zips = [_plain(zip_code) for zip_code in _zip_codes(person)]
    family = person.card.sort_name.partition(", ")[0]
    yield person.card.birth_date, [*_names(family), *zips]
    payer = person.guarantor.person
    if payer and person.guarantor.birth_date:
        yield person.guarantor.birth_date, [*_names(payer.name), *zips]


def _names(name: str) -> list[str]:
    """Every ending of it: of ``Maria de la Cruz`` also ``de la Cruz`` and ``Cruz``."""
    parts = name.replace(",", " ").split()
    return [_plain("".join(parts[place:])) for place in range(len(parts))]


def _zip_codes(person: Person) -> Iterator[str]:
    addresses = list(person.contact.addresses)
    payer = person.guarantor.person
    if payer and payer.address:
        addresses.append(payer.address)
    for address in addresses:
        if address.postal_code:
            yield address.postal_code[:_ZIP]


def _plain(words: str) -> str:
    """Letters and digits without accents and case; of a ZIP+4, the ZIP."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    kept = "".join(letter for letter in plain if letter.isalnum())
    return kept[:_ZIP] if kept.isdecimal() else kept
