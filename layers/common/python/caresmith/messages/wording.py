"""How the blanks of a template are filled, and which template is used.

A practice may replace any default (:class:`~caresmith.messages.settings.Template`);
:mod:`caresmith.messages.defaults` has what stands without.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caresmith.messages.defaults import BLANKS, TEMPLATES, Wording
from caresmith.messages.settings import Language, MessagingSettings, Written
from caresmith.records.contact import Channel

__all__ = [
    "BLANKS",
    "TEMPLATES",
    "Rendered",
    "UnknownBlank",
    "Wording",
    "allowed_blanks",
    "check_blanks",
    "fill",
    "language_of",
    "on_channel",
    "render",
    "wording_of",
]

_BLANK: Final = re.compile(r"\{(\w*)\}")
_TELLING: Final = re.compile(
    r"(last|family|full|patient)?_?names?|patient|birth_?(date|day)|dob|age|ssn|mrn|address|"
    r"diagnos[ie]s|reason|complaint|((visit|appointment)_)?type|kind|specialty|procedure|"
    r"medications?|results?|insurance|plan|payer|balance"
)
"""Blanks that people expect and that would tell more than a reminder may."""
_NOT_GSM: Final = str.maketrans("áíóúÁÍÓÚ", "aiouAIOU")
"""Spanish letters outside the GSM 7-bit alphabet; é, ñ, ü, ¿ and ¡ are inside."""


class UnknownBlank(ValueError):
    """A template names a blank that its text can't have."""


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    subject: str = ""


def allowed_blanks(name: str, channel: Written) -> frozenset[str]:
    """The blanks that this template may have on that channel. KeyError for an unknown name."""
    template = TEMPLATES[name]
    linked = template.link and channel is Channel.EMAIL
    return template.blanks | {"answer_url"} if linked else template.blanks


def check_blanks(name: str, channel: Written, text: str) -> None:
    """Raises UnknownBlank with a sentence; KeyError where there is no such template."""
    allowed = allowed_blanks(name, channel)
    for blank in _BLANK.findall(text):
        if blank in allowed:
            continue
        use = ", ".join(f"{{{known}}}" for known in sorted(allowed))
        if _TELLING.fullmatch(blank):
            raise UnknownBlank(
                f"{{{blank}}} would tell more than a message that nobody seals may: use {use}"
            )
        raise UnknownBlank(f"{{{blank}}} can't stand here: use {use}")
    if re.search(r"[{}]", _BLANK.sub("", text)):
        raise UnknownBlank("a { or } stands alone: blanks are written like {first_name}")


def language_of(preferred: str | None) -> Language:
    """The language to write in: Spanish where the patient prefers it (BCP 47), else English."""
    return "es" if (preferred or "").lower().split("-")[0] == "es" else "en"


def wording_of(
    settings: MessagingSettings, name: str, channel: Written, language: Language
) -> Rendered:
    """The template's text and subject, the practice's own before the default."""
    for own in settings.templates:
        if (own.name, own.channel, own.language) == (name, channel, language):
            return Rendered(own.text, own.subject)
    default = TEMPLATES[name]
    spanish = language == "es"
    text = default.es if spanish else default.en
    if channel is Channel.SMS:
        return Rendered(on_channel(text, channel))
    own_mail = default.email_es if spanish else default.email_en
    return Rendered(own_mail or text, default.subject_es if spanish else default.subject_en)


def on_channel(words: str, channel: Written) -> str:
    """Our own Spanish words as the channel carries them: a text without what GSM-7 lacks.

    Names are not passed through here: they stay as people write them.
    """
    return words.translate(_NOT_GSM) if channel is Channel.SMS else words


def render(
    settings: MessagingSettings,
    name: str,
    channel: Written,
    language: Language,
    values: Mapping[str, str],
) -> Rendered:
    """The filled-in text. KeyError where a blank of the template has no value."""
    template = wording_of(settings, name, channel, language)
    subject = fill(template.subject, values) if channel is Channel.EMAIL else ""
    return Rendered(fill(template.text, values), subject)


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its blanks filled. What fills a blank is never looked into for blanks."""
    return _BLANK.sub(lambda blank: values[blank.group(1)], text)
