"""Charts learn of STOP and START, and of numbers at which nothing arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.audit import AuditEntry
from caresmith.events import ConsentReplied, ContactPointFailed, DomainEvent
from caresmith.ids import MessageId, PatientId
from caresmith.messages.outgoing import Draft, message_record
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import Kind
from caresmith.messages.wording import Rendered
from caresmith.records.contact import Channel
from tests.integration.patients.conftest import Office, person, phone
from tests.support.client import invoke
from tests.support.delivery import event_message

NUMBER, OTHER = "+12065550123", "+12065550199"
MAIL = "ana@example.org"
NOON = datetime(2026, 6, 10, 16, tzinfo=UTC)


def about(
    office: Office, patient: str, address: str = NUMBER, channel: Channel = Channel.SMS
) -> tuple[str, MessageId]:
    """A message at that address: what happened to it is told by its id alone."""
    draft = Draft(
        message_id=MessageId.new(),
        party_id=patient,
        to=ContactPoint(channel, address, "thread"),  # type: ignore[arg-type]
        kind=Kind.REMINDER,
        rendered=Rendered(text="Hello", subject=""),
    )
    message_record(draft, office.practice, NOON).save()
    return draft.party_id, draft.message_id


def consent(
    office: Office,
    *patients: str,
    granted: bool = False,
    at: datetime = NOON,
    address: str = NUMBER,
    channel: Channel = Channel.SMS,
) -> ConsentReplied:
    party, message = about(office, patients[0], address, channel)
    return ConsentReplied(
        practice_id=office.practice,
        occurred_at=at,
        actor_id="system:webhooks",
        party_id=party,
        message_id=message,
        patient_ids=tuple(PatientId(patient) for patient in patients),
        channel=channel.value,  # type: ignore[arg-type]
        granted=granted,
    )


def failure(
    office: Office, patient: str, reason: str = "unreachable", at: datetime = NOON, **where: Any
) -> ContactPointFailed:
    party, message = about(office, patient, **where)
    return ContactPointFailed(
        practice_id=office.practice,
        occurred_at=at,
        actor_id="system:messaging",
        party_id=party,
        message_id=message,
        patient_id=PatientId(patient),
        channel=where.get("channel", Channel.SMS).value,
        reason=reason,  # type: ignore[arg-type]
    )


def deliver(*events: DomainEvent) -> None:
    records = [
        {
            "messageId": f"m-{number}",
            "receiptHandle": "r",
            "eventSource": "aws:sqs",
            "body": event_message(event.detail_type(), event.model_dump(mode="json"))["Body"],
        }
        for number, event in enumerate(events)
    ]
    assert invoke("patients", {"Records": records}) == {"batchItemFailures": []}


def chart(office: Office, patient: str) -> Any:
    return office.get(f"/patients/{patient}").json


def telecoms(office: Office, patient: str) -> dict[str, Any]:
    return {t["value"]: t for t in chart(office, patient)["contact"]["telecoms"]}


def registered(office: Office, given: str = "Ana", *numbers: str, **facts: Any) -> str:
    texts = {
        "sms": {"status": "granted", "source": "verbal", "recorded_at": "2026-01-02T10:00:00Z"}
    }
    contact = {
        "telecoms": [
            *(phone(n, consents=texts) for n in numbers or (NUMBER,)),
            {"system": "email", "value": MAIL},
        ]
    }
    return str(office.register(person(given), contact=contact, **facts)["patient_id"])


def texts_to(office: Office, patient: str, number: str = NUMBER) -> tuple[str, str]:
    found = telecoms(office, patient)[number]["consents"]["sms"]
    return found["status"], found["source"]


def test_stop_is_kept_in_all_charts_that_share_the_number(office: Office) -> None:
    mother, child = registered(office, "Ana"), registered(office, "Ben", NUMBER, OTHER)
    deliver(consent(office, mother, child))
    assert texts_to(office, mother) == ("declined", "reply")
    assert texts_to(office, child) == ("declined", "reply")
    assert texts_to(office, child, OTHER) == ("granted", "verbal")
    recorded = telecoms(office, child)[NUMBER]["consents"]["sms"]["recorded_at"]
    assert datetime.fromisoformat(recorded) == NOON


def test_told_ten_times_it_changes_the_chart_once(office: Office) -> None:
    patient = registered(office)
    event = consent(office, patient)
    deliver(*[event] * 5)
    deliver(*[event] * 5)
    assert chart(office, patient)["version"] == 2


def test_stop_and_start_in_any_order_leave_the_later_one(office: Office) -> None:
    patient = registered(office)
    stop = consent(office, patient)
    start = consent(office, patient, granted=True, at=NOON + timedelta(seconds=1))
    deliver(start, stop)
    assert texts_to(office, patient) == ("granted", "reply")
    deliver(stop)
    assert texts_to(office, patient) == ("granted", "reply")


def test_what_the_desk_recorded_later_stands(office: Office) -> None:
    patient = registered(office)
    texts = {"sms": {"status": "granted", "source": "written"}}
    contact = {"telecoms": [phone(NUMBER, consents=texts)]}
    assert office.patch(f"/patients/{patient}", {"contact": contact}, version=1).status == 200
    # Recorded just now; the reply is of long ago.
    deliver(consent(office, patient, at=datetime(2026, 1, 3, tzinfo=UTC)))
    assert texts_to(office, patient) == ("granted", "written")


def test_a_number_that_the_chart_has_no_more_is_none_of_its_business(office: Office) -> None:
    patient = registered(office, "Ana", OTHER)
    deliver(consent(office, patient), failure(office, patient))
    assert chart(office, patient)["version"] == 1


def test_of_merged_charts_the_one_that_stands_learns_of_it(office: Office) -> None:
    survivor, merged = registered(office, "Ana"), registered(office, "Anna")
    request = {"merged_id": merged, "merged_version": 1, "reason": "same person"}
    joined = office.post(f"/patients/{survivor}/merge", request, version=1)
    assert joined.status == 200, joined.text
    deliver(consent(office, merged), failure(office, merged))
    assert texts_to(office, survivor) == ("declined", "reply")
    assert telecoms(office, survivor)[NUMBER]["undeliverable"]["reason"] == "unreachable"


def test_a_closed_chart_keeps_what_was_answered(office: Office) -> None:
    patient = registered(office)
    assert office.post(f"/patients/{patient}/archive", {"reason": "moved"}, version=1).status == 200
    deliver(consent(office, patient))
    assert texts_to(office, patient) == ("declined", "reply")


def test_unsubscribing_from_e_mails_leaves_texts_alone(office: Office) -> None:
    patient = registered(office)
    deliver(consent(office, patient, address=MAIL, channel=Channel.EMAIL))
    found = telecoms(office, patient)
    assert found[MAIL]["consents"]["email"]["status"] == "declined"
    assert found[NUMBER]["consents"]["sms"]["status"] == "granted"


@pytest.mark.parametrize("reason", ["invalid", "unreachable", "blocked"])
def test_a_dead_number_is_marked_since_its_first_failure(office: Office, reason: str) -> None:
    patient = registered(office)
    deliver(failure(office, patient, reason))
    deliver(failure(office, patient, "blocked", at=NOON + timedelta(days=1)))
    mark = telecoms(office, patient)[NUMBER]["undeliverable"]
    assert mark["reason"] == reason
    assert datetime.fromisoformat(mark["since"]) == NOON
    assert telecoms(office, patient)[MAIL]["undeliverable"] is None


def test_the_mark_goes_with_the_number(office: Office) -> None:
    patient = registered(office)
    deliver(failure(office, patient))
    contact = chart(office, patient)["contact"]
    # Any other change of the chart keeps it.
    contact["telecoms"][0]["use"] = "home"
    assert office.patch(f"/patients/{patient}", {"contact": contact}, version=2).status == 200
    assert telecoms(office, patient)[NUMBER]["undeliverable"]
    contact["telecoms"][0]["value"] = OTHER
    assert office.patch(f"/patients/{patient}", {"contact": contact}, version=3).status == 200
    assert telecoms(office, patient)[OTHER]["undeliverable"] is None


def test_nobody_can_make_the_mark_up(office: Office) -> None:
    made_up = phone(NUMBER, undeliverable={"reason": "invalid", "since": "2026-01-01T00:00:00Z"})
    patient = office.register(contact={"telecoms": [made_up]})["patient_id"]
    assert telecoms(office, patient)[NUMBER]["undeliverable"] is None


def test_the_chart_says_what_is_known(office: Office) -> None:
    patient = registered(office)
    deliver(
        consent(office, patient),
        failure(office, patient, "bounced", address=MAIL, channel=Channel.EMAIL),
    )
    page = office.get(f"/console/patients/{patient}").text
    assert "Texts declined" in page
    assert "Does not receive messages since 06/10/2026: it sends e-mails back." in page


def test_editing_the_page_keeps_the_mark_until_the_number_changes(office: Office) -> None:
    patient = registered(office)
    deliver(failure(office, patient))
    page = office.get(f"/console/patients/{patient}/edit").text
    assert "undeliverable.reason" in page


def test_each_chart_that_changes_is_on_record(office: Office) -> None:
    patient = registered(office)
    event = consent(office, patient)
    deliver(event)
    entries = [
        entry
        for entry in AuditEntry.scan(AuditEntry.practice_id == office.practice)
        if entry.action == "event.ConsentReplied"
    ]
    assert [set(entry.patient_ids) for entry in entries] == [{patient}]
    assert event.message_id in entries[0].records
