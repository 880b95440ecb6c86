"""Request and answer types of results."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from caresmith.ids import (
    ImportId,
    LabId,
    PatientId,
    ProviderId,
    RawMessageId,
    ReportId,
)
from caresmith.records.clinical.coding import Code, Uri
from caresmith.records.clinical.report import Exception171, Flag, Report
from caresmith.records.practice import Zone
from caresmith.text import Line, Note
from functions.results.records import Format, State

Authority = Annotated[str, StringConstraints(max_length=199)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabSettings(_Closed):
    """A laboratory, or another system that delivers results."""

    name: Line
    zone: Zone
    """Of times that come without an offset."""
    mrn_authorities: tuple[Authority, ...] = Field(default=("",), max_length=20)
    """What the lab writes as the authority of this practice's record numbers (PID-3.4);
    empty for numbers without one."""
    dicomweb: Uri | None = None
    """Where its pictures are: the root of a DICOMweb server."""

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Lab(_Closed):
    lab_id: LabId
    active: bool
    version: int
    settings: LabSettings


class Labs(_Closed):
    labs: list[Lab]


class LabKey(_Closed):
    """Told once: whoever loses the secret makes a new one."""

    lab: Lab
    user: str
    secret: str


class FindingShown(_Closed):
    severity: Literal["E", "W"]
    condition: int
    place: str
    """``OBX[3]-5, line 7``"""
    text: str


class Delivery(_Closed):
    """What became of one message."""

    message_id: RawMessageId
    state: State
    reports: list[ReportId] = []
    outcomes: list[str] = []
    findings: list[FindingShown] = []


class Deliveries(_Closed):
    deliveries: list[Delivery]


class ImportRead(_Closed):
    import_id: ImportId
    lab_id: LabId
    format: Format
    received_at: AwareDatetime
    size: int
    read: int
    """Bytes that are worked through."""
    done: bool
    counts: dict[str, int]
    """Messages by state."""
    remarks: list[str]


class Shown(_Closed):
    """Sealed: what tells an item of the waiting list from others."""

    name: str = ""
    birth_date: dt.date | None = None
    sex: str = ""
    numbers: list[str] = []
    tests: list[str] = []
    flag: Flag = Flag.NORMAL
    findings: list[FindingShown] = []


class Unfiled(_Closed):
    message_id: RawMessageId
    part: int
    version: int
    lab_id: LabId
    reason: str
    arrived_at: AwareDatetime
    shown: Shown


class UnfiledList(_Closed):
    items: list[Unfiled]
    waiting: int
    """All that wait, of which the oldest are shown."""


class RawMessage(_Closed):
    """A message as it came."""

    message_id: RawMessageId
    lab_id: LabId
    format: Format
    received_at: AwareDatetime
    received_by: str
    digest: str
    size: int
    state: State
    text: str
    """Its bytes as UTF-8; those that are not stand as U+FFFD."""
    findings: list[FindingShown]


class Assignment(_Closed):
    patient_id: PatientId
    remember: bool = False
    """Take the lab's number for this patient's from now on."""
    reason: Note
    """How it was found out whose they are."""


class Dismissal(_Closed):
    reason: Note


class InboxEntry(_Closed):
    report_id: ReportId
    patient_id: PatientId
    provider_id: ProviderId | None
    flag: Flag
    status: str
    arrived_at: AwareDatetime


class Inbox(_Closed):
    provider_id: ProviderId | None
    entries: list[InboxEntry]
    more: bool = False
    """Whether others wait behind these."""


class Former(_Closed):
    """What a report said before."""

    version: int
    changed_at: AwareDatetime
    changed_by: str
    report: Report


class ReportRead(_Closed):
    report_id: ReportId
    patient_id: PatientId
    version: int
    recorded_at: AwareDatetime
    changed_at: AwareDatetime
    changed_by: str
    report: Report
    shown_to_patient: bool
    study_link: str | None = None
    """The study at its DICOMweb server."""
    former: list[Former] = []


class Review(_Closed):
    note: Note | None = None


class Withholding(_Closed):
    """A documented exception to the release at once (45 CFR part 171, subpart B)."""

    ground: Exception171
    reason: Note
    until: AwareDatetime


class Forwarding(_Closed):
    provider_id: ProviderId


class TrendRequest(_Closed):
    patient_id: PatientId
    system: Uri = "http://loinc.org"
    code: Code
    unit: Annotated[str, StringConstraints(max_length=40, pattern=r"^[!-~]+$")] | None = None
    """UCUM unit to show the values in; else the unit of the latest value."""


class TrendPoint(_Closed):
    report_id: ReportId
    at: AwareDatetime
    value: float
    comparator: str | None = None
    low: float | None = None
    high: float | None = None
    flags: list[str] = []
    reported: str
    """As the laboratory told it, with its unit."""


class Series(_Closed):
    unit: str
    """UCUM, or the laboratory's own words where ``local``."""
    local: bool = False
    points: list[TrendPoint]


class Trend(_Closed):
    patient_id: PatientId
    code: str
    name: str
    series: list[Series]
    """One for each unit that the others can't be brought to."""
