"""What a payer has agreed to beforehand, as a claim or charge sheet is held against it: pure.

===============  ==============================  ============================
 kind             FHIR R4                         837P (TR3 X222A1)
===============  ==============================  ============================
 authorization    ClaimResponse.preAuthRef        2300 and 2400 REF G1
 referral         ServiceRequest.identifier       2300 and 2400 REF 9F
===============  ==============================  ============================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caresmith.codes.ranges import NONE, Codes


class Kind(StrEnum):
    AUTHORIZATION = "authorization"
    REFERRAL = "referral"


class Status(StrEnum):
    """What the payer has said; that its days are over is no status, but told by its days."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PARTLY_APPROVED = "partly-approved"
    DENIED = "denied"
    CANCELLED = "cancelled"


HOLDING: Final = frozenset({Status.APPROVED, Status.PARTLY_APPROVED})
"""In which services may be billed under it."""
REFUSED: Final = frozenset({Status.DENIED, Status.CANCELLED})


class Counted(StrEnum):
    """What the payer counts of what it has approved."""

    UNITS = "units"
    """SV104."""
    VISITS = "visits"
    """Days on which something was done under it."""


def amount(count: int, counted: Counted) -> str:
    """``1 visit``, ``2 units``."""
    return f"{count} {counted.value.removesuffix('s') if count == 1 else counted.value}"


@dataclass(frozen=True, slots=True)
class Service:
    """One service that may be billed under an authorization."""

    code: str
    first: dt.date | None
    last: dt.date | None
    units: int = 1
    """Whole ones, a part counted as one."""
    rendering: str = ""
    """NPI; "" is not known."""
    diagnoses: frozenset[str] = frozenset()
    """All of the claim's, without their dots."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """One of the patient's, of the payer that is billed."""

    number: str
    kind: Kind = Kind.AUTHORIZATION
    status: Status = Status.APPROVED
    codes: Codes = NONE
    """None is any."""
    first: dt.date | None = None
    last: dt.date | None = None
    left: int | None = None
    """Of what was approved, less what others than the claim or sheet in hand have used."""
    counted: Counted = Counted.UNITS
    days: frozenset[dt.date] = frozenset()
    """On which others have used it: another service of such a day is no further visit."""
    rendering: str = ""
    """NPI of the one provider for whom it is; "" is any."""
    diagnoses: frozenset[str] = frozenset()
    """One of them is on the claim; none is any."""
    here: bool = True
    """Whether it is for any place, or for the one where this was done."""

    @property
    def holds(self) -> bool:
        return self.status in HOLDING

    def is_for(self, code: str) -> bool:
        return not self.codes.written or code in self.codes

    def in_time(self, one: Service) -> bool:
        begun = self.first is None or one.first is None or self.first <= one.first
        return begun and (self.last is None or one.last is None or one.last <= self.last)

    def for_whom(self, one: Service) -> bool:
        """Whether provider, place and diagnosis are those that it names, where it names any."""
        rendered = not self.rendering or not one.rendering or self.rendering == one.rendering
        meant = not self.diagnoses or not self.diagnoses.isdisjoint(one.diagnoses)
        return rendered and meant and self.here

    def takes(self, services: Iterable[Service]) -> int:
        """How much of it these services would use."""
        meant = [one for one in services if self.is_for(one.code)]
        if self.counted is Counted.VISITS:
            return len({one.first for one in meant if one.first} - self.days)
        return sum(one.units for one in meant)

    def fits(self, one: Service, beside: Iterable[Service] = ()) -> bool:
        """Whether the service may be billed under it, with those that are already."""
        return (
            self.holds
            and self.is_for(one.code)
            and self.in_time(one)
            and self.for_whom(one)
            and (self.left is None or self.takes((*beside, one)) <= self.left)
        )
