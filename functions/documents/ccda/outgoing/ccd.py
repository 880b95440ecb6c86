"""A chart as a Continuity of Care Document (C-CDA R2.1, 2.16.840.1.113883.10.20.22.1.2)."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.records.contact import Address, Telecom, TelecomSystem, TelecomUse
from caresmith.records.demographics import Ethnicity, Gender, Race
from caresmith.records.patient import Chart
from caresmith.records.practice import Location, Practice
from functions.documents.ccda.outgoing.building import SDTC, add, identifier, moment, root, template
from functions.documents.ccda.outgoing.sections import SECTIONS

_NPI: Final = "2.16.840.1.113883.4.6"
_GENDERS: Final = {Gender.MALE: "M", Gender.FEMALE: "F"}
_RACE_SYSTEM: Final = "2.16.840.1.113883.6.238"
_NULLS: Final = frozenset({"ASKU", "UNK"})


@dataclass(frozen=True)
class Summary:
    """What goes into the document."""

    document: str
    """The document's own id."""
    chart: Chart
    practice: Practice
    location: Location | None
    at: dt.datetime
    entries: Mapping[Kind, Sequence[tuple[str, Content]]]
    """By kind: the entries' ids and contents, in the order in which they are shown."""


def ccd(summary: Summary) -> str:
    """The document as XML text."""
    document = root("ClinicalDocument")
    _opening(document, summary)
    _record_target(document, summary)
    _author(document, summary)
    _custodian(document, summary)
    _service_event(document, summary)
    body = add(add(document, "component"), "structuredBody")
    for kind, section in SECTIONS.items():
        section(add(add(body, "component"), "section"), summary.entries.get(kind, ()))
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declared + ET.tostring(document, encoding="unicode")


def _opening(document: ET.Element, summary: Summary) -> None:
    add(document, "realmCode", code="US")
    add(document, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    template(document, "2.16.840.1.113883.10.20.22.1.1", "2015-08-01")
    template(document, "2.16.840.1.113883.10.20.22.1.2", "2015-08-01")
    identifier(document, summary.document)
    add(
        document,
        "code",
        code="34133-9",
        codeSystem="2.16.840.1.113883.6.1",
        codeSystemName="LOINC",
        displayName="Summarization of Episode Note",
    )
    add(document, "title", "Continuity of Care Document")
    add(document, "effectiveTime", value=moment(summary.at))
    add(document, "confidentialityCode", code="N", codeSystem="2.16.840.1.113883.5.25")
    add(document, "languageCode", code="en-US")


def _record_target(document: ET.Element, summary: Summary) -> None:
    chart = summary.chart
    role = add(add(document, "recordTarget"), "patientRole")
    identifier(role, summary.practice.id, chart.identifiers.mrn)
    _addresses(role, chart.contact.addresses)
    _telecoms(role, chart.contact.telecoms)
    facts = chart.demographics
    patient = add(role, "patient")
    main = facts.main_name()
    name = add(patient, "name", use="L")
    if main.prefix:
        add(name, "prefix", main.prefix)
    for given in main.given:
        add(name, "given", given)
    add(name, "family", main.family or "")
    if main.suffix:
        add(name, "suffix", main.suffix)
    add(
        patient,
        "administrativeGenderCode",
        code=_GENDERS.get(facts.gender, "UN"),
        codeSystem="2.16.840.1.113883.5.1",
    )
    add(patient, "birthTime", value=facts.birth_date.strftime("%Y%m%d"))
    _races(patient, facts.race)
    _ethnicity(patient, facts.ethnicity)
    if facts.language:
        language = add(patient, "languageCommunication")
        add(language, "languageCode", code=facts.language)
        add(language, "preferenceInd", value="true")


def _races(patient: ET.Element, races: Sequence[Race]) -> None:
    coded = [race for race in races if race not in _NULLS]
    if not coded:
        add(patient, "raceCode", nullFlavor="ASKU" if Race.DECLINED in races else "UNK")
        return
    add(patient, "raceCode", code=coded[0], codeSystem=_RACE_SYSTEM)
    for race in coded[1:]:
        ET.SubElement(patient, f"{SDTC}raceCode", {"code": race, "codeSystem": _RACE_SYSTEM})


def _ethnicity(patient: ET.Element, ethnicity: Ethnicity | None) -> None:
    if ethnicity is None or ethnicity in _NULLS:
        add(patient, "ethnicGroupCode", nullFlavor=ethnicity or "UNK")
    else:
        add(patient, "ethnicGroupCode", code=ethnicity, codeSystem=_RACE_SYSTEM)


def _addresses(parent: ET.Element, addresses: Sequence[Address]) -> None:
    if not addresses:
        add(parent, "addr", nullFlavor="UNK")
    for address in addresses:
        element = add(parent, "addr", use="HP" if address.use == "home" else "WP")
        for line in address.lines:
            add(element, "streetAddressLine", line)
        add(element, "city", address.city)
        if address.state:
            add(element, "state", address.state)
        if address.postal_code:
            add(element, "postalCode", address.postal_code)
        add(element, "country", address.country)


_USES: Final = {TelecomUse.HOME: "HP", TelecomUse.WORK: "WP", TelecomUse.MOBILE: "MC"}


def _telecoms(parent: ET.Element, telecoms: Sequence[Telecom]) -> None:
    current = [t for t in telecoms if t.use is not TelecomUse.OLD]
    if not current:
        add(parent, "telecom", nullFlavor="UNK")
    for telecom in current:
        scheme = "tel" if telecom.system is TelecomSystem.PHONE else "mailto"
        use = {"use": _USES[telecom.use]} if telecom.use in _USES else {}
        add(parent, "telecom", None, value=f"{scheme}:{telecom.value}", **use)


def _author(document: ET.Element, summary: Summary) -> None:
    author = add(document, "author")
    add(author, "time", value=moment(summary.at))
    assigned = add(author, "assignedAuthor")
    identifier(assigned, summary.practice.id)
    _place(assigned, summary.location)
    device = add(assigned, "assignedAuthoringDevice")
    add(device, "manufacturerModelName", "Caresmith")
    add(device, "softwareName", "Caresmith")
    _organization(add(assigned, "representedOrganization"), summary)


def _custodian(document: ET.Element, summary: Summary) -> None:
    assigned = add(add(document, "custodian"), "assignedCustodian")
    _organization(add(assigned, "representedCustodianOrganization"), summary)


def _organization(element: ET.Element, summary: Summary) -> None:
    if summary.practice.npi:
        add(element, "id", root=_NPI, extension=summary.practice.npi)
    identifier(element, summary.practice.id)
    add(element, "name", summary.practice.name)
    _reached(element, summary.location)
    _place(element, summary.location, telecom=False)


def _place(element: ET.Element, location: Location | None, *, telecom: bool = True) -> None:
    if location is not None and location.address_lines:
        address = add(element, "addr", use="WP")
        for line in location.address_lines:
            add(address, "streetAddressLine", line)
    else:
        add(element, "addr", nullFlavor="UNK")
    if telecom:
        _reached(element, location)


def _reached(element: ET.Element, location: Location | None) -> None:
    if location is not None and location.phone:
        add(element, "telecom", use="WP", value=f"tel:{location.phone}")
    else:
        add(element, "telecom", nullFlavor="UNK")


def _service_event(document: ET.Element, summary: Summary) -> None:
    """The care that this document sums up: all there is until now."""
    event = add(add(document, "documentationOf"), "serviceEvent", classCode="PCPR")
    effective = add(event, "effectiveTime")
    born = summary.chart.demographics.birth_date
    add(effective, "low", value=born.strftime("%Y%m%d"))
    add(effective, "high", value=moment(summary.at))
