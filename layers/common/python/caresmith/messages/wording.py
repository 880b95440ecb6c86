"""What texts and e-mails say, in English and Spanish, and how the blanks are filled.

A practice may replace any of these (:class:`~caresmith.messages.settings.Template`).
A text shows on locked screens and passes through carriers in clear, so it holds
no more than a reminder needs: a first name, the practice, when and where (45
CFR 164.502(b), minimum necessary; HHS counts appointment reminders as part of
treatment: https://www.hhs.gov/hipaa/for-professionals/faq/286). No kind of
visit, no specialty, no reason, no family name, no birth date: there is no blank
for them. The defaults keep to GSM-7 characters, so that a text is charged by
160 characters and not by 70.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caresmith.messages.settings import Language, MessagingSettings, Written
from caresmith.records.contact import Channel

BLANKS: Final[Mapping[str, str]] = {
    "first_name": "the patient's first given name",
    "practice": "the practice's name",
    "location": "the location's name",
    "provider": "the provider's name, without specialty",
    "date": "the date of the visit, by the location's clock",
    "time": "its time, by the location's clock",
    "phone": "the number to call",
    "options": "the numbered times or visits to choose from",
    "minutes": "how long an offer stands, in minutes",
}
"""Every blank that a text may have: a template with another one is refused."""
_BLANK: Final = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages; the e-mail's subject where it can be an e-mail."""

    en: str
    es: str
    subject_en: str = ""
    subject_es: str = ""
    blanks: frozenset[str] = frozenset()
    """What may be filled in; :data:`BLANKS` has their meanings."""


_WHEN: Final = frozenset(
    {"first_name", "practice", "location", "provider", "date", "time", "phone"}
)
_WHERE: Final = frozenset({"first_name", "practice", "phone"})

TEMPLATES: Final[Mapping[str, Wording]] = {
    "reminder": Wording(
        "{practice}: Hi {first_name}, you have an appointment {date} at {time}, {location}. "
        "Reply C to confirm, X to cancel, R to reschedule. STOP to opt out.",
        "{practice}: Hola {first_name}, tiene una cita el {date} a las {time}, {location}. "
        "Responda C para confirmar, X para cancelar, R para cambiarla. STOP para no recibir mas.",
        "Your appointment on {date}",
        "Su cita del {date}",
        _WHEN,
    ),
    "reminder-info": Wording(
        "{practice}: Hi {first_name}, we look forward to seeing you {date} at {time}, {location}. "
        "Can't make it? Call {phone}.",
        "{practice}: Hola {first_name}, le esperamos el {date} a las {time}, {location}. "
        "Si no puede venir, llame al {phone}.",
        "Your appointment on {date}",
        "Su cita del {date}",
        _WHEN,
    ),
    "answer-confirmed": Wording(
        "{practice}: Thank you, you are confirmed for {date} at {time}.",
        "{practice}: Gracias, su cita del {date} a las {time} queda confirmada.",
        blanks=_WHEN,
    ),
    "answer-cancelled": Wording(
        "{practice}: Your appointment on {date} at {time} is cancelled. "
        "To book another, call {phone}.",
        "{practice}: Su cita del {date} a las {time} queda cancelada. "
        "Para pedir otra, llame al {phone}.",
        blanks=_WHEN,
    ),
    "answer-slots": Wording(
        "{practice}: These times are free. Reply with the number:\n{options}\n"
        "Until then your present time stays yours.",
        "{practice}: Estas horas estan libres. Responda con el numero:\n{options}\n"
        "Hasta entonces conserva su hora actual.",
        blanks=_WHEN | {"options"},
    ),
    "answer-no-slots": Wording(
        "{practice}: We have no other time to offer by text. We will call you, or call {phone}. "
        "Your present appointment stays.",
        "{practice}: No tenemos otra hora que ofrecer por mensaje. Le llamaremos, o llame al "
        "{phone}. Conserva su cita actual.",
        blanks=_WHEN,
    ),
    "answer-rescheduled": Wording(
        "{practice}: Done. Your new appointment is {date} at {time}, {location}.",
        "{practice}: Listo. Su nueva cita es el {date} a las {time}, {location}.",
        blanks=_WHEN,
    ),
    "answer-slot-gone": Wording(
        "{practice}: Sorry, that time was just taken. Reply with another number:\n{options}",
        "{practice}: Lo sentimos, esa hora se acaba de ocupar. Responda con otro numero:\n"
        "{options}",
        blanks=_WHEN | {"options"},
    ),
    "answer-which": Wording(
        "{practice}: Which appointment do you mean? Reply with the number:\n{options}",
        "{practice}: A que cita se refiere? Responda con el numero:\n{options}",
        blanks=_WHERE | {"options"},
    ),
    "answer-unclear": Wording(
        "{practice}: Thank you. We did not understand that automatically, so a person will read "
        "it. Urgent? Call {phone}; in an emergency call 911.",
        "{practice}: Gracias. No lo entendimos automaticamente; una persona lo leera. "
        "Si es urgente llame al {phone}; en una emergencia llame al 911.",
        blanks=_WHERE,
    ),
    "answer-late": Wording(
        "{practice}: Thanks for telling us. The front desk knows that you are running late.",
        "{practice}: Gracias por avisar. La recepcion ya sabe que llegara tarde.",
        blanks=_WHERE,
    ),
    "answer-too-late": Wording(
        "{practice}: It is too close to your appointment to change it by text. "
        "Please call {phone} now.",
        "{practice}: Falta muy poco para su cita y ya no se puede cambiar por mensaje. "
        "Llame ahora al {phone}.",
        blanks=_WHERE,
    ),
    "answer-not-possible": Wording(
        "{practice}: We could not do that by text. A person will get back to you, or call {phone}.",
        "{practice}: No pudimos hacerlo por mensaje. Una persona le respondera, o llame al "
        "{phone}.",
        blanks=_WHERE,
    ),
    "offer": Wording(
        "{practice}: Hi {first_name}, a time is free: {date} at {time}, {location}. "
        "Reply YES to take it, NO to pass. First come, first served, for {minutes} minutes.",
        "{practice}: Hola {first_name}, hay una hora libre: {date} a las {time}, {location}. "
        "Responda SI para tomarla o NO. Es del primero que responda, por {minutes} minutos.",
        "A time is free on {date}",
        "Hay una hora libre el {date}",
        _WHEN | {"minutes"},
    ),
    "offer-earlier": Wording(
        "{practice}: Hi {first_name}, an earlier time is free: {date} at {time}, {location}. "
        "Reply YES to move your appointment there, NO to keep yours. For {minutes} minutes.",
        "{practice}: Hola {first_name}, hay una hora antes: {date} a las {time}, {location}. "
        "Responda SI para cambiar su cita o NO para conservar la suya. Por {minutes} minutos.",
        "An earlier time is free on {date}",
        "Hay una hora antes, el {date}",
        _WHEN | {"minutes"},
    ),
    "answer-offer-accepted": Wording(
        "{practice}: It is yours: {date} at {time}, {location}.",
        "{practice}: Es suya: {date} a las {time}, {location}.",
        blanks=_WHEN,
    ),
    "answer-offer-gone": Wording(
        "{practice}: Sorry, somebody was faster and that time is gone. You stay on the list.",
        "{practice}: Lo sentimos, alguien fue mas rapido y esa hora ya no esta. "
        "Usted sigue en la lista.",
        blanks=_WHERE,
    ),
    "answer-offer-declined": Wording(
        "{practice}: Thank you, we will offer it to somebody else. You stay on the list.",
        "{practice}: Gracias, se la ofreceremos a otra persona. Usted sigue en la lista.",
        blanks=_WHERE,
    ),
    "offer-gone": Wording(
        "{practice}: The time that we offered you is taken now. You stay on the list.",
        "{practice}: La hora que le ofrecimos ya esta ocupada. Usted sigue en la lista.",
        blanks=_WHERE,
    ),
    "stop": Wording(
        "{practice}: You will get no more texts from us. Reply START to get them again.",
        "{practice}: No recibira mas mensajes nuestros. Responda START para recibirlos de nuevo.",
        blanks=_WHERE,
    ),
    "start": Wording(
        "{practice}: You will get our texts again. Reply STOP to end them, HELP for help.",
        "{practice}: Recibira nuestros mensajes de nuevo. STOP para terminar, HELP para ayuda.",
        blanks=_WHERE,
    ),
    "help": Wording(
        "{practice}: Appointment texts. Reply C to confirm, X to cancel, R to reschedule, "
        "STOP to end. Questions: {phone}. Msg & data rates may apply.",
        "{practice}: Mensajes de citas. C para confirmar, X para cancelar, R para cambiar, "
        "STOP para terminar. Preguntas: {phone}. Pueden aplicar tarifas.",
        blanks=_WHERE,
    ),
    "unknown-number": Wording(
        "{practice}: We do not know this number. Please call {phone}.",
        "{practice}: No conocemos este numero. Llame al {phone}.",
        blanks=_WHERE,
    ),
    "recall": Wording(
        "{practice}: Hi {first_name}, it is time for your next visit. Call {phone} to book. "
        "STOP to opt out.",
        "{practice}: Hola {first_name}, ya le toca su proxima visita. Llame al {phone}. "
        "STOP para no recibir mas.",
        "It is time for your next visit",
        "Ya le toca su proxima visita",
        _WHERE,
    ),
}


class UnknownBlank(ValueError):
    """A template names a blank that its text can't have."""


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    subject: str = ""


def check_blanks(name: str, text: str) -> None:
    """Raises UnknownBlank, naming it; KeyError where there is no such template."""
    allowed = TEMPLATES[name].blanks
    for blank in _BLANK.findall(text):
        if blank not in allowed:
            raise UnknownBlank(f"{{{blank}}} can't stand here: use {', '.join(sorted(allowed))}")


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
    if language == "es":
        return Rendered(default.es, default.subject_es)
    return Rendered(default.en, default.subject_en)


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
