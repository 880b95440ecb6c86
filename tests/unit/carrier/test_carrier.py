"""The carrier on the other side: it speaks Twilio's and SNS's wire formats."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from caresmith.clock import SystemClock
from scripts.carrier.app import carrier_app
from scripts.carrier.desk import Desk
from scripts.carrier.fates import MESSAGES
from scripts.carrier.notices import CERTIFICATE_PATH, Signer
from scripts.carrier.posting import Poster
from scripts.carrier.setup import Setup
from scripts.carrier.store import Store

ACCOUNT, TOKEN, OURS, ANA = "AC1", "token-1", "+12125550100", "+12065550110"
SEND = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CALLBACK = "http://hooks.test/webhooks/twilio/status/p/q/r"


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup("http://127.0.0.1:1", tmp_path, "http://hooks.test", ACCOUNT, TOKEN)


@pytest.fixture
def client(setup: Setup) -> TestClient:
    """Its routes; the poster that runs beside them is not started."""
    return TestClient(carrier_app(setup), base_url="http://127.0.0.1")


def send(client: TestClient, to: str = ANA, **form: str) -> httpx.Response:
    sent = {"To": to, "From": OURS, "Body": "Hello", **form}
    return client.post(SEND, data=sent, auth=(ACCOUNT, TOKEN))


def test_a_text_is_taken_and_can_be_asked_for(client: TestClient) -> None:
    answer = send(client, Body="Hi Ana, ¿viene?")
    told = answer.json()
    assert (answer.status_code, told["status"], told["direction"]) == (
        201,
        "queued",
        "outbound-api",
    )
    assert (told["num_segments"], told["error_code"], told["body"]) == (
        "1",
        None,
        "Hi Ana, ¿viene?",
    )
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{told['sid']}.json"
    assert client.get(path, auth=(ACCOUNT, TOKEN)).json()["status"] == "delivered"
    listed = client.get(SEND, params={"To": ANA}, auth=(ACCOUNT, TOKEN)).json()
    assert [message["sid"] for message in listed["messages"]] == [told["sid"]]
    assert client.get(path.replace("SM", "SX"), auth=(ACCOUNT, TOKEN)).status_code == 404


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"to": "+12065550002"}, 21211),
        ({"to": "+12065550004"}, 21610),
        ({"to": "tomorrow"}, 21211),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
    ],
)
def test_what_is_refused_has_twilios_code(
    client: TestClient, form: dict[str, str], code: int
) -> None:
    answer = send(client, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["message"] == MESSAGES[code]
    assert client.get("/api/messages").json() == []


def test_a_wrong_token_or_account_is_401(client: TestClient) -> None:
    form = {"To": ANA, "From": OURS, "Body": "Hi"}
    for path, auth in ((SEND, (ACCOUNT, "x")), (SEND.replace("AC1", "AC2"), (ACCOUNT, TOKEN))):
        answer = client.post(path, data=form, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)


@pytest.mark.parametrize(("mode", "status"), [("down", 503), ("throttled", 429)])
def test_modes_are_switched_by_whoever_tests(client: TestClient, mode: str, status: int) -> None:
    assert client.post("/api/mode", json={"sms": mode}).json()["sms"] == mode
    assert send(client).status_code == status
    assert client.get("/api/messages").json() == []
    client.post("/api/mode", json={"sms": "up"})
    assert send(client).status_code == 201
    assert client.post("/api/mode", json={"sms": "sideways"}).status_code == 422
    assert client.post("/api/mode", json={"mood": "up"}).status_code == 422


def test_only_this_machine_is_answered(setup: Setup) -> None:
    elsewhere = TestClient(carrier_app(setup), base_url="http://evil.test")
    assert elsewhere.get("/api/messages").status_code == 400


# -- what it posts ---------------------------------------------------------

Posted = list[httpx.Request]


class Hooks:
    """Who takes the posts; ``answer`` may be changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.seen = desk, Posted()
        self.answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200)

    def deliver(self) -> list[dict[str, str]]:
        """Make every post that is waiting, also later ones; the new forms or notifications."""
        before = len(self.seen)
        self.desk.store._change("UPDATE posts SET due = 0 WHERE status = 'waiting'", ())

        async def post() -> None:
            def take(request: httpx.Request) -> httpx.Response:
                self.seen.append(request)
                return self.answer(request)

            async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as client:
                await Poster(self.desk, client).post_due()

        asyncio.run(post())
        return [_content(request) for request in self.seen[before:]]


def _content(request: httpx.Request) -> dict[str, str]:
    text = request.content.decode()
    found: dict[str, str] = json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
    return found


@pytest.fixture
def desk(setup: Setup) -> Iterator[Desk]:
    store = Store(setup.data / "carrier.sqlite3")
    yield Desk(setup, store, Signer(setup.data, setup.url), SystemClock())
    store.close()


@pytest.fixture
def hooks(desk: Desk) -> Hooks:
    return Hooks(desk)


def text(desk: Desk, to: str = ANA) -> Any:
    form = {"To": to, "From": OURS, "Body": "Hello", "StatusCallback": CALLBACK}
    return desk.take_text(form)


@pytest.mark.parametrize(
    ("to", "ends"),
    [
        (ANA, ("delivered", None)),
        ("+12065550001", ("undelivered", "30003")),
        ("+12065550003", ("undelivered", "30007")),
    ],
)
def test_receipts_come_in_order_and_signed(
    desk: Desk, hooks: Hooks, to: str, ends: tuple[str, str | None]
) -> None:
    text(desk, to)
    forms = hooks.deliver()
    assert [form["MessageStatus"] for form in forms] == ["queued", "sent", ends[0]]
    assert forms[-1].get("ErrorCode") == ends[1]
    for request, form in zip(hooks.seen, forms, strict=True):
        given = request.headers["x-twilio-signature"]
        assert RequestValidator(TOKEN).validate(str(request.url), form, given)


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [
        ("off", []),
        ("reversed", ["delivered", "sent", "queued"]),
        ("tenfold", ["queued"] * 10 + ["sent"] * 10 + ["delivered"] * 10),
    ],
)
def test_receipts_can_be_made_to_come_otherwise(
    desk: Desk, hooks: Hooks, mode: str, statuses: list[str]
) -> None:
    desk.set_modes({"receipts": mode})
    text(desk)
    came = [form["MessageStatus"] for form in hooks.deliver()]
    assert (sorted(came) if mode == "tenfold" else came) == (
        sorted(statuses) if mode == "tenfold" else statuses
    )


def test_a_reply_is_posted_as_often_as_asked_with_one_sid(desk: Desk, hooks: Hooks) -> None:
    text(desk)
    hooks.deliver()
    desk.reply(ANA, "C 👍", repeat=10)
    forms = hooks.deliver()
    assert (len(forms), len({form["MessageSid"] for form in forms})) == (10, 1)
    assert (forms[0]["From"], forms[0]["To"], forms[0]["Body"]) == (ANA, OURS, "C 👍")
    request = hooks.seen[-1]
    assert str(request.url) == "http://hooks.test/webhooks/twilio/sms"
    given = request.headers["x-twilio-signature"]
    assert RequestValidator(TOKEN).validate(str(request.url), forms[-1], given)


def test_what_the_webhook_answers_reaches_the_telephone(desk: Desk, hooks: Hooks) -> None:
    twiml = "<Response><Message>Bye &amp; thanks</Message></Response>"
    hooks.answer = lambda _: httpx.Response(200, text=twiml)
    desk.reply(ANA, "STOP", recipient=OURS)
    hooks.deliver()
    assert [(t["direction"], t["body"]) for t in desk.store.texts()] == [
        ("in", "STOP"),
        ("out", "Bye & thanks"),
    ]


def test_a_reply_to_nobody_says_so(client: TestClient) -> None:
    answer = client.post("/api/reply", json={"from": ANA, "body": "C"})
    assert (answer.status_code, "say to whom" in answer.json()["error"]) == (422, True)
    assert client.post("/api/reply", json={"from": ANA, "repeat": 99}).status_code == 422


def test_what_nobody_answers_is_posted_again(desk: Desk, hooks: Hooks) -> None:
    desk.reply(ANA, "C", recipient=OURS)

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)

    hooks.answer = down
    hooks.deliver()
    hooks.answer = lambda _: httpx.Response(503)
    hooks.deliver()
    hooks.answer = lambda _: httpx.Response(403)
    assert len(hooks.deliver()) == 1
    assert hooks.deliver() == []
    assert desk.store.post_counts() == {"403": 1}


def test_posts_and_texts_outlast_the_program(setup: Setup, desk: Desk) -> None:
    desk.reply(ANA, "C", recipient=OURS)
    desk.store.close()
    again = Desk(setup, Store(setup.data / "carrier.sqlite3"), desk._signer, SystemClock())
    assert [form["Body"] for form in Hooks(again).deliver()] == ["C"]
    again.store.close()


# -- the mailbox ------------------------------------------------------------

LETTER = {
    "message_id": "ses-1",
    "from": "office@example.org",
    "to": ["ana@example.org"],
    "subject": "Your appointment",
    "text": "https://example.org/a",
    "html": "",
    "tags": {"practice": "p", "party": "q", "message": "r"},
}


@pytest.mark.parametrize(
    ("to", "kinds"),
    [
        ("ana@example.org", ["Delivery"]),
        ("bounce@example.org", ["Bounce"]),
        ("soft-bounce@example.org", ["Bounce"]),
        ("complaint@example.org", ["Delivery", "Complaint"]),
    ],
)
def test_notices_of_emails_are_signed_as_sns_signs(
    desk: Desk, hooks: Hooks, to: str, kinds: list[str]
) -> None:
    desk.take_letter({**LETTER, "to": [to]})
    told = hooks.deliver()
    events = [json.loads(notice["Message"]) for notice in told]
    assert [event["eventType"] for event in events] == kinds
    assert events[0]["mail"]["tags"] == {"practice": ["p"], "party": ["q"], "message": ["r"]}
    certificate = x509.load_pem_x509_certificate(desk._signer.certificate)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    for notice in told:
        names = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
        canonical = "".join(f"{name}\n{notice[name]}\n" for name in names)
        made = base64.b64decode(notice["Signature"])
        key.verify(made, canonical.encode(), padding.PKCS1v15(), hashes.SHA256())
        assert notice["SigningCertURL"] == "http://127.0.0.1:1" + CERTIFICATE_PATH


def test_an_email_is_shown_once_and_can_be_told_of_by_hand(client: TestClient) -> None:
    for _ in range(2):
        assert client.post("/mail", json=LETTER).status_code == 201
    [mail] = client.get("/api/mails").json()
    assert (mail["subject"], mail["told"].split()[0]) == ("Your appointment", "delivery")
    told = client.post("/api/notice", json={"message_id": "ses-1", "notice": "complaint"})
    assert told.status_code == 201
    unknown = client.post("/api/notice", json={"message_id": "none", "notice": "bounce"})
    assert unknown.status_code == 422
    assert client.get(CERTIFICATE_PATH).text.startswith("-----BEGIN CERTIFICATE-----")


def test_the_key_stays_secret_and_lasts(setup: Setup) -> None:
    first = Signer(setup.data, setup.url)
    assert (setup.data / "sns-key.pem").stat().st_mode & 0o077 == 0
    again = Signer(setup.data, setup.url)
    numbers = [
        x509.load_pem_x509_certificate(signer.certificate).public_key() for signer in (first, again)
    ]
    assert numbers[0] == numbers[1]
