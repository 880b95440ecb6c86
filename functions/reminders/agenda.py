"""The day's agenda for each provider, by e-mail in the morning.

Nobody seals an e-mail, so it has times, kinds of visits, places and the patients'
initials; the console, behind its log-in, has the rest.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import time as wall_time
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import AgendaDue
from caresmith.ids import MessageId, PatientId
from caresmith.messages.filling import date_words, time_words
from caresmith.messages.links import public_url
from caresmith.messages.outgoing import Draft, queue_alone
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import Kind, thread_of
from caresmith.messages.settings import messaging_settings
from caresmith.messages.wording import Rendered
from caresmith.records.appointment import VisitView, visits_between
from caresmith.records.contact import Channel
from caresmith.records.patient import PatientCard, patient_cards
from caresmith.records.practice import PracticeSetup, Provider, practice_setup
from functions.reminders.app import app
from functions.reminders.zones import zone_at

_LEFT_OUT: Final = frozenset({"cancelled", "entered-in-error", "noshow", "waitlist"})


def on_agenda_due(event: AgendaDue) -> None:
    """Write to each provider who has an e-mail address and visits on that day."""
    setup = practice_setup(event.practice_id)
    settings = messaging_settings(event.practice_id)
    if settings.email_from is None:
        return
    now = app.clock.now()
    for provider in setup.providers.values():
        if provider.active and provider.email:
            _write_to(setup, provider, event.day, now)


def _write_to(setup: PracticeSetup, provider: Provider, day: date, now: Instant) -> None:
    practice = setup.practice.id
    zone = ZoneInfo(setup.practice.zone)
    begin = datetime.combine(day, wall_time(0), zone)
    end = datetime.combine(day + timedelta(days=1), wall_time(0), zone)
    visits = [
        visit
        for visit in visits_between(practice, provider.id, begin, end)
        if visit.status not in _LEFT_OUT
    ]
    if not visits:
        return
    patients = {patient for visit in visits for patient in visit.patient_ids}
    audit().about(*sorted(patients))
    cards = patient_cards(practice, patients)
    email = str(provider.email)
    draft = Draft(
        # The day's agenda leaves once, however often the event comes.
        message_id=MessageId.derived("agenda", practice, provider.id, day.isoformat()),
        party_id=provider.id,
        to=ContactPoint(Channel.EMAIL, email, thread_of(practice, Channel.EMAIL, email)),
        kind=Kind.AGENDA,
        rendered=agenda(setup, visits, cards, begin),
        useless_after=end,
    )
    queue_alone(draft, practice=practice, actor_id=current_actor().user_id, now=now)


def agenda(
    setup: PracticeSetup,
    visits: list[VisitView],
    cards: dict[PatientId, PatientCard],
    day: datetime,
) -> Rendered:
    """The e-mail: a line for each visit, by the clock of its place."""
    lines = [_line(setup, visit, cards) for visit in visits]
    base = public_url()
    link = f"\n\n{base}/console/scheduling?date={day.date()}" if base else ""
    words = date_words(day, "en", Channel.EMAIL)
    count = "1 visit" if len(lines) == 1 else f"{len(lines)} visits"
    return Rendered(
        text=f"{setup.practice.name}, {words}: {count}\n\n" + "\n".join(lines) + link,
        subject=f"Your agenda for {words}",
    )


def _line(setup: PracticeSetup, visit: VisitView, cards: dict[PatientId, PatientCard]) -> str:
    local = visit.start.astimezone(zone_at(setup, visit.location_id))
    kind, place = setup.types.get(visit.type_id), setup.locations.get(visit.location_id)
    who = ", ".join(initials(cards[p]) for p in visit.patient_ids if p in cards)
    confirmed = "confirmed" if visit.confirmed else ""
    parts = (kind.name if kind else "Visit", who, place.name if place else "", confirmed)
    return f"{time_words(local):>8}  " + " · ".join(part for part in parts if part)


def initials(card: PatientCard) -> str:
    """``J.D.`` for Jo Doe: given name first, whatever the script."""
    family, _, given = card.sort_name.partition(", ")
    letters = [part[0].upper() for part in (given, family) if part]
    return "".join(f"{letter}." for letter in letters)
