"""How the sample practice reminds and writes, and who was there when last.

Its numbers are of the range 555-0100 to 555-0199, which is nobody's.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from caresmith.ids import PatientId, PracticeId
from caresmith.messages.records import SenderRecord, sender_key
from caresmith.messages.settings import (
    MessagingSettings,
    Recall,
    SettingsRecord,
    WaitlistRules,
    forget_settings,
    settings_key,
)
from caresmith.records.contact import Channel
from functions.reminders.last_visits import FULFILLED, last_visits_key, month_key
from functions.reminders.planning import local_day
from functions.reminders.records import LastVisitRecord, LastVisitsRecord
from functions.scheduling.models import Visit
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.premises import PLACES

_NUMBER: Final = "+13125550199"
_ADDRESS: Final = "frontdesk@lakeshore.example.org"

SETTINGS: Final = MessagingSettings(
    sms_number=_NUMBER,
    email_from=_ADDRESS,
    callback_phone="(312) 555-0100",
    waitlist=WaitlistRules(),
    recalls=(
        Recall(
            key="wellness",
            name="annual wellness visit",
            after_days=335,
            type_ids=(TYPES["physical"].id,),
        ),
        Recall(
            key="skin",
            name="skin check",
            after_days=180,
            type_ids=(TYPES["skin"].id, TYPES["derm"].id),
        ),
    ),
)
_SENDERS: Final = ((Channel.SMS, _NUMBER), (Channel.EMAIL, _ADDRESS))


def write_messaging(bulk: Bulk, practice: PracticeId) -> None:
    """The settings, and that the practice sends from its number and address."""
    bulk.add(SettingsRecord(*settings_key(practice), body=SETTINGS.model_dump_json()))
    for channel, address in _SENDERS:
        bulk.add(
            SenderRecord(sender_key(address), "sender", practice_id=practice, channel=str(channel))
        )
    forget_settings(practice)


def remove_messaging(practice: PracticeId) -> None:
    """What of it lies under no key of the practice's own."""
    for _, address in _SENDERS:
        SenderRecord(sender_key(address), "sender").delete()
    forget_settings(practice)


def write_last_visits(bulk: Bulk, practice: PracticeId, tales: list[Tale]) -> None:
    """Each patient's last fulfilled visit of each kind, as reminders keeps it for recalls."""
    last: dict[PatientId, dict[str, Visit]] = {}
    for tale in sorted(tales, key=lambda tale: tale.visit.start):
        if tale.visit.status == FULFILLED:
            for patient in tale.visit.patient_ids:
                last.setdefault(patient, {})[tale.visit.type_id] = tale.visit
    for patient, by_kind in last.items():
        days = {kind: _day(visit) for kind, visit in by_kind.items()}
        known = {kind: [days[kind], visit.appointment_id] for kind, visit in by_kind.items()}
        bulk.add(LastVisitsRecord(*last_visits_key(practice, patient), visits=known))
        for kind, visit in by_kind.items():
            bulk.add(
                LastVisitRecord(
                    month_key(practice, days[kind][:7]),
                    f"{kind}#{patient}",
                    patient_id=patient,
                    type_id=kind,
                    appointment_id=visit.appointment_id,
                    location_id=visit.location_id,
                    day=days[kind],
                )
            )


_ZONES: Final = {place.id: ZoneInfo(place.zone) for place in PLACES.values()}


def _day(visit: Visit) -> str:
    return local_day(visit.start, _ZONES[visit.location_id])
