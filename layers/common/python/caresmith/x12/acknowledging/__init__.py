"""TA1 and 999 (TR3 005010X231A1): whether what was sent could be read, and if not, where."""

from caresmith.x12.acknowledging.grammar import VERSION
from caresmith.x12.acknowledging.model import (
    Acknowledgement,
    Context,
    ElementError,
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    SegmentError,
    SetAcknowledgement,
    Verdict,
)
from caresmith.x12.acknowledging.reading import read_acknowledgements

__all__ = [
    "VERSION",
    "Acknowledgement",
    "Context",
    "ElementError",
    "GroupAcknowledgement",
    "InterchangeAcknowledgement",
    "InterchangeVerdict",
    "SegmentError",
    "SetAcknowledgement",
    "Verdict",
    "read_acknowledgements",
]
