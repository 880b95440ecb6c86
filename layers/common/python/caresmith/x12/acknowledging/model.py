"""What a TA1 or a 999 says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from caresmith.x12.envelope import Header, Interchange
from caresmith.x12.flaws import Flaw


class Verdict(StrEnum):
    """IK501 and AK901."""

    ACCEPTED = "A"
    ACCEPTED_WITH_ERRORS = "E"
    PARTLY = "P"
    """Of a group: some of its sets were accepted."""
    REJECTED = "R"
    REJECTED_MAC = "M"
    REJECTED_ASSURANCE = "W"
    REJECTED_DECRYPTION = "X"

    @property
    def accepted(self) -> bool:
        return self in {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS}


@dataclass(frozen=True, slots=True)
class Context:
    """CTX: what the error belongs to, or which other element made this one needed."""

    name: str
    """CTX01-1: like CLM01, or SITUATIONAL TRIGGER."""
    reference: str = ""
    """CTX01-2: like the claim's number."""
    segment: str = ""
    position: int | None = None
    """CTX03, counted from its ST."""
    loop: str = ""
    element: str = ""
    """CTX05, its components parted by a colon: element, component, repetition."""
    data_element: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.reference}" if self.reference else self.name


@dataclass(frozen=True, slots=True)
class ElementError:
    """IK4: which element of the segment, and what is wrong with it (IK403)."""

    element: int
    component: int
    repetition: int
    data_element: str
    code: str
    value: str
    """IK404, a copy of what was sent: may be PHI."""
    contexts: tuple[Context, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3: which segment of the set that was sent; ``position`` counts from its ST."""

    segment: str
    position: int
    loop: str
    code: str
    """IK304; "" where the answer leaves it to the elements."""
    elements: tuple[ElementError, ...] = ()
    contexts: tuple[Context, ...] = ()

    @property
    def context(self) -> tuple[str, ...]:
        """Every CTX01: like CLM01 and the claim's number, or the rule that was broken."""
        every = [*self.contexts, *(one for e in self.elements for one in e.contexts)]
        return tuple(str(one) for one in every)


@dataclass(frozen=True, slots=True)
class SetAcknowledgement:
    """AK2 to IK5: the answer to one transaction set that was sent."""

    kind: str
    control_number: str
    version: str
    verdict: Verdict
    codes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupAcknowledgement:
    """A 999: the answer to one functional group that was sent."""

    header: Header
    functional_id: str
    control_number: str
    """AK102: the GS06 of the group that is answered."""
    version: str
    verdict: Verdict
    sent: int
    received: int
    accepted: int
    codes: tuple[str, ...] = ()
    sets: tuple[SetAcknowledgement, ...] = ()
    """May be empty: AK2 is left out by some for what was accepted."""
    notes: tuple[Flaw, ...] = ()


class InterchangeVerdict(StrEnum):
    """TA104."""

    ACCEPTED = "A"
    ACCEPTED_WITH_ERRORS = "E"
    REJECTED = "R"


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgement:
    """A TA1: the answer to one interchange that was sent."""

    interchange: Interchange
    """The one that the answer came in."""
    control_number: str
    """TA101: the ISA13 of the interchange that is answered."""
    sent_at: datetime
    verdict: InterchangeVerdict
    code: str
    """TA105: 000 is no error."""


Acknowledgement = GroupAcknowledgement | InterchangeAcknowledgement
