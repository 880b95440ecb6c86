"""Loops 2320 and 2330: other coverages of the patient."""

from __future__ import annotations

from collections.abc import Iterator

from caresmith.x12.adjustments import adjustment_segments
from caresmith.x12.claims.building.parties import (
    address,
    name,
    organisation,
    reference,
    references,
)
from caresmith.x12.claims.coverage import OtherCoverage, OtherPayer, OutpatientRemarks
from caresmith.x12.segment import Segment
from caresmith.x12.values import dollars
from caresmith.x12.writer import SegmentMaker


def other_segments(make: SegmentMaker, one: OtherCoverage) -> Iterator[Segment]:
    group = (one.group_number, one.group_name, one.insurance_type)
    yield make("SBR", one.responsibility, one.relationship, *group, "", "", "", one.filing)
    yield from adjustment_segments(make, one.adjustments)
    amounts = (("D", one.paid), ("A8", one.noncovered), ("EAF", one.patient_liability))
    for qualifier, amount in amounts:
        if amount is not None:
            yield make("AMT", qualifier, dollars(amount))
    source = "P" if one.signature_by_provider else ""
    yield make("OI", "", "", one.benefits_assigned, source, "", one.release)
    if one.remarks:
        yield _remarks(make, one.remarks)
    person = one.subscriber
    yield name(make, "IL", person, person.id_kind, person.member_id)
    yield from address(make, person.address)
    yield from reference(make, "SY", person.ssn)
    yield from _payer(make, one.payer)
    for provider in one.providers:
        yield make("NM1", provider.role, "2" if provider.organisation else "1")
        yield from references(make, provider.ids)


def _payer(make: SegmentMaker, one: OtherPayer) -> Iterator[Segment]:
    yield organisation(make, "PR", one.name, one.qualifier, one.id)
    yield from address(make, one.address)
    if one.adjudicated_on:
        yield make("DTP", "573", "D8", f"{one.adjudicated_on:%Y%m%d}")
    yield from references(make, one.ids)
    yield from reference(make, "G1", one.prior_authorization)
    yield from reference(make, "9F", one.referral)
    yield from reference(make, "T4", "Y" if one.adjusts else "")
    yield from reference(make, "F8", one.control_number)


def _remarks(make: SegmentMaker, one: OutpatientRemarks) -> Segment:
    payable, esrd, nonpayable = (
        "" if amount is None else dollars(amount)
        for amount in (one.hcpcs_payable, one.esrd_payment, one.nonpayable_professional)
    )
    codes = [*one.remarks, *[""] * (5 - len(one.remarks))]
    return make("MOA", one.rate, payable, *codes, esrd, nonpayable)
