"""Whose account it is: the chart that stands for the person, and who pays for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PracticeId
from caresmith.messages.reach import Reachable
from caresmith.messages.wording import language_of
from caresmith.records.contact import Address, AddressUse
from caresmith.records.demographics import Contact, Guarantor, Relations
from caresmith.records.patient import CHART, Patient, PatientCard, chart_key, open_card
from caresmith.sealing import Sealer
from caresmith.settings import Domain

_HOPS: Final = 5
_READ: Final = [
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
                attributes_to_get=_READ,
            )
        except Patient.DoesNotExist:
            raise NotFound from None
        if chart.merged_into:
            patient = PatientId(str(chart.merged_into))
            continue
        merged = tuple(PatientId(str(one)) for one in chart.merged_ids or ())
        audit().about(patient, *merged)
        return Person(
            card=open_card(sealer, chart),
            merged=merged,
            contact=sealer.unseal(patient, "contact", chart.contact, Contact),
            relations=sealer.unseal(patient, "relations", chart.relations, Relations),
        )
    raise NotFound
