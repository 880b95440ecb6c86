"""A TIFF as a PDF of its pages, for a browser, which shows the one and not the other.

A fax or a scan is anybody's file: what a page unfolds to is bounded before it is
unfolded, and so is the whole.
"""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PAGES: Final = 100
MOST_PAGE_PIXELS: Final = 60_000_000
"""Of one page: a letter at 600 dots an inch has 34 million."""
MOST_PIXELS: Final = 400_000_000
"""Of all pages that are shown: a hundred pages of a fine fax (1728 by 2200)."""
_LONGEST_SIDE: Final = 3300
"""Of a grey or coloured page as it is shown: a letter at 300 dots an inch."""
_USUAL_DPI: Final = 200.0
_LEAST_DPI, _MOST_DPI = 20.0, 2400.0
_ORIENTATION: Final = 274
_SIDEWAYS: Final = range(5, 9)
"""TIFF 6.0, section 8: rows of the file are columns of the page."""
_PLAIN: Final = frozenset({"1", "L", "RGB"})
_WIDE: Final = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
# What Pillow's reader answers to a file that is no TIFF, or a broken one.
_BROKEN: Final = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, IndexError, SyntaxError),
    *(OverflowError, ZeroDivisionError, struct.error),
)


class CantShow(Exception):
    """The sentence says why, to whoever wanted to see it."""


@dataclass(frozen=True)
class Paged:
    pdf: bytes
    pages: int
    more: bool
    """Whether there are pages that are not shown."""


def as_pdf(tiff: bytes) -> Paged:
    """The pages, in the shape that they were scanned in. Raises CantShow."""
    # A browser's preview alone needs it, so no other request pays for loading it.
    from PIL import Image

    with warnings.catch_warnings():
        # What is odd about a file's tags is nothing that anybody acts upon.
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(tiff), formats=("TIFF",)) as file:
                return _paged(file)
        except (Image.DecompressionBombError, MemoryError):
            raise CantShow("a page is too large") from None
        except _BROKEN:
            raise CantShow("its pages can't be read") from None


def _paged(file: Image) -> Paged:
    written, pages, pixels = BytesIO(), 0, 0
    while True:
        try:
            if not _turned_to(file, pages):
                return Paged(written.getvalue(), pages, more=False)
            size = file.width * file.height
            if size > MOST_PAGE_PIXELS:
                raise CantShow(f"page {pages + 1} is too large")
            pixels += size
            if pages == MOST_PAGES or pixels > MOST_PIXELS:
                return Paged(written.getvalue(), pages, more=True)
            across, down = _resolution(file)
            page = _plain(file)
        except _BROKEN:
            if not pages:
                raise
            return Paged(written.getvalue(), pages, more=True)
        scale = page.width / file.width
        dpi = (across * scale, down * scale)
        page.save(written, "PDF", append=pages > 0, dpi=dpi)
        pages += 1


def _turned_to(file: Image, page: int) -> bool:
    try:
        file.seek(page)
    except EOFError:
        return False
    return True


def _resolution(file: Image) -> tuple[float, float]:
    """Dots an inch, across and down: those of a fax in standard quality differ."""
    told = file.info.get("dpi")
    try:
        across, down = (float(one) for one in told or ())
    except (TypeError, ValueError):
        return _USUAL_DPI, _USUAL_DPI
    if not all(_LEAST_DPI <= one <= _MOST_DPI for one in (across, down)):
        return _USUAL_DPI, _USUAL_DPI
    # Such a page lies on its side in the file, which alone knows the resolution so.
    return (down, across) if file.getexif().get(_ORIENTATION) in _SIDEWAYS else (across, down)


def _plain(file: Image) -> Image:
    """Black and white as it is; anything else grey or coloured on white, no larger than shown."""
    from PIL import Image

    if file.mode == "1":
        return file.copy()
    page: Image.Image = file.copy()
    if page.mode in _WIDE:
        low, high = page.getextrema()
        span = (float(high) - float(low)) or 1.0  # type: ignore[arg-type]
        page = page.convert("F").point(lambda value: (value - low) * 255.0 / span).convert("L")
    elif page.mode in ("RGBA", "LA", "PA") or "transparency" in page.info:
        page = page.convert("RGBA")
        white = Image.new("RGBA", page.size, "white")
        page = Image.alpha_composite(white, page).convert("RGB")
    elif page.mode not in _PLAIN:
        page = page.convert("RGB")
    page.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return page
