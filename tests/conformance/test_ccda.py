"""C-CDA against others: their samples read as an independent library reads them, our CCD by it.

The library is ``ccda-to-fhir``, which refuses what breaks a template's SHALL.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.report import Report
from functions.documents.ccda.incoming import entries, readable, reading
from functions.documents.ccda.outgoing.ccd import ccd
from scripts.bootstrap import samples
from tests.support.clinical import full_chart
from tests.unit.documents.test_ccd import summary

RESOURCES: Final = {
    Kind.CONDITION: (("Condition",), "code"),
    Kind.ALLERGY: (("AllergyIntolerance",), "code"),
    Kind.MEDICATION: (("MedicationRequest", "MedicationStatement"), "medicationCodeableConcept"),
    Kind.IMMUNIZATION: (("Immunization",), "vaccineCode"),
    Kind.REPORT: (("DiagnosticReport",), "code"),
}
SAMPLES: Final = (
    "C-CDA_R2-1_CCD.xml",
    "CCDA_CCD_b1_Ambulatory_v2.xml",
    "CCDA_CCD_b1_InPatient_v2.xml",
    "ToC_CCDA_CCD_CompGuideSample_FullXML.xml",
    "agastha_ccd.xml",
    "athena_ccd.xml",
    "cerner_toc.xml",
    "partners_epic.xml",
    "nist_ambulatory.xml",
    "practice_fusion_alice_newman.xml",
    "practice_fusion_jeremy_bates.xml",
)
"""Of HL7, NIST, the certification programme, and makers of health records."""

Told = tuple[str, ...]
"""An entry's codes, or its words where it has none."""

DIFFER: Final[dict[tuple[str, Kind], tuple[set[Told], set[Told]]]] = {
    # Codes that are none: SNOMED CT's check digit (Verhoeff) does not fit. Their words stay.
    ("ToC_CCDA_CCD_CompGuideSample_FullXML.xml", Kind.CONDITION): (
        {("Essential Hypertension",), ("Hyperlipidemia",)},
        {("5962100",), ("5582204",)},
    ),
    # A panel whose code is null: here it has the name of its narrative.
    ("athena_ccd.xml", Kind.REPORT): (
        {("XR, sacrum + coccyx, 2 or more view",), ("XR, lumbosacral spine, 2 or 3 view",)},
        set(),
    ),
    # A drug in codes of Multum: here they are kept.
    ("cerner_toc.xml", Kind.MEDICATION): (
        {("284810", "37703", "d04697")},
        {("Medication information not provided",)},
    ),
    # "No known medications", and an immunization without a date: here shown, not proposed.
    ("practice_fusion_jeremy_bates.xml", Kind.MEDICATION): (
        set(),
        {("Medication information not provided",)},
    ),
    ("practice_fusion_jeremy_bates.xml", Kind.IMMUNIZATION): (set(), {("71181003",)}),
}
"""Where the two readers differ, each with a reason: what only ours, only theirs tells."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return samples.ensure()


def theirs(xml: str) -> dict[Kind, list[Told]]:
    """What the independent library reads, by kind."""
    from ccda_to_fhir import convert_document

    logging.disable(logging.CRITICAL)
    try:
        bundle: Any = convert_document(xml)
    finally:
        logging.disable(logging.NOTSET)
    resources = [entry["resource"] for entry in bundle.get("bundle", bundle)["entry"]]
    found: dict[Kind, list[Told]] = {}
    for kind, (names, element) in RESOURCES.items():
        of_kind = [r for r in resources if r["resourceType"] in names]
        if kind is Kind.CONDITION:
            # Diagnoses of encounters are no problems of the list.
            of_kind = [r for r in of_kind if "problem-list-item" in str(r.get("category"))]
        found[kind] = [_concept(r.get(element) or {}) for r in of_kind]
    return found


def _concept(told: dict[str, Any]) -> Told:
    codes = sorted({str(c["code"]) for c in told.get("coding", ()) if c.get("code")})
    return tuple(codes) or (str(told.get("text")),)


def ours(body: bytes) -> dict[Kind, list[Told]]:
    found: dict[Kind, list[Told]] = {kind: [] for kind in RESOURCES}
    for one in entries.found(reading.document(body)):
        if one.content and one.kind in found:
            found[one.kind].append(_said(one.content))
    return found


def _said(content: Content) -> Told:
    for name in ("code", "substance", "drug", "vaccine"):
        concept = getattr(content, name, None)
        if isinstance(concept, Concept):
            return tuple(sorted({c.code for c in concept.codings})) or (concept.words,)
    raise AssertionError(content.kind)


@pytest.mark.parametrize("kind", RESOURCES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_of_others_gives_the_lists_that_an_independent_reader_finds(
    folder: Path, sample: str, kind: Kind
) -> None:
    body = (folder / sample).read_bytes()
    mine, other = set(ours(body)[kind]), set(theirs(body.decode())[kind])
    only_mine, only_other = DIFFER.get((sample, kind), (set(), set()))
    assert mine - other == only_mine
    assert other - mine == only_other


def test_the_samples_together_hold_enough_to_compare(folder: Path) -> None:
    counts: Counter[Kind] = Counter()
    for sample in SAMPLES:
        for kind, found in ours((folder / sample).read_bytes()).items():
            counts[kind] += len(found)
    assert all(counts[kind] >= 15 for kind in RESOURCES), counts


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_value_of_a_sample_has_a_home_or_says_why_not(folder: Path, sample: str) -> None:
    for one in entries.found(reading.document((folder / sample).read_bytes())):
        assert (one.content is None) == bool(one.problem), one


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_word_of_a_samples_narrative_can_be_read(folder: Path, sample: str) -> None:
    root = reading.document((folder / sample).read_bytes())
    told = [
        "".join(text.itertext())
        for section in root.iter(f"{reading.V3}section")
        for text in section.findall(f"{reading.V3}text")
    ]
    shown = [
        part
        for section in readable.sections(root)
        for block in section.blocks
        for part in (
            block.words,
            *block.items,
            *(cell.words for row in block.rows for cell in row),
        )
    ]
    assert Counter("".join("".join(told).split())) == Counter(
        "".join("".join(shown).replace("[picture left out]", "").split())
    )


def test_what_we_write_an_independent_reader_reads_in_full() -> None:
    contents = full_chart()
    [report] = contents[Kind.REPORT]
    assert isinstance(report, Report)
    # Their reader drops a whole panel for one value whose name is words alone.
    coded = tuple(one for one in report.observations if one.code.codings)
    contents[Kind.REPORT] = [report.model_copy(update={"observations": coded})]
    read = theirs(ccd(summary(contents)))
    for kind in RESOURCES:
        assert sorted(read[kind]) == sorted(_said(content) for content in contents[kind]), kind
