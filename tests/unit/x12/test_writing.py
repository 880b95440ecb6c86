from __future__ import annotations

import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.x12.charset import clean
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.envelope import Envelope, Party
from caresmith.x12.reader import SegmentReader
from caresmith.x12.writer import (
    Addressing,
    ControlNumbers,
    SegmentMaker,
    X12Unwritable,
    interchange,
    written,
)

AT = datetime(2026, 11, 27, 9, 5)  # noqa: DTZ001 - a wall clock
ADDRESSING = Addressing(Party("ZZ", "CLINIC"), Party("30", "123456789"), "CLINIC", "PAYER")
make = SegmentMaker()


def test_what_is_empty_at_the_end_is_left_out() -> None:
    assert make("NM1", "85", "", "A", "", "").elements == ["NM1", "85", "", "A"]
    assert make("SV1", ("HC", "99213", "25", "", "")).elements == ["SV1", "HC:99213:25"]
    assert make("EB", "1", ["30", "98"]).elements == ["EB", "1", "30^98"]


@pytest.mark.parametrize("text", ["A*B", "A~B", "A:B", "A^B", "Á", "A\nB", " A", "A "])
def test_what_can_not_be_sent_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(X12Unwritable) as caught:
        make("NM1", "85", "2", text)
    assert (caught.value.segment, caught.value.element) == ("NM1", 3)
    assert text not in str(caught.value)


def test_other_delimiters_let_through_what_they_are_not() -> None:
    other = SegmentMaker(Delimiters("|", "!", ">", "'"))
    assert other("NTE", "ADD", "BP 120:80 *").elements == ["NTE", "ADD", "BP 120:80 *"]


@given(st.text(max_size=40))
def test_any_text_can_be_made_fit_to_be_sent(text: str) -> None:
    fit = clean(text)
    assert clean(fit) == fit
    if fit:
        assert make("NTE", "ADD", fit).elements[2] == fit


def test_names_keep_their_letters() -> None:
    assert clean("Núñez: Ł\n~Zoë") == "Nunez L Zoe"


def test_an_interchange_is_one_that_is_read() -> None:
    bodies = [[make("BHT", "0019")], [make("BHT", "0019"), make("NM1", "41")]]
    numbers = ControlNumbers(interchange=7, group=42, first_set=99)
    raw = written(interchange("837", "005010X222A1", bodies, ADDRESSING, numbers, AT))
    envelope = Envelope(SegmentReader(io.BytesIO(raw)))
    headers = [envelope.header for one in envelope if one.id == "ST"]
    assert [one.control_number for one in headers if one] == ["0099", "0100"]
    [first, _] = headers
    assert first is not None
    assert first.version == "005010X222A1"
    assert first.interchange.control_number == "000000007"
    assert first.interchange.receiver == Party("30", "123456789")
    assert first.interchange.at == AT
    assert first.group.control_number == "42"
    assert raw[105:106] == b"~"


@pytest.mark.parametrize("number", [0, -1, 1_000_000_000])
def test_a_control_number_has_one_to_nine_digits(number: int) -> None:
    with pytest.raises(ValueError, match="nine digits"):
        ControlNumbers(interchange=number, group=1)


def test_an_id_that_does_not_fit_into_isa_is_refused() -> None:
    long = Addressing(Party("ZZ", "A" * 16), Party("30", "1"), "A", "B")
    with pytest.raises(X12Unwritable, match="ISA06"):
        list(interchange("837", "005010X222A1", [], long, ControlNumbers(1, 1), AT))
