"""Loops 2000B, 2010BA, 2010BB, 2320 and 2330 to coverages."""

from __future__ import annotations

from caresmith.x12.adjustments import Adjustment, adjustments_of
from caresmith.x12.claims.coverage import (
    OtherCoverage,
    OtherPayer,
    OtherPayerProvider,
    OtherSubscriber,
    OutpatientRemarks,
    Payer,
    Subscriber,
)
from caresmith.x12.claims.reading.making import made
from caresmith.x12.claims.reading.parties import (
    address,
    facts,
    name_fields,
    number,
    payer_ids,
    phone_contact,
    secondary_ids,
)
from caresmith.x12.segment import Segment
from caresmith.x12.values import day, money, money_or_none
from caresmith.x12.walker import Node


def adjustments(node: Node) -> tuple[Adjustment, ...]:
    return tuple(one for segment in node.all("CAS") for one in adjustments_of(segment))


def subscriber(level: Node) -> Subscriber:
    node = next(level.loops("2010BA"))
    coverage, born = level.get("SBR"), node.get("DMG")
    assert coverage is not None  # noqa: S101 - the walker requires it
    return made(
        Subscriber,
        coverage,
        level.id,
        responsibility=coverage[1],
        group_number=coverage[3],
        group_name=coverage[4],
        insurance_type=coverage[5],
        filing=coverage[9],
        **name_fields(node.first),
        member_id=node.first[9],
        id_kind=node.first[8],
        address=address(node),
        birth_date=day(born, 2) if born else None,
        sex=born[3] if born else None,
        facts=facts(level.get("PAT"), level.id),
        ssn=number(node, "SY"),
        casualty_claim=number(node, "Y4"),
        casualty_contact=phone_contact(node.get("PER"), node.id),
    )


def payer(level: Node, component: str) -> Payer:
    node = next(level.loops("2010BB"))
    return made(
        Payer,
        node.first,
        node.id,
        name=node.first[3],
        id=node.first[9],
        qualifier=node.first[8],
        address=address(node),
        ids=payer_ids(node, "2U", "EI", "FY", "NF"),
        billing_provider_ids=secondary_ids(node, component, "G2", "LU"),
    )


def other(node: Node, component: str) -> OtherCoverage:
    """Loop 2320."""
    first, insurance = node.first, node.get("OI")
    assert insurance is not None  # noqa: S101 - the walker requires it
    amounts = {one[1]: money(one, 2) for one in node.all("AMT")}
    return made(
        OtherCoverage,
        first,
        node.id,
        responsibility=first[1],
        relationship=first[2],
        group_number=first[3],
        group_name=first[4],
        insurance_type=first[5],
        filing=first[9],
        adjustments=adjustments(node),
        paid=amounts.get("D"),
        noncovered=amounts.get("A8"),
        patient_liability=amounts.get("EAF"),
        benefits_assigned=insurance[3],
        signature_by_provider=insurance[4] == "P",
        release=insurance[6],
        remarks=_remarks(node.get("MOA"), node.id),
        subscriber=_other_subscriber(next(node.loops("2330A"))),
        payer=_other_payer(next(node.loops("2330B"))),
        providers=tuple(
            made(
                OtherPayerProvider,
                one.first,
                one.id,
                role=one.first[1],
                organisation=one.first[2] == "2",
                ids=secondary_ids(one, component),
            )
            for one in node.loops("2330C", "2330D", "2330E", "2330F", "2330G")
        ),
    )


def _remarks(segment: Segment | None, loop: str) -> OutpatientRemarks | None:
    if segment is None:
        return None
    return made(
        OutpatientRemarks,
        segment,
        loop,
        rate=segment[1],
        hcpcs_payable=money_or_none(segment, 2),
        remarks=tuple(segment[at] for at in range(3, 8) if segment[at]),
        esrd_payment=money_or_none(segment, 8),
        nonpayable_professional=money_or_none(segment, 9),
    )


def _other_subscriber(node: Node) -> OtherSubscriber:
    return made(
        OtherSubscriber,
        node.first,
        node.id,
        **name_fields(node.first),
        member_id=node.first[9],
        id_kind=node.first[8],
        address=address(node),
        ssn=number(node, "SY"),
    )


def _other_payer(node: Node) -> OtherPayer:
    decided = node.get("DTP", 1, "573")
    return made(
        OtherPayer,
        node.first,
        node.id,
        name=node.first[3],
        id=node.first[9],
        qualifier=node.first[8],
        address=address(node),
        adjudicated_on=day(decided, 3) if decided else None,
        ids=payer_ids(node, "2U", "EI", "FY", "NF"),
        prior_authorization=number(node, "G1"),
        referral=number(node, "9F"),
        adjusts=number(node, "T4") == "Y",
        control_number=number(node, "F8"),
    )
