"""Loop 2300 to a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from caresmith.x12.claims.codes import CLAIM_DATES, CLAIM_NUMBERS
from caresmith.x12.claims.coverage import Payer, Subscriber
from caresmith.x12.claims.model import (
    ClaimDates,
    ClaimNumbers,
    ClaimProviders,
    EpsdtReferral,
    Note,
    ProfessionalClaim,
    RelatedCauses,
    SpinalManipulation,
    VisionCondition,
)
from caresmith.x12.claims.parties import BillingProvider, Patient
from caresmith.x12.claims.reading.coverage import other
from caresmith.x12.claims.reading.line import attachments, contract, line_of
from caresmith.x12.claims.reading.making import dates, made, numbers
from caresmith.x12.claims.reading.parties import facility, provider
from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.segment import Segment
from caresmith.x12.values import coded, money, period
from caresmith.x12.walker import Node

_DIAGNOSES: Final = {"ABK": "10", "ABF": "10", "BK": "9", "BF": "9"}
_CAUSES: Final = {"AA": "auto_accident", "EM": "employment", "OA": "other_accident"}


@dataclass(frozen=True, slots=True)
class Context:
    """Whose claims are being read."""

    billing: BillingProvider
    subscriber: Subscriber
    payer: Payer
    patient: Patient | None
    component: str


def claim_of(node: Node, of: Context) -> ProfessionalClaim:
    """Raises X12Refused at the first thing that is not certain."""
    first, component = node.first, of.component
    place = [*first[5].split(component), "", "", ""][:3]
    if place[1] != "B":
        raise refuse(
            FlawCode.BAD_CODE,
            first,
            f"CLM05-2 is not B: no place of service (components are separated by {component} here)",
            5,
            2,
        )
    paid = node.get("AMT", 1, "F5")
    claim = made(
        ProfessionalClaim,
        first,
        node.id,
        billing=of.billing,
        subscriber=of.subscriber,
        payer=of.payer,
        patient=of.patient,
        control_number=first[1],
        place_of_service=place[0],
        frequency=place[2],
        provider_signature=coded(first, 6, {"Y", "N"}, "the provider's signature") == "Y",
        assignment=first[7],
        benefits_assigned=first[8],
        release=first[9],
        signature_by_provider=first[10] == "P",
        causes=_causes(first, component, node.id),
        special_program=first[12],
        delay_reason=first[20],
        dates=_dates(node),
        attachments=attachments(node),
        contract=contract(node),
        patient_paid=money(paid, 2) if paid else None,
        numbers=made(ClaimNumbers, first, node.id, **numbers(list(node.all("REF")), CLAIM_NUMBERS)),
        fixed_format=tuple(one[1] for one in node.all("K3")),
        **_conditions(node),
        **_codes(node, component),
        providers=_providers(node, component),
        others=tuple(other(one, component) for one in node.loops("2320")),
        lines=tuple(
            line_of(one, position, component) for position, one in enumerate(node.loops("2400"), 1)
        ),
    )
    if money(first, 2) != claim.charge:
        raise refuse(FlawCode.COUNT, first, "the charge is not the sum of the lines' charges", 2)
    return claim


def _causes(segment: Segment, component: str, loop: str) -> RelatedCauses | None:
    """CLM11."""
    if not segment[11]:
        return None
    parts = [*segment[11].split(component), "", "", "", ""][:5]
    flags = {}
    for code in parts[:2]:
        if code:
            if code not in _CAUSES:
                raise refuse(FlawCode.BAD_CODE, segment, "not a cause (AA, EM, OA)", 11)
            flags[_CAUSES[code]] = True
    return made(RelatedCauses, segment, loop, **flags, state=parts[3], country=parts[4])


def _dates(node: Node) -> ClaimDates:
    every = list(node.all("DTP"))
    found = dates(every, CLAIM_DATES)
    for one in every:
        match one[1]:
            case "314":
                both = period(one)
                found |= {"disability_began": both.first, "disability_ended": both.last}
            case "360":
                found["disability_began"] = _day(one)
            case "361":
                found["disability_ended"] = _day(one)
    return made(ClaimDates, node.first, node.id, **found)


def _day(segment: Segment) -> date:
    return period(segment).first


def _conditions(node: Node) -> dict[str, Any]:
    note, spinal = node.get("NTE"), node.get("CR2")
    home, epsdt = node.get("CRC", 1, "75"), node.get("CRC", 1, "ZZ")
    return {
        "note": made(Note, note, node.id, kind=note[1], text=note[2]) if note else None,
        "spinal": made(
            SpinalManipulation,
            spinal,
            node.id,
            condition=spinal[8],
            description=spinal[10],
            more=spinal[11],
        )
        if spinal
        else None,
        "vision": tuple(
            made(
                VisionCondition,
                one,
                node.id,
                category=one[1],
                applies=one[2] == "Y",
                conditions=tuple(one.elements[3:]),
            )
            for one in node.all("CRC", 1, "E1", "E2", "E3")
        ),
        "homebound": home is not None,
        "epsdt": made(
            EpsdtReferral,
            epsdt,
            node.id,
            given=epsdt[2] == "Y",
            conditions=tuple(epsdt.elements[3:]),
        )
        if epsdt
        else None,
    }


def _codes(node: Node, component: str) -> dict[str, Any]:
    """HI: each element is a qualifier and a code."""
    diagnoses: list[str] = []
    versions: set[str] = set()
    procedures: list[str] = []
    conditions: list[str] = []
    for segment in node.all("HI"):
        for at in range(1, len(segment) + 1):
            qualifier, _, code = segment[at].partition(component)
            if qualifier in _DIAGNOSES:
                diagnoses.append(code)
                versions.add(_DIAGNOSES[qualifier])
            elif qualifier in {"BP", "BO"}:
                procedures.append(code)
            elif qualifier == "BG":
                conditions.append(code)
            else:
                raise refuse(
                    FlawCode.BAD_CODE,
                    segment,
                    f"not a kind of code (components are separated by {component} here)",
                    at,
                    1,
                )
    if len(versions) != 1:
        raise refuse(FlawCode.BAD_CODE, node.first, "diagnoses are of ICD-10 or of ICD-9 (HI)")
    return {
        "diagnoses": tuple(diagnoses),
        "icd": versions.pop(),
        "anesthesia_procedures": tuple(procedures),
        "conditions": tuple(conditions),
    }


def _providers(node: Node, component: str) -> ClaimProviders:
    found: dict[str, Any] = {}
    for child in node.children:
        match child.id, child.first[1]:
            case "2310A", "DN":
                found["referring"] = provider(child, component)
            case "2310A", _:
                found["primary_care"] = provider(child, component)
            case "2310B", _:
                found["rendering"] = provider(child, component)
            case "2310C", _:
                found["facility"] = facility(child, component)
            case "2310D", _:
                found["supervising"] = provider(child, component)
    return made(ClaimProviders, node.first, node.id, **found)
