"""PDF files of our own layout: receipts, statements, estimates, reports.

The PDF standard's own fonts hold Western European letters only: a name with others is
written in the nearest ones (``Nguyễn`` as ``Nguyen``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from caresmith.records.practice import Location, PracticeSetup

_FONT: Final = "Helvetica"
_MARGIN: Final = 18.0
_LINE: Final = 5.2
"""Millimetres from line to line at 10 points."""
_CODE: Final = 32.0
"""Width and height of a QR code in millimetres: any phone reads it at arm's length."""
WIDTH: Final = 215.9 - 2 * _MARGIN
"""Of the text on letter paper, in millimetres."""


class Sheet:
    """A document that grows downwards; pages break by themselves and are numbered."""

    def __init__(self, title: str, now: dt.datetime) -> None:
        from fpdf import FPDF

        class _Numbered(FPDF):
            def footer(self) -> None:
                self.set_y(-12)
                self.set_font(_FONT, size=8)
                self.cell(0, 5, f"{title}, page {self.page_no()} of {{nb}}", align="C")

        self._pdf: Any = _Numbered(format="letter", unit="mm")
        self._pdf.set_margins(_MARGIN, _MARGIN)
        self._pdf.set_auto_page_break(True, margin=16)
        self._pdf.set_title(plain(title))
        self._pdf.set_creator("Caresmith")
        # The same content gives the same bytes: what was sent can be compared.
        self._pdf.set_creation_date(now)
        self._pdf.set_lang("en-US")
        self._pdf.add_page()
        self._pdf.set_font(_FONT, size=10)

    @property
    def y(self) -> float:
        return float(self._pdf.get_y())

    def next_page(self) -> None:
        self._pdf.add_page()

    def text(self, words: str, *, size: float = 10, bold: bool = False, align: str = "L") -> None:
        """A paragraph."""
        self._font(size, bold)
        self._pdf.multi_cell(
            0, _LINE * size / 10, plain(words), align=align, new_x="LMARGIN", new_y="NEXT"
        )

    def heading(self, words: str) -> None:
        self.space(3)
        self.text(words, size=12, bold=True)
        self.space(1)

    def space(self, millimetres: float = _LINE) -> None:
        self._pdf.ln(millimetres)

    def beside(self, left: Sequence[str], right: Sequence[str]) -> None:
        """Two columns of short lines."""
        top = self.y
        half = WIDTH / 2
        for column, lines in ((0, left), (1, right)):
            self._pdf.set_y(top)
            for line in lines:
                self._pdf.set_x(_MARGIN + column * half)
                self._font(10, False)
                self._pdf.multi_cell(half - 4, _LINE, plain(line), new_x="LMARGIN", new_y="NEXT")
        self._pdf.set_y(max(self.y, top + _LINE * max(len(left), len(right))))

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Label and value, a line each."""
        for label, value in pairs:
            self._font(10, True)
            self._pdf.cell(55, _LINE, plain(label))
            self._font(10, False)
            self._pdf.multi_cell(0, _LINE, plain(value), new_x="LMARGIN", new_y="NEXT")

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[int],
        *,
        right: Sequence[int] = (),
    ) -> None:
        """A table with its head on every page; columns in ``right`` hold amounts."""
        from fpdf.fonts import FontFace

        self._font(9, False)
        aligns = tuple("RIGHT" if place in right else "LEFT" for place in range(len(head)))
        with self._pdf.table(
            col_widths=tuple(widths),
            text_align=aligns,
            line_height=_LINE,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            repeat_headings=1,
        ) as table:
            for row in (head, *rows):
                line = table.row()
                for cell in row:
                    line.cell(plain(cell))
        self._font(10, False)

    def beside_code(self, address: str, words: Sequence[str]) -> None:
        """A QR code that leads to ``address``, with short lines at its right."""
        import segno

        # Quiet zone of four modules, ISO/IEC 18004 6.3.8; drawn as rectangles, so sharp in print.
        code = segno.make(address, error="m", micro=False)
        rows = list(code.matrix_iter(border=4))
        if self.y + _CODE > self._pdf.h - _CODE:
            self.next_page()
        top, cell = self.y, _CODE / len(rows)
        for down, row in enumerate(rows):
            for start, length in _runs(row):
                self._pdf.rect(
                    _MARGIN + start * cell, top + down * cell, length * cell, cell, style="F"
                )
        for place, line in enumerate(words):
            self._pdf.set_xy(_MARGIN + _CODE + 4, top + 4 + place * _LINE)
            self._font(10, place == 0)
            self._pdf.multi_cell(0, _LINE, plain(line))
        self._pdf.set_xy(_MARGIN, top + _CODE)

    def rule(self) -> None:
        """A thin line across."""
        y = self.y + 1
        self._pdf.line(_MARGIN, y, _MARGIN + WIDTH, y)
        self.space(3)

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _font(self, size: float, bold: bool) -> None:
        self._pdf.set_font(_FONT, style="B" if bold else "", size=size)


def _runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where dark cells begin, and how many follow each other."""
    place = 0
    for dark, cells in groupby(row):
        length = len(list(cells))
        if dark:
            yield place, length
        place += length


def plain(words: str) -> str:
    """What the standard fonts can show of it."""
    if words.isascii():
        return words
    from anyascii import anyascii

    return "".join(letter if _shown(letter) else anyascii(letter) for letter in words)


def _shown(letter: str) -> bool:
    try:
        letter.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def noon(day: dt.date, setup: PracticeSetup) -> dt.datetime:
    """A file's own time: the same content gives the same bytes whenever it is drawn."""
    return dt.datetime.combine(day, dt.time(12), ZoneInfo(setup.practice.zone))


def letterhead(setup: PracticeSetup) -> list[str]:
    """Who writes: the practice with its first place's address."""
    place = next((one for one in setup.locations.values() if one.active), None)
    lines = [setup.practice.name]
    if place:
        lines += [*place.address_lines, *([f"Phone {place.phone}"] if place.phone else [])]
    return lines


def phone_of(setup: PracticeSetup) -> str:
    """The number to call about a bill."""
    places: Iterable[Location] = setup.locations.values()
    return next((place.phone for place in places if place.active and place.phone), "")
