"""Paying behind a link: what the processor confirms counts, whatever window it came back to."""

from __future__ import annotations

import re

from tests.integration.accounts.bank import Bank, tell
from tests.integration.paylink.conftest import Desk, Phone

STATUS = "/pay/my/status"


def card_page(reply_text: str) -> str:
    """The path of the processor's page."""
    found = re.search(r'href="http://[^/"]+(/pay/cs_test_[^"]+)"', reply_text)
    assert found, reply_text
    return found[1]


def told_all(bank: Bank) -> list[str]:
    events = bank.events()
    for event in events:
        assert tell(event).status == 204
    return [event["type"] for event in events]


def opened(desk: Desk, phone: Phone, amount: str = "60.00") -> str:
    phone.enter(desk.path)
    going = phone.pay(amount)
    assert going.status == 200, going.text
    return card_page(going.text)


def test_all_of_it_is_paid_and_a_receipt_is_sent(desk: Desk, phone: Phone, bank: Bank) -> None:
    page = opened(desk, phone)
    assert "has not confirmed" in phone.get(STATUS).text
    bank.act(page, act="pay")
    assert "has not confirmed" in phone.get(STATUS).text, "it came back, and nothing was told yet"
    assert desk.due() == 60_00
    for _ in range(2):
        told_all(bank)
    shown = phone.get(STATUS).text
    assert "We have received $60.00" in shown
    assert desk.due() == 0
    [payment] = desk.office.account(desk.patient)["payments"]
    assert (payment["method"], payment["amount"]) == ("online", 60_00)
    [link] = desk.links()["links"]
    assert (link["state"], link["payments"]) == ("paid", [payment["payment_id"]])
    notice, receipt = desk.texts()
    assert "$60.00" in receipt
    assert payment["payment_id"][-8:] in receipt
    assert "$" not in notice
    assert desk.office.verified().differences == []


def test_a_part_is_paid_and_the_link_stays(desk: Desk, phone: Phone, bank: Bank) -> None:
    bank.act(opened(desk, phone, "25"), act="pay")
    told_all(bank)
    shown = phone.get("/pay/my/statement").text
    assert "$35.00" in shown
    assert "$60.00" in shown, "what the statement says stays"
    assert Phone().enter(desk.path).status == 303
    bank.act(card_page(phone.pay("35.00").text), act="pay")
    told_all(bank)
    assert desk.due() == 0
    assert len(desk.links()["links"][0]["payments"]) == 2


def test_two_windows_have_one_card_page_at_a_time(desk: Desk, phone: Phone, bank: Bank) -> None:
    first = opened(desk, phone)
    second = card_page(phone.pay("60.00").text)
    assert first != second
    assert told_all(bank) == ["checkout.session.expired"]
    other = Phone(dict(phone.cookies))
    bank.act(second, act="pay")
    # The processor has not told yet: a third page is not opened over it.
    refused = other.pay("60.00")
    assert (refused.status, refused.headers["location"]) == (303, STATUS)
    told_all(bank)
    assert desk.due() == 0
    assert len(desk.office.account(desk.patient)["payments"]) == 1


def test_pressed_twice_it_is_one_card_page(desk: Desk, phone: Phone, bank: Bank) -> None:
    phone.enter(desk.path)
    page = phone.get("/pay/my/statement").text
    once, again = phone.pay("60.00", page), phone.pay("60.00", page)
    assert card_page(once.text) == card_page(again.text)


def test_what_the_desk_took_meanwhile_makes_a_credit_that_is_told(
    desk: Desk, phone: Phone, bank: Bank
) -> None:
    page = opened(desk, phone)
    desk.office.pay(desk.patient, 60_00)
    bank.act(page, act="pay")
    told_all(bank)
    shown = phone.get(STATUS).text
    assert "More was paid than is owed" in shown
    assert "$60.00" in shown
    account = desk.office.account(desk.patient)
    assert (account["due"], account["unapplied"]) == (0, 60_00)
    assert "more than was owed" in desk.texts()[-1]
    assert desk.office.verified().differences == []


def test_no_more_than_is_owed_now_can_be_paid(desk: Desk, phone: Phone, bank: Bank) -> None:
    phone.enter(desk.path)
    desk.office.pay(desk.patient, 20_00)
    for amount, says in (
        ("60.00", "more than is owed"),
        ("0.49", "$0.50 at least"),
        ("-5", "$0.50 at least"),
        ("much", "dollars and cents"),
        ("", "dollars and cents"),
    ):
        refused = phone.pay(amount)
        assert refused.status == 422, amount
        assert says in refused.text, amount
    assert bank.events() == []


def test_a_form_of_somebody_elses_page_pays_nothing(desk: Desk, phone: Phone, bank: Bank) -> None:
    phone.enter(desk.path)
    for forged in ({}, {"form_token": "A" * 22}):
        refused = phone.post("/pay/my/card", amount="60.00", once="A" * 12, **forged)
        assert refused.status == 422
        assert "too old" in refused.text


def test_without_a_processor_nothing_is_lost(desk: Desk, phone: Phone, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("CARESMITH_STRIPE_URL", "http://127.0.0.1:9")
    phone.enter(desk.path)
    refused = phone.pay("60.00")
    assert refused.status == 503
    assert "Nothing was charged" in refused.text
    assert desk.due() == 60_00


def test_a_page_that_expired_can_be_opened_anew(desk: Desk, phone: Phone, bank: Bank) -> None:
    bank.act(opened(desk, phone), act="expire")
    told_all(bank)
    assert "has expired" in phone.get(STATUS).text
    bank.act(card_page(phone.pay("60.00").text), act="pay")
    told_all(bank)
    assert desk.due() == 0


def test_where_the_card_page_leads_back_to_knows_nobody(aws: str) -> None:
    back = Phone().get("/pay/returned")
    assert back.status == 200
    assert 'content="0;url=/pay/my/status"' in back.text
    assert Phone().get(STATUS).status == 404
