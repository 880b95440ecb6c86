"""Who pays: fictional insurers, Medicare and Medicaid, by age and household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from caresmith.records.coverage import Coverage, PlanType, Subscriber
from caresmith.records.demographics import Period
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.households import Household, Member
from scripts.sample_practice.payers import PAYERS
from scripts.sample_practice.places import Area

_PLANS: Final[dict[str, tuple[str, ...]]] = {
    "Great Lakes Mutual Health": ("PPO Select", "HMO Basic"),
    "Prairie State Health Plan": ("Open Access 1500", "Bronze HSA"),
    "Wolverine Community Care": ("Choice PPO", "Silver 70"),
    "Harborview Benefit Trust": ("Union Gold",),
    "Midland Employers Health": ("High Deductible 3000", "PPO 500"),
}
_MEDICAID: Final = {
    Area.CHICAGO: "Illinois Medicaid",
    Area.EVANSTON: "Illinois Medicaid",
    Area.GRAND_RAPIDS: "Michigan Medicaid",
}
_MEDICARE_AGE: Final = 65
# Medicare's own numbers never hold S, L, O, I, B or Z (CMS, "Understanding the Medicare
# Beneficiary Identifier format"): one with an S was written down wrongly, as some are here.
_MBI_LETTERS: Final = "ACDEFGHJKMNPQRTUVWXY"
_MEDICARE: Final = "Medicare Part B"
_SUPPLEMENT: Final = "Lakeshore Senior Supplement"
_KIND: Final = {"commercial": 62.0, "medicaid": 24, "none": 8, "both": 6}


@dataclass(frozen=True)
class Policy:
    """What a household's members under sixty-five are covered by."""

    kind: str
    payer: str
    plan: str
    member_id: str
    group: str
    holder: Member
    since: date


def household_policy(dice: Dice, home: Household, today: date) -> Policy:
    payer = dice.one(list(_PLANS))
    return Policy(
        kind=dice.pick(_KIND),
        payer=payer,
        plan=dice.one(_PLANS[payer]),
        member_id=f"SMP{dice.randrange(10**8):08d}",
        group=f"G{dice.randrange(10**5):05d}",
        holder=home.grown_ups[0],
        since=date(today.year - dice.randrange(1, 4), 1, 1),
    )


def coverages(
    dice: Dice, member: Member, home: Household, policy: Policy, today: date
) -> list[Coverage]:
    """A person's policies in the order in which they pay, each signed for at the desk."""
    return [
        one.model_copy(
            update={"assigns_benefits": "Y", "release_signed_on": date(today.year, 1, 1)}
        )
        for one in _policies(dice, member, home, policy, today)
    ]


def _policies(
    dice: Dice, member: Member, home: Household, policy: Policy, today: date
) -> list[Coverage]:
    if member.age >= _MEDICARE_AGE:
        return _medicare(dice, member, home, today)
    found = []
    if policy.kind in {"commercial", "both"} and member.role != "elder":
        found.append(_commercial(member, policy))
    if policy.kind in {"medicaid", "both"} or (member.minor and policy.kind == "none"):
        found.append(_medicaid(dice, home, len(found) + 1, today))
    return found


def _commercial(member: Member, policy: Policy) -> Coverage:
    holder = policy.holder
    relationship = Subscriber.SELF
    if member is not holder:
        relationship = Subscriber.CHILD if member.role == "child" else Subscriber.SPOUSE
    dependent = relationship is not Subscriber.SELF
    given, family = " ".join(holder.name.given), holder.name.family
    return Coverage(
        payer_id=PAYERS[policy.payer][0],
        payer_name=policy.payer,
        plan_name=policy.plan,
        plan_type=_plan_type(policy.plan),
        member_id=policy.member_id,
        group_number=policy.group,
        relationship=relationship,
        subscriber_given=(given or None) if dependent else None,
        subscriber_family=family if dependent else None,
        subscriber_birth_date=holder.birth_date if dependent else None,
        period=Period(start=max(policy.since, member.birth_date)),
    )


def _plan_type(plan: str) -> PlanType | None:
    return next((kind for kind in PlanType if kind.value.upper() in plan.split()), None)


def _medicaid(dice: Dice, home: Household, order: int, today: date) -> Coverage:
    return Coverage(
        payer_id=PAYERS[_MEDICAID[home.area]][0],
        payer_name=_MEDICAID[home.area],
        plan_type=PlanType.MEDICAID,
        member_id=f"000{dice.randrange(10**6):06d}",
        period=Period(start=date(today.year - 1, 7, 1)),
        order=order,
    )


def _medicare(dice: Dice, member: Member, home: Household, today: date) -> list[Coverage]:
    began = date(member.birth_date.year + _MEDICARE_AGE, member.birth_date.month, 1)
    letters = [dice.one(_MBI_LETTERS) for _ in range(3)]
    digits = [dice.randrange(10) for _ in range(4)]
    mark = "S" if digits[0] == 0 else "T"
    tail = f"{letters[1]}{digits[1]}{letters[2]}{mark}{digits[2]}{digits[3]}"
    number = f"1{mark}{letters[0]}{digits[0]}T{tail}"
    found = [
        Coverage(
            payer_id=PAYERS[_MEDICARE][0],
            payer_name=_MEDICARE,
            plan_type=PlanType.MEDICARE,
            member_id=number,
            period=Period(start=min(began, today)),
        )
    ]
    if dice.chance(0.12):
        found.append(_medicaid(dice, home, 2, today))
    elif dice.chance(0.5):
        found.append(
            Coverage(
                payer_id=PAYERS[_SUPPLEMENT][0],
                payer_name=_SUPPLEMENT,
                plan_type=PlanType.MEDIGAP,
                plan_name="Plan G",
                member_id=f"LSS{dice.randrange(10**7):07d}",
                period=Period(start=min(began, today)),
                order=2,
            )
        )
    return found
