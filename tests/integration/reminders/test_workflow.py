"""One reminder from its schedule to its end: the workflow's tasks, driven one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith import task_tokens as tokens
from caresmith.clock import from_text, to_text
from caresmith.ids import AppointmentId, PatientId
from caresmith.messages.records import (
    OPT_OUT,
    AnswerLinkRecord,
    OptOutRecord,
    Status,
    answer_key,
    thread_key,
)
from caresmith.records.contact import Channel, Consent, ConsentSource, ConsentStatus
from caresmith.records.patient import ChartStatus
from functions.reminders.records import Outcome, State
from tests.integration.reminders.conftest import (
    AT_NOON,
    NEW_YORK,
    Scene,
    email,
    phone,
    schedules,
)

DECLINED = Consent(status=ConsentStatus.DECLINED, source=ConsentSource.VERBAL)


@pytest.fixture
def completed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Tokens that were completed, each with what it was told."""
    found: list[tuple[str, str]] = []

    class Workflows:
        def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803
            found.append((taskToken, output))

    monkeypatch.setattr(tokens, "_workflows", Workflows)
    return found


@pytest.fixture
def jo(scene: Scene) -> PatientId:
    return scene.patient(phone(), email())


def due(scene: Scene, visit: AppointmentId, key: str = "48h") -> Any:
    """The step of that key, with the clock at the time it is due."""
    step = scene.step(visit, key)
    scene.clock.at = from_text(step.due)
    return step


def friday() -> datetime:
    return datetime(2037, 3, 6, 14, tzinfo=NEW_YORK)


def test_a_text_goes_to_who_agreed_to_texts(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    answer = scene.task("prepare", step)
    assert answer["action"] == "send"
    message, body = scene.message(answer)
    assert (message.status, message.kind, message.channel) == ("queued", "reminder", "sms")
    assert body.address == "+12065550101"
    assert body.text == (
        "Small: Hi Jo, you have an appointment Fri, Mar 6 at 2:00 PM, East. "
        "Reply C to confirm, X to cancel, R to reschedule. STOP to opt out."
    )
    assert message.useless_after == to_text(friday())
    assert (message.appointment_id, message.visit_version) == (visit, 1)
    assert message.zone == "America/New_York"
    (prompt,) = scene.prompts(message)
    assert (prompt.kind, prompt.appointment_id) == ("confirm", visit)
    assert [kind for kind, _ in scene.told()] == []


def test_the_last_step_that_asks_leaves_the_front_desk_time(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    answer = scene.task("prepare", step)
    assert answer["reply_seconds"] == 24 * 3600


def test_a_step_that_asks_again_later_waits_until_then(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday() + timedelta(days=7), jo)
    step = due(scene, visit, "7d")
    answer = scene.task("prepare", step)
    asks_again = from_text(scene.step(visit, "48h").due)
    assert answer["reply_seconds"] == (asks_again - scene.clock.now()).total_seconds()


def test_without_consent_to_texts_an_e_mail_goes_out_with_a_link(scene: Scene) -> None:
    jo = scene.patient(phone(consents={Channel.SMS: DECLINED}), email())
    visit = scene.booked(friday(), jo)
    answer = scene.task("prepare", due(scene, visit))
    message, body = scene.message(answer)
    assert (message.channel, body.address) == ("email", "jo@example.org")
    assert body.subject == "Your appointment on Fri, Mar 6"
    url = next(line for line in body.text.splitlines() if line.startswith("https://"))
    link = AnswerLinkRecord.get(answer_key(url.rpartition("/")[2]), "answer")
    assert (link.practice_id, link.appointment_id) == (scene.practice, visit)
    assert link.prompt_id == message.prompt_id
    assert "Reply C" not in body.text


def test_who_can_not_be_reached_at_all_becomes_a_task(scene: Scene) -> None:
    jo = scene.patient(phone(consents={}), email(consents={Channel.EMAIL: DECLINED}))
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    assert scene.task("prepare", step) == {"action": "end", "reason": "unreachable"}
    assert scene.tasks_raised() == ["no-contact-point"]
    # The next step of the same visit raises no other task: it has the same key.
    later = due(scene, visit, "3h")
    scene.task("prepare", later, "run-2")
    keys = {d["key"] for kind, d in scene.told() if kind == "StaffTaskRaised"}
    assert len(keys) == 1


def test_spanish_is_written_to_who_prefers_it(scene: Scene) -> None:
    jo = scene.patient(phone(), given="José", language="es-MX")
    visit = scene.booked(friday(), jo)
    message, body = scene.message(scene.task("prepare", due(scene, visit)))
    assert body.text.startswith("Small: Hola José, tiene una cita el viernes 6 de marzo, 2:00 PM")
    assert message.language == "es"


def test_the_same_step_in_a_second_execution_ends(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    assert scene.task("prepare", step, "run-1")["action"] == "send"
    assert scene.task("prepare", step, "run-2") == {"action": "end", "reason": "another-execution"}


def test_preparing_twice_in_one_execution_sends_the_same_message(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    first, second = (scene.task("prepare", step) for _ in range(2))
    assert first["message_id"] == second["message_id"]


def test_an_execution_that_died_is_taken_over_by_its_watch(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    first = scene.task("prepare", step, "run-1")
    watch = schedules()[scene.step(visit, "48h").schedule]
    scene.clock.at = watch["at"]
    second = scene.task("prepare", step, "run-2")
    assert (second["action"], second["message_id"]) == ("send", first["message_id"])
    # The first one comes back to life, and has nothing to say any more.
    assert scene.task("prepare", step, "run-1")["reason"] == "another-execution"


@pytest.mark.parametrize("kind", ["moved", "cancelled", "left"])
def test_an_execution_for_a_changed_visit_ends_by_itself(
    scene: Scene, jo: PatientId, kind: str
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    # The change is committed; its event has not been delivered yet.
    changes: dict[str, dict[str, Any]] = {
        "moved": {"start": friday() + timedelta(days=1)},
        "cancelled": {"status": "cancelled"},
        "left": {"patient_ids": []},
    }
    scene.change(visit, **changes[kind])
    assert scene.task("prepare", step) == {"action": "end", "reason": "changed"}
    (ended,) = [s for s in scene.steps(visit) if s.step_id == step.step_id]
    assert ended.outcome == Outcome.CHANGED


def test_moved_while_it_waited_for_the_quiet_to_end(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    scene.clock.at = datetime(2037, 3, 4, 23, tzinfo=NEW_YORK).astimezone(UTC)
    answer = scene.task("prepare", step)
    assert answer["action"] == "wait"
    until = from_text(answer["until"]).astimezone(NEW_YORK)
    assert (until.day, until.hour) == (5, 8)
    scene.moved(visit, friday() + timedelta(days=7))
    scene.clock.at = from_text(answer["until"])
    assert scene.task("prepare", step) == {"action": "end", "reason": "changed"}


def test_cancelled_while_it_waited_for_an_answer(
    scene: Scene, jo: PatientId, completed: list[tuple[str, str]]
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=3600)
    scene.cancelled(visit)
    assert completed == [("token-1", '{"reply": "changed"}')]
    assert scene.step(visit, "48h").schedule not in schedules()


def send(scene: Scene, step: Any, execution: str = "run-1") -> Any:
    """Prepare and send as messaging does: the message with its event."""
    answer = scene.task("prepare", step, execution)
    assert answer["action"] == "send", answer
    message, _ = scene.message(answer)
    scene.mark(message, Status.SENT)
    scene.outcome(step, "sent", message)
    return message


def test_a_visit_confirmed_already_is_reminded_of_without_a_question(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo, confirmed=True)
    answer = scene.task("prepare", due(scene, visit))
    _, body = scene.message(answer)
    assert "Reply C" not in body.text
    assert answer["reply_seconds"] == 0


def test_a_step_may_be_left_out_for_who_has_confirmed(scene: Scene, jo: PatientId) -> None:
    scene.settings(cadence=[{"key": "48h", "minutes_before": 2880, "skip_if_confirmed": True}])
    visit = scene.booked(friday(), jo, confirmed=True)
    answer = scene.task("prepare", due(scene, visit))
    assert answer == {"action": "end", "reason": "confirmed-before"}


def test_in_a_group_one_answer_speaks_for_one(scene: Scene, jo: PatientId) -> None:
    al = scene.patient(phone("+12065550102"))
    visit = scene.booked(friday(), jo, al, type_id=scene.small.group, confirmed_by=[jo])
    steps = {s.patient_id: s for s in scene.steps(visit, key="48h")}
    scene.clock.at = from_text(steps[jo].due) + timedelta(minutes=10)
    asked = scene.task("prepare", steps[al], "run-al")
    told = scene.task("prepare", steps[jo], "run-jo")
    assert (asked["reply_seconds"] > 0, told["reply_seconds"]) == (True, 0)


@pytest.mark.parametrize(
    "about", [{"status": ChartStatus.ARCHIVED}, {"deceased": True}], ids=["archived", "deceased"]
)
def test_nobody_writes_to_a_closed_chart_or_the_dead(scene: Scene, about: dict[str, Any]) -> None:
    visit = scene.booked(friday(), scene.patient(phone(), **about))
    answer = scene.task("prepare", due(scene, visit))
    assert answer == {"action": "end", "reason": "inactive"}
    assert scene.tasks_raised() == []


def test_of_a_merged_chart_the_survivor_is_written_to(scene: Scene, jo: PatientId) -> None:
    merged = scene.patient(phone("+12065550199"), merged_into=jo)
    visit = scene.booked(friday(), merged)
    step = due(scene, visit)
    message = send(scene, step)
    assert message.party_id == jo
    scene.task("await-reply", step, token="token", reply_seconds=60)
    step.refresh()
    assert (step.party_id, step.patient_id) == (jo, merged)


def test_where_stop_was_answered_the_next_contact_point_is_used(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    message, _ = scene.message(scene.task("prepare", step))
    OptOutRecord(thread_key(scene.practice, message.thread), OPT_OUT, since="x").save()
    scene.mark(message, Status.SUPPRESSED)
    other, body = scene.message(scene.task("prepare", step))
    assert (other.channel, body.address) == ("email", "jo@example.org")


def test_a_refused_text_is_followed_by_an_e_mail_and_then_by_a_task(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    text, _ = scene.message(scene.task("prepare", step))
    scene.mark(text, Status.FAILED)
    mail, _ = scene.message(scene.task("prepare", step))
    assert mail.channel == "email"
    scene.mark(mail, Status.BLOCKED)
    assert scene.task("prepare", step) == {"action": "end", "reason": "unreachable"}
    assert scene.tasks_raised() == ["undeliverable"]


def test_a_visit_that_changed_between_is_prepared_again_for_the_same_number(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    stale, _ = scene.message(scene.task("prepare", step))
    scene.change(visit, confirmed=True)
    scene.mark(stale, Status.SUPPRESSED)
    fresh, body = scene.message(scene.task("prepare", step))
    assert (fresh.thread, fresh.visit_version) == (stale.thread, 2)
    assert fresh.message_id != stale.message_id
    assert "Reply C" not in body.text


def test_what_runs_in_a_circle_ends_with_a_person(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    for _ in range(12):
        message, _ = scene.message(scene.task("prepare", step))
        scene.mark(message, Status.SUPPRESSED)
    assert scene.task("prepare", step) == {"action": "end", "reason": "gave-up"}
    assert scene.tasks_raised() == ["send-failed"]


def test_a_step_that_asks_nothing_ends_when_it_is_sent(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit, "3h")
    send(scene, step)
    ended = scene.step(visit, "3h")
    assert (ended.state, ended.outcome) == (State.ENDED, Outcome.SENT)
    assert ended.schedule not in schedules()


def test_the_answer_lets_the_execution_go_on(
    scene: Scene, jo: PatientId, completed: list[tuple[str, str]]
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=3600)
    assert scene.step(visit, "48h").state == State.AWAITING
    step.refresh()
    scene.replied(step, "confirmed")
    assert completed == [("token-1", '{"reply": "confirmed"}')]
    ended = scene.step(visit, "48h")
    assert (ended.state, ended.outcome) == (State.ENDED, Outcome.CONFIRMED)
    assert ended.schedule not in schedules()


def test_an_answer_quicker_than_the_token_is_not_lost(
    scene: Scene, jo: PatientId, completed: list[tuple[str, str]]
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    step.refresh()
    scene.replied(step, "cancelled")
    scene.task("await-reply", step, token="token-1", reply_seconds=3600)
    assert completed == [("token-1", '{"reply": "cancelled"}')]


def test_an_older_answer_never_replaces_a_newer_one(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    step.refresh()
    now = scene.clock.now()
    scene.replied(step, "cancelled", occurred_at=(now + timedelta(minutes=2)).isoformat())
    scene.replied(step, "confirmed", occurred_at=(now + timedelta(minutes=1)).isoformat())
    assert scene.step(visit, "48h").outcome == Outcome.CANCELLED


def test_a_receipt_that_says_failed_later_moves_on_to_the_next_channel(
    scene: Scene, jo: PatientId, completed: list[tuple[str, str]]
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    text = send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=3600)
    scene.mark(text, Status.FAILED)
    scene.outcome(step, "failed", text)
    assert completed == [("token-1", '{"reply": "undelivered"}')]
    # The execution goes on by itself; where it died, another one starts soon.
    again = schedules()[scene.step(visit, "48h").schedule]
    assert again["at"] == scene.clock.now() + timedelta(minutes=2)
    mail = send(scene, step)
    assert mail.channel == "email"


def test_after_a_step_has_ended_a_failed_receipt_starts_it_again(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit, "3h")
    text = send(scene, step)
    scene.mark(text, Status.FAILED)
    scene.outcome(step, "failed", text)
    reopened = scene.step(visit, "3h")
    assert reopened.is_open
    assert reopened.schedule in schedules()
    scene.wait(minutes=2)
    assert send(scene, step, "run-2").channel == "email"


def test_receipts_out_of_order_end_in_the_same_state(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit, "3h")
    text, _ = scene.message(scene.task("prepare", step))
    scene.mark(text, Status.FAILED)
    scene.outcome(step, "failed", text)
    scene.outcome(step, "sent", text)
    assert scene.step(visit, "3h").is_open
    scene.wait(minutes=2)
    assert send(scene, step, "run-2").channel == "email"


def test_without_an_answer_to_the_last_question_the_front_desk_is_told(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=60)
    scene.wait(days=1)
    assert scene.task("no-reply", step) == {"outcome": "no-reply"}
    assert scene.task("no-reply", step) == {"outcome": "no-reply"}
    assert scene.tasks_raised() == ["unconfirmed"]


def test_no_answer_to_a_question_that_is_asked_again_is_no_task(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday() + timedelta(days=7), jo)
    step = due(scene, visit, "7d")
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=60)
    assert scene.task("no-reply", step) == {"outcome": "no-reply"}
    assert scene.tasks_raised() == []


def test_who_confirmed_by_telephone_is_not_called(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=60)
    scene.change(visit, confirmed=True)
    assert scene.task("no-reply", step) == {"outcome": "confirmed-before"}
    assert scene.tasks_raised() == []


def test_a_watch_that_finds_the_time_to_answer_over_ends_the_step(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=3600)
    scene.clock.at = schedules()[scene.step(visit, "48h").schedule]["at"]
    assert scene.task("prepare", step, "run-2") == {"action": "no-reply"}
    assert scene.task("no-reply", step, "run-2") == {"outcome": "no-reply"}


def test_an_execution_killed_between_sending_and_waiting_is_not_sent_again(
    scene: Scene, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.clock.at = schedules()[scene.step(visit, "48h").schedule]["at"]
    answer = scene.task("prepare", step, "run-2")
    assert answer["action"] == "await"
    assert answer["reply_seconds"] > 0


def test_giving_up_tells_the_front_desk_once(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    scene.task("prepare", step)
    for _ in range(2):
        assert scene.task("gave-up", step, error="CarrierDown") == {"outcome": "gave-up"}
    assert scene.tasks_raised() == ["send-failed"]


def test_a_late_answer_counts_instead_of_no_answer(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    send(scene, step)
    scene.task("await-reply", step, token="token-1", reply_seconds=60)
    scene.task("no-reply", step)
    step.refresh()
    scene.replied(step, "confirmed")
    assert scene.step(visit, "48h").outcome == Outcome.CONFIRMED


def test_an_unknown_step_ends(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    step.delete()
    assert scene.task("prepare", step) == {"action": "end", "reason": "unknown-step"}


def test_too_late_is_not_sent(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "3h")
    scene.clock.at = friday().astimezone(UTC)
    assert scene.task("prepare", step) == {"action": "end", "reason": "too-late"}
    assert scene.clock.now() > AT_NOON
