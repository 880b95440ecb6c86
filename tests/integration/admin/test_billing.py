"""How a practice says who bills: on its own page, all of it or nothing."""

from __future__ import annotations

from typing import Any

from tests.integration.admin.conftest import Office
from tests.support.client import Reply, call

BILLING = {
    "billing.legal_name": "Small Medical Group LLC",
    "billing.tax_id": "12-3456789",
    "billing.tax_id_kind": "",
    "billing.taxonomy": "193200000X",
    "billing.contact_name": "Billing Office",
    "billing.contact_phone": "212-555-0100",
    "billing.address.line1": "100 Main St",
    "billing.address.city": "New York",
    "billing.address.state": "ny",
    "billing.address.postal_code": "10001-1234",
    "billing.send_at": "18:00",
}


def save(office: Office, **fields: str) -> Reply:
    setup: Any = office.call("GET", "/setup").json
    version = setup["versions"][office.practice]
    form = {"name": "Small", "zone": "America/New_York", "version": str(version), **fields}
    return call("POST", "/console/admin/practice", caller=office.caller, form=list(form.items()))


def told(office: Office) -> Any:
    return office.call("GET", "/setup").json["practice"]["billing"]


def test_a_practice_that_bills_nobody_is_saved_as_before(office: Office) -> None:
    assert save(office).status == 303
    assert told(office) is None


def test_who_bills_is_kept_as_claims_need_it(office: Office) -> None:
    saved = save(office, **BILLING)
    assert saved.status == 303, saved.text
    billing = told(office)
    assert (billing["tax_id_kind"], billing["address"]["state"]) == ("EI", "NY")
    assert billing["pay_to"] is None
    assert billing["send_at"] == "18:00:00"
    assert billing["auto_approve"] is False


def test_what_is_missing_is_said_beside_its_field(office: Office) -> None:
    refused = save(office, **{**BILLING, "billing.address.postal_code": "10001"})
    assert refused.status == 422
    assert 'id="f-billing-address-postal_code-error"' in refused.text
    assert told(office) is None


def test_certificates_are_kept_of_the_practice_and_of_a_location(office: Office) -> None:
    certified = {"clia": "05d1234567", "clia_kind": "waiver", "mammography": "123456"}
    saved = save(office, **BILLING, **{f"billing.{k}": v for k, v in certified.items()})
    assert saved.status == 303, saved.text
    kept = {**certified, "clia": "05D1234567"}
    assert {name: told(office)[name] for name in kept} == kept
    path = "/console/admin/things/locations/new"
    form = {"name": "East", "zone": "America/New_York", "active": "true"}
    wrong = {**form, **certified, "clia": "5D1", "mammography": "12"}
    refused = call("POST", path, caller=office.caller, form=list(wrong.items()))
    assert refused.status == 422
    assert "A CLIA number looks like 05D1234567" in refused.text
    assert 'id="f-mammography-error"' in refused.text
    sent = call("POST", path, caller=office.caller, form=list({**form, **certified}.items()))
    assert sent.status == 303, sent.text
    places: Any = office.call("GET", "/setup").json["locations"]
    assert [{name: one[name] for name in kept} for one in places] == [kept]
