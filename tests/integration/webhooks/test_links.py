"""The links in e-mails: looking changes nothing, a button answers once."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from caresmith.events import SlotOption
from caresmith.ids import AppointmentId, PatientId, PromptId
from caresmith.messages.links import unsubscribe_secret
from caresmith.messages.records import AnswerLinkRecord, PromptKind, answer_key, thread_of
from caresmith.records.contact import Channel
from caresmith.records.patient import CHART, Patient, chart_key
from tests.integration.security.conftest import dump
from tests.integration.webhooks.conftest import NOON, Scene
from tests.support.client import Reply, call

ADDRESS = "ana@example.org"


def link(
    scene: Scene,
    patient: PatientId,
    prompt: PromptId,
    *,
    expires_in: timedelta = timedelta(days=2),
    **about: str,
) -> str:
    """A link as an e-mail carries it; returns its secret."""
    secret = secrets.token_urlsafe(32)
    AnswerLinkRecord(
        answer_key(secret),
        "answer",
        practice_id=scene.practice,
        thread=thread_of(scene.practice, Channel.EMAIL, ADDRESS),
        prompt_id=prompt,
        patient_id=patient,
        expires_at=int((scene.now + expires_in).timestamp()),
        **about,
    ).save()
    return secret


def reminded(scene: Scene, **given: object) -> tuple[PatientId, AppointmentId, str]:
    patient = scene.patient(("email", ADDRESS), **given)
    scene.reached(patient, ADDRESS)
    visit = scene.visit(patient)
    prompt = scene.ask(PromptKind.CONFIRM, patient, visit, number=ADDRESS)
    return patient, visit, link(scene, patient, prompt, appointment_id=visit)


def look(secret: str) -> Reply:
    return call("GET", f"/webhooks/answers/{secret}")


def press(secret: str, answer: str, answered: str = "") -> Reply:
    form = [("answer", answer), ("answered", answered)]
    return call("POST", f"/webhooks/answers/{secret}", form=form)


def test_looking_shows_when_and_changes_nothing(scene: Scene) -> None:
    _, _, secret = reminded(scene, given="Ana", family="Quillfeather")
    before = dump(of=scene.practice, without=("audit",))
    reply = look(secret)
    assert reply.status == 200
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    for shown in ("Small", "Hello Ana", "Wed, Mar 4", "12:00 PM", "555-0199", "Cancel this"):
        assert shown in reply.text
    for hidden in ("Quillfeather", "1980", ADDRESS, "Visit", "<script"):
        assert hidden not in reply.text
    assert dump(of=scene.practice, without=("audit",)) == before
    assert len(scene.audited("answer-page-read")) == 1


@pytest.mark.parametrize("answer", ["confirm", "cancel", "reschedule"])
def test_a_button_answers_as_a_text_does(scene: Scene, answer: str) -> None:
    patient, visit, secret = reminded(scene)
    reply = press(secret, answer)
    assert (reply.status, "Thank you." in reply.text) == (200, True)
    told = scene.reply()
    assert (told["intent"], told["appointment_ids"]) == (answer, [visit])
    assert (told["patient_id"], told["party_id"]) == (patient, patient)
    [(record, body)] = scene.messages(patient)
    assert (record.channel, body.address) == ("email", ADDRESS)


def test_a_button_pressed_ten_times_answers_once(scene: Scene) -> None:
    _, _, secret = reminded(scene)
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: press(secret, "cancel"), range(10)))
    assert {reply.status for reply in replies} == {200}
    assert scene.reply()["intent"] == "cancel"


def test_an_answer_may_be_changed_until_the_visit_is_cancelled(scene: Scene) -> None:
    _, _, secret = reminded(scene)
    press(secret, "confirm")
    assert "Has something changed?" in look(secret).text
    scene.wait(minutes=1)
    press(secret, "cancel", "confirm")
    scene.wait(minutes=1)
    after = press(secret, "confirm", "cancel")
    assert "<button" not in after.text
    assert [e["intent"] for e in scene.events("ReplyReceived")] == ["confirm", "cancel"]


def test_a_visit_that_is_off_the_calendar_can_not_be_answered(scene: Scene) -> None:
    patient = scene.patient(("email", ADDRESS))
    visit = scene.visit(patient, status="cancelled")
    secret = link(scene, patient, PromptId.new(), appointment_id=visit)
    assert "can no longer be used" in look(secret).text
    assert "can no longer be used" in press(secret, "confirm").text
    assert scene.events("ReplyReceived") == []


def test_a_link_ends_when_the_visit_begins(scene: Scene) -> None:
    _, _, secret = reminded(scene)
    scene.wait(days=2)
    assert "can no longer be used" in press(secret, "confirm").text
    assert scene.events("ReplyReceived") == []


def test_who_got_the_email_by_mistake_can_do_nothing_once_the_address_is_right(
    scene: Scene,
) -> None:
    patient, _, secret = reminded(scene)
    corrected = scene.patient(("email", "right@example.org"))
    head = Patient.get(chart_key(scene.practice, patient), CHART)
    head.merged_into = corrected
    head.save()
    reply = press(secret, "cancel")
    assert "can no longer be used" in reply.text
    assert "Hello" not in reply.text
    assert scene.events("ReplyReceived") == []


def test_an_offer_is_taken_or_passed_up(scene: Scene) -> None:
    patient = scene.patient(("email", ADDRESS))
    slot = SlotOption(
        provider_id=scene.small.ana,
        location_id=scene.small.east,
        start=NOON + timedelta(days=1),
    )
    offer = scene.offer(patient, number=ADDRESS, options=[slot.model_dump_json()])
    [prompt] = _prompts(scene)
    secret = link(scene, patient, prompt, offer_id=offer)
    assert "A time is free on" in (page := look(secret)).text
    assert "Cancel" not in page.text
    assert "Tue, Mar 3" in page.text
    press(secret, "cancel")
    assert scene.events("ReplyReceived") == []
    press(secret, "accept")
    assert (scene.reply()["intent"], scene.reply()["offer_id"]) == ("accept", offer)


def _prompts(scene: Scene) -> list[PromptId]:
    from caresmith.messages.records import PromptRecord, thread_key

    key = thread_key(scene.practice, thread_of(scene.practice, Channel.EMAIL, ADDRESS))
    return [PromptId(p.prompt_id) for p in PromptRecord.query(key)]


def test_the_page_speaks_the_patients_language(scene: Scene) -> None:
    _, _, secret = reminded(scene, language="es")
    page = look(secret).text
    assert '<html lang="es">' in page
    assert "miércoles 4 de marzo" in page
    assert "Sí, asistiré" in page


@pytest.mark.parametrize("secret", ["a" * 43, "x", "a" * 400, "%2e%2e", "prc_1.b.c"])
def test_an_unknown_link_says_so_in_both_languages(aws: str, secret: str) -> None:
    for path in (f"/webhooks/answers/{secret}", f"/webhooks/unsubscribe/{secret}"):
        for method in ("GET", "POST"):
            reply = call(method, path, form=[("answer", "confirm")])
            assert reply.status == 404
            assert "This link is not known" in reply.text
            assert "No conocemos este enlace" in reply.text


# -- List-Unsubscribe --------------------------------------------------------


def unsubscribe_path(scene: Scene) -> str:
    thread = thread_of(scene.practice, Channel.EMAIL, ADDRESS)
    return f"/webhooks/unsubscribe/{unsubscribe_secret(scene.practice, thread)}"


def test_one_click_ends_all_emails_to_the_address(scene: Scene) -> None:
    patient = scene.reached(scene.patient(("email", ADDRESS)), ADDRESS)
    path = unsubscribe_path(scene)
    for _ in range(3):
        reply = call("POST", path, form=[("List-Unsubscribe", "One-Click")])
        assert (reply.status, "no more e-mails from us" in reply.text) == (200, True)
    assert scene.opted_out(ADDRESS)
    [told] = scene.events("ConsentReplied")
    assert (told["patient_ids"], told["channel"], told["granted"]) == ([patient], "email", False)
    [(record, body)] = scene.messages(patient)
    assert (record.message_id, body.address) == (told["message_id"], ADDRESS)


def test_a_mail_program_may_post_it_as_multipart(scene: Scene) -> None:
    part = b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click'
    body = b"--x\r\n" + part + b"\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert call("POST", unsubscribe_path(scene), raw=body, headers=headers).status == 200
    assert scene.opted_out(ADDRESS)


def test_a_scanner_that_follows_the_link_ends_nothing(scene: Scene) -> None:
    assert "<button" in call("GET", unsubscribe_path(scene)).text
    assert not scene.opted_out(ADDRESS)


def test_a_changed_unsubscribe_link_is_unknown(scene: Scene) -> None:
    path = unsubscribe_path(scene)
    other = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert call("POST", other, form=[]).status == 404
    assert not scene.opted_out(ADDRESS)
