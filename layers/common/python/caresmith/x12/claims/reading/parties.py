"""The loops of names to parties."""

from __future__ import annotations

from typing import Any

from caresmith.x12.claims.parties import (
    Address,
    BillingProvider,
    Contact,
    Facility,
    OrderingProvider,
    Patient,
    PayerId,
    PayToPlan,
    PersonFacts,
    PersonName,
    PhoneContact,
    Provider,
    PurchasedProvider,
    SecondaryId,
)
from caresmith.x12.claims.reading.making import made
from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.segment import Segment
from caresmith.x12.values import day, quantity_or_none, required
from caresmith.x12.walker import Node


def address(node: Node) -> Address | None:
    street, city = node.get("N3"), node.get("N4")
    if street is None and city is None:
        return None
    if street is None or city is None:
        raise refuse(
            FlawCode.MISSING_SEGMENT, node.first, "half of an address: N3 or N4 is missing"
        )
    return made(
        Address,
        city,
        node.id,
        line1=street[1],
        line2=street[2],
        city=city[1],
        state=city[2],
        postal_code=city[3],
        country=city[4],
        subdivision=city[7],
    )


def needed_address(node: Node) -> Address:
    found = address(node)
    if found is None:
        raise refuse(FlawCode.MISSING_SEGMENT, node.first, "the address (N3, N4) is missing")
    return found


_CHANNELS = {"TE": "phone", "EX": "extension", "FX": "fax", "EM": "email"}


def contact(segment: Segment, loop: str) -> Contact:
    return made(Contact, segment, loop, name=segment[2], **_channels(segment))


def phone_contact(segment: Segment | None, loop: str) -> PhoneContact | None:
    if segment is None:
        return None
    return made(PhoneContact, segment, loop, name=segment[2], **_channels(segment))


def _channels(segment: Segment) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in (3, 5, 7):
        if segment[at]:
            field = _CHANNELS.get(segment[at])
            if field is None or field in found:
                raise refuse(FlawCode.BAD_CODE, segment, "not a kind of number, or twice", at)
            found[field] = required(segment, at + 1, "the number")
    return found


def secondary_ids(node: Node, component: str, *qualifiers: str) -> tuple[SecondaryId, ...]:
    return tuple(
        made(
            SecondaryId,
            one,
            node.id,
            qualifier=one[1],
            value=one[2],
            payer=_owner(one, component),
        )
        for one in node.all("REF", 1, *qualifiers)
    )


def _owner(segment: Segment, component: str) -> str:
    """REF04: 2U and the payer whose number it is."""
    return segment[4].partition(component)[2]


owner = _owner


def payer_ids(node: Node, *qualifiers: str) -> tuple[PayerId, ...]:
    return tuple(
        made(PayerId, one, node.id, qualifier=one[1], value=one[2])
        for one in node.all("REF", 1, *qualifiers)
    )


def number(node: Node, qualifier: str) -> str:
    """REF02 of the one REF of this kind, or ""."""
    found = node.get("REF", 1, qualifier)
    return found[2] if found else ""


def name_fields(segment: Segment) -> dict[str, Any]:
    """NM1 as last, first, middle, suffix and organisation."""
    return {
        "last": segment[3],
        "first": segment[4],
        "middle": segment[5],
        "suffix": segment[7],
        "organisation": _organisation(segment),
    }


def _organisation(segment: Segment) -> bool:
    if segment[2] not in {"1", "2"}:
        raise refuse(FlawCode.BAD_CODE, segment, "neither a person (1) nor an organisation (2)", 2)
    return segment[2] == "2"


def npi(segment: Segment) -> str | None:
    if segment[8] and segment[8] != "XX":
        raise refuse(FlawCode.BAD_CODE, segment, "a provider is identified by its NPI (XX)", 8)
    return segment[9] or None


def provider(node: Node, component: str) -> Provider:
    return made(Provider, node.first, node.id, **_provider_fields(node, component))


def _provider_fields(node: Node, component: str) -> dict[str, Any]:
    specialty = node.get("PRV")
    return {
        **name_fields(node.first),
        "npi": npi(node.first),
        "taxonomy": specialty[3] if specialty else "",
        "ids": secondary_ids(node, component),
    }


def ordering(node: Node, component: str) -> OrderingProvider:
    person = node.get("PER")
    return made(
        OrderingProvider,
        node.first,
        node.id,
        **_provider_fields(node, component),
        address=address(node),
        contact=contact(person, node.id) if person else None,
    )


def purchased(node: Node, component: str) -> PurchasedProvider:
    return made(
        PurchasedProvider,
        node.first,
        node.id,
        organisation=_organisation(node.first),
        npi=npi(node.first),
        ids=secondary_ids(node, component),
    )


def facility(node: Node, component: str) -> Facility:
    return made(
        Facility,
        node.first,
        node.id,
        name=node.first[3],
        npi=npi(node.first),
        address=needed_address(node),
        ids=secondary_ids(node, component),
        contact=phone_contact(node.get("PER"), node.id),
    )


def facts(segment: Segment | None, loop: str) -> PersonFacts:
    """PAT05 to PAT09."""
    if segment is None:
        return PersonFacts()
    return made(
        PersonFacts,
        segment,
        loop,
        died=day(segment, 6) if segment[6] else None,
        weight_pounds=quantity_or_none(segment, 8),
        pregnant=segment[9] == "Y",
    )


def patient(level: Node) -> Patient:
    """Loops 2000C and 2010CA."""
    node = next(level.loops("2010CA"))
    first, relation = node.first, level.get("PAT")
    assert relation is not None  # noqa: S101 - the walker requires it
    born = node.get("DMG")
    if born is None:
        raise refuse(FlawCode.MISSING_SEGMENT, first, "the patient's birth date (DMG) is missing")
    return made(
        Patient,
        relation,
        level.id,
        relationship=relation[1],
        name=made(
            PersonName,
            first,
            node.id,
            last=first[3],
            first=first[4],
            middle=first[5],
            suffix=first[7],
        ),
        address=needed_address(node),
        birth_date=day(born, 2),
        sex=born[3],
        facts=facts(relation, level.id),
        casualty_claim=number(node, "Y4"),
        casualty_id=number(node, "1W"),
        casualty_ssn=number(node, "SY"),
        casualty_contact=phone_contact(node.get("PER"), node.id),
    )


def billing(level: Node, component: str) -> BillingProvider:
    """Loops 2000A to 2010AC."""
    node = next(level.loops("2010AA"))
    specialty, tax = level.get("PRV"), node.get("REF", 1, "EI", "SY")
    if tax is None:
        raise refuse(FlawCode.MISSING_SEGMENT, node.first, "the tax id (REF EI or SY) is missing")
    pay_to, plan = level.loop_or_none("2010AB"), level.loop_or_none("2010AC")
    return made(
        BillingProvider,
        node.first,
        node.id,
        **name_fields(node.first),
        npi=npi(node.first),
        taxonomy=specialty[3] if specialty else "",
        tax_id=tax[2],
        tax_id_kind=tax[1],
        licences=secondary_ids(node, component, "0B", "1G"),
        address=needed_address(node),
        contacts=tuple(contact(one, node.id) for one in node.all("PER")),
        pay_to=needed_address(pay_to) if pay_to else None,
        pay_to_plan=_plan(plan) if plan else None,
    )


def _plan(node: Node) -> PayToPlan:
    return made(
        PayToPlan,
        node.first,
        node.id,
        name=node.first[3],
        id=node.first[9],
        qualifier=node.first[8],
        address=needed_address(node),
        secondary=next(iter(payer_ids(node, "2U", "FY", "NF")), None),
        tax_id=number(node, "EI"),
    )
