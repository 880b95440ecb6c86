"""Whose account it is: the chart that stands for the person, and who pays for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PracticeId
from caresmith.messages.reach import Reachable
from caresmith.messages.wording import language_of
from caresmith.records.contact import Address, AddressUse
from caresmith.records.demographics import Contact, Guarantor, Relations
from caresmith.records.patient import (
    CHART,
    Patient,
    PatientCard,
    best_phone,
    chart_key,
    open_card,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain

_HOPS: Final = 5
READ: Final = [
    "patient_id",
    "status",
    "merged_into",
    "merged_ids",
    "card",
    "contact",
    "relations",
    "entity",
]


@dataclass(frozen=True)
class Person:
    """The patient, of the surviving chart, with what billing needs of them."""

    card: PatientCard
    merged: tuple[PatientId, ...]
    contact: Contact
    relations: Relations

    @property
    def patient_id(self) -> PatientId:
        return self.card.patient_id

    @property
    def charts(self) -> tuple[PatientId, ...]:
        """Whose accounts together are theirs."""
        return (self.card.patient_id, *self.merged)

    @property
    def guarantor(self) -> Guarantor:
        return self.relations.guarantor

    @property
    def pays_for_self(self) -> bool:
        return self.relations.guarantor.is_self

    @property
    def payer_name(self) -> str:
        """Who is asked to pay."""
        person = self.relations.guarantor.person
        return person.name if person else self.card.name

    @property
    def address(self) -> Address | None:
        """Where a statement goes: the guarantor's, or else the patient's own."""
        person = self.relations.guarantor.person
        if person and person.address:
            return person.address
        own = [one for one in self.contact.addresses if one.use is not AddressUse.OLD]
        return min(own, key=lambda one: one.use is not AddressUse.BILLING, default=None)

    @property
    def payer_birth_date(self) -> dt.date | None:
        """The birth date of who is asked to pay, where it is known."""
        if self.pays_for_self:
            return self.card.birth_date
        return self.relations.guarantor.birth_date

    @property
    def payer_phone(self) -> str | None:
        """The number of who is asked to pay."""
        person = self.relations.guarantor.person
        return best_phone(Contact(telecoms=person.telecoms) if person else self.contact)

    @property
    def reachable(self) -> Reachable:
        return Reachable(self.patient_id, self.card, self.contact, language_of(self.card.language))


def person_of(practice: PracticeId, patient: PatientId) -> Person:
    """Who the patient is, by one strongly consistent read, one more for each merge.

    Names them to the audit trail. Raises NotFound.
    """
    sealer = Sealer(practice, Domain.PATIENTS)
    for _ in range(_HOPS):
        try:
            chart = Patient.get(
                chart_key(practice, patient),
                CHART,
                consistent_read=True,
                attributes_to_get=READ,
            )
        except Patient.DoesNotExist:
            raise NotFound from None
        if chart.merged_into:
            patient = PatientId(str(chart.merged_into))
            continue
        person = person_from(sealer, chart)
        audit().about(*person.charts)
        return person
    raise NotFound


def person_from(sealer: Sealer, chart: Patient) -> Person:
    """Who a chart is that stands for itself, of the attributes :data:`READ`."""
    patient = chart.patient_id
    return Person(
        card=open_card(sealer, chart),
        merged=tuple(PatientId(str(one)) for one in chart.merged_ids or ()),
        contact=sealer.unseal(patient, "contact", chart.contact, Contact),
        relations=sealer.unseal(patient, "relations", chart.relations, Relations),
    )
