"""ORU^R01: whose results they are, which order they answer, and what was observed.

    MSH { [PID [NTE] [PV1]] { [ORC] OBR [NTE] { OBX [NTE] } { SPM { OBX } } } }

HL7 v2.5.1, 7.3.1. Segments that are not named here are passed over, as 2.10.2 asks.
By the standard an OBX behind an SPM is about the specimen; labs put results there as
well, so both are read as results: one too many is seen by a person, one too few is not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from caresmith.records.clinical.report import ReportCategory, ReportStatus
from functions.results.hl7 import observations
from functions.results.hl7.codes import REPORT_STATUSES, SECTIONS, concept
from functions.results.hl7.findings import (
    Condition,
    Finding,
    Severity,
    Unreadable,
)
from functions.results.hl7.grouping import Group, Grouping
from functions.results.hl7.segments import Composite, Segment, split
from functions.results.hl7.stamps import instant_of, read_date, read_stamp
from functions.results.incoming import (
    Identifier,
    Identity,
    IncomingReport,
    Observed,
    PatientResults,
    PersonName,
)

MESSAGE: Final = ("ORU", "R01")
_VERSIONS: Final = re.compile(r"2\.[1-9](\.[12])?")
_SEXES: Final = {"F", "M", "O", "U", "A", "N", ""}
_MOST_NOTE: Final = 20_000


@dataclass(frozen=True)
class Header:
    """MSH, as far as it was readable."""

    control_id: str = ""
    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    message_type: str = ""
    trigger: str = ""
    version: str = ""
    processing_id: str = ""
    sent_at: dt.datetime | None = None


@dataclass(frozen=True)
class Oru:
    header: Header
    patients: tuple[PatientResults, ...]
    findings: tuple[Finding, ...]
    """Errors and warnings in the order of the message."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def refused(self) -> bool:
        """Whether it is no message for us at all, which asking again would not change."""
        return any(
            Condition.MESSAGE_TYPE <= one.condition <= Condition.VERSION for one in self.errors
        )


def read_oru(raw: bytes, zone: dt.tzinfo) -> Oru:
    """Read one message. ``zone`` is the lab's, for times without an offset.

    Never raises for what a message says: what is wrong are findings, and with an
    error among them nothing of it may be filed.
    """
    try:
        segments = split(raw)
    except Unreadable as error:
        return Oru(Header(), (), (error.finding,))
    return _Reading(segments, zone).read()


class _Reading:
    def __init__(self, segments: Sequence[Segment], zone: dt.tzinfo) -> None:
        self._segments, self._zone = segments, zone
        self._findings: list[Finding] = []

    def read(self) -> Oru:
        header = self._header(self._segments[0])
        patients: list[PatientResults] = []
        if not self._findings:
            patients = self._patients()
            if not patients and not self._findings:
                self._error(Condition.SEQUENCE, self._segments[0], None, "has no OBR")
        order = sorted(self._findings, key=lambda one: one.place.line)
        return Oru(header, tuple(patients), tuple(order))

    # -- findings -----------------------------------------------------------

    def _note(
        self, severity: Severity, condition: Condition, at: Segment, number: int | None, text: str
    ) -> None:
        self._findings.append(Finding(severity, condition, at.place(number), text))

    def _error(self, condition: Condition, at: Segment, number: int | None, text: str) -> None:
        self._note(Severity.ERROR, condition, at, number, text)

    def _warn(self, condition: Condition, at: Segment, number: int | None, text: str) -> None:
        self._note(Severity.WARNING, condition, at, number, text)

    # -- the header ---------------------------------------------------------

    def _header(self, msh: Segment) -> Header:
        header = Header(
            control_id=msh.text(10)[:199],
            sending_application=msh.text(3),
            sending_facility=msh.text(4),
            receiving_application=msh.text(5),
            receiving_facility=msh.text(6),
            message_type=msh.text(9),
            trigger=msh.text(9, 2),
            version=msh.text(12),
            processing_id=msh.text(11),
            sent_at=self._instant(msh, 7),
        )
        # A time that can't be read is no reason to refuse results.
        self._findings.clear()
        if not header.control_id:
            self._error(Condition.REQUIRED, msh, 10, "has no message control id")
        if header.message_type != MESSAGE[0]:
            self._error(Condition.MESSAGE_TYPE, msh, 9, "is not ORU")
        elif header.trigger != MESSAGE[1]:
            self._error(Condition.EVENT, msh, 9, "is not R01")
        if not _VERSIONS.fullmatch(header.version):
            self._error(Condition.VERSION, msh, 12, "is no version 2.x")
        if header.processing_id not in {"P", "D", "T"}:
            self._error(Condition.PROCESSING, msh, 11, "is neither P, D nor T")
        return header

    # -- groups -------------------------------------------------------------

    def _patients(self) -> list[PatientResults]:
        grouping = Grouping()
        for segment in self._segments[1:]:
            if not grouping.add(segment):
                self._error(Condition.SEQUENCE, segment, None, "stands before any OBR")
        return [
            PatientResults(
                self._identity(pid) if pid is not None else Identity(), self._reports(groups)
            )
            for pid, groups in grouping.patients
            if groups
        ]

    def _reports(self, groups: list[Group]) -> tuple[IncomingReport, ...]:
        reports: list[IncomingReport] = []
        taken: dict[str, int] = {}
        for group in groups:
            report = self._report(group)
            if report is None:
                continue
            # The same panel twice under one number: told apart by its place.
            taken[report.key] = taken.get(report.key, 0) + 1
            if taken[report.key] > 1:
                report = replace(report, parent=f"{report.parent}#{taken[report.key]}")
            reports.append(report)
        return tuple(reports)

    # -- PID ----------------------------------------------------------------

    def _identity(self, pid: Segment) -> Identity:
        birth_date = None
        if pid.text(7):
            try:
                birth_date = read_date(pid.text(7))
            except ValueError:
                self._warn(Condition.DATA_TYPE, pid, 7, "is not a date to the day")
        sex = pid.text(8).upper()
        if sex not in _SEXES:
            self._warn(Condition.TABLE_VALUE, pid, 8, "is no code of table 0001")
            sex = ""
        return Identity(
            identifiers=tuple(
                _identifier(one)
                for number in (3, 2, 4)
                for one in pid.repetitions(number)
                if one.text()
            ),
            names=tuple(
                PersonName(family=one.text(1), given=" ".join((one.text(2), one.text(3))).strip())
                for one in pid.repetitions(5)
            ),
            birth_date=birth_date,
            sex=sex,
        )

    # -- OBR ----------------------------------------------------------------

    def _report(self, group: Group) -> IncomingReport | None:
        obr, orc = group.obr, group.orc
        filler = self._number(obr, 3, orc)
        if not filler[0]:
            self._error(Condition.REQUIRED, obr, 3, "has no filler order number")
        if not obr.first(4):
            self._error(Condition.REQUIRED, obr, 4, "does not say which test it is")
            return None
        code = concept(obr.first(4))
        if code.ill_formed:
            self._warn(Condition.DATA_TYPE, obr, 4, "is not a code of the system it names")
        observed = self._observed(group)
        status = self._status(obr, observed)
        if status is None or not filler[0]:
            return None
        return IncomingReport(
            placer_number=self._number(obr, 2, orc)[0],
            filler_number=filler[0],
            filler_authority=filler[1],
            parent=obr.raw(26),
            code=code.concept,
            status=status,
            category=SECTIONS.get(obr.text(24), ReportCategory.LAB),
            collected_at=self._instant(obr, 7),
            effective=self._day(obr, 7),
            issued=self._instant(obr, 22),
            orderer_ids=_persons(obr, 16) + (_persons(orc, 12) if orc else ()),
            interpreter=_person_name(obr.first(32)),
            specimen=observations.specimen(group.specimen, obr),
            observed=observed,
            conclusion="\n".join(group.notes)[:_MOST_NOTE],
            studies=observations.studies([segment for segment, _ in group.observed], group.studies),
        )

    def _number(self, obr: Segment, number: int, orc: Segment | None) -> tuple[str, str]:
        """A placer or filler number with its authority: of the OBR, else of the ORC."""
        own = obr.text(number), obr.text(number, 2)
        ordered = (orc.text(number), orc.text(number, 2)) if orc else ("", "")
        if own[0] and ordered[0] and own[0] != ordered[0]:
            self._warn(Condition.DATA_TYPE, obr, number, "differs from the ORC before it")
        return own if own[0] else ordered

    def _status(self, obr: Segment, observed: Sequence[Observed]) -> ReportStatus | None:
        given = obr.text(25)
        if given:
            status = REPORT_STATUSES.get(given)
            if status is None:
                self._error(Condition.TABLE_VALUE, obr, 25, "is no status of table 0123")
            return status
        self._warn(Condition.REQUIRED, obr, 25, "is missing; taken from the OBX-11")
        settled = observed and all(one.settled for one in observed)
        return ReportStatus.FINAL if settled else ReportStatus.PRELIMINARY

    def _observed(self, group: Group) -> tuple[Observed, ...]:
        read = observations.ObservationReader(self._zone, self._findings)
        found = tuple(
            one for obx, notes in group.observed if (one := read.read(obx, notes)) is not None
        )
        if len(found) > observations.MOST:
            text = f"more than {observations.MOST} OBX behind it"
            self._error(Condition.TOO_LONG, group.obr, None, text)
        return found

    # -- times --------------------------------------------------------------

    def _instant(self, segment: Segment, number: int) -> dt.datetime | None:
        stamp = self._stamp(segment, number)
        return instant_of(stamp) if stamp else None

    def _day(self, segment: Segment, number: int) -> str | None:
        """The day, in the lab's own zone."""
        stamp = self._read(segment, number, lambda _: None)
        return stamp[:10] if stamp else None

    def _stamp(self, segment: Segment, number: int) -> str | None:
        def complain(text: str) -> None:
            self._warn(Condition.DATA_TYPE, segment, number, text)

        return self._read(segment, number, complain)

    def _read(self, segment: Segment, number: int, complain: Callable[[str], None]) -> str | None:
        text = segment.text(number)
        if not text:
            return None
        try:
            return read_stamp(text, self._zone)
        except ValueError:
            complain("is not a date or time")
            return None


def _identifier(field: Composite) -> Identifier:
    """A CX: number ^ check digit ^ scheme ^ authority (name & id & kind) ^ type."""
    return Identifier(
        value=field.text(1),
        authority=field.text(4, 1),
        authority_id=field.text(4, 2),
        kind=field.text(5),
    )


def _persons(segment: Segment, number: int) -> tuple[str, ...]:
    """The ids of the persons (XCN) in a field."""
    return tuple(one.text(1) for one in segment.repetitions(number) if one.text(1))


def _person_name(field: Composite) -> str:
    """``Ann Smith`` of an NDL, whose first component holds the name's parts."""
    family, given = field.text(1, 2), field.text(1, 3)
    return " ".join(part for part in (given, family) if part)[:200]
