"""277CA: which claims are taken in, and which are turned away at the door and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from caresmith.money import Money
from caresmith.x12.claims.model import REPLACEMENT, VOID, ProfessionalClaim
from caresmith.x12.claims.parties import BillingProvider
from caresmith.x12.claims.reading.submission import ReadSubmission
from caresmith.x12.envelope import Header
from caresmith.x12.parts import Name, Procedure, Reference
from caresmith.x12.status.model import (
    ClaimStatus,
    GeneralStatus,
    LineStatus,
    Receipt,
    Status,
    StatusCode,
    StatusReport,
    Totals,
)
from caresmith.x12.values import Period, Quantity
from scripts.payer.actions import RejectClaim
from scripts.payer.matching import Matcher
from scripts.payer.rules import Rules

_ACCEPTED: Final = "WQ"
_REJECTED: Final = "U"


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim at the door: its number with the payer, or why it has none."""

    claim: ProfessionalClaim
    icn: str = ""
    codes: tuple[StatusCode, ...] = ()
    lines: tuple[int, ...] = ()
    """Places of the lines that are at fault."""

    @property
    def rejected(self) -> bool:
        return bool(self.codes)


def fault_of(
    claim: ProfessionalClaim, rules: Rules, matcher: Matcher, today: date, *, before_known: bool
) -> Entry | None:
    """Why a claim is turned away; None where it is taken.

    ``before_known`` says whether the claim that it replaces or voids is one of
    the payer's that still holds.
    """
    standing = rules.member(claim.payer.id, claim.subscriber.member_id).standing
    found: StatusCode | None = None
    if rules.only_known_payers and rules.plan_or_none(claim.payer.id) is None:
        found = StatusCode("A7", "153", "PR")
    elif standing == "unknown":
        found = StatusCode("A3", "33", "IL")
    elif claim.frequency in {REPLACEMENT, VOID} and not before_known:
        found = StatusCode("A7", "464")
    elif max(line.service.last for line in claim.lines) > today:
        found = StatusCode("A7", "187")
    if found:
        return Entry(claim, codes=(found,))
    rule = matcher.first(RejectClaim, claim)
    if rule is None:
        return None
    codes = (
        StatusCode(rule.category, rule.code, rule.entity),
        *(StatusCode(rule.category, code) for code in rule.also),
    )
    return Entry(claim, codes=codes, lines=_lines(matcher, claim, rule))


def _lines(matcher: Matcher, claim: ProfessionalClaim, rule: RejectClaim) -> tuple[int, ...]:
    """Those that the rule names, where it does not name all."""
    every = range(len(claim.lines))
    found = tuple(at for at in every if rule in matcher.of_line(RejectClaim, claim, at))
    return () if len(found) == len(every) else found


def acknowledgement(
    read: ReadSubmission, entries: Sequence[Entry], header: Header, today: date, trace: str
) -> StatusReport:
    """The 277CA of one transaction set; ``trace`` is what the clearinghouse calls it."""
    submission = read.submission
    receiver = submission.receiver
    source = Name("AY", False, receiver.name, qualifier="46", id=receiver.id)
    sender = submission.submitter
    asked = Name(
        "41", bool(sender.first), sender.name, sender.first, sender.middle, "", "46", sender.id
    )
    billers: dict[Name, list[Entry]] = {}
    for entry in entries:
        billers.setdefault(provider_name("85", entry.claim.billing), []).append(entry)
    return StatusReport(
        header=header,
        acknowledgement=True,
        reference=trace,
        at=header.interchange.at,
        sources=(source,),
        contacts=(),
        files=(
            GeneralStatus(
                asked, submission.reference, (_overall(entries, today),), _totals(entries)
            ),
        ),
        providers=tuple(_of_provider(one, theirs) for one, theirs in billers.items()),
        claims=tuple(
            _claim(entry, source, today) for theirs in billers.values() for entry in theirs
        ),
        receivers=(asked,),
        receipts=(Receipt(trace, today, today),),
    )


def _overall(entries: Sequence[Entry], on: date | None) -> Status:
    taken = any(not entry.rejected for entry in entries)
    charge = Money(sum(entry.claim.charge.cents for entry in entries))
    code = StatusCode("A1", "19") if taken else StatusCode("A3", "0")
    return Status((code,), on, _ACCEPTED if taken else _REJECTED, charge)


def _totals(entries: Sequence[Entry]) -> Totals:
    counts: list[Quantity | None] = []
    charges: list[Money | None] = []
    for rejected in (False, True):
        some = [one.claim.charge.cents for one in entries if one.rejected is rejected]
        counts.append(Quantity.of(len(some)) if some else None)
        charges.append(Money(sum(some)) if some else None)
    return Totals(*counts, *charges)  # type: ignore[arg-type]


def provider_name(entity: str, one: BillingProvider) -> Name:
    kind, number = ("XX", str(one.npi)) if one.npi else ("FI", one.tax_id)
    person = not one.organisation
    return Name(entity, person, one.last, one.first, one.middle, one.suffix, kind, number)


def _of_provider(one: Name, entries: Sequence[Entry]) -> GeneralStatus:
    # X214 2200C STC02 is not used; a trace that says nothing is 0.
    status = _overall(entries, None)
    return GeneralStatus(one, "0", (status,), _totals(entries))


def patient_name(entity: str, claim: ProfessionalClaim, *, numbered: bool = True) -> Name:
    subscriber, member = claim.subscriber, claim.subscriber.member_id
    one = claim.patient.name if claim.patient else subscriber
    number = (subscriber.id_kind, member) if numbered else ("", "")
    return Name(entity, True, one.last, one.first, one.middle, one.suffix, *number)


def period_of(claim: ProfessionalClaim) -> Period:
    return Period(
        min(line.service.first for line in claim.lines),
        max(line.service.last for line in claim.lines),
    )


def _claim(entry: Entry, source: Name, today: date) -> ClaimStatus:
    claim = entry.claim
    codes = entry.codes or (StatusCode("A2", "20", "PR"),)
    action = _REJECTED if entry.rejected else _ACCEPTED
    trace = claim.numbers.clearinghouse_trace
    return ClaimStatus(
        trace=claim.control_number,
        patient=patient_name("QC", claim),
        subscriber=None,
        provider=provider_name("85", claim.billing),
        payer=source,
        statuses=(Status(codes, today, action, claim.charge),),
        references=(
            *((Reference("1K", entry.icn),) if entry.icn else ()),
            *((Reference("D9", trace),) if trace else ()),
        ),
        dates=period_of(claim),
        lines=tuple(_line(claim, at, codes, today) for at in entry.lines),
    )


def _line(
    claim: ProfessionalClaim, at: int, codes: tuple[StatusCode, ...], today: date
) -> LineStatus:
    line = claim.lines[at]
    number = line.numbers.control_number
    return LineStatus(
        procedure=Procedure(
            line.procedure.qualifier, line.procedure.code, line.procedure.modifiers
        ),
        charge=line.charge,
        units=line.quantity,
        statuses=(Status(codes, today, _REJECTED),),
        references=(Reference("FJ", number),) if number else (),
        dates=line.service,
    )
