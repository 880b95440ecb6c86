"""What a text asks for. Where it is not plain, it is unclear, and a person reads it.

Cancelling by mistake is the costly error: a patient who is coming loses the visit.
So a cancellation has to be plain in every respect (:func:`_cancels`), while for
the rest a likely reading will do. ``scripts/intents`` prints how well this does on
the labelled replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from functions.webhooks import phrases
from functions.webhooks.phrases import KEYWORDS, NUMBERS, Intent
from functions.webhooks.reading import Reading, read

_BY_KEYWORD: Final = {word: intent for intent, words in KEYWORDS.items() for word in words}
_PICKING: Final = re.compile(phrases.PICKING.format(numbers="|".join(NUMBERS)))
_DECLINING: Final = re.compile(r"no \|? ?(?:thanks|thank you|thx|gracias)\b")
_LEADING: Final = re.compile(r"(?:(?:yes|yeah|yep|ok|okay|si|no|emojiyes)\b[ |]*)+")
_MOST_WORDS: Final = 25
_NEGATING_WORDS: Final = 3
_CARRIERS_WORDS: Final = frozenset({Intent.STOP, Intent.START, Intent.HELP})
_TYPO_LENGTH: Final = 5
_SWAP_LENGTH: Final = 3
_UNDERSTOOD: Final = frozenset().union(
    *(phrases.PLAIN_WORDS, phrases.FILLERS, phrases.GREETINGS, phrases.DAYS, {"|", "emojix"}),
    *(phrases.TODAY, phrases.TOMORROW),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text asks for."""

    intent: Intent
    number: int = 0
    """The number that it picks."""
    days: frozenset[int] = frozenset()
    """The weekdays that it names."""
    today: bool = False
    tomorrow: bool = False


def meaning_of(text: str) -> Meaning:
    """Understand a text. Never raises: what can't be read is unclear."""
    reading = read(text)
    if _any(phrases.NOT_A_PERSON, reading.plain):
        return Meaning(Intent.UNCLEAR)
    picked = _picked(reading)
    if picked:
        return Meaning(Intent.PICK, picked)
    words = set(reading.words)
    return Meaning(
        _keyword(reading) or _opting_out(reading) or _phrase(reading),
        days=frozenset(day for word, day in phrases.DAYS.items() if word in words),
        today=not words.isdisjoint(phrases.TODAY),
        tomorrow=not words.isdisjoint(phrases.TOMORROW),
    )


# -- whole texts ----------------------------------------------------------


def _picked(reading: Reading) -> int:
    match = _PICKING.fullmatch(reading.core)
    return NUMBERS[match.group("number")] if match and not reading.asks else 0


def _keyword(reading: Reading) -> Intent | None:
    if reading.asks and reading.core not in KEYWORDS[Intent.RESCHEDULE]:
        return None
    if _DECLINING.match(reading.plain):
        return Intent.DECLINE
    for core in (reading.core, _without_yes(reading.core)):
        if core in _BY_KEYWORD:
            return _BY_KEYWORD[core]
    return _misspelt(reading.core)


def _without_yes(core: str) -> str:
    """``yes confirm`` as ``confirm``, ``confirm`` with a thumb up as ``confirm``."""
    words = core.split()
    while len(words) > 1 and words[-1] == "emojiyes":
        words.pop()
    while len(words) > 1 and words[0] in KEYWORDS[Intent.YES]:
        words.pop(0)
    return " ".join(word for word in words if word not in {"please", "pls"})


def _misspelt(core: str) -> Intent | None:
    """A keyword with one typing mistake; of the carriers' words only two letters swapped."""
    if core in phrases.NOT_MISSPELT or " " in core:
        return None
    for word, intent in _BY_KEYWORD.items():
        if OSA.distance(core, word) != 1 or " " in word:
            continue
        swapped = len(word) >= _SWAP_LENGTH and sorted(core) == sorted(word)
        longer = len(word) >= _TYPO_LENGTH and len(core) >= _TYPO_LENGTH
        if swapped or (longer and intent not in _CARRIERS_WORDS):
            return intent
    return None


def _opting_out(reading: Reading) -> Intent | None:
    return Intent.STOP if _any(phrases.OPTING_OUT, reading.plain) else None


# -- phrases --------------------------------------------------------------


def _phrase(reading: Reading) -> Intent:
    plain = reading.plain
    late = _any(phrases.RUNNING_LATE, plain) and not reading.asks
    cancels = _says(phrases.CANCELLING, plain) or _not_coming(plain)
    limited = cancels and _any((r"\bon time\b",), plain)
    if late and (limited or not cancels):
        return Intent.LATE
    if _says(phrases.RESCHEDULING, plain):
        doubtful = _any(phrases.KEEPS_FROM_RESCHEDULING, plain)
        return Intent.UNCLEAR if doubtful or late else Intent.RESCHEDULE
    confirms = _says(phrases.CONFIRMING, plain)
    if cancels:
        plain_enough = not (late or confirms) and _cancels(reading)
        return Intent.CANCEL if plain_enough else Intent.UNCLEAR
    if confirms and not reading.asks and not _any(phrases.KEEPS_FROM_CONFIRMING, plain):
        leading = _LEADING.match(plain)
        refused = leading is not None and "no" in leading.group().split()
        return Intent.UNCLEAR if refused and not _negated_cancel(plain) else Intent.CONFIRM
    return _answer_to_an_offer(plain)


def _cancels(reading: Reading) -> bool:
    """Whether nothing whatever speaks against cancelling."""
    plain = reading.plain
    if len(reading.words) > _MOST_WORDS or _any(phrases.KEEPS_FROM_CANCELLING, plain):
        return False
    if reading.asks and not _any(phrases.PLEAS_TO_CANCEL, plain):
        return False
    return not _names_somebody_else(plain) and _all_is_understood(plain)


def _all_is_understood(plain: str) -> bool:
    """Whether the text holds nothing but the cancellation, politeness and plain reasons."""
    rest = plain
    for pattern in (*phrases.CANCELLING, *phrases.NOT_COMING, *phrases.NO_IRE):
        rest, times = re.subn(pattern, " ", rest)
        if times > 1:
            return False
    return _UNDERSTOOD.issuperset(rest.split())


def _names_somebody_else(plain: str) -> bool:
    """Whether the clause goes on, after "cancel", with a person."""
    for match in _found(phrases.CANCELLING, plain):
        rest = plain[match.end() :].partition("|")[0].split()
        if phrases.PEOPLE & set(rest):
            return True
    return False


def _not_coming(plain: str) -> bool:
    """Whether the patient says so of themselves; of somebody else it says nothing clear."""
    if _any(phrases.NO_IRE, plain):
        return True
    for match in _found(phrases.NOT_COMING, plain):
        before = plain[: match.start()].split()
        if not before or before[-1] in phrases.WHO_MAY_STAND_BEFORE:
            return True
    return False


def _answer_to_an_offer(plain: str) -> Intent:
    rest = _LEADING.sub("", plain, count=1)
    for intent in (Intent.ACCEPT, Intent.DECLINE):
        if any(re.search(rf"\b{phrase}\b", rest) for phrase in KEYWORDS[intent] if " " in phrase):
            return intent
    return Intent.UNCLEAR


# -- matching -------------------------------------------------------------


def _found(patterns: Iterable[str], plain: str) -> Iterable[re.Match[str]]:
    for pattern in patterns:
        yield from re.finditer(pattern, plain)


def _any(patterns: Iterable[str], plain: str) -> bool:
    return any(re.search(pattern, plain) for pattern in patterns)


def _says(patterns: Iterable[str], plain: str) -> bool:
    """Whether one of these stands there and is not denied in the words before it."""
    return any(not _denied(match, plain) for match in _found(patterns, plain))


def _denied(match: re.Match[str], plain: str) -> bool:
    clause = plain[: match.start()].rpartition("|")[2].split()
    return not phrases.NEGATORS.isdisjoint(clause[-_NEGATING_WORDS:])


def _negated_cancel(plain: str) -> bool:
    return any(_denied(match, plain) for match in _found(phrases.CANCELLING, plain))
