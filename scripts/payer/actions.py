"""What a rule can have a payer do. Each is data; the modules that do it name it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from caresmith.money import Money
from caresmith.x12.adjustments import AdjustmentGroup

Answer = Literal["ta1", "999", "277ca", "835"]
Reason = Annotated[str, StringConstraints(pattern=r"^[A-Z]?[0-9]{1,4}$")]
"""A claim adjustment reason code."""
Remarks = tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{1,4}$")], ...]


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# -- of a file and of its delivery ------------------------------------------------


class RejectInterchange(_Action):
    """TA1 R, with TA105."""

    do: Literal["ta1"]
    code: Annotated[str, StringConstraints(pattern=r"^\d{3}$")] = "022"


class RejectSet(_Action):
    """A 999 that finds fault with the set of a claim: rejected, or accepted with errors."""

    do: Literal["999"]
    accepted: bool = False
    segment: str = "CLM"
    loop: str = "2300"
    code: str = "8"
    """IK304; 8 is that of its elements."""
    element: int = Field(5, ge=0, le=99)
    component: int = Field(3, ge=0, le=99)
    element_code: str = "7"
    """IK403."""


class Lose(_Action):
    """That answer never comes."""

    do: Literal["lose"]
    what: Answer = "835"


class Delay(_Action):
    """That answer comes days later than it would."""

    do: Literal["delay"]
    what: Answer = "835"
    days: int = Field(10, ge=1)


class Garble(_Action):
    """That answer comes cut off in the middle, or with a character that is none of X12."""

    do: Literal["garble"]
    what: Answer = "835"
    how: Literal["truncate", "corrupt"] = "truncate"


class Repeat(_Action):
    """That answer comes a second time, under another name."""

    do: Literal["repeat"]
    what: Answer = "835"


# -- at the door ------------------------------------------------------------------


class RejectClaim(_Action):
    """277CA: a category (A3, A6, A7, A8), a status code, and whom it is about."""

    do: Literal["277ca"]
    category: Literal["A3", "A6", "A7", "A8"] = "A7"
    code: str = "21"
    entity: str = ""
    also: tuple[str, ...] = Field((), max_length=2)
    """Further codes of the same category."""


# -- while it is decided ----------------------------------------------------------


class Pend(_Action):
    """It waits: a 277 says so (P1 to P5), and it is decided days later."""

    do: Literal["pend"]
    days: int = Field(14, ge=1)
    category: Literal["P1", "P2", "P3", "P4", "P5"] = "P3"
    code: str = "294"


class Deny(_Action):
    """Of the line that fits, or of all of the claim where the rule names no line."""

    do: Literal["deny"]
    group: AdjustmentGroup = AdjustmentGroup.CONTRACTUAL
    reason: Reason
    remarks: Remarks = ()
    unrecognised: bool = False
    """CLP02 4."""


class Reduce(_Action):
    """So many per cent less are allowed, for this reason."""

    do: Literal["reduce"]
    percent: int = Field(50, ge=1, le=100)
    group: AdjustmentGroup = AdjustmentGroup.CONTRACTUAL
    reason: Reason = "59"
    remarks: Remarks = ()


class Recode(_Action):
    """Another code or other modifiers are paid (SVC01) than were billed (SVC06)."""

    do: Literal["recode"]
    code: str = ""
    modifiers: tuple[str, ...] | None = None
    remarks: Remarks = ("N22",)


class Bundle(_Action):
    """Lines that fit are paid as one code: the first for all, the others CO-97."""

    do: Literal["bundle"]
    into: str


class Split(_Action):
    """A line is told as two."""

    do: Literal["split"]


class Reorder(_Action):
    """Lines are told in another order than they were billed."""

    do: Literal["reorder"]


class Unnumbered(_Action):
    """Lines are told without their control numbers (REF 6R)."""

    do: Literal["unnumbered"]


class WithoutLines(_Action):
    """Only the claim is told, with all adjustments at its own level."""

    do: Literal["without-lines"]


class Forward(_Action):
    """It is sent on to the next payer (CLP02 19 to 21, NM1 TT)."""

    do: Literal["forward"]
    name: str
    id: str


# -- after it was paid ------------------------------------------------------------


class TakeBack(_Action):
    """Days later it is reversed (22) and decided anew: denied, or so much less."""

    do: Literal["takeback"]
    days: int = Field(30, ge=1)
    reason: Reason = "50"
    percent: int = Field(100, ge=1, le=100)
    """How much less is allowed; 100 is a denial."""
    recovered: Literal["at-once", "later"] = "at-once"
    """At once out of the same payment, or by PLB WO after ``later_days``."""
    later_days: int = Field(20, ge=1)


class AtProvider(_Action):
    """PLB with the claim's payment: a positive amount is kept, a negative one is given."""

    do: Literal["plb"]
    reason: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
    amount: Money
    reference: str = ""


class Unbalance(_Action):
    """The remittance does not add up, by so many cents, at one of its levels."""

    do: Literal["unbalance"]
    level: Literal["service", "claim", "transaction"] = "claim"
    cents: int = 100


# -- in real time -----------------------------------------------------------------


class RealTime(_Action):
    """A question is not answered as it should be."""

    do: Literal["realtime"]
    how: Literal["silent", "busy", "down", "garbled", "slow"]
    """busy is AAA 42, down an error 503; slow waits ``seconds`` first."""
    seconds: float = Field(5, ge=0, le=120)


Action = (
    RejectInterchange
    | RejectSet
    | Lose
    | Delay
    | Garble
    | Repeat
    | RejectClaim
    | Pend
    | Deny
    | Reduce
    | Recode
    | Bundle
    | Split
    | Reorder
    | Unnumbered
    | WithoutLines
    | Forward
    | TakeBack
    | AtProvider
    | Unbalance
    | RealTime
)
