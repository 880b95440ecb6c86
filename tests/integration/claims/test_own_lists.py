"""The practice's own code lists and fees hold a claim, and let it go when it is mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from caresmith.ids import SheetId
from caresmith.money import Money
from caresmith.records.revenue.payer import PayerItem, payers_key
from tests.support.billing_office import BillingOffice, send_all, visit_line
from tests.support.client import call

CPT = """code,from,until
99213,2020-01-01,
99215,2020-01-01,2026-10-31
99214,2026-11-25,
"""
FEES = """code,modifiers,amount
99213,,150.00
99214,,200.00
71046,,90.00
71046,26,30.00
"""


def upload(office: BillingOffice, path: str, text: str, version: int | None = None) -> Any:
    headers = {"content-type": "text/csv"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    reply = call("POST", path, caller=office.biller, raw=text.encode(), headers=headers)
    assert reply.status == 200, reply.text
    return reply.json


def load_fees(office: BillingOffice, rows: str = FEES, starts: str = "2020-01-01") -> None:
    made = office.post("/charges/fees", {"name": f"Standard {starts}", "starts": starts}).json
    upload(office, f"/charges/fees/{made['schedule_id']}/rows", rows, made["version"])


def change_payer(office: BillingOffice, **facts: Any) -> None:
    item = PayerItem.get(payers_key(office.practice), office.payers["Acme Health"])
    item.body = json.dumps(json.loads(item.body) | facts)
    item.save()


def sheet_with(office: BillingOffice, **line: Any) -> SheetId:
    patient = office.patient()
    return office.released(patient, office.cover(patient), lines=(visit_line(**line),))


def against(office: BillingOffice, sheet: SheetId) -> dict[str, str]:
    """What the practice's own lists and fees have against the sheet's claim, by edit."""
    found = office.read(office.claim(sheet))["findings"]
    return {one["edit"]: one["message"] for one in found if one["edit"][:4] in {"PRC-", "CHG-"}}


@pytest.mark.parametrize(
    ("code", "edit"),
    [("99212", "PRC-UNKNOWN"), ("99215", "PRC-ENDED"), ("99214", "PRC-NOT-YET")],
)
def test_a_code_that_the_list_does_not_have_on_the_day_holds_the_claim_until_it_is_mended(
    office: BillingOffice, code: str, edit: str
) -> None:
    upload(office, "/charges/code-lists/cpt", CPT)
    sheet = sheet_with(office, code=code)
    assert list(against(office, sheet)) == [edit]
    assert office.claim(sheet).state == "held"
    assert office.act(office.claim(sheet), "approve").status == 409
    office.change_sheet(sheet, lines=(visit_line(code="99213"),))
    assert against(office, sheet) == {}
    assert office.claim(sheet).state == "clean"


def test_a_list_that_is_mended_lets_the_claim_go(office: BillingOffice) -> None:
    upload(office, "/charges/code-lists/cpt", CPT)
    sheet = sheet_with(office, code="99212")
    upload(office, "/charges/code-lists/cpt", CPT + "99212,2020-01-01,\n")
    assert office.act(office.claim(sheet), "rescrub").status == 200
    assert against(office, sheet) == {}


def test_a_code_may_end_and_begin_again(office: BillingOffice) -> None:
    upload(
        office,
        "/charges/code-lists/cpt",
        "code,from,until\n99213,2020-01-01,2021-12-31\n99213,2026-01-01,\n",
    )
    assert against(office, sheet_with(office)) == {}


def test_without_lists_and_fees_nothing_is_said(office: BillingOffice) -> None:
    assert against(office, sheet_with(office, code="99212")) == {}


@pytest.mark.parametrize(
    ("line", "edits"),
    [
        ({}, []),
        ({"charge": Money(70_00)}, ["CHG-BELOW"]),
        ({"charge": Money(760_00)}, ["CHG-ABOVE"]),
        # As its modifiers have it: the professional part is not the whole.
        ({"code": "71046", "modifiers": ("26",), "charge": Money(30_00)}, []),
        ({"code": "71046", "modifiers": ("26",), "charge": Money(160_00)}, ["CHG-ABOVE"]),
        ({"code": "99212", "charge": Money(10_00)}, ["PRC-NOT-LISTED"]),
    ],
)
def test_a_charge_unlike_the_fee_is_asked_about(
    office: BillingOffice, line: dict[str, Any], edits: list[str]
) -> None:
    load_fees(office)
    sheet = sheet_with(office, **line)
    assert list(against(office, sheet)) == edits
    if edits == ["CHG-BELOW"]:
        assert "$150.00" in against(office, sheet)["CHG-BELOW"]
        office.change_sheet(sheet, lines=(visit_line(),))
        assert against(office, sheet) == {}


def test_fees_are_those_of_the_day_of_service(office: BillingOffice) -> None:
    load_fees(office, "code,amount\n99213,900.00\n", starts="2026-11-21")
    assert against(office, sheet_with(office)) == {}


def test_a_finding_is_fixed_by_the_key_that_the_answer_names(office: BillingOffice) -> None:
    sheet = sheet_with(office)
    claim = office.claim(sheet)
    change_payer(office, wire_id="ACME2")
    office.act(claim, "rescrub")
    found = [one for one in office.read(claim)["findings"] if one["edit"] == "PAY-ID-OTHER"]
    mended = office.act(claim, "fix", {"key": found[0]["key"]})
    assert mended.status == 200, mended.text
    assert mended.json["draft"]["payer"]["id"] == "ACME2"
    assert "PAY-ID-OTHER" not in {one["edit"] for one in mended.json["findings"]}


def test_a_list_that_is_loaded_after_the_day_s_look_is_asked_before_a_claim_goes(
    office: BillingOffice,
) -> None:
    first, second = sheet_with(office, code="99212"), sheet_with(office, code="99212")
    assert office.act(office.claim(first), "approve").status == 200
    upload(office, "/charges/code-lists/cpt", CPT)
    assert office.act(office.claim(second), "approve").status == 409
    send_all(office)
    assert office.claim(first).state == "held"
    assert list(against(office, first)) == ["PRC-UNKNOWN"]


def test_a_payer_that_wants_more_since_is_asked_before_a_claim_goes(office: BillingOffice) -> None:
    sheet = sheet_with(office)
    assert office.act(office.claim(sheet), "approve").status == 200
    change_payer(office, referral_codes=["99213"])
    send_all(office)
    assert office.claim(sheet).state == "held"


def test_a_single_dose_drug_of_the_practice_s_list_says_what_was_left(
    office: BillingOffice,
) -> None:
    change_payer(office, filing="MB")
    line = {"code": "J0178", "drug": {"ndc": "61755000502", "quantity": "1", "unit": "UN"}}
    before = office.read(office.claim(sheet_with(office, **line)))["findings"]
    assert "DRG-WASTE" not in {one["edit"] for one in before}
    upload(office, "/charges/code-lists/single-dose", "code,from,until\nJ0178,2026-01-01,\n")
    for modifiers, asked in (((), True), (("JZ",), False)):
        claim = office.claim(sheet_with(office, modifiers=modifiers, **line))
        found = {one["edit"] for one in office.read(claim)["findings"]}
        assert ("DRG-WASTE" in found) is asked
    late = upload(office, "/charges/code-lists/single-dose", "code,from\nJ0178,2026-11-21\n")
    assert late["codes"] == 1
    found = office.read(office.claim(sheet_with(office, **line)))["findings"]
    assert "DRG-WASTE" not in {one["edit"] for one in found}
