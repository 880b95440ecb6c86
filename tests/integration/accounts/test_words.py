"""What was done is said to patients in the practice's own words, where it has loaded some."""

from __future__ import annotations

from typing import Any

from caresmith.ids import PatientId
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.statement import StatementItem
from functions.accounts.statements import content_of
from tests.integration.accounts.conftest import DAY, Office
from tests.support.client import call

LIST = (
    "code,description,from,until\n"
    "99213,Visit to your doctor,,2020-12-31\n"
    "99213,Seeing one of our doctors,2021-01-01,\n"
    "80053,,,\n"
)


def load_words(office: Office) -> None:
    loaded = call(
        "POST",
        "/charges/code-lists/cpt",
        caller=office.caller,
        raw=LIST.encode(),
        headers={"content-type": "text/csv"},
    )
    assert loaded.status == 200, loaded.text


def owing(office: Office) -> PatientId:
    """A patient whose plan left a part of a visit and of a test to them."""
    patient = office.patient()
    sheet = office.biller.charge(patient, 150_00, 40_00, day=DAY, codes=("99213", "80053"))
    for line, share in (("1", 25_00), ("2", 5_00)):
        charge = 150_00 if line == "1" else 40_00
        office.biller.adjudicate(sheet, line, paid=charge - share, share=share, off=0, day=DAY)
    return patient


def words_of_lines(office: Office, patient: PatientId) -> dict[str, Any]:
    [visit] = office.account(patient)["visits"]
    return {line["code"]: line["words"] for line in visit["lines"]}


def test_lines_have_the_latest_words_of_the_practices_list_and_else_ours(office: Office) -> None:
    patient = owing(office)
    ours = {"99213": "Office visit", "80053": "Laboratory test"}
    assert words_of_lines(office, patient) == ours
    load_words(office)
    assert words_of_lines(office, patient) == {**ours, "99213": "Seeing one of our doctors"}


def test_a_statement_and_a_receipt_say_the_same(office: Office) -> None:
    load_words(office)
    patient = owing(office)
    made = office.post(f"/accounts/patients/{patient}/statements")
    assert made.status == 201, made.text
    key = account_key(office.practice, patient)
    [kept] = StatementItem.query(key, StatementItem.sk.startswith("statement#"))
    [visit] = content_of(office.practice, kept).visits
    assert [line.words for line in visit.lines] == ["Seeing one of our doctors", "Laboratory test"]
    paid = office.pay(patient, 30_00)
    receipt = office.get(f"/accounts/patients/{patient}/payments/{paid['payment_id']}/receipt")
    assert [line["words"] for line in receipt["lines"]] == [
        "Seeing one of our doctors",
        "Laboratory test",
    ]
