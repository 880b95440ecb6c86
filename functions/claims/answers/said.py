"""What an answer says of a claim, whichever transaction says it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    RECEIVED = "received"
    """Its file could be read (999)."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDED = "pended"
    """The payer wants something first."""
    TOLD = "told"
    """Something was said that moves nothing."""


@dataclass(frozen=True)
class Said:
    """Of one claim, by its control number (CLM01)."""

    control_number: str
    verdict: Verdict
    source: str
    """TA1, 999, 277CA or 277."""
    codes: tuple[str, ...] = ()
    """``A7:562:85`` of a 277, ``CLM05:7`` of a 999, ``TA1:024``."""
    message: str = ""
    """The payer's own words: may be PHI."""
    payer_control_number: str = ""
    on: dt.date | None = None
    interchange: int | None = None
    """Of the file of ours that is answered; None where the answer does not say."""


@dataclass(frozen=True)
class FileAnswer:
    """What was said of a file of ours as a whole."""

    interchange: int
    accepted: bool
    source: str
    codes: tuple[str, ...] = ()
    final: bool = True
    """Whether no other acknowledgement of its syntax is to come."""
