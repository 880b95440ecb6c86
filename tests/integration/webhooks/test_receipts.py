"""What carriers tell of our messages, through both doors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from caresmith.ids import MessageId, PatientId
from caresmith.messages.outgoing import Draft, message_record
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import Kind, MessageRecord, Status, read_message, thread_of
from caresmith.messages.settings import Written
from caresmith.messages.wording import Rendered
from caresmith.records.contact import Channel
from functions.webhooks import sns, sns_signature
from scripts.carrier.fates import Notice
from scripts.carrier.notices import Signer, about_letter, two_way_text
from scripts.localstack.outside import TWILIO_ACCOUNT
from tests.integration.webhooks.conftest import ANA, Scene, from_twilio
from tests.support.client import Reply, call

CARRIER = "http://127.0.0.1:1"
MAIL, TEXTS = "caresmith-test-mail", "caresmith-test-texts"
ADDRESS = "ana@example.org"


def sent(scene: Scene, patient: PatientId, to: str = ANA) -> MessageRecord:
    """A message that has left."""
    channel: Written = Channel.EMAIL if "@" in to else Channel.SMS
    draft = Draft(
        message_id=MessageId.new(),
        party_id=patient,
        to=ContactPoint(channel, to, thread_of(scene.practice, channel, to)),
        kind=Kind.REMINDER,
        rendered=Rendered("Hello"),
    )
    record = message_record(draft, scene.practice, scene.now)
    record.status = Status.SENT
    record.save()
    return record


def state(scene: Scene, record: MessageRecord) -> tuple[str, str | None]:
    found = read_message(scene.practice, str(record.party_id), MessageId(str(record.message_id)))
    assert found is not None
    return found.status, found.reason


def receipt(scene: Scene, record: MessageRecord, status: str, **form: str) -> Reply:
    path = f"/webhooks/twilio/status/{scene.practice}/{record.party_id}/{record.message_id}"
    return from_twilio(path, {"AccountSid": TWILIO_ACCOUNT, "MessageStatus": status, **form})


def test_a_text_is_delivered_and_told_once(scene: Scene) -> None:
    record = sent(scene, scene.texted())
    for status in ("queued", "sent", "delivered", "delivered", "sent"):
        assert receipt(scene, record, status).status == 204
    assert state(scene, record) == ("delivered", None)
    assert [event["outcome"] for event in scene.events("MessageOutcome")] == ["delivered"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("30005", ("failed", "invalid")),
        ("30007", ("blocked", "content")),
        ("", ("failed", "unknown")),
    ],
)
def test_a_failed_text_says_why(scene: Scene, code: str, expected: tuple[str, str]) -> None:
    record = sent(scene, scene.texted())
    receipt(scene, record, "undelivered", ErrorCode=code)
    assert state(scene, record) == expected


def test_a_receipt_of_nobodys_message_changes_nothing(scene: Scene) -> None:
    record = sent(scene, scene.texted())
    record.message_id = MessageId.new()
    assert receipt(scene, record, "delivered").status == 204
    record.party_id, record.message_id = "x", "y"
    assert receipt(scene, record, "delivered").status == 422


# -- SNS ------------------------------------------------------------------


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signer]:
    """Signs as the carrier does; its certificate is fetched from it."""
    made = Signer(tmp_path, CARRIER)
    arns = ",".join(f"arn:aws:sns:us-east-1:123456789012:{name}" for name in (MAIL, TEXTS))
    monkeypatch.setenv("CARESMITH_SNS_TOPICS", arns)
    monkeypatch.setenv("CARESMITH_SNS_CERTIFICATE_HOST", "127.0.0.1:1")
    sns_signature._certificates.clear()
    with patch.object(sns_signature.urllib.request, "urlopen") as fetched:
        fetched.return_value.__enter__.return_value.read.return_value = made.certificate
        yield made
    sns_signature._certificates.clear()


def signed(
    scene: Scene, signer: Signer, message: Mapping[str, Any], topic: str = MAIL
) -> dict[str, str]:
    at = scene.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return signer.notification(f"arn:aws:sns:us-east-1:123456789012:{topic}", message, at)


def post(content: Mapping[str, str]) -> Reply:
    headers = {"content-type": "text/plain; charset=UTF-8"}
    return call("POST", "/webhooks/sns", raw=json.dumps(content).encode(), headers=headers)


def letter(record: MessageRecord, scene: Scene) -> dict[str, Any]:
    tags = {"practice": scene.practice, "party": record.party_id, "message": record.message_id}
    return {"from": "office@example.org", "to": [ADDRESS], "message_id": "ses-1", "tags": tags}


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        (Notice.DELIVERY, ("delivered", None)),
        (Notice.BOUNCE, ("failed", "bounced")),
        (Notice.SOFT_BOUNCE, ("failed", "expired")),
        (Notice.COMPLAINT, ("delivered", "complaint")),
    ],
)
def test_what_became_of_an_email(
    scene: Scene, signer: Signer, notice: Notice, expected: tuple[str, str | None]
) -> None:
    patient = scene.reached(scene.patient(("email", ADDRESS)), ADDRESS)
    record = sent(scene, patient, ADDRESS)
    content = signed(scene, signer, about_letter(letter(record, scene), notice, "t"))
    assert [post(content).status for _ in range(3)] == [204, 204, 204]
    assert state(scene, record) == expected
    failed = [event["reason"] for event in scene.events("ContactPointFailed")]
    dead = {Notice.BOUNCE: ["bounced"], Notice.COMPLAINT: ["complaint"]}
    assert failed == dead.get(notice, [])
    assert scene.opted_out(ADDRESS) is (notice is Notice.COMPLAINT)


@pytest.mark.parametrize(("kind", "told"), sns.TEXTS.items(), ids=list(sns.TEXTS))
def test_what_became_of_a_text_sent_through_aws(
    scene: Scene, signer: Signer, kind: str, told: tuple[str, str]
) -> None:
    record = sent(scene, scene.texted())
    context = {"practice": scene.practice, "party": record.party_id, "message": record.message_id}
    post(signed(scene, signer, {"eventType": kind, "context": context}, TEXTS))
    assert state(scene, record)[0] == (told[0] if told[0] != "failed" else "failed")
    assert state(scene, record)[1] == (told[1] or None)


def test_a_text_comes_in_through_sns_once(scene: Scene, signer: Signer) -> None:
    patient, visit = scene.reminded()
    text = {"sender": ANA, "recipient": scene.number, "body": "X", "sid": str(uuid.uuid4())}
    content = signed(scene, signer, two_way_text(text), TEXTS)
    assert [post(content).status for _ in range(3)] == [204, 204, 204]
    assert (scene.reply()["intent"], scene.reply()["appointment_ids"]) == ("cancel", [visit])
    [(record, _)] = scene.messages(patient)
    assert record.carrier == "aws"


def test_help_by_sns_is_answered_by_a_message_of_its_own(scene: Scene, signer: Signer) -> None:
    patient = scene.texted()
    text = {"sender": ANA, "recipient": scene.number, "body": "HELP", "sid": "one"}
    post(signed(scene, signer, two_way_text(text), TEXTS))
    [queued] = scene.events("MessageQueued")
    [_, (answer, body)] = scene.messages(patient)
    assert (queued["message_id"], answer.status) == (answer.message_id, "queued")
    assert "Appointment texts" in body.text


def test_a_start_that_a_later_stop_has_overtaken_restores_nothing(
    scene: Scene, signer: Signer
) -> None:
    scene.texted()
    text = {"sender": ANA, "recipient": scene.number, "body": "START", "sid": "start"}
    start = signed(scene, signer, two_way_text(text), TEXTS)
    scene.wait(minutes=1)
    stop = signed(scene, signer, two_way_text({**text, "body": "STOP", "sid": "stop"}), TEXTS)
    post(stop)
    post(start)
    assert scene.opted_out()


def test_what_sns_has_not_signed_is_refused(scene: Scene, signer: Signer) -> None:
    patient = scene.reached(scene.patient(("email", ADDRESS)), ADDRESS)
    record = sent(scene, patient, ADDRESS)
    good = signed(scene, signer, about_letter(letter(record, scene), Notice.BOUNCE, "t"))
    wrong = [
        {**good, "Message": good["Message"].replace("Permanent", "Transient")},
        {**good, "Signature": "AAAA"},
        {**good, "SignatureVersion": "3"},
        {**good, "SigningCertURL": "https://sns.us-east-1.amazonaws.com.evil.test/a.pem"},
        {**good, "SigningCertURL": "https://evil.test/a.pem"},
        {**good, "SigningCertURL": "http://sns.us-east-1.amazonaws.com/a.pem"},
        {**good, "SigningCertURL": "https://sns.us-east-1.amazonaws.com/a.txt"},
        {**good, "SigningCertURL": "https://a@sns.us-east-1.amazonaws.com/a.pem"},
        {**good, "TopicArn": "arn:aws:sns:us-east-1:999999999999:elsewhere"},
        {name: value for name, value in good.items() if name != "Timestamp"},
    ]
    for content in wrong:
        assert post(content).status == 403
    assert state(scene, record) == ("sent", None)


def test_an_old_message_and_one_from_the_future_are_refused(scene: Scene, signer: Signer) -> None:
    record = sent(scene, scene.patient(), ADDRESS)
    content = signed(scene, signer, about_letter(letter(record, scene), Notice.DELIVERY, "t"))
    scene.wait(hours=3)
    assert post(content).status == 403
    scene.wait(hours=-4)
    assert post(content).status == 403
    scene.wait(hours=1)
    assert post(content).status == 204


def test_version_1_signatures_are_taken_as_well(scene: Scene, signer: Signer) -> None:
    import base64

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    content = signed(scene, signer, {"eventType": "Send", "mail": {}})
    names = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
    canonical = "".join(f"{name}\n{content[name]}\n" for name in names)
    made = signer._key.sign(canonical.encode(), padding.PKCS1v15(), hashes.SHA1())
    content |= {"SignatureVersion": "1", "Signature": base64.b64encode(made).decode()}
    assert post(content).status == 204


def test_a_subscription_is_confirmed_only_for_our_topics_and_at_sns(
    scene: Scene, signer: Signer
) -> None:
    def ask(**changed: str) -> tuple[int, list[str]]:
        fields = {
            "Type": "SubscriptionConfirmation",
            "MessageId": "m",
            "TopicArn": f"arn:aws:sns:us-east-1:123456789012:{MAIL}",
            "Message": "You have chosen...",
            "Token": "tok",
            "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
            "Timestamp": scene.now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": "2",
            "SigningCertURL": CARRIER + "/sns/SimpleNotificationService-local.pem",
            **changed,
        }
        content = {**fields, "Signature": sign(signer, fields)}
        with patch.object(sns.urllib.request, "urlopen") as visited:
            visited.return_value.__enter__.return_value.read.return_value = signer.certificate
            status = post(content).status
        return status, [c.args[0] for c in visited.call_args_list if ".pem" not in c.args[0]]

    assert ask() == (204, ["https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription"])
    assert ask(SubscribeURL="https://evil.test/") == (403, [])
    assert ask(SubscribeURL="https://sns.eu-west-1.amazonaws.com/") == (403, [])
    assert ask(TopicArn="arn:aws:sns:us-east-1:123456789012:another") == (403, [])


def sign(signer: Signer, fields: Mapping[str, str]) -> str:
    import base64

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    canonical = "".join(f"{name}\n{fields[name]}\n" for name in names)
    made = signer._key.sign(canonical.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(made).decode()


def test_the_certificate_is_fetched_once(scene: Scene, signer: Signer) -> None:
    for _ in range(3):
        post(signed(scene, signer, {"eventType": "Send", "mail": {}}))
    assert sns_signature.urllib.request.urlopen.call_count == 1  # type: ignore[attr-defined]


def test_receipts_without_our_tags_are_passed_over(scene: Scene, signer: Signer) -> None:
    for message in ({"eventType": "Bounce", "mail": {"tags": {}}}, {"eventType": "TEXT_BLOCKED"}):
        assert post(signed(scene, signer, message)).status == 204
    assert post(signed(scene, signer, {}) | {}).status == 204
    assert scene.now < scene.now + timedelta(1)
