"""Services that need what few need, typed on the sheet's page and read by the payer."""

from __future__ import annotations

from io import BytesIO

import pytest

from caresmith.money import Money
from caresmith.x12.claims.reading.submission import read_claims
from tests.support.billing_office import BillingOffice
from tests.support.client import call
from tests.support.registered import (
    SHEETS,
    changed,
    policy,
    released,
    said,
    sent,
    sheet_fields,
    submitted,
)

RARE = {
    "lines.0.tests.0.measured": "R2",
    "lines.0.tests.0.value": "31.5",
    "lines.0.tests.1.measured": "R3",
    "lines.0.tests.1.value": "4000",
    "lines.0.dates.hemoglobin_test": "2026-11-18",
    "lines.0.prior_authorization": "auth 77",
    "lines.0.referral_number": "ref 5",
    "lines.0.immunization_batch": "lot 9b",
    "lines.0.sales_tax": "1.50",
    "lines.0.postage": "4.00",
    "lines.0.contract.kind": "06",
    "lines.0.contract.amount": "90.00",
    "lines.0.contract.percent": "60",
    "lines.0.contract.code": "HMO7",
    "lines.0.hospice_employee": "false",
    "lines.0.copay_exempt": "true",
}


def segments(office: BillingOffice, **fields: str) -> list[str]:
    """Of the claim for these services, as it went out and pyx12 took it."""
    patient = office.patient()
    policy(office, patient, "Acme Health")
    return sent(office, office.claim(released(office, patient, **fields)))


def test_all_that_is_told_of_a_service_stands_on_its_line(office: BillingOffice) -> None:
    found = segments(office, **RARE)
    told = {
        "MEA*TR*R2*31.5",
        "MEA*OG*R3*4000",
        "DTP*738*D8*20261118",
        "REF*G1*AUTH 77",
        "REF*9F*REF 5",
        "REF*BT*LOT 9B",
        "AMT*T*1.5",
        "AMT*F4*4",
        "CN1*06*90*60*HMO7",
        "CRC*70*N*65",
    }
    assert told <= set(found)
    [service] = [one for one in found if one.startswith("SV1*")]
    assert service.split("*")[15] == "0"


def test_what_was_told_is_read_back_from_the_wire_as_it_was_meant(office: BillingOffice) -> None:
    content = "~".join(segments(office, **RARE)).encode()
    [[claim]] = [one.submission.claims for one in read_claims(BytesIO(content))]
    [line] = claim.lines
    assert [(one.measured, str(one.value)) for one in line.tests] == [
        ("R2", "31.5"),
        ("R3", "4000"),
    ]
    assert (line.sales_tax, line.postage) == (Money(1_50), Money(4_00))
    assert line.contract is not None
    assert (line.contract.kind, line.contract.amount) == ("06", Money(90_00))
    assert [one.value for one in line.prior_authorizations] == ["AUTH 77"]


def test_a_difficult_delivery_adds_units_to_its_anesthesia(office: BillingOffice) -> None:
    anesthesia = {"lines.0.code": "01961", "lines.0.modifiers": "AA", "lines.0.basis": "MJ"}
    found = segments(office, **anesthesia, **{"lines.0.obstetric_units": "5"})
    assert "QTY*FL*5" in found


def test_a_drug_names_the_prescription_or_the_compound_and_not_both(
    office: BillingOffice,
) -> None:
    drug = {
        "lines.0.code": "J7999",
        "lines.0.description": "Compounded bevacizumab",
        "lines.0.drug.ndc": "50242006001",
        "lines.0.drug.quantity": "1.25",
        "lines.0.drug.unit": "ME",
        "lines.0.drug.compound": "cmp-1",
    }
    both = sheet_fields(office, office.patient(), **drug, **{"lines.0.drug.prescription": "rx9"})
    reply = submitted(office.biller, f"{SHEETS}/new", both)
    assert (reply.status, "a compound" in reply.text) == (422, True), said(reply)
    assert "REF*VY*CMP-1" in segments(office, **drug)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("tests.0.value", "high"),
        ("obstetric_units", "some"),
        ("sales_tax", "-1"),
        ("postage", "much"),
        ("contract.amount", "much"),
        ("contract.percent", "most"),
        ("clia", "none"),
        ("dates.last_seen", "soon"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_stays_typed(
    office: BillingOffice, field: str, wrong: str
) -> None:
    typed = {"lines.0.tests.0.measured": "R2", "lines.0.tests.0.value": "31.5"}
    typed |= {"lines.0.contract.kind": "06", f"lines.0.{field}": wrong}
    reply = submitted(
        office.biller, f"{SHEETS}/new", sheet_fields(office, office.patient(), **typed)
    )
    assert reply.status == 422
    place = f"lines.0.{field}".replace(".", "-")
    assert f'id="f-{place}-error"' in reply.text, said(reply)
    assert f'value="{wrong}"' in reply.text


def test_a_sheet_that_is_saved_again_keeps_all_of_it(office: BillingOffice) -> None:
    patient = office.patient()
    policy(office, patient, "Acme Health")
    sheet = released(office, patient, **RARE)
    shown = call("GET", f"{SHEETS}/{sheet}", caller=office.biller).text
    for value in ("31.5", "auth 77", "1.50", "90.00"):
        assert f'value="{value}"' in shown, value
    assert changed(office, sheet, patient, **RARE, note="Seen.").status == 303
    assert {"MEA*TR*R2*31.5", "CN1*06*90*60*HMO7"} <= set(sent(office, office.claim(sheet)))
