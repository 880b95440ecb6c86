"""The file, its transaction set, and the levels of its hierarchy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

from caresmith.x12.claims.building.claim import claim_segments
from caresmith.x12.claims.building.parties import (
    address,
    contact,
    demographics,
    facts,
    name,
    npi,
    organisation,
    patient,
    reference,
    references,
    taxonomy,
)
from caresmith.x12.claims.codes import SELF, VERSION
from caresmith.x12.claims.coverage import Payer, Subscriber
from caresmith.x12.claims.model import ProfessionalClaim, Submission
from caresmith.x12.claims.parties import BillingProvider, PersonFacts
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.numbering import Levels
from caresmith.x12.segment import Segment
from caresmith.x12.writer import Addressing, ControlNumbers, SegmentMaker, interchange

_CLAIMS_OF_ONE: Final = 100
"""TR3 X222 2300: claims below one subscriber or patient."""


def claim_file(
    submissions: Iterable[Submission],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    delimiters: Delimiters | None = None,
) -> Iterator[Segment]:
    """An interchange with a transaction set for each submission.

    ``at`` is the sender's local time. Raises X12Unwritable while iterating if
    a text holds one of other ``delimiters`` than the usual.
    """
    make = SegmentMaker(delimiters)
    sets = (submission_segments(make, one, at) for one in submissions)
    return interchange("837", VERSION, sets, addressing, numbers, at, delimiters)


def submission_segments(make: SegmentMaker, one: Submission, at: datetime) -> Iterator[Segment]:
    """What stands between ST and SE."""
    purpose = "18" if one.reissue else "00"
    made = (f"{at:%Y%m%d}", f"{at:%H%M}")
    yield make("BHT", "0019", purpose, one.reference, *made, one.kind)
    sender = one.submitter
    kind = "1" if sender.first else "2"
    called = (sender.name, sender.first, sender.middle)
    yield make("NM1", "41", kind, *called, "", "", "46", sender.id)
    for person in sender.contacts:
        yield from contact(make, person)
    yield organisation(make, "40", one.receiver.name, "46", one.receiver.id)
    levels = Levels(make)
    # Neighbours that share a provider, subscriber or patient share its level.
    for billing, billed in groupby(one.claims, key=lambda claim: claim.billing):
        yield levels.open("20", parent=None, child=True)
        above = levels.last
        yield from _billing(make, billing)
        for _, covered in groupby(billed, key=_covered):
            yield from _covered_claims(make, levels, above, list(covered))


def _covered(claim: ProfessionalClaim) -> tuple[Subscriber, Payer, bool]:
    return claim.subscriber, claim.payer, claim.patient is None


def _covered_claims(
    make: SegmentMaker, levels: Levels, above: int, claims: list[ProfessionalClaim]
) -> Iterator[Segment]:
    """Loop 2000B, and 2000C where the patient is another than the subscriber."""
    first = claims[0]
    if first.patient is None:
        for start in range(0, len(claims), _CLAIMS_OF_ONE):
            yield levels.open("22", parent=above, child=False)
            yield from _subscriber(make, first)
            for claim in claims[start : start + _CLAIMS_OF_ONE]:
                yield from claim_segments(make, claim)
        return
    yield levels.open("22", parent=above, child=True)
    subscriber = levels.last
    yield from _subscriber(make, first)
    for person, theirs in groupby(claims, key=lambda claim: claim.patient):
        assert person is not None  # noqa: S101 - grouped so
        every = list(theirs)
        for start in range(0, len(every), _CLAIMS_OF_ONE):
            yield levels.open("23", parent=subscriber, child=False)
            yield facts(make, person.relationship, person.facts)
            yield from patient(make, person)
            for claim in every[start : start + _CLAIMS_OF_ONE]:
                yield from claim_segments(make, claim)


def _billing(make: SegmentMaker, one: BillingProvider) -> Iterator[Segment]:
    """Loop 2000A behind its HL."""
    yield from taxonomy(make, "BI", one.taxonomy)
    yield name(make, "85", one, *npi(one))
    yield from address(make, one.address)
    yield make("REF", one.tax_id_kind, one.tax_id)
    yield from references(make, one.licences)
    for person in one.contacts:
        yield from contact(make, person)
    if one.pay_to:
        yield make("NM1", "87", "2" if one.organisation else "1")
        yield from address(make, one.pay_to)
    plan = one.pay_to_plan
    if plan:
        yield organisation(make, "PE", plan.name, plan.qualifier, plan.id)
        yield from address(make, plan.address)
        if plan.secondary:
            yield from references(make, [plan.secondary])
        yield make("REF", "EI", plan.tax_id)


def _subscriber(make: SegmentMaker, claim: ProfessionalClaim) -> Iterator[Segment]:
    """Loop 2000B behind its HL."""
    one, payer = claim.subscriber, claim.payer
    relationship = SELF if claim.patient is None else ""
    group = (one.group_number, one.group_name, one.insurance_type)
    yield make("SBR", one.responsibility, relationship, *group, "", "", "", one.filing)
    if one.facts != PersonFacts():
        yield facts(make, "", one.facts)
    yield name(make, "IL", one, one.id_kind, one.member_id)
    yield from address(make, one.address)
    yield from demographics(make, one.birth_date, one.sex)
    yield from reference(make, "SY", one.ssn)
    yield from reference(make, "Y4", one.casualty_claim)
    yield from contact(make, one.casualty_contact)
    yield organisation(make, "PR", payer.name, payer.qualifier, payer.id)
    yield from address(make, payer.address)
    yield from references(make, payer.ids)
    yield from references(make, payer.billing_provider_ids)
