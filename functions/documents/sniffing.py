"""What a file really is, by its bytes: its name and its declared type may say anything.

What is taken: PDF, PNG, JPEG, TIFF, and XML that is a clinical document (CDA). Everything
else is refused, and so is what is two things at once (a polyglot), can't be opened
by whoever reads it later (encrypted), or acts by itself when opened.

Formats: ISO 32000-1 (PDF) 7.5, 7.6 and 12.6; W3C PNG 5.2 and 11.2.5; ITU T.81 B (JPEG); TIFF 6.0.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from functions.documents.errors import FileRefused

MOST_BYTES: Final = 25 * 1024 * 1024
PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
TIFF: Final = "image/tiff"
CDA: Final = "text/xml"

EXTENSIONS: Final = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    TIFF: ("tif", "tiff"),
    CDA: ("xml", "ccd", "cda"),
}
"""Of each type that is taken, the endings that a file's name may have."""

_PROGRAMS: Final = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"\xfe\xed\xfa\xce",  # macOS
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Java, and macOS for several processors
    b"#!",
)
_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
# Where a zip archive ends; what carries one is an archive to whoever opens it as such.
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_REACH: Final = 65_536 + 22
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PDF_END: Final = b"%%EOF"
_PDF_END_REACH: Final = 2048
_MARKUP: Final = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<")
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_ENCRYPTED: Final = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
# Actions and contents that run or bring along something else when the file is opened.
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_MOST_INFLATED: Final = 8 * 1024 * 1024


def sniffed(body: bytes) -> str:
    """The media type of the file. Raises FileRefused, with a sentence for who sent it."""
    check_size(len(body), MOST_BYTES)
    if body.startswith(_PROGRAMS):
        raise FileRefused("program", "The file is a program, not a document.")
    if body.startswith(_ARCHIVES):
        raise FileRefused("archive", "The file is an archive or an office document: send a PDF.")
    for start, media_type, check in _KINDS:
        if body.startswith(start):
            check(body)
            _not_an_archive_as_well(body)
            return media_type
    if _MARKUP.match(body[:256]):
        # Whether it is a clinical document, its reader says.
        return CDA
    raise FileRefused("unknown-type", "The file is not a PDF, PNG, JPEG, TIFF or C-CDA document.")


def check_size(count: int, most: int) -> None:
    """Raises FileRefused for a file that is empty, or has more than ``most`` bytes."""
    if not count:
        raise FileRefused("empty", "The file is empty.")
    if count > most:
        raise FileRefused("too-large", f"The file has more than {most // 1024 // 1024} MB.")


def check_name(filename: str | None, media_type: str) -> None:
    """Raises FileRefused where the name's ending belongs to another type."""
    if not filename:
        return
    _, dot, ending = filename.rpartition(".")
    if not dot or ending.lower() not in EXTENSIONS[media_type]:
        known = " or ".join(f".{end}" for end in EXTENSIONS[media_type])
        raise FileRefused("wrong-extension", f"The file's name should end with {known}.")


def _check_pdf(body: bytes) -> None:
    end = body.rfind(_PDF_END)
    if end < max(0, len(body) - _PDF_END_REACH):
        raise FileRefused("damaged", "The PDF is damaged: its end is missing.")
    if body[end + len(_PDF_END) :].strip(b"\0\r\n\t "):
        raise FileRefused("polyglot", "Something else is hidden behind the PDF's end.")
    for part in _readable(body):
        names = _NAME_ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), part)
        if _ENCRYPTED.search(names):
            raise FileRefused("encrypted", "The PDF is protected: save it without a password.")
        if _ACTIVE.search(names):
            raise FileRefused(
                "active-content", "The PDF holds scripts, forms that run, or other files."
            )


def _readable(body: bytes) -> Iterator[bytes]:
    """What a reader sees of a PDF's objects: as they stand there, and inside object streams."""
    yield body
    left = _MOST_INFLATED
    for match in _STREAM.finditer(body):
        inflater = zlib.decompressobj()
        try:
            inflated = inflater.decompress(body[match.end() : match.end() + left], left)
        except zlib.error:
            # Under another filter: its names stay unseen, as they do to the reader's own scan.
            continue
        left -= len(inflated)
        if left <= 0:
            raise FileRefused("damaged", "The PDF unfolds to more than can be looked through.")
        yield inflated


def _check_png(body: bytes) -> None:
    if not body.endswith(_PNG_END):
        found = body.find(_PNG_END)
        _refuse_tail("PNG", truncated=found < 0)


def _check_jpeg(body: bytes) -> None:
    # Some cameras pad with zeros behind the end of the image.
    if not body.rstrip(b"\0").endswith(b"\xff\xd9"):
        _refuse_tail("JPEG", truncated=b"\xff\xd9" not in body)


def _refuse_tail(name: str, *, truncated: bool) -> None:
    if truncated:
        raise FileRefused("damaged", f"The {name} is damaged: its end is missing.")
    raise FileRefused("polyglot", f"Something else is hidden behind the {name}'s end.")


def _check_tiff(body: bytes) -> None:
    order = "little" if body.startswith(b"II") else "big"
    first = int.from_bytes(body[4:8], order)  # type: ignore[arg-type]
    if not 8 <= first < len(body) - 2:  # noqa: PLR2004 - TIFF 6.0: the header's eight bytes
        raise FileRefused("damaged", "The TIFF is damaged: its first page is missing.")


def _not_an_archive_as_well(body: bytes) -> None:
    if _ZIP_END in body[-_ZIP_END_REACH:]:
        raise FileRefused("polyglot", "The file is an archive as well.")


_KINDS: Final[tuple[tuple[bytes, str, Callable[[bytes], None]], ...]] = (
    (b"%PDF-", PDF, _check_pdf),
    (_PNG_START, PNG, _check_png),
    (b"\xff\xd8\xff", JPEG, _check_jpeg),
    (b"II*\0", TIFF, _check_tiff),
    (b"MM\0*", TIFF, _check_tiff),
)
