"""The patient's chart in the ``patients`` table, and its card that other features show.

====================================  =====================================  ====================
 access                                pk                                     sk
====================================  =====================================  ====================
 open the chart (one query)            ``<practice>#<patient>``               begins ``chart``
   the patient                         same                                   ``chart``
   coverages, in their order           same                                   ``chart#coverage#..``
 timeline, newest first, in pages      same                                   ``timeline#<instant>
                                                                              #<event>``
 a merge, to undo it                   ``<practice>#<survivor>``              ``merge#<merged>``
 who has this MRN (unique)             ``<practice>#mrn#<token>``             ``mrn``
 last MRN given out                    ``<practice>#counter``                 ``mrn``
 find by name, phone, birth date       ``<practice>#find#<token>``            ``<patient>``
 cards of many patients                BatchGet of ``chart`` items, the
                                       card attribute only
====================================  =====================================  ====================

What is sealed: demographics, contact, relations, card (see
:mod:`caresmith.records.demographics`); what is plain: ids, status, version and
times of change. Only ``functions/patients`` writes here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import BinaryAttribute, ListAttribute, UnicodeAttribute, VersionAttribute

from caresmith.blindindex import BlindIndex
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PracticeId
from caresmith.records.contact import TelecomSystem, TelecomUse
from caresmith.records.demographics import (
    BirthSex,
    Contact,
    Demographics,
    Gender,
    Mrn,
    Relations,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import PatientsItem
from caresmith.text import Line

CHART: Final = "chart"
PHONE_KIND: Final = "tel"
"""The kind of the blind index token of a whole telephone number (E.164)."""
MRN_KIND: Final = "mrn"
"""The kind of the blind index token of a medical record number, in capitals."""
_BATCH: Final = 100  # DynamoDB's limit of keys in one BatchGetItem
_HOPS: Final = 5  # merges of merges that are followed


class ChartStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"
    """Closed: readable, and nothing may be booked or changed."""
    MERGED = "merged"
    """Another chart (``merged_into``) stands for this person."""


class Patient(PatientsItem, discriminator="patient"):
    """The chart's head. Sealed groups are named as their attributes."""

    patient_id = UnicodeAttribute()
    status = UnicodeAttribute()
    merged_into = UnicodeAttribute(null=True)
    merged_ids = ListAttribute(of=UnicodeAttribute, default=list)
    """Charts merged into this one: their timelines are read with its own."""
    preferred_provider_id = UnicodeAttribute(null=True)
    preferred_location_id = UnicodeAttribute(null=True)
    registered_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    version = VersionAttribute()
    identifiers = BinaryAttribute(legacy_encoding=False)
    demographics = BinaryAttribute(legacy_encoding=False)
    contact = BinaryAttribute(legacy_encoding=False)
    relations = BinaryAttribute(legacy_encoding=False)
    card = BinaryAttribute(legacy_encoding=False)


class FindItem(PatientsItem, discriminator="find"):
    """Nominates a patient (its sort key) for a token of the blind index."""

    tags = UnicodeAttribute()
    """Of all name tokens, to filter without unsealing."""


class MrnItem(PatientsItem, discriminator="mrn"):
    """Whose number it is; its existence is what makes the number unique."""

    patient_id = UnicodeAttribute()


class Identifiers(BaseModel):
    """Sealed group ``identifiers``."""

    model_config = ConfigDict(extra="forbid")

    mrn: Mrn
    other_mrns: list[Mrn] = []
    """Numbers of charts that were merged into this one; they still find it."""


class CardGroup(BaseModel):
    """Sealed group ``card``: what a list shows of a patient."""

    name: Line
    """As spoken."""
    sort_name: Line
    """As a list sorts it: family name first."""
    birth_date: dt.date
    mrn: str
    gender: Gender
    birth_sex: BirthSex | None = None
    phone: str | None = None
    """The best telephone number, E.164."""
    phones: list[str] = []
    """All of them, former ones too: a search compares with these."""
    deceased: bool = False
    interpreter_needed: bool = False
    language: str | None = None
    other_names: list[str] = []
    """Former and other names, as spoken."""


class PatientCard(CardGroup):
    """One patient as a calendar or list shows them."""

    patient_id: PatientId
    status: ChartStatus
    merged_into: PatientId | None = None

    @property
    def bookable(self) -> bool:
        """Whether a visit may be booked for this chart."""
        return self.status is ChartStatus.ACTIVE and not self.deceased


def chart_key(practice: PracticeId, patient: PatientId) -> str:
    """The partition of a patient's chart."""
    return f"{practice}#{patient}"


def find_key(practice: PracticeId, token: str) -> str:
    """The partition of the patients that a token nominates."""
    return f"{practice}#find#{token}"


def mrn_key(practice: PracticeId, token: str) -> str:
    """The key of a medical record number, by its token."""
    return f"{practice}#mrn#{token}"


def patient_by_mrn(practice: PracticeId, mrn: str) -> PatientId | None:
    """Whose medical record number this is, today or formerly; perhaps a merged chart's."""
    token = BlindIndex(practice, Domain.PATIENTS).token(MRN_KIND, mrn.strip().upper())
    try:
        return PatientId(MrnItem.get(mrn_key(practice, token), "mrn").patient_id)
    except MrnItem.DoesNotExist:
        return None


def card_of(identifiers: Identifiers, demographics: Demographics, contact: Contact) -> CardGroup:
    """The card that these groups give."""
    name = demographics.main_name()
    return CardGroup(
        name=name.full()[:200],
        sort_name=name.sortable()[:200],
        birth_date=demographics.birth_date,
        mrn=identifiers.mrn,
        gender=demographics.gender,
        birth_sex=demographics.birth_sex,
        phone=best_phone(contact),
        phones=[t.value for t in contact.telecoms if t.system is TelecomSystem.PHONE],
        deceased=demographics.deceased,
        interpreter_needed=demographics.interpreter_needed,
        language=demographics.language,
        other_names=[other.full()[:200] for other in demographics.names if other is not name],
    )


def best_phone(contact: Contact) -> str | None:
    """The number the patient ranks first, else a mobile one, else any."""
    phones = [
        telecom
        for telecom in contact.telecoms
        if telecom.system is TelecomSystem.PHONE and telecom.use is not TelecomUse.OLD
    ]
    phones.sort(key=lambda t: (t.rank or 99, t.use is not TelecomUse.MOBILE))
    return phones[0].value if phones else None


def patient_cards(
    practice: PracticeId, patients: Iterable[PatientId], *, consistent: bool = False
) -> dict[PatientId, PatientCard]:
    """The cards of these patients by one BatchGetItem per hundred; unknown ids are left out.

    The caller names each patient to the audit trail.
    """
    ids = list(dict.fromkeys(patients))
    sealer = Sealer(practice, Domain.PATIENTS)
    cards: dict[PatientId, PatientCard] = {}
    for start in range(0, len(ids), _BATCH):
        keys = [(chart_key(practice, patient), CHART) for patient in ids[start : start + _BATCH]]
        for item in Patient.batch_get(
            keys,
            consistent_read=consistent,
            attributes_to_get=["patient_id", "status", "merged_into", "card", "entity"],
        ):
            card = open_card(sealer, item)
            cards[card.patient_id] = card
    return cards


def patient_card(practice: PracticeId, patient: PatientId) -> PatientCard | None:
    """One patient's card by one strongly consistent read, or None for an unknown id."""
    return patient_cards(practice, [patient], consistent=True).get(patient)


def current_card(practice: PracticeId, patient: PatientId) -> PatientCard | None:
    """The card of the chart that stands for this person today: a merged one leads to it."""
    card = patient_card(practice, patient)
    for _ in range(_HOPS):
        if card is None or card.merged_into is None:
            return card
        card = patient_card(practice, card.merged_into)
    return card


def patients_by_phone(practice: PracticeId, e164: str) -> list[PatientId]:
    """Whose telephone number this is today, former ones left out; a merged chart's survivor.

    One query and one BatchGetItem. The caller names each patient to the audit trail.
    """
    token = BlindIndex(practice, Domain.PATIENTS).token(PHONE_KIND, e164)
    nominated = [
        (f"{practice}#{item.sk}", CHART)
        for item in FindItem.query(find_key(practice, token), limit=_BATCH)
    ]
    if not nominated:
        return []
    sealer = Sealer(practice, Domain.PATIENTS)
    found: list[PatientId] = []
    for chart in Patient.batch_get(
        nominated, attributes_to_get=["patient_id", "merged_into", "contact", "entity"]
    ):
        contact = sealer.unseal(chart.patient_id, "contact", chart.contact, Contact)
        if any(
            telecom.value == e164
            and telecom.system is TelecomSystem.PHONE
            and telecom.use is not TelecomUse.OLD
            for telecom in contact.telecoms
        ):
            found.append(PatientId(str(chart.merged_into or chart.patient_id)))
    return sorted(set(found))


def merged_charts(practice: PracticeId, patient: PatientId) -> list[PatientId]:
    """The charts that were merged into this one. Raises NotFound."""
    try:
        head = Patient.get(
            chart_key(practice, patient), CHART, attributes_to_get=["merged_ids", "entity"]
        )
    except Patient.DoesNotExist:
        raise NotFound from None
    return [PatientId(str(merged)) for merged in head.merged_ids]


def open_card(sealer: Sealer, item: Patient) -> PatientCard:
    """The card of a patient item that was read with its ``card``."""
    group = sealer.unseal(item.patient_id, "card", item.card, CardGroup)
    return PatientCard(
        **group.model_dump(),
        patient_id=PatientId(item.patient_id),
        status=ChartStatus(item.status),
        merged_into=PatientId(item.merged_into) if item.merged_into else None,
    )


class Chart(BaseModel):
    """The opened chart's groups, for readers that need more than the card."""

    patient_id: PatientId
    status: ChartStatus
    merged_into: PatientId | None
    version: int
    identifiers: Identifiers
    demographics: Demographics
    contact: Contact
    relations: Relations


def open_groups(sealer: Sealer, item: Patient) -> Chart:
    """Unseal a patient item."""
    record = item.patient_id
    return Chart(
        patient_id=PatientId(record),
        status=ChartStatus(item.status),
        merged_into=PatientId(item.merged_into) if item.merged_into else None,
        version=int(item.version or 0),
        identifiers=sealer.unseal(record, "identifiers", item.identifiers, Identifiers),
        demographics=sealer.unseal(record, "demographics", item.demographics, Demographics),
        contact=sealer.unseal(record, "contact", item.contact, Contact),
        relations=sealer.unseal(record, "relations", item.relations, Relations),
    )
