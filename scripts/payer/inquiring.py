"""277: what became of the claim that a 276 asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from caresmith.money import Money
from caresmith.x12.envelope import Header
from caresmith.x12.parts import Contact, Name, Reference
from caresmith.x12.status.asking import Member, StatusInquiry
from caresmith.x12.status.inquiries import ReadStatusInquiry
from caresmith.x12.status.model import ClaimStatus, Status, StatusCode, StatusReport
from scripts.payer.claims import Claims, Kept
from scripts.payer.rules import Rules


def report(read: ReadStatusInquiry, claims: Claims, rules: Rules, header: Header) -> StatusReport:
    """One answer to one question; of a claim that is not found it says so (A4)."""
    asked, today = read.inquiry, header.interchange.at.date()
    plan = rules.plan(asked.payer_id)
    payer = Name("PR", False, plan.name, qualifier=asked.payer_qualifier, id=asked.payer_id)
    receiver = Name("41", False, asked.receiver_name, qualifier="46", id=asked.receiver_id)
    provider = Name("1P", False, asked.provider_name, qualifier="XX", id=asked.provider_npi)
    subscriber = _person("IL", asked.subscriber)
    patient = _person("QC", asked.dependent) if asked.dependent else subscriber
    found = list(_matching(asked, claims))
    told = [(_status(one, today), _references(one)) for one in found] or [
        (Status((StatusCode("A4", "35"),), today, charge=asked.charge, paid=Money(0)), ())
    ]
    return StatusReport(
        header=header,
        acknowledgement=False,
        reference=read.reference,
        at=header.interchange.at,
        sources=(payer,),
        contacts=(Contact("IC", "CLAIMS", (("TE", "8005550100"),)),),
        files=(),
        providers=(),
        claims=tuple(
            ClaimStatus(
                trace=asked.trace,
                patient=patient,
                subscriber=subscriber if asked.dependent else None,
                provider=provider,
                payer=payer,
                statuses=(status,),
                references=references,
                dates=asked.dates,
            )
            for status, references in told
        ),
        receivers=(receiver,),
    )


def _person(entity: str, one: Member) -> Name:
    number = ("MI", one.member_id) if entity == "IL" else ("", "")
    return Name(entity, True, one.last, one.first, "", "", *number)


def _matching(asked: StatusInquiry, claims: Claims) -> Iterator[Kept]:
    """By the payer's number, else by CLM01, else by day and charge: only of that member."""
    for one in claims.of_member(asked.payer_id, asked.subscriber.member_id):
        if asked.payer_control_number:
            fits = one.icn == asked.payer_control_number
        elif asked.control_number:
            fits = one.claim.control_number == asked.control_number
        else:
            days = [line.service for line in one.claim.lines]
            inside = all(
                asked.dates.first <= day.first and day.last <= asked.dates.last for day in days
            )
            fits = inside and one.claim.charge == asked.charge
        if fits:
            yield one


def _references(one: Kept) -> tuple[Reference, ...]:
    number = () if one.state == "rejected" else (Reference("1K", one.icn),)
    return (*number, Reference("EJ", one.claim.control_number))


def _status(one: Kept, today: date) -> Status:
    charge, decision = one.claim.charge, one.decision
    if one.state == "rejected":
        codes = tuple(StatusCode(*parts) for parts in json.loads(one.told))
        return Status(codes, one.received, charge=charge, paid=Money(0))
    if one.state == "pended":
        category, code = json.loads(one.told)
        return Status((StatusCode(category, code),), today, charge=charge, paid=Money(0))
    if decision is None or one.state in {"accepted", "lost"}:
        return Status((StatusCode("P1", "20"),), today, charge=charge, paid=Money(0))
    payment = json.loads(one.paid)
    on = date.fromisoformat(payment["on"])
    if one.state in {"replaced", "voided"}:
        codes = (StatusCode("F3", "101"),)
    elif decision.paid:
        codes = (StatusCode("F1", "65"),)
    elif decision.patient:
        codes = (StatusCode("F4", "98"),)
    else:
        codes = (StatusCode("F2", "585"),)
    paid = bool(decision.paid)
    return Status(
        codes,
        on,
        charge=charge,
        paid=decision.paid,
        decided=on,
        paid_on=on if paid else None,
        check=payment["trace"] if paid else "",
    )
