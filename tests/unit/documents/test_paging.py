"""TIFFs as pages: their shape, and what is not unfolded."""

from __future__ import annotations

import re
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from functions.documents import paging
from functions.documents.paging import CantShow, as_pdf
from tests.support.tiffs import tiff


def boxes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in points."""
    found = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)
    return [(float(width), float(height)) for width, height in found]


def test_a_fax_of_standard_quality_has_the_shape_of_its_paper() -> None:
    made = as_pdf(tiff(2, size=(1728, 1078), dpi=(204, 98)))
    assert (made.pages, made.more) == (2, False)
    # 1728 dots at 204 an inch are 8.47 inches, 1078 at 98 are 11 inches.
    for width, height in boxes(made.pdf):
        assert (round(width / 72, 1), round(height / 72, 1)) == (8.5, 11.0)


def test_black_and_white_stays_so() -> None:
    assert b"CCITTFaxDecode" in as_pdf(tiff()).pdf


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "CMYK", "I;16"])
def test_every_kind_of_page_is_shown(mode: str) -> None:
    drawn = Image.new("RGB", (60, 80), "white")
    drawn.paste("red", (5, 5, 20, 20))
    kind = drawn.convert("L").convert("I").convert(mode) if mode == "I;16" else drawn.convert(mode)
    written = BytesIO()
    kind.save(written, "TIFF", dpi=(72, 72))
    made = as_pdf(written.getvalue())
    assert (made.pages, boxes(made.pdf)) == (1, [(60.0, 80.0)])


def test_a_large_scan_is_shown_smaller_on_paper_of_the_same_size() -> None:
    made = as_pdf(tiff(mode="L", size=(5100, 6600), dpi=(600, 600)))
    [(width, height)] = boxes(made.pdf)
    assert (round(width), round(height)) == (612, 792)
    assert b"/Width 2550" in made.pdf


def test_a_page_on_its_side_is_turned_upright() -> None:
    drawn = Image.new("L", (100, 50), 255)
    written = BytesIO()
    drawn.save(written, "TIFF", dpi=(100, 50), tiffinfo={274: 6})
    [(width, height)] = boxes(as_pdf(written.getvalue()).pdf)
    # One inch by one inch, whichever way it lies.
    assert (round(width), round(height)) == (72, 72)


@pytest.mark.parametrize("dpi", [(0, 0), (1, 1), (90000, 90000)])
def test_a_senseless_resolution_is_that_of_a_fax(dpi: tuple[int, int]) -> None:
    [(width, _)] = boxes(as_pdf(tiff(size=(400, 400), dpi=dpi)).pdf)
    assert round(width) == 144


@pytest.mark.parametrize("size", [(70_000, 70_000), (9_000, 9_000)])
def test_a_page_that_would_unfold_to_too_much_is_not_unfolded(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Dots that are all white are but a few bytes.
    bomb = claimed(*size)
    assert len(bomb) < 1000
    monkeypatch.setattr(
        "PIL.TiffImagePlugin.TiffImageFile.load", lambda *_: pytest.fail("it was unfolded")
    )
    with pytest.raises(CantShow, match="too large"):
        as_pdf(bomb)


def claimed(width: int, height: int) -> bytes:
    """A TIFF that claims a size, and has next to nothing."""
    body = zlib.compress(b"\xff" * 64)
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 1),
        (259, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (278, 4, 1, height),
        (279, 4, 1, len(body)),
    ]
    entries = b"".join(
        tag.to_bytes(2, "little")
        + kind.to_bytes(2, "little")
        + count.to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, count, value in tags
    )
    start = 8 + len(body)
    return (
        b"II*\0"
        + start.to_bytes(4, "little")
        + body
        + len(tags).to_bytes(2, "little")
        + entries
        + b"\0\0\0\0"
    )


def test_no_more_pages_and_dots_are_shown_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 2)
    made = as_pdf(tiff(4))
    assert (made.pages, made.more) == (2, True)
    monkeypatch.setattr(paging, "MOST_PIXELS", 432 * 275)
    made = as_pdf(tiff(4))
    assert (made.pages, made.more) == (1, True)


def test_of_a_fax_that_broke_off_the_pages_that_came_are_shown() -> None:
    whole = bytearray(tiff(3, mode="L"))
    # The third page's own data are gone: the place to which its strip points.
    last = whole.rfind(zlib.compress(b"")[:2])
    whole[last : last + 2] = b"\0\0"
    made = as_pdf(bytes(whole))
    assert (made.pages, made.more) == (2, True)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_comes_is_shown_or_refused(data: st.DataObject) -> None:
    whole = bytearray(tiff(2))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = as_pdf(bytes(whole))
    except CantShow:
        return
    assert made.pdf.startswith(b"%PDF-")
