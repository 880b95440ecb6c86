"""Our CCD against HL7's own rules of C-CDA R2.1, and against the order of the CDA schema.

The rules are the published Schematron with its value sets. The schema itself comes in no
package, but classes generated from it do: written out by them, a document has the
schema's elements in the schema's order, and nothing else.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any, Final

import pytest
from lxml import etree, isoschematron

from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from functions.documents.ccda.outgoing.ccd import ccd
from scripts.bootstrap import schematron
from tests.support.charts_varied import varied_chart
from tests.support.clinical import full_chart
from tests.unit.documents.test_ccd import chart, summary

FAILED: Final = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
DATA_TYPES: Final = frozenset(
    {"addr", "code", "doseQuantity", "effectiveTime", "name", "routeCode", "text", "time", "value"}
)
"""Elements whose inside those classes write in an order of their own."""
UNKNOWN: Final[dict[str, Any]] = {"race": [], "ethnicity": None, "language": None}


@cache
def rules() -> Any:
    """HL7's rules, with their value sets found where they lie."""
    folder = schematron.ensure()
    told = (folder / "Consolidation.sch").read_text(encoding="utf-8")
    located = told.replace("'voc.xml'", f"'{(folder / 'voc.xml').as_uri()}'")
    schema = etree.fromstring(located.encode(), etree.XMLParser(huge_tree=True))
    return isoschematron.Schematron(
        schema,
        phase="errors",
        store_report=True,
        # It has patterns without rules, which the schema of Schematron does not allow.
        validate_schema=False,
        error_finder=isoschematron.Schematron.ASSERTS_ONLY,
    )


def broken(xml: str) -> list[str]:
    """The rules that a document breaks, in HL7's words."""
    checked = rules()
    checked.validate(etree.fromstring(xml.encode()))
    return ["".join(one.itertext()).strip() for one in checked.validation_report.iter(FAILED)]


def test_each_entry_that_a_chart_can_hold_keeps_the_rules() -> None:
    assert broken(ccd(summary(varied_chart()))) == []


@pytest.mark.parametrize("contents", [{}, {Kind.VITALS: full_chart()[Kind.VITALS]}])
def test_so_does_a_chart_of_a_person_of_whom_little_is_known(
    contents: dict[Kind, list[Content]],
) -> None:
    assert broken(ccd(summary(contents, chart(**UNKNOWN)))) == []


def test_the_rules_would_notice() -> None:
    without = ccd(summary(full_chart())).replace("doseQuantity", "maxDoseQuantity")
    assert "SHALL contain exactly one [1..1] doseQuantity (CONF:1098-7516)." in broken(without)


def test_elements_are_the_schemas_in_its_order() -> None:
    written = etree.fromstring(ccd(summary(varied_chart())).encode())
    assert _names(written) == _names(_by_the_schema(written))


def test_the_schema_would_notice() -> None:
    written = etree.fromstring(ccd(summary(full_chart())).encode())
    [first, *_] = written.iter("{urn:hl7-org:v3}statusCode")
    parent = first.getparent()
    assert parent is not None
    parent.append(first)
    assert _names(written) != _names(_by_the_schema(written))


def _by_the_schema(document: Any) -> Any:
    """The document as classes made from the schema write it, its texts left out."""
    from malac.models.cda import at_ext

    bare = etree.fromstring(etree.tostring(document))
    for element in list(bare.iter()):
        element.text = element.tail = None
        for name, value in element.attrib.items():
            # They do not escape what they write.
            element.set(name, value.translate({ord(mark): None for mark in '&<"'}))
        if etree.QName(element).localname == "text":
            element[:] = []
    made = at_ext.parse(io.BytesIO(etree.tostring(bare)), silence=True, print_warnings=False)
    out = io.StringIO()
    namespaces = "".join(
        f' xmlns{":" * bool(prefix)}{prefix or ""}="{uri}"' for prefix, uri in bare.nsmap.items()
    )
    made.export(out, 0, name_="ClinicalDocument", namespacedef_=namespaces, pretty_print=False)
    return etree.fromstring(out.getvalue().encode())


def _names(element: Any) -> list[str]:
    """The elements' names in order, each with its depth."""

    def walk(one: Any, depth: int) -> list[str]:
        name = etree.QName(one).localname
        inside = [] if name in DATA_TYPES else one
        return [f"{depth} {name}", *(found for child in inside for found in walk(child, depth + 1))]

    return walk(element, 0)
