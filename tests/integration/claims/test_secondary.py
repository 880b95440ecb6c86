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
from tests.integration.payments.conftest import Office as PaymentOffice
from tests.support.billing_office import (
    GROUP_NPI,
    BillingOffice,
    override_all,
    send_all,
    visit_line,
)
from tests.support.pyx12 import complaints
from tests.support.remittances import clp, file_835, svc


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


def test_what_the_primary_changed_bundled_and_remarked_reaches_the_secondary(
    office: BillingOffice,
) -> None:
    office.add_payer("Beta Plan", "BETA1")
    patient = office.patient()
    coverages = office.cover(patient), office.cover(patient, payer="Beta Plan", order=2)
    lines = (visit_line("1"), visit_line("2", "80048"), visit_line("3", "80076"))
    sheet = office.released(patient, *coverages, lines=lines)
    primary = office.claim(sheet)
    override_all(office, primary.claim_id)
    assert office.act(primary, "approve").status == 200, office.read(primary)["findings"]
    send_all(office)
    answer = clp(
        primary.control_number,
        svc("99212", 150_00, ("CO", "45", 70_00), ref="1"),
        svc("80053", 150_00, ("CO", "45", 20_00), ("PR", "2", 30_00), ref="2"),
        svc("80053", 150_00, ("CO", "97", 150_00), ref="3"),
        status="1",
    )
    # SVC06: what was billed, where the payer shows another code.
    segments = list(answer[0])
    for place, billed in zip(
        (at for at, one in enumerate(segments) if one.startswith("SVC")),
        ("99213", "80048", "80076"),
        strict=True,
    ):
        segments[place] += f"*HC:{billed}"
    moa = next(at for at, one in enumerate(segments) if one.startswith("NM1*QC")) + 1
    segments.insert(moa, "MOA***MA01*N130")
    desk = PaymentOffice(office.practice, office.small, office.biller)
    told = desk.take(file_835((segments, answer[1]), payee=f"XX*{GROUP_NPI}", payer="1512345678"))
    office.tell("TurnPassed", sheet, patient, claim_id=primary.claim_id, turn=2)
    secondary = office.claim(sheet)
    assert secondary.turn == 2, told
    override_all(office, secondary.claim_id)
    assert office.act(secondary, "approve").status == 200, office.read(secondary)["findings"]
    content = read_bytes(send_all(office))
    assert complaints(content) == []
    sent = content.decode().replace("\n", "").split("~")
    assert [one for one in sent if one.startswith("SVD")] == [
        "SVD*ACME1*80*HC:99212**1",
        "SVD*ACME1*100*HC:80053**1",
        "SVD*ACME1*0*HC:80053**1*2",
    ]
    assert "MOA***MA01*N130" in sent
