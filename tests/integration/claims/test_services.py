"""Services that need words, minutes or another laboratory: told on the sheet, read by the payer."""

from __future__ import annotations

from datetime import date

from tests.support.billing_office import BillingOffice
from tests.support.client import call
from tests.support.registered import (
    SHEETS,
    edits,
    policy,
    released,
    said,
    sent,
    sheet_fields,
    submitted,
)

LABORATORY = {
    "outside_laboratory.name": "Reference Lab",
    "outside_laboratory.npi": "1679576722",
    "outside_laboratory.clia": "05D1234567",
    "outside_laboratory.address.line1": "9 Bench St",
    "outside_laboratory.address.city": "Newark",
    "outside_laboratory.address.state": "NJ",
    "outside_laboratory.address.postal_code": "07101-1234",
}


def segments(office: BillingOffice, **fields: str) -> list[str]:
    """Of the claim for these services, as it went out."""
    patient = office.patient()
    policy(office, patient, "Acme Health")
    return sent(office, office.claim(released(office, patient, **fields)))


def test_an_unlisted_procedure_and_an_unclassified_drug_are_told_in_words(
    office: BillingOffice,
) -> None:
    found = segments(
        office,
        **{
            "lines.0.code": "17999",
            "lines.0.description": "Laser ablation of a tattoo",
            "lines.1.code": "J3490",
            "lines.1.charge": "80.00",
            "lines.1.pointers": "A",
            "lines.1.description": "Semaglutide 0.5 mg",
            "lines.1.drug.ndc": "00169413211",
            "lines.1.drug.quantity": "0.5",
            "lines.1.drug.unit": "ML",
        },
    )
    assert any(one.startswith("SV1*HC:17999:::::LASER ABLATION OF A TATTOO*150*") for one in found)
    assert any(one.startswith("SV1*HC:J3490:::::SEMAGLUTIDE 0.5 MG*80*") for one in found)


def test_a_test_of_another_laboratory_names_it_and_what_it_takes(office: BillingOffice) -> None:
    found = segments(
        office,
        **{
            "lines.0.code": "80053",
            "lines.0.modifiers": "90",
            "lines.0.laboratory_charge": "12.50",
            **LABORATORY,
        },
    )
    assert "PS1*1679576722*12.5" in found
    assert "NM1*QB*2******XX*1679576722" in found
    assert "REF*F4*05D1234567" in found
    assert "NM1*77*2*REFERENCE LAB*****XX*1679576722" in found
    assert "N4*NEWARK*NJ*071011234" in found


def test_half_a_laboratory_is_refused_beside_its_field_and_nothing_is_lost(
    office: BillingOffice,
) -> None:
    patient = office.patient()
    wrong = {"outside_laboratory.name": "Reference Lab", "outside_laboratory.npi": "1234567890"}
    wrong |= {"lines.0.laboratory_charge": "much", "lines.0.ordering_name": "Gregory House"}
    typed = sheet_fields(office, patient, **wrong)
    reply = submitted(office.biller, f"{SHEETS}/new", typed)
    assert reply.status == 422
    for field in ("outside_laboratory-npi", "lines-0-laboratory_charge", "lines-0-ordering_npi"):
        assert f'id="f-{field}-error"' in reply.text, said(reply)
    assert 'value="Gregory House"' in reply.text
    assert 'value="much"' in reply.text


def test_anesthesia_is_counted_in_minutes_and_stays_so_when_the_sheet_is_saved_again(
    office: BillingOffice,
) -> None:
    patient = office.patient()
    policy(office, patient, "Acme Health")
    minutes = {"lines.0.code": "00400", "lines.0.units": "45", "lines.0.basis": "MJ"}
    sheet = released(office, patient, **minutes, **{"lines.0.modifiers": "AA"})
    shown = call("GET", f"{SHEETS}/{sheet}", caller=office.biller).text
    assert '<option value="MJ" selected>' in shown
    assert any(
        one.startswith("SV1*HC:00400:AA*150*MJ*45*") for one in sent(office, office.claim(sheet))
    )


def test_a_child_s_check_up_under_medicaid_says_what_it_led_to(office: BillingOffice) -> None:
    office.add_payer("State Medicaid", "MCAID", filing="MC", type="medicaid")
    patient = office.patient(birth_date=date(2019, 5, 4))
    policy(office, patient, "State Medicaid")
    visit = {"lines.0.code": "99393", "lines.0.epsdt": "true", "diagnoses.0": "Z00.129"}
    claim = office.claim(released(office, patient, **visit, epsdt_referral="ST"))
    assert "EPS-INDICATOR" not in edits(office, claim)
    found = sent(office, claim)
    assert "CRC*ZZ*Y*ST" in found
    assert any(one.startswith("SV1*HC:99393*150*UN*1***1****Y") for one in found)


def test_who_ordered_outside_stands_on_the_line(office: BillingOffice) -> None:
    ordered = {"lines.0.ordering_name": "Gregory House", "lines.0.ordering_npi": "1679576722"}
    found = segments(office, **ordered, **{"lines.0.family_planning": "true"})
    assert "NM1*DK*1*HOUSE*GREGORY****XX*1679576722" in found
    assert any(one.startswith("SV1*HC:99213*150*UN*1***1*****Y") for one in found)


def listed(office: BillingOffice) -> str:
    """The laboratory, put on the practice's list on its page."""
    typed = {name.removeprefix("outside_laboratory."): one for name, one in LABORATORY.items()}
    made = submitted(office.biller, "/console/charges/laboratories/new", typed)
    assert made.status == 303, said(made)
    [one] = office.get("/charges/laboratories")
    return str(one["laboratory_id"])


def test_a_laboratory_of_the_list_fills_the_sheet_s_fields(office: BillingOffice) -> None:
    one = listed(office)
    blank = call("GET", f"{SHEETS}/new", caller=office.biller).text
    assert f'<option value="{one}">Reference Lab, 05D1234567</option>' in blank
    filled = call(
        "GET",
        "/console/charges/laboratories/fields",
        caller=office.biller,
        query={"laboratory": one},
    ).text
    for name, value in LABORATORY.items():
        assert f'name="{name}" value="{value}"' in filled, name
    # What the browser then posts, the pick among it.
    test = {
        "lines.0.code": "80053",
        "lines.0.modifiers": "90",
        "lines.0.laboratory_charge": "12.50",
    }
    found = segments(office, **test, **LABORATORY, laboratory=one)
    assert "NM1*77*2*REFERENCE LAB*****XX*1679576722" in found


def test_the_list_s_laboratory_is_changed_and_dropped_and_no_sheet_with_it(
    office: BillingOffice,
) -> None:
    one = listed(office)
    path = f"/console/charges/laboratories/{one}"
    typed = {"name": "Lab of Newark", "npi": "1679576722", "clia": "05D1234567", "version": 1}
    wrong = submitted(office.biller, path, {**typed, "npi": "1679576723"})
    assert (wrong.status, 'id="f-npi-error"' in wrong.text) == (422, True)
    assert 'value="Lab of Newark"' in wrong.text
    assert submitted(office.biller, path, typed).status == 303
    stale = submitted(office.biller, path, typed)
    assert stale.status == 412
    twice = submitted(office.biller, "/console/charges/laboratories/new", typed | {"version": ""})
    assert (twice.status, "on the list already" in twice.text) == (422, True)
    assert submitted(office.biller, f"{path}/drop", {"version": 2}).status == 303
    assert office.get("/charges/laboratories") == []
