"""TIFFs as fax services send them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def page(number: int = 0, *, mode: str = "1", size: tuple[int, int] = (432, 275)) -> Image.Image:
    """A white page with a black mark whose place tells its number."""
    white = 1 if mode == "1" else "white"
    drawn = Image.new(mode, size, white)
    drawn.paste(0 if mode in ("1", "L") else "black", (20, 20 + number, 120, 40 + number))
    return drawn


def tiff(
    pages: int = 1,
    *,
    mode: str = "1",
    size: tuple[int, int] = (432, 275),
    dpi: tuple[float, float] = (204, 98),
) -> bytes:
    """As many pages, in the standard quality of a fax: twice as many dots across as down."""
    first, *others = (page(number, mode=mode, size=size) for number in range(pages))
    written = BytesIO()
    compression = "group4" if mode == "1" else "tiff_adobe_deflate"
    first.save(
        written, "TIFF", save_all=True, append_images=others, compression=compression, dpi=dpi
    )
    return written.getvalue()
