"""The calendar opens encounters; merged charts show as one. Events come twice and late."""

from __future__ import annotations

from typing import Any

from caresmith.ids import PatientId
from caresmith.permissions import Role
from caresmith.records.clinical.layout import MERGED, MergedItem, chart_key
from infra.manifest import function_named
from scripts.localstack.records import sqs_event
from tests.integration.encounters.conftest import Clinic
from tests.integration.encounters.test_chart import ASTHMA, PEANUT
from tests.integration.scheduling.conftest import next_weekday
from tests.support.client import Caller, invoke
from tests.support.delivery import Streams, deliver_events, event_message
from tests.support.practices import add_patient


def book(clinic: Clinic, desk: Caller, **given: Any) -> str:
    body = {
        "type_id": clinic.small.visit,
        "provider_id": clinic.small.ana,
        "location_id": clinic.small.east,
        "patient_id": clinic.patient,
        "start": next_weekday(1, 10).isoformat(),
        **given,
    }
    reply = clinic.post("/appointments", body, caller=desk)
    assert reply.status == 201, reply.text
    return str(reply.json["appointment_id"])


def status(clinic: Clinic, desk: Caller, appointment: str, wanted: str) -> None:
    reply = clinic.post(f"/appointments/{appointment}/status", {"status": wanted}, caller=desk)
    assert reply.status == 200, reply.text


def encounters(clinic: Clinic) -> list[dict[str, Any]]:
    found = clinic.summary()["encounters"]
    return [e["content"] for e in found]


def test_checking_in_opens_the_visit_and_taking_it_back_cancels_it(
    clinic: Clinic, streams: Streams
) -> None:
    desk = Caller(clinic.small.practice, roles=(Role.FRONT_DESK,))
    appointment = book(clinic, desk)
    streams.deliver()
    deliver_events()
    assert encounters(clinic) == []
    status(clinic, desk, appointment, "checked-in")
    streams.deliver()
    deliver_events()
    [opened] = encounters(clinic)
    assert (opened["status"], opened["provider_id"]) == ("arrived", clinic.small.ana)
    listed = clinic.get("/encounters/to-finish").json["encounters"]
    assert [e["what"] for e in listed] == ["finish"]

    status(clinic, desk, appointment, "arrived")
    streams.deliver()
    deliver_events()
    assert encounters(clinic) == []
    assert clinic.get("/encounters/to-finish").json["encounters"] == []
    status(clinic, desk, appointment, "checked-in")
    streams.deliver()
    deliver_events()
    [again] = encounters(clinic)
    assert again["status"] == "arrived"


def test_a_visit_that_somebody_works_on_stays_whatever_the_desk_does(
    clinic: Clinic, streams: Streams
) -> None:
    desk = Caller(clinic.small.practice, roles=(Role.FRONT_DESK,))
    appointment = book(clinic, desk)
    status(clinic, desk, appointment, "checked-in")
    streams.deliver()
    deliver_events()
    [found] = clinic.summary()["encounters"]
    clinic.editor(found["id"]).save("Words.")
    status(clinic, desk, appointment, "arrived")
    streams.deliver()
    deliver_events()
    assert clinic.encounter(found["id"])["status"] == "in-progress"


def deliver(kind: str, detail: dict[str, Any]) -> None:
    message = event_message(kind, detail)
    answer = invoke(function_named("encounters"), sqs_event([message], "arn:x"))
    assert answer == {"batchItemFailures": []}


def test_an_event_told_twice_opens_one_visit(clinic: Clinic, streams: Streams) -> None:
    from caresmith.events import AppointmentStatusChanged
    from caresmith.settings import Domain
    from tests.support.events import told

    desk = Caller(clinic.small.practice, roles=(Role.FRONT_DESK,))
    appointment = book(clinic, desk)
    status(clinic, desk, appointment, "checked-in")
    [event] = told(clinic.small.practice, AppointmentStatusChanged, Domain.SCHEDULE)
    for _ in range(2):
        deliver("AppointmentStatusChanged", event.model_dump(mode="json"))
    assert len(encounters(clinic)) == 1
    streams.deliver()
    deliver_events()
    assert len(encounters(clinic)) == 1


def test_a_merged_chart_shows_in_the_one_that_stands_for_both(
    clinic: Clinic, streams: Streams
) -> None:
    from tests.support.client import call

    manager = Caller(clinic.small.practice, roles=(Role.MANAGER, Role.CLINICIAN))
    other = add_patient(clinic.small.practice, "Doe-Twice")
    clinic.chart("conditions", ASTHMA)
    survivor, clinic.patient = clinic.patient, other
    peanut = clinic.chart("allergies", PEANUT).json
    clinic.patient = survivor
    merged = call(
        "POST",
        f"/patients/{survivor}/merge",
        caller=manager,
        json_body={"merged_id": other, "merged_version": 1, "reason": "Entered twice"},
        headers={"If-Match": '"1"'},
    )
    assert merged.status == 200, merged.text
    streams.deliver()
    deliver_events()
    summary = clinic.summary()
    assert [len(summary[part]) for part in ("problems", "allergies")] == [1, 1]
    assert summary["merged_ids"] == [other]
    one = f"/charts/{survivor}/allergies/{peanut['id']}"
    assert clinic.get(one).json["patient_id"] == other
    gone = {**PEANUT, "clinical_status": "resolved"}
    assert clinic.put(one, gone, 1).status == 200
    assert clinic.summary()["allergies"] == []
    assert len(clinic.get(f"/charts/{survivor}/allergies").json["entries"]) == 1

    undone = call(
        "POST",
        f"/patients/{survivor}/merges/{other}/undo",
        caller=manager,
        json_body={"reason": "Two people"},
        headers={"If-Match": '"2"'},
    )
    assert undone.status == 200, undone.text
    streams.deliver()
    deliver_events()
    assert clinic.summary()["merged_ids"] == []
    key = chart_key(clinic.small.practice, PatientId(survivor))
    assert list(MergedItem.query(key, MergedItem.sk == MERGED)) == []
