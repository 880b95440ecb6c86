"""What OBX-5 says, by the type that OBX-2 names (HL7 v2.5.1, 2A and table 0125).

======  =====================================  ====================================
 OBX-2   read as                                FHIR Observation
======  =====================================  ====================================
 NM      a number                               valueQuantity
 SN      a number with a comparator, or the     valueQuantity, valueString
         words of a range, ratio or titre
 ST TX   text, each repetition a line           valueString
 FT      text with its layout carried out       valueString
 CE      codes of up to two systems             valueCodeableConcept
 CWE CNE                                        the same
 ID IS   a code of a table, as text             valueString
 DT TM   a date, a time of day                  valueString, as FHIR writes them
 TS DTM  a date with its time                   the same
 ED      a PDF or picture                       DiagnosticReport.presentedForm
 RP      where something lies                   valueString
======  =====================================  ====================================
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from caresmith.records.clinical.coding import Concept
from functions.results.hl7.codes import concept
from functions.results.hl7.segments import Segment
from functions.results.hl7.stamps import read_stamp, read_time
from functions.results.incoming import Form

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_COMPARATORS: Final = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": None, "": None}
_MOST_DIGITS: Final = 12
_MOST_DECIMALS: Final = 6
_VALUE: Final = 5

# A form is shown by its first bytes, not by what it says of itself.
_FORMS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its comparator, as far as a quantity holds it."""

    value: Decimal
    comparator: str | None = None


Value = Measured | Concept | Form | str


class NotAValue(ValueError):
    """The field does not hold what its type says; the text says why, without the value."""


def read_value(obx: Segment, zone: dt.tzinfo) -> Value | None:
    """OBX-5, or None where it is empty. Raises NotAValue; KeyError for a type not known."""
    read = _READERS[obx.text(2)]
    if not obx.repetitions(_VALUE):
        return None
    return read(obx, zone)


def read_number(text: str) -> Decimal | None:
    """A NM that a quantity holds; None where it has too many digits. Raises NotAValue."""
    if not _NUMBER.fullmatch(text):
        raise NotAValue("is not a number")
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    decimals = max(0, -int(exponent))
    if len(digits) > _MOST_DIGITS or decimals > _MOST_DECIMALS:
        return None
    return number


def _number(obx: Segment, _: dt.tzinfo) -> Value:
    text = obx.first(_VALUE).text()
    # Many labs write "<5" in a NM, which the standard has SN for.
    found = re.fullmatch(r"(<=|>=|<|>)?\s*(.+)", text)
    if found is None:
        raise NotAValue("is not a number")
    number = read_number(found[2])
    return text if number is None else Measured(number, _COMPARATORS[found[1] or ""])


def _structured(obx: Segment, _: dt.tzinfo) -> Value:
    """SN: ``^182``, ``>^100``, ``^1^:^128``, ``^2^+``, ``^100^-^200``."""
    field = obx.first(_VALUE)
    comparator, low, separator, high = (field.text(part) for part in (1, 2, 3, 4))
    if comparator not in _COMPARATORS and comparator != "<>":
        raise NotAValue("has a comparator that is none")
    if separator not in {"", "-", "+", "/", ".", ":"}:
        raise NotAValue("has a separator that is none")
    numbers = [read_number(part) for part in (low, high) if part]
    if not numbers:
        raise NotAValue("has no number")
    if separator or high or numbers[0] is None or comparator == "<>":
        return f"{comparator}{low}{separator}{high}"
    return Measured(numbers[0], _COMPARATORS[comparator])


def _lines(obx: Segment, _: dt.tzinfo) -> Value:
    """Text, in which components are no parts: a lab that did not escape a ``^`` meant one."""
    return "\n".join(line.whole().strip() for line in obx.repetitions(_VALUE))


def _coded(obx: Segment, _: dt.tzinfo) -> Value:
    found = [concept(one) for one in obx.repetitions(_VALUE)]
    if len(found) == 1:
        return found[0].concept
    return "\n".join(one.concept.words for one in found)


def _stamp(obx: Segment, zone: dt.tzinfo) -> Value:
    try:
        return read_stamp(obx.text(_VALUE), zone)
    except ValueError:
        raise NotAValue("is not a date or time") from None


def _time(obx: Segment, _: dt.tzinfo) -> Value:
    try:
        return read_time(obx.text(_VALUE))
    except ValueError:
        raise NotAValue("is not a time of day") from None


def _encapsulated(obx: Segment, _: dt.tzinfo) -> Value:
    """ED: source ^ type ^ subtype ^ encoding ^ data."""
    field = obx.first(_VALUE)
    encoding, written = field.text(4).casefold(), field.raw.split(field.delimiters.component)
    if len(written) < 5:  # noqa: PLR2004 - the data are the fifth component
        raise NotAValue("has no data")
    # Base64 needs no escaping, and in megabytes of it nothing is looked for.
    data = _decoded(encoding, written[4])
    for magic, content_type in _FORMS:
        if data.startswith(magic):
            return Form(content_type, data, title=obx.text(3, 2))
    raise NotAValue("holds neither a PDF, a PNG nor a JPEG")


def _decoded(encoding: str, text: str) -> bytes:
    packed = re.sub(r"\\\.br\\|\\X0[AD]\\|\s+", "", text)
    try:
        if encoding == "base64":
            return base64.b64decode(packed, validate=True)
        if encoding == "hex":
            return bytes.fromhex(packed)
    except (binascii.Error, ValueError):
        raise NotAValue(f"the data are not {encoding}") from None
    raise NotAValue("is encoded neither as Base64 nor as Hex")


def _pointer(obx: Segment, _: dt.tzinfo) -> Value:
    return obx.text(_VALUE)


_READERS: Final[dict[str, Callable[[Segment, dt.tzinfo], Value]]] = {
    "NM": _number,
    "SN": _structured,
    **dict.fromkeys(("ST", "TX", "FT"), _lines),
    **dict.fromkeys(("CE", "CWE", "CNE", "CF"), _coded),
    **dict.fromkeys(("ID", "IS", "RP", "EI", "HD"), _pointer),
    **dict.fromkeys(("DT", "TS", "DTM"), _stamp),
    "TM": _time,
    "ED": _encapsulated,
}
