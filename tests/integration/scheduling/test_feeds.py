from __future__ import annotations

from icalendar import Calendar

from caresmith.permissions import Role
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import Caller, call


def test_a_feed_says_when_and_never_who(desk: Desk) -> None:
    manager = Caller(desk.small.practice, roles=(Role.MANAGER,))
    path = f"/calendar/providers/{desk.small.ana}/feeds"
    feed = desk.post(path, caller=manager)
    assert feed.status == 201, feed.text
    visit = desk.book(next_weekday(1, 10), note="secret note").json
    cancelled = desk.book(next_weekday(1, 11)).json
    desk.post(f"/appointments/{cancelled['appointment_id']}/cancel", {"reason": "pat"})
    reply = call("GET", feed.json["url_path"])
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/calendar")
    assert "Doe" not in reply.text
    assert "secret" not in reply.text
    calendar = Calendar.from_ical(reply.text)
    events = [c for c in calendar.walk() if c.name == "VEVENT"]
    assert [str(e["uid"]) for e in events] == [f"{visit['appointment_id']}@caresmith"]
    assert events[0].start == next_weekday(1, 10)
    same = call("GET", feed.json["url_path"], headers={"If-None-Match": reply.headers["etag"]})
    assert same.status == 304


def test_a_revoked_feed_and_a_guessed_one_are_unknown(desk: Desk) -> None:
    manager = Caller(desk.small.practice, roles=(Role.MANAGER,))
    path = f"/calendar/providers/{desk.small.ana}/feeds"
    feed = desk.post(path, caller=manager).json
    assert call("DELETE", f"{path}/{feed['feed_id']}", caller=manager).status == 204
    assert call("GET", feed["url_path"]).status == 404
    for guess in ("x.ics", f"{desk.small.practice}.guess.ics", "..ics", "%00.ics"):
        assert call("GET", f"/calendar/feeds/{guess}").status == 404
