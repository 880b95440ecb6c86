"""Reading a kept message, in whichever language it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.results.hl7.acks import Acknowledgment
from functions.results.hl7.findings import Finding, Severity
from functions.results.hl7.oru import Header, read_oru
from functions.results.incoming import PatientResults
from functions.results.models import FindingShown, LabSettings
from functions.results.records import Format


@dataclass(frozen=True)
class Reading:
    """What a message says."""

    control_id: str
    patients: tuple[PatientResults, ...]
    findings: tuple[FindingShown, ...] = ()
    refused: bool = False
    """Another kind of message than results."""
    header: Header = field(default_factory=Header)
    hl7_findings: tuple[Finding, ...] = ()

    @property
    def garbled(self) -> bool:
        return any(one.severity == Severity.ERROR.value for one in self.findings)

    @property
    def acknowledgment(self) -> Acknowledgment:
        if self.refused:
            return Acknowledgment.REJECT
        return Acknowledgment.ERROR if self.garbled else Acknowledgment.ACCEPT


def read(raw: bytes, language: Format, settings: LabSettings) -> Reading:
    """Never raises for what the message says."""
    if language is Format.FHIR:
        from functions.results.fhir import read_fhir

        bundle = read_fhir(raw)
        return Reading(bundle.control_id, bundle.patients, bundle.findings)
    oru = read_oru(raw, settings.zone_info)
    return Reading(
        control_id=oru.header.control_id,
        patients=oru.patients,
        findings=tuple(_shown(one) for one in oru.findings),
        refused=oru.refused,
        header=oru.header,
        hl7_findings=oru.findings,
    )


def _shown(finding: Finding) -> FindingShown:
    return FindingShown(
        severity=finding.severity.value,
        condition=int(finding.condition),
        place=str(finding.place),
        text=finding.text,
    )
