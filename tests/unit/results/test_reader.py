"""What the reader of HL7 v2 makes of text: framing, escapes, segments, values, times."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.records.clinical.report import ReportCategory, ReportStatus
from functions.results.hl7.acks import Acknowledgment, write_ack
from functions.results.hl7.delimiters import Delimiters
from functions.results.hl7.findings import Severity
from functions.results.hl7.framing import MAX_MESSAGE_BYTES, Part, pieces
from functions.results.hl7.oru import Oru, read_oru
from functions.results.hl7.stamps import read_date, read_stamp, read_time
from functions.results.incoming import IncomingReport

NEW_YORK = ZoneInfo("America/New_York")
OBR = "OBR|1||F-1|1^Test^L" + "|" * 21 + "F"
MARKS = st.permutations(list("|^~\\&#!$%*")).map(lambda marks: Delimiters(*marks[:5]))
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def message(*segments: str, msh: str = "MSH|^~\\&|L|F|E|P|20260302||ORU^R01|7|P|2.5.1") -> Oru:
    return read_oru("\r".join((msh, *segments)).encode(), NEW_YORK)


def obx(kind: str, value: str, *, unit: str = "", rest: str = "|||||F") -> IncomingReport:
    read = message(
        "PID|1||1^^^^MR||Doe^Jo||19800229|F",
        OBR,
        f"OBX|1|{kind}|2345-7^Glucose^LN||{value}|{unit}{rest}",
    )
    assert read.errors == (), read.findings
    report: IncomingReport = read.patients[0].reports[0]
    return report


def value_of(kind: str, value: str, unit: str = "") -> Any:
    one = obx(kind, value, unit=unit).observed[0].observation
    number = one.quantity or one.local
    if number:
        return (number.comparator or "", number.value, number.unit)
    return one.text or one.coded


# -- escapes ------------------------------------------------------------------


@given(TEXTS, MARKS)
def test_text_written_and_read_is_the_same_text(text: str, marks: Delimiters) -> None:
    written = marks.escape_text(text)
    assert marks.unescape(written) == text
    special = (marks.field, marks.component, marks.repetition, marks.subcomponent, "\r", "\n")
    assert not any(character in written for character in special)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"one\.br\two", "one\ntwo"),
        (r"\H\loud\N\ quiet", "loud quiet"),
        (r"tab\X09\end", "tab\tend"),
        (r"\XC3A9\t\XE9", "ét\\XE9"),
        (r"\Z1\ stays \Unknown\ too", r"\Z1\ stays \Unknown\ too"),
        (r"3\.sp2\4\.sk3\5", "3\n\n4   5"),
        ("a \\ alone", "a \\ alone"),
    ],
)
def test_escape_sequences_mean_what_chapter_2_7_says(written: str, means: str) -> None:
    assert Delimiters().unescape(written) == means


# -- framing ------------------------------------------------------------------


@given(
    st.lists(
        st.sampled_from(
            [
                b"MSH|^~\\&|",
                b"PID|1",
                b"OBX|1",
                b"BHS|^~\\&",
                b"BTS|2",
                b"FTS|1",
                b"junk",
                b"\x0b",
                b"",
            ]
        ).flatmap(
            lambda head: st.sampled_from([b"\r", b"\n", b"\r\n", b"\x1c\r"]).map(head.__add__)
        ),
        max_size=30,
    ),
    st.integers(1, 40),
)
def test_no_byte_of_a_file_is_left_out_however_it_arrives(lines: list[bytes], size: int) -> None:
    raw = b"".join(lines)
    chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
    found = list(pieces(chunks))
    assert b"".join(piece.raw for piece in found) == raw
    assert [piece.offset for piece in found] == [
        sum(len(before.raw) for before in found[:place]) for place in range(len(found))
    ]
    whole = [(piece.part, piece.raw, piece.line) for piece in pieces([raw])]
    assert [(piece.part, piece.raw, piece.line) for piece in found] == whole
    for piece in found:
        assert (piece.part is Part.MESSAGE) is piece.raw.lstrip(b"\x0b \t").startswith(b"MSH")


def test_a_message_longer_than_any_may_be_is_cut_and_not_held() -> None:
    head, line = b"MSH|^~\\&|\r", b"OBX|" + b"x" * 1_000_000 + b"\r"
    found = list(pieces([head, *[line] * 6, b"MSH|^~\\&|next\r"]))
    assert [piece.part for piece in found] == [Part.MESSAGE, Part.STRAY, Part.MESSAGE]
    assert all(len(piece.raw) <= MAX_MESSAGE_BYTES for piece in found)


# -- segments -----------------------------------------------------------------


def test_the_message_s_own_delimiters_are_used() -> None:
    read = read_oru(
        b"MSH#*%!$#L#F#E#P#20260302##ORU*R01#7#P#2.5.1\r"
        b"PID#1##55*****MR%66***H$1.2.3$ISO*PI##O!T!Hara*Jo##19800229#F\r"
        b"OBR#1##F-1#1*Test*L" + b"#" * 21 + b"F\r",
        UTC,
    )
    assert read.errors == ()
    identity = read.patients[0].identity
    assert [(one.value, one.authority, one.authority_id) for one in identity.identifiers] == [
        ("55", "", ""),
        ("66", "H", "1.2.3"),
    ]
    assert identity.names[0].family == "O$Hara"
    assert identity.birth_date == date(1980, 2, 29)


def test_every_pid_has_its_own_orders() -> None:
    status = "|" * 21 + "F"
    read = message(
        "PID|1||1||Doe^Jo||19800229|F",
        "OBR|1||F-1|1^Test^L" + status,
        "NTE|1||about the report",
        "OBX|1|ST|2^A^L||x||||||F",
        "NTE|1||about~the value",
        "OBR|2||F-1|1^Test^L" + status,
        "PID|2||2||Roe^Al||19700101|M",
        "OBR|1||F-2|1^Test^L" + status,
        "ZZZ|nobody knows",
        "SPM|1|||SER^Serum^HL70487",
    )
    assert read.errors == ()
    assert [len(patient.reports) for patient in read.patients] == [2, 1]
    first, twice = read.patients[0].reports
    assert first.conclusion == "about the report"
    assert first.observed[0].observation.note == "about\nthe value"
    assert first.key != twice.key, "the same panel twice under one number is two reports"
    assert read.patients[1].reports[0].specimen.words == "Serum"  # type: ignore[union-attr]


# -- values -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "written", "unit", "value"),
    [
        ("NM", "95", "mg/dL^^UCUM", ("", Decimal(95), "mg/dL")),
        ("NM", "-.5", "mg/dL", ("", Decimal("-0.5"), "mg/dL")),
        ("NM", "<5", "10*3/uL", ("<", Decimal(5), "10*3/uL")),
        ("NM", "95", "units^furlongs^L", ("", Decimal(95), "furlongs")),
        ("NM", "7", "", ("", Decimal(7), None)),
        ("NM", "0.123456789", "mg/dL", "0.123456789"),
        ("SN", "^182", "mg/dL", ("", Decimal(182), "mg/dL")),
        ("SN", ">=^1.5", "", (">=", Decimal("1.5"), None)),
        ("SN", "^1^:^128", "", "1:128"),
        ("SN", "^100^-^200", "", "100-200"),
        ("SN", "^2^+", "", "2+"),
        ("ST", "no ^ growth", "", "no ^ growth"),
        ("TX", r"first\.br\second~third", "", "first\nsecond\nthird"),
        ("FT", r"\.in+4\A\.sp\B", "", "A\nB"),
        ("DT", "202603", "", "2026-03"),
        ("TS", "202603081530", "", "2026-03-08T15:30:00-04:00"),
        ("TM", "0715", "", "07:15:00"),
        ("ST", '""', "", None),
    ],
)
def test_values_are_read_by_their_type(kind: str, written: str, unit: str, value: Any) -> None:
    assert value_of(kind, written, unit) == value


def test_a_coded_value_keeps_both_of_its_codes() -> None:
    coded = value_of("CWE", "260385009^Negative^SCT^NEG^negative^L^^^none seen")
    assert [coding.code for coding in coded.codings] == ["260385009", "NEG"]
    assert coded.words == "none seen"


@pytest.mark.parametrize(
    ("encoding", "data", "taken"),
    [
        ("Base64", base64.b64encode(b"%PDF-1.7 report").decode(), "application/pdf"),
        ("Hex", b"\x89PNG\r\n\x1a\n..".hex(), "image/png"),
        ("Base64", base64.b64encode(b"MZ\x90\x00 a program").decode(), None),
        ("Base64", "%%%", None),
        ("A", "%PDF-", None),
    ],
)
def test_a_document_is_what_its_first_bytes_say(
    encoding: str, data: str, taken: str | None
) -> None:
    read = message(
        OBR,
        f"OBX|1|ED|PDF^Report^L||LAB^AP^PDF^{encoding}^{data}||||||F",
    )
    if taken is None:
        assert [str(one.place) for one in read.errors] == ["OBX[1]-5, line 3"]
    else:
        [form] = read.patients[0].reports[0].all_forms()
        assert form.content_type == taken


def test_a_text_longer_than_an_entry_takes_comes_as_a_document() -> None:
    long = "word " * 10_000
    report = obx("TX", long)
    [form] = report.all_forms()
    assert form.data.decode().split() == long.split()
    assert "attached" in (report.observed[0].observation.text or "")


# -- times --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026", "2026"),
        ("202603", "2026-03"),
        ("20260302", "2026-03-02"),
        ("2026030214", "2026-03-02T14:00:00-05:00"),
        ("20260302143015.1234-0800", "2026-03-02T14:30:15-08:00"),
        ("20260701120000", "2026-07-01T12:00:00-04:00"),
    ],
)
def test_a_time_is_kept_as_well_as_it_is_known(written: str, read: str) -> None:
    assert read_stamp(written, NEW_YORK) == read


@pytest.mark.parametrize("bad", ["", "26", "196203520", "20260230", "2026030225", "x", "00010101"])
def test_what_is_no_date_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_stamp(bad, NEW_YORK)


def test_a_year_is_no_birth_date_and_25_hours_no_time() -> None:
    for read, bad in ((read_date, "1980"), (read_time, "2500"), (read_time, "noon")):
        with pytest.raises(ValueError, match=r".+"):
            read(bad)


# -- reports ------------------------------------------------------------------


def test_an_imaging_report_names_its_study() -> None:
    uid = "1.2.840.113619.2.176.3596.3364818.7819.1259708454.105"
    read = message(
        "OBR|1||ACC-9|36643-5^XR Chest 2 Views^LN" + "|" * 20 + "RAD|F",
        f"OBX|1|ST|113014^DICOM Study^DCM||{uid}||||||F",
        "OBX|2|ST|113014^DICOM Study^DCM||not.a.uid||||||F",
    )
    [report] = read.patients[0].reports
    assert report.category is ReportCategory.IMAGING
    assert [study.uid for study in report.studies] == [uid]


def test_a_status_that_is_missing_follows_from_the_observations() -> None:
    read = message("OBR|1||F-1|1^Test^L", "OBX|1|ST|2^A^L||x||||||P")
    assert read.patients[0].reports[0].status is ReportStatus.PRELIMINARY
    assert [one.severity for one in read.findings] == [Severity.WARNING]


def test_a_code_that_is_none_of_its_system_s_stays_as_words() -> None:
    read = message(
        "OBR|1||F-1|99999-9^Wrong check digit^LN" + "|" * 21 + "F",
    )
    [report] = read.patients[0].reports
    assert (report.code.codings, report.code.words) == ((), "Wrong check digit")
    assert [str(one.place) for one in read.findings] == ["OBR[1]-4, line 2"]


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused_with_a_place(raw: bytes) -> None:
    for text in (raw, b"MSH|^~\\&|L|F|E|P|2026||ORU^R01|7|P|2.5.1\r" + raw):
        read = read_oru(text, UTC)
        assert read.findings or read.patients


SEGMENTS = st.sampled_from(["PID", "ORC", "OBR", "OBX", "NTE", "SPM", "ZZZ"])
FIELDS = st.lists(
    st.sampled_from(
        ["", "1", "NM", "ST", "ED", "F", "^", "a^b^LN", '""', "~", "20260302", "9&8^7", "\\E\\"]
    ),
    max_size=26,
)


@given(st.lists(st.tuples(SEGMENTS, FIELDS), max_size=12))
def test_whatever_the_segments_hold_is_read_or_refused(
    written: list[tuple[str, list[str]]],
) -> None:
    read = message(*("|".join((name, *fields)) for name, fields in written))
    assert read.findings or read.patients


# -- answers ------------------------------------------------------------------


def test_an_answer_names_the_message_and_each_place() -> None:
    read = message(OBR, "OBX|1|NM|2^A^L||high||||||F")
    ack = write_ack(
        read.header,
        Acknowledgment.ERROR,
        read.findings,
        now=datetime(2026, 3, 2, 12, tzinfo=UTC),
        control_id="A1",
    )
    assert ack.decode().strip().split("\r") == [
        "MSH|^~\\&|E|P|L|F|20260302120000+0000||ACK^R01^ACK|A1|P|2.5.1||||||UNICODE UTF-8",
        "MSA|AE|7",
        "ERR||OBX^1^5^1|102^Data type error^HL70357|E|||OBX[1]-5, line 3: is not a number",
    ]
    assert b"high" not in ack, "a value stands in no answer"
