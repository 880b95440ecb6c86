"""What settings are refused, beyond what their types say: each error names its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from caresmith.errors import FieldError, InvalidRequest
from caresmith.messages.filling import date_words, time_words
from caresmith.messages.segments import segments
from caresmith.messages.settings import Language, MessagingSettings, Template, Written
from caresmith.messages.wording import TEMPLATES, UnknownBlank, check_blanks, fill
from caresmith.records.contact import Channel
from caresmith.records.practice import PracticeSetup

MOST_SEGMENTS: Final = 10
"""Carriers join about so many at the most; more would not be read anyway."""
SAMPLE_START: Final = datetime(2026, 9, 30, 10, 30)  # noqa: DTZ001 - a wall-clock example
_TEXTS_ONLY: Final = frozenset({"stop", "start", "help", "unknown-number"})


def check_settings(settings: MessagingSettings, setup: PracticeSetup) -> None:
    """Raises InvalidRequest with everything that is wrong."""
    errors = [*_in_templates(settings), *_in_recalls(settings, setup), *_in_senders(settings)]
    if errors:
        raise InvalidRequest(fields=errors)


def _in_templates(settings: MessagingSettings) -> Iterator[FieldError]:
    for place, template in enumerate(settings.templates):
        for field, message in template_errors(template):
            yield FieldError(f"templates.{place}.{field}", message)


def template_errors(template: Template) -> Iterator[tuple[str, str]]:
    """What is wrong with a practice's wording: field and sentence."""
    if template.name not in TEMPLATES:
        yield "name", "there is no such message"
        return
    wrong_blanks = list(_in_blanks(template))
    yield from wrong_blanks
    if template.channel is Channel.EMAIL:
        yield from _in_email(template)
    elif not wrong_blanks:
        filled = fill(template.text, sample_values(template.language, template.channel))
        count = segments(filled).count
        if count > MOST_SEGMENTS:
            yield "text", f"too long: {count} segments, and {MOST_SEGMENTS} are the most"


def _in_blanks(template: Template) -> Iterator[tuple[str, str]]:
    for field, text in (("text", template.text), ("subject", template.subject)):
        try:
            check_blanks(template.name, template.channel, text)
        except UnknownBlank as error:
            yield field, str(error)


def _in_email(template: Template) -> Iterator[tuple[str, str]]:
    if template.name in _TEXTS_ONLY:
        yield "channel", "this one is only ever sent as a text"
    if not template.subject:
        yield "subject", "an e-mail needs a subject"
    if "\n" in template.subject:
        yield "subject", "a subject has one line"
    if TEMPLATES[template.name].link and "{answer_url}" not in template.text:
        yield "text", "put {answer_url} where the reader finds the link to answer by"


def sample_values(
    language: Language, channel: Written, setup: PracticeSetup | None = None
) -> Mapping[str, str]:
    """Values for every blank: the practice's own names where its set-up is given.

    They are as long as such values usually get, so that a count is no surprise.
    """
    place = next(iter(setup.locations.values()), None) if setup else None
    provider = next(iter(setup.providers.values()), None) if setup else None
    date, time = date_words(SAMPLE_START, language, channel), time_words(SAMPLE_START)
    return {
        "first_name": "Isabella",
        "practice": setup.practice.name if setup else "Lakeshore Family Practice",
        "location": place.name if place else "Lakeshore Grand Rapids",
        "provider": f"{provider.given} {provider.family}" if provider else "Maria Kobayashi",
        "date": date,
        "time": time,
        "phone": (place.phone if place else "") or "(312) 555-0100",
        "options": "\n".join(f"{number}) {date} {time}" for number in (1, 2, 3)),
        "minutes": "15",
        "pay_url": "https://example.org/pay/" + "x" * 22,
        "amount": "$120.00",
        "day": date,
        "number": "4F7K2M9Q",
        "answer_url": "https://example.org/webhooks/answers/" + "x" * 43,
    }


def _in_recalls(settings: MessagingSettings, setup: PracticeSetup) -> Iterator[FieldError]:
    for place, recall in enumerate(settings.recalls):
        if any(kind not in setup.types for kind in recall.type_ids):
            yield FieldError(f"recalls.{place}.type_ids", "there is no such kind of visit")


def _in_senders(settings: MessagingSettings) -> Iterator[FieldError]:
    if len(set(settings.channels)) != len(settings.channels):
        yield FieldError("channels", "the same one twice")
    asks = [step for step in settings.cadence if step.asks_to_confirm]
    if settings.escalate_unconfirmed and settings.cadence and not asks:
        yield FieldError(
            "escalate_unconfirmed", "no reminder asks to confirm, so nobody can be unconfirmed"
        )
