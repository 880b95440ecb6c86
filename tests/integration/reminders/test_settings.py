"""A practice's settings: read, changed by version, refused with a sentence at the field."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from caresmith.messages.records import SenderRecord, sender_key
from caresmith.messages.settings import messaging_settings
from caresmith.permissions import Role
from tests.integration.reminders.conftest import AT_NOON, Scene, phone
from tests.support.client import Caller, Reply, call
from tests.support.practices import small_practice

PATH = "/reminders/settings"


@pytest.fixture
def manager(scene: Scene) -> Caller:
    return Caller(scene.practice, roles=(Role.MANAGER,))


def read(caller: Caller) -> tuple[dict[str, Any], str]:
    reply = call("GET", PATH, caller=caller)
    assert reply.status == 200, reply.text
    return reply.json, reply.headers["etag"]


def change(caller: Caller, tag: str | None = None, **given: Any) -> Reply:
    settings, known = read(caller)
    headers = {"if-match": tag or known}
    return call("PUT", PATH, caller=caller, json_body={**settings, **given}, headers=headers)


def errors(reply: Reply) -> dict[str, str]:
    assert reply.status == 422, reply.text
    return {error["field"]: error["message"] for error in reply.json["errors"]}


def own(name: str = "reminder", channel: str = "sms", **given: Any) -> dict[str, Any]:
    return {"name": name, "channel": channel, "language": "en", "text": "Hi {first_name}", **given}


def test_a_new_practice_has_settings_that_it_can_live_with(practice: PracticeId) -> None:
    small_practice(practice)
    settings, tag = read(Caller(practice, roles=(Role.MANAGER,)))
    assert tag == '"0"'
    assert [step["key"] for step in settings["cadence"]] == ["7d", "48h", "3h"]
    assert settings["sms_number"] == ""


def test_the_first_change_and_the_next(scene: Scene, manager: Caller) -> None:
    reply = change(manager, cancel_notice_minutes=240)
    assert reply.status == 200, reply.text
    assert reply.headers["etag"] == '"2"'
    assert messaging_settings(scene.practice).cancel_notice_minutes == 240


def test_who_saw_an_older_version_changes_nothing(scene: Scene, manager: Caller) -> None:
    _, old = read(manager)
    assert change(manager, cancel_notice_minutes=240).status == 200
    reply = change(manager, old, cancel_notice_minutes=0)
    assert reply.status == 412
    assert messaging_settings(scene.practice, fresh=True).cancel_notice_minutes == 240


def test_without_a_version_nothing_is_changed(manager: Caller) -> None:
    settings, _ = read(manager)
    assert call("PUT", PATH, caller=manager, json_body=settings).status == 428


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINICIAN, Role.BILLER, Role.AUDITOR])
def test_who_does_not_manage_reminders_sees_and_changes_nothing(scene: Scene, role: Role) -> None:
    caller = Caller(scene.practice, roles=(role,))
    assert call("GET", PATH, caller=caller).status == 403
    assert call("PUT", PATH, caller=caller, json_body={}).status == 403


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"cadence": [{"key": "x", "minutes_before": 5}]}, "cadence.0.minutes_before"),
        ({"cadence": [{"key": "7 d", "minutes_before": 500}]}, "cadence.0.key"),
        ({"cadence": [{"key": "a", "minutes_before": 60}] * 2}, "body"),
        ({"quiet": {"start": "25:00", "end": "08:00"}}, "quiet.start"),
        ({"sms_number": "12"}, "sms_number"),
        ({"email_from": "nobody"}, "email_from"),
        ({"channels": ["sms", "sms"]}, "channels"),
        ({"channels": ["fax"]}, "channels.0"),
        ({"noshow_after_minutes": 1}, "noshow_after_minutes"),
        ({"waitlist": {"wave_size": 0}}, "waitlist.wave_size"),
        (
            {"cadence": [{"key": "3h", "minutes_before": 180, "asks_to_confirm": False}]},
            "escalate_unconfirmed",
        ),
        (
            {
                "recalls": [
                    {
                        "key": "a",
                        "name": "A",
                        "after_days": 365,
                        "type_ids": ["apt_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"],
                    }
                ]
            },
            "recalls.0.type_ids",
        ),
        ({"templates": [own("greeting")]}, "templates.0.name"),
        ({"templates": [own(text="Hi {last_name}")]}, "templates.0.text"),
        ({"templates": [own(text="Hi {nickname}")]}, "templates.0.text"),
        ({"templates": [own(text="Hi {first_name")]}, "templates.0.text"),
        ({"templates": [own(text="Go to {answer_url}")]}, "templates.0.text"),
        ({"templates": [own(text="x" * 1540)]}, "templates.0.text"),
        ({"templates": [own(channel="email")]}, "templates.0.subject"),
        ({"templates": [own(channel="email", subject="Visit")]}, "templates.0.text"),
        ({"templates": [own("stop", "email", subject="Stopped")]}, "templates.0.channel"),
        ({"templates": [own(), own()]}, "body"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
    ids=str,
)
def test_bad_settings_are_refused_at_their_field(
    scene: Scene, manager: Caller, given: dict[str, Any], field: str
) -> None:
    before = messaging_settings(scene.practice, fresh=True)
    assert field in errors(change(manager, **given))
    assert messaging_settings(scene.practice, fresh=True) == before


def test_a_blank_that_would_tell_too_much_is_refused_with_the_reason(manager: Caller) -> None:
    for blank in ("diagnosis", "birth_date", "visit_type", "last_name", "mrn"):
        found = errors(change(manager, templates=[own(text=f"Your {{{blank}}}")]))
        assert "would tell more" in found["templates.0.text"]


def test_a_number_belongs_to_one_practice(scene: Scene, manager: Caller) -> None:
    number = "+13125550123"
    assert change(manager, sms_number="(312) 555-0123").status == 200
    record = SenderRecord.get(sender_key(number), "sender")
    assert (record.practice_id, record.channel) == (scene.practice, "sms")
    other = PracticeId.new()
    create_keys(other, SystemClock())
    small_practice(other)
    stranger = Caller(other, roles=(Role.MANAGER,))
    taken = change(stranger, sms_number=number)
    assert (taken.status, taken.json["type"].rpartition("/")[2]) == (409, "number-taken")
    # Given up by the first, it may be the second's.
    assert change(manager, sms_number="").status == 200
    assert change(stranger, sms_number=number).status == 200
    assert SenderRecord.get(sender_key(number), "sender").practice_id == other
    assert change(stranger, sms_number="").status == 200


def test_a_changed_cadence_lets_the_repair_run(scene: Scene, manager: Caller) -> None:
    assert change(manager, cadence=[{"key": "1d", "minutes_before": 1440}]).status == 200
    assert [kind for kind, _ in scene.told()] == ["ReminderRepairDue"]


def test_a_change_of_wording_alone_does_not(scene: Scene, manager: Caller) -> None:
    assert change(manager, templates=[own(text="Hi {first_name}: {date}")]).status == 200
    assert scene.told() == []


def test_the_practices_own_wording_is_listed_with_its_blanks(scene: Scene, manager: Caller) -> None:
    assert change(manager, templates=[own(text="Hi {first_name}: {date}")]).status == 200
    listed = call("GET", "/reminders/templates", caller=manager).json
    (mine,) = [t for t in listed if t["own"]]
    assert (mine["name"], mine["text"]) == ("reminder", "Hi {first_name}: {date}")
    mail = next(t for t in listed if (t["name"], t["channel"]) == ("reminder", "email"))
    assert "answer_url" in mail["blanks"]
    assert "answer_url" not in mine["blanks"]


# -- preview ---------------------------------------------------------------


def preview(caller: Caller, **given: Any) -> Reply:
    return call("POST", "/reminders/preview", caller=caller, json_body=given)


def test_a_draft_is_counted_as_carriers_count_it(manager: Caller) -> None:
    reply = preview(manager, name="reminder", channel="sms", text="Hi {first_name}, {date}.")
    assert reply.json == {
        "text": "Hi Isabella, Wed, Sep 30.",
        "subject": "",
        "encoding": "GSM-7",
        "characters": 25,
        "segments": 1,
        "costly_characters": [],
        "cost_microdollars": 11_800,
    }


def test_one_dear_character_makes_the_text_ucs_2(manager: Caller) -> None:
    found = preview(manager, name="reminder", channel="sms", text="á" + "a" * 70).json
    assert (found["encoding"], found["segments"]) == ("UCS-2", 2)
    assert found["costly_characters"] == ["á"]


def test_without_a_draft_what_would_be_sent_today_is_shown(manager: Caller) -> None:
    found = preview(manager, name="reminder", channel="email", language="es").json
    assert found["subject"] == "Su cita del miércoles 30 de septiembre"
    assert "/webhooks/answers/" in found["text"]
    assert (found["encoding"], found["segments"]) == (None, 0)


def test_a_real_visits_values_are_filled_in(scene: Scene, manager: Caller) -> None:
    visit = scene.visit(AT_NOON, scene.patient(phone(), given="Zoë"))
    found = preview(manager, name="reminder", channel="sms", appointment_id=visit).json
    assert "Hi Zoë, you have an appointment Mon, Mar 2 at 12:00 PM, East" in found["text"]
    # ë is not in the GSM alphabet: a name is not bent for a few cents.
    assert found["costly_characters"] == ["ë"]


def test_who_may_not_read_charts_previews_with_examples_only(scene: Scene) -> None:
    admin = Caller(scene.practice, roles=(Role.ADMIN,))
    visit = scene.visit(AT_NOON, scene.patient(phone()))
    assert preview(admin, name="reminder", channel="sms").status == 200
    refused = preview(admin, name="reminder", channel="sms", appointment_id=visit)
    assert refused.status == 403


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "greeting"}, "name"),
        ({"text": "{diagnosis}"}, "text"),
        ({"text": "x" * 1999}, "text"),
        ({"channel": "fax"}, "channel"),
        ({"patient_id": "pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, "body"),
    ],
    ids=str,
)
def test_a_draft_that_could_not_be_saved_is_not_previewed(
    manager: Caller, given: dict[str, Any], field: str
) -> None:
    assert field in errors(preview(manager, **{"name": "reminder", "channel": "sms", **given}))


def test_a_visit_that_is_not_there_has_no_preview(manager: Caller) -> None:
    unknown = "app_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"
    reply = preview(manager, name="reminder", channel="sms", appointment_id=unknown)
    assert reply.status == 404
