"""A provider's feed against RFC 5545, read by a parser that did not write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from caresmith.permissions import Role
from caresmith.records.practice import AppointmentType, Location
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import Caller, call
from tests.support.practices import NEW_YORK, put

MAX_OCTETS = 75
"""RFC 5545 3.1: a line is folded before it is longer, its line break not counted."""
AWKWARD = 'Khám sức khỏe; định kỳ, "năm đầu" \\ 健康診断とワクチン接種のご相談 👩‍⚕️, phòng 3'


@pytest.fixture
def feed(desk: Desk) -> str:
    """The path of a subscription to the doctor's calendar."""
    manager = Caller(desk.small.practice, roles=(Role.MANAGER,))
    made = desk.post(f"/calendar/providers/{desk.small.ana}/feeds", caller=manager)
    assert made.status == 201, made.text
    path: str = made.json["url_path"]
    return path


def read(feed: str) -> str:
    reply = call("GET", feed)
    assert reply.status == 200, reply.text
    # RFC 5545 8.1: the media type, and UTF-8 as every other protocol assumes.
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    return reply.text


def events(text: str) -> list[Any]:
    return list(vobject.readOne(text).contents.get("vevent", []))


def test_the_document_has_what_a_calendar_must_have(desk: Desk, feed: str) -> None:
    desk.book(next_weekday(1, 10))
    calendar = vobject.readOne(read(feed))
    assert calendar.version.value == "2.0"
    assert calendar.prodid.value
    [event] = calendar.vevent_list
    for name in ("uid", "dtstamp", "dtstart", "dtend", "summary", "sequence"):
        assert len(event.contents[name]) == 1, name
    assert event.status.value in {"CONFIRMED", "TENTATIVE", "CANCELLED"}


def test_an_empty_calendar_is_still_a_calendar(feed: str) -> None:
    assert events(read(feed)) == []


def test_lines_end_in_crlf_and_are_folded_by_octets_within_no_character(
    desk: Desk, feed: str
) -> None:
    put(
        desk.small.practice,
        AppointmentType(id=desk.small.visit, name=AWKWARD, minutes=30),
        Location(id=desk.small.east, name=AWKWARD, zone=NEW_YORK),
    )
    desk.book(next_weekday(1, 10))
    raw = read(feed).encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    lines = raw.split(b"\r\n")
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        assert len(line) <= MAX_OCTETS
        line.decode()  # Folded between characters, not inside one.
    [event] = events(raw.decode())
    assert (event.summary.value, event.location.value) == (AWKWARD, AWKWARD)


def test_times_are_in_utc_on_both_sides_of_a_change_of_clocks(desk: Desk, feed: str) -> None:
    """RFC 5545 3.3.5, form 2: nobody's device needs to know our zones."""
    starts = [next_weekday(1, 10), next_weekday(1, 10) + timedelta(days=126)]
    for start in starts:
        assert desk.book(start).status == 201
    text = read(feed)
    found = sorted(events(text), key=lambda e: e.dtstart.value)
    assert [e.dtstart.value for e in found] == [s.astimezone(UTC) for s in starts]
    assert all(e.dtend.value - e.dtstart.value == timedelta(minutes=30) for e in found)
    assert "TZID" not in text
    stamped = [
        line for line in text.split("\r\n") if line.startswith(("DTSTART", "DTEND", "DTSTAMP"))
    ]
    assert len(stamped) == 6
    assert all(line.endswith("Z") for line in stamped)


def test_a_moved_visit_keeps_its_uid_and_its_sequence_rises(desk: Desk, feed: str) -> None:
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    [before] = events(read(feed))
    moved = desk.post(
        f"/appointments/{visit}/reschedule",
        {
            "start": next_weekday(2, 14).isoformat(),
            "provider_id": desk.small.ana,
            "location_id": desk.small.east,
        },
    )
    assert moved.status == 200, moved.text
    [after] = events(read(feed))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value == next_weekday(2, 14)


def test_a_stamp_says_when_the_visit_was_last_changed(desk: Desk, feed: str) -> None:
    """RFC 5545 3.8.7.2: without a METHOD it is the time of the last revision."""
    begin = datetime.now(UTC).replace(microsecond=0)
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    desk.post(f"/appointments/{visit}/confirm")
    text = read(feed)
    assert "METHOD" not in text
    [event] = events(text)
    assert begin <= event.dtstamp.value <= datetime.now(UTC)
    assert events(read(feed))[0].dtstamp.value == event.dtstamp.value


def test_a_uid_is_of_this_visit_alone(desk: Desk, feed: str) -> None:
    for hour in range(10, 15):
        desk.book(next_weekday(1, hour))
    uids = [event.uid.value for event in events(read(feed))]
    assert len(uids) == len(set(uids)) == 5


def test_a_cancelled_visit_is_not_on_the_calendar_any_more(desk: Desk, feed: str) -> None:
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    desk.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
    assert events(read(feed)) == []
