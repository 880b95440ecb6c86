"""A printed code is the code: every dark module stands where the standard's matrix has it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import segno
from pypdf import PdfReader

from functions.accounts.pdf import Sheet

URL = "https://caresmith.test/pay/AbCdEfGhIjKlMnOpQrStUv"
_RECTANGLE = re.compile(r"(\S+) (\S+) (\S+) (\S+) re f")


def test_the_code_on_paper_is_the_links() -> None:
    sheet = Sheet("Statement", datetime(2026, 3, 6, tzinfo=UTC))
    sheet.beside_code(URL, ["Pay here"])
    page = PdfReader(io.BytesIO(sheet.bytes())).pages[0]
    drawn = page.get_contents()
    assert drawn is not None
    found = [
        tuple(float(part) for part in match)
        for match in _RECTANGLE.findall(drawn.get_data().decode("latin-1"))
    ]
    cell = abs(found[0][3])
    left, top = min(one[0] for one in found), max(one[1] for one in found)
    dark = set()
    for x, y, width, _ in found:
        for step in range(round(width / cell)):
            dark.add((round((top - y) / cell), round((x - left) / cell) + step))
    matrix = segno.make(URL, error="m", micro=False).matrix
    wanted = {
        (down, across)
        for down, row in enumerate(matrix)
        for across, module in enumerate(row)
        if module
    }
    assert dark == wanted
