"""What results keep beside the chart's entries, all in the ``clinical`` table.

==============================  =====================================  ======================
 access                          pk                                     sk
==============================  =====================================  ======================
 the practice's laboratories     ``<practice>#labs``                    ``<lab>``
 what a lab calls a patient      ``<practice>#lab-patient#<token>``     ``link``
 messages of a day, as they      ``<practice>#raw#<yyyy-mm-dd>``        ``<message>``
   came (the id tells the day)
 what waits for a person         ``<practice>#unfiled``                 ``<message>#<part>``
   (one query; counted)
 which message of these bytes    ``<practice>#unfiled#<lab>#<digest>``  ``<part>``
   waits, so that one does
 a report: in whose chart it     ``<practice>#report#<report>``         ``filed``
   is, where it is to be seen
 what it has taken already       same                                   ``seen#<digest>``
 a provider's inbox (one         ``<practice>#inbox#<provider>``        ``<urgency>#<report>``
   query; counted)                or ``#nobody``
 a file of messages              ``<practice>#import#<import>``         ``import``
==============================  =====================================  ======================

What a message says is sealed, in the bucket; an item of the waiting list has sealed
what tells it from others. In clear lie ids, times, counts, reasons by code, and how
urgent a report is: whoever reads the table without keys learns how many results a
chart got, when, from which laboratory, and whether one of them was abnormal.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from ulid import ULID

from caresmith.ids import ImportId, LabId, PatientId, PracticeId, ProviderId, RawMessageId, ReportId
from caresmith.tables import ClinicalItem

FILED: Final = "filed"
LINK: Final = "link"
IMPORT: Final = "import"
NOBODY: Final = "nobody"


class Format(StrEnum):
    """In which language a message is written."""

    HL7V2 = "hl7v2"
    FHIR = "fhir"


class State(StrEnum):
    """What has become of a message."""

    RECEIVED = "received"
    """Kept, and not yet worked through: for a moment, or because something broke."""
    FILED = "filed"
    """All of it stands in charts."""
    WAITING = "waiting"
    """Some of it waits for a person."""
    GARBLED = "garbled"
    REFUSED = "refused"
    """No results at all: another kind of message."""
    REPEATED = "repeated"
    """The very same message waits already."""
    DISMISSED = "dismissed"
    """A person has said that it is not to be filed."""


class LabItem(ClinicalItem, discriminator="lab"):
    lab_id = UnicodeAttribute()
    settings = UnicodeAttribute()
    """:class:`functions.results.models.LabSettings` as JSON: nobody's data."""
    active = BooleanAttribute(default=True)
    created_at = UnicodeAttribute()
    version = VersionAttribute()


class LinkItem(ClinicalItem, discriminator="lab-patient"):
    """A lab's own number of a patient, as a person has once matched it."""

    patient_id = UnicodeAttribute()
    linked_by = UnicodeAttribute()
    linked_at = UnicodeAttribute()


class RawItem(ClinicalItem, discriminator="raw-message"):
    """That a message came. Its bytes lie sealed in the bucket under its id."""

    message_id = UnicodeAttribute()
    lab_id = UnicodeAttribute()
    format = UnicodeAttribute()
    received_at = UnicodeAttribute()
    received_by = UnicodeAttribute()
    digest = UnicodeAttribute()
    """SHA-256 of the bytes."""
    size = NumberAttribute()
    state = UnicodeAttribute()
    import_id = UnicodeAttribute(null=True)
    line = NumberAttribute(null=True)
    """Its first line in the imported file."""
    report_ids = ListAttribute(of=UnicodeAttribute, default=list)
    outcomes = ListAttribute(of=UnicodeAttribute, default=list)
    """What became of each report: :class:`functions.results.filing.Outcome`."""
    findings = JSONAttribute(null=True)
    """What was wrong where: places and sentences without values."""


class UnfiledItem(ClinicalItem, discriminator="unfiled"):
    """What waits for a person: results of an unknown patient, or a garbled message."""

    message_id = UnicodeAttribute()
    part = NumberAttribute()
    """Which of the message's patients; -1 for the message as a whole."""
    lab_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    arrived_at = UnicodeAttribute()
    shown = BinaryAttribute(legacy_encoding=False)
    version = VersionAttribute()


class WaitsItem(ClinicalItem, discriminator="unfiled-once"):
    """Which message waits for all that are the same to the byte."""

    message_id = UnicodeAttribute()


class FiledItem(ClinicalItem, discriminator="filed-report"):
    """Which chart has the report, and where it waits to be reviewed."""

    report_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    inbox = UnicodeAttribute(null=True)
    """The provider's partition of the inbox in which it stands."""
    inbox_key = UnicodeAttribute(null=True)
    changes = NumberAttribute()


class SeenItem(ClinicalItem, discriminator="seen-report"):
    """A message's part that this report has taken, so that it is taken once."""

    message_id = UnicodeAttribute()
    outcome = UnicodeAttribute()
    seen_at = UnicodeAttribute()


class InboxItem(ClinicalItem, discriminator="result-inbox"):
    report_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    provider_id = UnicodeAttribute(null=True)
    flag = UnicodeAttribute()
    status = UnicodeAttribute()
    arrived_at = UnicodeAttribute()


class ImportItem(ClinicalItem, discriminator="result-import"):
    """How far a file has been worked through."""

    import_id = UnicodeAttribute()
    lab_id = UnicodeAttribute()
    format = UnicodeAttribute()
    received_at = UnicodeAttribute()
    received_by = UnicodeAttribute()
    digest = UnicodeAttribute()
    size = NumberAttribute()
    offset = NumberAttribute(default=0)
    """The first byte that is still to be read."""
    line = NumberAttribute(default=1)
    counts = JSONAttribute(default=dict)
    """Messages by state."""
    remarks = ListAttribute(of=UnicodeAttribute, default=list)
    """What the file's own counts (BTS, FTS) do not agree with."""
    done = BooleanAttribute(default=False)
    version = VersionAttribute()


def labs_key(practice: PracticeId) -> str:
    return f"{practice}#labs"


def link_key(practice: PracticeId, token: str) -> str:
    return f"{practice}#lab-patient#{token}"


def raw_key(practice: PracticeId, message: RawMessageId) -> str:
    """The partition of the day on which the message came, which its id tells."""
    day = ULID.from_str(message.partition("_")[2]).datetime.date()
    return f"{practice}#raw#{day.isoformat()}"


def unfiled_key(practice: PracticeId) -> str:
    return f"{practice}#unfiled"


def unfiled_sort_key(message: RawMessageId, part: int) -> str:
    return f"{message}#{part}"


def waits_key(practice: PracticeId, item: RawItem) -> str:
    return f"{practice}#unfiled#{item.lab_id}#{item.digest}"


def report_key(practice: PracticeId, report: ReportId) -> str:
    return f"{practice}#report#{report}"


def seen_key(digest: str) -> str:
    return f"seen#{digest}"


def inbox_key(practice: PracticeId, provider: ProviderId | None) -> str:
    return f"{practice}#inbox#{provider or NOBODY}"


def import_key(practice: PracticeId, import_id: ImportId) -> str:
    return f"{practice}#import#{import_id}"


def lab_of(item: RawItem | UnfiledItem | ImportItem) -> LabId:
    return LabId(item.lab_id)


def patient_of(item: FiledItem | InboxItem) -> PatientId:
    return PatientId(item.patient_id)
