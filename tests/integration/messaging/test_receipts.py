"""What carriers report later: once, whatever its order, and never backwards."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from caresmith.ids import MessageId, PatientId
from caresmith.messages.receipts import Report, settle_receipt
from caresmith.messages.records import OPT_OUT, Kind, OptOutRecord, Status, thread_key
from caresmith.records.contact import Channel
from tests.integration.messaging.conftest import THEIRS, Office, phone


def report(
    office: Office, patient: PatientId, message: MessageId, said: Report, reason: str = ""
) -> bool:
    return settle_receipt(
        office.practice,
        patient,
        message,
        said,
        reason=reason,
        now=office.clock.now(),
        actor_id="system:webhooks",
    )


@pytest.fixture
def sent(office: Office) -> tuple[PatientId, MessageId]:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.send(patient, message)
    return patient, message


def test_delivered_ten_times_is_told_once(office: Office, sent: Any) -> None:
    assert report(office, *sent, "delivered")
    assert not any(report(office, *sent, "delivered") for _ in range(9))
    assert office.message(*sent).status == Status.DELIVERED
    assert office.outcomes() == ["sent", "delivered"]


@pytest.mark.parametrize("order", permutations(("sent", "delivered", "failed")))
def test_of_two_final_reports_the_first_stands(
    office: Office, sent: Any, order: tuple[Report, ...]
) -> None:
    for said in order:
        report(office, *sent, said, "off" if said == "failed" else "")
    final = next(said for said in order if said != "sent")
    assert office.message(*sent).status == final
    assert office.outcomes() == ["sent", final]


def test_a_receipt_that_overtakes_the_answer_keeps_its_word(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.before_answer = lambda _: report(office, patient, message, "delivered")
    assert office.send(patient, message) == {"outcome": "sent"}
    record = office.message(patient, message)
    assert (record.status, record.carrier) == (Status.DELIVERED, "twilio")
    assert office.outcomes() == ["sent", "delivered"]


def test_a_receipt_says_of_an_uncertain_message_that_it_left(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.mode = "hangs-up"
    office.send(patient, message)
    assert report(office, patient, message, "delivered")
    assert office.message(patient, message).status == Status.DELIVERED
    assert office.send(patient, message) == {"outcome": "sent"}


@pytest.mark.parametrize(
    ("reason", "status", "dead"),
    [
        ("off", Status.FAILED, False),
        ("unknown", Status.FAILED, False),
        ("invalid", Status.FAILED, True),
        ("unreachable", Status.FAILED, True),
        ("blocked", Status.BLOCKED, True),
        ("content", Status.BLOCKED, False),
    ],
)
def test_only_what_is_dead_is_told_to_chart_and_front_desk(
    office: Office, sent: Any, reason: str, status: str, dead: bool
) -> None:
    report(office, *sent, "failed", reason)
    report(office, *sent, "failed", reason)
    assert office.message(*sent).status == status
    assert len(office.told("ContactPointFailed")) == int(dead)
    assert len(office.told("StaffTaskRaised")) == int(dead)


def test_an_e_mail_may_bounce_after_it_was_delivered_and_never_rises_again(
    office: Office,
) -> None:
    patient = office.patient()
    message = office.queued(patient, to="jo@example.org", channel=Channel.EMAIL)
    office.send(patient, message)
    for said in ("delivered", "bounced", "delivered", "bounced"):
        report(office, patient, message, said)  # type: ignore[arg-type]
    assert office.message(patient, message).status == Status.FAILED
    assert office.outcomes() == ["sent", "delivered", "bounced"]
    (failed,) = office.told("ContactPointFailed")
    assert (failed["reason"], failed["channel"]) == ("bounced", "email")


def test_after_a_complaint_no_e_mail_is_sent_to_that_address(office: Office) -> None:
    patient = office.patient()
    first = office.queued(patient, to="jo@example.org", channel=Channel.EMAIL)
    office.send(patient, first)
    assert report(office, patient, first, "complaint")
    assert not report(office, patient, first, "complaint")
    thread = thread_key(office.practice, office.thread("jo@example.org", Channel.EMAIL))
    assert OptOutRecord.get(thread, OPT_OUT).by_message_id == first
    office.wait(seconds=1)
    second = office.queued(patient, to="jo@example.org", channel=Channel.EMAIL, kind=Kind.STAFF)
    assert office.send(patient, second) == {"outcome": "suppressed"}


def test_a_report_about_nothing_changes_nothing(office: Office, sent: Any) -> None:
    patient, _ = sent
    assert not report(office, patient, MessageId.new(), "delivered")
    waiting = office.queued(patient, text="not yet")
    assert not report(office, patient, waiting, "delivered")
    assert office.message(patient, waiting).status == Status.QUEUED


def test_what_is_told_of_a_receipt_names_nobody(office: Office) -> None:
    patient = office.patient(phone(), given="Xiomara", family="Quetzalcoatl")
    message = office.queued(patient, text="Small: Hi Xiomara, see you soon.")
    office.send(patient, message)
    report(office, patient, message, "failed", "invalid")
    for kind in ("MessageOutcome", "ContactPointFailed", "StaffTaskRaised", "MessageQueued"):
        for event in office.told(kind):
            assert THEIRS not in str(event)
            assert "Xiomara" not in str(event)
            assert "Quetzalcoatl" not in str(event)
