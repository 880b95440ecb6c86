"""PHI stands in answers to who may read it, and nowhere else."""

from __future__ import annotations

import base64
import json
from typing import Any

import boto3
import pytest

from tests.integration.security.conftest import MARKS, REGISTRATION, Full, dump
from tests.support.client import call
from tests.support.delivery import Streams, deliver_events
from tests.support.routes import all_routes

LOADED = {
    **REGISTRATION["demographics"]["names"][0],
    "text": "Quillfeather Zebedee 07/23/1961 555-0177",
    "reason": "note-about-visit-ZQ",
    "note": "wait-note-ZQ",
    "Quillfeather": "Zebedee",
    "birth_date": "1961-07-23",
}
"""A body that no route expects, full of what must not be repeated."""


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark.lower() in text.lower()]


def work_through(full: Full) -> None:
    """Every route with good ids, once with a body it can't want and once with a fitting one."""
    for route in all_routes():
        path = route.path(full.ids)
        bodies: tuple[Any, ...] = (LOADED, {"reason": "note-about-visit-ZQ"}, REGISTRATION)
        for body in bodies if route.method not in ("GET", "DELETE") else (None,):
            sent: dict[str, Any] = {}
            if body is not None:
                form = [(k, v if isinstance(v, str) else json.dumps(v)) for k, v in body.items()]
                sent = {"form": form} if route.is_page else {"json_body": body}
            for version in ("1", "2"):
                call(
                    route.method,
                    path,
                    caller=full.caller,
                    headers={"If-Match": f'"{version}"', "Idempotency-Key": path + version},
                    **sent,
                )


def test_logs_metrics_events_and_tables_hold_no_phi_in_clear(
    full: Full, streams: Streams, capfd: pytest.CaptureFixture[str]
) -> None:
    """All of it after one walk through every route, which takes its time."""
    capfd.readouterr()
    work_through(full)
    streams.deliver()
    deliver_events()
    written = capfd.readouterr()
    assert '"level"' in written.out or '"_aws"' in written.out, "nothing was logged at all"
    assert marks_in(written.out + written.err) == []
    raw = json.dumps(dump(), default=lambda b: base64.b64encode(bytes(b)).decode())
    assert full.ids["patient_id"] in raw
    # A reason is for auditors: the form asks not to name the patient.
    raw = raw.replace("note-about-visit-ZQ", "")
    assert marks_in(raw) == []


def test_a_copy_of_every_message_on_a_queue_holds_no_phi(streams: Streams, full: Full) -> None:
    visit = f"/appointments/{full.ids['appointment_id']}"
    assert full.post(f"{visit}/cancel", {"reason": "pat", "note": "wait-note-ZQ"}).status == 200
    streams.deliver()
    sqs = boto3.client("sqs")
    seen = 0
    for url in sqs.list_queues().get("QueueUrls", []):
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            seen += len(messages)
            for message in messages:
                assert marks_in(message["Body"]) == []
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert seen > 0


def test_no_address_that_a_page_sends_to_holds_phi(full: Full) -> None:
    for route in all_routes():
        reply = (
            call(route.method, route.path(full.ids), caller=full.caller)
            if (route.method == "GET")
            else call(
                route.method,
                route.path(full.ids),
                caller=full.caller,
                **(
                    {"form": [("text", "Quillfeather")]} if route.is_page else {"json_body": LOADED}
                ),  # type: ignore[arg-type]
            )
        )
        sent_to = reply.headers.get("location", "") + reply.headers.get("hx-redirect", "")
        assert marks_in(sent_to) == [], route


def test_a_problem_names_fields_and_never_repeats_values(full: Full) -> None:
    for route in all_routes():
        if route.is_page or route.method in ("GET", "DELETE"):
            continue
        reply = call(
            route.method,
            route.path(full.ids),
            caller=full.caller,
            json_body=LOADED,
            headers={"If-Match": '"1"'},
        )
        if reply.status >= 400:
            values = [m for m in marks_in(reply.text) if m != "Quillfeather"]
            assert values == [], f"{route}: {reply.text}"
