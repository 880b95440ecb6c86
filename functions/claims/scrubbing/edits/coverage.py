"""Coverage on the day, the order of payers, and sending in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from caresmith.x12.claims.codes import MEDICARE_SECONDARY, RESPONSIBILITIES
from functions.claims.scrubbing.case import MEDICARE, Case
from functions.claims.scrubbing.facts import CoverageFacts
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, edit, fix, hit

_TURNS: Final = {"P": 1, "S": 2, "T": 3}
_SOON: Final = 10
_WORKING_AGED: Final = "12"
_DISABLED: Final = "43"
_SENIOR: Final = 65


def _billed(case: Case) -> CoverageFacts | None:
    return next((c for c in case.facts.coverages if c.id == case.draft.ours.coverage), None)


@edit(
    "COV-UNKNOWN",
    WARNING,
    "A coverage that the chart does not have",
    guards="2000B SBR",
    source="The chart's coverages",
    message="The coverage of this claim is not, or no longer, in the patient's chart.",
)
def coverage_unknown(case: Case) -> Iterator[Hit]:
    if case.draft.ours.coverage and case.facts.coverages and _billed(case) is None:
        yield hit("subscriber")


@edit(
    "COV-INACTIVE",
    ERROR,
    "A coverage that was not active on the day",
    guards="2000B SBR, 2400 DTP 472",
    source="CARC 26 and 27: expenses before, or after, coverage",
    message="The coverage was not active on {day}.",
)
def coverage_inactive(case: Case) -> Iterator[Hit]:
    one, day = _billed(case), case.first_day
    if one and day and not one.active(day):
        yield hit("subscriber", day=day)


@edit(
    "COV-ENDS",
    ERROR,
    "A coverage that ends between the services",
    guards="2400 DTP 472",
    source="CARC 27: expenses after coverage ended",
    message="The coverage ends on {last}, before the last service: split the claim.",
)
def coverage_ends(case: Case) -> Iterator[Hit]:
    one, first, last = _billed(case), case.first_day, case.last_day
    if one and first and last and one.active(first) and not one.active(last):
        yield hit("subscriber", last=one.last)


@edit(
    "COV-MEMBER",
    WARNING,
    "Another member id than the chart has",
    guards="2010BA NM109",
    source="CARC 31: the patient can't be identified",
    message="The member id is another than that of the coverage in the chart.",
)
def member_of_chart(case: Case) -> Iterator[Hit]:
    one, said = _billed(case), case.draft.subscriber.member_id
    if one and one.member_id and said.strip() and one.member_id != said:
        yield hit("subscriber.member_id")


@edit(
    "COV-OTHER-FIRST",
    ERROR,
    "Another payer pays first",
    guards="2000B SBR01, 2320",
    source="TR3 X222A1 1.4.1 (coordination of benefits); CARC 22",
    message="The claim goes to this payer as the first, and another coverage of that day stands "
    "before it.",
)
def other_pays_first(case: Case) -> Iterator[Hit]:
    one, day = _billed(case), case.first_day
    if one is None or day is None or case.draft.subscriber.responsibility != "P":
        return
    if any(c.order < one.order and c.active(day) for c in case.facts.coverages):
        yield hit("subscriber.responsibility")


@edit(
    "COV-TURN",
    ERROR,
    "A payer's turn that is none",
    guards="2000B SBR01",
    source="TR3 X222A1 2000B SBR01",
    message="Whether this payer pays first, second or third (P, S, T) is not told.",
)
def turn_unknown(case: Case) -> Iterator[Hit]:
    if case.draft.subscriber.responsibility not in RESPONSIBILITIES:
        yield hit("subscriber.responsibility")


@edit(
    "COV-TURN-TWICE",
    ERROR,
    "Two payers with the same turn",
    guards="2000B SBR01, 2320 SBR01",
    source="TR3 X222A1 2320 SBR01: each value once in a claim, but U",
    message="Two payers of the claim have the same turn ({turn}).",
)
def turn_twice(case: Case) -> Iterator[Hit]:
    turns = [case.draft.subscriber.responsibility]
    for index, other in enumerate(case.draft.others):
        if other.responsibility in turns and other.responsibility != "U":
            yield hit(f"others.{index}.responsibility", turn=other.responsibility)
        turns.append(other.responsibility)


@edit(
    "COV-SECOND-ALONE",
    ERROR,
    "A second payer without the first",
    guards="2320",
    source="TR3 X222A1 2320: required when another payer is known to pay",
    message="The claim goes to a payer that pays after another, which is not on the claim.",
)
def second_without_first(case: Case) -> Iterator[Hit]:
    turn = _TURNS.get(case.draft.subscriber.responsibility, 1)
    before = [one for one in case.draft.others if _TURNS.get(one.responsibility, 9) < turn]
    if turn > 1 and len(before) < turn - 1:
        yield hit("others")


@edit(
    "MSP-TYPE",
    ERROR,
    "Medicare pays second, and why is not told",
    guards="2000B SBR05",
    source="TR3 X222A1 2000B SBR05: required when Medicare is not the primary payer; 42 CFR 411",
    message="Medicare pays after another, and the reason (12, 13, 14, 15, 16, 41, 42, 43, 47) is "
    "missing.",
)
def medicare_second(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    second = one.responsibility in _TURNS and one.responsibility != "P"
    if case.is_medicare and second and one.insurance_type not in MEDICARE_SECONDARY:
        yield hit("subscriber.insurance_type")


@edit(
    "MSP-NEEDLESS",
    ERROR,
    "Why Medicare pays second, where it does not",
    guards="2000B SBR05",
    source="TR3 X222A1 2000B SBR05: not used unless Medicare is not the primary payer",
    message="The reason why Medicare pays second is sent only where it does.",
)
def medicare_not_second(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    if one.insurance_type and (
        one.responsibility == "P" or not (case.is_medicare or not case.filing)
    ):
        yield hit(
            "subscriber.insurance_type",
            fix=fix("Leave it out", ("subscriber.insurance_type", "")),
        )


@edit(
    "MSP-AGE",
    WARNING,
    "Why Medicare pays second does not fit the patient's age",
    guards="2000B SBR05",
    source="42 CFR 411.170 (working aged, 65 on), 411.200 (disabled, under 65)",
    message="Reason {kind} is of patients {which} 65, and this one is {age}.",
)
def medicare_reason_of_age(case: Case) -> Iterator[Hit]:
    age, kind = case.age(case.first_day), case.draft.subscriber.insurance_type
    if age is None or not case.is_medicare:
        return
    if kind == _WORKING_AGED and age < _SENIOR:
        yield hit("subscriber.insurance_type", kind=kind, which="from", age=age)
    if kind == _DISABLED and age >= _SENIOR:
        yield hit("subscriber.insurance_type", kind=kind, which="under", age=age)


@edit(
    "MSP-ORDER",
    WARNING,
    "Medicaid before another payer",
    guards="2000B SBR01, SBR09",
    source="42 CFR 433.139: Medicaid pays last",
    message="Medicaid pays last, and the claim names another payer behind it.",
)
def medicaid_last(case: Case) -> Iterator[Hit]:
    turn = _TURNS.get(case.draft.subscriber.responsibility, 1)
    behind = [one for one in case.draft.others if _TURNS.get(one.responsibility, 0) > turn]
    if case.is_medicaid and any(one.filing != "MC" for one in behind):
        yield hit("subscriber.responsibility")


def _late(case: Case) -> int | None:
    """Days by which the claim is late, counted from its earliest line; negative before."""
    days = case.facts.payer.timely_days
    ends = [line.last for line in case.lines if line.last]
    if not days or not ends:
        return None
    return (case.facts.today - (min(ends) + timedelta(days=days))).days


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


@edit(
    "TIM-LATE",
    ERROR,
    "Too late for this payer",
    guards="2300 CLM20",
    source="42 CFR 424.44 (Medicare: one calendar year); the payer's profile; CARC 29",
    message="A service is {days} past what this payer takes, and no reason is given (CLM20).",
)
def too_late(case: Case) -> Iterator[Hit]:
    late = _late(case)
    # A replacement or void is counted from the payer's answer, which is not known here.
    excused = case.draft.delay_reason or case.draft.frequency in {"7", "8"}
    if late is not None and late > 0 and not excused:
        yield hit("delay_reason", days=_days(late))


@edit(
    "TIM-EXCUSED",
    WARNING,
    "Late, with a reason",
    guards="2300 CLM20",
    source="TR3 X222A1 2300 CLM20; 42 CFR 424.44(b); CARC 29",
    message="A service is {days} past what this payer takes, or its answer is to be "
    "counted from: it has to accept the reason.",
)
def late_with_reason(case: Case) -> Iterator[Hit]:
    late = _late(case)
    excused = case.draft.delay_reason or case.draft.frequency in {"7", "8"}
    if late is not None and late > 0 and excused:
        yield hit("delay_reason", days=_days(late))


@edit(
    "TIM-SOON",
    WARNING,
    "Soon too late for this payer",
    guards="2300 CLM20",
    source="42 CFR 424.44; the payer's profile",
    message="This payer takes a service of this claim for {days} more.",
)
def late_soon(case: Case) -> Iterator[Hit]:
    late = _late(case)
    if late is not None and -_SOON <= late <= 0:
        yield hit("lines", days=_days(-late))


@edit(
    "COV-OTHER-MEDICARE",
    WARNING,
    "A commercial plan after Medicare, as the first",
    guards="2000B SBR01, 2320 SBR09",
    source="42 CFR 411.20 to 411.33: who pays before Medicare",
    message="The claim goes to this plan first, and names Medicare as a payer behind it without a "
    "reason that Medicare is second.",
)
def medicare_behind(case: Case) -> Iterator[Hit]:
    if case.draft.subscriber.responsibility != "P" or case.is_medicare:
        return
    for index, one in enumerate(case.draft.others):
        if one.filing in MEDICARE and one.insurance_type not in MEDICARE_SECONDARY:
            yield hit(f"others.{index}.insurance_type")


@edit(
    "COV-ASSIGNS",
    INFO,
    "Benefits assigned, as nobody has written down",
    guards="2300 CLM08",
    source="TR3 X222A1 2300 CLM08; CMS-1500 item 13",
    message="The claim says that the insured assigns benefits to the practice, and the policy's "
    "entry does not say that this was signed.",
)
def assignment_unrecorded(case: Case) -> Iterator[Hit]:
    one = _billed(case)
    if one and case.draft.benefits_assigned == "Y" and not one.assigns_benefits:
        yield hit("benefits_assigned")
