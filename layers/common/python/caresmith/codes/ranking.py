"""Which of the codes that have the words is likeliest meant.

The tabular list is written for coders: most of its entries are rare, and the common
ones have short titles. So a short title in which the typed words stand is first, and
what is about later encounters, pregnancies or families is last, unless it is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")

ABBREVIATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "afib": ("atrial fibrillation",),
    "bph": ("benign prostatic hyperplasia",),
    "cad": ("atherosclerotic heart disease",),
    "chf": ("heart failure",),
    "ckd": ("chronic kidney disease",),
    "copd": ("chronic obstructive pulmonary disease",),
    "cva": ("cerebral infarction",),
    "dm": ("diabetes mellitus",),
    "dm1": ("type 1 diabetes",),
    "dm2": ("type 2 diabetes",),
    "t1dm": ("type 1 diabetes",),
    "t2dm": ("type 2 diabetes",),
    "dvt": ("embolism thrombosis deep veins",),
    "esrd": ("end stage renal disease",),
    "gad": ("generalized anxiety disorder",),
    "gerd": ("gastro esophageal reflux",),
    "hfref": ("systolic heart failure",),
    "hfpef": ("diastolic heart failure",),
    "hld": ("hyperlipidemia",),
    "htn": ("hypertension",),
    "ibs": ("irritable bowel",),
    "lbp": ("low back pain",),
    "mdd": ("major depressive disorder",),
    "mi": ("myocardial infarction",),
    "oa": ("osteoarthritis",),
    "osa": ("obstructive sleep apnea",),
    "pcos": ("polycystic ovarian",),
    "pe": ("pulmonary embolism",),
    "ptsd": ("post traumatic stress",),
    "ra": ("rheumatoid arthritis",),
    "sob": ("shortness breath",),
    "tia": ("transient cerebral ischemic",),
    "uri": ("upper respiratory infection",),
    "uti": ("urinary tract infection",),
    # Words of patients and of the day, and those of the tabular list.
    "cholesterol": ("cholesterol", "hypercholesterolemia"),
    "cold": ("common cold",),
    "depression": ("depression", "depressive"),
    "ear": ("ear", "otitis"),
    "eye": ("eye", "conjunctivitis"),
    "exam": ("exam", "examination"),
    "flu": ("influenza",),
    "infection": ("infection", "infective", "suppurative"),
    "physical": ("physical", "general medical examination"),
    "pinkeye": ("conjunctivitis",),
    "smoker": ("nicotine dependence", "tobacco use"),
    "smoking": ("nicotine dependence", "tobacco use"),
    "stroke": ("stroke", "cerebral infarction"),
    "well": ("well", "routine health examination"),
}
"""How practices write it, and the words of the tabular list: each of them is looked for."""

_SELDOM: Final = (
    # Words in a title, and how far back they put it where nobody typed them.
    ("subsequent", 12.0),
    ("sequela", 14.0),
    ("newborn", 6.0),
    ("neonatal", 6.0),
    ("pregnancy", 6.0),
    ("puerperium", 8.0),
    ("childbirth", 8.0),
    ("family", 6.0),
    ("history", 5.0),
    ("congenital", 4.0),
    ("classified", 4.0),
    ("induced", 4.0),
    ("underlying", 4.0),
    ("secondary", 2.0),
    ("other", 1.0),
)
_OFTEN: Final = (
    "A09 B34.9 B35.1 E03.9 E04.1 E11.22 E11.40 E11.65 E11.9 E53.8 E55.9 E66.9 E78.00 E78.2 E78.5"
    " E86.0 F10.20 F17.210 F32.A F32.9 F33.1 F41.1 F41.9 F43.10 F43.23 F51.01 F90.0 F90.2 F90.9"
    " G43.009 G43.909 G47.00 G47.33 G89.29 H10.9 H61.20 H65.90 H66.90 H66.91 H66.92 H66.93 I10"
    " I25.10 I48.0 I48.91 I50.9 I63.9 I73.9 I83.90 J00 J01.90 J02.0 J02.9 J03.90 J06.9 J10.1 J11.1"
    " J18.9 J20.9 J30.2 J30.9 J32.9 J40 J44.1 J44.9 J45.20 J45.30 J45.901 J45.909 K21.9 K29.70"
    " K30 K52.9 K57.30 K58.9 K59.00 K64.9 K76.0 L03.90 L20.9 L23.9 L30.9 L40.9 L50.9 L57.0 L70.0"
    " L98.9 M10.9 M17.11 M17.12 M17.9 M19.90 M25.50 M25.511 M25.512 M25.561 M25.562 M25.569 M54.2"
    " M54.50 M54.9 M62.81 M79.7 M81.0 N18.30 N18.31 N18.32 N18.9 N39.0 N40.0 N40.1 N76.0 N92.6"
    " N95.1 R00.2 R05.9 R06.02 R07.9 R10.9 R10.84 R11.2 R19.7 R21 R35.0 R42 R50.9 R51.9 R53.83"
    " R55 R60.0 R73.03 R73.09 S01.81XA S93.401A S93.402A U07.1 Z00.00 Z00.01 Z00.121 Z00.129"
    " Z01.411 Z01.419 Z11.3 Z12.11 Z12.31 Z23 Z30.09 Z34.90 Z72.0 Z79.4 Z87.891"
)
COMMON: Final = frozenset(_OFTEN.split())
"""What ambulatory practices write every day. They come first among equals, and no more."""

_STOP: Final = frozenset({"of", "the", "with", "in", "and", "or", "a", "an", "to", "for", "on"})

Ways = tuple[tuple[str, ...], ...]
"""The ways to say one typed word, each of them words that must all be there."""


def tokens(words: str) -> list[Ways]:
    """The typed words, each with the ways in which the list may say it."""
    found: list[Ways] = []
    for word in _words(words)[:12]:
        if word in _STOP or (len(word) == 1 and not word.isdigit()):
            continue
        ways = ABBREVIATIONS.get(word, (word,))
        found.append(tuple(tuple(_WORD.findall(way)) for way in ways))
    return found


def plain(text: str) -> str:
    """In small letters and without accents, as the indexes have it."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return _WORD.findall(plain(text))


def rank(asked: Sequence[Ways], code: str, title: str, terms: Sequence[str]) -> tuple[float, str]:
    """A key that sorts the likeliest first."""
    said = _words(title)
    others = [_words(term) for term in terms]
    cost = 0.35 * len(said) + 0.5 * max(0, len(code) - 5) - (3.0 if code in COMMON else 0.0)
    typed: set[str] = set()
    for ways in asked:
        cost += min(_distance(way, said, others) for way in ways)
        typed.update(word for way in ways for word in way)
    for word, back in _SELDOM:
        if word in said and not any(word.startswith(part) for part in typed):
            cost += back
    return cost, code


def _distance(way: Sequence[str], said: Sequence[str], others: Sequence[Sequence[str]]) -> float:
    """How far from the title's first words the words stand; far where only a term has them."""
    total = 0.0
    for word in way:
        place = _place(word, said)
        if place is not None:
            total += 0.1 * place
        elif any(_place(word, term) is not None for term in others):
            total += 1.5 + 0.1 * min(len(term) for term in others if _place(word, term) is not None)
        else:
            total += 4.0
    return total / len(way)


def _place(word: str, said: Sequence[str]) -> int | None:
    """Where a word stands that begins with it, or that it is another form of."""
    stem = word if len(word) < 6 else word[: max(5, len(word) - 3)]  # noqa: PLR2004
    return next((n for n, each in enumerate(said) if each.startswith(stem)), None)
