"""What the payers do, as data: how each pays, who is insured, and what goes another way."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from caresmith.money import Money
from scripts.payer.actions import Action

DEFAULTS: Final = Path(__file__).with_name("rules.json")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern of ``*``, ``?`` and ``[...]`` fits all of the text."""
    return pattern == "*" or _compiled(pattern).match(text) is not None


class Part(BaseModel):
    """A part of the rules: frozen, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Percent = Annotated[int, Field(ge=0, le=100)]


class OtherPayer(Part):
    name: str
    id: str


class Plan(Part):
    """How one payer pays. Amounts are in cents."""

    payer: str = "*"
    """Which payer ids (NM109) it is of."""
    name: str = "SAMPLE HEALTH PLAN"
    plan: str = "SAMPLE GOLD PPO"
    tax_id: Annotated[str, StringConstraints(pattern=r"^\d{9}$")] = "987654321"
    filing: Annotated[
        str,
        StringConstraints(pattern=r"^(1[2-7]|AM|CH|DS|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ)$"),
    ] = "12"
    """CLP06, whose list is shorter than that of SBR09."""
    method: Literal["ACH", "CHK"] = "ACH"
    pays_after: int = Field(14, ge=0)
    """Days from receipt to the payment, which waits for the next bank day."""
    claims_per_check: int = Field(0, ge=0)
    """0 is all that are due that day."""
    fee_percent: Percent = 60
    """Of the charge, where no fee is set."""
    fees: dict[str, Money] = {}
    """For one unit, by code or pattern of codes; the first that fits."""
    copay: Money = Money(2500)
    copay_codes: tuple[str, ...] = ("992*",)
    deductible: Money = Money(50_000)
    free_codes: tuple[str, ...] = ("9938?", "9939?", "G0438", "G0439", "904*", "90[67]*")
    """Preventive: nothing of them is the patient's."""
    coinsurance: Percent = 20
    out_of_pocket: Money = Money(400_000)
    timely_days: int = Field(365, ge=0)
    interest_after: int = Field(30, ge=0)
    interest_percent: Percent = 10
    sequestration: Percent = 0
    """Medicare's cut of what is paid (CO-253)."""
    authorization_codes: tuple[str, ...] = ()
    """Which need a prior authorization (REF G1), without which they are CO-197."""
    bundles: dict[str, tuple[str, ...]] = {}
    """Codes that are part of another on the same day (CO-97): the part, and of which."""
    not_covered: tuple[str, ...] = ()
    """Which are no benefit of the plan (PR-204)."""
    crosses_over: bool = False
    """Whether it sends claims on to the payer that they name next (CLP02 19, 20, 21)."""


Standing = Literal["active", "inactive", "unknown", "unrecognised", "name", "birth"]
"""unknown is rejected at the door (277CA), unrecognised when it comes to pay (CLP02 4)."""


class MemberRule(Part):
    """What is otherwise with some members."""

    member: str = "*"
    payer: str = "*"
    standing: Standing = "active"
    begins: date = date(2020, 1, 1)
    ends: date | None = None
    other_payer: OtherPayer | None = None
    """Who pays before this one: claims that do not name it are CO-22."""
    corrected_id: str = ""
    """What the member's id really is (NM1 74)."""


class When(Part):
    """What a rule is for. All that is said must hold; dice decide last."""

    payer: str = "*"
    member: str = "*"
    control: str = "*"
    """CLM01."""
    billing: str = "*"
    """NPI."""
    code: str = "*"
    modifier: str = "*"
    """Of a line; "*" also fits a line without one."""
    place: str = "*"
    diagnosis: str = "*"
    """The first one."""
    frequency: str = "*"
    turn: str = "*"
    """SBR01: P, S, T."""
    least: Money = Money(0)
    most: Money = Money(10**9)
    """The charge of the claim."""
    percent: Annotated[float, Field(ge=0, le=100)] = 100

    @property
    def of_lines(self) -> bool:
        return self.code != "*" or self.modifier != "*"


class Rule(Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    enabled: bool = True
    when: When = When()
    then: Annotated[Action, Field(discriminator="do")]


class Rules(Part):
    """All of it. The first plan and the first member rule that fit are taken, every rule is."""

    seed: int = 1
    only_known_payers: bool = False
    """Whether a payer that has no plan is rejected at the door."""
    plans: tuple[Plan, ...] = ()
    members: tuple[MemberRule, ...] = ()
    rules: tuple[Rule, ...] = ()

    def plan_or_none(self, payer: str) -> Plan | None:
        return next((one for one in self.plans if fits(one.payer, payer)), None)

    def plan(self, payer: str) -> Plan:
        return self.plan_or_none(payer) or _PLAIN

    def member(self, payer: str, member: str) -> MemberRule:
        found = (one for one in self.members if fits(one.payer, payer) and fits(one.member, member))
        return next(found, _INSURED)


_PLAIN: Final = Plan()
_INSURED: Final = MemberRule()


def default_rules() -> Rules:
    return Rules.model_validate_json(DEFAULTS.read_text())
