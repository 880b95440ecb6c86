"""Loop 2300 and its providers (2310)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from caresmith.x12.claims.building.line import attachments, contract, line_segments
from caresmith.x12.claims.building.other import other_segments
from caresmith.x12.claims.building.parties import facility, provider
from caresmith.x12.claims.codes import CLAIM_DATES, CLAIM_NUMBERS, PROVIDER_ROLES
from caresmith.x12.claims.model import ProfessionalClaim, RelatedCauses
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, dollars
from caresmith.x12.writer import Composite, SegmentMaker

_CONDITIONS_IN_HI: Final = 12


def claim_segments(make: SegmentMaker, claim: ProfessionalClaim) -> Iterator[Segment]:
    yield _clm(make, claim)
    yield from _dates(make, claim)
    yield from attachments(make, claim.attachments)
    yield from contract(make, claim.contract)
    if claim.patient_paid is not None:
        yield make("AMT", "F5", dollars(claim.patient_paid))
    for field, qualifier in CLAIM_NUMBERS.items():
        if number := getattr(claim.numbers, field):
            yield make("REF", qualifier, number)
    for text in claim.fixed_format:
        yield make("K3", text)
    if claim.note:
        yield make("NTE", claim.note.kind, claim.note.text)
    yield from _conditions(make, claim)
    yield from _codes(make, claim)
    yield from _providers(make, claim)
    for other in claim.others:
        yield from other_segments(make, other)
    for number, line in enumerate(claim.lines, 1):
        yield from line_segments(make, line, number)


def _clm(make: SegmentMaker, claim: ProfessionalClaim) -> Segment:
    return make(
        "CLM",
        claim.control_number,
        dollars(claim.charge),
        "",
        "",
        (claim.place_of_service, "B", claim.frequency),
        "Y" if claim.provider_signature else "N",
        claim.assignment,
        claim.benefits_assigned,
        claim.release,
        "P" if claim.signature_by_provider else "",
        _causes(claim.causes),
        claim.special_program,
        *[""] * 7,
        claim.delay_reason,
    )


def _causes(one: RelatedCauses | None) -> Composite:
    """CLM11."""
    if one is None:
        return ()
    flags = (("AA", one.auto_accident), ("EM", one.employment), ("OA", one.other_accident))
    codes = [code for code, applies in flags if applies]
    return (codes[0], codes[1] if len(codes) > 1 else "", "", one.state, one.country)


def _dates(make: SegmentMaker, claim: ProfessionalClaim) -> Iterator[Segment]:
    for field, qualifier in CLAIM_DATES.items():
        on: date | None = getattr(claim.dates, field)
        if on is not None:
            yield make("DTP", qualifier, "D8", f"{on:%Y%m%d}")
    began, ended = claim.dates.disability_began, claim.dates.disability_ended
    if began and ended:
        yield make("DTP", "314", "RD8", f"{began:%Y%m%d}-{ended:%Y%m%d}")
    elif began or ended:
        on = began or ended
        assert on is not None  # noqa: S101 - one of them is
        yield make("DTP", "360" if began else "361", "D8", str(Period(on, on)))


def _conditions(make: SegmentMaker, claim: ProfessionalClaim) -> Iterator[Segment]:
    """CR2 and the CRC of vision, the homebound and EPSDT."""
    if claim.spinal:
        spinal = claim.spinal
        yield make("CR2", *[""] * 7, spinal.condition, "", spinal.description, spinal.more)
    for one in claim.vision:
        yield make("CRC", one.category, "Y" if one.applies else "N", *one.conditions)
    if claim.homebound:
        yield make("CRC", "75", "Y", "IH")
    if claim.epsdt:
        yield make("CRC", "ZZ", "Y" if claim.epsdt.given else "N", *claim.epsdt.conditions)


def _codes(make: SegmentMaker, claim: ProfessionalClaim) -> Iterator[Segment]:
    """HI: diagnoses, anesthesia related procedures, conditions."""
    prefix = "A" if claim.icd == "10" else ""
    kinds = [f"{prefix}BK"] + [f"{prefix}BF"] * (len(claim.diagnoses) - 1)
    yield make("HI", *zip(kinds, claim.diagnoses, strict=True))
    if claim.anesthesia_procedures:
        procedures = zip(("BP", "BO"), claim.anesthesia_procedures, strict=False)
        yield make("HI", *procedures)
    for start in range(0, len(claim.conditions), _CONDITIONS_IN_HI):
        some = claim.conditions[start : start + _CONDITIONS_IN_HI]
        yield make("HI", *[("BG", one) for one in some])


def _providers(make: SegmentMaker, claim: ProfessionalClaim) -> Iterator[Segment]:
    """Loops 2310A to 2310D."""
    every = claim.providers
    for role in ("referring", "primary_care", "rendering"):
        one = getattr(every, role)
        if one:
            yield from provider(make, PROVIDER_ROLES[role], one)
    if every.facility:
        yield from facility(make, every.facility)
    if every.supervising:
        yield from provider(make, PROVIDER_ROLES["supervising"], every.supervising)
