"""A provider's calendar as an iCalendar feed (RFC 5545) for the phone in a pocket.

The URL is the key: 256 random bits, of which only a digest is stored, made and
taken back by those who may. A feed says when and what kind of visit, never who:
calendars are synchronised to devices and clouds that no practice controls.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import invalid
from caresmith.ids import PracticeId, ProviderId
from caresmith.records.practice import PracticeSetup, practice_setup
from functions.scheduling.errors import FeedUnknown
from functions.scheduling.models import Appointment, Feed
from functions.scheduling.records import FeedRecord
from functions.scheduling.status import FREES_TIME, Status
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.views import entries

if TYPE_CHECKING:
    from icalendar import Calendar

_PAST = timedelta(days=30)
_FUTURE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class FeedDocument:
    text: str
    etag: str


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def create(provider: ProviderId, *, actor: Actor, now: Instant) -> Feed:
    """A new subscription; its path is told this once."""
    setup = practice_setup(actor.practice_id)
    if provider not in setup.providers:
        raise invalid("provider_id", "there is no such provider")
    token = secrets.token_urlsafe(32)
    feed_id = _digest(token)[:16]
    by_token = FeedRecord(
        f"{actor.practice_id}#feed#{_digest(token)}",
        "feed",
        provider_id=provider,
        feed_id=feed_id,
        created_at=to_text(now),
    )
    by_provider = FeedRecord(
        f"{actor.practice_id}#feeds#{provider}",
        _digest(token),
        provider_id=provider,
        feed_id=feed_id,
        created_at=to_text(now),
    )
    audit().record(provider)
    story = Story(actor.practice_id)
    story.put("feed", by_token, FeedRecord.pk.does_not_exist())
    story.put("feed", by_provider)
    story.commit()
    return Feed(feed_id=feed_id, url_path=f"/calendar/feeds/{actor.practice_id}.{token}.ics")


def revoke(provider: ProviderId, feed_id: str, *, actor: Actor) -> None:
    """End a subscription at once. Raises FeedUnknown."""
    for record in FeedRecord.query(f"{actor.practice_id}#feeds#{provider}"):
        if record.feed_id == feed_id:
            story = Story(actor.practice_id)
            story.delete("feed", record, FeedRecord.pk.exists())
            story.delete("feed", FeedRecord(f"{actor.practice_id}#feed#{record.sk}", "feed"))
            try:
                story.commit()
            except StoryFailed:
                raise FeedUnknown from None
            return
    raise FeedUnknown


def document(name: str, now: Instant) -> FeedDocument:
    """The feed behind a URL's last part. Raises FeedUnknown."""
    practice, provider = _resolve(name)
    setup = practice_setup(practice)
    if provider not in setup.providers:
        raise FeedUnknown
    visits = entries(practice, provider, now - _PAST, now + _FUTURE)
    text = _calendar(setup, provider, visits).to_ical().decode()
    return FeedDocument(text, sha256(text.encode()).hexdigest()[:32])


def _resolve(name: str) -> tuple[PracticeId, ProviderId]:
    practice_text, _, token = name.removesuffix(".ics").partition(".")
    try:
        practice = PracticeId(practice_text)
        record = FeedRecord.get(f"{practice}#feed#{_digest(token)}", "feed")
    except (ValueError, FeedRecord.DoesNotExist):
        raise FeedUnknown from None
    return practice, ProviderId(record.provider_id)


def _calendar(setup: PracticeSetup, provider: ProviderId, visits: list[Appointment]) -> Calendar:
    # The one route that needs it is read by machines; nobody else waits for its import.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Caresmith//Provider calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", setup.providers[provider].display_name)
    for visit in visits:
        if visit.status in FREES_TIME:
            continue
        event = Event()
        event.add("uid", f"{visit.appointment_id}@caresmith")
        # RFC 5545 3.8.7.2: without a METHOD, when it was last revised.
        event.add("dtstamp", from_text(visit.history[-1].at))
        event.add("sequence", visit.version)
        event.add("dtstart", visit.start)
        event.add("dtend", visit.end)
        kind = setup.types.get(visit.type_id)
        event.add("summary", kind.name if kind else "Visit")
        event.add("status", "CONFIRMED" if visit.status is not Status.PENDING else "TENTATIVE")
        place = setup.locations.get(visit.location_id)
        if place:
            event.add("location", place.name)
        calendar.add_component(event)
    return calendar
