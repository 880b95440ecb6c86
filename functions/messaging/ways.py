"""How a person may be written to now: their contact points without those that answered STOP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from caresmith.clock import from_text
from caresmith.ids import PracticeId
from caresmith.messages.reach import ContactPoint, Reachable, contact_points
from caresmith.messages.records import OPT_OUT, OptOutRecord, thread_key
from caresmith.messages.settings import messaging_settings
from functions.messaging.models import ContactWay


def ways_to(practice: PracticeId, points: Iterable[ContactPoint]) -> list[ContactWay]:
    """Each with the time of its STOP, by one BatchGetItem."""
    found = list(points)
    keys = [(thread_key(practice, point.thread), OPT_OUT) for point in found]
    stopped = {
        record.pk: from_text(record.since)
        for record in (OptOutRecord.batch_get(keys, consistent_read=True) if keys else ())
    }
    return [
        ContactWay(
            channel=point.channel,
            address=point.address,
            thread=point.thread,
            opted_out_since=stopped.get(thread_key(practice, point.thread)),
        )
        for point in found
    ]


def ways_and_silenced(
    practice: PracticeId, points: Iterable[ContactPoint], silenced: Iterable[ContactPoint]
) -> list[ContactWay]:
    """The ways, and of the silenced numbers those that answered STOP: the desk sees why."""
    given, silent = list(points), list(silenced)
    shut = {point.thread for point in silent} - {point.thread for point in given}
    every = [*given, *(point for point in silent if point.thread in shut)]
    return [
        way for way in ways_to(practice, every) if way.thread not in shut or way.opted_out_since
    ]


def open_points(practice: PracticeId, patient: Reachable) -> Iterator[ContactPoint]:
    """The best way first."""
    for way in ways_to(practice, contact_points(practice, patient, messaging_settings(practice))):
        if way.opted_out_since is None:
            yield ContactPoint(way.channel, way.address, way.thread)
