"""The charges of the sample's last weeks, through the front door of the charge desk."""

from __future__ import annotations

from typing import Any

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import SystemClock
from caresmith.events import EncounterClosed
from caresmith.permissions import Role
from caresmith.records.revenue.account import get_account, journal_of, journals_of
from caresmith.records.revenue.ledger import Book, totals
from caresmith.records.revenue.sheet import sheets_of
from infra.manifest import function_named
from scripts.localstack.records import sqs_event
from scripts.sample_practice import loading
from scripts.sample_practice.billing import _charged
from tests.integration.sample_practice.conftest import Loaded
from tests.support.client import Caller, call, invoke
from tests.support.delivery import event_message

BILLER = Caller(loading.PRACTICE_ID, roles=(Role.BILLER,))


def waiting(which: str) -> list[dict[str, Any]]:
    reply = call("GET", "/charges/sheets", caller=BILLER, query={"which": which})
    assert reply.status == 200, reply.text
    return list(reply.json["sheets"])


def test_closed_visits_have_their_sheets_and_each_account_is_the_sum_of_its_journals(
    loaded: Loaded,
) -> None:
    visits = [
        (chart.patient_id, told)
        for chart in loaded.sample.charts
        for told in chart.visits
        if _charged(told, loaded.now)
    ]
    assert len(visits) > 5
    practice = loading.PRACTICE_ID
    actor = Actor.system(practice, "test")
    charged = 0
    with acting_as(actor), audited(AuditTrail(actor, "test", SystemClock())):
        for patient in {patient for patient, _ in visits}:
            sheets = sheets_of(practice, patient)
            assert len(sheets) == sum(1 for one, _ in visits if one == patient)
            account = get_account(practice, patient)
            books = totals(journal_of(one) for one in journals_of(practice, patient))
            for book, cents in (
                (Book.INSURANCE, account.insurance_cents),
                (Book.PATIENT, account.patient_cents),
            ):
                assert (books[book].cents if book in books else 0) == cents
            charged += sum(int(one.charge_cents) for one in sheets)
    assert charged > 0


def test_the_desk_has_released_ones_and_some_to_do(loaded: Loaded) -> None:
    assert waiting("ready")
    assert waiting("clean") or waiting("review")
    for one in waiting("review"):
        assert one["missing"], one
    due = call(
        "GET",
        f"/charges/patients/{loaded.patients[0].patient_id}/due",
        caller=loaded.caller,
    )
    assert due.status == 200


def test_a_visit_whose_closing_is_told_late_is_charged_once(loaded: Loaded) -> None:
    patient, told = next(
        (chart.patient_id, told)
        for chart in loaded.sample.charts
        for told in chart.visits
        if _charged(told, loaded.now)
    )
    path = f"/charges/encounters/{told.encounter_id}"
    before = call("GET", path, caller=BILLER).json
    assert len(before["sheets"]) == 1
    event = EncounterClosed(
        practice_id=loading.PRACTICE_ID,
        occurred_at=loaded.now,
        actor_id="system:test",
        patient_id=patient,
        encounter_id=told.encounter_id,
        provider_id=told.provider,
        location_id=told.visit.location_id,
        start=told.visit.start,
        chargeable=True,
    )
    message = event_message("EncounterClosed", event.model_dump(mode="json"))
    answer = invoke(function_named("charges"), sqs_event([message], "arn:x"))
    assert answer == {"batchItemFailures": []}
    assert call("GET", path, caller=BILLER).json == before


def test_codes_and_fees_answer(loaded: Loaded) -> None:
    found = call("GET", "/charges/codes", caller=BILLER, query={"text": "visit established low"})
    assert [one["code"] for one in found.json] == ["99213"]
    names = {one["facts"]["name"] for one in call("GET", "/charges/fees", caller=BILLER).json}
    assert {"Standard charges", "Medicare", "Illinois Medicaid"} <= names
    groups = call("GET", "/charges/favourites", caller=BILLER).json
    assert "Diabetes follow-up" in {one["facts"]["name"] for one in groups}
