"""Where and how a patient may be written to: consent first, then preference.

A text needs the patient's consent (47 CFR 64.1200(a)); an e-mail is sent unless
it was declined. Numbers and addresses that proved dead are passed over, and so
are those of earlier attempts (``tried``). A channel for which the practice has no sender is
no way at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caresmith.ids import PatientId, PracticeId
from caresmith.messages.records import thread_of
from caresmith.messages.settings import Language, MessagingSettings, Written
from caresmith.messages.wording import language_of
from caresmith.records.contact import (
    Channel,
    ConsentStatus,
    Telecom,
    TelecomSystem,
    TelecomUse,
)
from caresmith.records.demographics import Contact
from caresmith.records.patient import (
    CHART,
    ChartStatus,
    Patient,
    PatientCard,
    chart_key,
    open_card,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain

_SYSTEM_OF = {Channel.SMS: TelecomSystem.PHONE, Channel.EMAIL: TelecomSystem.EMAIL}


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """One way to write to somebody."""

    channel: Written
    address: str
    """E.164 or e-mail address."""
    thread: str


@dataclass(frozen=True)
class Reachable:
    """A patient with what a message to them needs."""

    patient_id: PatientId
    """The chart that stands for the person: of a merged one, the survivor."""
    card: PatientCard
    contact: Contact
    language: Language

    @property
    def first_name(self) -> str:
        """As they are spoken to: the first given name, the family name where there is none."""
        family, _, given = self.card.sort_name.partition(", ")
        return (given or family).split()[0]

    @property
    def wanted(self) -> bool:
        """Whether messages may be sent for this chart at all."""
        return self.card.status is ChartStatus.ACTIVE and not self.card.deceased


def reachable(practice: PracticeId, patient: PatientId) -> Reachable | None:
    """A patient's card and contact points, of the surviving chart; None for an unknown id.

    One strongly consistent read, one more for each merge. The caller names the
    patient to the audit trail.
    """
    sealer = Sealer(practice, Domain.PATIENTS)
    for _ in range(5):
        try:
            chart = Patient.get(
                chart_key(practice, patient),
                CHART,
                consistent_read=True,
                attributes_to_get=[
                    "patient_id",
                    "status",
                    "merged_into",
                    "card",
                    "contact",
                    "entity",
                ],
            )
        except Patient.DoesNotExist:
            return None
        if chart.merged_into:
            patient = PatientId(str(chart.merged_into))
            continue
        card = open_card(sealer, chart)
        contact = sealer.unseal(patient, "contact", chart.contact, Contact)
        return Reachable(patient, card, contact, language_of(card.language))
    return None


def contact_points(
    practice: PracticeId,
    patient: Reachable,
    settings: MessagingSettings,
    tried: Iterable[str] = (),
) -> Iterator[ContactPoint]:
    """Every way to write to the patient, the best first, without the threads in ``tried``."""
    passed = set(tried)
    telecoms = sorted(patient.contact.telecoms, key=_preference)
    ranked = [t for t in telecoms if t.rank is not None]
    for channel, telecom in _in_order(ranked, telecoms, settings):
        thread = thread_of(practice, channel, telecom.value)
        if thread not in passed:
            passed.add(thread)
            yield ContactPoint(channel, telecom.value, thread)


def silenced_points(practice: PracticeId, patient: Reachable) -> Iterator[ContactPoint]:
    """Telephone numbers in use that no text may go to."""
    for telecom in patient.contact.telecoms:
        in_use = telecom.system is TelecomSystem.PHONE and telecom.use is not TelecomUse.OLD
        if in_use and not may_write(telecom, Channel.SMS):
            thread = thread_of(practice, Channel.SMS, telecom.value)
            yield ContactPoint(Channel.SMS, telecom.value, thread)


def _in_order(
    ranked: list[Telecom], telecoms: list[Telecom], settings: MessagingSettings
) -> Iterator[tuple[Written, Telecom]]:
    """What the patient ranks first comes first; then the practice's order of channels."""
    for telecom in ranked:
        for channel in settings.open_channels:
            if may_write(telecom, channel):
                yield channel, telecom
    for channel in settings.open_channels:
        for telecom in telecoms:
            if may_write(telecom, channel):
                yield channel, telecom


def may_write(telecom: Telecom, channel: Written) -> bool:
    """Whether that channel may be used at that contact point."""
    if telecom.system is not _SYSTEM_OF[channel] or telecom.use is TelecomUse.OLD:
        return False
    if telecom.undeliverable:
        return False
    if channel is Channel.SMS:
        return telecom.allows(Channel.SMS)
    consent = telecom.consents.get(Channel.EMAIL)
    return consent is None or consent.status is not ConsentStatus.DECLINED


def _preference(telecom: Telecom) -> tuple[int, bool]:
    return telecom.rank or 99, telecom.use is not TelecomUse.MOBILE
