"""Texts that come in: what they mean, and that each is taken once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from caresmith.events import SlotOption
from caresmith.messages.records import PromptKind, thread_of
from caresmith.records.contact import Channel
from tests.integration.webhooks.conftest import ANA, NEW_YORK, NOON, Scene
from tests.support.client import Caller, call

BEN = "+12065550102"
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response />'


def test_yes_confirms_the_visit_that_the_reminder_asked_about(scene: Scene) -> None:
    patient, visit = scene.reminded()
    answer = scene.text("Yes!")
    assert (answer.status, answer.headers["content-type"], answer.text) == (200, "text/xml", EMPTY)
    told = scene.reply()
    assert (told["intent"], told["appointment_ids"]) == ("confirm", [visit])
    assert (told["patient_id"], told["party_id"]) == (patient, patient)
    [(record, body)] = scene.messages(patient)
    assert (record.kind, record.status, record.intent) == ("inbound", "received", "confirm")
    assert (body.address, body.text) == (ANA, "Yes!")
    [entry] = scene.audited("text-received")
    assert entry.patient_ids == [patient]


@pytest.mark.parametrize(
    ("body", "intent"),
    [("X", "cancel"), ("no", "cancel"), ("R", "reschedule"), ("no puedo ir", "cancel")],
)
def test_what_a_reminder_can_be_answered_with(scene: Scene, body: str, intent: str) -> None:
    _, visit = scene.reminded()
    scene.text(body)
    assert (scene.reply()["intent"], scene.reply()["appointment_ids"]) == (intent, [visit])


def test_ten_deliveries_at_once_are_one_reply(scene: Scene) -> None:
    patient, _ = scene.reminded()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: scene.text("X", sid="SMthesame"), range(10)))
    assert {answer.status for answer in answers} == {200}
    assert scene.reply()["intent"] == "cancel"
    assert len(scene.messages(patient)) == 1


def test_a_yes_is_about_what_was_asked_last(scene: Scene) -> None:
    patient, _ = scene.reminded()
    offer = scene.offer(patient)
    scene.text("yes")
    assert (scene.reply()["intent"], scene.reply()["offer_id"]) == ("accept", offer)


def test_no_to_an_offer_cancels_nothing(scene: Scene) -> None:
    patient, _ = scene.reminded()
    offer = scene.offer(patient)
    scene.text("No")
    told = scene.reply()
    assert (told["intent"], told["offer_id"], told["appointment_ids"]) == ("decline", offer, [])


def test_cancel_after_an_offer_is_read_by_a_person(scene: Scene) -> None:
    patient, _ = scene.reminded()
    scene.offer(patient)
    scene.text("cancel")
    assert scene.reply()["intent"] == "unclear"


def test_a_number_picks_the_time_that_was_offered(scene: Scene) -> None:
    patient, visit = scene.reminded()
    times = [NOON + timedelta(days=3, hours=hour) for hour in range(3)]
    slots = [
        SlotOption(provider_id=scene.small.ana, location_id=scene.small.east, start=time)
        for time in times
    ]
    scene.ask(PromptKind.SLOTS, patient, visit, options=[slot.model_dump_json() for slot in slots])
    scene.text("la segunda porfa")
    told = scene.reply()
    assert (told["intent"], told["appointment_ids"]) == ("pick", [visit])
    assert SlotOption.model_validate(told["slot"]) == slots[1]


def test_a_number_that_was_not_offered_picks_nothing(scene: Scene) -> None:
    patient, visit = scene.reminded()
    slot = SlotOption(provider_id=scene.small.ana, location_id=scene.small.east, start=NOON)
    scene.ask(PromptKind.SLOTS, patient, visit, options=[slot.model_dump_json()])
    scene.text("2")
    assert scene.reply()["intent"] == "unclear"


def test_one_means_yes_where_nothing_is_numbered(scene: Scene) -> None:
    scene.reminded()
    scene.text("1")
    assert scene.reply()["intent"] == "confirm"


def test_a_family_at_one_number_is_asked_which_visit(scene: Scene) -> None:
    ana, ben = scene.texted(), scene.reached(scene.patient(given="Ben"))
    first, second = scene.visit(ana), scene.visit(ben)
    scene.ask(PromptKind.CONFIRM, ana, first)
    scene.ask(PromptKind.CONFIRM, ben, second)
    scene.text("cancel please")
    told = scene.reply()
    assert (told["intent"], set(told["appointment_ids"])) == ("cancel", {first, second})
    assert told["patient_id"] is None


def test_the_visit_that_is_picked_gets_what_was_wanted(scene: Scene) -> None:
    ana, ben = scene.texted(), scene.reached(scene.patient(given="Ben"))
    first, second = scene.visit(ana), scene.visit(ben)
    scene.ask(PromptKind.WHICH, ana, wanted="cancel", options=[first, second], patients=[ana, ben])
    scene.text("2")
    told = scene.reply()
    assert (told["intent"], told["appointment_ids"]) == ("cancel", [second])
    assert (told["patient_id"], told["party_id"]) == (ben, ben)


def test_two_reminders_of_one_visit_are_one_visit(scene: Scene) -> None:
    patient, visit = scene.reminded()
    newest = scene.ask(PromptKind.CONFIRM, patient, visit)
    scene.text("C")
    assert (scene.reply()["appointment_ids"], scene.reply()["prompt_id"]) == ([visit], newest)


def test_who_was_not_asked_can_cancel_the_one_visit_that_comes(scene: Scene) -> None:
    patient = scene.texted()
    visit = scene.visit(patient, start=NOON + timedelta(days=20))
    scene.visit(patient, start=NOON + timedelta(days=60))
    scene.visit(patient, start=NOON + timedelta(days=5), status="cancelled")
    scene.text("I need to cancel my appointment")
    assert (scene.reply()["intent"], scene.reply()["appointment_ids"]) == ("cancel", [visit])


def test_an_answer_to_a_reminder_of_yesterday_leaves_the_next_visit_alone(scene: Scene) -> None:
    patient = scene.texted()
    past = scene.visit(patient, start=NOON - timedelta(hours=20))
    scene.visit(patient, start=NOON + timedelta(days=20))
    scene.ask(PromptKind.CONFIRM, patient, past, until=NOON - timedelta(hours=20))
    scene.text("X")
    assert scene.reply()["intent"] == "unclear"


def test_yes_said_twice_confirms_again_and_no_asks_a_person(scene: Scene) -> None:
    patient = scene.texted()
    visit = scene.visit(patient)
    scene.text("yes")
    scene.text("no")
    first, second = scene.events("ReplyReceived")
    assert (first["intent"], first["appointment_ids"]) == ("confirm", [visit])
    assert second["intent"] == "unclear"


@pytest.mark.parametrize(
    ("body", "intent"),
    [
        ("cancel my appointment on Wednesday", "cancel"),
        ("cancel my appointment on Friday", "unclear"),
        ("can't make it tomorrow", "unclear"),
        ("can't make it today", "unclear"),
    ],
)
def test_a_day_that_is_not_the_visits_cancels_nothing(scene: Scene, body: str, intent: str) -> None:
    patient = scene.texted()
    # Wednesday at home, though UTC counts Thursday already.
    visit = scene.visit(patient, start=datetime(2037, 3, 4, 21, tzinfo=NEW_YORK))
    scene.ask(PromptKind.CONFIRM, patient, visit)
    scene.text(body)
    assert scene.reply()["intent"] == intent


def test_running_late_is_told_with_the_visit(scene: Scene) -> None:
    _, visit = scene.reminded()
    scene.text("running 10 min late")
    assert (scene.reply()["intent"], scene.reply()["appointment_ids"]) == ("late", [visit])


def test_an_unknown_number_has_a_conversation_of_its_own(scene: Scene) -> None:
    scene.text("Is this the clinic?", sender=BEN)
    told = scene.reply()
    assert told["party_id"] == "unknown-" + thread_of(scene.practice, Channel.SMS, BEN)
    assert (told["intent"], told["patient_id"]) == ("unclear", None)
    [(record, body)] = scene.messages(told["party_id"])
    assert (record.status, body.text) == ("received", "Is this the clinic?")


def test_who_was_never_written_to_is_found_by_the_chart(scene: Scene) -> None:
    desk = Caller(scene.practice)
    chart = call(
        "POST",
        "/patients",
        caller=desk,
        json_body={
            "demographics": {"names": [{"family": "Okafor"}], "birth_date": "1990-01-01"},
            "contact": {
                "telecoms": [
                    {"system": "phone", "value": BEN, "use": "mobile"},
                    {"system": "phone", "value": "+12065550777", "use": "old"},
                ]
            },
        },
    ).json["patient_id"]
    visit = scene.visit(chart)
    scene.text("R", sender=BEN)
    assert (scene.reply()["patient_id"], scene.reply()["appointment_ids"]) == (chart, [visit])
    # Of a former number somebody else may be the owner today.
    scene.text("X", sender="+12065550777")
    assert scene.events("ReplyReceived")[-1]["intent"] == "unclear"


def test_a_number_that_no_practice_sends_from_is_refused(scene: Scene) -> None:
    answer = scene.text("hello", To="+19995550000")
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (404, "unknown-number")


@pytest.mark.parametrize("sender", ["72345", "PIZZA", "whatsapp:+12065550101", ""])
def test_who_is_no_telephone_is_refused(scene: Scene, sender: str) -> None:
    assert scene.text("hello", From=sender).status == 422
    assert scene.events("ReplyReceived") == []


def test_texts_of_every_kind_are_taken(scene: Scene) -> None:
    patient, _ = scene.reminded()
    bodies = ["", " ", "🙏", "\u0000😀", "ñandú", "a" * 1600, "שלום", "2️⃣" * 50]
    for body in bodies:
        scene.wait(seconds=1)
        assert scene.text(body).status == 200
    assert [body.text for _, body in scene.messages(patient)] == bodies


def test_another_practice_learns_nothing(scene: Scene, aws: str) -> None:
    from caresmith.clock import SystemClock
    from caresmith.ids import PracticeId
    from caresmith.keystore import create_keys

    other = PracticeId.new()
    create_keys(other, SystemClock())
    patient, _ = scene.reminded()
    assert thread_of(other, Channel.SMS, ANA) != thread_of(scene.practice, Channel.SMS, ANA)
    scene.text("C")
    assert scene.reply()["practice_id"] == scene.practice != other
    assert scene.reply()["patient_id"] == patient
