"""The blind index of a patient: under which tokens a sealed chart is found.

=====  =============================================  ===============================
 kind   value                                          answers
=====  =============================================  ===============================
 n      a whole name word                              "garcia"
 n2..   its first 2, 3, 5 letters                      "ga", "gar", "garci.."
 s      its sound                                      "garsia"
 p3     the first three letters of two words of one    "ana garcia", "gar mar"
        person, in ABC order
 p5     the first five of two longer words             "maria garcia"
 ps     the sounds of both                             "mariya garsia"
 dob    birth date, ISO                                "3/14/1985"
 tel    telephone number, E.164                        "(206) 555-0100"
 tel4   its last four digits                           "0100"
=====  =============================================  ===============================

Why pairs: among 50,000 patients "garcia" alone stands for hundreds; the pair
stands for the few that are meant, so a query reads few items however large the
practice is.

A token only nominates: what a search shows has been compared with the opened
card. An index item left behind by an interrupted change can therefore cost a
read but never show a wrong patient.

What this leaks to someone who reads the table without the practice's key: how
many patients share a token, which tokens one patient has (their number hints at
how long the name is and how many words and telephones it has), and that two
patients share a word, a number or a birthday. Token frequencies could be
compared with public name statistics to guess the most common names; which is
why the table is encrypted at rest under its own key as well and the grants are
narrow. Nothing orders or reveals the values themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Final

from caresmith.blindindex import BlindIndex
from caresmith.records.contact import TelecomSystem
from caresmith.records.demographics import Contact, Demographics
from caresmith.records.patient import PHONE_KIND
from functions.patients.names import NameWords, name_words, sound

PREFIXES: Final = (2, 3, 5)
PAIR_PREFIX: Final = 3
LONG_PAIR_PREFIX: Final = 5
LAST_DIGITS: Final = 4
TAG_LENGTH: Final = 4
MAX_TOKENS: Final = 85
"""Of one patient: a transaction takes 100 items, and the chart needs some of them."""

Term = tuple[str, str]
"""A kind and a normalised value."""


def terms_of(demographics: Demographics, contact: Contact) -> tuple[list[Term], list[Term]]:
    """(terms of the names, other terms), each without repeats, in a fixed order.

    Somebody with very many names is found by the first of them.
    """
    phones = [t.value for t in contact.telecoms if t.system is TelecomSystem.PHONE]
    others: list[Term] = [("dob", demographics.birth_date.isoformat())]
    for phone in phones:
        others += [(PHONE_KIND, phone), ("tel4", phone[-LAST_DIGITS:])]
    others = list(dict.fromkeys(others))
    name_terms = list(dict.fromkeys(_name_terms(demographics)))
    return name_terms[: MAX_TOKENS - len(others)], others


def _name_terms(demographics: Demographics) -> Iterator[Term]:
    names = [name_words(name) for name in demographics.names]
    for name in names:
        for word in name.singles:
            yield from word_terms(word)
    for one, other in _pairs(names):
        yield from pair_terms(one, other)


def word_terms(word: str) -> Iterator[Term]:
    """The terms of one name word."""
    yield ("n", word)
    for length in PREFIXES:
        if len(word) >= length:
            yield (f"n{length}", word[:length])
    if sound(word):
        yield ("s", sound(word))


def pair_terms(one: str, other: str) -> Iterator[Term]:
    """The terms of two words of one person."""
    yield ("p3", _pair(one[:PAIR_PREFIX], other[:PAIR_PREFIX]))
    if min(len(one), len(other)) >= LONG_PAIR_PREFIX:
        yield ("p5", _pair(one[:LONG_PAIR_PREFIX], other[:LONG_PAIR_PREFIX]))
    if sound(one) and sound(other):
        yield ("ps", _pair(sound(one), sound(other)))


def typed_pair(one: str, other: str) -> Term:
    """The most telling pair term that two typed beginnings of three letters or more have."""
    return next(term for term in reversed(list(pair_terms(one, other))) if term[0] != "ps")


def prefix_term(word: str) -> Term:
    """The longest indexed prefix of a typed word of two letters or more."""
    length = max(size for size in PREFIXES if size <= len(word))
    return (f"n{length}", word[:length])


def _pairs(names: list[NameWords]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield from combinations(dict.fromkeys((*name.given, *name.family)), 2)
    # Somebody who married is also found by a given name with either family name.
    for one, other in combinations(names, 2):
        yield from product(one.given, other.family)
        yield from product(other.given, one.family)


def _pair(one: str, other: str) -> str:
    """Two words as one value that does not depend on their order."""
    return "|".join(sorted((one, other)))


def tag(token: str) -> str:
    """Four characters of a token: enough to rule a candidate out without unsealing."""
    return token[:TAG_LENGTH]


def tags_in(text: str) -> frozenset[str]:
    """The tags that an index item carries."""
    return frozenset(text[i : i + TAG_LENGTH] for i in range(0, len(text), TAG_LENGTH))


class PatientTokens:
    """All tokens of one patient and the tags that each index item carries."""

    def __init__(self, index: BlindIndex, demographics: Demographics, contact: Contact) -> None:
        name_terms, others = terms_of(demographics, contact)
        named = [index.token(kind, value) for kind, value in name_terms]
        self.all = frozenset(named + [index.token(kind, value) for kind, value in others])
        self.tags = "".join(sorted({tag(token) for token in named}))
