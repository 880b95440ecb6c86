"""For whom somebody pays: the charts name guarantors, and this finds the other way round.

Charts are sealed, so an index follows them (consumer of registrations and changes).
"""

from __future__ import annotations

from dataclasses import dataclass

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.events import PatientEvent
from caresmith.ids import PatientId, PracticeId
from caresmith.money import Money
from caresmith.records.patient import PatientCard, patient_by_mrn, patient_cards
from caresmith.records.revenue.account import AccountItem
from caresmith.records.revenue.layout import ACCOUNT, account_key
from caresmith.records.revenue.people import Person, person_of
from caresmith.transactions import transaction
from caresmith.web.forms import Form
from functions.accounts import models as m
from functions.accounts.records import GuarantorItem, PaidForItem, guarantor_key

_WHO = "guarantor"


@dataclass(frozen=True)
class Member:
    card: PatientCard
    insurance_cents: int
    patient_cents: int
    unapplied_cents: int

    @property
    def due_cents(self) -> int:
        return max(0, self.patient_cents - self.unapplied_cents)


@dataclass(frozen=True)
class Family:
    """A guarantor with everybody for whom they pay."""

    card: PatientCard
    members: list[Member]

    @property
    def due_cents(self) -> int:
        return sum(member.due_cents for member in self.members)


def on_patient(event: PatientEvent) -> None:
    """Follow who pays for the patient, as the chart says now."""
    practice, patient = event.practice_id, event.patient_id
    try:
        person = person_of(practice, patient)
    except NotFound:
        return
    if person.patient_id == patient:
        follow(practice, person)


def follow(practice: PracticeId, person: Person) -> None:
    """Write whom the chart names, and take out whom it named before."""
    patient = person.patient_id
    payer = person.guarantor.person.patient_id if person.guarantor.person else None
    at = guarantor_key(practice, patient)
    before = next(iter(PaidForItem.query(at, PaidForItem.sk == _WHO, limit=1)), None)
    if (before.guarantor_id if before else None) == payer:
        return
    with transaction() as writes:
        if before:
            former = guarantor_key(practice, PatientId(before.guarantor_id))
            writes.delete(GuarantorItem(former, patient))
        if payer:
            writes.save(GuarantorItem(guarantor_key(practice, payer), patient, patient_id=patient))
            writes.save(PaidForItem(at, _WHO, guarantor_id=payer))
        elif before:
            writes.delete(before)


def dependents(practice: PracticeId, patient: PatientId) -> list[PatientId]:
    """For whom the patient pays besides themselves."""
    return [
        PatientId(item.patient_id) for item in GuarantorItem.query(guarantor_key(practice, patient))
    ]


def family(patient: PatientId, *, actor: Actor) -> Family:
    """What is owed by one guarantor, person by person. Raises NotFound."""
    practice = actor.practice_id
    person = person_of(practice, patient)
    members = [person.patient_id, *dependents(practice, person.patient_id)]
    audit().about(*members)
    cards = patient_cards(practice, members)
    heads = {
        item.patient_id: item
        for item in AccountItem.batch_get(
            [(account_key(practice, one), ACCOUNT) for one in members]
        )
    }
    return Family(
        person.card,
        [_member(cards[one], heads.get(one)) for one in members if one in cards],
    )


def read(patient: PatientId, *, actor: Actor) -> m.Family:
    """The family for the API. Raises NotFound."""
    found = family(patient, actor=actor)
    return m.Family(
        guarantor_id=found.card.patient_id,
        due=Money(found.due_cents),
        members=[
            m.FamilyMember(
                patient_id=one.card.patient_id,
                name=one.card.name,
                insurance_owes=Money(one.insurance_cents),
                patient_owes=Money(one.patient_cents),
                unapplied=Money(one.unapplied_cents),
                due=Money(one.due_cents),
            )
            for one in found.members
        ],
    )


def _member(card: PatientCard, head: AccountItem | None) -> Member:
    return Member(
        card,
        int(head.insurance_cents or 0) if head else 0,
        int(head.patient_cents or 0) if head else 0,
        int(head.unapplied_cents or 0) if head else 0,
    )


def by_mrn(form: Form, actor: Actor) -> Form:
    """The form with the patient whose record number was written, where there is one."""
    number = form.value("mrn").strip()
    found = patient_by_mrn(actor.practice_id, number) if number else None
    values = {name: text for name, text in form.values.items() if name != "mrn"}
    if found is not None:
        values["to_patient_id"] = found
    elif number:
        form.errors["mrn"] = "No patient has this record number."
    return Form(values, form.lists, form.errors)
