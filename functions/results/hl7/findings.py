"""What is wrong with a message and where, so that a lab's programmer finds it.

A finding never holds a value of the message: its texts stand in answers and lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(StrEnum):
    """HL7 table 0516."""

    ERROR = "E"
    """The message can't be filed."""
    WARNING = "W"
    """It is filed without this."""


class Condition(IntEnum):
    """HL7 table 0357, the codes that are given here."""

    SEQUENCE = 100
    REQUIRED = 101
    DATA_TYPE = 102
    TABLE_VALUE = 103
    TOO_LONG = 104
    MESSAGE_TYPE = 200
    EVENT = 201
    PROCESSING = 202
    VERSION = 203
    UNKNOWN_KEY = 204
    INTERNAL = 207


CONDITION_TEXTS = {
    Condition.SEQUENCE: "Segment sequence error",
    Condition.REQUIRED: "Required field missing",
    Condition.DATA_TYPE: "Data type error",
    Condition.TABLE_VALUE: "Table value not found",
    Condition.TOO_LONG: "Value too long",
    Condition.MESSAGE_TYPE: "Unsupported message type",
    Condition.EVENT: "Unsupported event code",
    Condition.PROCESSING: "Unsupported processing id",
    Condition.VERSION: "Unsupported version id",
    Condition.UNKNOWN_KEY: "Unknown key identifier",
    Condition.INTERNAL: "Application internal error",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a segment. ``line`` counts the message's segments from 1."""

    segment: str
    line: int
    field: int | None = None
    component: int | None = None
    sequence: int = 1
    """Which of the segments of that name (ERR-2.2)."""

    def __str__(self) -> str:
        """``OBX[3]-5.1, line 7``."""
        field = f"-{self.field}" if self.field else ""
        component = f".{self.component}" if self.field and self.component else ""
        return f"{self.segment}[{self.sequence}]{field}{component}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    condition: Condition
    place: Place
    text: str


class Unreadable(Exception):
    """Reading can't go on: the message's frame or header is wrong."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.place}: {finding.text}")
        self.finding = finding


def unreadable(condition: Condition, place: Place, text: str) -> Unreadable:
    return Unreadable(Finding(Severity.ERROR, condition, place, text))
