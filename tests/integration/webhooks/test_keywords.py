"""STOP, START and HELP: honoured at once and for everybody at the number."""

from __future__ import annotations

import pytest

from tests.integration.webhooks.conftest import ANA, Scene


def test_stop_ends_texts_before_the_answer_leaves(scene: Scene) -> None:
    ana, ben = scene.texted(), scene.reached(scene.patient(given="Ben"))
    answer = scene.text("STOP")
    assert "<Message>Small: You will get no more texts from us." in answer.text
    assert scene.opted_out()
    [told] = scene.events("ConsentReplied")
    assert (set(told["patient_ids"]), told["channel"], told["granted"]) == (
        {ana, ben},
        "sms",
        False,
    )
    assert scene.events("ReplyReceived") == []


def test_the_answer_stands_in_the_conversation(scene: Scene) -> None:
    patient = scene.texted()
    scene.text("stop")
    said = [(m.kind, m.status, m.intent, body.text[:11]) for m, body in scene.messages(patient)]
    assert said == [
        ("inbound", "received", "stop", "stop"),
        ("answer", "sent", None, "Small: You "),
    ]


@pytest.mark.parametrize(
    "body", ["STOP", "Alto", "stop texting me", "Unsubscribe", "no me manden mas"]
)
def test_every_way_of_saying_stop(scene: Scene, body: str) -> None:
    scene.texted()
    scene.text(body)
    assert scene.opted_out()


def test_stop_is_confirmed_once_and_told_once(scene: Scene) -> None:
    scene.texted()
    scene.text("STOP")
    assert "<Message>" not in scene.text("STOP").text
    assert len(scene.events("ConsentReplied")) == 1


def test_start_restores_what_stop_ended(scene: Scene) -> None:
    scene.texted()
    scene.text("STOP")
    assert "START" not in (answer := scene.text("UNSTOP")).text
    assert "You will get our texts again" in answer.text
    assert not scene.opted_out()
    assert [event["granted"] for event in scene.events("ConsentReplied")] == [False, True]


def test_a_stop_delivered_again_after_start_changes_nothing(scene: Scene) -> None:
    scene.texted()
    scene.text("STOP", sid="SMfirst")
    scene.text("START")
    assert "<Message>" not in scene.text("STOP", sid="SMfirst").text
    assert not scene.opted_out()


def test_help_says_what_this_is_and_whom_to_call(scene: Scene) -> None:
    scene.texted()
    answer = scene.text("help")
    assert "Small: Appointment texts." in answer.text
    assert "555-0199" in answer.text
    assert not scene.opted_out()


def test_answers_are_in_the_language_of_the_patient(scene: Scene) -> None:
    scene.texted(language="es")
    assert "Mensajes de citas" in scene.text("HELP").text


def test_a_spanish_keyword_is_answered_in_spanish(scene: Scene) -> None:
    scene.texted()
    assert "Mensajes de citas" in scene.text("ayuda").text


def test_cancel_is_about_the_visit_and_ends_no_texts(scene: Scene) -> None:
    scene.reminded()
    scene.text("CANCEL")
    assert scene.reply()["intent"] == "cancel"
    assert not scene.opted_out()


def test_where_the_carrier_took_cancel_for_stop_both_hold(scene: Scene) -> None:
    _, visit = scene.reminded()
    answer = scene.text("CANCEL", OptOutType="STOP")
    assert "<Message>" not in answer.text
    assert scene.opted_out()
    assert (scene.reply()["intent"], scene.reply()["appointment_ids"]) == ("cancel", [visit])
    assert [event["granted"] for event in scene.events("ConsentReplied")] == [False]


def test_what_the_carrier_has_answered_is_not_answered_twice(scene: Scene) -> None:
    scene.texted()
    assert "<Message>" not in scene.text("HELP", OptOutType="HELP").text


def test_yes_confirms_also_where_the_carrier_takes_it_for_start(scene: Scene) -> None:
    scene.reminded()
    scene.text("YES", OptOutType="START")
    assert scene.reply()["intent"] == "confirm"


def test_who_opted_out_is_still_understood(scene: Scene) -> None:
    _, visit = scene.reminded()
    scene.text("STOP")
    scene.text("X")
    assert (scene.reply()["intent"], scene.reply()["appointment_ids"]) == ("cancel", [visit])
    assert scene.opted_out()


def test_a_stranger_who_says_stop_is_left_alone_from_then_on(scene: Scene) -> None:
    scene.text("STOP", sender="+12065550199")
    assert scene.opted_out("+12065550199")
    assert scene.events("ConsentReplied") == []
    assert not scene.opted_out(ANA)
