"""What a file really is."""

from __future__ import annotations

import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.documents.errors import FileRefused
from functions.documents.sniffing import MOST_BYTES, check_name, sniffed

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 50 + b"\xff\xd9"
TIFF = b"II*\0" + (8).to_bytes(4, "little") + b"\0" * 50
ZIP_END = b"PK\x05\x06" + b"\0" * 18


def refusal(body: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        sniffed(body)
    return refused.value.reason


def with_object_stream(content: bytes) -> bytes:
    """A PDF that hides objects in a compressed stream, as current writers do."""
    packed = zlib.compress(content)
    return PDF.replace(
        b"trailer",
        b"2 0 obj<</Type/ObjStm/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\ntrailer"
        % (len(packed), packed),
    )


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PDF, "application/pdf"),
        (PDF + b"\n\0\n", "application/pdf"),
        (with_object_stream(b"1 0 <</Type/Page>>"), "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (JPEG + b"\0" * 8, "image/jpeg"),
        (TIFF, "image/tiff"),
        (b"MM\0*\0\0\0\x08" + b"\0" * 40, "image/tiff"),
        (b"\xef\xbb\xbf  <ClinicalDocument/>", "text/xml"),
    ],
)
def test_a_file_is_known_by_its_bytes(body: bytes, media_type: str) -> None:
    assert sniffed(body) == media_type


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"\0" * (MOST_BYTES + 1), "too-large"),
        (b"MZ\x90\0", "program"),
        (b"#!/bin/sh\n", "program"),
        (b"\xca\xfe\xba\xbe", "program"),
        (b"PK\x03\x04word/document.xml", "archive"),
        (b"\x1f\x8b\x08", "archive"),
        (b"GIF89a", "unknown-type"),
        (b"{\\rtf1", "unknown-type"),
        (b" " + PDF, "unknown-type"),
        (PDF.replace(b"%%EOF", b""), "damaged"),
        (PDF + b"\0" * 10 + b"<script>", "polyglot"),
        (PDF.replace(b"%%EOF", ZIP_END + b"%%EOF"), "polyglot"),
        (PNG + b"MZ", "polyglot"),
        (PNG[:30], "damaged"),
        (JPEG + b"<?php", "polyglot"),
        (JPEG[:20], "damaged"),
        (JPEG[:-2] + ZIP_END + b"\xff\xd9", "polyglot"),
        (TIFF[:8], "damaged"),
        (b"II*\0\xff\xff\xff\xff" + b"\0" * 40, "damaged"),
    ],
)
def test_what_is_something_else_is_refused(body: bytes, reason: str) -> None:
    assert refusal(body) == reason


@pytest.mark.parametrize(
    "hidden",
    [b"<</Encrypt 7 0 R>>", b"<</Encrypt<</Filter/Standard>>>>", b"<</#45ncrypt 7 0 R>>"],
)
def test_a_protected_pdf_is_refused_however_it_says_so(hidden: bytes) -> None:
    assert refusal(PDF.replace(b"trailer<<", b"trailer" + hidden + b"<<")) == "encrypted"


@pytest.mark.parametrize(
    "hidden", [b"/JavaScript (app.alert(1))", b"/JS(x)", b"/J#61vaScript(x)", b"/Launch<<>>",
               b"/EmbeddedFiles 3 0 R", b"/XFA[]"]
)  # fmt: skip
def test_a_pdf_that_acts_is_refused_in_the_open_and_in_a_compressed_stream(hidden: bytes) -> None:
    assert refusal(PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + hidden)) == "active-content"
    assert refusal(with_object_stream(b"1 0 <<" + hidden + b">>")) == "active-content"


def test_a_pdf_that_unfolds_without_end_is_refused() -> None:
    assert refusal(with_object_stream(b"\0" * (9 * 1024 * 1024))) == "damaged"


def test_words_of_a_letter_are_no_actions() -> None:
    assert sniffed(PDF.replace(b"/Type", b"(JavaScript and /JSON)/Type")) == "application/pdf"


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    taken = {"application/pdf", "image/png", "image/jpeg", "image/tiff", "text/xml"}
    for start in (b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"II*\0", b"\xff\xd8\xff", b"<"):
        with suppress(FileRefused):
            assert sniffed(start + body) in taken


def test_a_name_ends_as_its_type_does() -> None:
    check_name(None, "application/pdf")
    check_name("Scan 1.PDF", "application/pdf")
    check_name("a.jpeg", "image/jpeg")
    for name in ("scan", "scan.pdf.exe", "scan.jpg", ".", "pdf"):
        with pytest.raises(FileRefused):
            check_name(name, "application/pdf")
