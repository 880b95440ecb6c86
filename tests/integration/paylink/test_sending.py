"""The staff sends links as patients consent; statements tell of themselves when they are there."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from caresmith.events import StatementsDue
from caresmith.ids import MessageId, PatientId
from caresmith.messages.records import MessageRecord, conversation_key
from caresmith.records.demographics import Contact
from caresmith.records.revenue.statement import StatementItem, content_of
from functions.accounts import store
from functions.accounts.records import RunItem, runs_key
from functions.accounts.settings import forget_settings
from tests.integration.accounts.conftest import Office
from tests.integration.accounts.test_payments import told
from tests.integration.paylink.conftest import Desk, Phone, link_in, reachable
from tests.support.client import call, invoke
from tests.support.settings import put_settings


def send(desk: Desk, channel: str, **more: str) -> Any:
    where = f"/accounts/patients/{desk.patient}/statements/{desk.statement}/links"
    return desk.office.post(where, {"channel": channel, **more})


def messages(office: Office, patient: PatientId) -> list[MessageRecord]:
    key = conversation_key(office.practice, patient)
    return list(MessageRecord.query(key, MessageRecord.sk.startswith("message#")))


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_the_staff_sends_a_link_by_either_way(desk: Desk, phone: Phone, channel: str) -> None:
    sent = send(desk, channel)
    assert (sent.status, sent.json["way"], sent.json["state"]) == (201, channel, "sent")
    fresh = next(
        one for one in messages(desk.office, desk.patient) if one.message_id != _first(desk)
    )
    assert (fresh.channel, fresh.kind, fresh.status) == (channel, "notice", "queued")
    paths = {link_in(text) for text in desk.texts()}
    assert len(paths) == 2
    for path in paths:
        assert Phone().enter(path).status == 303
    assert {one["state"] for one in desk.links()["links"]} == {"opened"}


def _first(desk: Desk) -> str:
    return MessageId.derived(desk.office.practice, desk.statement)


def test_pressed_twice_it_is_sent_once(desk: Desk) -> None:
    message = MessageId.new()
    for _ in range(2):
        assert send(desk, "sms", message_id=message).status == 201
    assert len(desk.texts()) == 2
    assert len(desk.links()["links"]) == 2


def test_who_has_not_agreed_to_texts_gets_none(office: Office) -> None:
    put_settings(office.practice, sms_number="+13125550100", email_from="a@small.example.org")
    mail_only = Contact(telecoms=[reachable().telecoms[1]])
    patient = office.patient(contact=mail_only)
    office.owes(patient, 60_00)
    made = office.post(f"/accounts/patients/{patient}/statements").json
    where = f"/accounts/patients/{patient}/statements/{made['statement_id']}/links"
    refused = office.post(where, {"channel": "sms"})
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "no-contact-point")
    assert office.post(where, {"channel": "email"}).status == 201


def test_only_what_is_still_asked_for_is_sent(desk: Desk) -> None:
    old = Desk(desk.office, desk.patient, desk.path, desk.statement)
    desk.office.later(days=31)
    desk.statement = desk.office.post(f"/accounts/patients/{desk.patient}/statements").json[
        "statement_id"
    ]
    assert send(old, "sms").json["type"].endswith("statement-over")
    assert send(desk, "sms").status == 201
    desk.office.pay(desk.patient, 60_00)
    assert send(desk, "sms").json["type"].endswith("statement-over")


def test_the_printed_statement_has_the_link_in_letters_and_as_a_code(desk: Desk) -> None:
    url = f"https://caresmith.test{desk.path}"
    where = f"/console/accounts/patients/{desk.patient}/statements/{desk.statement}"
    file = call("GET", where, caller=desk.office.caller)
    assert file.status == 200
    [item] = StatementItem.query(
        f"{desk.office.practice}#account#{desk.patient}", StatementItem.sk.startswith("statement#")
    )
    assert content_of(desk.office.practice, item).pay_url == url
    page = PdfReader(io.BytesIO(store.read(item.key))).pages[-1]
    assert url in page.extract_text()


def due(office: Office) -> None:
    told(
        StatementsDue(
            practice_id=office.practice,
            occurred_at=office.clock.at,
            actor_id="system:jobs",
            day=office.today,
        )
    )


def test_without_links_it_is_told_of_when_it_is_printed(office: Office) -> None:
    put_settings(office.practice, sms_number="+13125550100", callback_phone="312 555 0100")
    rules = call("GET", "/accounts/rules", caller=office.caller)
    off = {**rules.json, "pay_links": {"active": False, "days": 120}}
    version = {"if-match": rules.headers["etag"]}
    assert (
        call("PUT", "/accounts/rules", caller=office.caller, json_body=off, headers=version).status
        == 200
    )
    forget_settings(office.practice)
    patient = office.patient(contact=reachable())
    office.owes(patient, 60_00)
    due(office)
    desk = Desk(office, patient, "", "")
    assert desk.texts() == [], "nobody has printed it"
    assert desk.links()["links"] == []
    [run] = RunItem.query(runs_key(office.practice))
    at = f"/console/accounts/statements/print/{run.sk.replace('#', '.')}"
    for _ in range(2):
        assert call("GET", at, caller=office.caller).status == 303
        task = {"task": "statements-mailed", "practice_id": office.practice, "run": run.sk}
        invoke("accounts", task)
    [text] = desk.texts()
    assert "by mail" in text


def test_the_account_shows_what_became_of_the_link(desk: Desk, phone: Phone) -> None:
    page = f"/console/accounts/patients/{desk.patient}"
    assert "not opened yet" in call("GET", page, caller=desk.office.caller).text
    phone.enter(desk.path)
    shown = call("GET", page, caller=desk.office.caller).text
    assert "On the statement on 03/06/2026: <b>opened</b>" in shown
    form = [("channel", "sms"), ("message_id", MessageId.new())]
    sent = call(
        "POST",
        f"{page}/statements/{desk.statement}/links",
        caller=desk.office.caller,
        form=form,
    )
    assert sent.status == 303
    assert "Sent by text on 03/06/2026: <b>not opened yet</b>" in (
        call("GET", page, caller=desk.office.caller).text
    )
