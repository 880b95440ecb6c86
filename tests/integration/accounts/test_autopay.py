"""A card pays a plan: on its days, once each, and never where somebody has said no."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from caresmith.cards import NoProcessor
from caresmith.cards.stripe_processor import StripeProcessor
from caresmith.events import LedgerCheckDue, StaffTaskRaised
from caresmith.ids import PatientId
from caresmith.later import group
from caresmith.settings import Domain
from infra.manifest import function_named
from scripts.localstack.records import sqs_event
from tests.integration.accounts.bank import Bank, tell
from tests.integration.accounts.conftest import DAY, Office
from tests.support.client import Reply, call, invoke
from tests.support.delivery import event_message
from tests.support.events import told as outbox

FIRST = DAY + dt.timedelta(days=10)


@dataclass
class Planned:
    """A patient who pays 90 dollars in three instalments, the first in ten days."""

    office: Office
    bank: Bank
    patient: PatientId
    plan_id: str

    @property
    def at(self) -> str:
        return f"/accounts/patients/{self.patient}/plans/{self.plan_id}"

    def ask(self) -> Reply:
        return self.office.post(f"{self.at}/card", {"agreed": True})

    def leave(self, card: str = "keep") -> dict[str, Any]:
        """The patient leaves a card on the page; what the processor tells, which is carried."""
        reply = self.ask()
        assert reply.status == 201, reply.text
        self.bank.act("/pay/" + reply.json["url"].rpartition("/")[2], act=card)
        [event] = self.bank.events()
        assert tell(event).status == 204
        return event

    def night(self, day: dt.date, times: int = 1) -> None:
        """The practice's clock comes to that day; what it plans is done, so often as told."""
        self.office.on(day)
        event = LedgerCheckDue(
            practice_id=self.office.practice,
            occurred_at=self.office.clock.at,
            actor_id="system:jobs",
            day=day,
        )
        message = event_message("LedgerCheckDue", event.model_dump(mode="json"))
        for _ in range(times):
            answer = invoke(function_named("accounts"), sqs_event([message], "arn:x"))
            assert answer == {"batchItemFailures": []}
            for payload in self.planned():
                invoke("accounts", payload)

    def planned(self) -> list[dict[str, Any]]:
        client = boto3.client("scheduler")
        found = []
        for one in client.list_schedules(GroupName=group(), NamePrefix="instalment-")["Schedules"]:
            entry = client.get_schedule(Name=one["Name"], GroupName=group())
            client.delete_schedule(Name=one["Name"], GroupName=group())
            payload = json.loads(entry["Target"]["Input"])
            if payload["practice_id"] == self.office.practice:
                found.append(payload)
        return found

    def payments(self) -> list[int]:
        return sorted(one["amount"] for one in self.office.account(self.patient)["payments"])

    def shown(self) -> str:
        page = call("GET", f"/console/accounts/patients/{self.patient}", caller=self.office.caller)
        assert page.status == 200, page.text
        return page.text

    def charged_at_the_bank(self) -> list[int]:
        kept = json.loads((self.bank.data / "cards.json").read_text())
        return [
            one["amount"]
            for one in kept.get("charges", {}).values()
            if one["metadata"].get("plan_id") == self.plan_id
        ]


@pytest.fixture
def planned(office: Office, bank: Bank) -> Planned:
    patient = office.patient()
    office.owes(patient, 90_00)
    made = office.post(
        f"/accounts/patients/{patient}/plans", {"months": 3, "first_due": FIRST.isoformat()}
    )
    assert made.status == 201, made.text
    return Planned(office, bank, patient, made.json["plan_id"])


def test_each_instalment_is_charged_on_its_day_and_once(planned: Planned) -> None:
    planned.leave()
    assert "Visa ending 4242" in planned.shown()
    planned.night(FIRST - dt.timedelta(days=1))
    assert planned.payments() == []
    planned.night(FIRST, times=3)
    assert planned.payments() == [30_00]
    planned.night(FIRST + dt.timedelta(days=5))
    assert planned.charged_at_the_bank() == [30_00]
    planned.night(dt.date(2026, 4, 16))
    planned.night(dt.date(2026, 5, 16))
    assert planned.payments() == [30_00, 30_00, 30_00]
    assert planned.office.account(planned.patient)["due"] == 0
    assert planned.office.verified().differences == []
    planned.night(dt.date(2026, 6, 16))
    assert planned.charged_at_the_bank() == [30_00, 30_00, 30_00]


def forgotten(planned: Planned) -> list[bool]:
    """Of each card that the plan's patient has left, whether the processor has forgotten it."""
    kept = json.loads((planned.bank.data / "cards.json").read_text())
    pages = [
        one["id"].removeprefix("cs_test_")
        for one in kept["sessions"].values()
        if one["metadata"].get("plan_id") == planned.plan_id
    ]
    return [kept["methods"][f"pm_{page}"]["customer"] is None for page in pages]


def test_the_card_of_a_plan_that_is_paid_is_forgotten_at_the_processor(planned: Planned) -> None:
    planned.leave()
    planned.office.pay(planned.patient, 60_00)
    planned.night(FIRST)
    assert forgotten(planned) == [False]
    planned.office.pay(planned.patient, 30_00)
    planned.night(FIRST + dt.timedelta(days=1))
    assert forgotten(planned) == [True]


def test_a_processor_that_does_not_hear_is_told_each_night_until_it_has_forgotten_the_card(
    planned: Planned,
) -> None:
    planned.leave()
    planned.office.pay(planned.patient, 90_00)

    def deaf(_: StripeProcessor, __: str) -> None:
        raise NoProcessor

    with patch.object(StripeProcessor, "forget_card", deaf):
        planned.night(FIRST)
    assert forgotten(planned) == [False]
    real = StripeProcessor.forget_card

    def lost(self: StripeProcessor, method: str) -> None:
        real(self, method)
        raise NoProcessor

    with patch.object(StripeProcessor, "forget_card", lost):
        planned.night(FIRST + dt.timedelta(days=1))
    assert forgotten(planned) == [True]
    asked: list[str] = []

    def counted(self: StripeProcessor, method: str) -> None:
        asked.append(method)
        real(self, method)

    with patch.object(StripeProcessor, "forget_card", counted):
        # Forgotten already: it is said once more, and then never again.
        planned.night(FIRST + dt.timedelta(days=2))
        planned.night(FIRST + dt.timedelta(days=3))
    assert len(asked) == 1
    assert planned.charged_at_the_bank() == []


def test_a_charge_whose_answer_was_lost_is_not_made_twice(planned: Planned) -> None:
    planned.leave()
    real = StripeProcessor.charge

    def lost(self: StripeProcessor, charge: Any) -> str:
        real(self, charge)
        raise NoProcessor

    with patch.object(StripeProcessor, "charge", lost), pytest.raises(NoProcessor):
        planned.night(FIRST)
    assert planned.payments() == []
    assert "is being charged just now" in planned.shown()
    planned.night(FIRST)
    assert planned.payments() == [30_00]
    assert planned.charged_at_the_bank() == [30_00]
    # The processor's own word of it comes last, and twice.
    [event] = [one for one in planned.bank.events() if one["type"] == "payment_intent.succeeded"]
    for _ in range(2):
        assert tell(event).status == 204
    assert planned.payments() == [30_00]
    assert planned.office.verified().differences == []


def test_what_was_charged_is_found_again_when_the_processor_has_forgotten_the_key(
    planned: Planned,
) -> None:
    planned.leave()
    real = StripeProcessor.charge

    def lost(self: StripeProcessor, charge: Any) -> str:
        real(self, charge)
        raise NoProcessor

    with patch.object(StripeProcessor, "charge", lost), pytest.raises(NoProcessor):
        planned.night(FIRST)
    planned.night(FIRST + dt.timedelta(days=2))
    assert planned.payments() == [30_00]
    assert planned.charged_at_the_bank() == [30_00]


def test_the_processors_own_word_alone_makes_it_paid(planned: Planned) -> None:
    planned.leave()
    real = StripeProcessor.charge

    def lost(self: StripeProcessor, charge: Any) -> str:
        real(self, charge)
        raise NoProcessor

    with patch.object(StripeProcessor, "charge", lost), pytest.raises(NoProcessor):
        planned.night(FIRST)
    [event] = [one for one in planned.bank.events() if one["type"] == "payment_intent.succeeded"]
    assert tell(event).status == 204
    assert planned.payments() == [30_00]
    planned.night(FIRST)
    assert planned.charged_at_the_bank() == [30_00]
    assert "is being charged just now" not in planned.shown()


def test_a_declined_card_is_told_to_the_office_and_tried_three_times(planned: Planned) -> None:
    planned.leave("keep-poor")
    planned.night(FIRST)
    assert planned.payments() == []
    page = planned.shown()
    assert "was declined: There was not enough money." in page
    assert "It is tried again on" in page
    [task] = outbox(planned.office.practice, StaffTaskRaised, Domain.REVENUE)
    assert (task.task, task.patient_id) == ("payment-missed", planned.patient)
    attempts = []
    real = StripeProcessor.charge

    def counted(self: StripeProcessor, charge: Any) -> str:
        attempts.append(planned.office.today)
        return real(self, charge)

    with patch.object(StripeProcessor, "charge", counted):
        for ahead in range(1, 20):
            planned.night(FIRST + dt.timedelta(days=ahead))
    assert attempts == [FIRST + dt.timedelta(days=3), FIRST + dt.timedelta(days=7)]
    assert "It is not tried again by itself." in planned.shown()


def test_a_card_that_has_money_again_pays_at_the_second_try(planned: Planned) -> None:
    event = planned.leave("keep-poor")
    planned.night(FIRST)
    method = "pm_" + event["data"]["object"]["id"].removeprefix("cs_test_")
    planned.bank.act(f"/cards/{method}/keep")
    planned.night(FIRST + dt.timedelta(days=3))
    assert planned.payments() == [30_00]
    assert "was declined" not in planned.shown()


def test_a_card_that_has_expired_is_not_tried_until_there_is_another(planned: Planned) -> None:
    planned.leave("keep-expired")
    planned.night(FIRST)
    assert "ask for another one" in planned.shown()
    planned.night(FIRST + dt.timedelta(days=3))
    assert planned.payments() == []
    planned.leave()
    planned.night(FIRST + dt.timedelta(days=4))
    assert planned.payments() == [30_00]


def test_nothing_is_charged_when_the_consent_or_the_plan_has_ended(planned: Planned) -> None:
    planned.leave()
    assert planned.office.post(f"{planned.at}/card/end").status == 200
    planned.night(FIRST)
    assert planned.charged_at_the_bank() == []
    assert "No card is charged any more" in planned.shown()
    planned.leave()
    assert planned.office.post(f"{planned.at}/end").status == 200
    planned.night(FIRST)
    assert planned.charged_at_the_bank() == []
    assert planned.ask().status == 409


def test_a_card_that_is_left_after_the_consent_ended_is_forgotten(planned: Planned) -> None:
    page = planned.ask().json["url"].rpartition("/")[2]
    assert planned.office.post(f"{planned.at}/card/end").status == 200
    planned.bank.act(f"/pay/{page}", act="keep")
    [event] = planned.bank.events()
    assert tell(event).status == 204
    kept = json.loads((planned.bank.data / "cards.json").read_text())["methods"]
    assert kept["pm_" + page.removeprefix("cs_test_")]["customer"] is None
    planned.night(FIRST)
    assert planned.charged_at_the_bank() == []


def test_a_card_is_asked_for_only_where_the_patient_agrees(planned: Planned) -> None:
    reply = planned.office.post(f"{planned.at}/card", {"agreed": False})
    assert reply.status == 422
    assert planned.planned() == []


def test_what_was_paid_at_the_desk_is_not_charged_again(planned: Planned) -> None:
    planned.leave()
    planned.office.pay(planned.patient, 20_00)
    planned.night(FIRST)
    assert planned.payments() == [10_00, 20_00]
