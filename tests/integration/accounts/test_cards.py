"""Card payments: Stripe's own library against the local processor, whatever it tells and when."""

from __future__ import annotations

import re
from itertools import permutations
from typing import Any

import pytest

from caresmith.events import StaffTaskRaised
from caresmith.ids import JournalId, PatientId
from caresmith.settings import Domain
from scripts.localstack.engine import free_port
from tests.integration.accounts.bank import Bank, tell
from tests.integration.accounts.conftest import Office
from tests.support.client import call
from tests.support.events import told as outbox


def asked(office: Office, patient: PatientId, cents: int) -> str:
    reply = office.post(f"/accounts/patients/{patient}/checkouts", {"amount": cents})
    assert reply.status == 201, reply.text
    return "/pay/" + reply.json["url"].rpartition("/")[2]


def paid(office: Office, bank: Bank, patient: PatientId, cents: int) -> list[dict[str, Any]]:
    bank.act(asked(office, patient, cents), act="pay")
    return bank.events()


def test_a_page_that_is_paid_becomes_a_payment_once(office: Office, bank: Bank) -> None:
    patient = office.patient()
    office.owes(patient, 60_00)
    [event] = paid(office, bank, patient, 60_00)
    for _ in range(3):
        assert tell(event).status == 204
    account = office.account(patient)
    [payment] = account["payments"]
    assert (payment["method"], payment["amount"], account["due"]) == ("online", 60_00, 0)
    assert office.verified().differences == []


def test_what_is_not_signed_by_the_processor_changes_nothing(office: Office, bank: Bank) -> None:
    patient = office.patient()
    [event] = paid(office, bank, patient, 60_00)
    assert tell(event, "whsec_of_somebody_else").status == 401
    forged = call("POST", "/accounts/stripe", raw=b"{}")
    assert forged.status == 401
    assert office.account(patient)["payments"] == []


def test_a_page_that_expires_or_is_of_nobody_takes_nothing(office: Office, bank: Bank) -> None:
    patient = office.patient()
    bank.act(asked(office, patient, 5_00), act="expire")
    [event] = bank.events()
    assert tell(event).status == 204
    assert office.account(patient)["payments"] == []
    [stray] = paid(office, bank, patient, 7_00)
    stray["data"]["object"]["id"] = "cs_test_unknown"
    stray["id"] = "evt_stray"
    assert tell(stray).status == 204
    [task] = outbox(office.practice, StaffTaskRaised, Domain.REVENUE)
    assert task.task == "card-payment-unplaced"


def intent_of(event: dict[str, Any]) -> str:
    return str(event["data"]["object"]["payment_intent"])


def test_a_dispute_takes_the_money_back_and_one_that_is_won_brings_it_again(
    office: Office, bank: Bank
) -> None:
    patient = office.patient()
    office.owes(patient, 60_00)
    [event] = paid(office, bank, patient, 60_00)
    tell(event)
    bank.act(f"/payments/{intent_of(event)}/dispute")
    [withdrawn] = bank.events()
    for _ in range(2):
        assert tell(withdrawn).status == 204
    account = office.account(patient)
    assert (account["patient_owes"], account["payments"][0]["state"]) == (60_00, "returned")
    [task] = outbox(office.practice, StaffTaskRaised, Domain.REVENUE)
    assert (task.task, task.patient_id) == ("card-disputed", patient)
    bank.act(f"/payments/{intent_of(event)}/win")
    [won] = bank.events()
    for _ in range(2):
        assert tell(won).status == 204
    assert office.account(patient)["patient_owes"] == 0
    assert office.verified().differences == []


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_whatever_order_it_is_told_the_same_comes_out(
    office: Office, bank: Bank, order: tuple[int, ...]
) -> None:
    patient = office.patient()
    office.owes(patient, 40_00)
    events = paid(office, bank, patient, 40_00)
    for act in ("dispute", "win"):
        bank.act(f"/payments/{intent_of(events[0])}/{act}")
        events += bank.events()
    waiting = [events[place] for place in order]
    for _ in range(3):
        # What is told of a payment that is not known yet is told again later.
        waiting = [one for one in waiting if tell(one).status != 204]
    assert waiting == []
    account = office.account(patient)
    assert (account["patient_owes"], account["payments"][0]["state"]) == (0, "taken")
    assert office.verified().differences == []


def test_a_refund_goes_to_the_card_once_whoever_is_faster(office: Office, bank: Bank) -> None:
    patient = office.patient()
    [event] = paid(office, bank, patient, 50_00)
    tell(event)
    [payment] = office.account(patient)["payments"]
    body = {"amount": 20_00, "method": "online", "reason": "Paid too much"}
    body["journal_id"] = JournalId.new()
    for _ in range(2):
        assert office.act(payment, "refund", **body).json["refunded"] == 20_00
    [refunded] = bank.events()
    assert refunded["data"]["object"]["amount_refunded"] == 20_00
    for _ in range(2):
        tell(refunded)
    account = office.account(patient)
    assert (account["payments"][0]["refunded"], account["unapplied"]) == (20_00, 30_00)
    bank.act(f"/payments/{intent_of(event)}/refund")
    [rest] = bank.events()
    tell(rest)
    account = office.account(patient)
    assert (account["payments"][0]["refunded"], account["unapplied"]) == (50_00, 0)
    assert office.act(payment, "refund", **{**body, "journal_id": JournalId.new()}).status == 409
    assert office.verified().differences == []


def test_a_refund_whose_answer_was_lost_is_not_made_twice(
    office: Office, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = office.patient()
    [event] = paid(office, bank, patient, 50_00)
    tell(event)
    [payment] = office.account(patient)["payments"]
    body = {"amount": 20_00, "method": "online", "reason": "x", "journal_id": JournalId.new()}
    from caresmith.cards.stripe_processor import StripeProcessor

    real = StripeProcessor.refund

    def lost(self: Any, intent: str, cents: int, once: str) -> None:
        from caresmith.cards import NoProcessor

        real(self, intent, cents, once)
        raise NoProcessor

    monkeypatch.setattr(StripeProcessor, "refund", lost)
    assert office.act(payment, "refund", **body).status == 503
    monkeypatch.setattr(StripeProcessor, "refund", real)
    [refunded] = bank.events()
    tell(refunded)
    assert office.act(payment, "refund", **body).json["refunded"] == 20_00
    assert bank.events() == []
    assert office.verified().differences == []


def test_without_a_processor_nothing_changes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARESMITH_STRIPE_URL", f"http://127.0.0.1:{free_port()}")
    patient = office.patient()
    reply = office.post(f"/accounts/patients/{patient}/checkouts", {"amount": 5_00})
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (503, "no-card-processor")


def test_no_name_goes_to_the_processor(office: Office, bank: Bank) -> None:
    patient = office.patient(family="Quillfeather")
    paid(office, bank, patient, 5_00)
    assert "Quillfeather" not in (bank.data / "cards.json").read_text()
    assert not re.search(r"\d{2}/\d{2}/19\d\d", (bank.data / "cards.json").read_text())
