"""Every fact that edits ask for is filled from some record: one that nobody fills is silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from typing import Any

from caresmith.audit import AuditTrail, audited
from caresmith.claims.authorized import OnFile
from caresmith.ids import SheetId
from caresmith.records.demographics import Period
from caresmith.records.practice import Location
from functions.claims.gathering import gather, of_practice
from functions.claims.judging import facts_of
from functions.claims.payer_rules import rules_of
from functions.claims.scrubbing.codesets import CodeSets, ProcedureList
from functions.claims.scrubbing.facts import (
    CoverageFacts,
    Facts,
    Fees,
    PastService,
    PatientFacts,
    PayerProfile,
    PracticeFacts,
)
from functions.claims.verdict import open_draft
from tests.integration.claims.test_own_lists import CPT, load_fees, upload
from tests.support.billing_office import BillingOffice, visit_line
from tests.support.practices import NEW_YORK, put

ASKED = (
    Facts,
    PatientFacts,
    CoverageFacts,
    PastService,
    PayerProfile,
    PracticeFacts,
    Fees,
    OnFile,
    CodeSets,
    ProcedureList,
)
_PUBLIC = {"CodeSets.diagnoses", "CodeSets.coding"}
"""They are no practice's: every deployment has them."""


def told(office: BillingOffice) -> Facts:
    """The facts of a claim of a practice that has something of everything."""
    office.add_payer(
        "Strict Health",
        "STRICT",
        filing="BL",
        timely_days=90,
        authorization_codes=["70551"],
        referral_codes=["99244"],
        member_id_forms=["@@@######"],
        taxonomy=True,
        wants_ndc=True,
        wants_address=True,
        address={"lines": ["1 Elm St"], "city": "Albany", "state": "NY", "postal_code": "12207"},
        bilateral="rt-and-lt",
        telehealth={"modifier": "95", "place": "02"},
        no_consultations=True,
        prefers_x_modifiers=True,
    )
    office.set_billing(clia="05D1234567", clia_kind="waiver")
    put(
        office.practice,
        Location(id=office.small.east, name="East", zone=NEW_YORK, mammography="123456"),
    )
    upload(office, "/charges/code-lists/cpt", CPT)
    upload(office, "/charges/code-lists/hcpcs", "code\nJ0178\n")
    upload(office, "/charges/code-lists/single-dose", "code\nJ0178\n")
    load_fees(office)
    patient = office.patient(deceased_on=date(2026, 11, 25))
    period = Period(start=date(2026, 1, 1), end=date(2026, 12, 31))
    first = office.cover(
        patient, "Strict Health", period=period.model_dump(), order=2, assigns_benefits="Y"
    )
    agreed = {
        "coverage_id": first,
        "kind": "referral",
        "status": "partly-approved",
        "number": "RF-1",
        "codes": ["99213"],
        "diagnoses": ["J069"],
        "rendering_id": office.small.ana,
        "location_id": office.small.east,
        "first": "2026-11-01",
        "last": "2026-11-30",
        "approved": 3,
        "counted": "visits",
    }
    path = f"/coverage/patients/{patient}/authorizations"
    assert office.post(path, agreed).status == 201
    elsewhere = {**agreed, "number": "RF-2", "location_id": office.small.central}
    assert office.post(path, elsewhere).status == 201
    before = office.released(
        patient, first, lines=(visit_line(modifiers=("25",)),), referral_number="RF-1"
    )
    assert office.act(office.claim(before), "void", {"reason": "Twice"}).status == 200
    office.released(
        patient, first, lines=(visit_line(day=date(2026, 11, 18)),), referral_number="RF-1"
    )
    rule = {
        "id": "own",
        "title": "A rule of its own",
        "when": {"kind": "code", "codes": ["99213"]},
        "requires": {"kind": "needs-note"},
    }
    assert office.post("/claims/payer-rules", rule).status == 201
    drug = {"ndc": "61755000502", "quantity": "1", "unit": "UN"}
    lines = (visit_line(), visit_line("2", "J0178", drug=drug))
    return facts(office, office.released(patient, first, lines=lines))


def facts(office: BillingOffice, sheet: SheetId) -> Facts:
    with audited(AuditTrail(office.actor, "test", office.clock)):
        practice = office.practice
        material = gather(practice, office.sheet(sheet), of_practice(practice))
        draft = open_draft(practice, office.claim(sheet))
        return facts_of(practice, material, 1, office.day, rules_of(practice), draft)


def parts(value: Any) -> Iterator[Any]:
    """Every part of the facts that is a dataclass of ours, the whole first."""
    if type(value) in ASKED:
        yield value
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from parts(getattr(value, each.name))
    if isinstance(value, tuple):
        for one in value:
            yield from parts(one)


def usual(each: Field[Any]) -> Any:
    if each.default is not MISSING:
        return each.default
    return each.default_factory() if each.default_factory is not MISSING else MISSING


def test_every_fact_is_filled_by_somebody(office: BillingOffice) -> None:
    found = list(parts(told(office)))
    assert {type(one) for one in found} == set(ASKED)
    silent = {
        f"{kind.__name__}.{each.name}"
        for kind in ASKED
        for each in fields(kind)
        if all(getattr(one, each.name) == usual(each) for one in found if type(one) is kind)
    }
    assert silent - _PUBLIC == set()
