"""Visits become charges, however often and in whatever order it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caresmith.events import (
    ChargesChanged,
    ChargesReleased,
    ChargesVoided,
    EncounterClosed,
)
from caresmith.records.clinical.encounter import BillingPart, EncounterItem, get_encounter
from caresmith.records.revenue.account import CLOSED, ClosedDayItem, journals_of
from caresmith.records.revenue.layout import day_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from tests.integration.charges.conftest import TODAY, Office, add_payer
from tests.integration.charges.test_sheets import owed, paid
from tests.integration.encounters.conftest import CPT, ICD10CM
from tests.support.events import told


def coding(*services: tuple[str, int], codes: tuple[str, ...] = ("E11.9",)) -> dict[str, Any]:
    return {
        "diagnoses": [{"code": {"system": ICD10CM, "code": code}} for code in codes],
        "services": [
            {"code": {"system": CPT, "code": code}, "units": units, "diagnoses": [1]}
            for code, units in services
        ],
    }


USUAL = coding(("99213", 1), ("83036", 1))


def recode(office: Office, encounter: str, billing: dict[str, Any]) -> None:
    """As a visit that was reopened, coded anew and closed again."""
    from caresmith.ids import EncounterId

    key = EncounterId(encounter)
    item = get_encounter(office.practice, key)
    assert isinstance(item, EncounterItem)
    part = BillingPart.model_validate(billing)
    item.billing = Sealer(office.practice, Domain.CLINICAL).seal(key, "billing", part)
    item.save()
    office.tell(told(office.practice, EncounterClosed)[-1])


def settings(office: Office, **given: Any) -> None:
    reply = office.send("PUT", "/charges/settings", given, version=0)
    assert reply.status == 200, reply.text


def test_a_closed_visit_is_a_sheet_with_all_that_was_coded(office: Office) -> None:
    key = office.close(USUAL)
    [sheet] = office.of_visit(key)
    content = sheet["content"]
    assert (sheet["status"], sheet["missing"], sheet["charge"]) == ("review", [], 190_00)
    assert (content["diagnoses"], content["place_of_service"]) == (["E119"], "11")
    assert (content["rendering_id"], content["location_id"]) == (
        office.small.ana,
        office.small.east,
    )
    assert content["coverages"] == [office.coverage]
    assert [line["code"] for line in content["lines"]] == ["99213", "83036"]
    assert sheet["encounter_id"] == key


def test_what_is_told_twice_is_charged_once(office: Office) -> None:
    key = office.close(USUAL)
    before = office.of_visit(key)
    for _ in range(2):
        office.tell(told(office.practice, EncounterClosed)[-1])
    assert office.of_visit(key) == before


def test_a_practice_may_have_clean_sheets_released_by_themselves(office: Office) -> None:
    settings(office, auto_release=True)
    [clean] = office.of_visit(office.close(USUAL))
    assert clean["status"] == "ready"
    assert owed(office, office.insured) == (190_00, 0)
    assert len(told(office.practice, ChargesReleased, Domain.REVENUE)) == 1
    [lacking] = office.of_visit(office.close(coding(("99205", 1))))
    assert (lacking["status"], lacking["missing"]) == ("review", ["code-unknown:1", "no-fee:1"])


def test_when_todays_books_are_closed_a_clean_sheet_waits_for_tomorrow(office: Office) -> None:
    settings(office, auto_release=True)
    for day in (TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)):
        ClosedDayItem(day_key(office.practice, day), CLOSED, at="x", by="x", report={}).save()
    [sheet] = office.of_visit(office.close(USUAL))
    assert (sheet["status"], sheet["missing"]) == ("review", [])
    assert office.waiting("clean") == [sheet["sheet_id"]]


def test_a_visit_that_is_not_charged_makes_no_sheet(office: Office) -> None:
    assert office.of_visit(office.close({"no_charge": "Global period"})) == []


@pytest.mark.parametrize(("class_code", "place"), [("AMB", "22"), ("HH", "12"), ("VR", "10")])
def test_the_place_of_service_is_the_locations_or_where_the_patient_was(
    office: Office, class_code: str, place: str
) -> None:
    settings(office, places={office.small.east: "22"})
    [sheet] = office.of_visit(office.close(USUAL, class_code=class_code))
    assert sheet["content"]["place_of_service"] == place


def test_a_payer_may_want_telehealth_at_a_place_of_its_own(office: Office) -> None:
    from caresmith.records.revenue.payer import PayerFacts, PayerItem, payers_key

    item = PayerItem.get(payers_key(office.practice), office.payer)
    facts = PayerFacts.model_validate_json(item.body)
    for place in ("02", "as-in-person"):
        told_ = facts.model_copy(
            update={"telehealth": facts.telehealth.model_copy(update={"place": place})}
        )
        item.body = told_.model_dump_json()
        item.save()
        [sheet] = office.of_visit(office.close(USUAL, class_code="VR"))
        assert sheet["content"]["place_of_service"] == {"02": "02", "as-in-person": "11"}[place]


def test_coded_anew_before_the_release_the_sheet_follows(office: Office) -> None:
    key = office.close(USUAL)
    recode(office, key, coding(("99214", 1), ("83036", 2), codes=("E11.9", "I10")))
    [sheet] = office.of_visit(key)
    lines = {line["line"]: (line["code"], line["charge"]) for line in sheet["content"]["lines"]}
    assert lines == {"2": ("83036", 80_00), "3": ("99214", 210_00)}
    assert sheet["content"]["diagnoses"] == ["E119", "I10"]
    assert told(office.practice, ChargesChanged, Domain.REVENUE) == []


def test_coded_anew_what_a_biller_did_to_the_sheet_stays(office: Office) -> None:
    key = office.close(USUAL)
    [sheet] = office.of_visit(key)
    lines = [{k: v for k, v in one.items() if k != "expected"} for one in sheet["content"]["lines"]]
    lines[0]["charge"] = 120_00
    lines.append({"code": "36415", "pointers": [1]})
    assert office.change(sheet, lines=lines).status == 200
    recode(office, key, coding(("99213", 1), ("83036", 1), ("71046", 1)))
    [sheet] = office.of_visit(key)
    assert [(one["code"], one["charge"]) for one in sheet["content"]["lines"]] == [
        ("99213", 120_00),
        ("83036", 40_00),
        ("36415", 12_50),
        ("71046", 90_00),
    ]


def test_coded_anew_after_the_release_the_ledger_follows(office: Office) -> None:
    settings(office, auto_release=True)
    key = office.close(USUAL)
    recode(office, key, coding(("99214", 1)))
    [sheet] = office.of_visit(key)
    assert (sheet["status"], sheet["charge"]) == ("ready", 210_00)
    assert owed(office, office.insured) == (210_00, 0)
    assert len(told(office.practice, ChargesChanged, Domain.REVENUE)) == 1
    office.tell(told(office.practice, EncounterClosed)[-1])
    assert len(journals_of(office.practice, office.insured)) == 2


def test_coded_anew_after_a_payment_a_person_has_to_compare(office: Office) -> None:
    settings(office, auto_release=True)
    key = office.close(USUAL)
    [sheet] = office.of_visit(key)
    paid(office, sheet, "1", 98_00)
    recode(office, key, coding(("83036", 1)))
    [sheet] = office.of_visit(key)
    assert (sheet["status"], sheet["missing"], sheet["charge"]) == (
        "ready",
        ["visit-recoded"],
        190_00,
    )
    assert office.waiting("doubt") == [sheet["sheet_id"]]
    office.tell(told(office.practice, EncounterClosed)[-1])
    assert office.waiting("doubt") == [sheet["sheet_id"]]
    # Somebody has compared, and leaves it as it is.
    settled = office.change(sheet)
    assert settled.status == 200, settled.text
    assert office.waiting("doubt") == []
    assert settled.json["sheets"][0]["missing"] == []


def test_a_retracted_visit_takes_its_charges_back(office: Office) -> None:
    settings(office, auto_release=True)
    key = office.close(USUAL)
    office.retract(key)
    [sheet] = office.of_visit(key)
    assert sheet["status"] == "void"
    assert owed(office, office.insured) == (0, 0)
    assert len(told(office.practice, ChargesVoided, Domain.REVENUE)) == 1
    # The closing, told late, brings nothing back.
    office.tell(told(office.practice, EncounterClosed)[-1])
    assert [one["status"] for one in office.of_visit(key)] == ["void"]


def test_a_retracted_visit_on_which_was_paid_waits_for_a_person(office: Office) -> None:
    settings(office, auto_release=True)
    key = office.close(USUAL)
    paid(office, office.of_visit(key)[0], "1", 10_00)
    office.retract(key)
    [sheet] = office.of_visit(key)
    assert (sheet["status"], sheet["missing"]) == ("ready", ["visit-retracted"])
    assert office.waiting("doubt") == [sheet["sheet_id"]]


def test_a_sheet_voided_by_hand_comes_again_only_when_the_coding_says_something_new(
    office: Office,
) -> None:
    key = office.close(USUAL)
    office.void(office.of_visit(key)[0])
    office.tell(told(office.practice, EncounterClosed)[-1])
    assert [one["status"] for one in office.of_visit(key)] == ["void"]
    recode(office, key, coding(("99214", 1)))
    assert sorted(one["status"] for one in office.of_visit(key)) == ["review", "void"]


def test_split_sheets_of_a_visit_are_left_to_a_person_and_all_voided_with_it(
    office: Office,
) -> None:
    key = office.close(USUAL)
    [sheet] = office.of_visit(key)
    lines = [{k: v for k, v in one.items() if k != "expected"} for one in sheet["content"]["lines"]]
    lines[1]["rendering_id"] = office.small.ben
    reply = office.change(sheet, lines=lines)
    assert len(reply.json["sheets"]) == 2, reply.text
    recode(office, key, coding(("99213", 1)))
    assert [one["missing"] for one in office.of_visit(key)] == [["visit-recoded"]] * 2
    office.retract(key)
    assert [one["status"] for one in office.of_visit(key)] == ["void", "void"]


def test_charges_of_a_visit_are_of_the_chart_that_stands_today(office: Office) -> None:
    payer = add_payer(office.practice, "Second Payer")
    assert payer != office.payer
    key = office.close(USUAL)
    [sheet] = office.of_visit(key)
    assert sheet["patient_id"] == office.insured
