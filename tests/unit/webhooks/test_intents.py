"""What people answer, understood: the floors, and that nothing unclear cancels a visit."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.webhooks.intents import meaning_of
from functions.webhooks.phrases import KEYWORDS, Intent
from functions.webhooks.reading import read
from scripts.bootstrap.paths import ROOT
from scripts.understanding.scoring import PARTS, accuracy, labelled, precision, recall

REPLIES = labelled()


def test_there_are_enough_replies_in_both_languages() -> None:
    assert len(REPLIES) > 800
    assert len([r for r in REPLIES if r.language == "es"]) > 250
    assert {r.part for r in REPLIES} == set(PARTS)
    assert len({r.text for r in REPLIES}) == len(REPLIES)
    assert {r.expected.partition(":")[0] for r in REPLIES} == set(Intent)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_visit_is_cancelled_by_mistake(part: str, language: str) -> None:
    chosen = [r for r in REPLIES if (r.part, r.language) == (part, language)]
    assert precision(chosen, Intent.CANCEL) >= 0.99


def test_the_floors_hold() -> None:
    assert accuracy(REPLIES) >= 0.97
    assert accuracy(r for r in REPLIES if r.part == "fresh") >= 0.85
    assert recall(REPLIES, Intent.CANCEL) >= 0.9
    for intent in (Intent.STOP, Intent.START, Intent.HELP, Intent.CONFIRM, Intent.PICK):
        assert precision(REPLIES, intent) >= 0.98, intent
    assert recall(REPLIES, Intent.STOP) == 1


def test_what_is_misread_is_read_by_a_person() -> None:
    """A wrong reading falls to unclear and hardly ever to another deed."""
    deeds = [r for r in REPLIES if not r.right and r.understood != Intent.UNCLEAR]
    assert len(deeds) <= 3


@pytest.mark.parametrize("denial", ["don't", "please do not", "I never said", "por favor no"])
@pytest.mark.parametrize(
    "words", ["cancel", "cancel my appointment", "cancelar", "cancelen mi cita"]
)
def test_a_denied_cancellation_is_none(denial: str, words: str) -> None:
    assert meaning_of(words).intent is Intent.CANCEL
    assert meaning_of(f"{denial} {words}").intent is not Intent.CANCEL


@given(st.text(max_size=200))
def test_any_text_has_a_meaning(text: str) -> None:
    assert meaning_of(text).intent in Intent


@given(st.sampled_from(sorted(KEYWORDS[Intent.CANCEL])), st.sampled_from([str.upper, str.title]))
def test_letter_case_and_politeness_do_not_matter(word: str, case: object) -> None:
    for text in (f"{case(word)}.", f"Hello, {word}, please!", f"  {word}  "):  # type: ignore[operator]
        assert meaning_of(text).intent is Intent.CANCEL


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("I CAN’T make it!!", "i cant make it"),
        ("Sííí 👍🏽", "si emojiyes"),
        ("2\ufe0f\u20e3", "2"),
        ("xxx", "xxx"),
        ("Ya cancelé", "ya cancelado"),
        ("sorry… ok — no", "sorry | ok | no"),
        ("", ""),
    ],
)
def test_what_rules_read(text: str, plain: str) -> None:
    assert read(text).plain == plain


def test_days_are_read_along() -> None:
    meaning = meaning_of("I need to cancel Thursday")
    assert (meaning.intent, meaning.days, meaning.today) == (Intent.CANCEL, {3}, False)
    assert meaning_of("cancelar la cita de mañana").tomorrow


def test_the_command_prints_the_figures() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "intents"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "cancel precision 100.0%" in done.stdout
    assert "was (down) taken for (across)" in done.stdout
