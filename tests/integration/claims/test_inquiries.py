"""Payers are asked about claims that they have taken and said nothing of."""

from __future__ import annotations

import io

import boto3

from caresmith.ids import EventId
from caresmith.settings import bucket_name
from caresmith.x12.status.inquiries import read_status_inquiries
from tests.integration.claims.test_sending import approved
from tests.support.billing_office import BillingOffice, hand_in, send_all
from tests.support.payer_answers import accepted, status_277


def an_accepted_claim(office: BillingOffice) -> str:
    [claim] = approved(office)
    send_all(office)
    hand_in(office, accepted((office.item(claim).control_number, "ICN1")))
    return claim


def claims_due(office: BillingOffice) -> None:
    office.deliver("ClaimsDue", day=office.day.isoformat(), event_id=EventId.new())


def dropped(office: BillingOffice, ending: str) -> list[bytes]:
    client, bucket = boto3.client("s3"), bucket_name("exchange")
    prefix = f"drop/{office.practice}/out/"
    keys = client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [
        client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        for one in keys
        if one["Key"].endswith(ending)
    ]


def test_after_the_practice_s_days_the_payer_is_asked_once(office: BillingOffice) -> None:
    claim = an_accepted_claim(office)
    claims_due(office)
    assert dropped(office, ".276") == []
    office.later(days=31)
    claims_due(office)
    claims_due(office)
    [content] = dropped(office, ".276")
    [asked] = read_status_inquiries(io.BytesIO(content))
    assert asked.inquiry.payer_control_number == "ICN1"
    assert asked.inquiry.trace.startswith(office.item(claim).control_number)
    assert office.item(claim).asked_at is not None


def test_an_answer_that_it_is_pended_moves_the_claim(office: BillingOffice) -> None:
    claim = an_accepted_claim(office)
    control = office.item(claim).control_number
    hand_in(office, status_277(f"{control}.20261228", "P3:123:85", "ICN1"))
    assert office.item(claim).state == "pended"
    hand_in(office, status_277(f"{control}.20261229", "F1:65", "ICN1", number=8))
    assert office.item(claim).state == "pended"
    assert office.read(claim)["answers"][-1]["codes"] == ["F1:65"]


def test_a_payer_that_takes_no_such_question_is_not_asked(office: BillingOffice) -> None:
    office.add_payer("Silent", "SIL1", ways={"status": "portal"})
    patient = office.patient()
    claim = office.claim(office.released(patient, office.cover(patient, payer="Silent")))
    office.act(claim, "approve")
    send_all(office)
    hand_in(office, accepted((claim.control_number, "ICN1")))
    office.later(days=31)
    claims_due(office)
    assert dropped(office, ".276") == []


def test_over_the_drop_nobody_answers_at_once(office: BillingOffice) -> None:
    claim = an_accepted_claim(office)
    refused = office.act(claim, "ask")
    assert (refused.status, refused.json["reason"]) == (409, "not-by-wire")
