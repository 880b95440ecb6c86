"""What a payer's answer (271) says, as a person at the desk reads it.

Everything that the answer says of benefits stands in one of the lists: what has no
list of its own is among the remarks. In which order a payer writes does not matter.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from caresmith.money import Money
from caresmith.x12.eligibility.model import Benefit
from caresmith.x12.values import Quantity
from functions.coverage.rejections import Rejected
from functions.coverage.words import WHOLE_PLAN

Network = Literal["in", "out", "both", "unknown"]
_NETWORKS: Final[dict[str, Network]] = {"Y": "in", "N": "out", "W": "both"}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class About(_Value):
    """For what, for whom and where something holds."""

    services: tuple[str, ...]
    """Service type codes; the plan as a whole has 30."""
    procedure: str
    level: str
    """EB02, like IND or FAM."""
    network: Network
    plan: str
    places: tuple[str, ...]
    authorization: bool | None
    """Whether it has to be authorized; None where that is not said."""
    notes: tuple[str, ...]

    @property
    def key(self) -> tuple[object, ...]:
        return (self.services, self.procedure, self.level, self.network, self.plan, self.places)


class Cost(_Value):
    """A copay or coinsurance."""

    about: About
    amount: Money | None
    percent: str | None
    """Of a hundred: ``20``."""
    period: str


class Accumulator(_Value):
    """A deductible, or the most that is paid out of pocket: in total, used and left."""

    about: About
    total: Money | None
    used: Money | None
    left: Money | None
    period: str


class Count(_Value):
    """So many visits, days or hours: in total, used and left."""

    about: About
    unit: str
    total: str | None
    used: str | None
    left: str | None
    period: str
    pattern: str
    """How often, where the payer says it in segments of delivery (HSD)."""


class Remark(_Value):
    """Whatever else is said of a benefit."""

    says: str
    """EB01."""
    about: About
    amount: Money | None = None
    percent: str | None = None
    period: str = ""
    quantity: str = ""
    dates: tuple[Dates, ...] = ()
    names: tuple[Related, ...] = ()


class Dates(_Value):
    qualifier: str
    first: dt.date
    last: dt.date


class Related(_Value):
    """Somebody whom a benefit names: a provider, or another payer."""

    role: str
    name: str
    id: str
    phone: str


class OtherInsurance(_Value):
    """Another policy that this payer knows of."""

    name: str
    turn: str
    """NM101, like PRP: it pays first."""
    member_id: str
    kind: str
    """EB04."""
    dates: tuple[Dates, ...]
    notes: tuple[str, ...]


class Member(_Value):
    """Whom the payer means, as it has them on file."""

    last: str
    first: str
    middle: str
    member_id: str
    birth_date: dt.date | None
    sex: str
    address: tuple[str, ...]
    """Street, second line, city, state, ZIP; empty where none is told."""
    corrected: bool
    """The payer itself says that it changed what identifies the person."""


class Benefits(_Value):
    """One answer, read."""

    status: Literal["active", "inactive", "unclear"]
    status_note: str = ""
    """Why, where the plain statement is not all."""
    payer: str
    member: Member | None
    subscriber_member_id: str
    plan: str
    insurance: str
    """EB04 of the plan."""
    group_number: str
    group_name: str
    begins: dt.date | None
    ends: dt.date | None
    primary_care: tuple[Related, ...]
    copays: tuple[Cost, ...]
    coinsurance: tuple[Cost, ...]
    deductibles: tuple[Accumulator, ...]
    out_of_pocket: tuple[Accumulator, ...]
    counts: tuple[Count, ...]
    not_covered: tuple[Remark, ...]
    others: tuple[OtherInsurance, ...]
    remarks: tuple[Remark, ...]
    rejections: tuple[Rejected, ...]

    @property
    def needs_authorization(self) -> tuple[str, ...]:
        """Service type codes of what has to be authorized."""
        every = [
            *(one.about for one in self.copays),
            *(one.about for one in self.coinsurance),
            *(one.about for one in self.deductibles),
            *(one.about for one in self.out_of_pocket),
            *(one.about for one in self.counts),
            *(one.about for one in self.remarks),
        ]
        found = [code for about in every if about.authorization for code in about.services]
        return tuple(sorted(set(found)))


def about(benefit: Benefit) -> About:
    return About(
        services=benefit.service_types or ((WHOLE_PLAN,) if benefit.procedure is None else ()),
        procedure=benefit.procedure.code if benefit.procedure else "",
        level=benefit.coverage_level,
        network=_NETWORKS.get(benefit.in_network, "unknown"),
        plan=benefit.plan,
        places=tuple(sorted(benefit.places_of_service)),
        authorization={"Y": True, "N": False}.get(benefit.authorization),
        notes=benefit.messages,
    )


def hundredths(share: Quantity | None) -> str | None:
    """EB08 is of one; people speak of a hundred: ``.125`` is ``12.5``."""
    if share is None:
        return None
    whole, tenth = divmod(share.thousandths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
