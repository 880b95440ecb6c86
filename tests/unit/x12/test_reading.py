from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.x12 import reader
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.envelope import Envelope
from caresmith.x12.flaws import FlawCode, X12Refused
from caresmith.x12.reader import SegmentReader
from caresmith.x12.segment import Segment
from caresmith.x12.writer import written
from tests.support.x12 import ISA, remittance

GOOD = remittance()


def segments(raw: bytes, encoding: reader.Encoding = "ascii") -> list[Segment]:
    return list(Envelope(SegmentReader(io.BytesIO(raw), encoding)))


def refused(raw: bytes) -> X12Refused:
    with pytest.raises(X12Refused) as caught:
        segments(raw)
    return caught.value


def test_each_segment_knows_its_number_its_line_and_its_byte() -> None:
    read = segments(GOOD)
    lines = GOOD.decode().splitlines()
    assert [one.number for one in read] == [one.line for one in read] == [*range(1, len(lines) + 1)]
    for one, text in zip(read, lines, strict=True):
        assert GOOD[one.offset :].startswith(text.encode())
    assert [one.within for one in read[:4]] == [0, 0, 1, 2]


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "~\r", "~\n\n", "\n", "\r\n", "\x1d"])
def test_line_breaks_between_segments_are_as_the_payer_sends_them(end: str) -> None:
    assert segments(remittance(end=end)) == segments(GOOD)


def test_a_second_interchange_has_its_own_delimiters_and_places() -> None:
    other = GOOD.translate(bytes.maketrans(b"*^:~", b"|!>'"))
    read = segments(GOOD + other)
    half = len(read) // 2
    assert [one.id for one in read[:half]] == [one.id for one in read[half:]]
    assert read[half].line == half + 1
    assert read[half].offset == len(GOOD)
    assert read[half + 3][2] == read[3][2]


@pytest.mark.parametrize("behind", [b"", b"\n", b"   \r\n", b"\x1a", b"\x00\x00"])
def test_what_says_nothing_behind_the_end_is_passed_over(behind: bytes) -> None:
    assert segments(GOOD + behind) == segments(GOOD)


BAD = {
    "empty": (b"", FlawCode.EMPTY, 0),
    "only line breaks": (b"\n\n", FlawCode.EMPTY, 0),
    "another kind of file": (b"%PDF-1.7 ...", FlawCode.NOT_X12, 1),
    "truncated ISA": (ISA[:60].encode(), FlawCode.TRUNCATED, 1),
    "an element of ISA too short": (
        GOOD.replace(b"PAYER          ", b"PAYER         ", 1),
        FlawCode.BAD_DELIMITERS,
        1,
    ),
    "two delimiters the same": (GOOD.replace(b"*P*:~", b"*P*^~", 1), FlawCode.BAD_DELIMITERS, 1),
    "version 4010": (
        GOOD.replace(b"*^*00501*", b"*U*00401*", 1),
        FlawCode.VERSION,
        1,
    ),
    "cut in a segment": (GOOD[:-100], FlawCode.TRUNCATED, 25),
    "cut behind a segment": (GOOD[: GOOD.index(b"SE*")], FlawCode.TRUNCATED, 29),
    "other delimiters than ISA says": (
        GOOD[:107] + GOOD[107:].replace(b"*", b"|"),
        FlawCode.BAD_SEGMENT_ID,
        2,
    ),
    "an empty segment": (GOOD.replace(b"LX*1~", b"LX*1~~"), FlawCode.BAD_SEGMENT_ID, 14),
    "Latin-1": (GOOD.replace(b"DOE", b"N\xd1O"), FlawCode.BAD_CHARACTER, 15),
    "a control character": (GOOD.replace(b"DOE", b"D\x07E"), FlawCode.BAD_CHARACTER, 15),
    "a line break in a segment": (GOOD.replace(b"DOE", b"D\nE"), FlawCode.BROKEN_LINE, 15),
    "SE counts wrong": (GOOD.replace(b"SE*27", b"SE*26"), FlawCode.COUNT, 29),
    "SE counts no number": (GOOD.replace(b"SE*27", b"SE*xx"), FlawCode.BAD_NUMBER, 29),
    "SE of another set": (
        GOOD.replace(b"SE*27*0001", b"SE*27*0002"),
        FlawCode.CONTROL_NUMBER,
        29,
    ),
    "GE counts wrong": (GOOD.replace(b"GE*1*1", b"GE*2*1"), FlawCode.COUNT, 30),
    "GE of another group": (GOOD.replace(b"GE*1*1", b"GE*1*9"), FlawCode.CONTROL_NUMBER, 30),
    "IEA counts wrong": (GOOD.replace(b"IEA*1", b"IEA*2"), FlawCode.COUNT, 31),
    "IEA of another": (
        GOOD.replace(b"IEA*1*000000001", b"IEA*1*000000002"),
        FlawCode.CONTROL_NUMBER,
        31,
    ),
    "no SE": (GOOD.replace(b"SE*27*0001~\n", b""), FlawCode.NESTING, 29),
    "no GS": (GOOD.replace(b"GS*HP*", b"XS*HP*"), FlawCode.NESTING, 2),
    "an 835 in a group of claims": (GOOD.replace(b"GS*HP*", b"GS*HC*"), FlawCode.WRONG_KIND, 3),
    "no date of the group": (
        GOOD.replace(b"*20261127*1200*1*", b"*20261327*1200*1*"),
        FlawCode.BAD_DATE,
        2,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_place_and_reason(name: str) -> None:
    raw, code, number = BAD[name]
    flaw = refused(raw).flaw
    assert (flaw.code, flaw.place.number) == (code, number), str(flaw)
    assert len(flaw.reason) > 10
    assert "DOE" not in str(flaw)


def test_the_element_of_a_strange_byte_is_named() -> None:
    flaw = refused(GOOD.replace(b"DOE", b"N\xd1O")).flaw
    assert str(flaw) == (
        "NM103 (segment 15, line 15): 0xD1 is no character of X12's extended set (ASCII)"
    )


def test_a_payer_known_to_send_latin_1_can_be_read() -> None:
    raw = GOOD.replace(b"DOE", b"N\xd1O")
    read = segments(raw, "latin-1")
    assert read[14][3] == "NÑO"
    assert written(read, Delimiters(), "\n", "latin-1") == raw


def test_characters_of_utf_8_may_be_cut_by_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = GOOD.replace(b"DOE", "NÑÑÑÑÑÑÑÑÑÑÑÑO".encode())
    for size in (1, 2, 3, 7, 50):
        monkeypatch.setattr(reader, "CHUNK", size)
        read = segments(raw, "utf-8")
        assert read[14][3] == "NÑÑÑÑÑÑÑÑÑÑÑÑO"
        assert read[-1].offset == raw.index(b"IEA*")


def test_a_set_number_is_used_once_in_a_group() -> None:
    text = GOOD.decode()
    begin, end = text.index("ST*"), text.index("GE*")
    twice = text[:end] + text[begin:end] + text[end:].replace("GE*1*", "GE*2*")
    flaw = refused(twice.encode()).flaw
    assert flaw.code is FlawCode.REPEATED_NUMBER


class Endless:
    """A file of 300 MB that has no segment terminator behind its ISA."""

    def __init__(self) -> None:
        self.left = 300_000_000
        self.given = 0

    def read(self, size: int, /) -> bytes:
        begin = (ISA + "~").encode() if self.left == 300_000_000 else b""
        size = min(size, self.left)
        self.left -= size
        self.given += size
        return (begin + b"A" * size)[:size]


def test_a_huge_file_with_other_terminators_is_refused_after_its_first_part() -> None:
    source = Endless()
    with pytest.raises(X12Refused) as caught:
        list(SegmentReader(source))
    assert caught.value.flaw.code is FlawCode.BAD_DELIMITERS
    assert source.given < 2_000_000


DATA = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="*~"), max_size=12
)
BODY = st.lists(
    st.tuples(st.sampled_from(["NM1", "REF", "N3", "CAS", "LQ"]), st.lists(DATA, max_size=6)),
    max_size=20,
)


@given(
    body=BODY,
    size=st.integers(min_value=1, max_value=400),
    line_break=st.sampled_from(["", "\n", "\r\n"]),
)
def test_what_is_written_is_read_as_the_same_segments(
    body: list[tuple[str, list[str]]], size: int, line_break: str
) -> None:
    inside = [Segment([name, *elements]) for name, elements in body]
    every = [
        *segments(GOOD)[:3],
        *inside,
        Segment(["SE", str(len(inside) + 2), "0001"]),
        *segments(GOOD)[-2:],
    ]
    raw = written(every, Delimiters(), line_break)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "CHUNK", size)
        read = segments(raw)
    assert read == every
    assert written(read, Delimiters(), line_break) == raw


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_an_answer(tail: bytes) -> None:
    for raw in (tail, ISA.encode() + tail, GOOD[:200] + tail, GOOD + tail):
        with contextlib.suppress(X12Refused):
            segments(raw)


@given(st.integers(min_value=0, max_value=len(GOOD) - 3))
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    assert refused(GOOD[:length]).flaw.code in {
        FlawCode.EMPTY,
        FlawCode.NOT_X12,
        FlawCode.TRUNCATED,
    }
