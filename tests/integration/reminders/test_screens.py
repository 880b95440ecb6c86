"""The pages: what they show, to whom, and what their forms mean."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest

from caresmith.clock import from_text
from caresmith.messages.records import Status
from caresmith.messages.settings import MessagingSettings, messaging_settings
from caresmith.permissions import Role
from tests.integration.reminders.conftest import NEW_YORK, Scene, email, phone
from tests.support.client import Caller, Reply, call

PATH = "/console/reminders"


def friday() -> datetime:
    return datetime(2037, 3, 6, 14, tzinfo=NEW_YORK)


@pytest.fixture
def manager(scene: Scene) -> Caller:
    return Caller(scene.practice, roles=(Role.MANAGER,))


def get(caller: Caller, path: str = "", status: int = 200, **query: str) -> str:
    reply = call("GET", PATH + path, caller=caller, query=query)
    assert reply.status == status, reply.text
    return unescape(reply.text)


def fields(page: str) -> list[tuple[str, str]]:
    """What a browser would post of the page's settings form, untouched."""
    found = []
    for tag in re.findall(r"<input[^>]*>", page):
        name, kind = (re.search(rf'{a}="([^"]*)"', tag) for a in ("name", "type"))
        value = re.search(r'value="([^"]*)"', tag)
        boxed = kind and kind[1] == "checkbox"
        if name and name[1] != "text" and (not boxed or " checked" in tag):
            found.append((name[1], value[1] if value else ""))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        found.append((name, (chosen or first)[1]))  # type: ignore[index]
    return found


def save(caller: Caller, page: str, **changed: str) -> Reply:
    given = {name.replace("__", "."): value for name, value in changed.items()}
    kept = [(name, given.pop(name, value)) for name, value in fields(page)]
    form = [*kept, *given.items()]
    return call("POST", f"{PATH}/settings", caller=caller, form=form)


def test_saving_the_form_untouched_changes_nothing(scene: Scene, manager: Caller) -> None:
    scene.settings(
        cadence=[
            {"key": "7d", "minutes_before": 10080},
            {"key": "late", "minutes_before": 90, "asks_to_confirm": False},
        ],
        noshow_after_minutes=None,
        agenda_at=None,
        channels=["email", "sms"],
        recalls=[{"key": "a", "name": "A", "after_days": 365, "active": False}],
        templates=[
            {"name": "recall", "channel": "sms", "language": "en", "text": "Come, {first_name}"}
        ],
    )
    before = messaging_settings(scene.practice, fresh=True)
    reply = save(manager, get(manager, "/settings"))
    assert reply.status == 303, reply.text
    after = messaging_settings(scene.practice, fresh=True)
    assert after.model_copy(update={"channels": before.channels}) == before
    assert set(after.channels) == set(before.channels)


def test_the_form_speaks_of_days_and_hours(scene: Scene, manager: Caller) -> None:
    page = get(manager, "/settings")
    reply = save(
        manager,
        page,
        cadence__0__amount="5",
        cadence__3__amount="90",
        cadence__3__unit="minutes",
        quiet__start="21:00",
        noshow_after_minutes="",
    )
    assert reply.status == 303, reply.text
    settings = messaging_settings(scene.practice, fresh=True)
    assert [(s.key, s.minutes_before) for s in settings.cadence] == [
        ("7d", 5 * 1440),
        ("48h", 2880),
        ("3h", 180),
        ("90m", 90),
    ]
    assert settings.quiet.start.hour == 21
    assert settings.noshow_after_minutes is None


def test_an_emptied_line_is_dropped(scene: Scene, manager: Caller) -> None:
    reply = save(manager, get(manager, "/settings"), cadence__1__amount="")
    assert reply.status == 303, reply.text
    assert [s.key for s in messaging_settings(scene.practice, fresh=True).cadence] == ["7d", "3h"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cadence__0__amount": "-3"}, "greater than or equal to 30"),
        ({"cadence__0__amount": "99"}, "less than or equal to"),
        ({"sms_number": "12"}, "Not a telephone number"),
        ({"email_from": "nobody"}, "not a valid email address"),
        ({"recalls__0__name": "Wellness"}, "This is needed"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    scene: Scene, manager: Caller, changed: dict[str, str], sentence: str
) -> None:
    before = messaging_settings(scene.practice, fresh=True)
    reply = save(manager, get(manager, "/settings"), callback_phone="(212) 555-0199", **changed)
    assert reply.status == 422
    assert sentence.lower() in unescape(reply.text).lower()
    assert "(212) 555-0199" in reply.text
    assert messaging_settings(scene.practice, fresh=True) == before


def test_two_people_at_the_same_form(scene: Scene, manager: Caller) -> None:
    page = get(manager, "/settings")
    assert save(manager, page, cancel_notice_minutes="60").status == 303
    second = save(manager, page, cancel_notice_minutes="30")
    assert second.status == 412
    assert "Somebody changed" in unescape(second.text)
    assert messaging_settings(scene.practice, fresh=True).cancel_notice_minutes == 60


# -- wording ---------------------------------------------------------------


def wording(caller: Caller, name: str = "reminder", **given: str) -> Reply:
    page = get(caller, f"/wording/{name}")
    version = re.search(r'name="version" value="(\d+)"', page)
    usual = {"channel": "sms", "language": "en", "action": "save", "version": version[1]}  # type: ignore[index]
    return call("POST", f"{PATH}/wording/{name}", caller=caller, form=[*{**usual, **given}.items()])


def test_a_practices_own_wording_and_back(scene: Scene, manager: Caller) -> None:
    assert wording(manager, text="Hi {first_name}: {date}, {time}").status == 303
    assert "Your own" in get(manager, "/wording/reminder")
    (own,) = messaging_settings(scene.practice, fresh=True).templates
    assert own.text == "Hi {first_name}: {date}, {time}"
    assert wording(manager, action="reset").status == 303
    assert messaging_settings(scene.practice, fresh=True).templates == ()


def test_a_wording_that_tells_too_much_is_refused_beside_it(scene: Scene, manager: Caller) -> None:
    reply = wording(manager, text="Your {diagnosis}")
    assert reply.status == 422
    page = unescape(reply.text)
    assert "would tell more" in page
    assert "Your {diagnosis}" in page
    assert messaging_settings(scene.practice, fresh=True).templates == ()


def test_every_message_has_its_page(manager: Caller) -> None:
    listed = re.findall(rf'href="{PATH}(/wording/[^"]+)"', get(manager, "/wording"))
    assert len(listed) > 20
    for path in listed:
        assert 'name="text"' in get(manager, path)
    get(manager, "/wording/unheard-of", status=404)


def preview(caller: Caller, **given: str) -> str:
    usual = {"name": "reminder", "channel": "sms", "language": "en"}
    reply = call("POST", f"{PATH}/preview", caller=caller, form=[*{**usual, **given}.items()])
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def test_the_preview_counts_while_one_types(manager: Caller) -> None:
    assert "GSM-7 · 11 characters · <b>1 segment</b>" in preview(manager, text="{first_name} so")
    costly = preview(manager, text="{first_name} sí")
    assert "UCS-2" in costly
    assert "<code>í</code>" in costly
    assert "can't stand here" in preview(manager, text="{nickname}")
    spanish = preview(manager, channel="email", language="es", subject="Cita", text="{answer_url}")
    assert "Cita" in spanish


def test_what_is_typed_is_shown_and_never_run(manager: Caller) -> None:
    reply = call(
        "POST",
        f"{PATH}/preview",
        caller=manager,
        form=[("name", "reminder"), ("channel", "sms"), ("text", "<script>alert(1)</script>")],
    )
    assert "<script>" not in reply.text


# -- numbers, repairs, a visit's line --------------------------------------


def test_the_dashboard_shows_numbers_and_nobody(scene: Scene, manager: Caller) -> None:
    jo = scene.patient(phone(), email(), family="Unmistakable")
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    scene.clock.at = from_text(step.due)
    message, _ = scene.message(scene.task("prepare", step))
    scene.mark(message, Status.SENT)
    scene.outcome(step, "sent", message)
    scene.became(visit, "noshow")
    page = get(manager)
    assert "Unmistakable" not in page
    assert '"labels": ["Mar 4"]' in page
    assert "48 hours before" in page
    assert "100.0 %" in page
    assert "3650" not in get(manager, status=422, first="2027-01-01", last="2037-01-01")
    get(manager, status=422, first="soon")


def test_an_empty_dashboard_is_a_page_too(manager: Caller) -> None:
    assert "No reminder was due" in get(manager)


def test_repairs_are_listed_and_may_be_asked_for(scene: Scene, manager: Caller) -> None:
    assert "No repair has run yet" in get(manager, "/repairs")
    assert call("POST", f"{PATH}/repairs", caller=manager, form=[]).status == 303
    ((kind, detail),) = scene.told()
    scene.deliver(kind, **detail)
    assert "Running" in get(manager, "/repairs")


def test_a_visits_reminders_are_shown_in_its_panel(scene: Scene) -> None:
    desk = Caller(scene.practice)
    visit = scene.booked(friday(), scene.patient(phone()))
    shown = get(desk, f"/appointments/{visit}/fragment")
    assert "Wed Mar 4, 2:00 PM" in shown
    assert "Planned" in shown
    scene.cancelled(visit)
    assert "Dropped: the visit changed" in get(desk, f"/appointments/{visit}/fragment")
    answer = call("GET", f"/reminders/appointments/{visit}", caller=desk)
    assert [step["outcome"] for step in answer.json["steps"]] == ["changed", "changed"]


def test_a_groups_reminders_say_whose_they_are(scene: Scene) -> None:
    one, two = scene.patient(phone(), family="One"), scene.patient(phone(), family="Two")
    visit = scene.booked(friday(), one, two, type_id=scene.small.group)
    shown = get(Caller(scene.practice), f"/appointments/{visit}/fragment")
    assert "One, Jo" in shown
    assert "Two, Jo" in shown


def test_a_visit_that_is_not_there_has_no_line(scene: Scene) -> None:
    get(Caller(scene.practice), "/appointments/app_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z/fragment", 404)


def test_settings_round_trip_for_every_default() -> None:
    from functions.reminders import settings_form

    usual = MessagingSettings(sms_number="+12125550100")
    form: Any = settings_form.shown(usual)
    assert settings_form.read(form, usual) == usual
