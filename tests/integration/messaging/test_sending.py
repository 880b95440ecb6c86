"""Each message is sent once, or not at all for a reason that is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from caresmith.clock import to_text
from caresmith.ids import MessageId
from caresmith.messages.records import Kind, Status
from caresmith.records.contact import Channel
from functions.messaging.sending import CLAIM_LASTS
from tests.integration.messaging.conftest import AT_NOON, NEW_YORK, OURS, THEIRS, Office, phone
from tests.support.client import invoke


def test_a_queued_text_goes_out_with_its_way_back(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient, useless_after=AT_NOON + timedelta(hours=3))
    office.deliver_queued(patient, message)
    (sent,) = office.carrier.sent
    assert (sent["To"], sent["From"]) == (THEIRS, OURS)
    assert sent["Body"] == "Small: Hi Jo, see you soon."
    assert sent["ValidityPeriod"] == "10800"
    assert sent["StatusCallback"] == (
        f"https://caresmith.test/webhooks/twilio/status/{office.practice}/{patient}/{message}"
    )
    record = office.message(patient, message)
    assert (record.status, record.carrier, record.segments) == (Status.SENT, "twilio", 1)
    assert office.outcomes() == ["sent"]


def test_the_same_event_ten_times_sends_one_text(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.deliver_queued(patient, message, times=10)
    assert office.send(patient, message) == {"outcome": "sent"}
    assert len(office.carrier.sent) == 1
    assert office.outcomes() == ["sent"]


def test_ten_senders_at_once_send_one_text(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    start = threading.Barrier(10)
    answers: list[object] = []

    def send() -> None:
        start.wait()
        try:
            answers.append(office.send(patient, message))
        except Exception as error:
            answers.append(type(error).__name__)

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.carrier.sent) == 1
    assert {"outcome": "sent"} in answers
    assert all(a in ({"outcome": "sent"}, "StillSending") for a in answers)


def test_after_stop_nothing_is_sent(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.stop()
    office.deliver_queued(patient, message)
    assert office.carrier.sent == []
    assert office.message(patient, message).status == Status.SUPPRESSED
    (told,) = office.told("MessageOutcome")
    assert (told["outcome"], told["reason"]) == ("suppressed", "opted-out")
    assert office.send(patient, message) == {"outcome": "suppressed"}


def test_stop_of_one_number_leaves_another_open(office: Office) -> None:
    patient = office.patient(phone(), phone("+12065550102"))
    office.stop()
    message = office.queued(patient, to="+12065550102")
    office.deliver_queued(patient, message)
    assert [sent["To"] for sent in office.carrier.sent] == ["+12065550102"]


@pytest.mark.parametrize("round_number", range(6))
def test_stop_that_is_committed_before_the_claim_always_wins(
    office: Office, round_number: int
) -> None:
    """STOP and six senders race: whatever left had been claimed before STOP was written."""
    patient = office.patient(phone())
    messages = [office.queued(patient) for _ in range(6)]
    claimed_at_stop: list[int] = []
    start = threading.Barrier(7)

    def stop() -> None:
        start.wait()
        office.stop()
        # From here on the carrier must get nothing whose claim came later.
        claimed_at_stop.append(sum(_is_claimed(office, patient, m) for m in messages))

    def send(message: MessageId) -> None:
        start.wait()
        office.send(patient, message)

    threads = [threading.Thread(target=send, args=(m,)) for m in messages]
    threads.insert(round_number, threading.Thread(target=stop))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [office.message(patient, m).status for m in messages]
    assert set(statuses) <= {Status.SENT, Status.SUPPRESSED}
    assert len(office.carrier.sent) == statuses.count(Status.SENT) <= claimed_at_stop[0]
    late = office.queued(patient, text="after stop")
    assert office.send(patient, late) == {"outcome": "suppressed"}
    assert "after stop" not in office.carrier.texts()


def _is_claimed(office: Office, patient: str, message: MessageId) -> bool:
    return office.message(patient, message).status in {Status.SENDING, Status.SENT}


def test_nothing_is_sent_for_a_visit_that_was_cancelled_or_moved(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(AT_NOON + timedelta(days=2), patient)
    message = office.queued(patient, appointment_id=visit, visit_version=1)
    office.change(visit, status="cancelled")
    assert office.send(patient, message) == {"outcome": "stale"}
    assert office.send(patient, message) == {"outcome": "stale"}
    assert office.carrier.sent == []
    assert office.outcomes() == ["suppressed"]


def test_a_reminder_of_a_visit_as_it_still_is_goes_out(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(AT_NOON + timedelta(days=2), patient)
    message = office.queued(patient, appointment_id=visit, visit_version=1)
    assert office.send(patient, message) == {"outcome": "sent"}


def test_what_is_of_no_use_any_more_is_not_sent(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient, useless_after=AT_NOON)
    assert office.send(patient, message) == {"outcome": "late"}
    assert office.carrier.sent == []


# -- quiet hours ------------------------------------------------------------------


def test_at_night_a_reminder_waits_for_the_morning_and_an_answer_does_not(office: Office) -> None:
    patient = office.patient(phone())
    office.clock.at = datetime(2026, 3, 2, 22, tzinfo=NEW_YORK).astimezone(UTC)
    reminder, answer = office.queued(patient), office.queued(patient, kind=Kind.ANSWER)
    assert office.send(patient, reminder) == {
        "outcome": "quiet",
        "until": "2026-03-03T13:00:00Z",
    }
    assert office.message(patient, reminder).status == Status.QUEUED
    assert office.send(patient, answer) == {"outcome": "sent"}
    assert len(office.carrier.sent) == 1


@pytest.mark.parametrize(
    ("night", "zone", "morning"),
    [
        # The clocks go forward in this night: eight o'clock comes an hour sooner.
        ("2026-03-07T21:00", "America/New_York", "2026-03-08T12:00:00Z"),
        ("2026-03-06T21:00", "America/New_York", "2026-03-07T13:00:00Z"),
        # They go back: an hour later.
        ("2026-10-31T21:00", "America/New_York", "2026-11-01T13:00:00Z"),
        ("2026-10-30T21:00", "America/New_York", "2026-10-31T12:00:00Z"),
        # Arizona has no summer time; the patient's clock decides, not ours.
        ("2026-03-08T21:00", "America/Phoenix", "2026-03-09T15:00:00Z"),
        ("2026-07-01T21:00", "Pacific/Honolulu", "2026-07-02T18:00:00Z"),
    ],
)
def test_the_quiet_ends_by_the_clock_of_the_patient(
    office: Office, night: str, zone: str, morning: str
) -> None:
    from zoneinfo import ZoneInfo

    patient = office.patient(phone())
    office.clock.at = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    message = office.queued(patient, zone=zone)
    office.deliver_queued(patient, message)
    assert office.carrier.sent == []
    planned = office.planned(message)
    assert planned is not None
    assert to_text(planned) == morning
    office.clock.at = planned
    office.send(patient, message, task="send-queued")
    assert len(office.carrier.sent) == 1


def test_what_would_be_useless_in_the_morning_is_kept_back_at_once(office: Office) -> None:
    patient = office.patient(phone())
    office.clock.at = datetime(2026, 3, 2, 22, tzinfo=NEW_YORK).astimezone(UTC)
    early = datetime(2026, 3, 3, 7, tzinfo=NEW_YORK)
    message = office.queued(patient, useless_after=early)
    assert office.send(patient, message) == {"outcome": "late"}


# -- carriers that fail --------------------------------------------------------------


@pytest.mark.parametrize("mode", ["down", "throttled"])
def test_a_carrier_that_fails_for_an_hour_loses_nothing(office: Office, mode: str) -> None:
    patients = [office.patient(phone(f"+1206555{n:04d}")) for n in range(5)]
    messages = {p: office.queued(p, to=f"+1206555{n:04d}") for n, p in enumerate(patients)}
    office.carrier.mode = mode  # type: ignore[assignment]
    begin = office.clock.at
    for patient, message in messages.items():
        office.deliver_queued(patient, message)
    tries = dict.fromkeys(messages, 1)
    while (now := min(office.planned(m) or begin for m in messages.values())) < begin + timedelta(
        hours=1
    ):
        office.clock.at = now
        for patient, message in messages.items():
            if office.planned(message) == now:
                tries[patient] += 1
                office.send(patient, message, task="send-queued")
    assert office.carrier.sent == []
    assert all(5 <= count <= 8 for count in tries.values())
    office.carrier.mode = "well"
    office.clock.at = begin + timedelta(hours=1, minutes=20)
    for patient, message in messages.items():
        assert (office.planned(message) or begin) <= office.clock.at
        office.send(patient, message, task="send-queued")
        office.send(patient, message, task="send-queued")
    assert len(office.carrier.sent) == len(messages)
    assert office.outcomes() == ["sent"] * len(messages)


@pytest.mark.parametrize(
    ("mode", "error"), [("down", "CarrierDown"), ("throttled", "CarrierThrottled")]
)
def test_the_workflow_is_told_to_try_again_by_the_name_it_retries(
    office: Office, mode: str, error: str
) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.mode = mode  # type: ignore[assignment]
    with pytest.raises(Exception) as raised:  # noqa: PT011 - its class's name is what counts
        office.send(patient, message)
    assert type(raised.value).__name__ == error
    assert office.message(patient, message).status == Status.QUEUED
    office.carrier.mode = "well"
    assert office.send(patient, message) == {"outcome": "sent"}


def test_nobody_listens_at_the_carriers_address(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARESMITH_TWILIO_URL", "http://127.0.0.1:9")
    patient = office.patient(phone())
    message = office.queued(patient)
    office.deliver_queued(patient, message)
    assert office.message(patient, message).status == Status.QUEUED
    assert office.planned(message) is not None


def test_after_a_day_without_a_carrier_a_person_is_told(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.mode = "down"
    office.wait(hours=24)
    office.deliver_queued(patient, message)
    record = office.message(patient, message)
    assert (record.status, record.reason) == (Status.FAILED, "carrier-down")
    (task,) = office.told("StaffTaskRaised")
    assert (task["task"], task["message_id"]) == ("send-failed", message)
    assert office.planned(message) is None


@pytest.mark.parametrize("mode", ["broken", "hangs-up"])
def test_an_answer_that_is_lost_is_never_followed_by_a_second_text(
    office: Office, mode: str
) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.mode = mode  # type: ignore[assignment]
    office.deliver_queued(patient, message, times=3)
    office.carrier.mode = "well"
    assert office.send(patient, message) == {"outcome": "uncertain"}
    assert len(office.carrier.sent) == 1
    assert office.message(patient, message).status == Status.UNCERTAIN
    assert [t["task"] for t in office.told("StaffTaskRaised")] == ["send-failed"]


def test_a_carrier_that_says_nothing_counts_as_uncertain(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.messaging.carriers import choosing, twilio_sms

    monkeypatch.setattr(twilio_sms, "ANSWER_SECONDS", 0.3)
    choosing._twilio.cache_clear()
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.mode = "silent"
    assert office.send(patient, message) == {"outcome": "uncertain"}
    choosing._twilio.cache_clear()


def test_a_sender_that_died_leaves_an_uncertain_message(office: Office) -> None:
    """Killed between claim and answer: a minute later it is not sent again, and a person looks."""
    patient = office.patient(phone())
    message = office.queued(patient)
    record = office.message(patient, message)
    record.status, record.settled_at = Status.SENDING, to_text(office.clock.now())
    record.save()
    office.deliver_queued(patient, message, failing=True)
    office.wait(seconds=CLAIM_LASTS.total_seconds())
    office.deliver_queued(patient, message, times=3)
    assert office.carrier.sent == []
    assert office.message(patient, message).status == Status.UNCERTAIN
    assert len(office.told("StaffTaskRaised")) == 1


# -- refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status", "reason", "dead"),
    [
        ((400, 21211), Status.FAILED, "invalid", "invalid"),
        ((400, 21614), Status.FAILED, "unreachable", "unreachable"),
        ((400, 30004), Status.BLOCKED, "blocked", "blocked"),
        ((400, 30007), Status.BLOCKED, "content", None),
        ((400, 12345), Status.FAILED, "rejected", None),
    ],
)
def test_a_refusal_is_told_with_what_it_says_of_the_number(
    office: Office, answer: tuple[int, int], status: str, reason: str, dead: str | None
) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.refuse[THEIRS] = answer
    assert office.send(patient, message) == {"outcome": "failed"}
    record = office.message(patient, message)
    assert (record.status, record.reason) == (status, reason)
    failed = office.told("ContactPointFailed")
    assert [event["reason"] for event in failed] == ([dead] if dead else [])
    assert [t["task"] for t in office.told("StaffTaskRaised")] == (
        ["undeliverable"] if dead else []
    )


def test_the_carriers_own_opt_out_is_ours_from_then_on(office: Office) -> None:
    mother, child = office.patient(phone()), office.patient(phone(), given="Kid")
    office.reached(child)
    office.carrier.refuse[THEIRS] = (400, 21610)
    assert office.send(mother, office.queued(mother)) == {"outcome": "suppressed"}
    (told,) = office.told("ConsentReplied")
    assert (set(told["patient_ids"]), told["granted"]) == ({mother, child}, False)
    office.carrier.refuse.clear()
    assert office.send(child, office.queued(child)) == {"outcome": "suppressed"}
    assert office.carrier.sent == []


def test_a_dead_number_is_told_to_everybody_who_shares_it(office: Office) -> None:
    mother, child = office.patient(phone()), office.patient(phone(), given="Kid")
    office.reached(child)
    office.carrier.refuse[THEIRS] = (400, 21211)
    office.send(mother, office.queued(mother))
    told = {event["patient_id"] for event in office.told("ContactPointFailed")}
    assert told == {mother, child}


@pytest.mark.parametrize("code", [20003, 21606, 21660])
def test_a_fault_of_the_account_waits_for_the_operator(office: Office, code: int) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    office.carrier.refuse[THEIRS] = (400, code)
    office.deliver_queued(patient, message)
    assert office.message(patient, message).status == Status.QUEUED
    assert office.told("ContactPointFailed") == []


def test_a_practice_without_a_number_sends_no_texts(office: Office) -> None:
    office.settings(sms_number="")
    patient = office.patient(phone())
    message = office.queued(patient)
    assert office.send(patient, message) == {"outcome": "failed"}
    assert office.message(patient, message).reason == "no-sender"
    assert office.carrier.sent == []


# -- e-mail -----------------------------------------------------------------------------


def test_an_e_mail_can_be_ended_by_one_click(office: Office) -> None:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sesv2 import sesv2_backends

    from caresmith.messages.links import read_unsubscribe

    patient = office.patient()
    message = office.queued(patient, to="jo@example.org", channel=Channel.EMAIL, kind=Kind.RECALL)
    seen: list[dict[str, object]] = []
    from scripts.localstack import mail

    with mail.carried_by(seen.append):
        assert office.send(patient, message) == {"outcome": "sent"}
    assert sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    (letter,) = seen
    assert letter["to"] == ["jo@example.org"]
    assert letter["from"] == "Small <office@example.org>"
    assert letter["tags"] == {
        "practice": office.practice,
        "party": patient,
        "message": message,
    }
    headers = letter["headers"]
    assert isinstance(headers, dict)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    secret = link.removeprefix("https://caresmith.test/webhooks/unsubscribe/")
    thread = office.thread("jo@example.org", Channel.EMAIL)
    assert read_unsubscribe(secret) == (office.practice, thread)


def test_an_unknown_message_is_an_error_and_not_a_text(office: Office) -> None:
    patient = office.patient(phone())
    message = office.queued(patient)
    with pytest.raises(LookupError):
        invoke(
            "messaging",
            {
                "task": "send",
                "practice_id": office.practice,
                "party_id": office.patient(),
                "message_id": message,
            },
        )
