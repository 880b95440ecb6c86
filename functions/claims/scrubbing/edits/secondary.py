"""Claims to a second payer: what the first one paid, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.claims.drafted_parties import OtherCoverageDraft
from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, hit

_TURNS: Final = "PSTABCDEFGH"


def _before(case: Case) -> Iterator[tuple[int, OtherCoverageDraft]]:
    """The payers whose turn was before this claim's."""
    own = _TURNS.find(case.draft.subscriber.responsibility)
    for index, one in enumerate(case.draft.others):
        if one.responsibility and 0 <= _TURNS.find(one.responsibility) < own:
            yield index, one


def _adjudicated_on_lines(case: Case, payer: str) -> bool:
    return any(one.payer_id == payer for line in case.draft.lines for one in line.adjudications)


@edit(
    "SEC-PAID",
    ERROR,
    "What the first payer paid is missing",
    guards="2320 AMT D",
    source="TR3 X222A1 2320 AMT D: required when the payer has adjudicated the claim",
    message="{payer} pays before this payer: what it paid, even if nothing, is missing.",
)
def paid_missing(case: Case) -> Iterator[Hit]:
    for index, one in _before(case):
        if one.paid is None:
            yield hit(f"others.{index}.paid", payer=_name(one, index))


def _name(one: OtherCoverageDraft, index: int) -> str:
    return f"Payer {one.payer.id}" if one.payer.id else f"Other payer {index + 1}"


@edit(
    "SEC-DATE",
    ERROR,
    "When the first payer decided is missing",
    guards="2330B DTP 573, 2430 DTP 573",
    source="TR3 X222A1 2330B DTP 573: required when not told for the lines",
    message="{payer} pays before this payer: when it decided is missing.",
)
def decided_when(case: Case) -> Iterator[Hit]:
    for index, one in _before(case):
        told = one.payer.adjudicated_on or _adjudicated_on_lines(case, one.payer.id)
        if one.paid is not None and not told:
            yield hit(f"others.{index}.payer.adjudicated_on", payer=_name(one, index))


@edit(
    "SEC-DATE-EARLY",
    ERROR,
    "A payer that decided before the service",
    guards="2330B DTP 573, 2430 DTP 573",
    source="TR3 X222A1 2430 DTP 573",
    message="{payer} is told to have decided before the service, or after today.",
)
def decided_before_service(case: Case) -> Iterator[Hit]:
    first, today = case.first_day, case.facts.today
    for index, one in enumerate(case.draft.others):
        day = one.payer.adjudicated_on
        if day and ((first and day < first) or day > today):
            yield hit(f"others.{index}.payer.adjudicated_on", payer=_name(one, index))


@edit(
    "SEC-BALANCE",
    ERROR,
    "What the first payer decided does not add up",
    guards="2320 AMT D, CAS; 2430 SVD, CAS",
    source="TR3 X222A1 1.4.4: paid + adjustments = charge, of claim and line",
    message="Of {payer}, paid ({paid}) and adjusted ({adjusted}) make {sum}, and the claim "
    "charges {charge}.",
)
def claim_balances(case: Case) -> Iterator[Hit]:
    charge = case.draft.charge.cents
    for index, one in _before(case):
        if one.paid is None:
            continue
        adjusted = sum(each.amount.cents for each in one.adjustments)
        for line in case.draft.lines:
            for each in line.adjudications:
                if each.payer_id == one.payer.id:
                    adjusted += sum(a.amount.cents for a in each.adjustments)
        if not one.adjustments and not _adjudicated_on_lines(case, one.payer.id):
            continue  # told as SEC-ADJUSTED
        if one.paid.cents + adjusted != charge:
            total = one.paid.cents + adjusted
            yield hit(
                f"others.{index}.adjustments",
                payer=_name(one, index),
                paid=one.paid,
                adjusted=_dollars(adjusted),
                sum=_dollars(total),
                charge=case.draft.charge,
            )


def _dollars(cents: int) -> str:
    return str(Money(cents))


@edit(
    "SEC-ADJUSTED",
    ERROR,
    "Why the first payer paid less is missing",
    guards="2320 CAS, 2430 CAS",
    source="TR3 X222A1 2320 CAS, 2430 CAS: required when paid is less than charged",
    message="{payer} paid less than is charged: its reasons (from its remittance) are missing.",
)
def adjustments_missing(case: Case) -> Iterator[Hit]:
    for index, one in _before(case):
        less = one.paid is not None and one.paid.cents != case.draft.charge.cents
        if less and not one.adjustments and not _adjudicated_on_lines(case, one.payer.id):
            yield hit(f"others.{index}.adjustments", payer=_name(one, index))


@edit(
    "SEC-LINE-BALANCE",
    ERROR,
    "A line of the first payer's decision does not add up",
    guards="2430 SVD02, CAS",
    source="TR3 X222A1 1.4.4.2: SVD02 + CAS = SV102",
    message="On line {at} paid and adjusted make {sum}, and the line charges {charge}.",
)
def lines_balance(case: Case) -> Iterator[Hit]:
    for line in case.lines:
        for index, one in enumerate(line.draft.adjudications):
            if one.paid is None or line.draft.charge is None or one.bundled_into:
                continue
            total = one.paid.cents + sum(a.amount.cents for a in one.adjustments)
            if total != line.draft.charge.cents:
                yield hit(
                    f"{line.path}.adjudications.{index}.adjustments",
                    line=line.number,
                    at=line.number,
                    sum=_dollars(total),
                    charge=line.draft.charge,
                )


@edit(
    "SEC-PAYER",
    ERROR,
    "A decision of a payer that is not on the claim",
    guards="2430 SVD01",
    source="TR3 X222A1 2430 SVD01: the id of 2330B NM109",
    message="Line {at} has a decision of a payer that is not among the claim's payers.",
)
def decision_of_nobody(case: Case) -> Iterator[Hit]:
    known = {one.payer.id for one in case.draft.others}
    for line in case.lines:
        for index, one in enumerate(line.draft.adjudications):
            if one.payer_id not in known:
                yield hit(
                    f"{line.path}.adjudications.{index}.payer_id", line=line.number, at=line.number
                )


@edit(
    "SEC-SAME-PAYER",
    ERROR,
    "Two other payers with one id",
    guards="2330B NM109",
    source="TR3 X222A1 2330B NM109: SVD01 names payers by it",
    message="Two other payers of the claim have the id {id}: the lines can't tell them apart.",
)
def payer_twice(case: Case) -> Iterator[Hit]:
    seen: set[str] = set()
    for index, one in enumerate(case.draft.others):
        if one.payer.id and one.payer.id in seen:
            yield hit(f"others.{index}.payer.id", id=one.payer.id)
        seen.add(one.payer.id)


@edit(
    "SEC-MEMBER",
    ERROR,
    "Another coverage without its member",
    guards="2330A NM103, NM109",
    source="TR3 X222A1 2330A NM1",
    message="Of another coverage the subscriber's name or member id is missing.",
)
def other_member(case: Case) -> Iterator[Hit]:
    for index, one in enumerate(case.draft.others):
        if not one.subscriber.last.strip():
            yield hit(f"others.{index}.subscriber.last")
        elif not one.subscriber.member_id.strip():
            yield hit(f"others.{index}.subscriber.member_id")


@edit(
    "SEC-NEGATIVE",
    ERROR,
    "A negative amount of another payer",
    guards="2320 AMT",
    source="TR3 X222A1 2320 AMT D, A8, EAF: zero or more",
    message="What another payer paid, or left to the patient, is negative.",
)
def negative_paid(case: Case) -> Iterator[Hit]:
    for index, one in enumerate(case.draft.others):
        for field in ("paid", "noncovered", "patient_liability"):
            amount = getattr(one, field)
            if amount is not None and amount.cents < 0:
                yield hit(f"others.{index}.{field}")


@edit(
    "SEC-PAID-FULL",
    WARNING,
    "The first payer has paid all",
    guards="2320 AMT D",
    source="Coordination of benefits: nothing is left to pay",
    message="{payer} has paid all that is charged: nothing is left for this payer.",
)
def paid_in_full(case: Case) -> Iterator[Hit]:
    charge = case.draft.charge.cents
    for index, one in _before(case):
        if charge and one.paid is not None and one.paid.cents >= charge:
            yield hit(f"others.{index}.paid", payer=_name(one, index))


@edit(
    "SEC-REASON-TWICE",
    ERROR,
    "A reason that stands twice in its group",
    guards="2320 CAS, 2430 CAS",
    source="TR3 X222A1 2320 CAS: a reason once in its group, with the sum",
    message="An adjustment stands twice with the same group and reason, or is of nothing.",
)
def reason_twice(case: Case) -> Iterator[Hit]:
    told: list[tuple[str, int | None, tuple[Adjustment, ...]]] = [
        (f"others.{index}.adjustments", None, one.adjustments)
        for index, one in enumerate(case.draft.others)
    ]
    for line in case.lines:
        for index, each in enumerate(line.draft.adjudications):
            path = f"{line.path}.adjudications.{index}.adjustments"
            told.append((path, line.number, each.adjustments))
    for path, number, every in told:
        named = [(one.group, one.reason) for one in every]
        if len(set(named)) < len(named) or any(not one.amount for one in every):
            yield hit(path, line=number)
