"""The next payer's claim, with what the one before has said, as a reader of 837P finds it."""

from __future__ import annotations

import io
from datetime import date

from caresmith.ids import ClaimId, RemittanceId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import (
    Adjudication,
    AdjudicationItem,
    SaidAdjustment,
    SaidLine,
    Standing,
    said_sort_key,
)
from caresmith.records.revenue.exchanged import read_bytes
from caresmith.records.revenue.layout import account_key
from caresmith.x12.adjustments import AdjustmentGroup
from caresmith.x12.claims.reading import read_claims
from caresmith.x12.remittance.model import ClaimStatus
from tests.support.billing_office import BillingOffice, override_all, send_all


def adjudicate(office: BillingOffice, sheet: SheetId, claim: str) -> None:
    """As payments keep it: 80 of 150 paid, 50 by contract, 20 the patient's."""
    one = Adjudication(
        remittance_id=RemittanceId.new(),
        position=1,
        claim_id=ClaimId(claim),
        turn=1,
        status=ClaimStatus.PRIMARY,
        payer_control_number="ICN1",
        paid_on=date(2026, 11, 25),
        lines=(
            SaidLine(
                line="1",
                charge=Money(150_00),
                paid=Money(80_00),
                adjustments=(
                    SaidAdjustment(
                        group=AdjustmentGroup.CONTRACTUAL, reason="45", amount=Money(50_00)
                    ),
                    SaidAdjustment(group=AdjustmentGroup.PATIENT, reason="2", amount=Money(20_00)),
                ),
            ),
        ),
    )
    item = office.sheet(sheet)
    AdjudicationItem(
        account_key(office.practice, item.patient_id),  # type: ignore[arg-type]
        said_sort_key(sheet, one),
        sheet_id=sheet,
        claim_id=claim,
        remittance_id=one.remittance_id,
        standing=Standing.POSTED,
        body=one.model_dump(mode="json"),
        at="2026-11-25T00:00:00Z",
        by="usr_x",
    ).save()


def test_the_secondary_payer_reads_what_the_primary_paid_and_why_not_more(
    office: BillingOffice,
) -> None:
    office.add_payer("Beta Plan", "BETA1")
    patient = office.patient()
    coverages = office.cover(patient), office.cover(patient, payer="Beta Plan", order=2)
    sheet = office.released(patient, *coverages)
    primary = office.claim(sheet)
    adjudicate(office, sheet, primary.claim_id)
    office.tell("TurnPassed", sheet, patient, claim_id=primary.claim_id, turn=2)
    secondary = office.claim(sheet)
    override_all(office, secondary.claim_id)
    assert office.act(secondary, "approve").status == 200, office.read(secondary)["findings"]
    head = send_all(office)
    [read] = read_claims(io.BytesIO(read_bytes(head)))
    [claim] = [
        one for one in read.submission.claims if one.control_number == secondary.control_number
    ]
    assert (claim.subscriber.responsibility, claim.payer.id) == ("S", "BETA1")
    [other] = claim.others
    assert (other.responsibility, other.payer.id, other.paid) == ("P", "ACME1", Money(80_00))
    assert other.payer.control_number == "ICN1"
    [line] = claim.lines
    [told] = line.adjudications
    assert (told.payer_id, told.paid, told.adjudicated_on) == (
        "ACME1",
        Money(80_00),
        date(2026, 11, 25),
    )
    assert told.patient_liability == Money(20_00)
    reasons = {(one.group.value, one.reason): one.amount.cents for one in told.adjustments}
    assert reasons == {("CO", "45"): 50_00, ("PR", "2"): 20_00}
    # TR3 X222 1.4.1.1: what was charged is what was paid and what was adjusted.
    assert line.charge.cents == told.paid.cents + sum(reasons.values())


def test_medicare_in_second_place_says_why_another_pays_first(office: BillingOffice) -> None:
    office.add_payer("Medicare", "MCARE", filing="MB", type="medicare")
    patient = office.patient(birth_date=date(1950, 3, 14))
    first = office.cover(patient)
    second = office.cover(patient, payer="Medicare", order=2, msp_reason="12")
    sheet = office.released(patient, first, second)
    primary = office.claim(sheet)
    adjudicate(office, sheet, primary.claim_id)
    office.tell("TurnPassed", sheet, patient, claim_id=primary.claim_id, turn=2)
    draft = office.read(office.claim(sheet))["draft"]
    assert (draft["subscriber"]["insurance_type"], draft["subscriber"]["filing"]) == ("12", "MB")
