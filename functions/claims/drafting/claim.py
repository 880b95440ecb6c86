"""The draft of a sheet's claim to one of its payers.

What is missing is left out here: the scrubber says so, beside the field.
"""

from __future__ import annotations

from typing import Final

from caresmith.claims.authorized import Kind
from caresmith.claims.draft import (
    CausesDraft,
    ClaimDatesDraft,
    ClaimDraft,
    ClaimNumbersDraft,
    ClaimProvidersDraft,
    EpsdtReferralDraft,
    NoteDraft,
    OurIds,
)
from caresmith.claims.drafted_parties import (
    AddressDraft,
    BillingProviderDraft,
    ContactDraft,
    FacilityDraft,
    PayerDraft,
)
from caresmith.records.revenue.sheet import Accident
from functions.claims.drafting.lines import OUTSIDE, line_of
from functions.claims.drafting.material import Material, Numbers, Payee
from functions.claims.drafting.others import adjudicated, others
from functions.claims.drafting.people import assignment_of, patient, release_of, subscriber
from functions.claims.drafting.providers import outside_provider, provider_of
from functions.claims.drafting.wire import (
    address_of,
    billing_address,
    phone_digits,
    place_of,
    sentence,
    wire,
)
from functions.claims.scrubbing.families import needs_clia

# CMS place of service codes where the patient is at home: no facility is named (TR3 2310C).
_AT_HOME: Final = frozenset({"10", "12"})
_TELEHEALTH_ELSEWHERE: Final = "02"


def draft_claim(material: Material, turn: int, numbers: Numbers) -> ClaimDraft:
    """The claim to the payer whose ``turn`` it is. Raises LookupError where there is none."""
    payee = material.payee(turn)
    if payee is None:
        raise LookupError("the sheet has no coverage for that turn")
    content, billing = material.content, _billing(material)
    facts = payee.payer.facts if payee.payer else None
    return ClaimDraft(
        ours=OurIds(
            encounter=content.encounter_id or "",
            patient=material.chart.patient_id,
            coverage=payee.coverage.coverage_id,
            payer=payee.payer.payer_id if payee.payer else "",
            billing_provider=material.setup.practice.id,
            rendering_provider=content.rendering_id,
        ),
        billing=billing,
        subscriber=subscriber(material.chart, payee, turn, material.payee(1)),
        payer=_payer(payee),
        patient=patient(material.chart, payee),
        control_number=numbers.control_number,
        place_of_service=content.place_of_service,
        frequency=numbers.frequency,
        assignment="A" if facts is None or facts.assignment else "C",
        benefits_assigned=assignment_of(payee.coverage),
        release=release_of(payee.coverage),
        causes=_causes(content.accident),
        dates=ClaimDatesDraft(
            onset=content.onset, accident=content.accident.on if content.accident else None
        ),
        patient_paid=material.patient_paid,
        numbers=ClaimNumbersDraft(
            prior_authorization=wire(material.number_at(turn, Kind.AUTHORIZATION), 50),
            referral=wire(material.number_at(turn, Kind.REFERRAL), 50),
            clia=content.clia or _laboratory(material),
            payer_control_number=numbers.payer_control_number,
        ),
        note=NoteDraft(text=sentence(content.note)) if content.note else None,
        diagnoses=content.diagnoses,
        providers=_providers(material, payee, billing),
        others=others(material, turn),
        epsdt=_epsdt(content.epsdt_referral),
        lines=adjudicated(material, (line_of(one, material) for one in content.lines), turn),
    )


def _laboratory(material: Material) -> str:
    """Our laboratory's CLIA number, where a line is a test of it.

    TR3 X222 2300 REF X4 wants it of every laboratory certified under CLIA, of whatever
    payer; a line with modifier 90 was done by another laboratory.
    """
    tested = any(
        needs_clia(line.code) and OUTSIDE not in line.modifiers for line in material.content.lines
    )
    return material.certificates.clia if tested else ""


def _billing(material: Material) -> BillingProviderDraft:
    practice, billing = material.setup.practice, material.billing
    if billing is None:
        return BillingProviderDraft(last=wire(practice.name), npi=practice.npi)
    return BillingProviderDraft(
        last=wire(billing.legal_name),
        npi=practice.npi,
        taxonomy=billing.taxonomy,
        tax_id=billing.tax_id.replace("-", ""),
        tax_id_kind=billing.tax_id_kind,
        address=billing_address(billing.address),
        contacts=(
            ContactDraft(
                name=wire(billing.contact_name), phone=phone_digits(billing.contact_phone)
            ),
        ),
        pay_to=billing_address(billing.pay_to) if billing.pay_to else None,
    )


def _payer(payee: Payee) -> PayerDraft:
    if payee.payer is None:
        # Its name alone: the scrubber says that the directory has no such payer.
        return PayerDraft(name=wire(payee.coverage.payer_name))
    facts = payee.payer.facts
    return PayerDraft(name=wire(facts.name), id=facts.wire_id, address=address_of(facts.address))


def _providers(
    material: Material, payee: Payee, billing: BillingProviderDraft
) -> ClaimProvidersDraft:
    content = material.content
    wants_taxonomy = payee.payer is None or payee.payer.facts.taxonomy
    rendering = provider_of(material, content.rendering_id, taxonomy=wants_taxonomy)
    # TR3 2310B: sent where it is another than the billing provider.
    if rendering and rendering.npi and rendering.npi == billing.npi:
        rendering = None
    return ClaimProvidersDraft(
        referring=outside_provider(content.referring_name, content.referring_npi),
        rendering=rendering,
        supervising=provider_of(material, content.supervising_id),
        facility=_facility(material, billing.address),
    )


def _facility(material: Material, billed_from: AddressDraft) -> FacilityDraft | None:
    """Loop 2310C: where it was done, if that is not where it is billed from."""
    content = material.content
    place = content.place_of_service
    location = material.setup.locations.get(content.location_id)
    if location is None or place in _AT_HOME or place == _TELEHEALTH_ELSEWHERE:
        return None
    address = place_of(location)
    if (address.line1, address.postal_code[:5]) == (
        billed_from.line1,
        billed_from.postal_code[:5],
    ):
        return None
    return FacilityDraft(name=wire(location.name), npi=location.npi, address=address)


def _causes(accident: Accident | None) -> CausesDraft | None:
    if accident is None:
        return None
    return CausesDraft(
        auto_accident=accident.auto,
        employment=accident.employment,
        other_accident=not (accident.auto or accident.employment),
        state=accident.state or "" if accident.auto else "",
    )


def _epsdt(referral: str | None) -> EpsdtReferralDraft | None:
    """2300 CRC ZZ."""
    if referral is None:
        return None
    return EpsdtReferralDraft(given=referral != "NU", conditions=(referral,))
