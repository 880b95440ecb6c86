"""Loop 2400: a service of the sheet, as a line of the claim."""

from __future__ import annotations

from typing import Final

from caresmith.claims.drafted_lines import (
    DrugDraft,
    LineDraft,
    LineNumbersDraft,
    LineProvidersDraft,
    ProcedureDraft,
)
from caresmith.claims.drafted_parties import FacilityDraft, PurchasedProviderDraft
from caresmith.records.revenue.sheet import ChargeLine, OutsideLaboratory
from caresmith.x12.values import Period, Quantity
from functions.claims.drafting.material import Material
from functions.claims.drafting.providers import outside_provider, provider_of
from functions.claims.drafting.wire import billing_address, sentence, wire

OUTSIDE: Final = "90"
"""The modifier of a test that another laboratory did."""


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
        service=Period(line.day, line.last_day or line.day),
        numbers=LineNumbersDraft(
            control_number=line.line,
            referring_clia=(laboratory.clia or "") if laboratory else "",
        ),
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
        code=line.drug.ndc, quantity=Quantity.parse(line.drug.quantity), unit=line.drug.unit
    )
