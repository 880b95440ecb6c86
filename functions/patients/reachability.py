"""Whether messages may be sent to, and arrive at, the contact points of a chart.

STOP and START are honoured the moment they are answered, by the messages' own
records; here the chart learns of them, and of numbers and addresses at which
nothing arrives. What is told concerns one number or address: a chart that has
another one by now is left as it is, and so is what was recorded later than that.
Told again or out of order, it comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.events import ConsentReplied, ContactPointFailed, PatientChanged, PatientEvent
from caresmith.ids import PatientId, PracticeId
from caresmith.messages.records import open_body, read_message
from caresmith.records.contact import (
    Channel,
    Consent,
    ConsentSource,
    ConsentStatus,
    Telecom,
    TelecomSystem,
    Undeliverable,
)
from caresmith.records.demographics import Contact
from functions.patients.app import app
from functions.patients.chart import (
    ChartChange,
    OpenChart,
    changing,
    open_chart,
    patient_event,
)

_SYSTEMS = {Channel.SMS: TelecomSystem.PHONE, Channel.EMAIL: TelecomSystem.EMAIL}
Update = Callable[[Telecom], Telecom]


def on_consent(event: ConsentReplied) -> None:
    """STOP or START was answered: all charts with that number or address say so."""
    status = ConsentStatus.GRANTED if event.granted else ConsentStatus.DECLINED
    channel = Channel(event.channel)
    said = Consent(status=status, recorded_at=event.occurred_at, source=ConsentSource.REPLY)

    def update(telecom: Telecom) -> Telecom:
        known = telecom.consents.get(channel)
        if known and known.recorded_at and known.recorded_at >= event.occurred_at:
            return telecom
        return telecom.model_copy(update={"consents": {**telecom.consents, channel: said}})

    _update_all(event, event.patient_ids, channel, update)


def on_failed(event: ContactPointFailed) -> None:
    """Nothing arrives there any more: the charts that have it say since when and why."""
    mark = Undeliverable(reason=event.reason, since=event.occurred_at)

    def update(telecom: Telecom) -> Telecom:
        if telecom.undeliverable:
            return telecom
        return telecom.model_copy(update={"undeliverable": mark})

    _update_all(event, (event.patient_id,), Channel(event.channel), update)


def _update_all(
    event: ConsentReplied | ContactPointFailed,
    patients: tuple[PatientId, ...],
    channel: Channel,
    update: Update,
) -> None:
    message = read_message(event.practice_id, event.party_id, event.message_id)
    if message is None:
        return
    audit().record(event.message_id)
    address = open_body(event.practice_id, message).address

    def renewed(contact: Contact) -> Contact:
        return contact.model_copy(
            update={
                "telecoms": [
                    update(telecom)
                    if telecom.system is _SYSTEMS[channel] and telecom.value == address
                    else telecom
                    for telecom in contact.telecoms
                ]
            }
        )

    for chart in _charts(event.practice_id, patients):
        if renewed(chart.groups.contact) != chart.groups.contact:
            _renew(chart.patient_id, renewed)


def _charts(practice: PracticeId, patients: tuple[PatientId, ...]) -> Iterator[OpenChart]:
    """These charts, whether open or closed, and those that they were merged into."""
    seen: set[PatientId] = set()
    ahead = list(patients)
    while ahead:
        patient = ahead.pop()
        if patient in seen:
            continue
        seen.add(patient)
        try:
            chart = open_chart(practice, patient)
        except NotFound:
            continue
        if chart.item.merged_into:
            ahead.append(PatientId(str(chart.item.merged_into)))
        yield chart


def _renew(patient: PatientId, renewed: Callable[[Contact], Contact]) -> None:
    """Repeated while others change the chart in the same moment."""
    actor, now = current_actor(), app.clock.now()

    def write(change: ChartChange, before: OpenChart) -> PatientEvent:
        change.set_groups(replace(before.groups, contact=renewed(before.groups.contact)))
        return patient_event(PatientChanged, actor, now, patient)

    changing(actor, patient, now, None, write)


def keep_what_fails(contact: Contact, before: Contact | None) -> Contact:
    """Only messages find out that nothing arrives; a person may say that it does again.

    A value that is new to the chart begins without the mark.
    """
    known = {(t.system, t.value): t.undeliverable for t in (before.telecoms if before else ())}
    telecoms = [
        telecom.model_copy(
            update={
                "undeliverable": telecom.undeliverable
                and known.get((telecom.system, telecom.value))
            }
        )
        for telecom in contact.telecoms
    ]
    return contact.model_copy(update={"telecoms": telecoms})
