"""A clinical document's narrative as words, tables and lists."""

from __future__ import annotations

import pytest

from functions.documents.ccda.incoming import readable, reading


def document(text: str, *, title: str = "Plan", inside: str = "") -> bytes:
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component>'
        f"<section><title>{title}</title><text>{text}</text>{inside}</section>"
        "</component></structuredBody></component></ClinicalDocument>"
    ).encode()


def blocks(text: str) -> tuple[readable.Block, ...]:
    [section] = readable.sections(reading.document(document(text)))
    return section.blocks


def test_loose_words_and_what_stands_between_them_keep_their_order() -> None:
    told = blocks("one <content styleCode='Bold'>two</content><list><item>a</item></list> three")
    assert [(b.kind, b.words, b.items) for b in told] == [
        ("words", "one two", ()),
        ("items", "", ("a",)),
        ("words", "three", ()),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n   b", "a b"),
        ("a<br/>b", "a\nb"),
        ("<content>a<br/></content>b", "a\nb"),
        ("H<sub>2</sub>O", "H2O"),
        ("<linkHtml href='https://x.example'>see</linkHtml>", "see"),
        ("<renderMultiMedia referencedObject='x'/>", "[picture left out]"),
        ("a<!-- hidden -->b", "ab"),
    ],
)
def test_words_are_what_a_person_reads(text: str, words: str) -> None:
    assert [block.words for block in blocks(text)] == [words]


def test_a_table_keeps_heads_spans_and_what_its_cells_hold() -> None:
    [table] = blocks(
        "<table><caption>Doses</caption><thead><tr><th colspan='2'>Drug</th></tr></thead>"
        "<tbody><tr><td rowspan='900'>A<paragraph>twice</paragraph></td>"
        "<td colspan='x'><list><item>1</item><item>2</item></list></td></tr></tbody></table>"
    )
    assert table.words == "Doses"
    [head], [first, second] = table.rows
    assert (head.words, head.heads, head.columns) == ("Drug", True, 2)
    assert (first.words, first.rows) == ("A\ntwice", 50), "a span has its bounds"
    assert (second.words, second.columns) == ("1\n2", 1)


def test_sections_inside_a_section_follow_it() -> None:
    inner = "<component><section><title>Goals</title><text>Walk</text></section></component>"
    found = readable.sections(reading.document(document("Rest", inside=inner)))
    assert [(s.title, s.depth, s.blocks[0].words) for s in found] == [
        ("Plan", 0, "Rest"),
        ("Goals", 1, "Walk"),
    ]


def test_a_document_that_holds_a_file_says_of_which_type() -> None:
    held = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        '<text mediaType="application/pdf" representation="B64">JVBERg==</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    )
    root = reading.document(held.encode())
    assert readable.sections(root) == []
    assert readable.enclosed_type(root) == "application/pdf"
    assert readable.enclosed_type(reading.document(document("x"))) is None
