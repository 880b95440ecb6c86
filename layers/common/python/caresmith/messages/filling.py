"""What fills the blanks of a template: names, and when and where a visit is, in words.

Dates and times are by the clock of the visit's place, also for a video visit:
the practice knows that zone for certain, the patient's only from an address that
may be a year old, and the text names the place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.ids import LocationId, ProviderId
from caresmith.messages.settings import Language, MessagingSettings, Written
from caresmith.messages.wording import on_channel
from caresmith.records.practice import PracticeSetup

_DAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
}


def date_words(local: datetime, language: Language, channel: Written) -> str:
    """``Tue, Mar 3`` or ``martes 3 de marzo``: the date of a wall-clock time."""
    day, month = _DAYS[language][local.weekday()], _MONTHS[language][local.month - 1]
    if language == "es":
        return on_channel(f"{day} {local.day} de {month}", channel)
    return f"{day}, {month} {local.day}"


def time_words(local: datetime) -> str:
    """``2:30 PM``, as both languages write it in the US."""
    return local.strftime("%I:%M %p").lstrip("0")


def practice_values(
    setup: PracticeSetup, settings: MessagingSettings, location: LocationId | None = None
) -> dict[str, str]:
    """The blanks ``practice`` and ``phone``: the number to call, of the place where it has one."""
    places = setup.locations
    own = places[location].phone if location in places else ""
    phone = settings.callback_phone or own
    phone = phone or next((place.phone for place in places.values() if place.phone), "")
    return {"practice": setup.practice.name, "phone": phone}


def visit_values(
    setup: PracticeSetup,
    settings: MessagingSettings,
    *,
    first_name: str,
    location_id: LocationId,
    provider_id: ProviderId,
    start: datetime,
    language: Language,
    channel: Written,
) -> dict[str, str]:
    """The blanks of everything that is about one time on the calendar."""
    place, provider = setup.locations.get(location_id), setup.providers.get(provider_id)
    local = start.astimezone(ZoneInfo(place.zone if place else setup.practice.zone))
    return {
        **practice_values(setup, settings, location_id),
        "first_name": first_name,
        "location": place.name if place else setup.practice.name,
        "provider": f"{provider.given} {provider.family}" if provider else setup.practice.name,
        "date": date_words(local, language, channel),
        "time": time_words(local),
    }
