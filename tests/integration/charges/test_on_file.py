"""A charge sheet offers what is on file and fits; of two that fit it takes neither by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caresmith.permissions import Role
from tests.integration.charges.conftest import TODAY, Office, add_payer, cover
from tests.integration.charges.test_screens import fields_of, page, send
from tests.support.client import Caller, call

YESTERDAY = TODAY - timedelta(days=1)


def agreed(office: Office, **facts: Any) -> Any:
    told = {
        "coverage_id": office.coverage,
        "status": "approved",
        "number": "AU-1",
        "codes": ["99213-99215"],
        **facts,
    }
    return office.made(f"/coverage/patients/{office.insured}/authorizations", told)


def fitting(office: Office, sheet: Any) -> Any:
    reply = office.send("GET", f"/charges/sheets/{sheet['sheet_id']}/authorizations")
    assert reply.status == 200, reply.text
    return reply.json


def numbers(office: Office, sheet: Any) -> list[str]:
    return [one["number"] for one in fitting(office, sheet)["offers"]]


def test_the_only_one_that_fits_is_offered_and_goes_in_by_itself(office: Office) -> None:
    agreed(office)
    found = fitting(office, office.enter())
    assert [one["number"] for one in found["offers"]] == ["AU-1"]
    assert found["prefill"] == {"authorization": "AU-1"}


def test_of_two_that_fit_both_are_offered_and_neither_goes_in(office: Office) -> None:
    agreed(office)
    agreed(office, number="AU-2")
    found = fitting(office, office.enter())
    assert {one["number"] for one in found["offers"]} == {"AU-1", "AU-2"}
    assert found["prefill"] == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"codes": ["70551"]},
        {"last": YESTERDAY.isoformat()},
        {"first": (TODAY + timedelta(days=1)).isoformat()},
        {"status": "denied"},
        {"status": "requested"},
        {"diagnoses": ["M5450"]},
    ],
)
def test_what_does_not_fit_is_not_offered(office: Office, facts: dict[str, Any]) -> None:
    agreed(office, **facts)
    assert numbers(office, office.enter()) == []


def test_one_for_anybody_goes_in_only_where_the_payer_asks_for_it(office: Office) -> None:
    agreed(office, codes=[])
    sheet = office.enter()
    assert (numbers(office, sheet), fitting(office, sheet)["prefill"]) == (["AU-1"], {})
    asking = add_payer(office.practice, "Strict", authorization_codes=["99213"])
    coverage = cover(office.practice, office.alone, asking, payer_name="Strict")
    told = {"coverage_id": coverage, "status": "approved", "number": "AU-7"}
    office.made(f"/coverage/patients/{office.alone}/authorizations", told)
    found = fitting(office, office.enter(office.alone))
    assert found["prefill"] == {"authorization": "AU-7"}


def test_one_that_other_charges_have_used_up_is_not_offered(office: Office) -> None:
    agreed(office, approved=1)
    sheet = office.enter()
    assert numbers(office, sheet) == ["AU-1"]
    # Its own charge is no other.
    own = office.released(prior_authorization="AU-1")
    assert fitting(office, own)["numbers"] == {"authorization": "fits"}
    assert numbers(office, sheet) == []


def test_a_sheet_s_own_number_is_told_to_fit_or_not(office: Office) -> None:
    agreed(office)
    agreed(office, number="OLD", last=YESTERDAY.isoformat())
    for number, standing in (("au-1", "fits"), ("OLD", "does-not-fit"), ("X", "not-on-file")):
        found = fitting(office, office.enter(prior_authorization=number))
        assert found["numbers"] == {"authorization": standing}
        assert found["prefill"] == {}


def test_the_page_offers_what_fits_what_is_typed(office: Office) -> None:
    agreed(office)
    sheet = office.enter()
    html = page(office, f"/sheets/{sheet['sheet_id']}")
    assert f"/sheets/authorizations?sheet_id={sheet['sheet_id']}" in html
    typed = fields_of(html)
    part = f"/sheets/authorizations?sheet_id={sheet['sheet_id']}"
    shown = send(office, part, typed)
    assert shown.status == 200, shown.text
    assert 'data-prefill="AU-1"' in shown.text
    assert 'data-take="AU-1"' in shown.text
    other = send(office, part, {**typed, "lines.0.code": "83036"})
    assert "AU-1" not in other.text
    taken = send(office, part, {**typed, "prior_authorization": "AU-1"})
    assert "the number is on file, and fits" in taken.text
    assert "data-prefill=" not in taken.text


def test_the_page_of_a_new_sheet_offers_once_somebody_is_chosen(office: Office) -> None:
    agreed(office, kind="referral", number="RF-1")
    blank = fields_of(page(office, "/sheets/new"))
    typed = {**blank, "day": TODAY, "lines.0.code": "99213"}
    assert "RF-1" not in send(office, "/sheets/authorizations", typed).text
    shown = send(office, "/sheets/authorizations", {**typed, "patient_id": office.insured})
    assert 'data-prefill-into="referral_number" data-prefill="RF-1"' in shown.text
    alone = send(office, "/sheets/authorizations", {**typed, "patient_id": office.alone})
    assert "RF-1" not in alone.text


def test_who_may_not_read_authorizations_is_shown_none(office: Office) -> None:
    agreed(office)
    sheet = office.enter()
    path = f"/charges/sheets/{sheet['sheet_id']}/authorizations"
    auditor = Caller(office.practice, roles=(Role.AUDITOR,))
    assert call("GET", path, caller=auditor).status == 403
