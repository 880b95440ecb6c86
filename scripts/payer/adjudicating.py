"""Decides claims: pure, fast, the same each time. Amounts are cents, rounded half up.

What is asked, in this order: is the person insured, is it in time, does another
pay first, was it there before, is it covered and authorized; then the fee, the
copay, the deductible, the coinsurance and the limit of the year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.line import LineProcedure, ServiceLine
from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.remittance.model import ClaimStatus
from scripts.payer import actions
from scripts.payer.coordinating import Prior, next_of, prior_of, secondary
from scripts.payer.decision import NOTHING, Decision, LineDecision, Spent, merged
from scripts.payer.matching import Matcher
from scripts.payer.memory import Memory, service_of, visit_of, year_of
from scripts.payer.pricing import CO, PR, Cut, Limits, Price, price
from scripts.payer.rules import MemberRule, Plan, Rules, fits
from scripts.payer.shaping import shaped


@dataclass(frozen=True, slots=True)
class Denial:
    """Why nothing is paid: CARC, RARC of the line (LQ) and of the claim (MOA)."""

    group: AdjustmentGroup
    reason: str
    remarks: tuple[str, ...] = ()
    of_claim: tuple[str, ...] = ()
    unrecognised: bool = False


@dataclass(frozen=True, slots=True)
class Anew:
    """That a claim is decided again, otherwise than its rules say (a take-back)."""

    reason: str
    percent: int


@dataclass(slots=True)
class _Case:
    """One claim while it is decided."""

    icn: str
    claim: ProfessionalClaim
    plan: Plan
    member: MemberRule
    received: date
    limits: Limits
    prior: Prior | None
    anew: Anew | None
    seen: set[str] = field(default_factory=set)
    """Services of its lines that are not denied."""
    bundled: bool = False
    """Whether a line was paid for all that are bundled."""


class Adjudicator:
    """Decides by ``rules`` and remembers what it decided in ``memory``."""

    def __init__(self, rules: Rules, memory: Memory | None = None) -> None:
        self.rules = rules
        self.memory = memory or Memory()
        self.matcher = Matcher(rules)

    def adjudicate(
        self, icn: str, claim: ProfessionalClaim, received: date, anew: Anew | None = None
    ) -> Decision:
        """Decide a claim under the number that the payer gave it, and count it."""
        decision = self._decided(icn, claim, received, anew)
        self.memory.keep(decision)
        return decision

    def reverse(self, decision: Decision) -> Decision:
        """Take back what was decided."""
        self.memory.forget(decision)
        return decision.reversed()

    def _decided(
        self, icn: str, claim: ProfessionalClaim, received: date, anew: Anew | None
    ) -> Decision:
        plan = self.rules.plan(claim.payer.id)
        member = self.rules.member(claim.payer.id, claim.subscriber.member_id)
        year, visit = year_of(claim), visit_of(claim)
        copay_due = not self.memory.copaid(visit)
        limits = Limits(plan, self.memory.spent(year), copay_due=copay_due)
        before = limits.spent
        case = _Case(icn, claim, plan, member, received, limits, prior_of(claim), anew)
        denial = next(self._of_claim(case), None)
        lines = [self._line(case, at, line, denial) for at, line in enumerate(claim.lines)]
        counted = Spent(
            deductible=limits.spent.deductible - before.deductible,
            out_of_pocket=limits.spent.out_of_pocket - before.out_of_pocket,
        )
        forwarded = self._forwarded(claim, plan, denial)
        replaces = claim.numbers.payer_control_number if claim.frequency != "1" else ""
        decision = Decision(
            icn=icn,
            control=claim.control_number,
            status=_status(claim, denial, forwarded),
            frequency=claim.frequency,
            charge=claim.charge,
            paid=Money(sum(one.paid.cents for one in lines)),
            lines=tuple(lines),
            remarks=denial.of_claim if denial else (),
            forwarded=forwarded,
            replaces=replaces,
            corrected_id=member.corrected_id,
            spent={year: counted} if counted != Spent() else {},
            services=tuple(case.seen),
            copay_visit=visit if copay_due and not limits.copay_due else "",
            received=received,
        )
        return shaped(decision, self.matcher, claim)

    def _of_claim(self, case: _Case) -> Iterator[Denial]:
        """Why nothing of the claim is paid; the first reason is the one that is told."""
        claim, member, plan = case.claim, case.member, case.plan
        first = min(line.service.first for line in claim.lines)
        last = max(line.service.last for line in claim.lines)
        if case.anew and case.anew.percent == 100:
            yield Denial(CO, case.anew.reason)
        if member.standing == "unrecognised":
            yield Denial(PR, "31", unrecognised=True)
        if member.standing == "inactive" or (member.ends and first > member.ends):
            yield Denial(PR, "27")
        if first < member.begins:
            yield Denial(PR, "26")
        late = case.received - last > timedelta(days=plan.timely_days)
        if late and claim.frequency == "1" and not claim.delay_reason:
            yield Denial(CO, "29")
        not_first = claim.subscriber.responsibility not in {"P", "U"} or member.other_payer
        if not_first and case.prior is None:
            # MA04: what the payer before paid is not known.
            yield Denial(CO, "22", of_claim=("MA04",))
        for rule in self.matcher.of_claim(actions.Deny, claim):
            if rule.unrecognised:
                yield Denial(rule.group, rule.reason, rule.remarks, unrecognised=True)

    def _of_line(self, case: _Case, at: int, line: ServiceLine) -> Iterator[Denial]:
        """Why nothing of this line is paid; a service that is asked for is remembered last."""
        claim, plan, code = case.claim, case.plan, line.procedure.code
        for rule in self.matcher.of_line(actions.Deny, claim, at):
            yield Denial(rule.group, rule.reason, rule.remarks)
        if any(fits(one, code) for one in plan.not_covered):
            yield Denial(PR, "204", ("N130",))
        numbered = claim.numbers.prior_authorization or line.prior_authorizations
        if not numbered and any(fits(one, code) for one in plan.authorization_codes):
            yield Denial(CO, "197")
        others = {one.procedure.code for one in claim.lines if one.service == line.service}
        if others.intersection(plan.bundles.get(code, ())) and "59" not in line.procedure.modifiers:
            yield Denial(CO, "97", ("M15",))
        service = service_of(claim, line)
        if service and (service in case.seen or self.memory.served(service)):
            # CARC 18 is told with OA alone.
            yield Denial(AdjustmentGroup.OTHER, "18", ("N522",))
        if service:
            case.seen.add(service)

    def _line(self, case: _Case, at: int, line: ServiceLine, denial: Denial | None) -> LineDecision:
        denial = denial or next(self._of_line(case, at, line), None)
        if denial:
            reason = Adjustment(denial.group, denial.reason, line.charge)
            return _told(line, Price(adjustments=(reason,), remarks=denial.remarks))
        paid_as, remarks = self._recoded(case.claim, at, line)
        cuts: list[Cut] = [
            (Adjustment(rule.group, rule.reason, NOTHING), rule.percent, rule.remarks)
            for rule in self.matcher.of_line(actions.Reduce, case.claim, at)
        ]
        if case.anew:
            cuts.append((Adjustment(CO, case.anew.reason, NOTHING), case.anew.percent, ()))
        into = next(self.matcher.of_line(actions.Bundle, case.claim, at), None)
        if into:
            # X221A1 1.10.2.6: all under the code that is paid, what was billed in SVC06.
            paid_as = LineProcedure(code=into.into)
            if case.bundled:
                taken = (Adjustment(CO, "97", line.charge),)
                return _told(line, Price(adjustments=taken, remarks=("M15",)), paid_as)
        found = self._priced(case, at, line, paid_as.code, cuts)
        case.bundled |= into is not None and found.allowed != NOTHING
        return _told(line, replace(found, remarks=(*found.remarks, *remarks)), paid_as)

    def _priced(self, case: _Case, at: int, line: ServiceLine, code: str, cuts: list[Cut]) -> Price:
        limits = case.limits
        spent, copay_due = limits.spent, limits.copay_due
        own = price(line, code, limits, cuts)
        if case.prior is None:
            return own
        found = secondary(line, own, case.prior.lines[at])
        # Of what it would have left to the patient only this much remains.
        taken = {a.reason: a.amount for a in found.adjustments if a.group is PR}
        limits.spent = spent + Spent(
            deductible=taken.get("1", NOTHING),
            out_of_pocket=Money(sum(one.cents for one in taken.values())),
        )
        limits.copay_due = copay_due and "3" not in taken
        return found

    def _recoded(
        self, claim: ProfessionalClaim, at: int, line: ServiceLine
    ) -> tuple[LineProcedure, tuple[str, ...]]:
        rule = next(self.matcher.of_line(actions.Recode, claim, at), None)
        if rule is None:
            return line.procedure, ()
        billed = line.procedure
        modifiers = billed.modifiers if rule.modifiers is None else rule.modifiers
        code = rule.code or billed.code
        other = billed.model_copy(update={"code": code, "modifiers": modifiers})
        return (billed, ()) if other == billed else (other, rule.remarks)

    def _forwarded(
        self, claim: ProfessionalClaim, plan: Plan, denial: Denial | None
    ) -> tuple[str, str] | None:
        if denial and denial.unrecognised:
            return None
        rule = self.matcher.first(actions.Forward, claim)
        if rule:
            return rule.name, rule.id
        to = next_of(claim) if plan.crosses_over else None
        return (to.payer.name, to.payer.id) if to else None


def _told(line: ServiceLine, found: Price, paid_as: LineProcedure | None = None) -> LineDecision:
    procedure = paid_as or line.procedure
    return LineDecision(
        number=line.numbers.control_number,
        procedure=procedure,
        submitted=None if procedure == line.procedure else line.procedure,
        units=line.quantity,
        service=line.service,
        charge=line.charge,
        allowed=found.allowed,
        paid=found.paid,
        adjustments=merged(found.adjustments),
        remarks=found.remarks,
    )


_STATUSES: Final = {
    "P": (ClaimStatus.PRIMARY, ClaimStatus.PRIMARY_FORWARDED),
    "S": (ClaimStatus.SECONDARY, ClaimStatus.SECONDARY_FORWARDED),
}
_LATER: Final = (ClaimStatus.TERTIARY, ClaimStatus.TERTIARY_FORWARDED)


def _status(
    claim: ProfessionalClaim, denial: Denial | None, forwarded: tuple[str, str] | None
) -> ClaimStatus:
    # X221A1 2100 CLP02: 4 is only for a person who is not known. Denied lines stay a 1.
    if denial and denial.unrecognised:
        return ClaimStatus.DENIED
    plain, sent_on = _STATUSES.get(claim.subscriber.responsibility, _LATER)
    return sent_on if forwarded else plain
