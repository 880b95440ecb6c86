"""The console's pages of results."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from caresmith.permissions import Role
from scripts.mllpbridge.messages import Person, Result, Value, oru
from tests.integration.results.conftest import Laboratory, glucose, later
from tests.support.client import Caller, Reply, call

INBOX = "/console/results"


@pytest.fixture
def jo(lab: Laboratory) -> Person:
    return lab.person()


def seen(lab: Laboratory, path: str, **query: str) -> str:
    reply = call("GET", path, caller=lab.clinician, query=query)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def sent(lab: Laboratory, path: str, **fields: Any) -> Reply:
    return call("POST", path, caller=lab.clinician, form=[(k, str(v)) for k, v in fields.items()])


def one_report(lab: Laboratory, jo: Person, result: Result | None = None) -> str:
    lab.deliver(oru(jo, result or Result("F-1", [glucose("620", flag="HH")]), control="1"))
    return str(lab.inbox()[0]["report_id"])


def test_the_inbox_says_who_and_what_stands_out(lab: Laboratory, jo: Person) -> None:
    report = one_report(lab, jo)
    text = seen(lab, INBOX, whose="nobody")
    for shown in ("Doe, Jo", "Comprehensive metabolic", "Critical", "620 mg/dL", report):
        assert shown in text
    assert "620" not in seen(lab, INBOX), "another's inbox"
    lab.deliver(oru(jo, later(Result("F-1", []), 2, status="X"), control="2"))
    assert "Cancelled" in seen(lab, INBOX, whose="nobody")


def test_a_report_is_read_signed_off_and_withheld(lab: Laboratory, jo: Person) -> None:
    report = one_report(lab, jo)
    path = f"{INBOX}/reports/{report}"
    text = seen(lab, path)
    for shown in ("critically high", "70-99", "Sees this result", "Sign off"):
        assert shown in text
    hold = {"ground": "171.201", "until": _soon(), "reason": "Told in person first."}
    refused = sent(lab, f"{path}/withhold", version=1, **{**hold, "until": "2020-01-01"})
    assert (refused.status, "lies in the past" in refused.text) == (422, True)
    refused = sent(lab, f"{path}/withhold", version=1, **{**hold, "until": "2099-01-01"})
    assert "more than a year" in refused.text
    assert sent(lab, f"{path}/withhold", version=1, **hold).status == 303
    assert "Does not see it until" in seen(lab, path)
    assert sent(lab, f"{path}/release", version=2).status == 303
    done = sent(lab, f"{path}/review", version=3, note="Called the patient.")
    assert (done.status, done.headers["location"]) == (303, INBOX)
    assert "Called the patient." in seen(lab, path)


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=3)).date().isoformat()


def test_a_trend_is_drawn_and_told(lab: Laboratory, jo: Person) -> None:
    lab.deliver(oru(jo, Result("F-0", [Value("2345-7", "Glucose", "5.5", "mmol/L")]), control="0"))
    report = one_report(lab, jo)
    text = seen(lab, f"{INBOX}/reports/{report}/trends/0")
    for shown in ("Glucose over time", "data-trend=", "5.5 mmol/L", "620 mg/dL"):
        assert shown in text
    assert call("GET", f"{INBOX}/reports/{report}/trends/9", caller=lab.clinician).status == 404


def test_whose_results_they_are_is_said_on_a_page(lab: Laboratory, jo: Person) -> None:
    lab.deliver(
        oru(Person("X-1", "Doe", "Jo", jo.birth_date, "F"), Result("F-1", [glucose()]), control="1")
    )
    lab.deliver(oru(jo, Result("F-2", [glucose()]), control="2").replace(b"|NM|", b"|ZZ|"))
    text = seen(lab, f"{INBOX}/unfiled")
    for shown in (
        "The record number is not known here",
        "Doe, Jo",
        "OBX[1]-2",
        "Acme Laboratories",
    ):
        assert shown in text
    unknown, garbled = sorted(lab.unfiled(), key=lambda item: -item["part"])
    path = f"{INBOX}/unfiled/{unknown['message_id']}/0"
    assert "PID|1||X-1" in seen(lab, path)
    assert sent(lab, f"{path}/assign", version=1, patient_id="", reason="").status == 422
    chosen = lab.people["MRN-1"]
    filed = sent(lab, f"{path}/assign", version=1, patient_id=chosen, reason="Same address.")
    assert (filed.status, filed.headers["location"]) == (303, f"{INBOX}/unfiled")
    assert len(lab.inbox()) == 1
    path = f"{INBOX}/unfiled/{garbled['message_id']}/-1"
    assert "no value type" in seen(lab, path)
    assert sent(lab, f"{path}/dismiss", version=1, reason="Sent again.").status == 303
    assert "Nothing waits here." in seen(lab, f"{INBOX}/unfiled")


def test_a_document_is_given_out_as_what_it_is(lab: Laboratory, jo: Person) -> None:
    pdf = base64.b64encode(b"%PDF-1.7 \xff\x00 whole").decode()
    value = Value("18748-4", "Report", f"LAB^AP^PDF^Base64^{pdf}", kind="ED")
    report = one_report(lab, jo, Result("F-1", [value]))
    [form] = lab.report(report)["report"]["forms"]
    path = f"/results/reports/{report}/forms/{form['digest']}"
    given = call("GET", path, caller=lab.clinician)
    assert (given.status, given.headers["content-type"]) == (200, "application/pdf")
    assert given.text.startswith("%PDF-1.7")
    other = f"/results/reports/{report}/forms/{'0' * 64}"
    assert call("GET", other, caller=lab.clinician).status == 404


def test_the_front_desk_and_the_biller_see_no_results(lab: Laboratory, jo: Person) -> None:
    report = one_report(lab, jo)
    for role in (Role.FRONT_DESK, Role.BILLER, Role.ADMIN):
        caller = Caller(lab.small.practice, roles=(role,))
        for path in (INBOX, f"{INBOX}/unfiled", f"{INBOX}/reports/{report}"):
            assert call("GET", path, caller=caller).status == 403
