"""Which payer of the directory a remittance is of, whatever it calls itself."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import CoverageId, PayerId
from caresmith.records.coverage import COVERAGE, Coverage, CoverageItem, seal_coverage
from caresmith.records.patient import chart_key
from caresmith.records.revenue.claim import ClaimItem, get_claim
from caresmith.records.revenue.sheet import get_sheet
from tests.integration.payments.conftest import Office
from tests.support.practices import add_patient
from tests.support.remittances import Billed, clp, file_835, svc

PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
DENIED = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")


def known_as(office: Office) -> tuple[Any, str, str]:
    """Id and name in the directory, and how it calls itself."""
    head = office.only_remittance()
    return head["payer_id"], head["payer_name"], head["payer_told"]


def asked(office: Office, one: Billed, payer: PayerId, turn: int = 1) -> None:
    """The claim went to that payer."""
    claim = get_claim(office.practice, one.claims[turn - 1])
    assert claim is not None
    claim.update(actions=[ClaimItem.payer_id.set(payer)])


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"tax_ids": ["51-2345678"]}, {}),
        ({"wire_id": "60054"}, {"payer_ref": "2U*60054"}),
        ({"aliases": ["Lakeside Health-Plan"]}, {}),
    ],
)
def test_tax_id_electronic_id_or_a_name_tell_whose_it_is(
    office: Office, facts: dict[str, Any], told: dict[str, str]
) -> None:
    payer = office.add_payer("Lake Mutual", **facts)
    office.add_payer("Somebody Else", "OTHER1", tax_ids=["360000001"])
    office.take(file_835(clp("NOBODYS", PAID), **told))
    assert known_as(office) == (payer, "Lake Mutual", "LAKESIDE HEALTH PLAN")
    [row] = office.get("/payments/deposits")["without_money"]
    assert row["payer_name"] == "Lake Mutual"


def test_of_companies_that_share_a_tax_id_the_name_tells_which(office: Office) -> None:
    office.add_payer("Lake Mutual", tax_ids=["512345678"])
    plan = office.add_payer("Lakeside Health Plan", "LAKE2", tax_ids=["512345678"])
    office.take(file_835(clp("NOBODYS", PAID), trace="T1"))
    assert known_as(office)[0] == plan


def test_where_nothing_tells_nobody_is_guessed(office: Office) -> None:
    office.add_payer("Lake Mutual", tax_ids=["512345678"])
    office.add_payer("Lake Dental", "LAKE2", tax_ids=["512345678"])
    office.take(file_835(clp("NOBODYS", PAID)))
    assert known_as(office) == (None, "LAKESIDE HEALTH PLAN", "LAKESIDE HEALTH PLAN")


def test_whom_we_asked_and_who_answers_is_the_payer_though_no_name_fits(office: Office) -> None:
    payer = office.add_payer("Lake Mutual")
    asked(office, office.billed(("99213", 150_00)), payer)
    office.take(file_835(clp("1000017", PAID)))
    assert known_as(office)[0] == payer


def test_a_claim_that_was_passed_on_does_not_tell_who_answers(office: Office) -> None:
    payer = office.add_payer("Lake Mutual")
    asked(office, office.billed(("99213", 150_00)), payer)
    office.take(file_835(clp("1000017", PAID, status="2")))
    assert known_as(office)[0] is None


def test_denials_of_one_payer_under_two_names_are_one_row_and_one_clock(office: Office) -> None:
    payer = office.add_payer("Lake Mutual", tax_ids=["512345678"], appeal_days=30)
    for number, name in enumerate(("LAKESIDE HEALTH PLAN", "LAKE MUTUAL OF IL")):
        asked(office, office.billed(("99213", 150_00), number=f"30000{number}"), payer)
        answer = clp(f"30000{number}", DENIED, status="4", icn=f"I{number}")
        office.take(file_835(answer, trace=f"T{number}", payer_name=name))
    denials = office.get("/payments/denials")["denials"]
    assert {(one["payer"], one["due_on"]) for one in denials} == {("Lake Mutual", "2026-04-19")}
    [row] = office.get("/payments/denials/causes", month="2026-03", by="payer")["rows"]
    assert (row["key"], row["count"]) == ("Lake Mutual", 2)


def test_a_claim_that_went_to_nobody_we_know_is_denied_by_who_answers(office: Office) -> None:
    payer = office.add_payer("Lake Mutual", tax_ids=["512345678"], appeal_days=30)
    one = office.billed(("99213", 150_00))
    claim = get_claim(office.practice, one.claims[0])
    assert claim is not None
    claim.update(actions=[ClaimItem.payer_id.set("")])
    office.take(file_835(clp("1000017", DENIED, status="4")))
    [denial] = office.get("/payments/denials")["denials"]
    assert (denial["payer"], denial["due_on"]) == ("Lake Mutual", "2026-04-19")
    assert payer == known_as(office)[0]


def test_after_the_turn_has_passed_the_sheet_is_owed_by_the_second_payer(office: Office) -> None:
    first, second = office.add_payer("Lake Mutual"), office.add_payer("Prairie Plan", "PRAIRIE")
    patient = add_patient(office.practice, "Okafor", "Ada")
    policies = tuple(covered(office, patient, payer) for payer in (first, second))
    one = office.billed(("99213", 150_00), patient=patient, payers=2, coverages=policies)
    asked(office, one, first)
    office.take(file_835(clp("1000017", PAID)))
    sheet = get_sheet(office.practice, one.sheet)
    assert sheet is not None
    assert (int(sheet.turn), sheet.payer_id) == (2, second)
    assert aged(office) == [("Prairie Plan", 20_00)]
    # Taken out again, the first one owes all of it.
    head = office.only_remittance()
    claim = office.claim(head["remittance_id"])
    out = f"/payments/remittances/{head['remittance_id']}/claims/1/take-out"
    assert office.post(out, {"reason": "Wrong"}, claim["version"]).status == 200
    assert aged(office) == [("Lake Mutual", 150_00)]


def covered(office: Office, patient: str, payer: PayerId) -> CoverageId:
    coverage = CoverageId.new()
    told = Coverage(payer_id=payer, payer_name="As on the card", member_id="M1")
    CoverageItem(
        chart_key(office.practice, patient),  # type: ignore[arg-type]
        f"{COVERAGE}{coverage}",
        coverage_id=coverage,
        patient_id=patient,
        coverage=seal_coverage(office.practice, coverage, told),
    ).save()
    return coverage


def aged(office: Office) -> list[tuple[str, int]]:
    """What insurance owes, payer by payer, as the aging report tells it."""
    return [(one["name"], one["total_cents"]) for one in office.get("/accounts/aging")["payers"]]
