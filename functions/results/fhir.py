"""FHIR R4 DiagnosticReport as other systems send it: alone with what it contains, or in a Bundle.

Of each resource what a report needs is read, and checked; what else it holds is passed
over (it stays in the kept message). A reference that leads to nothing in what was sent
is an error: this reader asks nobody.

Source: hl7.org/fhir/R4 diagnosticreport, observation, patient, bundle; US Core
DiagnosticReport for laboratory results.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from caresmith.problems import sentence
from caresmith.records.clinical.report import ReportCategory
from functions.results import fhir_observations
from functions.results.fhir_types import (
    DiagnosticReport,
    Identifier,
    ImagingStudy,
    Observation,
    Patient,
    Reference,
    Resource,
    ServiceRequest,
    Specimen,
    as_concept,
)
from functions.results.incoming import (
    Form,
    Identity,
    IncomingReport,
    Observed,
    PatientResults,
    PersonName,
    Study,
)
from functions.results.incoming import Identifier as Number
from functions.results.models import FindingShown

_MOST_ENTRIES: Final = 5_000
_PROBLEM: Final = 102
_REQUIRED: Final = 101
_UNKNOWN: Final = 204
_CATEGORIES: Final = {
    "RAD": ReportCategory.IMAGING,
    "LP29684-5": ReportCategory.IMAGING,
    "CUS": ReportCategory.CARDIOLOGY,
    "LP29708-2": ReportCategory.CARDIOLOGY,
    "PAT": ReportCategory.PATHOLOGY,
    "LP7839-6": ReportCategory.PATHOLOGY,
    "LAB": ReportCategory.LAB,
}
_SEXES: Final = {"male": "M", "female": "F", "other": "O", "unknown": "U"}
_FORMS: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
_OID: Final = "urn:oid:"

Kind = TypeVar("Kind", bound=Resource)


@dataclass(frozen=True)
class FhirReading:
    control_id: str
    patients: tuple[PatientResults, ...]
    findings: tuple[FindingShown, ...]


class _Wrong(Exception):
    """What is wrong where; reading of the message ends."""

    def __init__(self, place: str, text: str, condition: int = _PROBLEM) -> None:
        super().__init__(text)
        self.finding = FindingShown(severity="E", condition=condition, place=place, text=text)


def read_fhir(raw: bytes) -> FhirReading:
    """Never raises for what the message says: with an error among the findings nothing is filed."""
    try:
        return _read(raw)
    except _Wrong as wrong:
        return FhirReading("", (), (wrong.finding,))


def _read(raw: bytes) -> FhirReading:
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        raise _Wrong("message", "is not JSON") from None
    kind = sent.get("resourceType") if isinstance(sent, dict) else None
    if kind == "DiagnosticReport":
        entries = [{"resource": sent}]
        control = sent.get("id")
    elif kind == "Bundle":
        entries = sent.get("entry") or []
        control = (sent.get("identifier") or {}).get("value") or sent.get("id")
    else:
        raise _Wrong("resourceType", "is neither Bundle nor DiagnosticReport", _PROBLEM)
    if not isinstance(entries, list) or len(entries) > _MOST_ENTRIES:
        raise _Wrong("Bundle.entry", "is no list of entries, or holds too many")
    bundle = _Bundle(entries)
    patients = tuple(bundle.results())
    if not patients:
        raise _Wrong("Bundle.entry", "holds no DiagnosticReport", _REQUIRED)
    return FhirReading(str(control or ""), patients, ())


class _Bundle:
    """What was sent, and where each reference leads."""

    def __init__(self, entries: list[Any]) -> None:
        self._reports: list[tuple[str, dict[str, Any]]] = []
        self._known: dict[str, dict[str, Any]] = {}
        for place, entry in enumerate(entries):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if not isinstance(resource, dict):
                continue
            kind, name = resource.get("resourceType"), resource.get("id")
            if entry.get("fullUrl"):
                self._known[str(entry["fullUrl"])] = resource
            if name:
                self._known[f"{kind}/{name}"] = resource
            if kind == "DiagnosticReport":
                self._reports.append((f"Bundle.entry[{place}].resource", resource))

    def results(self) -> Iterator[PatientResults]:
        """Each report with whose it is: reports of one patient are matched one by one."""
        for place, resource in self._reports:
            report = _checked(DiagnosticReport, resource, place)
            find = self._finder(resource, place)
            identity = _identity(report.subject, find, place)
            yield PatientResults(identity, (_report(report, find, place),))

    def _finder(self, around: Mapping[str, Any], place: str) -> Find:
        contained = {
            f"#{one.get('id')}": one
            for one in around.get("contained") or []
            if isinstance(one, dict)
        }

        def find(reference: Reference, kind: type[Kind], field: str) -> Kind:
            found = contained.get(reference.reference) or self._known.get(reference.reference)
            if found is None and "://" in reference.reference:
                found = self._known.get("/".join(reference.reference.split("/")[-2:]))
            if found is None or found.get("resourceType") != kind.resource_type:
                raise _Wrong(f"{place}.{field}", "leads to nothing in what was sent", _UNKNOWN)
            return _checked(kind, found, f"{place}.{field}")

        return find


Find = Callable[[Reference, type[Any], str], Any]
"""Where a reference leads: the resource of that kind. Raises _Wrong."""


def _checked(kind: type[Kind], resource: Mapping[str, Any], place: str) -> Kind:
    try:
        return kind.model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _Wrong(f"{place}.{field}", sentence(first["msg"])) from None


# -- whose ---------------------------------------------------------------------


def _identity(subject: Reference | None, find: Find, place: str) -> Identity:
    if subject is None:
        return Identity()
    if not subject.reference:
        return Identity(identifiers=_numbers([subject.identifier] if subject.identifier else []))
    patient: Patient = find(subject, Patient, "subject")
    birth_date = None
    if patient.birth_date and len(patient.birth_date) == len("2000-01-01"):
        try:
            birth_date = dt.date.fromisoformat(patient.birth_date)
        except ValueError:
            raise _Wrong(f"{place}.subject.birthDate", "is not a date") from None
    return Identity(
        identifiers=_numbers(patient.identifier),
        names=tuple(
            PersonName(family=name.family or "", given=" ".join(name.given))
            for name in patient.name
            if name.family or name.given
        ),
        birth_date=birth_date,
        sex=_SEXES.get(patient.gender or "", ""),
    )


def _numbers(identifiers: list[Identifier]) -> tuple[Number, ...]:
    return tuple(
        Number(
            value=one.value or "",
            authority=one.system or "",
            authority_id=(one.system or "").removeprefix(_OID),
            kind=one.kind,
        )
        for one in identifiers
        if one.value
    )


# -- what ----------------------------------------------------------------------


def _report(report: DiagnosticReport, find: Find, place: str) -> IncomingReport:
    filler = _numbered(report.identifier, "FILL")
    if filler is None:
        raise _Wrong(f"{place}.identifier", "has no identifier (type FILL)", _REQUIRED)
    observed: list[Observed] = []
    for at, reference in enumerate(report.result):
        field = f"result[{at}]"
        found: Observation = find(reference, Observation, field)
        try:
            observed += fhir_observations.observed(found)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            raise _Wrong(f"{place}.{field}", sentence(first["msg"])) from None
    try:
        code = as_concept(report.code)
        specimen = _specimen(report, find)
    except ValidationError:
        raise _Wrong(f"{place}.code", "is not a code of the system it names") from None
    return IncomingReport(
        filler_number=filler.value or "",
        filler_authority=filler.system or "",
        placer_number=_placer(report, find),
        code=code,
        status=report.status,
        category=_category(report),
        collected_at=_instant(report.effective),
        effective=report.effective[:10] if report.effective else None,
        issued=_instant(report.issued),
        performer=next((one.display for one in report.performer if one.display), ""),
        interpreter=next((one.display for one in report.interpreters if one.display), ""),
        specimen=specimen,
        observed=tuple(observed),
        conclusion=report.conclusion or "",
        studies=tuple(_studies(report, find)),
        forms=tuple(_forms(report, place)),
    )


def _numbered(identifiers: list[Identifier], kind: str) -> Identifier | None:
    typed = [one for one in identifiers if one.kind == kind and one.value]
    plain = [one for one in identifiers if one.value and one.kind not in {"FILL", "PLAC"}]
    return next(iter(typed or (plain if kind == "FILL" else [])), None)


def _placer(report: DiagnosticReport, find: Find) -> str:
    for at, reference in enumerate(report.based_on):
        if reference.identifier and reference.identifier.value:
            return reference.identifier.value
        if reference.reference.startswith("#"):
            order: ServiceRequest = find(reference, ServiceRequest, f"basedOn[{at}]")
            number = _numbered(order.identifier, "PLAC") or _numbered(order.identifier, "FILL")
            if number and number.value:
                return number.value
    return (number.value or "") if (number := _numbered(report.identifier, "PLAC")) else ""


def _category(report: DiagnosticReport) -> ReportCategory:
    for category in report.category:
        for coding in category.coding:
            if coding.code in _CATEGORIES:
                return _CATEGORIES[coding.code]
    return ReportCategory.LAB


def _specimen(report: DiagnosticReport, find: Find) -> Any:
    for at, reference in enumerate(report.specimen):
        if reference.reference:
            found: Specimen = find(reference, Specimen, f"specimen[{at}]")
            return as_concept(found.type) if found.type else None
    return None


def _studies(report: DiagnosticReport, find: Find) -> Iterator[Study]:
    for at, reference in enumerate(report.imaging_study):
        number, endpoint, modality = reference.identifier, None, None
        if reference.reference:
            study: ImagingStudy = find(reference, ImagingStudy, f"imagingStudy[{at}]")
            number = next(iter(study.identifier), None)
            modality = study.modality[0].code if study.modality else None
        if number and number.value:
            yield Study(number.value.removeprefix(_OID), endpoint, modality)


def _forms(report: DiagnosticReport, place: str) -> Iterator[Form]:
    for at, form in enumerate(report.presented_form):
        if form.data is None:
            continue
        where = f"{place}.presentedForm[{at}]"
        magic = _FORMS.get(form.content_type or "")
        if magic is None and form.content_type != "text/plain":
            raise _Wrong(where, "is neither a PDF, a PNG, a JPEG nor plain text")
        try:
            data = b64decode(form.data, validate=True)
        except ValueError:
            raise _Wrong(where, "the data are not Base64") from None
        if magic and not data.startswith(magic):
            raise _Wrong(where, "is not what its contentType says")
        yield Form(form.content_type or "text/plain", data, form.title or "")


def _instant(text: str | None) -> dt.datetime | None:
    if not text or "T" not in text:
        return None
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
