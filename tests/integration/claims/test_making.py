"""From a released sheet to a claim that may go out, or that says why it may not."""

from __future__ import annotations

import pytest

from caresmith.events import ClaimMoved
from caresmith.money import Money
from caresmith.records.revenue.claim import BoardItem, claim_of_control
from caresmith.records.revenue.layout import board_key
from caresmith.records.revenue.numbering import is_claim_number
from caresmith.settings import Domain
from tests.support.billing_office import BillingOffice, send_all, visit_line
from tests.support.events import told


def findings(read: dict[str, object]) -> list[str]:
    found = read["findings"]
    assert isinstance(found, list)
    return [f"{one['severity']} {one['edit']} {one['message']}" for one in found]


def test_a_released_sheet_becomes_a_clean_claim(office: BillingOffice) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    claim = office.claim(sheet)
    read = office.read(claim)
    assert [one for one in findings(read) if not one.startswith("info")] == []
    assert (claim.state, claim.charge_cents, claim.turn) == ("clean", 150_00, 1)
    assert is_claim_number(claim.control_number)
    assert claim_of_control(office.practice, claim.control_number) == claim.claim_id
    draft = read["draft"]
    assert draft["billing"]["last"] == "SMALL MEDICAL GROUP LLC"
    assert draft["billing"]["address"]["postal_code"] == "100011234"
    assert draft["subscriber"]["member_id"] == "XYZ123456"
    assert draft["providers"]["rendering"]["npi"] == "1234567893"
    assert draft["lines"][0]["numbers"]["control_number"] == "1"
    [on_board] = BoardItem.query(board_key(office.practice, "clean"))
    assert (on_board.claim_id, on_board.provider_id) == (claim.claim_id, office.small.ana)
    [moved] = told(office.practice, ClaimMoved, Domain.REVENUE)
    assert (moved.claim_id, moved.state, moved.before) == (claim.claim_id, "clean", None)


def test_released_twice_it_is_one_claim(office: BillingOffice) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    office.tell("ChargesReleased", sheet, patient)
    assert len(office.of_sheet(sheet)) == 1
    assert office.claim(sheet).version == 1


def test_without_a_coverage_there_is_no_claim(office: BillingOffice) -> None:
    sheet = office.released(office.patient())
    assert office.of_sheet(sheet) == []


def test_what_is_missing_holds_the_claim_and_is_said_beside_its_field(
    office: BillingOffice,
) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient, payer="Nobody knows"))
    claim = office.claim(sheet)
    assert claim.state == "held"
    fields = {one["field"] for one in office.read(claim)["findings"] if one["severity"] == "error"}
    assert "payer.id" in fields


def test_a_practice_that_wants_it_has_clean_claims_approved(office: BillingOffice) -> None:
    office.set_billing(auto_approve=True)
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    assert office.claim(sheet).state == "approved"


def test_a_dependent_stands_below_the_subscriber(office: BillingOffice) -> None:
    patient = office.patient(birth_date=_child())
    coverage = office.cover(
        patient,
        relationship="child",
        subscriber_given="Maria",
        subscriber_family="Núñez",
        subscriber_birth_date="1985-03-14",
        subscriber_sex="F",
    )
    draft = office.read(office.claim(office.released(patient, coverage)))["draft"]
    assert draft["subscriber"]["last"] == "NUNEZ"
    assert draft["patient"]["relationship"] == "19"
    assert draft["patient"]["name"]["first"] == "ANA"


def _child() -> object:
    from datetime import date

    return date(2015, 3, 14)


def test_a_changed_sheet_redrafts_the_claim_under_its_number(office: BillingOffice) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    before = office.claim(sheet)
    office.change_sheet(sheet, lines=(visit_line(charge=Money(180_00)),))
    after = office.claim(sheet)
    assert after.control_number == before.control_number
    assert (after.charge_cents, after.sheet_version) == (180_00, 2)
    kinds = [one["kind"] for one in office.read(after)["history"]]
    assert kinds == ["made", "redrafted"]


def test_a_change_told_twice_changes_once(office: BillingOffice) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    office.change_sheet(sheet, lines=(visit_line(charge=Money(180_00)),))
    office.tell("ChargesChanged", sheet, patient)
    assert office.claim(sheet).version == 2


def test_a_voided_sheet_voids_its_claim_here(office: BillingOffice) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    office.void_sheet(sheet)
    office.tell("ChargesVoided", sheet, patient)
    assert [one.state for one in office.of_sheet(sheet)] == ["voided"]


def test_another_payer_means_another_claim(office: BillingOffice) -> None:
    office.add_payer("Beta Plan", "BETA1")
    patient = office.patient()
    first, second = office.cover(patient), office.cover(patient, payer="Beta Plan")
    sheet = office.released(patient, first)
    office.change_sheet(sheet, coverages=(second,))
    assert [(one.state, one.payer_id) for one in office.of_sheet(sheet)] == [
        ("voided", office.payers["Acme Health"]),
        ("clean", office.payers["Beta Plan"]),
    ]


@pytest.mark.parametrize("times", [1, 2])
def test_the_secondary_is_billed_when_its_turn_comes(office: BillingOffice, times: int) -> None:
    office.add_payer("Beta Plan", "BETA1")
    patient = office.patient()
    coverages = office.cover(patient), office.cover(patient, payer="Beta Plan", order=2)
    sheet = office.released(patient, *coverages)
    primary = office.claim(sheet)
    for _ in range(times):
        office.tell("TurnPassed", sheet, patient, claim_id=primary.claim_id, turn=2)
    assert [(int(one.turn), one.payer_id) for one in office.of_sheet(sheet)] == [
        (1, office.payers["Acme Health"]),
        (2, office.payers["Beta Plan"]),
    ]
    draft = office.read(office.claim(sheet))["draft"]
    assert draft["subscriber"]["responsibility"] == "S"
    assert draft["others"][0]["responsibility"] == "P"


def test_a_claim_that_was_forwarded_is_not_sent_again_by_us(office: BillingOffice) -> None:
    office.add_payer("Beta Plan", "BETA1")
    patient = office.patient()
    coverages = office.cover(patient), office.cover(patient, payer="Beta Plan", order=2)
    sheet = office.released(patient, *coverages)
    claim = office.claim(sheet).claim_id
    office.tell("TurnPassed", sheet, patient, claim_id=claim, turn=2, crossed_over=True)
    [_, expected] = office.of_sheet(sheet)
    # It stands for the one that the payer before has sent, and goes out in no file.
    assert (int(expected.turn), expected.state) == (2, "sent")
    send_all(office)
    assert office.item(expected.claim_id).file_id is None
