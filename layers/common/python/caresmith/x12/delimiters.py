"""The four characters that a file is cut at. The ISA segment, alone of fixed width, names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.x12.flaws import FlawCode, Place, refuse

ISA_LENGTH: Final = 106
"""ISA with its terminator (TR3 Appendix C.1): all elements have a fixed width."""
ISA_WIDTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""The widths of ISA01 to ISA16."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Raises :class:`~caresmith.x12.flaws.X12Refused` if two are the same or one is a letter."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    segment: str = "~"

    def __post_init__(self) -> None:
        every = (self.element, self.repetition, self.component, self.segment)
        if len(set(every)) < len(every):
            raise refuse(FlawCode.BAD_DELIMITERS, _ISA, "two of the delimiters are the same")
        for one in every:
            # A space would be indistinguishable from the padding of the ISA.
            if len(one) != 1 or one.isalnum() or one == " " or ord(one) > 126:  # noqa: PLR2004
                raise refuse(
                    FlawCode.BAD_DELIMITERS, _ISA, "a letter, digit or space can't be a delimiter"
                )

    @property
    def every(self) -> str:
        return self.element + self.repetition + self.component + self.segment


_ISA: Final = Place(segment_id="ISA", number=1, line=1)


def from_isa(text: str) -> Delimiters:
    """Read them off the first 106 characters of an interchange.

    Raises:
        X12Refused: this is no ISA, it is cut off, or its elements do not have
            their widths (so that nothing behind it could be trusted).
    """
    if not text.startswith("ISA"):
        raise refuse(
            FlawCode.NOT_X12, _ISA, "the file does not begin with ISA: it is no X12 interchange"
        )
    if len(text) < ISA_LENGTH:
        raise refuse(
            FlawCode.TRUNCATED,
            _ISA,
            f"the file ends inside its ISA segment: {len(text)} of {ISA_LENGTH} characters",
        )
    element, position = text[3], 3
    for number, width in enumerate(ISA_WIDTHS, 1):
        if text[position] != element:
            raise refuse(
                FlawCode.BAD_DELIMITERS,
                Place(segment_id="ISA", number=1, line=1, element=number),
                "an element of ISA does not have its fixed width, or another element separator",
            )
        position += width + 1
    repetition = text[82]
    # ISA11 was "U" before version 5010 (00402), which had no repetitions.
    if repetition == "U":
        raise refuse(
            FlawCode.VERSION,
            Place(segment_id="ISA", number=1, line=1, element=11),
            "ISA11 is U: a file of version 4010. Only 5010 (00501) is read",
        )
    return Delimiters(element, repetition, text[104], text[105])
