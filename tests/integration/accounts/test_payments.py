"""Payments at the desk: taken once, applied by rule or by choice, taken back whole."""

from __future__ import annotations

import datetime as dt

import pytest

from caresmith.events import ChargesReleased, PatientsMerged
from caresmith.ids import PatientId, PaymentId, SheetId
from caresmith.permissions import Role
from caresmith.records.patient import CHART, ChartStatus, Patient, chart_key
from infra.manifest import function_named
from scripts.localstack.records import sqs_event
from tests.integration.accounts.conftest import DAY, Office
from tests.support.client import invoke
from tests.support.delivery import event_message


def told(event: object) -> None:
    """Deliver the event to the accounts."""
    function = function_named("accounts")
    message = event_message(type(event).__name__, event.model_dump(mode="json"))  # type: ignore[attr-defined]
    result = invoke(function, sqs_event([message], "https://queue"))
    assert result["batchItemFailures"] == []


def released(office: Office, patient: PatientId, sheet: SheetId) -> ChargesReleased:
    return ChargesReleased(
        practice_id=office.practice,
        occurred_at=office.clock.at,
        actor_id=office.caller.user_id,
        patient_id=patient,
        sheet_id=sheet,
        sheet_version=1,
    )


def test_money_pays_the_oldest_visit_first_and_the_rest_stays(office: Office) -> None:
    patient = office.patient()
    young = office.owes(patient, 50_00, day=DAY)
    old = office.owes(patient, 30_00, 20_00, day=DAY - dt.timedelta(days=40))
    paid = office.pay(patient, 120_00, "check", reference="1044")
    assert paid["unapplied"] == 20_00
    assert {(one["sheet_id"], one["line"]): one["amount"] for one in paid["applied"]} == {
        (old, "1"): 30_00,
        (old, "2"): 20_00,
        (young, "1"): 50_00,
    }
    account = office.account(patient)
    assert (account["patient_owes"], account["unapplied"], account["due"]) == (0, 20_00, 0)
    assert {visit["status"] for visit in account["visits"]} == {"closed"}
    assert office.verified().differences == []


def test_the_same_payment_sent_twice_is_taken_once(office: Office) -> None:
    patient, payment = office.patient(), PaymentId.new()
    first = office.pay(patient, 25_00, payment_id=payment)
    assert office.pay(patient, 25_00, payment_id=payment) == first
    other = office.post(
        f"/accounts/patients/{patient}/payments",
        {"amount": 26_00, "method": "cash", "payment_id": payment},
    )
    assert (other.status, other.json["type"].rpartition("/")[2]) == (409, "paid-otherwise")
    assert office.account(patient)["unapplied"] == 25_00


def test_chosen_lines_take_what_is_said_and_never_more_than_is_owed(office: Office) -> None:
    patient = office.patient()
    sheet = office.owes(patient, 30_00, 20_00)
    line = {"sheet_id": sheet, "line": "2", "amount": 15_00}
    paid = office.pay(patient, 40_00, apply="lines", lines=[line])
    assert (paid["unapplied"], paid["applied"]) == (25_00, [line])
    too_much = office.act(paid, "apply", apply="lines", lines=[{**line, "amount": 6_00}])
    assert too_much.json["type"].endswith("not-that-much-owed")
    nowhere = office.act(paid, "apply", apply="lines", lines=[{**line, "line": "9"}])
    assert (nowhere.status, nowhere.json["errors"][0]["field"]) == (422, "lines.0")
    rest = office.act(paid, "apply", apply="oldest").json
    assert rest["unapplied"] == 0
    assert office.account(patient)["patient_owes"] == 10_00
    assert office.verified().differences == []


def test_a_copay_before_there_are_charges_pays_them_when_they_are_the_patients(
    office: Office,
) -> None:
    patient = office.patient()
    old = office.owes(patient, 70_00, day=DAY - dt.timedelta(days=50))
    copay = office.pay(patient, 25_00, held_for=DAY.isoformat())
    assert copay["unapplied"] == 25_00
    sheet = office.biller.charge(patient, 150_00, day=DAY)
    told(released(office, patient, sheet))
    assert office.account(patient)["unapplied"] == 25_00
    office.biller.adjudicate(sheet, "1", paid=85_00, off=40_00, share=25_00, day=DAY)
    for _ in range(2):
        told(released(office, patient, sheet))
    account = office.account(patient)
    assert (account["unapplied"], account["patient_owes"]) == (0, 70_00)
    [visit] = [one for one in account["visits"] if one["sheet_id"] == sheet]
    [line] = visit["lines"]
    assert (line["covered"], line["share"], line["why"]) == (125_00, 25_00, "copay")
    assert (line["patient_paid"], line["patient_owes"], visit["status"]) == (25_00, 0, "closed")
    assert old in {one["sheet_id"] for one in account["visits"]}
    assert office.verified().differences == []


def test_what_insurance_pays_after_all_comes_off_the_line_and_pays_the_next(
    office: Office,
) -> None:
    patient = office.patient()
    sheet = office.biller.charge(patient, 100_00, day=DAY)
    office.biller.adjudicate(sheet, "1", share=100_00, reason="1", day=DAY)
    office.pay(patient, 100_00)
    other = office.owes(patient, 60_00)
    office.biller.adjudicate(sheet, "1", paid=80_00, share=-80_00, reason="1", day=DAY)
    assert office.account(patient)["patient_owes"] == -20_00
    for _ in range(2):
        told(released(office, patient, other))
    account = office.account(patient)
    assert (account["patient_owes"], account["unapplied"]) == (0, 20_00)
    assert office.verified().differences == []


def test_a_payment_of_today_is_voided_and_one_of_yesterday_is_not(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 30_00)
    paid = office.pay(patient, 50_00)
    office.later(days=1)
    late = office.act(paid, "void", reason="Typed wrongly")
    assert late.json["type"].endswith("too-late-to-void")
    office.later(hours=-23)
    gone = office.act(paid, "void", reason="Typed wrongly").json
    assert (gone["state"], gone["applied"], gone["unapplied"]) == ("void", [], 0)
    assert office.act(paid, "void", reason="Again").json["type"].endswith("payment-settled")
    account = office.account(patient)
    assert (account["patient_owes"], account["unapplied"]) == (30_00, 0)
    assert account["ledger"][-1]["why"] == "Typed wrongly"
    assert office.verified().differences == []


def test_a_check_that_bounces_takes_back_what_it_paid_and_costs_a_fee(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 30_00)
    paid = office.pay(patient, 30_00, "check", reference="7")
    office.later(days=9)
    back = office.act(paid, "returned", reason="Insufficient funds")
    assert back.json["state"] == "returned"
    account = office.account(patient)
    assert account["patient_owes"] == 30_00 + 25_00
    fee = account["visits"][0]["lines"][0]
    assert (fee["words"], fee["charge"]) == ("Fee for a returned check", 25_00)
    assert office.verified().differences == []


def test_a_payment_on_many_visits_is_taken_back_whole(office: Office) -> None:
    patient = office.patient()
    for number in range(15):
        office.owes(patient, 10_00, day=DAY - dt.timedelta(days=number))
    paid = office.pay(patient, 150_00, "check", reference="8")
    assert (paid["unapplied"], len(paid["applied"])) == (0, 15)
    assert office.act(paid, "returned", reason="Bounced", charge_fee=False).status == 200
    assert office.account(patient)["patient_owes"] == 150_00
    assert office.verified().differences == []


def test_a_refund_is_of_what_lies_on_no_line_and_happens_once(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 30_00)
    paid = office.pay(patient, 50_00, "terminal")
    body = {"amount": 20_00, "method": "terminal", "reason": "Paid too much"}
    body["journal_id"] = "jrn_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"
    assert office.act(paid, "refund", **{**body, "amount": 20_01}).status == 409
    wrong_way = office.act(paid, "refund", **{**body, "method": "cash"})
    assert (wrong_way.status, wrong_way.json["errors"][0]["field"]) == (422, "method")
    for _ in range(2):
        assert office.act(paid, "refund", **body).json["refunded"] == 20_00
    assert office.account(patient)["unapplied"] == 0
    desk = office.as_role(Role.FRONT_DESK)
    assert desk.act(paid, "refund", **body).status == 403
    assert office.act(paid, "void", reason="x").json["type"].endswith("payment-moved")
    assert office.verified().differences == []


def test_money_moves_to_another_account_once_and_pays_there(office: Office) -> None:
    parent, child = office.patient(), office.patient(given="Kim")
    office.owes(child, 40_00)
    paid = office.pay(parent, 100_00)
    body = {"to_patient_id": child, "amount": 60_00, "reason": "For Kim", "payment_id": ""}
    body["payment_id"] = PaymentId.new()
    for _ in range(2):
        assert office.act(paid, "transfer", **body).json["moved"] == 60_00
    there = office.account(child)
    assert (there["patient_owes"], there["unapplied"]) == (0, 20_00)
    assert office.account(parent)["unapplied"] == 40_00
    assert office.verified().differences == []


def test_both_accounts_of_a_merged_chart_are_one(office: Office) -> None:
    survivor = office.patient()
    merged = office.patient(status=ChartStatus.MERGED, merged_into=survivor)
    chart = Patient.get(chart_key(office.practice, survivor), CHART)
    chart.merged_ids = [merged]
    chart.save()
    office.owes(merged, 45_00)
    paid = office.pay(merged, 30_00)
    assert (paid["patient_id"], paid["unapplied"]) == (survivor, 0)
    office.pay(survivor, 20_00)
    for asked in (survivor, merged):
        account = office.account(asked)
        assert (account["patient_owes"], account["unapplied"]) == (0, 5_00)
        assert account["charts"] == [survivor, merged]
    told(
        PatientsMerged(
            practice_id=office.practice,
            occurred_at=office.clock.at,
            actor_id="x",
            patient_id=survivor,
            merged_id=merged,
        )
    )
    assert office.act(paid, "void", reason="Wrong").status == 200
    assert office.account(survivor)["patient_owes"] == 30_00
    assert office.verified().differences == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 12.5}, "amount"),
        ({"method": "gold"}, "method"),
        ({"method": "check"}, ""),
        ({"apply": "lines"}, ""),
    ],
)
def test_what_is_no_payment_is_refused_and_changes_nothing(
    office: Office, wrong: dict[str, object], field: str
) -> None:
    patient = office.patient()
    body = {"amount": 10_00, "method": "cash", **wrong}
    reply = office.post(f"/accounts/patients/{patient}/payments", body)
    assert reply.status == 422
    assert field in {error["field"] for error in reply.json["errors"]} or not field
    assert office.account(patient)["payments"] == []


def test_a_patient_who_is_not_there_has_no_account(office: Office) -> None:
    path = f"/accounts/patients/{PatientId.new()}/payments"
    assert office.post(path, {"amount": 1_00, "method": "cash"}).status == 404
