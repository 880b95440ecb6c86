"""A critical result is told to whoever is to review it."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import EventId, OrderId, PatientId, ProviderId, ReportId
from caresmith.messages.records import MessageRecord, conversation_key, open_body
from tests.integration.messaging.conftest import Office
from tests.support.practices import provider, put


@pytest.fixture
def jo(office: Office) -> PatientId:
    return office.patient(given="Jo", family="Doe")


@pytest.fixture
def ana(office: Office) -> ProviderId:
    """A provider who reads mail."""
    small = office.small
    known = provider(small.ana, "Ana", (small.east, small.central))
    put(office.practice, known.model_copy(update={"email": "ana@example.org"}))
    return small.ana


def arrived(patient: PatientId, reviewer: ProviderId | None, **given: Any) -> dict[str, Any]:
    return {
        "event_id": EventId.new(),
        "patient_id": patient,
        "report_id": ReportId.new(),
        "order_id": OrderId.new(),
        "provider_id": reviewer,
        "report_version": 1,
        "flag": "critical",
        **given,
    }


def mails(office: Office, reviewer: ProviderId) -> list[MessageRecord]:
    key = conversation_key(office.practice, reviewer)
    return list(MessageRecord.query(key, MessageRecord.sk.startswith("message#")))


def test_the_reviewer_is_written_to_without_a_word_of_what_or_whose(
    office: Office, jo: PatientId, ana: ProviderId
) -> None:
    office.deliver("ResultArrived", **arrived(jo, ana))
    (mail,) = mails(office, ana)
    body = open_body(office.practice, mail)
    assert body.address == "ana@example.org"
    assert body.subject == "A critical result waits for you"
    assert body.text == (
        "A result that is marked as critical arrived at 12:00 PM and waits for your review"
        " at Small.\n\nhttps://caresmith.test/console/results"
    )
    assert office.tasks() == []


def test_the_same_event_ten_times_is_one_mail(
    office: Office, jo: PatientId, ana: ProviderId
) -> None:
    event = arrived(jo, ana)
    office.deliver("ResultArrived", times=10, **event)
    assert len(mails(office, ana)) == 1
    assert len(office.told("MessageQueued")) == 1


def test_a_correction_that_is_critical_is_told_again(
    office: Office, jo: PatientId, ana: ProviderId
) -> None:
    event = arrived(jo, ana)
    office.deliver("ResultArrived", **event)
    again = {**event, "event_id": EventId.new(), "report_version": 2, "corrected": True}
    office.deliver("ResultArrived", **again)
    texts = [open_body(office.practice, mail).text for mail in mails(office, ana)]
    assert len(texts) == 2
    assert any(text.startswith("A correction of a result") for text in texts)


@pytest.mark.parametrize("flag", ["normal", "abnormal"])
def test_what_is_not_critical_waits_in_the_inbox_alone(
    office: Office, jo: PatientId, ana: ProviderId, flag: str
) -> None:
    office.deliver("ResultArrived", **arrived(jo, ana, flag=flag))
    assert mails(office, ana) == []
    assert office.tasks() == []


def test_where_nobody_can_be_written_to_it_is_a_task_once(office: Office, jo: PatientId) -> None:
    for event in (arrived(jo, None), arrived(jo, office.small.ben)):
        office.deliver("ResultArrived", times=3, **event)
    found = office.tasks()
    assert [(task["task"], task["times"]) for task in found] == [("critical-result", 1)] * 2
    assert {task["patient_id"] for task in found} == {jo}
    page = office.get("/console/messages")
    assert page.status == 200
    assert "Tell a clinician at once" in page.text


def test_without_an_address_to_send_from_it_is_a_task(
    office: Office, jo: PatientId, ana: ProviderId
) -> None:
    office.settings(email_from=None)
    office.deliver("ResultArrived", **arrived(jo, ana))
    assert [task["task"] for task in office.tasks()] == ["critical-result"]
    assert mails(office, ana) == []
