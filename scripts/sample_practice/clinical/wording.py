"""Sentences with choices in them, so that a table of phrases does not read like one.

==================  ==================================================
 in a phrase         becomes
==================  ==================================================
 ``[a|b|]``          one of them, drawn (they do not nest)
 ``<60-80>``         a number from 60 to 80, drawn; ``<5-7.0>`` tenths
 ``{a1c}``           that fact of the patient's
==================  ==================================================

A phrase whose facts are not all known can't be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from scripts.sample_practice.dice import Dice

_FACT: Final = re.compile(r"\{(\w+)\}")
_CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
_NUMBER: Final = re.compile(r"<(\d+)-(\d+)(\.0)?>")

Facts = Mapping[str, str]


def sayable(phrases: Iterable[str], facts: Facts) -> list[str]:
    """Those whose facts are known."""
    return [phrase for phrase in phrases if all(name in facts for name in _FACT.findall(phrase))]


def said(dice: Dice, phrase: str, facts: Facts) -> str:
    """The phrase with its choices made. Raises KeyError for a fact that is not known."""
    text = _CHOICE.sub(lambda found: dice.one(found[1].split("|")), phrase)
    text = _NUMBER.sub(lambda found: _number(dice, found), text)
    text = _FACT.sub(lambda found: facts[found[1]], text)
    return re.sub(r" +([.,;])", r"\1", re.sub(r"  +", " ", text)).strip()


def one_of(dice: Dice, phrases: Iterable[str], facts: Facts) -> str:
    """One of the phrases that can be said; nothing where none can."""
    known = sayable(phrases, facts)
    return said(dice, dice.one(known), facts) if known else ""


def _number(dice: Dice, found: re.Match[str]) -> str:
    low, high = int(found[1]), int(found[2])
    if found[3]:
        return f"{dice.randrange(low * 10, high * 10 + 1) / 10:.1f}"
    return str(dice.randrange(low, high + 1))
