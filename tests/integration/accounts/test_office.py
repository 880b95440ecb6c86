"""The billing office: giving up money, statements, plans, estimates, collections, the day's end."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest

from caresmith.events import LedgerCheckDue, MessageQueued, StaffTaskRaised, StatementsDue
from caresmith.ids import PatientId, PaymentId
from caresmith.messages.records import MessageRecord, conversation_key
from caresmith.permissions import Role
from caresmith.records.contact import (
    Channel,
    Consent,
    ConsentSource,
    ConsentStatus,
    Telecom,
    TelecomSystem,
)
from caresmith.records.demographics import Contact
from caresmith.records.revenue.account import AccountItem
from caresmith.records.revenue.layout import ACCOUNT, account_key, payment_sort_key
from caresmith.records.revenue.payment import PaymentItem
from caresmith.records.revenue.statement import StatementItem
from caresmith.settings import Domain
from functions.accounts import store
from functions.accounts.records import RunItem, runs_key
from functions.accounts.verifying import verify_all
from tests.integration.accounts.conftest import DAY, Office
from tests.integration.accounts.test_payments import told
from tests.support.client import call
from tests.support.events import told as outbox
from tests.support.settings import put_settings


def at(patient: PatientId, path: str) -> str:
    return f"/accounts/patients/{patient}/{path}"


def kind(reply: Any) -> str:
    return str(reply.json["type"]).rpartition("/")[2]


# -- giving up money ------------------------------------------------------------


def test_within_the_limit_of_ones_role_money_is_given_up_at_once(office: Office) -> None:
    patient = office.patient()
    sheet = office.owes(patient, 80_00)
    office.later(minutes=1)
    line = {"sheet_id": sheet, "line": "1", "amount": 30_00}
    body = {"reason": "COURT", "lines": [line], "note": "Long wait", "adjustment_id": None}
    body["adjustment_id"] = "adj_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"
    biller = office.as_role(Role.BILLER)
    for _ in range(2):
        made = biller.post(at(patient, "adjustments"), body)
        assert (made.status, made.json["state"]) == (201, "posted"), made.text
    account = office.account(patient)
    assert account["patient_owes"] == 50_00
    assert account["visits"][0]["lines"][0]["given_up"] == 30_00
    assert account["ledger"][-1]["words"] == "Courtesy adjustment: $30.00"
    back = office.post(
        at(patient, f"adjustments/{made.json['adjustment_id']}/reverse"), {"reason": "Not agreed"}
    )
    assert back.json["state"] == "reversed"
    assert office.account(patient)["patient_owes"] == 80_00
    assert office.verified().differences == []


def test_above_the_limit_somebody_else_has_to_say_yes(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 400_00)
    biller = office.as_role(Role.BILLER)
    asked = biller.post(at(patient, "adjustments"), {"reason": "BADDE"}).json
    assert (asked["state"], office.account(patient)["patient_owes"]) == ("asked", 400_00)
    approve = at(patient, f"adjustments/{asked['adjustment_id']}/approve")
    assert kind(biller.post(approve)) == "approve-own-request"
    assert office.as_role(Role.BILLER).post(approve).status == 403
    assert office.as_role(Role.FRONT_DESK).post(approve).status == 403
    assert office.post(approve).json["state"] == "posted"
    assert kind(office.post(approve)) == "adjustment-decided"
    assert office.account(patient)["patient_owes"] == 0
    assert office.verified().differences == []


def test_what_was_paid_meanwhile_is_not_given_up(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 400_00)
    asked = office.as_role(Role.BILLER).post(at(patient, "adjustments"), {"reason": "BADDE"}).json
    office.pay(patient, 100_00)
    approved = office.post(at(patient, f"adjustments/{asked['adjustment_id']}/approve"))
    assert kind(approved) == "not-that-much-owed"
    declined = office.post(at(patient, f"adjustments/{asked['adjustment_id']}/decline"))
    assert declined.json["state"] == "declined"
    assert office.account(patient)["patient_owes"] == 300_00


@pytest.mark.parametrize(
    ("income", "left"), [(15_650_00, 0), (15_650_01, 25_00), (23_475_01, 50_00), (31_300_01, None)]
)
def test_financial_assistance_follows_the_sliding_scale(
    office: Office, income: int, left: int | None
) -> None:
    patient = office.patient()
    office.owes(patient, 100_00)
    body = {"reason": "HARDS", "household": 1, "income": income}
    reply = office.post(at(patient, "adjustments"), body)
    if left is None:
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "income")
        assert office.account(patient)["patient_owes"] == 100_00
    else:
        assert office.account(patient)["patient_owes"] == left


@pytest.mark.parametrize("missing", ["household", "income"])
def test_the_scale_gives_nothing_off_without_household_and_income(
    office: Office, missing: str
) -> None:
    patient = office.patient()
    office.owes(patient, 100_00)
    body = {"reason": "HARDS", "household": 1, "income": 10_000_00}
    body.pop(missing)
    reply = office.post(at(patient, "adjustments"), body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, missing)
    assert office.account(patient)["patient_owes"] == 100_00


def test_what_was_given_up_for_a_reason_out_of_use_by_now_is_taken_back(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 40_00)
    asked = office.post(at(patient, "adjustments"), {"reason": "COURT"}).json
    rules = call("GET", "/accounts/rules", caller=office.caller)
    settings = rules.json
    for reason in settings["reasons"]:
        reason["active"] = reason["code"] != "COURT"
    changed = call(
        "PUT",
        "/accounts/rules",
        caller=office.caller,
        json_body=settings,
        headers={"If-Match": rules.headers["etag"]},
    )
    assert changed.status == 200
    assert office.post(at(patient, "adjustments"), {"reason": "COURT"}).status == 422
    path = at(patient, f"adjustments/{asked['adjustment_id']}/reverse")
    assert office.post(path, {"reason": "A mistake"}).json["state"] == "reversed"
    assert office.account(patient)["patient_owes"] == 40_00
    assert office.verified().differences == []


def test_a_small_balance_is_small(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 10_01)
    reply = office.post(at(patient, "adjustments"), {"reason": "SMALL"})
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "reason")
    assert office.post(at(patient, "adjustments"), {"reason": "NOPE"}).status == 422


# -- statements -----------------------------------------------------------------


def reachable() -> Contact:
    granted = {Channel.SMS: Consent(status=ConsentStatus.GRANTED, source=ConsentSource.WRITTEN)}
    return Contact(
        telecoms=[Telecom(system=TelecomSystem.PHONE, value="+13125550123", consents=granted)]
    )


def run(office: Office) -> None:
    told(
        StatementsDue(
            practice_id=office.practice,
            occurred_at=office.clock.at,
            actor_id="system:jobs",
            day=office.today,
        )
    )


def statements(office: Office, patient: PatientId) -> list[StatementItem]:
    key = account_key(office.practice, patient)
    return list(StatementItem.query(key, StatementItem.sk.startswith("statement#")))


def test_a_cycle_has_one_statement_however_often_it_is_told(office: Office) -> None:
    put_settings(office.practice, sms_number="+13125550100", callback_phone="312 555 0100")
    patient = office.patient(contact=reachable())
    sheet = office.biller.charge(patient, 150_00, day=DAY)
    office.biller.adjudicate(sheet, "1", paid=80_00, off=45_00, share=25_00, day=DAY)
    office.patient()
    for _ in range(3):
        run(office)
    [made] = statements(office, patient)
    assert (made.due_cents, made.cycle, made.step) == (25_00, 1, 1)
    assert store.read(made.key).startswith(b"%PDF")
    [printed] = RunItem.query(runs_key(office.practice))
    assert (printed.made, printed.cents) == (1, 25_00)
    assert store.read(printed.key).startswith(b"%PDF")
    [queued] = outbox(office.practice, MessageQueued, Domain.MESSAGES)
    [message] = MessageRecord.query(conversation_key(office.practice, patient))
    assert (message.message_id, message.kind) == (queued.message_id, "notice")


def test_statements_follow_each_other_and_end(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 90_00)
    for _ in range(6):
        run(office)
        office.later(days=29)
        run(office)
        office.later(days=1)
    assert [item.step for item in sorted(statements(office, patient), key=lambda i: i.day)] == [
        1,
        2,
        3,
    ]
    office.pay(patient, 10_00)
    office.later(days=1)
    run(office)
    assert max(statements(office, patient), key=lambda item: item.day).step == 1


def test_too_little_a_hold_or_returned_mail_make_none(office: Office) -> None:
    little, held, moved = office.patient(), office.patient(), office.patient()
    office.owes(little, 4_99)
    office.owes(held, 50_00)
    office.owes(moved, 50_00)
    for patient, flags in ((held, {"hold": True}), (moved, {"returned_mail": True})):
        reply = call("PUT", at(patient, "billing"), caller=office.caller, json_body=flags)
        assert reply.status == 204
    run(office)
    assert [statements(office, one) for one in (little, held, moved)] == [[], [], []]
    by_hand = office.post(at(held, "statements"))
    assert (by_hand.status, by_hand.json["due"]) == (201, 50_00)
    assert kind(office.post(at(office.patient(), "statements"))) == "nothing-to-ask-for"


# -- plans ------------------------------------------------------------------------


def test_instalments_are_right_to_the_cent_and_the_last_takes_the_rest(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 100_00)
    first = (DAY + dt.timedelta(days=25)).isoformat()
    plan = office.post(at(patient, "plans"), {"months": 3, "first_due": first}).json
    assert [(one["due"], one["amount"]) for one in plan["instalments"]] == [
        ("2026-03-31", 33_33),
        ("2026-04-30", 33_33),
        ("2026-05-31", 33_34),
    ]
    assert kind(office.post(at(patient, "plans"), {"months": 2, "first_due": first})) == "has-plan"
    run(office)
    assert statements(office, patient) == []


def check(office: Office) -> None:
    told(
        LedgerCheckDue(
            practice_id=office.practice,
            occurred_at=office.clock.at,
            actor_id="system:jobs",
            day=office.today,
        )
    )


def test_a_missed_instalment_is_told_once_and_a_plan_follows_what_is_owed(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 90_00)
    first = (DAY + dt.timedelta(days=10)).isoformat()
    office.post(at(patient, "plans"), {"months": 3, "first_due": first})
    office.later(days=14)
    for _ in range(2):
        check(office)
    [task] = outbox(office.practice, StaffTaskRaised, Domain.REVENUE)
    assert (task.task, task.patient_id) == ("payment-missed", patient)
    office.pay(patient, 30_00)
    office.owes(patient, 20_00)
    check(office)
    page = call("GET", f"/console/accounts/patients/{patient}", caller=office.caller).text
    assert page.count("$40.00") >= 2
    office.pay(patient, 80_00)
    check(office)
    assert (
        "Paid</span>"
        in call("GET", f"/console/accounts/patients/{patient}", caller=office.caller).text
    )


# -- estimates ------------------------------------------------------------------


def test_an_estimate_says_by_when_it_is_owed_and_when_the_bill_is_far_above_it(
    office: Office,
) -> None:
    patient = office.patient()
    visit = DAY + dt.timedelta(days=21)
    body = {
        "service": "Check-up with blood test",
        "service_day": visit.isoformat(),
        "scheduled_on": DAY.isoformat(),
        "provider_id": office.small.ana,
        "diagnoses": ["Z0000"],
        "items": [
            {"code": "99396", "charge": 180_00},
            {"code": "80053", "charge": 40_00, "words": "Blood test"},
        ],
    }
    made = office.post(at(patient, "estimates"), body).json
    assert (made["expected"], made["owed_by"], made["in_time"]) == (220_00, "2026-03-11", True)
    wrong = {**body, "provider_id": "prv_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}
    assert office.post(at(patient, "estimates"), wrong).json["errors"][0]["field"] == "provider_id"
    office.on(visit)
    office.owes(patient, 619_99)
    path = at(patient, f"estimates/{made['estimate_id']}")
    assert (office.get(path)["billed"], office.get(path)["disputable"]) == (619_99, False)
    office.owes(patient, 1)
    assert office.get(path)["disputable"] is True
    pdf = call("GET", "/console" + path, caller=office.caller)
    assert pdf.status == 200


# -- the day's end ----------------------------------------------------------------


def close(office: Office, **count: Any) -> Any:
    return office.post(f"/accounts/days/{office.today}/close", count)


def test_a_day_adds_up_by_method_and_reason_and_closes_when_the_drawer_is_explained(
    office: Office,
) -> None:
    patient = office.patient()
    office.owes(patient, 200_00)
    office.pay(patient, 40_00)
    office.pay(patient, 30_00, "check", reference="9")
    gone = office.pay(patient, 15_00, "terminal")
    office.act(gone, "void", reason="Twice")
    office.post(at(patient, "adjustments"), {"reason": "SELFP"})
    day = office.get(f"/accounts/days/{office.today}")
    methods = {one["method"]: one["total"] for one in day["methods"]}
    assert methods == {"cash": 40_00, "check": 30_00, "terminal": 0}
    assert day["charges"] == 200_00
    assert [(one["words"], one["amount"]) for one in day["adjustments"]] == [
        ("Self-pay discount", 39_00)
    ]
    assert day["expected"] == {"cash": 140_00, "check": 30_00, "terminal": 0}
    short = close(office, cash=139_00, checks=30_00, terminal=0)
    assert (short.status, short.json["errors"][0]["field"]) == (422, "why")
    assert "cash -$1.00" in short.json["errors"][0]["message"]
    done = close(office, cash=139_00, checks=30_00, terminal=0, why="Gave a dollar too much")
    assert (done.status, done.json["why"]) == (200, "Gave a dollar too much")
    assert kind(close(office, cash=0, checks=0, terminal=0)) == "day-closed"
    paid = office.pay(patient, 5_00)
    assert paid["day"] == (DAY + dt.timedelta(days=1)).isoformat()
    aging = office.get("/accounts/aging")
    assert aging["rates"]["gross_percent"] == 35.0
    assert office.verified().differences == []


def test_a_day_is_opened_again_by_few_and_with_a_reason(office: Office) -> None:
    assert close(office, cash=100_00, checks=0, terminal=0).status == 200
    reopen = f"/accounts/days/{office.today}/reopen"
    assert office.as_role(Role.BILLER).post(reopen, {"reason": "x"}).status == 403
    assert office.post(reopen, {}).status == 422
    assert office.post(reopen, {"reason": "A check was forgotten"}).json["closed_at"] is None
    assert office.post(reopen, {"reason": "Again"}).status == 404
    assert office.pay(office.patient(), 1_00)["day"] == office.today.isoformat()


def test_what_was_counted_before_the_last_payment_does_not_close_the_day(office: Office) -> None:
    office.pay(office.patient(), 1_00)
    reply = close(office, cash=100_00, checks=0, terminal=0, journals=0)
    assert kind(reply) == "posted-meanwhile"
    tomorrow = f"/accounts/days/{office.today + dt.timedelta(days=1)}/close"
    assert kind(office.post(tomorrow, {"cash": 0, "checks": 0, "terminal": 0})) == "day-not-begun"


def test_aging_is_by_payer_and_by_patient(office: Office) -> None:
    patient = office.patient()
    office.biller.charge(patient, 100_00, day=DAY - dt.timedelta(days=61), posted=DAY)
    office.owes(patient, 40_00, day=DAY - dt.timedelta(days=130))
    aging = office.get("/accounts/aging")
    assert aging["payers"][0]["cents"] == [0, 0, 100_00, 0, 0]
    assert aging["patients"][0]["cents"] == [40_00, 0, 0, 0, 0]
    by_visit = office.get("/accounts/aging", by="service")
    assert by_visit["patients"][0]["cents"] == [0, 0, 0, 0, 40_00]


# -- collections --------------------------------------------------------------------


def test_the_agency_gets_whom_statements_did_not_move_and_what_it_brings_is_posted(
    office: Office,
) -> None:
    patient = office.patient(given="=Jo")
    office.owes(patient, 100_00)
    for _ in range(3):
        run(office)
        office.later(days=30)
    office.later(days=40)
    page = call("GET", "/console/accounts/collections", caller=office.caller).text
    assert patient in page
    assert office.post(at(patient, "collections")).status == 204
    assert kind(office.post(at(patient, "collections"))) == "at-agency"
    run(office)
    assert len(statements(office, patient)) == 3
    exported = call("GET", "/console/accounts/collections/file", caller=office.caller).text
    assert "100.00,0.00,100.00" in exported
    assert ",'=Jo Doe,1980-02-29,'=Jo Doe,,,,,," in exported
    paid = office.post(
        at(patient, "collections/payments"),
        {"amount": 60_00, "fee": 15_00, "payment_id": "pay_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"},
    ).json
    assert (paid["amount"], paid["unapplied"]) == (60_00, 0)
    assert office.account(patient)["patient_owes"] == 40_00
    exported = call("GET", "/console/accounts/collections/file", caller=office.caller).text
    assert "100.00,60.00,40.00" in exported
    # What it kept is not told: the rules' share of it.
    more = office.post(at(patient, "collections/payments"), {"amount": 20_00}).json
    head = PaymentItem.get(
        account_key(office.practice, patient), payment_sort_key(PaymentId(more["payment_id"]))
    )
    assert head.fee_cents == 5_00
    assert office.account(patient)["patient_owes"] == 20_00
    recalled = call("DELETE", at(patient, "collections"), caller=office.caller)
    assert recalled.status == 204
    run(office)
    assert len(statements(office, patient)) == 4
    assert office.verified().differences == []


def test_the_agency_is_told_of_who_pays_not_of_the_child(office: Office) -> None:
    child = register_child(office, office.patient(given="Pat"))
    office.patients.append(child)
    office.owes(child, 30_00)
    assert office.post(at(child, "collections")).status == 204
    exported = call("GET", "/console/accounts/collections/file", caller=office.caller).text
    [row] = csv.DictReader(io.StringIO(exported.lstrip("\ufeff")))
    assert (row["Debtor"], row["Born"]) == ("Pat Doe", "1988-05-05")
    assert (row["Patient"], row["Phone"]) == ("Kim Doe", "+13125550188")
    assert (row["Address"], row["ZIP"], row["Owed now"]) == ("1 Elm St", "60601", "30.00")


# -- consistency --------------------------------------------------------------------


def test_a_sum_that_differs_is_found_and_told(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 10_00)
    office.pay(patient, 4_00)
    assert verify_all(office.practice).differences == []
    check(office)
    assert outbox(office.practice, StaffTaskRaised, Domain.REVENUE) == []
    head = AccountItem.get(account_key(office.practice, patient), ACCOUNT)
    head.patient_cents = 7_00
    head.save()
    assert verify_all(office.practice).differences == [
        f"{patient}: patient is 700, its journals make 600 cents"
    ]
    check(office)
    [task] = outbox(office.practice, StaffTaskRaised, Domain.REVENUE)
    assert task.task == "ledger-differs"


def test_a_guarantor_sees_everybody_for_whom_they_pay(office: Office) -> None:
    parent = office.patient(given="Pat")
    child = register_child(office, parent)
    office.patients.append(child)
    office.owes(child, 30_00)
    family = office.get(f"/accounts/patients/{parent}/family")
    assert [one["due"] for one in family["members"]] == [0, 30_00]
    assert family["due"] == 30_00


def register_child(office: Office, parent: PatientId) -> PatientId:
    """A chart that names the parent as guarantor, and the word of it that goes round."""
    from caresmith.events import PatientRegistered

    reply = call(
        "POST",
        "/patients",
        caller=office.caller,
        json_body={
            "demographics": {
                "names": [{"family": "Doe", "given": ["Kim"]}],
                "birth_date": "2018-02-01",
            },
            "relations": {
                "guarantor": {
                    "is_self": False,
                    "birth_date": "1988-05-05",
                    "person": {
                        "name": "Pat Doe",
                        "relationship": "mother",
                        "patient_id": parent,
                        "telecoms": [{"system": "phone", "value": "+13125550188"}],
                        "address": {
                            "lines": ["1 Elm St"],
                            "city": "Chicago",
                            "state": "IL",
                            "postal_code": "60601",
                        },
                    },
                }
            },
            "confirmed_not_duplicate": True,
        },
    )
    assert reply.status == 201, reply.text
    child = PatientId(reply.json["patient_id"])
    for _ in range(2):
        told(
            PatientRegistered(
                practice_id=office.practice,
                occurred_at=office.clock.at,
                actor_id="x",
                patient_id=child,
            )
        )
    return child
