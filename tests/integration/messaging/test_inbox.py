"""What needs a person is one task, taken by one, done once, and back when something new comes."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from caresmith.ids import EventId, MessageId, PatientId, UserId
from caresmith.permissions import Role
from tests.integration.messaging.conftest import THEIRS, Office, phone, stored
from tests.support.client import Caller, call


def raised(office: Office, patient: PatientId, **given: Any) -> dict[str, Any]:
    message = office.wrote(patient, given.pop("text", "hm?"))
    return {
        "event_id": EventId.new(),
        "key": f"unclear-reply#{patient}",
        "task": "unclear-reply",
        "party_id": patient,
        "patient_id": patient,
        "message_id": message,
        **given,
    }


@pytest.fixture
def colleague(office: Office) -> Caller:
    return replace(office.caller, user_id=UserId.new(), extra={"display_name": "Cole League"})


def test_a_task_told_ten_times_is_one_task(office: Office) -> None:
    patient = office.patient(phone())
    office.deliver("StaffTaskRaised", times=10, **raised(office, patient))
    (task,) = office.tasks()
    assert (task["times"], task["patient_id"], task["claimed_by"]) == (1, patient, None)


def test_one_takes_it_and_nobody_else_can(office: Office, colleague: Caller) -> None:
    patient = office.patient(phone())
    office.deliver("StaffTaskRaised", **raised(office, patient))
    path = f"/messages/tasks/{office.tasks()[0]['task_id']}"
    taken = office.post(f"{path}/claim")
    assert (taken.status, taken.json["claimed_name"]) == (200, "Dana Desk")
    assert taken.headers["etag"] == f'"{taken.json["version"]}"'
    assert office.post(f"{path}/claim").status == 200
    other = office.post(f"{path}/claim", caller=colleague)
    assert (other.status, other.json["type"].rpartition("/")[2]) == (409, "task-taken")
    assert office.post(f"{path}/release", caller=colleague).status == 200
    assert office.post(f"{path}/claim", caller=colleague).json["claimed_name"] == "Cole League"


def test_what_is_done_is_done_by_whom_and_when(office: Office) -> None:
    patient = office.patient(phone())
    event = raised(office, patient)
    office.deliver("StaffTaskRaised", **event)
    path = f"/messages/tasks/{office.tasks()[0]['task_id']}"
    office.wait(minutes=5)
    done = office.post(f"{path}/close").json
    assert done["closed_by"] == office.caller.user_id
    assert done["closed_at"] == "2026-03-02T17:05:00Z"
    assert office.tasks() == []
    assert [t["task_id"] for t in office.get("/messages/tasks", state="done").json] == [
        done["task_id"]
    ]
    assert office.post(f"{path}/close").json["type"].endswith("task-done")
    office.deliver("StaffTaskRaised", times=3, **event)
    assert office.tasks() == []


def test_something_new_brings_it_back(office: Office) -> None:
    patient = office.patient(phone())
    office.deliver("StaffTaskRaised", **raised(office, patient))
    path = f"/messages/tasks/{office.tasks()[0]['task_id']}"
    office.post(f"{path}/claim")
    office.post(f"{path}/close")
    office.wait(minutes=5)
    office.deliver("StaffTaskRaised", times=2, **raised(office, patient, text="hello?"))
    (task,) = office.tasks()
    assert (task["times"], task["claimed_by"], task["closed_by"]) == (1, None, None)
    assert office.get("/messages/tasks", state="done").json == []


@pytest.mark.parametrize("order", permutations(range(3)))
def test_the_order_of_delivery_does_not_matter(office: Office, order: tuple[int, ...]) -> None:
    patient = office.patient(phone())
    events = []
    for number in range(3):
        office.wait(minutes=1)
        at = office.clock.now().isoformat()
        events.append({**raised(office, patient, text=f"hm {number}"), "occurred_at": at})
    for number in order:
        office.deliver("StaffTaskRaised", times=2, **events[number])
    (task,) = office.tasks()
    assert task["times"] == 3
    assert task["message_id"] == events[2]["message_id"]
    assert task["latest_at"] == "2026-03-02T17:03:00Z"
    assert task["raised_at"] == "2026-03-02T17:01:00Z"


def test_a_task_can_be_opened_again_by_hand(office: Office) -> None:
    patient = office.patient(phone())
    office.deliver("StaffTaskRaised", **raised(office, patient))
    path = f"/messages/tasks/{office.tasks()[0]['task_id']}"
    assert office.post(f"{path}/reopen").status == 404
    office.post(f"{path}/close")
    assert office.post(f"{path}/reopen").status == 200
    assert len(office.tasks()) == 1


def test_who_saw_an_older_version_is_told(office: Office) -> None:
    patient = office.patient(phone())
    office.deliver("StaffTaskRaised", **raised(office, patient))
    (task,) = office.tasks()
    path = f"/messages/tasks/{task['task_id']}"
    seen = {"if-match": f'"{task["version"]}"'}
    office.wait(minutes=1)
    office.deliver("StaffTaskRaised", **raised(office, patient, text="and this"))
    assert office.post(f"{path}/close", headers=seen).status == 412
    assert len(office.tasks()) == 1


def test_roles_without_the_permission_see_no_inbox(office: Office) -> None:
    for role in (Role.BILLER, Role.ADMIN, Role.AUDITOR):
        caller = Caller(office.practice, roles=(role,))
        assert call("GET", "/messages/tasks", caller=caller).status == 403


# -- conversations -----------------------------------------------------------------


def test_a_conversation_is_read_newest_first_and_by_pages(office: Office) -> None:
    patient = office.patient(phone())
    for number in range(65):
        office.wait(seconds=1)
        office.wrote(patient, f"number {number}")
    path, texts, query = f"/messages/patients/{patient}", [], {}
    while True:
        page = office.get(path, **query).json
        texts += [message["text"] for message in page["messages"]]
        if not page["cursor"]:
            break
        query = {"cursor": page["cursor"]}
    assert texts == [f"number {number}" for number in reversed(range(65))]


def test_the_staff_answers_where_the_patient_wrote_from(office: Office) -> None:
    patient = office.patient(phone("+12065550102"), phone())
    office.wrote(patient, "can you call me?")
    office.wait(minutes=1)
    sent = office.post(f"/messages/patients/{patient}", {"text": "We will call at noon."})
    assert (sent.status, sent.json["address"], sent.json["status"]) == (201, THEIRS, "queued")
    office.deliver_queued(patient, sent.json["message_id"])
    assert office.carrier.texts(THEIRS) == ["We will call at noon."]
    shown = office.get(f"/messages/patients/{patient}").json["messages"][0]
    assert (shown["status"], shown["author_name"]) == ("sent", "Dana Desk")


def test_a_conversation_can_be_begun_by_the_staff(office: Office) -> None:
    patient = office.patient(phone())
    assert office.post(f"/messages/patients/{patient}", {"text": "Hello"}).status == 201


def test_the_same_request_twice_sends_once(office: Office) -> None:
    patient = office.patient(phone())
    headers = {"idempotency-key": "twice"}
    for _ in range(2):
        office.post(f"/messages/patients/{patient}", {"text": "Hello"}, headers=headers)
    assert len(office.told("MessageQueued")) == 1


def test_after_stop_the_staff_can_not_write_and_is_told_why(office: Office) -> None:
    patient = office.patient(phone())
    office.stop()
    refused = office.post(f"/messages/patients/{patient}", {"text": "Hello"})
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "opted-out")
    (way,) = office.get(f"/messages/patients/{patient}").json["ways"]
    assert way["opted_out_since"] == "2026-03-02T00:00:00Z"
    assert office.told("MessageQueued") == []


def test_without_consent_no_text_is_written(office: Office) -> None:
    patient = office.patient(phone(consents={}))
    refused = office.post(f"/messages/patients/{patient}", {"text": "Hello"})
    assert refused.json["type"].endswith("no-contact-point")


def test_a_text_of_many_segments_is_refused_beside_its_field(office: Office) -> None:
    patient = office.patient(phone())
    refused = office.post(f"/messages/patients/{patient}", {"text": "ñ€字" * 400})
    assert refused.status == 422
    assert [error["field"] for error in refused.json["errors"]] == ["text"]


@pytest.mark.parametrize("status", ["archived"])
def test_nothing_is_written_for_a_closed_chart(office: Office, status: str) -> None:
    from caresmith.records.patient import ChartStatus

    patient = office.patient(phone(), status=ChartStatus(status))
    assert office.post(f"/messages/patients/{patient}", {"text": "Hello"}).status == 409


def test_an_unknown_number_has_a_conversation_too(office: Office) -> None:
    thread = office.thread()
    office.wrote(f"unknown-{thread}", "wrong number?")
    assert office.get(f"/messages/numbers/{thread}").json["messages"][0]["text"] == "wrong number?"
    sent = office.post(f"/messages/numbers/{thread}", {"text": "Who are you?"})
    assert sent.json["address"] == THEIRS
    assert office.get("/messages/numbers/" + "A" * 22).status == 404


def test_charts_that_were_merged_have_one_conversation(office: Office) -> None:
    from caresmith.records.patient import CHART, ChartStatus, Patient, chart_key

    stands = office.patient(phone())
    merged = office.patient(phone(), status=ChartStatus.MERGED, merged_into=stands)
    head = Patient.get(chart_key(office.practice, stands), CHART)
    head.merged_ids = [merged]
    head.save()
    office.wrote(merged, "before")
    office.wait(minutes=1)
    office.wrote(stands, "after")
    for chart in (stands, merged):
        page = office.get(f"/messages/patients/{chart}").json
        assert [message["text"] for message in page["messages"]] == ["after", "before"]


# -- pages -----------------------------------------------------------------------------


def test_the_pages_show_and_refuse_what_they_should(office: Office) -> None:
    patient = office.patient(phone(), family="O'Neil <b>", given="Zoë")
    office.deliver("StaffTaskRaised", **raised(office, patient, text="<script>x</script> hi"))
    inbox = office.get("/console/messages")
    assert inbox.status == 200
    assert "Zoë O&#39;Neil &lt;b&gt;" in inbox.text
    assert "<script>x" not in inbox.text
    assert "1<span" in office.get("/console/messages/count").text
    assert "Nothing waits here" in office.get("/console/messages", kind="call-back").text
    page = office.get(f"/console/messages/patients/{patient}")
    assert "Text to (206) 555-0101" in page.text
    card = office.get(f"/console/messages/patients/{patient}/fragment")
    assert "Not" not in card.text
    assert "hi" in card.text


def test_a_form_sent_twice_sends_one_message_and_an_empty_one_says_so(office: Office) -> None:
    patient = office.patient(phone())
    path = f"/console/messages/patients/{patient}"
    form = [("message_id", MessageId.new()), ("text", "Hello"), ("channel", "sms")]
    for _ in range(2):
        assert call("POST", path, caller=office.caller, form=form).status == 200
    assert len(office.told("MessageQueued")) == 1
    empty = [("message_id", MessageId.new()), ("text", " "), ("channel", "sms")]
    refused = call("POST", path, caller=office.caller, form=empty)
    assert refused.status == 422
    assert "This is needed." in refused.text
    assert refused.headers["x-form"] == "refused"


def test_segments_are_counted_as_they_are_written(office: Office) -> None:
    def count(text: str) -> str:
        form = [("text", text)]
        path = "/console/messages/segments"
        return call("POST", path, caller=office.caller, form=form).text

    assert "5 characters, 1 segment as a text" in count("Hello")
    assert "161 characters, 2 segments" in count("a" * 161)
    assert "70 characters instead of 160" in count("mañana será")


# -- what is told nowhere -----------------------------------------------------------------


def test_no_name_number_or_word_leaves_the_sealed_records(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = ("Xiomara", "Quetzalcoatl", "+12065550177", "12065550177", "my knee hurts")
    patient = office.patient(phone(secret[2]), family=secret[1], given=secret[0])
    message = office.wrote(patient, secret[4], address=secret[2])
    told = {"party_id": patient, "message_id": message, "intent": "unclear"}
    office.deliver("ReplyReceived", **told)
    for mode in ("down", "broken"):
        office.carrier.mode = mode  # type: ignore[assignment]
        office.wait(minutes=1)
        queued = office.queued(patient, to=secret[2], text=secret[4])
        office.deliver_queued(patient, queued)
    office.carrier.mode = "well"
    office.carrier.refuse[secret[2]] = (400, 21211)
    office.wait(minutes=1)
    office.send(patient, office.queued(patient, to=secret[2], text=secret[4]))
    for event in office.told("StaffTaskRaised"):
        office.deliver("StaffTaskRaised", **event)
    office.get("/console/messages")
    office.get(f"/messages/patients/{patient}")
    mine = stored(office.practice)
    out, err = capfd.readouterr()
    assert len(mine) > 8
    for word in secret:
        assert word not in str(mine)
        assert word not in out + err
