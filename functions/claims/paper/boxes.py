"""Where the boxes of the CMS-1500 (02/12) are.

The form is typed on a grid: ten characters an inch across, six lines an inch down
(NUCC 1500 Claim Form Map: 79 columns by 66 lines, the first line half an inch from the
top edge of a letter page). Numbers here are line and column of that grid, both from one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

POINTS: Final = 72
COLUMN: Final = POINTS / 10
"""Points across a character."""
LINE: Final = POINTS / 6
"""Points down a line."""
LEFT: Final = 0.3 * POINTS
"""From the left edge to the first column."""
TOP: Final = 0.5 * POINTS
"""From the top edge to the first line."""
PAGE: Final = (8.5 * POINTS, 11 * POINTS)
LINES_ON_A_PAGE: Final = 6


@dataclass(frozen=True, slots=True)
class Box:
    line: int
    column: int
    width: int
    """Characters that fit."""
    right: bool = False
    """Written so that it ends with the last column: amounts."""


BOXES: Final[Mapping[str, Box]] = {
    "carrier.1": Box(2, 41, 38),
    "carrier.2": Box(3, 41, 38),
    "carrier.3": Box(4, 41, 38),
    "carrier.4": Box(5, 41, 38),
    "1.medicare": Box(8, 1, 1),
    "1.medicaid": Box(8, 8, 1),
    "1.tricare": Box(8, 15, 1),
    "1.champva": Box(8, 24, 1),
    "1.group": Box(8, 31, 1),
    "1.feca": Box(8, 39, 1),
    "1.other": Box(8, 45, 1),
    "1a": Box(8, 50, 29),
    "2": Box(10, 1, 28),
    "3.birth": Box(10, 31, 10),
    "3.male": Box(10, 42, 1),
    "3.female": Box(10, 47, 1),
    "4": Box(10, 50, 29),
    "5.street": Box(12, 1, 28),
    "6.self": Box(12, 33, 1),
    "6.spouse": Box(12, 38, 1),
    "6.child": Box(12, 42, 1),
    "6.other": Box(12, 47, 1),
    "7.street": Box(12, 50, 29),
    "5.city": Box(14, 1, 24),
    "5.state": Box(14, 26, 3),
    "7.city": Box(14, 50, 23),
    "7.state": Box(14, 74, 4),
    "5.zip": Box(16, 1, 12),
    "5.phone": Box(16, 15, 14),
    "7.zip": Box(16, 50, 12),
    "7.phone": Box(16, 65, 14),
    "9": Box(18, 1, 28),
    "11": Box(18, 50, 29),
    "9a": Box(20, 1, 28),
    "10a.yes": Box(20, 35, 1),
    "10a.no": Box(20, 41, 1),
    "11a.birth": Box(20, 53, 10),
    "11a.male": Box(20, 68, 1),
    "11a.female": Box(20, 75, 1),
    "10b.yes": Box(22, 35, 1),
    "10b.no": Box(22, 41, 1),
    "10b.state": Box(22, 45, 2),
    "11b.qualifier": Box(22, 50, 2),
    "11b": Box(22, 53, 26),
    "10c.yes": Box(24, 35, 1),
    "10c.no": Box(24, 41, 1),
    "11c": Box(24, 50, 29),
    "9d": Box(26, 1, 28),
    "10d": Box(26, 31, 18),
    "11d.yes": Box(26, 52, 1),
    "11d.no": Box(26, 57, 1),
    "12": Box(29, 7, 25),
    "12.date": Box(29, 37, 10),
    "13": Box(29, 55, 22),
    "14": Box(32, 2, 10),
    "14.qualifier": Box(32, 16, 3),
    "15.qualifier": Box(32, 31, 3),
    "15": Box(32, 37, 10),
    "16.from": Box(32, 54, 10),
    "16.to": Box(32, 68, 10),
    "17a.qualifier": Box(33, 30, 2),
    "17a": Box(33, 33, 16),
    "17.qualifier": Box(34, 1, 2),
    "17": Box(34, 4, 24),
    "17b": Box(34, 33, 10),
    "18.from": Box(34, 54, 10),
    "18.to": Box(34, 68, 10),
    "19": Box(36, 1, 48),
    "20.yes": Box(36, 52, 1),
    "20.no": Box(36, 57, 1),
    "20.charge": Box(36, 63, 8, right=True),
    "21.icd": Box(37, 42, 1),
    "22": Box(38, 50, 11),
    "22.original": Box(38, 62, 17),
    "23": Box(40, 50, 29),
    "25": Box(56, 1, 15),
    "25.ssn": Box(56, 17, 1),
    "25.ein": Box(56, 19, 1),
    "26": Box(56, 23, 14),
    "27.yes": Box(56, 38, 1),
    "27.no": Box(56, 43, 1),
    "28": Box(56, 51, 9, right=True),
    "29": Box(56, 62, 8, right=True),
    "31": Box(60, 1, 20),
    "31.date": Box(61, 6, 10),
    "32.name": Box(58, 23, 26),
    "32.street": Box(59, 23, 26),
    "32.city": Box(60, 23, 26),
    "32a": Box(61, 23, 10),
    "32b": Box(61, 36, 14),
    "33.phone": Box(57, 66, 13),
    "33.name": Box(58, 50, 29),
    "33.street": Box(59, 50, 29),
    "33.city": Box(60, 50, 29),
    "33a": Box(61, 50, 10),
    "33b": Box(61, 63, 16),
}
"""By item number of the form, with what part of the item it is."""

# Item 21: A to L in three rows of four.
_DIAGNOSIS_ROWS: Final = (38, 39, 40)
_DIAGNOSIS_COLUMNS: Final = (3, 16, 29, 42)
DIAGNOSES: Final[tuple[Box, ...]] = tuple(
    Box(line, column, 8) for line in _DIAGNOSIS_ROWS for column in _DIAGNOSIS_COLUMNS
)

# Item 24: each service has a shaded line above its own.
FIRST_SERVICE: Final = 43
SERVICE: Final[Mapping[str, Box]] = {
    "shaded": Box(0, 1, 61),
    "24i.shaded": Box(0, 65, 2),
    "24j.shaded": Box(0, 68, 11),
    "24a.from": Box(1, 1, 8),
    "24a.to": Box(1, 10, 8),
    "24b": Box(1, 19, 2),
    "24c": Box(1, 22, 2),
    "24d": Box(1, 25, 6),
    "24d.1": Box(1, 33, 2),
    "24d.2": Box(1, 36, 2),
    "24d.3": Box(1, 39, 2),
    "24d.4": Box(1, 42, 2),
    "24e": Box(1, 45, 4),
    "24f": Box(1, 50, 8, right=True),
    "24g": Box(1, 59, 3, right=True),
    "24h": Box(1, 63, 1),
    "24j": Box(1, 68, 10),
}
"""Of a service; lines count from its shaded one."""
LINES_OF_A_SERVICE: Final = 2


def service_box(name: str, place: int) -> Box:
    """``place`` is the service's on its page, from nought."""
    box = SERVICE[name]
    line = FIRST_SERVICE + place * LINES_OF_A_SERVICE + box.line
    return Box(line, box.column, box.width, right=box.right)


def position(box: Box, text: str) -> tuple[float, float]:
    """Points from the left and from the top to where the text's baseline begins."""
    column = box.column + (box.width - len(text) if box.right else 0)
    return LEFT + (column - 1) * COLUMN, TOP + box.line * LINE - LINE / 4
