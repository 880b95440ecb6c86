"""ORU messages that others have written: read, compared with python-hl7, put into their place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hl7
import psutil
import pytest

from functions.results.hl7.framing import Part, pieces
from functions.results.hl7.oru import read_oru
from functions.results.hl7.segments import split
from scripts.mllpbridge.messages import Person, stream
from tests.integration.results.conftest import Laboratory, lab

__all__ = ["lab"]

SAMPLES = Path(__file__).with_name("hl7")
CHICAGO = ZoneInfo("America/Chicago")

READ: dict[str, tuple[dict[str, str], list[str]]] = {
    "hl7types-full-blood-count": (
        {"White Blood Cells": "7.5 10*9/L", "Haemoglobin": "145 g/L"},
        ["OBR[1]-25, line 3"],
    ),
    "hl7v2-fhir-bridge-final": (
        {
            "Findings": "No consolidation or effusion. Heart size normal. "
            "No mediastinal adenopathy.",
            "Impression": "IMPRESSION: 6 mm right upper lobe nodule. "
            "Follow-up CT in 6-12 months (Fleischner).",
        },
        [],
    ),
    "hl7v2-fhir-bridge-ft-escapes": (
        {
            "Report body": "EXAM: CT chest low-dose screening\n\nTECHNIQUE: 1.0 mm axial, "
            "T2^weighted is not a CT term but tests an unescaped caret.\n"
            "FINDINGS: 4 mm nodule, RUL (image 3|41).",
            "Impression": "IMPRESSION:\nLung-RADS 2: benign appearance. "
            "Annual screening in 12 months.",
            "Lung-RADS category": "Lung-RADS 2",
        },
        [],
    ),
    "nodehl7-birp": (
        {"UPPER RESPIRATORY CULTURE": "FINALREPORT", "RESULT 1": "M415", "RESULT 2": "MR105"},
        [],
    ),
    "simple-hl7-oru": (
        {
            "HDL Cholesterol (CAD)": "62 mg/dL",
            "Triglyceride (CAD)": "72 mg/dL",
            "VLDL-C (calc - CAD)": "14 mg/dL",
            "LDL-C (calc - CAD)": "134 mg/dL",
            "Cholesterol (CAD)": "210 mg/dL",
        },
        ["OBR[1]-25, line 4"],
    ),
}
"""What each says, and where its reader is to be warned."""

GARBLED = {
    # A space is no escape character; nothing behind the header can be trusted.
    "hl7-standard-input": "MSH[1]-2, line 1",
    "hl7types-no-identifier": "OBX[1]-3, line 4",
    # OBX-4 is missing, so that all that follows has moved by one.
    "nodehl7-bicp": "OBX[1]-5, line 5",
    # FN is a type of names, not of values; and the birth date has nine digits.
    "python-hl7-glucose": "OBX[2]-2, line 5",
    # A form of adverse events without filler numbers and statuses.
    "simple-hl7-oru-imm": "OBR[1]-3, line 6",
}
"""The place of an error in each."""


def raw(name: str) -> bytes:
    return (SAMPLES / f"{name}.hl7").read_bytes()


def said(observation: Any) -> str:
    number = observation.quantity or observation.local
    if number:
        return f"{number.value} {number.unit}"
    return observation.text or observation.coded.words


def test_every_sample_is_expected_here() -> None:
    names = {path.stem for path in SAMPLES.glob("*.hl7")}
    assert names == set(READ) | set(GARBLED) | {"hl7v2-fhir-bridge-orm"}


@pytest.mark.parametrize("name", READ)
def test_what_a_sample_says_is_read(name: str) -> None:
    values, warned = READ[name]
    read = read_oru(raw(name), CHICAGO)
    assert read.errors == ()
    assert [str(one.place) for one in read.findings] == warned
    found = {
        one.observation.code.words: said(one.observation)
        for patient in read.patients
        for report in patient.reports
        for one in report.observed
    }
    assert found == values


@pytest.mark.parametrize("name", GARBLED)
def test_what_is_wrong_with_a_sample_is_found_at_its_place(name: str) -> None:
    read = read_oru(raw(name), CHICAGO)
    assert GARBLED[name] in {str(one.place) for one in read.errors}


def test_an_imaging_sample_names_its_study() -> None:
    [patient] = read_oru(raw("hl7v2-fhir-bridge-final"), CHICAGO).patients
    [report] = patient.reports
    assert report.studies[0].uid == "2.25.22985022959815203166575865546637898544"
    assert patient.identity.names[0].family == "NÚÑEZ"


@pytest.mark.parametrize("name", sorted((set(READ) | set(GARBLED)) - {"hl7-standard-input"}))
def test_python_hl7_splits_it_alike(name: str) -> None:
    text = raw(name).decode().replace("\r\n", "\r").replace("\n", "\r")
    theirs = hl7.parse("\r".join(line for line in text.split("\r") if line))
    ours = split(raw(name))
    assert [segment.name for segment in ours] == [str(segment[0]) for segment in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.fields[1:] == tuple(str(field) for field in other[1:])
        for number in range(3 if mine.name == "MSH" else 1, len(mine.fields)):
            repetitions = [str(one) for one in other[number]] if mine.raw(number) else []
            assert [one.raw for one in mine.repetitions(number)] == [
                one for one in repetitions if one.strip("^ ").replace('""', "").strip("^ ")
            ]


def test_each_sample_through_the_front_door_ends_in_its_place(lab: Laboratory) -> None:
    lab.person("SYN100234", family="Núñez", given="José", birth_date="1968-04-12", gender="male")
    settings = {
        "name": "Radiology",
        "zone": "America/Chicago",
        "mrn_authorities": ["", "SYNTH_HOSP"],
        "dicomweb": "https://pacs.example.org/dicom-web",
    }
    from tests.support.client import call

    changed = call(
        "PUT",
        f"/results/labs/{lab.lab_id}",
        caller=lab.admin,
        json_body=settings,
        headers={"if-match": '"1"'},
    )
    assert changed.status == 200, changed.text
    answers = {path.stem: lab.deliver(path.read_bytes()) for path in sorted(SAMPLES.glob("*.hl7"))}
    assert answers == {
        **dict.fromkeys(READ, "AA"),
        **dict.fromkeys(GARBLED, "AE"),
        "hl7v2-fhir-bridge-orm": "AR",
    }
    reports = [lab.report(entry["report_id"]) for entry in lab.inbox()]
    assert sorted(one["report"]["code"]["text"] for one in reports) == [
        "CT CHEST LOW DOSE SCREENING",
        "CT CHEST W/O CONTRAST",
    ]
    links = sorted(one["study_link"] for one in reports)
    assert links[0].startswith("https://pacs.example.org/dicom-web/studies/2.25.229")
    waiting = sorted(item["reason"] for item in lab.unfiled())
    # The other three are of nobody who is registered here.
    assert waiting == [*["garbled"] * len(GARBLED), *["unknown-number"] * 3]


@pytest.mark.slow
def test_ten_thousand_messages_are_read_in_flat_memory() -> None:
    """Bytes held grow with the longest message, not with their number."""
    people = [Person(str(n), "Doe", "Jo", "19800229", "F") for n in range(50)]
    process, count, values, held = psutil.Process(), 0, 0, []

    def file() -> Iterator[bytes]:
        yield b"FHS|^~\\&|LIS|LAB\rBHS|^~\\&|LIS|LAB\r"
        yield from stream(people, 10_000)
        yield b"BTS|10000\rFTS|1\r"

    for piece in pieces(file()):
        if piece.part is not Part.MESSAGE:
            continue
        read = read_oru(piece.raw, CHICAGO)
        assert read.findings == ()
        values += len(read.patients[0].reports[0].observed)
        count += 1
        if count % 1_000 == 0:
            held.append(process.memory_info().rss / 1e6)
    assert (count, values) == (10_000, 60_000)
    # All readings together would be some two hundred megabytes.
    assert held[-1] - held[0] < 20, held
