"""What a payer has agreed to beforehand, as claims are held against it."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import CoverageId, SheetId
from caresmith.money import Money
from tests.support.billing_office import BillingOffice, send_all, visit_line
from tests.support.client import call


class Patient:
    """Somebody covered by a payer that wants an authorization for magnetic resonance."""

    def __init__(self, office: BillingOffice, **payer: Any) -> None:
        self.office = office
        told = {"authorization_codes": ["70551-70553"], "referral_codes": ["99244"], **payer}
        office.add_payer("Strict Health", "STRICT", **told)
        self.patient = office.patient()
        self.coverage = office.cover(self.patient, "Strict Health")

    def agreed(self, coverage: CoverageId | None = None, **facts: Any) -> Any:
        told = {
            "coverage_id": coverage or self.coverage,
            "status": "approved",
            "number": "AU-1",
            "codes": ["70551-70553"],
            "first": "2026-11-01",
            "last": "2026-11-30",
            **facts,
        }
        path = f"/coverage/patients/{self.patient}/authorizations"
        reply = self.office.post(path, told)
        assert reply.status == 201, reply.text
        return reply.json

    def changed(self, one: Any, **facts: Any) -> None:
        kept = {name: one[name] for name in ("coverage_id", "status", "number", "codes")}
        reply = call(
            "PUT",
            f"/coverage/patients/{self.patient}/authorizations/{one['authorization_id']}",
            caller=self.office.biller,
            json_body={**kept, **facts},
            headers={"If-Match": f'"{one["version"]}"'},
        )
        assert reply.status == 200, reply.text

    def left(self) -> list[int | None]:
        found = self.office.get(f"/coverage/patients/{self.patient}/authorizations")
        return [one["left"] for one in found["authorizations"]]

    def charged(self, *codes: str, number: str | None = None, **given: Any) -> SheetId:
        lines = [
            visit_line(str(at), code, charge=Money(100_00))
            for at, code in enumerate(codes or ("70551",), 1)
        ]
        given.setdefault("diagnoses", ("G43909",))
        return self.office.released(
            self.patient, self.coverage, lines=tuple(lines), prior_authorization=number, **given
        )

    def against(self, sheet: SheetId) -> dict[str, Any]:
        """What the scrubber has against the sheet's claim for its authorization, by edit."""
        found = self.office.read(self.office.claim(sheet))["findings"]
        return {one["edit"]: one for one in found if one["edit"].startswith("AUT-")}

    def rescrubbed(self, sheet: SheetId) -> dict[str, Any]:
        assert self.office.act(self.office.claim(sheet), "rescrub").status == 200
        return self.against(sheet)


def test_the_one_that_fits_is_taken_by_a_click_and_the_edit_goes(office: BillingOffice) -> None:
    one = Patient(office)
    sheet = one.charged()
    assert one.against(sheet)["AUT-MISSING"]["fix"] is None
    one.agreed()
    found = one.rescrubbed(sheet)["AUT-MISSING"]
    mended = office.act(office.claim(sheet), "fix", {"key": found["key"]})
    assert mended.status == 200, mended.text
    assert mended.json["draft"]["numbers"]["prior_authorization"] == "AU-1"
    assert one.against(sheet) == {}


def test_of_two_that_fit_none_is_guessed(office: BillingOffice) -> None:
    one = Patient(office)
    one.agreed()
    one.agreed(number="AU-2")
    found = one.against(one.charged())
    assert found["AUT-MISSING"]["fix"] is None


@pytest.mark.parametrize(
    ("facts", "edit"),
    [
        ({}, None),
        ({"number": "OTHER"}, "AUT-UNKNOWN"),
        ({"last": "2026-11-19"}, "AUT-DATES"),
        ({"first": "2026-11-21"}, "AUT-DATES"),
        ({"codes": ["72148"]}, "AUT-CODE"),
        ({"status": "denied"}, "AUT-REFUSED"),
        ({"status": "cancelled"}, "AUT-REFUSED"),
        ({"status": "requested"}, "AUT-UNDECIDED"),
        ({"diagnoses": ["M5450"]}, "AUT-OTHER"),
    ],
)
def test_what_is_on_file_decides(
    office: BillingOffice, facts: dict[str, Any], edit: str | None
) -> None:
    one = Patient(office)
    one.agreed(**facts)
    # As a person types it: claims carry it in capitals.
    assert list(one.against(one.charged(number="au-1"))) == ([edit] if edit else [])


def test_a_wrong_number_is_replaced_by_the_one_that_fits(office: BillingOffice) -> None:
    one = Patient(office)
    one.agreed(number="OLD", last="2026-11-10")
    one.agreed()
    sheet = one.charged(number="OLD")
    found = one.against(sheet)["AUT-DATES"]
    assert office.act(office.claim(sheet), "fix", {"key": found["key"]}).status == 200
    assert one.against(sheet) == {}


def test_a_referral_is_asked_for_and_taken(office: BillingOffice) -> None:
    one = Patient(office)
    one.agreed(kind="referral", number="RF-1", codes=[])
    sheet = one.charged("99244", referring_name="Kildare", referring_npi="1999999976")
    found = one.against(sheet)["AUT-REFERRAL"]
    mended = office.act(office.claim(sheet), "fix", {"key": found["key"]})
    assert mended.json["draft"]["numbers"]["referral"] == "RF-1"
    assert one.against(sheet) == {}


def test_units_are_used_once_through_corrections_and_given_back_by_voids(
    office: BillingOffice,
) -> None:
    one = Patient(office)
    one.agreed(approved=2)
    first = one.charged(number="AU-1")
    assert one.left() == [1]
    # Told again, sent, acknowledged and corrected: it is the same service.
    office.tell("ChargesReleased", first, one.patient)
    claim = office.claim(first)
    assert office.act(claim, "approve").status == 200
    send_all(office)
    assert (
        office.act(
            claim, "confirmed", {"payer_control_number": "ICN1", "note": "By telephone"}
        ).status
        == 200
    )
    office.change_sheet(first, note="Corrected")
    assert len(office.of_sheet(first)) == 2
    assert one.left() == [1]
    second, third = one.charged(number="AU-1"), one.charged(number="AU-1")
    assert one.left() == [0]
    assert "AUT-UNITS" not in one.against(second)
    told = one.rescrubbed(third)["AUT-UNITS"]
    assert told["message"].endswith("has 0 units left, and 1 are billed.")
    office.void_sheet(second)
    assert one.left() == [0]
    office.void_sheet(third)
    assert one.left() == [1]


def test_a_number_that_the_claim_alone_has_uses_units_as_well(office: BillingOffice) -> None:
    one = Patient(office)
    one.agreed(approved=5)
    sheet = one.charged()
    assert one.left() == [5]
    key = one.against(sheet)["AUT-MISSING"]["key"]
    assert office.act(office.claim(sheet), "fix", {"key": key}).status == 200
    assert one.left() == [4]


def test_two_lines_of_a_claim_use_one_unit_each(office: BillingOffice) -> None:
    one = Patient(office)
    one.agreed(approved=1)
    found = one.against(one.charged("70551", "70552", number="AU-1"))
    assert found["AUT-UNITS"]["message"].endswith("has 1 unit left, and 2 are billed.")


def test_an_authorization_of_another_payer_is_no_reason(office: BillingOffice) -> None:
    one = Patient(office)
    other = office.cover(one.patient, "Acme Health", order=2)
    one.agreed(other)
    found = one.against(one.charged())
    assert found["AUT-MISSING"]["fix"] is None


def test_the_second_payer_is_not_sent_the_number_of_the_first(office: BillingOffice) -> None:
    one = Patient(office)
    second = office.cover(one.patient, "Acme Health", order=2)
    one.agreed()
    sheet = office.released(
        one.patient,
        one.coverage,
        second,
        lines=(visit_line(code="70551"),),
        diagnoses=("G43909",),
        prior_authorization="AU-1",
    )
    office.tell("TurnPassed", sheet, one.patient, claim_id=office.claim(sheet).claim_id, turn=2)
    read = office.read(office.claim(sheet))
    assert read["turn"] == 2
    assert read["draft"]["numbers"]["prior_authorization"] == ""
    assert read["draft"]["others"][0]["payer"]["prior_authorization"] == "AU-1"
    assert "AUT-UNKNOWN" not in {each["edit"] for each in read["findings"]}


def test_a_denied_claim_uses_nothing_up(office: BillingOffice) -> None:
    one = Patient(office)
    one.agreed(approved=1)
    sheet = one.charged(number="AU-1")
    claim = office.claim(sheet)
    # As posting leaves it.
    item = next(each for each in office.of_sheet(sheet) if each.claim_id == claim.claim_id)
    item.state = "denied"
    item.save()
    assert one.left() == [1]
