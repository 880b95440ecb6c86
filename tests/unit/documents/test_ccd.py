"""A chart goes out as a CCD and comes back in as the same chart."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from caresmith.ids import DocumentId, EntityId, PatientId, PracticeId
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.report import Report
from caresmith.records.contact import Address, Telecom
from caresmith.records.demographics import Contact, Demographics, HumanName, Race, Relations
from caresmith.records.patient import Chart, ChartStatus, Identifiers
from caresmith.records.practice import Practice
from functions.documents.ccda.incoming import entries, reading
from functions.documents.ccda.incoming.header import header
from functions.documents.ccda.outgoing.ccd import Summary, ccd
from tests.support.clinical import full_chart

NOW = dt.datetime(2026, 4, 1, 9, 0, tzinfo=dt.UTC)


def chart(**facts: Any) -> Chart:
    patient = PatientId.new()
    return Chart(
        patient_id=patient,
        status=ChartStatus.ACTIVE,
        merged_into=None,
        version=1,
        identifiers=Identifiers(mrn="100042"),
        demographics=Demographics.model_validate(
            {
                "names": [{"given": ["Zoë", "M"], "family": "Nuñez & Söhne", "suffix": "Jr"}],
                "birth_date": "1961-07-23",
                "gender": "female",
                "race": ["2106-3", "1002-5"],
                "ethnicity": "2186-5",
                "language": "es-US",
                **facts,
            }
        ),
        contact=Contact(
            addresses=[
                Address(lines=["9 Marzipan Lane"], city="Chicago", state="IL", postal_code="60601")
            ],
            telecoms=[Telecom.model_validate({"system": "phone", "value": "+13125550177"})],
        ),
        relations=Relations(),
    )


def summary(contents: dict[Kind, list[Content]], person: Chart | None = None) -> Summary:
    practice = PracticeId.new()
    return Summary(
        document=DocumentId.new(),
        chart=person or chart(),
        practice=Practice(id=practice, name="Lakeside Family", zone="America/Chicago"),
        location=None,
        at=NOW,
        entries={
            kind: [(_id(content), content) for content in found] for kind, found in contents.items()
        },
    )


def _id(content: Content) -> EntityId:
    return content.id_type.new()


def read_back(xml: str) -> dict[Kind, list[Content]]:
    found: dict[Kind, list[Content]] = {}
    for one in entries.found(reading.document(xml.encode())):
        assert one.content is not None, one
        found.setdefault(one.kind, []).append(one.content)
    return found


def test_the_chart_that_goes_out_is_the_chart_that_comes_in() -> None:
    contents = full_chart()
    back = read_back(ccd(summary(contents)))
    # Social history is written, and not taken from outside.
    assert back.keys() == contents.keys() - {Kind.SOCIAL_HISTORY}
    for kind, found in back.items():
        for ours, theirs in zip(contents[kind], found, strict=True):
            assert _said(theirs) == _said(ours)


def _said(content: Content) -> Any:
    """What a reader elsewhere must find again, in whatever words."""
    said = content.model_dump(mode="json", exclude_none=True)
    for name in ("note", "primary_source", "reported", "flag", "effective", "verification"):
        said.pop(name, None)
    for one in (*said.get("observations", ()), *said.get("measurements", ())):
        _as_told(one)
    if said.get("sig"):
        said["sig"] = " ".join(said["sig"].split())
    return _codes_only(said)


def _as_told(observation: dict[str, Any]) -> None:
    observation.pop("at", None)
    if observation.get("low") and not observation.get("range"):
        observation["range"] = f"{observation['low']} - {observation['high']}"
    if "local" in observation:
        local = observation.pop("local")
        observation["text"] = f"{local['value']} {local['unit']}"


def _codes_only(node: Any) -> Any:
    """A concept by its codes and words."""
    if isinstance(node, dict):
        if "codings" in node:
            codes = sorted((c["system"], c["code"]) for c in node["codings"])
            return codes or node.get("text")
        return {name: _codes_only(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_codes_only(value) for value in node]
    return node


def test_the_header_says_whose_it_is() -> None:
    told = header(reading.document(ccd(summary({})).encode()))
    assert told.given == ("Zoë", "M")
    assert told.family == "Nuñez & Söhne"
    assert told.birth_date == "1961-07-23"
    assert told.gender == "F"
    assert told.written == NOW
    assert told.author == "Lakeside Family"


def test_an_empty_chart_says_of_each_section_that_nothing_is_known() -> None:
    root = reading.document(ccd(summary({})).encode())
    sections = list(root.iter(f"{reading.V3}section"))
    assert len(sections) == 8
    assert all(section.get("nullFlavor") == "NI" for section in sections)
    assert entries.found(root) == []


def test_each_entry_refers_to_words_that_stand_in_its_narrative() -> None:
    root = reading.document(ccd(summary(full_chart())).encode())
    for section in root.iter(f"{reading.V3}section"):
        text = section.find(f"{reading.V3}text")
        assert text is not None
        ids = {element.get("ID") for element in text.iter()} - {None}
        used = {
            ref.get("value", "").removeprefix("#")
            for entry in section.iter(f"{reading.V3}entry")
            for ref in entry.iter(f"{reading.V3}reference")
        }
        assert used == ids


def test_ids_are_unique_and_the_same_each_time() -> None:
    one = summary(full_chart())

    def ids(xml: str) -> list[tuple[str | None, str | None]]:
        root = ET.fromstring(xml)
        return [
            (e.get("root"), e.get("extension"))
            for entry in root.iter(f"{reading.V3}entry")
            for e in entry.iter(f"{reading.V3}id")
        ]

    first = ids(ccd(one))
    assert first == ids(ccd(one))
    assert len(first) == len(set(first))


@pytest.mark.parametrize(
    "facts",
    [
        {"race": [], "ethnicity": None, "language": None},
        {"race": [Race.DECLINED], "ethnicity": "ASKU"},
        {"names": [{"given": ["Cher"]}], "gender": "unknown"},
        {"names": [HumanName(family="Wang").model_dump()]},
    ],
)
def test_a_person_of_whom_less_is_known_is_told_of_all_the_same(facts: dict[str, Any]) -> None:
    told = header(reading.document(ccd(summary({}, chart(**facts))).encode()))
    assert told.birth_date == "1961-07-23"


def test_a_report_of_words_alone_tells_its_words() -> None:
    said = "No fracture. " * 4_000
    imaging = Report(code=Concept(text="XR of the left wrist"), conclusion=said)
    [back] = read_back(ccd(summary({Kind.REPORT: [imaging]})))[Kind.REPORT]
    assert isinstance(back, Report)
    assert back.observations[0].code.words == "XR of the left wrist"
    told = "".join(one.text or "" for one in back.observations)
    assert "".join(told.split()) == "".join(said.split())


def test_a_conclusion_stands_beside_the_values_that_it_is_about() -> None:
    [panel] = full_chart()[Kind.REPORT]
    concluded = panel.model_copy(update={"conclusion": "Poorly controlled."})
    [back] = read_back(ccd(summary({Kind.REPORT: [concluded]})))[Kind.REPORT]
    assert isinstance(panel, Report)
    assert isinstance(back, Report)
    assert len(back.observations) == len(panel.observations) + 1
    assert (back.observations[-1].code.words, back.observations[-1].text) == (
        "Conclusion",
        "Poorly controlled.",
    )
