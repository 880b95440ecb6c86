"""Injuries at work and accidents: their insurers pay what they caused, and nothing else."""

from __future__ import annotations

from caresmith.ids import PatientId
from caresmith.permissions import Role
from caresmith.records.coverage import covered_chart
from tests.support.billing_office import BillingOffice
from tests.support.client import Caller
from tests.support.registered import changed, edits, policy, released, sent, submitted

WORK = {"accident.on": "2026-11-02", "accident.employment": "true"}
AUTO = {"accident.on": "2026-11-02", "accident.auto": "true", "accident.state": "NY"}


def hurt_at_work(office: BillingOffice, **fields: str) -> PatientId:
    """A patient with a health plan, and the employer's insurance for one injury."""
    office.add_payer("State Fund", "SFUND", filing="WC", type="workers-compensation")
    patient = office.patient()
    policy(office, patient, "Acme Health")
    policy(office, patient, "State Fund", **fields)
    return patient


def payers_of(office: BillingOffice, patient: PatientId, **fields: str) -> list[str]:
    """Who is on the claim of a sheet, in order."""
    draft = office.read(office.claim(released(office, patient, **fields)))["draft"]
    every = [(draft["subscriber"]["responsibility"], draft["payer"]["name"])]
    every += [(one["responsibility"], one["payer"]["name"]) for one in draft["others"]]
    return [name for _, name in sorted(every, key=lambda one: "PST".index(one[0]))]


def test_a_claim_for_an_injury_at_work_goes_out_with_the_number_of_its_case(
    office: BillingOffice,
) -> None:
    patient = hurt_at_work(
        office,
        subscriber_company="Brick & Sons Inc.",
        case_number="WC-2026-0042",
        accident_on="2026-11-02",
        adjuster_name="Jo Adjuster",
        adjuster_phone="212-555-0111",
    )
    claim = office.claim(released(office, patient, **WORK))
    segments = sent(office, claim)
    assert "REF*Y4*WC-2026-0042" in segments
    assert any(one.startswith("CLM*") and one.endswith("*EM") for one in segments)
    assert "DTP*439*D8*20261102" in segments
    # The employer holds the policy; the patient is its employee (PAT01 20).
    assert "SBR*P********WC" in segments
    assert any(one.startswith("NM1*IL*2*BRICK") for one in segments)
    assert "PAT*20" in segments
    assert "NM1*PR*2*STATE FUND*****PI*SFUND" in segments


def test_an_injury_without_an_employer_s_name_stands_with_the_patient(
    office: BillingOffice,
) -> None:
    patient = hurt_at_work(office, case_number="WC-7")
    segments = sent(office, office.claim(released(office, patient, **WORK)))
    assert "SBR*P*18*******WC" in segments
    assert "REF*Y4*WC-7" in segments


def test_without_a_number_yet_a_person_decides(office: BillingOffice) -> None:
    patient = hurt_at_work(office)
    claim = office.claim(released(office, patient, **WORK))
    [found] = [f for f in office.read(claim)["findings"] if f["edit"] == "ACC-CASUALTY"]
    assert found["severity"] == "warning"
    assert not any(one.startswith("REF*Y4") for one in sent(office, claim))


def test_the_insurer_of_an_injury_is_no_payer_of_a_routine_visit(office: BillingOffice) -> None:
    patient = hurt_at_work(office, case_number="WC-7")
    assert payers_of(office, patient, **{"diagnoses.0": "J06.9"}) == ["ACME HEALTH"]


def test_the_insurer_of_an_injury_pays_before_the_health_plan(office: BillingOffice) -> None:
    patient = hurt_at_work(office, case_number="WC-7")
    assert payers_of(office, patient, **WORK) == ["STATE FUND", "ACME HEALTH"]


def test_another_injury_has_another_case(office: BillingOffice) -> None:
    patient = hurt_at_work(office, case_number="OLD", accident_on="2024-01-05")
    policy(office, patient, "State Fund", case_number="NEW", accident_on="2026-11-02")
    segments = sent(office, office.claim(released(office, patient, **WORK)))
    assert [one for one in segments if one.startswith("REF*Y4")] == ["REF*Y4*NEW"]


def test_two_insurers_of_accidents_may_stand_beside_the_first_payer(
    office: BillingOffice,
) -> None:
    patient = hurt_at_work(office, order="1")
    office.add_payer("Road Insurance", "ROAD1", filing="AM", type="auto")
    policy(office, patient, "Road Insurance", order="1")
    assert payers_of(office, patient, **AUTO) == ["ROAD INSURANCE", "ACME HEALTH"]


def test_an_insurer_that_a_biller_chose_stands_first_whatever_the_chart_says(
    office: BillingOffice,
) -> None:
    office.add_payer("Road Insurance", "ROAD1", filing="AM", type="auto")
    patient = office.patient()
    policy(office, patient, "Acme Health")
    road = policy(office, patient, "Road Insurance", case_number="A-1")
    chosen = {"who_pays": "chosen", "coverages.0": road, **AUTO}
    claim = office.claim(released(office, patient, **chosen))
    assert "COV-OTHER-FIRST" not in edits(office, claim)
    assert "SBR*P*18*******AM" in sent(office, claim)


def test_a_released_sheet_that_learns_of_the_accident_asks_its_insurer(
    office: BillingOffice,
) -> None:
    patient = hurt_at_work(office, case_number="WC-7")
    sheet = released(office, patient)
    assert changed(office, sheet, patient, **WORK).status == 303
    assert office.claim(sheet).payer_id == office.payers["State Fund"]


def test_medicare_behind_an_accident_s_insurer_is_told_why(office: BillingOffice) -> None:
    office.add_payer("Medicare", "MCARE", filing="MB", type="medicare")
    office.add_payer("Road Insurance", "ROAD1", filing="AM", type="auto")
    patient = office.patient()
    policy(office, patient, "Medicare", member_id="1EG4TE5MK73")
    policy(office, patient, "Road Insurance", case_number="A-1")
    draft = office.read(office.claim(released(office, patient, **AUTO)))["draft"]
    [medicare] = draft["others"]
    # 14: no-fault insurance pays first (42 CFR 411.50).
    assert medicare["insurance_type"] == "14"


def test_a_company_holds_no_health_plan_s_policy(office: BillingOffice) -> None:
    patient = office.patient()
    typed = {"payer_name": "Acme Health", "member_id": "X1", "subscriber_company": "Brick Inc."}
    typed |= {"relationship": "self", "order": "1"}
    path = f"/console/patients/{patient}/coverages/new"
    refused = submitted(Caller(office.practice, roles=(Role.FRONT_DESK,)), path, typed)
    assert refused.status == 422
    assert 'id="f-subscriber_company-error"' in refused.text
    assert covered_chart(office.practice, patient).coverages == ()
