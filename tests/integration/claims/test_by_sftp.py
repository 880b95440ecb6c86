"""A clearinghouse that is spoken to over SFTP: claims go, answers come, and what fails is said."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest

from caresmith.ids import ExchangeFileId
from caresmith.records.revenue.exchanged import known_file, read_bytes
from functions.claims.submission.sending import ExchangeDown, ExchangeRefuses
from tests.integration.claims.test_screens import page
from tests.integration.claims.test_sending import approved
from tests.support.billing_office import BillingOffice, send_all
from tests.support.forgetting import forget_secrets
from tests.support.payer_answers import THEM, US, ack
from tests.support.sftp_server import SftpDesk, key, known_hosts_line, sftp_server

OTHERS_KEY = "may be somebody else&#39;s server"


class HasSecret(Protocol):
    def secret(self, **other: Any) -> dict[str, Any]: ...


class Secret:
    """The operator's hand."""

    def __init__(self, desk: HasSecret) -> None:
        self._desk, self._client = desk, boto3.client("secretsmanager")
        self._name = os.environ["CARESMITH_SECRET_PAYER_EXCHANGE"]
        self._before = self._client.get_secret_value(SecretId=self._name)["SecretString"]

    def says(self, **other: Any) -> None:
        self._put(json.dumps(self._desk.secret(sender_id=US, receiver_id=THEM, **other)))

    def restore(self) -> None:
        self._put(self._before)

    def _put(self, text: str) -> None:
        self._client.put_secret_value(SecretId=self._name, SecretString=text)
        forget_secrets()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SftpDesk]:
    with sftp_server(tmp_path) as served:
        yield served


@pytest.fixture
def secret(aws: str, desk: SftpDesk, office: BillingOffice) -> Iterator[Secret]:
    # Other practices of the deployment share the mailbox: each has an id of its own there.
    office.set_billing(submitter_id=US)
    filled = Secret(desk)
    filled.says()
    yield filled
    filled.restore()


def built(office: BillingOffice) -> ExchangeFileId:
    file = ExchangeFileId.new()
    assert office.task("gather", file_id=file) == {"action": "build"}
    office.task("build", file_id=file)
    return file


def test_claims_go_and_their_acknowledgement_comes(
    secret: Secret, desk: SftpDesk, office: BillingOffice
) -> None:
    ids = approved(office, 2)
    head = send_all(office)
    assert (head.state, head.way) == ("sent", "sftp")
    assert (desk.inbound / head.name).read_bytes() == read_bytes(head)
    desk.has("answer.999", ack(head))
    assert office.task("poll") == {"taken": 1}
    assert office.task("poll") == {"taken": 0}
    assert {office.item(one).state for one in ids} == {"sent"}
    assert (desk.outbound / "answer.999").exists()


def test_delivered_twice_it_is_one_file(
    secret: Secret, desk: SftpDesk, office: BillingOffice
) -> None:
    approved(office)
    file = built(office)
    assert office.task("deliver", file_id=file) == {"outcome": "taken"}
    head = known_file(office.practice, file)
    head.state = "built"  # as if the line had broken before it was written down
    head.save()
    assert office.task("deliver", file_id=file) == {"outcome": "known"}
    assert desk.names() == {head.name}


def test_a_changed_host_key_keeps_the_claims_here_and_the_pages_say_so(
    secret: Secret, desk: SftpDesk, office: BillingOffice
) -> None:
    [claim] = approved(office)
    secret.says(host_keys=known_hosts_line(key("ssh-ed25519", 1)))
    file = built(office)
    with pytest.raises(ExchangeRefuses):
        office.task("deliver", file_id=file)
    office.task("give-back", file_id=file, error="ExchangeRefuses")
    assert office.item(claim).state == "approved"
    assert (desk.greeted, desk.names()) == ([], set())
    assert OTHERS_KEY in page(office, f"/files/{file}")
    stuck = page(office, "/stuck")
    assert "A file to payers was not delivered" in stuck
    assert OTHERS_KEY in stuck
    assert office.task("poll") == {"taken": 0}
    said = office.get("/claims/stuck")["troubles"]
    assert [(one["direction"], one["reason"]) for one in said] == [
        ("out", "host-key"),
        ("in", "host-key"),
    ]
    # Once the new key is pinned, nothing stands there any more.
    secret.says()
    assert send_all(office).state == "sent"
    office.task("poll")
    assert office.get("/claims/stuck")["troubles"] == []


def test_a_line_that_breaks_is_tried_again(
    secret: Secret, desk: SftpDesk, office: BillingOffice
) -> None:
    approved(office)
    file = built(office)
    desk.breaks_after = 100
    with pytest.raises(ExchangeDown):
        office.task("deliver", file_id=file)
    assert known_file(office.practice, file).refusal == "unreachable"
    for left in desk.inbound.iterdir():
        assert left.name.endswith(".part")
        os.utime(left, (0, 0))
    desk.breaks_after = None
    assert office.task("deliver", file_id=file) == {"outcome": "taken"}
    assert known_file(office.practice, file).refusal is None


def test_a_file_that_grows_while_it_is_fetched_is_fetched_again(
    secret: Secret, desk: SftpDesk, office: BillingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caresmith.exchange_sftp import SftpExchange

    approved(office)
    whole = ack(send_all(office))
    desk.has("answer.999", whole[:60])
    desk.has("other.999", whole + b"\n", age=1800)
    fetch = SftpExchange.fetch

    def grown(self: SftpExchange, name: str) -> bytes:
        desk.has("answer.999", whole)
        return fetch(self, name)

    monkeypatch.setattr(SftpExchange, "fetch", grown)
    assert office.task("poll") == {"taken": 1}
    assert [one["reason"] for one in office.get("/claims/stuck")["troubles"]] == ["garbled"]
    assert office.task("poll") == {"taken": 1}
    assert office.get("/claims/stuck")["troubles"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"host_keys": ""},
        {"host_keys": "ssh-ed25519 no-base64!"},
        {"private_key": ""},
        {"password": "both"},
        {"base_url": "sftp://127.0.0.1"},
    ],
)
def test_a_secret_that_lacks_something_sends_nothing_anywhere(
    secret: Secret, desk: SftpDesk, office: BillingOffice, wrong: dict[str, str]
) -> None:
    approved(office)
    secret.says(**wrong)
    file = ExchangeFileId.new()
    office.task("gather", file_id=file)
    with pytest.raises(ExchangeRefuses):
        office.task("build", file_id=file)
    office.task("give-back", file_id=file, error="ExchangeRefuses")
    assert known_file(office.practice, file).refusal == "misconfigured"
    assert "not filled in rightly" in page(office, "/stuck")
    assert desk.connections == 0
