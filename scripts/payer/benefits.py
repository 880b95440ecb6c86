"""271: whether a person is covered, by what, and what is left of the year's limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from caresmith.money import Money
from caresmith.x12.eligibility.asking import Asked, Inquiry
from caresmith.x12.eligibility.inquiries import ReadInquiry
from caresmith.x12.eligibility.model import (
    Benefit,
    Dated,
    EligibilityResponse,
    Person,
    Rejection,
    RelatedEntity,
    Trace,
)
from caresmith.x12.envelope import Header
from caresmith.x12.parts import Contact, Name, Reference
from caresmith.x12.values import Period, Quantity
from scripts.payer.memory import Memory
from scripts.payer.rules import MemberRule, Plan, Rules

_EACH: Final = "27"
"""EB06: a visit."""
_YEAR: Final = "23"
_REMAINING: Final = "29"
_VISITS: Final = frozenset({"98", "BY", "BZ", "UC", "A0", "A3", "MH"})
"""Service types of which a visit has a copay."""
_PREVENTIVE: Final = frozenset({"41", "80", "68"})
# TR3 X279 1.4.7.1: what a payer tells of at least where 30 is asked.
_GENERAL: Final = ("1", "33", "35", "47", "48", "50", "86", "88", "98", "AL", "MH", "UC")
_NOT_OF_THE_PLAN: Final = frozenset({"35", "AL"})
"""Dental and vision care."""
# AAA03 of the person: wrong name 73, wrong birth date 71, not found 75, wrong member id 72.
_REASONS: Final = {"name": "73", "birth": "71", "unknown": "75", "unrecognised": "72"}


def response(
    read: ReadInquiry, rules: Rules, memory: Memory, header: Header, *, busy: bool = False
) -> EligibilityResponse:
    """One answer to one question."""
    asked = read.inquiry
    plan = rules.plan_or_none(asked.payer_id)
    provider = Name(
        "1P",
        bool(asked.provider_first),
        asked.provider_name,
        asked.provider_first,
        qualifier="XX",
        id=asked.provider_npi,
    )
    answer = EligibilityResponse(
        header=header,
        reference=read.reference,
        at=header.interchange.at,
        payer=Name(
            "PR",
            False,
            plan.name if plan else asked.payer_name,
            qualifier=asked.payer_qualifier,
            id=asked.payer_id,
        ),
        payer_contacts=(Contact("IC", "MEMBER SERVICES", (("TE", "8005550101"),)),),
        provider=provider,
        people=(),
        rejections=(),
    )
    if busy:
        # 42: unable to respond at the present time; R: it may be asked again.
        return _refused(answer, Rejection("42", "R", valid=True, loop="2000A"))
    if plan is None:
        return _refused(answer, Rejection("T4", "C", loop="2100A"))
    member = rules.member(asked.payer_id, asked.subscriber.member_id)
    person = _Asking(asked, plan, member, memory, header.interchange.at.date()).person()
    return replace(answer, people=(person,))


def _refused(answer: EligibilityResponse, why: Rejection) -> EligibilityResponse:
    """Of the payer's level: nobody below it is told of."""
    below = why.loop != "2100B"
    return replace(answer, rejections=(why,), provider=None if below else answer.provider)


class _Asking:
    def __init__(
        self, asked: Inquiry, plan: Plan, member: MemberRule, memory: Memory, today: date
    ) -> None:
        self._asked, self._plan, self._member, self._memory = asked, plan, member, memory
        dates = asked.dates
        self._day = dates.first if dates else today

    def person(self) -> Person:
        asked = self._asked
        about = asked.dependent or asked.subscriber
        holder = None
        if asked.dependent:
            holder = Person(name=_name("IL", asked.subscriber))
        traces = (
            Trace("2", asked.trace, asked.trace_originator),
            Trace("1", f"P{asked.trace}"[:50], "9" + self._plan.tax_id),
        )
        found = Person(
            name=_name("03" if asked.dependent else "IL", about),
            holder=holder,
            traces=traces,
            birth_date=about.birth_date,
            sex=about.sex,
            relationship=asked.relationship if asked.dependent else "",
        )
        reason = _REASONS.get(self._member.standing)
        if not asked.subscriber.member_id and not about.birth_date:
            reason = "58"
        if reason:
            loop = "2100D" if asked.dependent else "2100C"
            return replace(found, rejections=(Rejection(reason, "C", loop=loop),))
        corrected = self._member.corrected_id
        if corrected and not asked.dependent:
            found = replace(found, name=replace(found.name, id=corrected), corrected=True)
            found = replace(found, relationship="18")
        return replace(
            found,
            references=(Reference("6P", "GROUP1", self._plan.name),),
            dates=self._dates(),
            benefits=tuple(self._benefits()),
        )

    def _dates(self) -> tuple[Dated, ...]:
        begins, ends = self._member.begins, self._member.ends
        found = [Dated("346", Period(begins, begins))]
        if ends:
            found.append(Dated("347", Period(ends, ends)))
        return tuple(found)

    @property
    def _active(self) -> bool:
        one = self._member
        in_time = one.begins <= self._day and (one.ends is None or self._day <= one.ends)
        return one.standing == "active" and in_time

    def _benefits(self) -> Iterator[Benefit]:
        asked, plan = self._asked, self._plan
        types = tuple(one for one in asked.service_types)
        if "30" in types:
            types = ("30", *(one for one in _GENERAL if one not in _NOT_OF_THE_PLAN))
        not_covered = tuple(one for one in asked.service_types if one in _NOT_OF_THE_PLAN)
        covered = tuple(one for one in types if one not in _NOT_OF_THE_PLAN)
        if not self._active:
            yield Benefit("6", "IND", asked.service_types, plan=plan.plan)
            return
        if covered:
            yield Benefit("1", "IND", covered, plan=plan.plan)
        if not_covered:
            yield Benefit("I", "IND", not_covered)
        yield from self._costs(covered)
        yield from self._limits()
        other = self._member.other_payer
        if other:
            name = Name("PRP", False, other.name, qualifier="PI", id=other.id)
            yield Benefit("R", "IND", ("30",), entities=(RelatedEntity(name),))
        if plan.authorization_codes:
            yield Benefit("CB", "IND", ("30",), authorization="Y", messages=("SOME SERVICES",))

    def _costs(self, covered: tuple[str, ...]) -> Iterator[Benefit]:
        """Copay and coinsurance by what is asked, in the network and outside of it."""
        plan = self._plan
        visits = tuple(one for one in covered if one in _VISITS)
        if visits:
            yield Benefit("B", "IND", visits, time_period=_EACH, amount=plan.copay, in_network="Y")
        free = tuple(one for one in covered if one in _PREVENTIVE)
        if free:
            yield Benefit("A", "IND", free, percent=Quantity(0), in_network="Y")
        others = tuple(one for one in covered if one not in _PREVENTIVE)
        if others:
            share = plan.coinsurance
            for percent, inside in ((share, "Y"), (min(share * 2, 100), "N")):
                yield Benefit(
                    "A",
                    "IND",
                    others,
                    time_period=_EACH,
                    percent=Quantity(percent * 10),
                    in_network=inside,
                )

    def _limits(self) -> Iterator[Benefit]:
        """Deductible and out of pocket: of the year, and what remains."""
        plan = self._plan
        spent = self._memory.spent(self._year())
        for information, whole, used in (
            ("C", plan.deductible, spent.deductible),
            ("G", plan.out_of_pocket, spent.out_of_pocket),
        ):
            left = Money(max(whole.cents - used.cents, 0))
            for period, amount in ((_YEAR, whole), (_REMAINING, left)):
                yield Benefit(
                    information,
                    "IND",
                    ("30",),
                    time_period=period,
                    amount=amount,
                    in_network="Y",
                )

    def _year(self) -> str:
        asked = self._asked
        about = asked.dependent or asked.subscriber
        member = asked.subscriber.member_id
        return f"{asked.payer_id}|{member}|{about.birth_date}|{about.first}|{self._day.year}"


def _name(entity: str, one: Asked) -> Name:
    number = ("MI", one.member_id) if one.member_id and entity == "IL" else ("", "")
    return Name(entity, True, one.last, one.first, one.middle, one.suffix, *number)
