"""Loop 2400: a service of the sheet, as a line of the claim."""

from __future__ import annotations

from typing import Final

from caresmith.claims.drafted_lines import (
    ContractDraft,
    DrugDraft,
    LineDatesDraft,
    LineDraft,
    LineNumbersDraft,
    LineProvidersDraft,
    PayerNumberDraft,
    ProcedureDraft,
    TestResultDraft,
)
from caresmith.claims.drafted_parties import FacilityDraft, PurchasedProviderDraft
from caresmith.records.revenue.service import LineContract
from caresmith.records.revenue.sheet import ChargeLine, OutsideLaboratory
from caresmith.x12.values import Period, Quantity
from functions.claims.drafting.material import Material
from functions.claims.drafting.providers import outside_provider, provider_of
from functions.claims.drafting.wire import billing_address, sentence, wire

OUTSIDE: Final = "90"
"""The modifier of a test that another laboratory did."""
_STARTING_DOSAGE: Final = "R3"
_NUMBER: Final = 50


def line_of(line: ChargeLine, material: Material) -> LineDraft:
    content = material.content
    place = line.place_of_service or ""
    laboratory = content.outside_laboratory if OUTSIDE in line.modifiers else None
    bought = laboratory is not None and line.laboratory_charge is not None
    return LineDraft(
        charge_id=line.line,
        procedure=ProcedureDraft(
            code=line.code, modifiers=line.modifiers, description=sentence(line.description)
        ),
        charge=line.charge,
        unit=line.basis,
        quantity=Quantity.parse(line.units),
        place_of_service=place if place != content.place_of_service else "",
        pointers=line.pointers,
        emergency=line.emergency,
        epsdt=line.epsdt,
        family_planning=line.family_planning,
        copay_exempt=line.copay_exempt,
        service=Period(line.day, line.last_day or line.day),
        dates=LineDatesDraft(**line.dates.model_dump()),
        hospice_employee=line.hospice_employee,
        obstetric_units=_quantity(line.obstetric_units),
        tests=tuple(
            TestResultDraft(
                # TR3 X222 2400 MEA01: OG is what a treatment began with.
                identification="OG" if one.measured == _STARTING_DOSAGE else "TR",
                measured=one.measured,
                value=Quantity.parse(one.value),
            )
            for one in line.tests
        ),
        contract=_contract(line.contract),
        numbers=LineNumbersDraft(
            control_number=line.line,
            mammography=wire(line.mammography, _NUMBER),
            clia=line.clia or "",
            referring_clia=(laboratory.clia or "") if laboratory else "",
            immunization_batch=wire(line.immunization_batch, _NUMBER),
        ),
        prior_authorizations=_of_this_payer(line.prior_authorization),
        referrals=_of_this_payer(line.referral_number),
        sales_tax=line.sales_tax,
        postage=line.postage,
        note=sentence(line.note),
        purchased_charge=line.laboratory_charge if bought else None,
        purchased_from=laboratory.npi if laboratory and bought else "",
        drug=_drug(line),
        providers=_providers(line, laboratory, material),
    )


def _providers(
    line: ChargeLine, laboratory: OutsideLaboratory | None, material: Material
) -> LineProvidersDraft:
    """Loops 2420B, 2420C and 2420E."""
    ordering = provider_of(material, line.ordering_id)
    if ordering is None:
        ordering = outside_provider(line.ordering_name, line.ordering_npi)
    if laboratory is None:
        return LineProvidersDraft(ordering=ordering)
    facility = None
    if laboratory.address is not None:
        facility = FacilityDraft(
            name=wire(laboratory.name),
            npi=laboratory.npi,
            address=billing_address(laboratory.address),
        )
    return LineProvidersDraft(
        purchased=PurchasedProviderDraft(npi=laboratory.npi), facility=facility, ordering=ordering
    )


def _drug(line: ChargeLine) -> DrugDraft | None:
    if line.drug is None:
        return None
    return DrugDraft(
        code=line.drug.ndc,
        quantity=Quantity.parse(line.drug.quantity),
        unit=line.drug.unit,
        prescription=wire(line.drug.prescription, _NUMBER),
        compound=wire(line.drug.compound, _NUMBER),
    )


def _quantity(text: str | None) -> Quantity | None:
    return Quantity.parse(text) if text else None


def _of_this_payer(number: str | None) -> tuple[PayerNumberDraft, ...]:
    """REF G1 or 9F without REF04: given by whom the claim goes to."""
    return (PayerNumberDraft(value=wire(number, _NUMBER)),) if number else ()


def _contract(one: LineContract | None) -> ContractDraft | None:
    if one is None:
        return None
    return ContractDraft(
        kind=one.kind,
        amount=one.amount,
        percent=one.percent or "",
        code=wire(one.code, _NUMBER),
    )
