"""Loop 2400 to a service line."""

from __future__ import annotations

from typing import Any, Final

from caresmith.money import Money
from caresmith.x12.claims.codes import LINE_DATES, LINE_NUMBERS
from caresmith.x12.claims.line import (
    Adjudication,
    Attachment,
    Contract,
    Drug,
    LineDates,
    LineNumbers,
    LineProcedure,
    LineProviders,
    PayerNumber,
    ServiceLine,
    TestResult,
)
from caresmith.x12.claims.reading.coverage import adjustments
from caresmith.x12.claims.reading.making import dates, made, numbers
from caresmith.x12.claims.reading.parties import (
    facility,
    number,
    ordering,
    owner,
    provider,
    purchased,
)
from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.parts import procedure_of
from caresmith.x12.segment import Segment
from caresmith.x12.values import day, money, money_or_none, period, quantity, whole
from caresmith.x12.walker import Node


def line_of(node: Node, position: int, component: str) -> ServiceLine:
    """Raises X12Refused where LX does not count from one, as an 835's lines refer to it."""
    if whole(node.first, 1) != position:
        raise refuse(FlawCode.COUNT, node.first, "the lines of a claim are counted from one", 1)
    service, when = node.get("SV1"), node.get("DTP", 1, "472")
    assert service is not None  # noqa: S101 - the walker requires both
    assert when is not None  # noqa: S101
    references = list(node.all("REF"))
    purchase = node.get("PS1")
    drug = node.loop_or_none("2410")
    return made(
        ServiceLine,
        service,
        node.id,
        procedure=_procedure(service, 1, component, node.id),
        charge=money(service, 2),
        unit=service[3],
        quantity=quantity(service, 4),
        place_of_service=service[5],
        pointers=_pointers(service, component),
        emergency=service[9] == "Y",
        epsdt=service[11] == "Y",
        family_planning=service[12] == "Y",
        copay_exempt=service[15] == "0",
        service=period(when),
        dates=made(LineDates, when, node.id, **dates(list(node.all("DTP")), LINE_DATES)),
        attachments=attachments(node),
        contract=contract(node),
        numbers=made(LineNumbers, service, node.id, **numbers(references, LINE_NUMBERS)),
        prior_authorizations=_payer_numbers(references, "G1", component, node.id),
        referrals=_payer_numbers(references, "9F", component, node.id),
        purchased_charge=money(purchase, 2) if purchase else None,
        purchased_from=purchase[1] if purchase else "",
        drug=_drug(drug) if drug else None,
        providers=_providers(node, component),
        adjudications=tuple(_adjudication(one, component) for one in node.loops("2430")),
        **_further(node),
    )


def _further(node: Node) -> dict[str, Any]:
    """Counts, tests, amounts and notes."""
    amounts = {one[1]: money(one, 2) for one in node.all("AMT")}
    hospice, units = node.get("CRC", 1, "70"), node.get("QTY", 1, "FL")
    note, repricer = node.get("NTE", 1, "ADD", "DCP"), node.get("NTE", 1, "TPO")
    return {
        "hospice_employee": hospice[2] == "Y" if hospice else None,
        "obstetric_units": quantity(units, 2) if units else None,
        "tests": tuple(
            made(
                TestResult,
                one,
                node.id,
                identification=one[1],
                measured=one[2],
                value=quantity(one, 3),
            )
            for one in node.all("MEA")
        ),
        "sales_tax": amounts.get("T"),
        "postage": amounts.get("F4"),
        "fixed_format": tuple(one[1] for one in node.all("K3")),
        "note": note[2] if note else "",
        "note_kind": note[1] if note else "ADD",
        "repricer_note": repricer[2] if repricer else "",
    }


def _procedure(segment: Segment, element: int, component: str, loop: str) -> LineProcedure:
    read = procedure_of(segment, element, component)
    return made(
        LineProcedure,
        segment,
        loop,
        qualifier=read.qualifier,
        code=read.code,
        modifiers=read.modifiers,
        description=read.description,
    )


def _pointers(segment: Segment, component: str) -> tuple[int, ...]:
    parts = [one for one in segment[7].split(component) if one]
    if not all(one.isdecimal() and one.isascii() for one in parts):
        raise refuse(FlawCode.BAD_NUMBER, segment, "a diagnosis pointer is not a number", 7)
    return tuple(int(one) for one in parts)


def attachments(node: Node) -> tuple[Attachment, ...]:
    """PWK of a claim or line, without the certificate of medical necessity (CT with AB to NS)."""
    return tuple(
        made(
            Attachment,
            one,
            node.id,
            kind=one[1],
            transmission=one[2],
            control_number=one[6],
        )
        for one in node.all("PWK")
        if one[2] not in NECESSITY
    )


NECESSITY: Final = frozenset({"AB", "AD", "AF", "AG", "NS"})


def contract(node: Node) -> Contract | None:
    one = node.get("CN1")
    if one is None:
        return None
    return made(
        Contract,
        one,
        node.id,
        kind=one[1],
        amount=money_or_none(one, 2),
        percent=one[3],
        code=one[4],
        discount_percent=one[5],
        version=one[6],
    )


def _payer_numbers(
    references: list[Segment], qualifier: str, component: str, loop: str
) -> tuple[PayerNumber, ...]:
    return tuple(
        made(PayerNumber, one, loop, value=one[2], payer=owner(one, component))
        for one in references
        if one[1] == qualifier
    )


def _drug(node: Node) -> Drug:
    count = node.get("CTP")
    assert count is not None  # noqa: S101 - the walker requires it
    return made(
        Drug,
        node.first,
        node.id,
        qualifier=node.first[2],
        code=node.first[3],
        quantity=quantity(count, 4),
        unit=count[5],
        prescription=number(node, "XZ"),
        compound=number(node, "VY"),
    )


def _providers(node: Node, component: str) -> LineProviders:
    found: dict[str, Any] = {}
    for child in node.children:
        match child.id, child.first[1]:
            case "2420A", _:
                found["rendering"] = provider(child, component)
            case "2420B", _:
                found["purchased"] = purchased(child, component)
            case "2420C", _:
                found["facility"] = facility(child, component)
            case "2420D", _:
                found["supervising"] = provider(child, component)
            case "2420E", _:
                found["ordering"] = ordering(child, component)
            case "2420F", "DN":
                found["referring"] = provider(child, component)
            case "2420F", _:
                found["primary_care"] = provider(child, component)
    return made(LineProviders, node.first, node.id, **found)


def _adjudication(node: Node, component: str) -> Adjudication:
    first, decided = node.first, node.get("DTP", 1, "573")
    assert decided is not None  # noqa: S101 - the walker requires it
    liability: Money | None = None
    remaining = node.get("AMT", 1, "EAF")
    if remaining:
        liability = money(remaining, 2)
    return made(
        Adjudication,
        first,
        node.id,
        payer_id=first[1],
        paid=money(first, 2),
        procedure=_procedure(first, 3, component, node.id),
        units=quantity(first, 5),
        bundled_into=whole(first, 6) if first[6] else None,
        adjustments=adjustments(node),
        adjudicated_on=day(decided, 3),
        patient_liability=liability,
    )
