"""Who can't prove who calls gets 403 and changes nothing: every route, walked."""

from __future__ import annotations

import json

import pytest
from chalice.app import Response

from functions.webhooks.edge import VerifiedBlueprint, WebhookApp, verifier_of
from functions.webhooks.handler import app
from tests.integration.security.conftest import dump
from tests.integration.webhooks.conftest import ANA, Scene, from_twilio
from tests.support.client import call
from tests.support.routes import Webhook, all_webhooks

WEBHOOKS = all_webhooks()
GARBLED = (
    ({}, b""),
    ({"content-type": "application/x-www-form-urlencoded"}, b"Body=STOP&From=%2B12065550101"),
    ({"content-type": "application/x-www-form-urlencoded"}, b"\xff\xfe%%%&&&==="),
    ({"content-type": "application/json"}, b"[" * 4000),
    ({"content-type": "text/plain"}, b'{"Type": "Notification", "TopicArn": ["x"]}'),
    ({"content-type": "text/plain", "x-twilio-signature": "bm90aGluZw=="}, b"null"),
    ({"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": "ñ"}, b"a=b"),
)


@pytest.mark.parametrize("webhook", WEBHOOKS, ids=str)
def test_what_is_not_proved_is_refused_and_changes_nothing(scene: Scene, webhook: Webhook) -> None:
    scene.reminded()
    before = dump(of=scene.practice)
    for headers, raw in GARBLED:
        reply = call(webhook.method, webhook.path(), raw=raw, headers=headers)
        refused = {400, 404, 415} if webhook.is_link else {400, 403, 415}
        assert reply.status in refused, f"{webhook} {raw[:20]!r}: {reply.status}"
        if not webhook.is_link:
            assert reply.headers["content-type"] == "application/problem+json"
            assert set(reply.json) >= {"type", "title", "status"}
    assert dump(of=scene.practice) == before


def test_every_route_names_a_verifier() -> None:
    views = [entry.view_function for methods in app.routes.values() for entry in methods.values()]
    assert len(views) == len(WEBHOOKS) == 7
    assert all(verifier_of(view) for view in views)


@pytest.mark.parametrize(
    "routes", [VerifiedBlueprint("x"), WebhookApp("x")], ids=["blueprint", "app"]
)
def test_a_route_without_a_verifier_does_not_import(routes: VerifiedBlueprint) -> None:
    with pytest.raises(TypeError, match="names no verifier"):

        @routes.route("/webhooks/open", methods=["POST"])
        def open_to_all() -> Response:
            return Response("")


def test_the_signature_holds_for_the_very_url_and_form(scene: Scene) -> None:
    patient = scene.texted()
    assert scene.text("hello").status == 200
    form = {"From": ANA, "To": scene.number, "Body": "STOP", "MessageSid": "SM1"}
    path = "/webhooks/twilio/sms"
    for wrong in (
        from_twilio(path, form),  # no account
        from_twilio(path, {**form, "AccountSid": "AC-another"}),
        from_twilio(path, form, token="another"),
        from_twilio(path, form, url="https://elsewhere.test" + path),
    ):
        assert (wrong.status, wrong.json["type"].rpartition("/")[2]) == (403, "not-authentic")
    assert len(scene.messages(patient)) == 1
    assert not scene.opted_out()


def test_the_url_is_what_the_caller_saw_behind_the_gateway(scene: Scene) -> None:
    scene.texted()
    from scripts.localstack.outside import TWILIO_ACCOUNT

    form = {
        "AccountSid": TWILIO_ACCOUNT,
        "From": ANA,
        "To": scene.number,
        "Body": "hi",
        "MessageSid": "SM2",
    }
    path = "/webhooks/twilio/sms"
    outer = {"x-forwarded-proto": "https", "x-forwarded-host": "clinic.example:8443"}
    reply = from_twilio(path, form, url="https://clinic.example:8443" + path, **outer)
    assert reply.status == 200


def test_a_body_larger_than_any_webhook_is_refused(scene: Scene) -> None:
    assert scene.text("x" * 300_000).status == 413


def test_other_methods_and_paths_are_problems() -> None:
    assert call("GET", "/webhooks/twilio/sms").status == 405
    assert call("DELETE", "/webhooks/answers/" + "a" * 43).status == 405
    for path in ("/webhooks", "/webhooks/none", "/webhooks/twilio/sms/x", "/webhooks/answers/"):
        assert call("POST", path).status == 404


def test_logs_and_events_hold_neither_words_nor_numbers(
    scene: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    scene.reminded()
    scene.text("my secret illness")
    scene.text("STOP", sid="SMx")
    scene.text("STOP", sid="SMx")
    scene.text("hello", From="PIZZA")
    logged = [str(vars(record)) for record in caplog.records]
    assert any("taken before" in line for line in logged)
    told = json.dumps(scene.events("ReplyReceived") + scene.events("ConsentReplied"))
    everything = "".join([*logged, told, *capfd.readouterr()])
    for mark in ("secret", "illness", ANA, ANA[1:], scene.number, "PIZZA"):
        assert mark not in everything
